"""Rules of the timetable: lists, what each has made, and the plans of mass changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.core.clock import today
from app.core.errors import NotFound
from app.pedagogy.models import PupilGroup, TimetableSession
from app.pedagogy.queries import get_group, group_options
from app.pedagogy.rules import SessionState
from app.timetable.models import SessionOrigin, TimetableChange, TimetableChangeLine, TimetableRule
from app.timetable.queries.grid import calendar, load_grid, placed_where
from app.timetable.rules import monday_before
from app.timetable.rules.patterns import (
    Made,
    Pattern,
    cancel_all,
    change,
    copy_week,
    end,
    generate,
    replace_person,
)
from app.timetable.rules.placed import Placed
from app.timetable.rules.plans import CLOSED, Plan
from app.timetable.rules.replacements import Span

_LOADED = (joinedload(TimetableRule.group), joinedload(TimetableRule.subject), joinedload(TimetableRule.staff))


def list_rules(db: Session, group_id: int | None, day: date) -> list[TimetableRule]:
    """The rules of a group (of all) that hold on a day or later, in the order of the week."""
    rule = TimetableRule
    query = select(rule).options(*_LOADED).where(rule.ends_on >= day, rule.ends_on >= rule.starts_on)
    if group_id is not None:
        query = query.where(rule.group_id == group_id)
    order = query.order_by(rule.weekday, rule.start_minute, rule.starts_on, rule.id)
    return list(db.execute(order).scalars())


def get_rule(db: Session, rule_id: int, *, lock: bool = False) -> TimetableRule:
    """A rule. Held to be changed it may be one that has just been replaced: its version tells who was slower."""
    query = select(TimetableRule).where(TimetableRule.id == rule_id).options(*_LOADED)
    if lock:
        query = query.with_for_update(of=TimetableRule).execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None or (found.ends_on < found.starts_on and not lock):
        raise NotFound("Cette ligne de la trame n’existe pas.")
    return found


def pattern_of(rule: TimetableRule) -> Pattern:
    """A rule as the pure rules read it."""
    model = Placed(
        rule.group_id, rule.group.label, rule.staff_id, rule.staff.full_name, rule.subject_id, rule.subject.label,
        rule.room, rule.kind, rule.starts_on, rule.start_minute, rule.end_minute,
    )  # fmt: skip
    return Pattern(model, rule.weekday, rule.weeks, rule.starts_on, rule.ends_on)


def made_by(db: Session, rule_id: int, from_day: date) -> list[Made]:
    """What a rule has made for days from one on, as it stands."""
    days = {
        row.session_id: row.on_date
        for row in db.execute(
            select(SessionOrigin.session_id, SessionOrigin.on_date).where(
                SessionOrigin.rule_id == rule_id, SessionOrigin.on_date >= from_day
            )
        )
    }
    if not days:
        return []
    inside = select(SessionOrigin.session_id).where(SessionOrigin.rule_id == rule_id, SessionOrigin.on_date >= from_day)
    found = placed_where(db, TimetableSession.id.in_(inside))
    return [Made(days[one.id], one) for one in found if one.id is not None]


def plan_generation(db: Session, rules: Sequence[tuple[int | None, Pattern]]) -> Plan:
    """What these rules (number, pattern) still have to make; a rule not yet stored has no number."""
    if not rules:
        return Plan()
    first, last = min(one.starts_on for _, one in rules), max(one.ends_on for _, one in rules)
    numbers = [number for number, _ in rules if number is not None]
    made: dict[int | None, list[date]] = {}
    for rule_id, day in db.execute(
        select(SessionOrigin.rule_id, SessionOrigin.on_date).where(SessionOrigin.rule_id.in_(numbers))
    ):
        made.setdefault(rule_id, []).append(day)
    days = calendar(db, first, last)
    grid = load_grid(db, max(first, days.now.day), last)
    return generate(grid, days, [(pattern, made.get(number, [])) for number, pattern in rules])


def plan_change(db: Session, rule: TimetableRule, new: Pattern, *, from_day: date) -> tuple[Plan, list[Made]]:
    """What a rule becoming another from a day on does, and the sessions that the new one takes over unchanged."""
    days = calendar(db, from_day, max(new.ends_on, rule.ends_on))
    grid = load_grid(db, from_day, max(new.ends_on, rule.ends_on))
    return change(grid, days, pattern_of(rule), new, made_by(db, rule.id, from_day), from_day=from_day)


def plan_end(db: Session, rule: TimetableRule, *, last_day: date) -> Plan:
    """What ending a rule does."""
    days = calendar(db, last_day, rule.ends_on)
    grid = load_grid(db, last_day, rule.ends_on)
    return end(grid, days, pattern_of(rule), made_by(db, rule.id, last_day), last_day=last_day)


def plan_copy(db: Session, group: PupilGroup, monday: date, first: date, last: date) -> Plan:
    """What copying a week of a group to the weeks from `first` to `last` does."""
    session = TimetableSession
    sources = placed_where(
        db, session.group_id == group.id, session.on_date.between(monday, monday + timedelta(days=6)),
        session.state == SessionState.PLANNED,
    )  # fmt: skip
    weeks = [monday_before(first) + timedelta(days=7 * step) for step in range((last - first).days // 7 + 1)]
    grid = load_grid(db, first, last)
    return copy_week(grid, calendar(db, monday_before(first), last + timedelta(days=6)), sources,
                     [week for week in weeks if week != monday])  # fmt: skip


def plan_replacement(db: Session, staff_id: int, span: Span, who: tuple[int, str] | None, reason: str) -> Plan:
    """What somebody's absence does to the sessions of a span that the person holds."""
    placed = [one for one in held_by(db, staff_id, span) if span.takes(one)]
    days = calendar(db, span.first, span.last)
    return replace_person(load_grid(db, span.first, span.last), days, placed, who, reason)


