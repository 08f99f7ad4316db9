"""Who may do what to which object, beyond the permission of the route."""

from app.core.actor import Actor
from app.core.clock import local_minute, now, today
from app.core.permissions import Permission
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import why_not_call
from app.pedagogy.rules.logs import why_not_log


def speaks_for_the_office(by: Actor) -> bool:
    """Whether what this person says of an absence outweighs a teacher's word: who keeps the pupils' records does."""
    return by.can(Permission.PUPIL_EDIT)


def why_not_keep_log(by: Actor, session: TimetableSession) -> str | None:
    """The theory log is kept by the one who holds the session; who edits the timetable may correct it."""
    if by.staff_id == session.staff_id or by.can(Permission.TIMETABLE_EDIT):
        return None
    return f"Le cahier de cette séance est tenu par {session.staff.full_name}."


def has_started(session: TimetableSession) -> bool:
    """Whether the session has begun by the school's clock."""
    day = today()
    return session.on_date < day or (session.on_date == day and session.start_minute <= local_minute(now()))


def why_not_call_now(session: TimetableSession) -> str | None:
    """Why its roll cannot be called today."""
    return why_not_call(session.state, session.on_date, today())


def why_not_log_now(session: TimetableSession) -> str | None:
    """Why its log cannot be written now."""
    return why_not_log(session.state, started=has_started(session))
