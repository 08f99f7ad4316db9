"""Who may see and confirm whose hours, beyond the permission of the route."""

from app.accounts.models import Staff
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.permissions import Permission


def sees_all_statements(by: Actor) -> bool:
    """Who closes statements for payroll reads everybody's; others read their own."""
    return by.can(Permission.STATEMENT_CLOSE)


def check_reader(by: Actor, code: str, own_code: str) -> None:
    """Somebody else's statement is not there for who may not close statements."""
    if not sees_all_statements(by) and code != own_code:
        raise NotFound("Cet état n’existe pas.")


def why_not_confirm(by: Actor, staff: Staff) -> str | None:
    """A statement is confirmed by the one whose hours it tells."""
    return None if by.staff_id == staff.id else f"C’est à {staff.full_name} de vérifier ses heures."