def held_by(db: Session, staff_id: int, span: Span) -> list[Placed]:
    """The planned sessions that somebody holds in a span, chosen or not."""
    session = TimetableSession
    inside = session.on_date.between(span.first, span.last)
    placed = placed_where(db, session.staff_id == staff_id, inside, session.state == SessionState.PLANNED)
    return [one for one in placed if span.holds(one)]


def plan_closing(db: Session, first: date, last: date, label: str) -> Plan:
    """What closing the school does to the sessions of these days."""
    session = TimetableSession
    placed = placed_where(db, session.on_date.between(first, last), session.state == SessionState.PLANNED)
    return cancel_all(load_grid(db, first, first), calendar(db, first, last), placed, f"{CLOSED}{label}")


def last_change(db: Session) -> TimetableChange | None:
    """The latest mass change, unless it has been undone."""
    found = db.execute(select(TimetableChange).order_by(TimetableChange.id.desc()).limit(1)).scalar_one_or_none()
    return found if found is not None and found.undone_at is None else None


def get_change(db: Session, change_id: int, *, lock: bool = False) -> TimetableChange:
    """A mass change."""
    query = select(TimetableChange).where(TimetableChange.id == change_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette modification n’existe pas.")
    return found


def lines_of(db: Session, change_id: int) -> list[TimetableChangeLine]:
    """What a mass change did, session by session."""
    line = TimetableChangeLine
    return list(db.execute(select(line).where(line.change_id == change_id).order_by(line.session_id)).scalars())


def origin_of(db: Session, session_id: int) -> SessionOrigin | None:
    """The rule that a session comes from."""
    query = select(SessionOrigin).where(SessionOrigin.session_id == session_id).options(
        joinedload(SessionOrigin.rule).options(*_LOADED)
    )  # fmt: skip
    return db.execute(query).scalar_one_or_none()


def placed_of_change(db: Session, change_id: int) -> list[Placed]:
    """The sessions of a mass change, as they stand."""
    line = TimetableChangeLine
    return placed_where(db, TimetableSession.id.in_(select(line.session_id).where(line.change_id == change_id)))


def placed_as(here: Placed, columns: Mapping[str, Any]) -> Placed:
    """A session with other columns: another end, person, room or state."""
    return replace(here, **columns)


def holds_day(db: Session, rule_id: int) -> date | None:
    """The last day for which a rule has still made something that stands."""
    return db.execute(
        select(func.max(SessionOrigin.on_date))
        .join(TimetableSession, TimetableSession.id == SessionOrigin.session_id)
        .where(SessionOrigin.rule_id == rule_id, TimetableSession.state == SessionState.PLANNED)
    ).scalar_one()


def lock_rules(db: Session, rule_id: int) -> None:
    """Hold a rule and the one it took over from, in the order of their numbers, as they stand now."""
    rule = TimetableRule
    before = select(rule.follows_id).where(rule.id == rule_id, rule.follows_id.is_not(None))
    query = select(rule).where(or_(rule.id == rule_id, rule.id.in_(before))).order_by(rule.id)
    db.execute(query.with_for_update(of=rule).execution_options(populate_existing=True)).scalars().all()


def get_rule_even_void(db: Session, rule_id: int) -> TimetableRule:
    """A rule, even one that ended before it began."""
    return db.execute(select(TimetableRule).where(TimetableRule.id == rule_id).options(*_LOADED)).scalar_one()


def first_change_of(db: Session, rule_id: int) -> int | None:
    """The mass change that came with a rule."""
    return db.execute(select(func.min(TimetableChange.id)).where(TimetableChange.rule_id == rule_id)).scalar_one()


def standing_of(db: Session, sessions: Sequence[int]) -> set[int]:
    """Those of these sessions that are not cancelled."""
    found: set[int] = set()
    for start in range(0, len(sessions), 500):
        query = select(TimetableSession.id).where(
            TimetableSession.id.in_(sessions[start : start + 500]), TimetableSession.state == SessionState.PLANNED
        )
        found |= set(db.execute(query).scalars())
    return found


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The pattern of a group's week: the lines that hold today or later, by weekday, and the last mass change."""

    group: PupilGroup | None
    groups: list[tuple[str, str]]
    days: list[tuple[int, list[TimetableRule]]]
    last: TimetableChange | None


def rules_page(db: Session, code: str) -> RulesPage:
    """The lines of a group; of the first of this school year without one."""
    groups = group_options(db)
    chosen = code or (groups[0][0] if groups else "")
    group = get_group(db, chosen) if chosen else None
    rules = list_rules(db, group.id, today()) if group else []
    days = [(day, [one for one in rules if one.weekday == day]) for day in range(7)]
    return RulesPage(group, groups, [(day, lines) for day, lines in days if lines], last_change(db))
