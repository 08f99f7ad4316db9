"""Several people at once, with real commits: what each came to."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.core.errors import AppError


def at_once(*works: Callable[[], Any]) -> list[AppError | None]:
    """Run the works in threads that start together; what each was refused, or None. Any other failure is raised."""
    barrier = threading.Barrier(len(works))

    def guarded(work: Callable[[], Any]) -> AppError | None:
        barrier.wait(timeout=10)
        try:
            work()
        except AppError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(guarded, works))
