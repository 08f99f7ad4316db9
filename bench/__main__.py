"""`make bench`: six operations on a generated school of one and of ten years, next to the bare floor of the same run.

Ratios travel between machines, times do not. Nothing here fails on a time; it fails when an answer is not the expected
one. `BENCH_TIMES` sets the requests per operation (300).
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bench.measure import Cost, cost_of, load, peak_mebibytes
from bench.operations import OPERATIONS, PAGES, Operation, Sample, sample
from bench.schools import Bench, build
from bench.statements import count_statements

ROOT = Path(__file__).resolve().parents[1]
TIMES = int(os.environ.get("BENCH_TIMES", "300"))
YEARS = (1, 10)
CROWD, CROWD_SECONDS = 60, 10.0
Costs = dict[str, Cost]
console = Console(width=140)


@contextlib.contextmanager
def started(command: list[str], port: int, environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """A server process, from its first healthy answer on: address and process number."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{address}/health").status_code == 200:
                    break
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{command} did not answer")
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    """A port nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def compagnon(folder: Path) -> Iterator[tuple[str, int]]:
    """`compagnon serve` on a data folder."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPAGNON_")}
    environment = kept | {"COMPAGNON_DATA_DIR": str(folder), "COMPAGNON_PORT": str(port)}
    with started([sys.executable, "-c", "from app.cli import main; main()", "serve"], port, environment) as found:
        yield found


@contextlib.contextmanager
def floor(folder: Path) -> Iterator[tuple[str, int]]:
    """The floor on a copy of the same database."""
    copy = folder / "floor.db"
    shutil.copyfile(folder / "compagnon.db", copy)
    port = free_port()
    with started([sys.executable, "-m", "bench.floor", str(copy), str(port)], port, dict(os.environ)) as found:
        yield found


def measure(
    address: str, pid: int, cookies: dict[str, str], sends: dict[str, Callable[[httpx.Client, int], httpx.Response]]
) -> Costs:
    """The cost of every operation of one server."""
    costs = {}
    with httpx.Client(base_url=address, cookies=cookies, headers={"Sec-Fetch-Site": "same-origin"}, timeout=60) as http:
        for name, send in sends.items():
            costs[name] = cost_of(lambda n, send=send: send(http, n), pid, TIMES, (200, 201, 204, 303))
    return costs


def school_costs(bench: Bench, found: Sample) -> Costs:
    """Compagnon on one school, with the statements of each operation."""
    with compagnon(bench.folder) as (address, pid):
        sends = {each.name: each.ours(found) for each in OPERATIONS}
        costs = measure(address, pid, {"sid": bench.cookie}, sends)
    counted = count_statements(bench, found)
    return {name: replace(cost, statements=counted[name]) for name, cost in costs.items()}


def floor_costs(bench: Bench) -> Costs:
    """The floor on the same school."""
    with floor(bench.folder) as (address, pid):
        return measure(address, pid, {}, {each.name: each.floor for each in OPERATIONS})


def crowd(bench: Bench) -> tuple[float, int, int]:
    """Sixty people at once on the pages they use: peak memory of the server, answers, failures."""
    with compagnon(bench.folder) as (address, pid):
        headers = {"Cookie": f"sid={bench.cookie}"}
        answered, failed = load(address, headers, list(PAGES), clients=CROWD, seconds=CROWD_SECONDS)
        return peak_mebibytes(pid), answered, failed


def show(costs: dict[int, Costs], floors: dict[int, Costs]) -> None:
    """One row per operation; milliseconds per request."""
    table = Table(title=f"Milliseconds per request, {TIMES} requests each, one connection", title_justify="left")
    table.add_column("operation")
    for title in (
        "CPU 1 y",
        "CPU 10 y",
        "growth",
        "p50 10 y",
        "p95 10 y",
        "SQL 1 y",
        "SQL 10 y",
        "floor 10 y",
        "× floor",
    ):
        table.add_column(title, justify="right")
    for operation in OPERATIONS:
        table.add_row(operation.name, *_cells(operation, costs, floors))
    console.print(table)


def _cells(operation: Operation, costs: dict[int, Costs], floors: dict[int, Costs]) -> list[str]:
    small, large, bare = (costs[1][operation.name], costs[10][operation.name], floors[10][operation.name])
    return [
        f"{small.cpu:.2f}", f"{large.cpu:.2f}", f"×{large.cpu / small.cpu:.2f}", f"{large.p50:.2f}", f"{large.p95:.2f}",
        str(small.statements), str(large.statements), f"{bare.cpu:.2f}", f"×{large.cpu / max(bare.cpu, 0.01):.1f}",
    ]  # fmt: skip


def main() -> None:
    """Build both schools, measure, print."""
    costs, floors = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for years in YEARS:
            begun = time.perf_counter()
            bench = build(Path(folder) / str(years), years=years)
            seconds = time.perf_counter() - begun
            console.print(f"School of {years} year(s), built in {seconds:.1f} s: {bench.rows}")
            floors[years] = floor_costs(bench)
            costs[years] = school_costs(bench, sample(bench))
            if years == YEARS[0]:
                peak, answered, failed = crowd(bench)
        show(costs, floors)
        console.print(
            f"{CROWD} people at once for {CROWD_SECONDS:.0f} s: {answered / CROWD_SECONDS:.0f} pages/s, "
            f"{failed} failures, peak memory of the server {peak:.0f} MiB (limit 200)"
        )


if __name__ == "__main__":
    main()
