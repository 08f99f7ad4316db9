"""Rules of school life: sessions and their roll call, attended minutes, the practice share, the school calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from app.core.money import ratio
from app.pedagogy.rules.halves import HALF_LABELS, HalfDay, half_of
from app.pedagogy.rules.roll import (
    ATTENDANCE_LABELS,
    HERE,
    Attendance,
    Said,
    Statement,
    attended_minutes,
    effective,
    said_label,
    tally_label,
    why_not_state,
)
from app.pedagogy.rules.skills import LEVELS as LEVELS
from app.pedagogy.rules.skills import why_not_level as why_not_level

__all__ = [
    "ATTENDANCE_LABELS", "HALF_LABELS", "HERE", "Attendance", "HalfDay", "Said", "Statement", "attended_minutes",
    "effective", "half_of", "said_label", "tally_label", "why_not_state",
]  # fmt: skip

SCHOOL_YEAR_STARTS = 9  # September
ADULT_AGE = 18
CODE_SERIES = "pupil"


class SessionKind(StrEnum):
    """Two thirds of the time is practice in the workshop, one third theory in class."""

    PRACTICE = "practice"
    THEORY = "theory"


class SessionState(StrEnum):
    """A session stays planned until it is cancelled; « held » is derived from its roll call."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """Where a session is now, derived from its state, its roll call and the clock."""

    PLANNED = "planned"
    CALL_MISSING = "call_missing"
    HELD = "held"
    CANCELLED = "cancelled"


KIND_LABELS = {SessionKind.PRACTICE: "Atelier", SessionKind.THEORY: "Cours"}


# ---------------------------------------------------------------------------------------------------------- minutes
@dataclass(frozen=True, slots=True)
class Minutes:
    """Practice and theory, in minutes."""

    practice: int = 0
    theory: int = 0

    def __add__(self, other: "Minutes") -> "Minutes":
        return Minutes(self.practice + other.practice, self.theory + other.theory)

    @property
    def total(self) -> int:
        """Both kinds."""
        return self.practice + self.theory

    @property
    def share(self) -> Decimal | None:
        """Practice ÷ all, rounded half up to 4 decimals; None without a minute."""
        return ratio(self.practice, self.total)


@dataclass(frozen=True, slots=True)
class Band:
    """The practice shares the school aims at, both ends included, as ratios (0.62 to 0.72)."""

    low: Decimal
    high: Decimal

    def place(self, share: Decimal | None) -> str:
        """« inside », « under », « over », or nothing to judge (« unknown »). Never blocking."""
        if share is None:
            return "unknown"
        if share < self.low:
            return "under"
        return "over" if share > self.high else "inside"


DEFAULT_BAND = Band(Decimal("0.62"), Decimal("0.72"))


# --------------------------------------------------------------------------------------------------------- calendar
@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; None is no limit."""

    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies inside."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def meets(self, start: date, end: date | None) -> bool:
        """Whether a stay from `start` to `end` (None: still going on) shares a day with it."""
        return (self.end is None or start <= self.end) and (end is None or self.start is None or self.start <= end)


class Stay(Protocol):
    """Dated membership of a group."""

    starts_on: date
    ends_on: date | None


def is_member(stays: Iterable[Stay], day: date) -> bool:
    """Whether one of the stays holds that day, both ends included."""
    return any(Period(stay.starts_on, stay.ends_on).holds(day) for stay in stays)


def school_year_of(day: date) -> Period:
    """The school year of a day: 1 September to 31 August."""
    first = school_year_number(day)
    return Period(date(first, SCHOOL_YEAR_STARTS, 1), date(first + 1, SCHOOL_YEAR_STARTS, 1) - timedelta(days=1))


def school_year_number(day: date) -> int:
    """The calendar year in which the school year of a day begins."""
    return day.year if day.month >= SCHOOL_YEAR_STARTS else day.year - 1


def school_year_label(day: date) -> str:
    """« 2026-2027 »."""
    first = school_year_number(day)
    return f"{first}-{first + 1}"


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(first, following - timedelta(days=1))


