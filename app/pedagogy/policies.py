"""Who may do what to which object, beyond the permission of the route."""

from app.core.actor import Actor
from app.core.permissions import Permission
from app.pedagogy.models import TimetableSession


def speaks_for_the_office(by: Actor) -> bool:
    """Whether what this person says of an absence outweighs a teacher's word: who keeps the pupils' records does."""
    return by.can(Permission.PUPIL_EDIT)


def why_not_keep_log(by: Actor, session: TimetableSession) -> str | None:
    """The theory log is kept by the one who holds the session; who edits the timetable may correct it."""
    if by.staff_id == session.staff_id or by.can(Permission.TIMETABLE_EDIT):
        return None
    return f"Le cahier de cette séance est tenu par {session.staff.full_name}."
