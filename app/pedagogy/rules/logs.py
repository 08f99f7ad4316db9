"""Rules of the theory log (*cahier de textes*): when it is written, for how long, homework for when."""

from dataclasses import dataclass
from datetime import date

from app.pedagogy.rules import SessionState


@dataclass(frozen=True, slots=True)
class Lesson:
    """What somebody writes of a session. Without minutes the whole session was taught."""

    content: str
    homework: str | None = None
    homework_due_on: date | None = None
    taught_minutes: int | None = None


def why_not_log(state: SessionState, *, started: bool) -> str | None:
    """The theory log tells what was done: not before the session has started, not of a cancelled one."""
    if state == SessionState.CANCELLED:
        return "Cette séance est annulée : il n’y a rien à noter."
    return None if started else "Cette séance n’a pas commencé : le cahier se remplit ensuite."


def why_not_taught(taught_minutes: int, length: int) -> str | None:
    """No more time was taught than the session lasted."""
    if taught_minutes > length:
        return f"La séance dure {length} min : on ne peut pas en avoir fait {taught_minutes}."
    return None


def why_not_due(due_on: date | None, homework: str | None, on_date: date) -> str | None:
    """Homework is due after its session; a day alone, without homework, says nothing."""
    if due_on is None:
        return None
    if not homework:
        return "Dites d’abord quel travail est à faire."
    return None if due_on > on_date else f"Ce travail se rend après la séance du {on_date:%d/%m/%Y}."
