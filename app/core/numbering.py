"""Gap-free yearly numbers: one counter row per series and year, raised in the transaction that issues (S5)."""

from typing import Any

from sqlalchemy import String, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base, run


class Counter(Base):
    """The last number given in a series and year."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


_RAISE = (
    update(Counter)
    .where(Counter.series == bindparam("of"), Counter.year == bindparam("in"))
    .values(last=Counter.last + bindparam("by"))
    .returning(Counter.last)
)


def next_number(db: Session, series: str, year: int) -> int:
    """The next number of the series. A rolled-back transaction gives its number back, so there is no hole."""
    return take_numbers(db, series, year, 1)


def take_numbers(db: Session, series: str, year: int, count: int) -> int:
    """Take `count` numbers at once and return the first."""
    last = _raise_by(db, series, year, count)
    if last is None:
        _ensure(db, series, year)
        last = _raise_by(db, series, year, count)
    if last is None:
        raise RuntimeError("the counter row has just been made")
    return last - count + 1


def _raise_by(db: Session, series: str, year: int, count: int) -> int | None:
    """The counter's new value; None in a year that has no row yet."""
    found: int | None = run(db, _RAISE, {"of": series, "in": year, "by": count}).scalar_one_or_none()
    return found


def raise_counter(db: Session, series: str, year: int, at_least: int) -> None:
    """Make sure that numbers up to `at_least`, taken over from the school's own lists, are never given again."""
    _ensure(db, series, year)
    db.execute(
        update(Counter)
        .where(Counter.series == series, Counter.year == year, Counter.last < at_least)
        .values(last=at_least)
        .execution_options(synchronize_session=False)
    )


def _ensure(db: Session, series: str, year: int) -> None:
    insert: Any = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    db.execute(insert(Counter).values(series=series, year=year, last=0).on_conflict_do_nothing())
