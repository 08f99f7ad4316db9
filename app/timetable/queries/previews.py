"""What a preview shows beside the sessions: the planned practice share of each group's year, before and after."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.core.clock import today
from app.pedagogy.queries import school_band, timetable_minutes
from app.pedagogy.rules import Band, Minutes, school_year_of
from app.timetable.rules.plans import Plan


@dataclass(frozen=True, slots=True)
class Effect:
    """A group's planned minutes of the school year, before and after a plan."""

    group: str
    before: Minutes
    after: Minutes
    band: Band


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan with what it does to each group."""

    plan: Plan
    effects: list[Effect]


def preview_of(db: Session, plan: Plan) -> Preview:
    """One statement per group that gains or loses hours (a rule, a week: one group)."""
    day = min((one.shown.on_date for one in plan.items), default=today())
    return Preview(plan, _effects(db, plan, day))


def _effects(db: Session, plan: Plan, day: date) -> list[Effect]:
    band, found = school_band(db), []
    for (group_id, label), minutes in plan.effect.items():
        if minutes != Minutes():
            before, _ = timetable_minutes(db, school_year_of(day), group_id)
            found.append(Effect(label, before, before + minutes, band))
    return found
