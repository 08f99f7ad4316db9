"""What rules make of days: generating, changing from a day on, ending; copying a week. Everything is handed in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.pedagogy.rules import SessionState
from app.timetable.rules import WeekKind, monday_before, rule_days
from app.timetable.rules.grid import Grid
from app.timetable.rules.placed import Placed
from app.timetable.rules.plans import CHANGED, ENDED, Draft, Plan

CALLED = "L’appel est fait : elle ne change plus."
BEGUN = "Elle a commencé : elle ne change plus."
BY_HAND = "Changée à la main : elle reste comme vous l’avez faite."


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule as it makes sessions: `model` is one of them, on any day."""

    model: Placed
    weekday: int
    weeks: WeekKind
    starts_on: date
    ends_on: date

    def on(self, day: date) -> Placed:
        """Its session of a day."""
        return replace(self.model, on_date=day)

    def days(self, first: date, letters: Mapping[date, WeekKind | None]) -> Iterable[date]:
        """Its days from `first` on; `letters` are A or B by the Monday of each week."""
        for day in rule_days(self.weekday, max(first, self.starts_on), self.ends_on):
            if self.weeks in (WeekKind.EVERY, letters.get(monday_before(day))):
                yield day


@dataclass(frozen=True, slots=True)
class Made:
    """A session that a rule made for a day, as it stands now."""

    rule_day: date
    placed: Placed

    def pristine(self, pattern: Pattern) -> bool:
        """Still as the rule made it: nobody has moved, changed or cancelled it."""
        wanted = pattern.on(self.rule_day)
        same = self.placed.key == wanted.key and self.placed.what == wanted.what
        return same and self.placed.state == SessionState.PLANNED


@dataclass(frozen=True, slots=True)
class Moment:
    """Now: what has begun is left alone."""

    day: date
    minute: int

    def begun(self, one: Placed) -> bool:
        """Whether the session has started."""
        return one.on_date < self.day or (one.on_date == self.day and one.start_minute <= self.minute)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the days of a plan are: closed, in a week A or B; and what time it is."""

    closed: Mapping[date, str]
    letters: Mapping[date, WeekKind | None]
    now: Moment


def why_fixed(one: Placed, now: Moment) -> str:
    """Why a mass change leaves a session alone, or nothing."""
    if one.called:
        return CALLED
    return BEGUN if now.begun(one) else ""


def generate(grid: Grid, calendar: Calendar, patterns: Sequence[tuple[Pattern, Iterable[date]]]) -> Plan:
    """The sessions that rules still have to make from today on; days already made are left as they became."""
    draft = Draft(grid, calendar.closed)
    for pattern, made in patterns:
        _fill(draft, calendar, pattern, set(made), calendar.now.day)
    return draft.plan


def _fill(draft: Draft, calendar: Calendar, pattern: Pattern, made: set[date], first: date) -> None:
    weeks_made = {monday_before(day) for day in made}
    for day in pattern.days(first, calendar.letters):
        wanted = pattern.on(day)
        if monday_before(day) not in weeks_made and not calendar.now.begun(wanted):
            draft.create(wanted, rule_day=day)


def change(
    grid: Grid, calendar: Calendar, old: Pattern, new: Pattern, made: Sequence[Made], *, from_day: date
) -> tuple[Plan, list[Made]]:
    """A rule becomes another from a day on. Also gives what was kept, which the new rule takes over as it is.

    Called sessions, those that have begun and those changed by hand stay; the rest is changed where day and start stay
    the same, otherwise cancelled and made anew.
    """
    draft, kept, done = Draft(grid, calendar.closed), [], set()
    wanted = {monday_before(day): day for day in new.days(from_day, calendar.letters)}
    leaving = []
    for one in sorted((one for one in made if one.rule_day >= from_day), key=lambda one: one.rule_day):
        why = why_fixed(one.placed, calendar.now) or ("" if one.pristine(old) else BY_HAND)
        day = wanted.get(monday_before(one.rule_day))
        if why:
            draft.keep(one.placed, why)
            kept.append(one)
            done.add(one.rule_day)
        elif day == one.rule_day and new.model.start_minute == one.placed.start_minute:
            if new.on(day).what != one.placed.what:
                draft.change(one.placed, new.on(day), rule_day=day)
            else:
                kept.append(one)
            done.add(day)
        else:
            leaving.append(one)
    for one in leaving:
        draft.cancel(one.placed, CHANGED)
    _fill(draft, calendar, new, done, max(from_day, calendar.now.day))
    return draft.plan, kept


def end(grid: Grid, calendar: Calendar, old: Pattern, made: Sequence[Made], *, last_day: date) -> Plan:
    """A rule ends: its sessions after the last day are cancelled, but not what was called, begun or made by hand."""
    draft = Draft(grid, calendar.closed)
    for one in made:
        if one.rule_day <= last_day or one.placed.state == SessionState.CANCELLED:
            continue
        if why := why_fixed(one.placed, calendar.now) or ("" if one.pristine(old) else BY_HAND):
            draft.keep(one.placed, why)
        else:
            draft.cancel(one.placed, ENDED)
    return draft.plan


def copy_week(grid: Grid, calendar: Calendar, sources: Sequence[Placed], mondays: Iterable[date]) -> Plan:
    """The planned sessions of one week, in other weeks as well; what is there already stays and is told."""
    draft = Draft(grid, calendar.closed)
    for monday in mondays:
        for one in sources:
            day = monday + timedelta(days=one.on_date.weekday())
            wanted = replace(one, on_date=day, id=None, version=1, called=False)
            if calendar.now.begun(wanted):
                draft.keep(wanted, BEGUN)
            else:
                draft.create(wanted)
    return draft.plan


def cancel_all(grid: Grid, calendar: Calendar, placed: Sequence[Placed], reason: str) -> Plan:
    """Sessions that a closure takes away: those to come; what has begun without a roll call is kept and told."""
    draft = Draft(grid, calendar.closed)
    for one in placed:
        if why := why_fixed(one, calendar.now):
            draft.keep(one, why)
        else:
            draft.cancel(one, reason)
    return draft.plan


def replace_person(
    grid: Grid, calendar: Calendar, placed: Sequence[Placed], who: tuple[int, str] | None, reason: str
) -> Plan:
    """Somebody else holds these sessions, or (None) they are cancelled."""
    draft = Draft(grid, calendar.closed)
    for one in placed:
        if why := why_fixed(one, calendar.now):
            draft.keep(one, why)
        elif who is None:
            draft.cancel(one, reason)
        else:
            draft.change(one, replace(one, staff_id=who[0], staff=who[1]))
    return draft.plan
