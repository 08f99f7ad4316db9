"""The photo of a pupil and the consent to its uses."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.documents import Kept, store
from app.core.errors import Refused
from app.pedagogy import queries
from app.pedagogy.models import Pupil
from app.pedagogy.models.photos import PhotoConsent, PupilPhoto
from app.pedagogy.rules.photos import USE_LABELS, PhotoUse


def keep_photo(db: Session, pupil: Pupil, file: Kept, *, by: Actor) -> PupilPhoto:
    """The photo that was handed in takes the place of the one before."""
    stored = store(db, file)
    photo = db.get(PupilPhoto, pupil.id)
    if photo is None:
        photo = PupilPhoto(pupil_id=pupil.id, file_id=stored.id, at=now())
        db.add(photo)
    else:
        photo.file_id, photo.at = stored.id, now()
    journal.record(db, pupil, "photo", "Photo enregistrée", by=by)
    return photo


def remove_photo(db: Session, pupil: Pupil, *, by: Actor) -> None:
    """Take the photo out of the file."""
    photo = db.get(PupilPhoto, pupil.id)
    if photo is None:
        raise Refused("Il n’y a pas de photo à retirer.")
    db.delete(photo)
    journal.record(db, pupil, "photo", "Photo retirée", by=by)


def note_consent(
    db: Session, pupil: Pupil, answers: Mapping[PhotoUse, bool], *, on: date, said_by: str, by: Actor
) -> int:
    """Write down who agreed to which use on which day, or took it back; saying the same again stores nothing."""
    if on > today():
        raise Refused("L’accord se note le jour même ou après.", field="on_date")
    before = queries.uses_agreed(db, pupil.id)
    news = {use: given for use, given in answers.items() if before.get(use, False) != given}
    for use, given in news.items():
        db.add(
            PhotoConsent(
                pupil_id=pupil.id, use=use, given=given, on_date=on, said_by=said_by, at=now(), by_id=by.staff_id
            )
        )
    if news:
        told = {USE_LABELS[use]: (_word(before.get(use, False)), _word(given)) for use, given in news.items()}
        label = f"Accord pour la photo, dit par {said_by} le {on:%d/%m/%Y}"
        journal.record(db, pupil, "photo", label, by=by, changes=told)
    return len(news)


def _word(given: bool) -> str:  # noqa: FBT001 - a word for yes and no
    return "oui" if given else "non"
