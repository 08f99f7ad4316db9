"""The two-step check: a pupil hands his work in, a master releases it or sends it back; both are kept as evidence."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused
from app.pedagogy.service import Source, record_evidence
from app.workshop import queries, rules
from app.workshop.models import Release, Ticket
from app.workshop.rules import ReleaseKind
from app.workshop.service.ledger import counted, end_assignments, held, move, require_action, require_seen
from app.workshop.service.quantities import Counts, hand_in
from app.workshop.service.settle import settle_defects
from app.workshop.service.sums import refresh

Levels = Mapping[tuple[int, str], int]  # pupil and skill to what the master saw, 1 to 4


class Word(NamedTuple):
    """What a master says with his release: a note, or why although something is missing."""

    note: str | None
    override: str | None


def submit(
    db: Session, ticket: Ticket, *, counts: Counts = (0, 0), reason: str | None = None, pupil_id: int | None = None,
    seen_version: int | None = None, by: Actor,
) -> Ticket:  # fmt: skip
    """The work is handed in to be checked: clocks stop, the last pieces are stated, its holders keep the ticket."""
    require_seen(db, ticket, seen_version, _typed(counts))
    require_action(ticket, "submit")
    if not any(counts) and not (ticket.good or ticket.scrap or ticket.aside):
        raise Refused("Indiquez au moins une pièce bonne ou un rebut.", field="good")
    hand_in(db, ticket, counts, reason=reason, pupil_id=pupil_id, by=by)
    label = f"À contrôler : {counted(*counts)}" if any(counts) else "À contrôler"
    move(db, ticket, "submit", label, by=by, note=reason)
    refresh(db, ticket, by=by)
    if queries.check_sheet(db, ticket).results:
        _keep_evidence(db, ticket, "check", {}, by=by)
    return ticket


def finish_ticket(  # noqa: PLR0913 - seven, the session aside
    db: Session, ticket: Ticket, *, counts: Counts, reason: str | None = None, pupil_id: int | None = None,
    override: str | None = None, seen_version: int | None = None, by: Actor,
) -> Ticket:  # fmt: skip
    """The work is over without having been handed in: a master's word, which releases it at once.

    What is missing may be given again.
    """
    require_seen(db, ticket, seen_version, _typed(counts))
    require_action(ticket, "finish")
    hand_in(db, ticket, counts, reason=reason, pupil_id=pupil_id, by=by)
    refresh(db, ticket, by=by)
    label = f"Terminé : {counted(*counts)}" if any(counts) else "Terminé"
    _close(db, ticket, ("finish", label), Word(reason, override), levels={}, by=by)
    return ticket


def release(
    db: Session, ticket: Ticket, *, note: str | None = None, override: str | None = None,
    levels: Levels | None = None, seen_version: int | None = None, by: Actor,
) -> Ticket:  # fmt: skip
    """A master finds the work handed in conform. What is missing or out asks for a reason, which is kept."""
    require_seen(db, ticket, seen_version)
    require_action(ticket, "release")
    label = f"Validé : {counted(ticket.good, ticket.scrap)}"
    _close(db, ticket, ("release", label), Word(note, override), levels=levels or {}, by=by)
    return ticket


def reject(db: Session, ticket: Ticket, *, note: str, seen_version: int | None = None, by: Actor) -> Ticket:
    """A master sends the work back to be done again, in the same hands, and says what is wrong."""
    require_seen(db, ticket, seen_version)
    require_action(ticket, "reject")
    write_release(db, ticket, ReleaseKind.FINAL, conforms=False, note=note, by=by)
    move(db, ticket, "reject", "Renvoyé à reprendre", by=by, note=note)
    return ticket


def write_release(
    db: Session, ticket: Ticket, kind: ReleaseKind, *, conforms: bool, note: str | None = None,
    override: str | None = None, by: Actor,
) -> None:  # fmt: skip
    """Keep a master's word on a first article or on finished work."""
    if by.staff_id is None:
        raise Refused("C’est à un maître de valider.")
    db.add(
        Release(
            ticket_id=ticket.id, kind=kind, conforms=conforms, note=note or None, override_reason=override or None,
            at=now(), by_id=by.staff_id,
        )
    )  # fmt: skip
    db.flush()  # the word just given, so that the sheet read again knows it


def _close(db: Session, ticket: Ticket, move_: tuple[str, str], word: Word, *, levels: Levels, by: Actor) -> None:
    missing = why_not_released(db, ticket)
    if missing and not word.override:
        raise Refused(missing, field="override")
    reason = word.override if missing else None
    if by.staff_id is not None:
        write_release(db, ticket, ReleaseKind.FINAL, conforms=True, note=word.note, override=reason, by=by)
        _keep_evidence(db, ticket, "release", levels, by=by)
    end_assignments(ticket)
    move(db, ticket, *move_, by=by, note=reason or word.note)
    refresh(db, ticket, by=by)
    settle_defects(db, ticket, by=by)


def why_not_released(db: Session, ticket: Ticket) -> str | None:
    """What stands against releasing this work without a reason."""
    sheet = queries.check_sheet(db, ticket)
    return rules.why_not_release(len(sheet.missing), len(sheet.bad), sheet.settled)


def _keep_evidence(db: Session, ticket: Ticket, kind: str, levels: Levels, *, by: Actor) -> None:
    """Each skill of the operation, for each pupil who holds the ticket: his own check, or the master's release."""
    source = Source(kind, ticket.number, f"/atelier/bons/{ticket.number}")
    codes = queries.trained_skills(db, ticket.operation_id)
    for assignment in held(ticket):
        seen = {code: levels.get((assignment.pupil_id, code)) for code in codes}
        record_evidence(db, assignment.pupil_id, seen, source=source, self_assessed=kind == "check", by=by)


def release_first_article(
    db: Session, ticket: Ticket, *, note: str | None = None, override: str | None = None,
    seen_version: int | None = None, by: Actor,
) -> Ticket:  # fmt: skip
    """A master finds the first piece conform: the series may go on. Without its checks he says why."""
    require_seen(db, ticket, seen_version)
    sheet = require_first_article(db, ticket)
    missing = rules.why_not_release(len(sheet.missing_first), int(1 in sheet.bad), 0)
    if missing and not override:
        raise Refused(missing, field="override")
    reason = override if missing else None
    write_release(db, ticket, ReleaseKind.FIRST_ARTICLE, conforms=True, note=note, override=reason, by=by)
    ticket.version += 1
    journal.record(db, ticket, "first_article", "Première pièce validée", by=by, note=reason or note)
    return ticket


def require_first_article(db: Session, ticket: Ticket) -> queries.CheckSheet:
    """The sheet of a ticket whose first piece is to be judged now."""
    if ticket.state not in rules.HELD_STATES:
        raise Refused(f"Ce bon est « {ticket.state.label.lower()} » : sa première pièce ne se juge plus.")
    sheet = queries.check_sheet(db, ticket)
    if not sheet.first_asked:
        raise Refused("Ce bon ne demande pas de contrôle de la première pièce.")
    if sheet.first_released:
        raise Refused("La première pièce est déjà validée.")
    return sheet


def _typed(counts: Counts) -> tuple[tuple[str, str, str], ...]:
    return (("Bonnes", str(counts[0]), "–"), ("Rebuts", str(counts[1]), "–"))
