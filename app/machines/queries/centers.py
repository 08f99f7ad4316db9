"""Work centres by their code, and what the forms offer about them."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.errors import NotFound
from app.machines.models import WorkCenter

_CENTER = select(WorkCenter).where(WorkCenter.code == bindparam("code"))
_CENTER_HELD = _CENTER.with_for_update().execution_options(populate_existing=True)
_OPTIONS = select(WorkCenter.code, WorkCenter.label).order_by(WorkCenter.sort_key, WorkCenter.id)
_PLACES = select(WorkCenter.place).where(WorkCenter.place != "").distinct().order_by(WorkCenter.place)


def get_work_center(db: Session, code: str, *, lock: bool = False) -> WorkCenter:
    """A work centre by the school's own code."""
    found = db.execute(_CENTER_HELD if lock else _CENTER, {"code": code}).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucune machine n’a le code « {code} ».")
    return found


def find_work_center(db: Session, code: str) -> WorkCenter | None:
    """A work centre by its code, if there is one."""
    return db.execute(_CENTER, {"code": code}).scalar_one_or_none()


def center_options(db: Session) -> list[tuple[str, str]]:
    """(code, label) of every work centre, by name."""
    return [(code, label) for code, label in run(db, _OPTIONS)]


def known_places(db: Session) -> list[str]:
    """The places that work centres already stand in."""
    return [place for (place,) in run(db, _PLACES)]
