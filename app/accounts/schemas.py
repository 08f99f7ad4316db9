"""What programs are told of staff."""

from pydantic import BaseModel

from app.accounts.queries import StaffRow
from app.accounts.rules import CurrentUser, StaffState
from app.core.permissions import Role


class StaffOut(BaseModel):
    """A member of staff. `state`: waiting for an invitation, invited, active or disabled."""

    code: str
    last_name: str
    first_name: str
    role: Role
    email: str | None
    state: StaffState
    version: int


class StaffList(BaseModel):
    """A page of staff."""

    items: list[StaffOut]
    total: int
    page: int
    size: int


class MeOut(BaseModel):
    """Whom this token or session acts as."""

    code: str
    name: str
    role: Role | None
    permissions: list[str]
    school: str


def staff_out(row: StaffRow) -> StaffOut:
    """A row as programs see it."""
    return StaffOut.model_validate(row, from_attributes=True)


def me_out(me: CurrentUser) -> MeOut:
    """The present user."""
    return MeOut(
        code=me.code, name=me.name, role=me.role, permissions=sorted(me.permissions), school=me.school_name
    )  # fmt: skip