def week_of(day: date) -> Period:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    century = year // 100
    golden = year % 19
    correction = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = correction - (correction // 28) * (1 - (29 // (correction + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def public_holidays(year: int, *, alsace_moselle: bool = False) -> dict[date, str]:
    """The public holidays of the Code du travail (L3133-1), and the two more of Alsace and Moselle (L3134-13)."""
    sunday = easter(year)
    days = {
        date(year, 1, 1): "Jour de l’an",
        sunday + timedelta(days=1): "Lundi de Pâques",
        date(year, 5, 1): "Fête du Travail",
        date(year, 5, 8): "Victoire 1945",
        sunday + timedelta(days=39): "Ascension",
        sunday + timedelta(days=50): "Lundi de Pentecôte",
        date(year, 7, 14): "Fête nationale",
        date(year, 8, 15): "Assomption",
        date(year, 11, 1): "Toussaint",
        date(year, 11, 11): "Armistice 1918",
        date(year, 12, 25): "Noël",
    }
    if alsace_moselle:
        days[sunday - timedelta(days=2)] = "Vendredi saint"
        days[date(year, 12, 26)] = "Saint-Étienne"
    return days


class Shut(Protocol):
    """Days without school, both ends included."""

    starts_on: date
    ends_on: date
    label: str


def why_closed(day: date, closures: Iterable[Shut], *, alsace_moselle: bool = False) -> str | None:
    """Why there is no school that day: a public holiday, a closure of the school, a Sunday. Else None."""
    holiday = public_holidays(day.year, alsace_moselle=alsace_moselle).get(day)
    if holiday:
        return holiday
    for closure in closures:
        if closure.starts_on <= day <= closure.ends_on:
            return closure.label
    return "Dimanche" if day.isoweekday() == 7 else None


def is_school_day(day: date, closures: Iterable[Shut], *, alsace_moselle: bool = False) -> bool:
    """An ordinary day of school: Monday to Friday, neither holiday nor closure. Saturdays are exceptional."""
    return day.isoweekday() <= 5 and why_closed(day, closures, alsace_moselle=alsace_moselle) is None


def adult_from(born_on: date) -> date:
    """The 18th birthday; born on 29 February: 1 March."""
    try:
        return born_on.replace(year=born_on.year + ADULT_AGE)
    except ValueError:
        return date(born_on.year + ADULT_AGE, 3, 1)


def age_on(born_on: date, day: date) -> int:
    """Completed years of age; born on 29 February, a year older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def pupil_code(number: int) -> str:
    """The code of a pupil enrolled here: « E042 »; the school's own imported codes are kept as they are."""
    return f"E{number:03d}"


# --------------------------------------------------------------------------------------------------------- sessions
class Slot(Protocol):
    """A session as far as clashes are concerned."""

    @property
    def group_id(self) -> int: ...
    @property
    def staff_id(self) -> int: ...
    @property
    def room(self) -> str | None: ...
    @property
    def kind(self) -> SessionKind: ...
    @property
    def state(self) -> SessionState: ...
    @property
    def on_date(self) -> date: ...
    @property
    def start_minute(self) -> int: ...
    @property
    def end_minute(self) -> int: ...


def overlaps(one: Slot, other: Slot) -> bool:
    """Whether two sessions share a minute of the same day; touching is no overlap."""
    return one.on_date == other.on_date and one.start_minute < other.end_minute and other.start_minute < one.end_minute


def clash(one: Slot, other: Slot) -> str | None:
    """What two sessions at the same time dispute: « group », « staff » or « room ».

    Cancelled sessions and empty rooms dispute nothing; a workshop may be shared by several groups, a classroom not.
    """
    if SessionState.CANCELLED in (one.state, other.state) or not overlaps(one, other):
        return None
    if one.group_id == other.group_id:
        return "group"
    if one.staff_id == other.staff_id:
        return "staff"
    shared = one.kind == other.kind == SessionKind.PRACTICE
    same = bool(one.room) and bool(other.room) and one.room == other.room
    return "room" if same and not shared else None


def standing(state: SessionState, *, called: bool, started: bool) -> Standing:
    """Where a session is: cancelled, held once its roll is called, else planned until it starts."""
    if state == SessionState.CANCELLED:
        return Standing.CANCELLED
    if called:
        return Standing.HELD
    return Standing.CALL_MISSING if started else Standing.PLANNED


# -------------------------------------------------------------------------------------------------------- roll call
def why_not_call(state: SessionState, on_date: date, today: date) -> str | None:
    """A roll is called on the day of the session or later, and never of a cancelled one."""
    if state == SessionState.CANCELLED:
        return "Cette séance est annulée : il n’y a pas d’appel à faire."
    if on_date > today:
        return f"Cette séance est le {on_date:%d/%m/%Y} : l’appel se fera ce jour-là."
    return None


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A session as somebody wants it in the timetable, its references resolved.

    `catches_up`: the missed session that it makes up for.
    """

    group_id: int
    on_date: date
    start_minute: int
    end_minute: int
    kind: SessionKind
    subject_id: int
    staff_id: int
    room: str | None
    state: SessionState = SessionState.PLANNED
    catches_up: int | None = None
