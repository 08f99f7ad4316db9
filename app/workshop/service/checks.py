"""Checks noted on a ticket, the pupil's own and the master's: stated once, corrected by a row that takes one back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound, Refused
from app.pedagogy.models import Pupil
from app.workshop import queries, rules
from app.workshop.models import CheckResult, Ticket
from app.workshop.queries import Checked, CheckSheet
from app.workshop.rules import CheckKind, CheckStage, Spec, TicketState

CLOSED = frozenset({TicketState.DONE, TicketState.CANCELLED})


class Doubtful(Refused):
    """A measure so far off that it is asked about once; sent again as it is (`Reading.sure`), it is believed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read on one piece: a value for a measure, else good or not. `sure`: the value already asked about."""

    point_id: int
    piece: int
    value: Decimal | None = None
    conforms: bool | None = None
    photo_id: int | None = None
    sure: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Checker:
    """Who checks, on which side: a pupil his own work, or a master."""

    stage: CheckStage
    pupil: Pupil | None
    by: Actor


def record_check(
    db: Session, ticket: Ticket, reading: Reading, *, stage: CheckStage, pupil_id: int | None = None, by: Actor
) -> CheckResult:
    """Note one check. Noted before by the same side, that is taken back and both stay readable; the same again is one.

    `pupil_id` is who checks his own work. The caller holds the ticket.
    """
    checker = _checker(ticket, stage, pupil_id, by)
    return _note(db, ticket, queries.check_sheet(db, ticket), reading, checker)


def record_checks(
    db: Session, ticket: Ticket, readings: Sequence[Reading], *, stage: CheckStage, pupil_id: int | None = None,
    by: Actor,
) -> list[CheckResult]:  # fmt: skip
    """Note the checks of a sheet, all or none; a refusal names the row it is about (`checks-2-value`)."""
    checker, sheet, found = _checker(ticket, stage, pupil_id, by), queries.check_sheet(db, ticket), []
    for place, reading in enumerate(readings):
        try:
            found.append(_note(db, ticket, sheet, reading, checker))
        except Refused as refused:
            refused.field = f"checks-{place}-{refused.field or 'value'}"
            raise
    return found


def _checker(ticket: Ticket, stage: CheckStage, pupil_id: int | None, by: Actor) -> Checker:
    """The pupil is one of those who hold the ticket; the other side is a member of staff."""
    if ticket.state in CLOSED:
        raise Refused(f"Ce bon est « {ticket.state.label.lower()} » : aucun contrôle ne s’y ajoute.")
    if stage == CheckStage.RELEASE:
        return Checker(stage, None, by)
    holders = [assignment.pupil for assignment in ticket.assignments if assignment.ended_at is None]
    found = next((pupil for pupil in holders if pupil.id == pupil_id), None)
    if found is None:
        raise Refused("Ce bon n’est pas entre ses mains.", field="pupil")
    return Checker(stage, found, by)


def _note(db: Session, ticket: Ticket, sheet: CheckSheet, reading: Reading, checker: Checker) -> CheckResult:
    spec = next((each for each in sheet.points if each.id == reading.point_id), None)
    if spec is None:
        raise NotFound("Ce contrôle n’existe pas sur ce bon.")
    conforms = _verdict(spec, reading)
    before = next(
        (c for c in sheet.results if (c.point_id, c.piece, c.stage) == (spec.id, reading.piece, checker.stage)), None
    )
    if before is not None and _same(before, reading, conforms=conforms):
        return db.get_one(CheckResult, before.id)
    result = _add(db, ticket, reading, checker, conforms=conforms)
    if before is not None:
        _take_back(db, before.id, checker)
    db.flush()  # the check's id, for the journal
    changes = {"Mesure": (_said(before), _said(result))} if before is not None else None
    label = f"{spec.label}, pièce {reading.piece} : {_said(result)}"
    journal.record(db, result, "check", label, by=checker.by, changes=changes)
    return result


def _verdict(spec: Spec, reading: Reading) -> bool:
    """Worked out from the tolerance for a measure, stated for the rest; a photo alone shows that it is good."""
    if not 1 <= reading.piece <= rules.MAX_PIECE:
        raise Refused("Les pièces se comptent à partir de 1.", field="piece")
    if sentence := rules.why_not_value(reading.value, spec):
        raise Refused(sentence, field="value")
    if spec.kind == CheckKind.PHOTO and reading.photo_id is None:
        raise Refused("Prenez la photo demandée.", field="photo")
    if reading.value is None:
        if reading.conforms is None and spec.kind == CheckKind.ATTRIBUTE:
            raise Refused("Dites si la pièce est bonne ou non.", field="conforms")
        return reading.conforms is not False
    if reading.value != reading.sure and (question := rules.why_doubtful(reading.value, spec)):
        raise Doubtful(question, field="value")
    return rules.is_within(reading.value, spec)


def _same(before: Checked, reading: Reading, *, conforms: bool) -> bool:
    return (before.value, before.conforms, before.photo_id) == (reading.value, conforms, reading.photo_id)


def _add(db: Session, ticket: Ticket, reading: Reading, checker: Checker, *, conforms: bool) -> CheckResult:
    result = CheckResult(
        point_id=reading.point_id, ticket_id=ticket.id, stage=checker.stage, piece=reading.piece, value=reading.value,
        conforms=conforms, photo_id=reading.photo_id, at=now(), pupil_id=checker.pupil.id if checker.pupil else None,
        by_id=checker.by.staff_id,
    )  # fmt: skip
    db.add(result)
    return result


def _take_back(db: Session, result_id: int, checker: Checker) -> None:
    wrong = db.get_one(CheckResult, result_id)
    db.add(
        CheckResult(
            point_id=wrong.point_id, ticket_id=wrong.ticket_id, stage=wrong.stage, piece=wrong.piece,
            value=wrong.value, conforms=wrong.conforms, photo_id=wrong.photo_id, at=now(), reverses_id=wrong.id,
            pupil_id=checker.pupil.id if checker.pupil else None, by_id=checker.by.staff_id,
        )
    )  # fmt: skip


def withdraw_check(db: Session, ticket: Ticket, result_id: int, *, by: Actor) -> None:
    """A master takes a check back that should not be there; it stays readable and counts for nothing."""
    checker = _checker(ticket, CheckStage.RELEASE, None, by)
    found = next((each for each in queries.check_sheet(db, ticket).results if each.id == result_id), None)
    if found is None:
        raise NotFound("Ce contrôle n’existe pas, ou a déjà été repris.")
    _take_back(db, result_id, checker)
    journal.record(db, db.get_one(CheckResult, result_id), "withdraw", "Contrôle repris", by=by)
    db.flush()  # the row that takes it back, so that the sheet read again leaves it out


def _said(check: Checked | CheckResult) -> str:
    words = "conforme" if check.conforms else "pas conforme"
    return words if check.value is None else f"{rules.figure(check.value)}, {words}"
