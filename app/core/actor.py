"""Who acts: what services and policies know of a person, without any session or HTTP."""

from dataclasses import dataclass

from app.core.permissions import GRANTS, Permission, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff, or the program itself (`SYSTEM`). `staff_id` is None for the program."""

    staff_id: int | None
    name: str
    role: Role | None
    permissions: frozenset[Permission]

    def can(self, permission: Permission) -> bool:
        """Whether the role table grants it."""
        return permission in self.permissions


def actor(staff_id: int, name: str, role: Role) -> Actor:
    """The actor of a member of staff, with the rights of the role table."""
    return Actor(staff_id, name, role, GRANTS[role])


SYSTEM = Actor(None, "Compagnon", None, frozenset(Permission))
