"""Photos of pupils, and what they may be shown for."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.documents import StoredFile
from app.core.errors import NotFound
from app.pedagogy.models import Pupil
from app.pedagogy.models.photos import PhotoConsent, PupilPhoto
from app.pedagogy.rules.photos import PhotoUse, agreed

_LATEST = (
    select(func.max(PhotoConsent.id))
    .where(PhotoConsent.use == bindparam("use"), PhotoConsent.pupil_id.in_(bindparam("pupils", expanding=True)))
    .group_by(PhotoConsent.pupil_id)
)
_SHOWN = (
    select(PupilPhoto.pupil_id, PupilPhoto.file_id, Pupil.code)
    .join(PhotoConsent, PhotoConsent.pupil_id == PupilPhoto.pupil_id)
    .join(Pupil, Pupil.id == PupilPhoto.pupil_id)
    .where(PhotoConsent.id.in_(_LATEST), PhotoConsent.given.is_(True))
)


def photos_shown(db: Session, pupil_ids: Collection[int], use: PhotoUse) -> dict[int, str]:
    """The address of the photo of each pupil whose photo may be shown for this use; one statement."""
    rows = run(db, _SHOWN, {"pupils": list(pupil_ids), "use": use})
    return {row.pupil_id: f"/eleves/{row.code}/photo/{use.value}?v={row.file_id}" for row in rows}


def photo_file(db: Session, pupil: Pupil, use: PhotoUse) -> StoredFile:
    """The photo of a pupil for a use; nothing is found without the consent to it."""
    row = run(db, _SHOWN, {"pupils": [pupil.id], "use": use}).first()
    if row is None:
        raise NotFound("Il n’y a pas de photo à montrer ici.")
    return db.get_one(StoredFile, row.file_id)


def has_photo(db: Session, pupil_id: int) -> bool:
    """Whether a photo was handed in."""
    return db.get(PupilPhoto, pupil_id) is not None


def consents_of(db: Session, pupil_id: int) -> list[Any]:
    """Every answer about the photo, the oldest first."""
    query = select(PhotoConsent).where(PhotoConsent.pupil_id == pupil_id).order_by(PhotoConsent.id)
    return list(db.execute(query).scalars())


def uses_agreed(db: Session, pupil_id: int) -> dict[PhotoUse, bool]:
    """What holds for each use."""
    return agreed(consents_of(db, pupil_id))
