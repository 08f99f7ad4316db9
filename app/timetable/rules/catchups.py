"""Missed lessons: which cancelled sessions are owed to a group, and what may make up for one."""

from dataclasses import dataclass
from datetime import date

from app.pedagogy.rules import SessionPlan, SessionState, school_year_of
from app.timetable.rules.plans import CHANGED, CLOSED, ENDED, UNDONE

MOVED = "Déplacée"  # how the reason of a session begins that a move leaves behind
# The plan itself said otherwise: such a session was not missed, it was not to be held.
NOT_MISSED = (MOVED, UNDONE, ENDED, CHANGED, CLOSED)


def is_missed(state: SessionState, reason: str | None) -> bool:
    """Whether a cancelled session is owed: neither moved, nor out of the pattern of the week, nor on a closed day."""
    return state == SessionState.CANCELLED and not (reason or "").startswith(NOT_MISSED)


@dataclass(frozen=True, slots=True)
class Missed:
    """A cancelled session, and the minutes of planned sessions that already make up for it."""

    id: int
    group_id: int
    on_date: date
    start_minute: int
    end_minute: int
    subject_id: int
    subject: str
    staff_code: str
    staff: str
    state: SessionState
    reason: str
    caught: int = 0

    @property
    def label(self) -> str:
        """« 20/11/2026 à 13:00, Mathématiques, Paul Roy »."""
        clock = f"{self.start_minute // 60:02d}:{self.start_minute % 60:02d}"
        return f"{self.on_date:%d/%m/%Y} à {clock}, {self.subject}, {self.staff}"

    @property
    def left(self) -> int:
        """Minutes that nothing planned makes up for."""
        return max(0, self.end_minute - self.start_minute - self.caught)


def why_not_catch_up(missed: Missed | None, plan: SessionPlan) -> str | None:
    """Why a session cannot make up for another: same group, subject and school year, and something still owed.

    The day may come before: a lesson is sometimes held ahead of the one that falls out.
    """
    if missed is None:
        return "Cette séance n’existe pas\u00a0: choisissez dans la liste."
    if not is_missed(missed.state, missed.reason):
        return "Cette séance n’est pas à rattraper\u00a0: choisissez dans la liste."
    if missed.group_id != plan.group_id:
        return "La séance à rattraper est d’un autre groupe."
    if missed.subject_id != plan.subject_id:
        return f"La séance à rattraper est de «\u00a0{missed.subject}\u00a0»\u00a0: gardez cette matière."
    if school_year_of(missed.on_date) != school_year_of(plan.on_date):
        return "La séance à rattraper est d’une autre année scolaire."
    return None if missed.left else f"La séance du {missed.on_date:%d/%m/%Y} est déjà rattrapée."
