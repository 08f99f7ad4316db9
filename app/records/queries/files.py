"""The file of one pupil: documents, notes, adjustments; and what is due over the whole school."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.actor import Actor
from app.core.db import run
from app.core.errors import NotFound
from app.core.paging import ListRequest
from app.core.permissions import Role
from app.core.text import fold
from app.pedagogy.models import Diploma, Pupil, PupilGroup
from app.records.models import Adjustment, PupilDocument, PupilNote, SupportMember
from app.records.queries.settings import required
from app.records.rules import DOCUMENT_LABELS, Due, Reader, documents_due


@dataclass(frozen=True, slots=True)
class DueRow:
    """One pupil and one thing to ask for."""

    pupil: Any
    due: Due


_DOCUMENTS = (
    select(
        PupilDocument.id, PupilDocument.kind, PupilDocument.label, PupilDocument.on_date, PupilDocument.ends_on,
        PupilDocument.file_id, PupilDocument.at,
    )
    .where(PupilDocument.pupil_id == bindparam("pupil"), PupilDocument.removed_at.is_(None))
    .order_by(PupilDocument.kind, PupilDocument.on_date.desc(), PupilDocument.id.desc())
)  # fmt: skip


def documents_of(db: Session, pupil_id: int) -> list[Any]:
    """The documents of a pupil; columns only."""
    return list(run(db, _DOCUMENTS, {"pupil": pupil_id}).all())


def get_document(db: Session, pupil: Pupil, document_id: int) -> PupilDocument:
    """One document of this pupil."""
    query = select(PupilDocument).where(
        PupilDocument.id == document_id, PupilDocument.pupil_id == pupil.id, PupilDocument.removed_at.is_(None)
    )
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce document n’est pas dans le dossier de cet élève.")
    return found


_HERE = (
    select(
        Pupil.id,
        Pupil.code,
        Pupil.first_name,
        Pupil.last_name,
        Pupil.search_key,
        PupilGroup.label.label("group_label"),
        Diploma.code.label("diploma"),
    )
    .join(PupilGroup, PupilGroup.id == Pupil.group_id)
    .join(Diploma, Diploma.id == PupilGroup.diploma_id)
    .where(or_(Pupil.left_on.is_(None), Pupil.left_on >= bindparam("day")))
    .order_by(Pupil.sort_key, Pupil.id)
)
_HELD = select(PupilDocument.pupil_id, PupilDocument.kind, PupilDocument.ends_on).where(
    PupilDocument.removed_at.is_(None)
)


SORTS = {
    "eleve": lambda row: (fold(row.pupil.last_name), fold(row.pupil.first_name)),
    "groupe": lambda row: row.pupil.group_label, "document": lambda row: DOCUMENT_LABELS[row.due.kind],
    "fin": lambda row: (row.due.ends_on is not None, row.due.ends_on or date.min),
}  # fmt: skip
DUE_FILTERS = ("groupe", "document", "etat")


def due_list(db: Session, day: date, asked: ListRequest | None = None) -> list[DueRow]:
    """What is to be asked for, a line per pupil and document, over all pupils of the school that day; three
    statements. By the end, those that are missing first, unless asked otherwise.
    """
    asked = asked or ListRequest(sort="fin")
    held: dict[int, list[Any]] = {}
    for pupil_id, kind, ends_on in run(db, _HELD):
        held.setdefault(pupil_id, []).append((kind, ends_on))
    group, kinds = asked.filters.get("groupe", ""), required(db)
    statement = _HERE.where(PupilGroup.code == bindparam("group")) if group else _HERE
    people = run(db, statement, {"day": day} | ({"group": group} if group else {})).all()
    rows = [
        DueRow(one, due) for one in people for due in documents_due(held.get(one.id, ()), day, kinds.of(one.diploma))
    ]
    words = fold(asked.q).split()
    found = [row for row in rows if _matches(row, asked.filters, words)]
    return sorted(found, key=SORTS.get(asked.sort, SORTS["fin"]), reverse=asked.descending)


def _matches(row: DueRow, filters: Mapping[str, str], words: list[str]) -> bool:
    return (
        filters.get("document", row.due.kind) == row.due.kind
        and filters.get("etat", row.due.state) == row.due.state
        and all(word in row.pupil.search_key for word in words)
    )


def reader_of(db: Session, by: Actor) -> Reader:
    """What this person may read of notes."""
    staff_id = by.staff_id or 0
    return Reader(staff_id, by.role == Role.DIRECTOR, db.get(SupportMember, staff_id) is not None)


def notes_for(db: Session, pupil_id: int, reader: Reader) -> list[Any]:
    """The notes on a pupil that this person may read, the latest first."""
    query = (
        select(
            PupilNote.id, PupilNote.audience, PupilNote.content, PupilNote.at, PupilNote.author_id, Staff.first_name,
            Staff.last_name,
        )
        .join(Staff, Staff.id == PupilNote.author_id)
        .where(
            PupilNote.pupil_id == pupil_id,
            or_(PupilNote.author_id == reader.staff_id, PupilNote.audience.in_(reader.audiences)),
        )
        .order_by(PupilNote.id.desc())
    )  # fmt: skip
    return list(db.execute(query).all())


def get_note(db: Session, pupil: Pupil, note_id: int, author_id: int) -> PupilNote:
    """A note of this author."""
    query = select(PupilNote).where(
        PupilNote.id == note_id, PupilNote.pupil_id == pupil.id, PupilNote.author_id == author_id
    )
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette note n’existe pas, ou n’est pas la vôtre.")
    return found


def adjustments_of(db: Session, pupil_id: int) -> list[Adjustment]:
    """What is or was arranged for a pupil, the latest first."""
    query = select(Adjustment).where(Adjustment.pupil_id == pupil_id).order_by(Adjustment.starts_on.desc())
    return list(db.execute(query).scalars())


def get_adjustment(db: Session, pupil: Pupil, adjustment_id: int) -> Adjustment:
    """One arrangement of this pupil."""
    query = select(Adjustment).where(Adjustment.id == adjustment_id, Adjustment.pupil_id == pupil.id)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Cet aménagement n’est pas dans le dossier de cet élève.")
    return found


def support_choices(db: Session) -> list[tuple[Staff, bool]]:
    """Everybody of the staff, and whether they belong to the socio-educational team."""
    members = set(db.execute(select(SupportMember.staff_id)).scalars())
    staff = db.execute(select(Staff).order_by(Staff.sort_key)).scalars()
    return [(one, one.id in members) for one in staff]
