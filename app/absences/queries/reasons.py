"""One reason, and who wrote it."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.errors import NotFound
from app.pedagogy.models import AbsenceReason


def get_reason(db: Session, reason_id: int, *, lock: bool = False) -> AbsenceReason:
    """A reason, replaced ones too."""
    query = select(AbsenceReason).where(AbsenceReason.id == reason_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce motif n’existe pas.")
    return found


def staff_names(db: Session, ids: Collection[int | None]) -> dict[int, str]:
    """Who these people are."""
    query = select(Staff.id, Staff.first_name, Staff.last_name).where(Staff.id.in_([one for one in ids if one]))
    return {row.id: f"{row.first_name} {row.last_name}" for row in db.execute(query)}
