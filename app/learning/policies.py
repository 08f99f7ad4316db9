"""Who may mark whom, beyond the permission of the route."""

from app.core.actor import Actor
from app.core.permissions import Permission


def marks_all(by: Actor) -> bool:
    """Who issues the reports and may mark may correct any mark: the direction."""
    return by.can(Permission.REPORT_ISSUE) and by.can(Permission.MARK_WRITE)


def why_not_mark(by: Actor, *, teaches: bool) -> str | None:
    """A teacher marks the groups and subjects that the timetable gives him; the direction all of them."""
    if teaches or marks_all(by):
        return None
    return "Vous ne tenez pas de séance de cette matière avec ce groupe : ses notes sont à qui l’enseigne."


def why_not_opinion(by: Actor) -> str | None:
    """The opinion of the class council is written by who issues the reports."""
    return None if by.can(Permission.REPORT_ISSUE) else "L’avis du conseil est écrit par la direction ou la gestion."
