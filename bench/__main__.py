"""`make bench`: six operations, the boards and the gate on a generated school of one and of ten years.

The operations stand next to the bare floor of the same run. Ratios travel between machines, times do not. Nothing here
fails on a time; it fails when an answer is not the expected one. `BENCH_TIMES` sets the requests per operation (300).
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bench import board, gate
from bench.measure import Cost, cost_of, load, peak_mebibytes
from bench.operations import OPERATIONS, PAGES, Sample, Send, sample
from bench.schools import Bench, build
from bench.statements import count_statements

ROOT = Path(__file__).resolve().parents[1]
TIMES = int(os.environ.get("BENCH_TIMES", "300"))
ROUNDS = 4
PER_ROUND = TIMES // ROUNDS // 2 * 2  # starting and pausing take turns
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
            if process.poll() is not None:
                raise RuntimeError(f"{command} ended by itself")
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


@dataclass(frozen=True)
class Target:
    """A running server and how each operation is asked of it."""

    http: httpx.Client
    pid: int
    sends: dict[str, Send]


@contextlib.contextmanager
def targets(benches: dict[int, Bench], found: dict[int, Sample]) -> Iterator[dict[str, Target]]:
    """Compagnon on every school and the floor on the largest, side by side."""
    with contextlib.ExitStack() as stack:
        made = {}
        for years, bench in benches.items():
            sends = {each.name: each.ours(found[years]) for each in OPERATIONS}
            made[str(years)] = _target(stack, stack.enter_context(compagnon(bench.folder)), sends, bench.cookie)
        sends = {each.name: each.floor for each in OPERATIONS}
        made["floor"] = _target(stack, stack.enter_context(floor(benches[max(benches)].folder)), sends, "")
        yield made


def _target(stack: contextlib.ExitStack, server: tuple[str, int], sends: dict[str, Send], cookie: str) -> Target:
    address, pid = server
    client = httpx.Client(
        base_url=address, cookies={"sid": cookie}, headers={"Sec-Fetch-Site": "same-origin"}, timeout=60
    )
    return Target(stack.enter_context(client), pid, sends)


def measure(found: dict[str, Target]) -> dict[str, Costs]:
    """The cost of every operation: the servers take turns, and of some rounds the cheapest counts.

    What else the machine does makes a round dearer, never cheaper.
    """
    costs: dict[str, Costs] = {name: {} for name in found}
    for operation in OPERATIONS:
        rounds: dict[str, list[Cost]] = {name: [] for name in found}
        for _ in range(ROUNDS):
            for name, target in found.items():
                send = target.sends[operation.name]
                ask = partial(send, target.http)
                rounds[name].append(cost_of(ask, target.pid, PER_ROUND, (200, 201, 204, 303)))
        for name, seen in rounds.items():
            costs[name][operation.name] = min(seen, key=lambda cost: cost.cpu)
    return costs


def crowd(bench: Bench) -> tuple[float, int, int]:
    """Sixty people at once on the pages they use: peak memory of the server, answers, failures."""
    with compagnon(bench.folder) as (address, pid):
        headers = {"Cookie": f"sid={bench.cookie}"}
        answered, failed = load(address, headers, list(PAGES), clients=CROWD, seconds=CROWD_SECONDS)
        return peak_mebibytes(pid), answered, failed


def show(costs: dict[str, Costs]) -> None:
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
        small, large, bare = (costs[name][operation.name] for name in ("1", "10", "floor"))
        table.add_row(
            operation.name, f"{small.cpu:.2f}", f"{large.cpu:.2f}", f"×{large.cpu / small.cpu:.2f}", f"{large.p50:.2f}",
            f"{large.p95:.2f}", str(small.statements), str(large.statements), f"{bare.cpu:.2f}",
            f"×{large.cpu / max(bare.cpu, 0.01):.1f}",
        )  # fmt: skip
    console.print(table)


def show_boards(pages: dict[int, dict[str, board.Page]]) -> None:
    """The boards of a full workshop, and what ten years of history add to them."""
    few, many = (pages[years] for years in YEARS)
    table = Table(title=f"Boards: {board.PUPILS} pupils, {board.OPEN} open operations, {YEARS[1]} years of history")
    for head in ("page", "SQL", "p50 ms", "p95 ms", f"growth from {YEARS[0]} year(s)"):
        table.add_column(head, justify="left" if head == "page" else "right")
    for name, page in many.items():
        growth = page.p50 / few[name].p50
        table.add_row(name, f"{page.statements}", f"{page.p50:.1f}", f"{page.p95:.1f}", f"×{growth:.2f}")
    console.print(table)


def main() -> None:
    """Build both schools, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        benches = {}
        for years in YEARS:
            begun = time.perf_counter()
            benches[years] = build(Path(folder) / str(years), years=years)
            seconds = time.perf_counter() - begun
            console.print(f"School of {years} year(s), built in {seconds:.1f} s: {benches[years].rows}")
        found = {years: sample(bench) for years, bench in benches.items()}
        with targets(benches, found) as running:
            costs = measure(running)
        for years, bench in benches.items():
            counted = count_statements(bench, found[years])
            mine = costs[str(years)]
            costs[str(years)] = {name: replace(cost, statements=counted[name]) for name, cost in mine.items()}
        show(costs)
        speed = gate.measure(Path(folder))
        console.print(
            f"Gate: {speed.pure:.0f} answers/s by the pure function; {gate.PUPILS} pupils on {gate.MACHINES} machines "
            f"from the database {speed.stored:.0f} answers/s, {speed.statements} statements in {speed.load:.1f} ms"
        )
        peak, answered, failed = crowd(benches[YEARS[0]])
        console.print(
            f"{CROWD} people at once for {CROWD_SECONDS:.0f} s: {answered / CROWD_SECONDS:.0f} pages/s, "
            f"{failed} failures, peak memory of the server {peak:.0f} MiB (limit 200)"
        )
        # Last: it fills the workshops of both schools.
        show_boards({years: board.measure(bench) for years, bench in benches.items()})


if __name__ == "__main__":
    main()
