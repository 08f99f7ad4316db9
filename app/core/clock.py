"""The one clock. Tests freeze it through `freeze`; nothing else reads the time of day."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_frozen_everywhere: list[datetime] = []
_told_late: ContextVar[datetime | None] = ContextVar("told_late", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC; inside `as_of` the one that is told about."""
    if (moment := _told_late.get()) is not None:
        return moment
    if _frozen_everywhere:
        return _frozen_everywhere[-1]
    return datetime.now(UTC)


def today() -> date:
    """The school's calendar day (Europe/Paris), whatever the zone of the machine."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """The instant as the school's wall clock shows it."""
    return instant.astimezone(PARIS)


def instant(day: date, minute: int) -> datetime:
    """The UTC instant of `minute` minutes after local midnight of `day`.

    Going through the wall clock keeps both clock-change nights right (trap X16): 08:00 is 08:00.
    """
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=PARIS)
    return wall.astimezone(UTC)


def local_minute(moment: datetime) -> int:
    """Minutes after local midnight of an instant."""
    wall = local(moment)
    return wall.hour * 60 + wall.minute


def spare(minutes: int) -> str:
    """« 45 min libres », « 1 h libre », « 2 h 30 libres »: time that nobody took yet."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\u00a0min libre{'s' if rest > 1 else ''}"
    words = f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"
    return f"{words} libre{'s' if hours > 1 else ''}"


def monday_of(day: date) -> date:
    """The Monday of the ISO week of `day`."""
    return day - timedelta(days=day.weekday())


@contextmanager
def freeze(moment: datetime) -> Iterator[None]:
    """Hold the clock still, in every thread, for a test or a generated school."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    _frozen_everywhere.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen_everywhere.pop()


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """What is told late is carried out as of its own moment, by this thread alone: a tap that waited for the network.

    Everything that asks for the time inside, rules and services alike, gets that moment.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _told_late.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _told_late.reset(token)
