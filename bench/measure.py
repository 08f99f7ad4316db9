"""What one operation costs a server process: CPU per request, median and 95th percentile, peak of memory."""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

WARM_UP = 10


@dataclass(frozen=True)
class Cost:
    """Of one operation, in milliseconds per request; `statements` of SQL are counted apart."""

    cpu: float
    p50: float
    p95: float
    statements: int = 0


def cpu_seconds(pid: int) -> float:
    """Processor time, user and system, that the process's threads have used so far, to the microsecond."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def peak_mebibytes(pid: int) -> float:
    """The most memory the process has held (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError("the kernel tells no peak memory of this process")


def cost_of(send: Callable[[int], httpx.Response], pid: int, times: int, expected: tuple[int, ...]) -> Cost:
    """Send the request `times` times over one connection, after a warm-up, and see what the server spent."""
    for number in range(WARM_UP):
        _check(send(number), expected)
    spent: list[float] = []
    before = cpu_seconds(pid)
    for number in range(WARM_UP, WARM_UP + times):
        started = time.perf_counter()
        answer = send(number)
        spent.append((time.perf_counter() - started) * 1000)
        _check(answer, expected)
    cpu = (cpu_seconds(pid) - before) / times * 1000
    return Cost(cpu, statistics.median(spent), statistics.quantiles(spent, n=20)[-1])


def _check(answer: httpx.Response, expected: tuple[int, ...]) -> None:
    if answer.status_code not in expected:
        raise RuntimeError(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:300]}")


def load(address: str, headers: dict[str, str], paths: list[str], *, clients: int, seconds: float) -> tuple[int, int]:
    """Let `clients` people ask for the pages in turn for some seconds; answers and those that were not 200."""
    deadline = time.monotonic() + seconds

    def person(first: int) -> tuple[int, int]:
        answered = failed = 0
        with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
            while time.monotonic() < deadline:
                answer = client.get(paths[(first + answered) % len(paths)])
                answered += 1
                failed += answer.status_code != 200
        return answered, failed

    with ThreadPoolExecutor(clients) as pool:
        counted = list(pool.map(person, range(clients)))
    return sum(answered for answered, _ in counted), sum(failed for _, failed in counted)
