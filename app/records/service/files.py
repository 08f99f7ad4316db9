"""Documents, private notes and adjustments of a pupil; every deed stands in the pupil's journal."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.documents import Kept, store
from app.core.errors import Refused
from app.pedagogy.models import Pupil
from app.records import queries
from app.records.models import Adjustment, PupilDocument, PupilNote, SupportMember
from app.records.rules import AUDIENCE_LABELS, DOCUMENT_LABELS, Audience, Paper


def add_document(db: Session, pupil: Pupil, paper: Paper, *, file: Kept | None, by: Actor) -> PupilDocument:
    """A document is handed in, with its file or on paper only."""
    if reason := paper.why_not(today()):
        raise Refused(reason[1], field=reason[0])
    document = PupilDocument(
        pupil_id=pupil.id, kind=paper.kind, label=paper.label, on_date=paper.on, ends_on=paper.ends_on,
        file_id=store(db, file).id if file else None, at=now(), by_id=by.staff_id,
    )  # fmt: skip
    db.add(document)
    journal.record(db, pupil, "document", f"Document ajouté : {paper.label or DOCUMENT_LABELS[paper.kind]}", by=by)
    return document


def remove_document(db: Session, pupil: Pupil, document: PupilDocument, *, by: Actor) -> None:
    """Take a document out of the file; the journal keeps its name."""
    document.removed_at = now()
    label = document.label or DOCUMENT_LABELS[document.kind]
    journal.record(db, pupil, "document", f"Document retiré : {label}", by=by)


def write_note(db: Session, pupil: Pupil, *, content: str, audience: Audience, by: Actor) -> PupilNote:
    """A private note. The journal says that there is one and for whom, never what it says."""
    if by.staff_id is None:
        raise Refused("Une note privée a un auteur.")
    note = PupilNote(pupil_id=pupil.id, author_id=by.staff_id, audience=audience, content=content, at=now())
    db.add(note)
    db.flush()  # its id, for the journal
    journal.record(db, note, "create", f"Note privée écrite ({AUDIENCE_LABELS[audience].lower()})", by=by)
    return note


def take_back_note(db: Session, note: PupilNote, *, by: Actor) -> None:
    """The author takes a note back: its words are gone, the journal keeps that there was one."""
    journal.record(db, note, "remove", "Note privée retirée par son auteur", by=by)
    db.delete(note)


def add_adjustment(
    db: Session, pupil: Pupil, *, wording: str, starts_on: date, ends_on: date | None, by: Actor
) -> Adjustment:
    """What is to be done for a pupil from a day on: a wording, never a diagnosis."""
    if ends_on is not None and ends_on < starts_on:
        raise Refused(f"La fin ({ends_on:%d/%m/%Y}) vient avant le début ({starts_on:%d/%m/%Y}).", field="until")
    row = Adjustment(
        pupil_id=pupil.id, wording=wording, starts_on=starts_on, ends_on=ends_on, at=now(), by_id=by.staff_id
    )  # fmt: skip
    db.add(row)
    journal.record(db, pupil, "adjustment", "Aménagement ajouté", by=by)
    return row


def end_adjustment(db: Session, pupil: Pupil, row: Adjustment, *, by: Actor) -> None:
    """It ends today; one that was to begin later goes."""
    journal.record(db, pupil, "adjustment", "Aménagement terminé", by=by)
    if row.starts_on > today():
        db.delete(row)
    else:
        row.ends_on = today()


def set_support(db: Session, codes: Collection[str], *, by: Actor) -> None:
    """Who belongs to the socio-educational team from now on."""
    for staff, member in queries.support_choices(db):
        if member and staff.code not in codes:
            db.delete(db.get_one(SupportMember, staff.id))
            journal.record(db, staff, "support", "Sort du suivi socio-éducatif", by=by)
        if not member and staff.code in codes:
            db.add(SupportMember(staff_id=staff.id, at=now()))
            journal.record(db, staff, "support", "Entre dans le suivi socio-éducatif", by=by)
