"""The domain data that lie beside this repository: the tables of the law that our own are compared with."""

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "domain" / "data"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one table, in order; the test is skipped loudly where the tables are not there."""
    path = DATA / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"THE TABLES OF THE LAW ARE NOT THERE: {DATA.parent.name}/{DATA.name}/{path.name}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(cell: str, separator: str = ";") -> tuple[str, ...]:
    """The codes of a cell."""
    return tuple(part.strip() for part in cell.split(separator) if part.strip())
