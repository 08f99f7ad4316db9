"""Which version of a framework holds, and a pupil's level: the better of the two latest assessments."""

from dataclasses import dataclass
from datetime import date

from app.pedagogy.rules.skills import level_of, session_prepared, version_for


@dataclass(frozen=True)
class Shown:
    id: int
    on_date: date
    level: int | None
    self_assessed: bool = False


@dataclass(frozen=True)
class Begun:
    from_session: int


def shown(*levels, start=1):
    """One piece of evidence a week, from the first of October on."""
    return [Shown(n, date(2026, 10, start + n), level) for n, level in enumerate(levels)]


def test_the_worked_example_of_a_pupil_who_learns_slips_once_and_then_loses_it():
    # Week by week: 1, 2, seen, 3, 2 (a bad day), 3, then 2 and 1.
    weeks = [1, 2, None, 3, 2, 3, 2, 1]
    told = [level_of(shown(*weeks[: n + 1])) for n in range(len(weeks))]
    assert told == [1, 2, 2, 3, 3, 3, 3, 2]


def test_nobody_assessed_it_so_there_is_no_level():
    assert level_of([]) is None
    assert level_of(shown(None, None)) is None


def test_what_the_pupil_says_of_himself_does_not_count():
    own = Shown(9, date(2026, 11, 2), 4, self_assessed=True)
    assert level_of([*shown(1, 2), own]) == 2


def test_the_day_of_what_was_seen_decides_not_the_order_of_entry():
    late_entry = Shown(9, date(2026, 9, 1), 4)
    assert level_of([*shown(1, 2), late_entry]) == 2
    assert level_of(reversed(shown(4, 2, 1))) == 2


def test_a_group_prepares_the_session_that_ends_its_year_unless_told_otherwise():
    assert session_prepared("2026-2027", None) == 2027
    assert session_prepared("2026-2027", 2028) == 2028


def test_the_latest_version_begun_by_the_session_holds():
    versions = [Begun(2028), Begun(2020), Begun(2025)]
    assert version_for(versions, 2019) is None
    assert version_for(versions, 2020) == Begun(2020)
    assert version_for(versions, 2027) == Begun(2025)
    assert version_for(versions, 2028) == Begun(2028)
