"""Facts about pupils: written down once, never edited; one that was wrong is voided with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from app.accounts.queries import find_staff_by_code
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused
from app.machines import queries
from app.machines.models import Clearance, WorkCenter
from app.machines.rules import ON_A_CENTER, ClearanceKind, ClearanceResult, entry, join_codes
from app.machines.rules.entry import Entry, Why
from app.pedagogy.models import Pupil

SCHOOLS_OWN = frozenset({ClearanceKind.PERMIT, ClearanceKind.DRIVING_AUTHORISATION})


@dataclass(frozen=True, slots=True)
class Training:
    """A safety training on one machine as it was given, and assessed if it was."""

    center: str
    given_on: date
    result: ClearanceResult
    assessed_on: date | None = None
    given_by: str = ""


def record_fact(db: Session, pupil: Pupil, wanted: Entry, *, given_by: str = "", by: Actor) -> Clearance:
    """Write down a fact. `given_by`: the doctor or trainer in free words; of the school's own papers a staff code."""
    _refuse(entry.why_not_shaped(wanted))
    center = _center(db, wanted)
    signed = _giver(db, wanted.kind, given_by) if wanted.kind in SCHOOLS_OWN else given_by
    _refuse(
        entry.why_not_dated(wanted, entered_on=pupil.entered_on, left_on=pupil.left_on, today=today())
    )  # fmt: skip
    wanted = replace(wanted, detail=_plain_detail(wanted))
    beside = queries.recorded_beside(
        db, pupil.id, wanted.kind, wanted.on, center_id=center.id if center else None,
        level=wanted.detail if wanted.kind == ClearanceKind.ELECTRICAL else "",
    )  # fmt: skip
    _refuse(entry.why_not_beside(wanted, beside))
    return _write(db, pupil, wanted, center, given_by=signed, by=by)


def record_training(db: Session, pupil: Pupil, training: Training, *, by: Actor) -> None:
    """A safety training: given on a day, and assessed that day or later. Already noted as given: its assessment only.

    Two rows, so that between the two days the gate knows that it was given and not yet assessed.
    """
    _refuse(entry.why_not_assessed(training.given_on, training.assessed_on, training.result))
    kind, given = ClearanceKind.SAFETY, training.given_on
    assessed = training.assessed_on or given
    if assessed > given and not _is_given(db, pupil, training):
        first = Entry(kind, ClearanceResult.NOT_ASSESSED, given, training.center)
        record_fact(db, pupil, first, given_by=training.given_by, by=by)
    wanted = Entry(kind, training.result, assessed, training.center)
    try:
        record_fact(db, pupil, wanted, given_by=training.given_by, by=by)
    except Refused as refused:
        # What is wrong with the day of the assessment stands at its own field.
        moved = refused.field == "on_date" and training.assessed_on is not None
        raise Refused(refused.sentence, field="assessed_on" if moved else refused.field) from None


def _is_given(db: Session, pupil: Pupil, training: Training) -> bool:
    center = queries.find_work_center(db, training.center)
    known = center and queries.recorded_beside(
        db, pupil.id, ClearanceKind.SAFETY, training.given_on, center_id=center.id
    )  # fmt: skip
    return any(one.result == ClearanceResult.NOT_ASSESSED for one in known or ())


def record_trainings(db: Session, rows: Sequence[tuple[str, Training]], *, by: Actor) -> int:
    """The same for a whole class, all or none. A refusal names the row: « rows-2-result »."""
    pupils = queries.lock_pupils(db, [code for code, _ in rows])
    for place, (code, training) in enumerate(rows):
        if code not in pupils:
            raise Refused("Cet élève n’existe pas.", field=f"rows-{place}-pupil")
        try:
            record_training(db, pupils[code], training, by=by)
        except Refused as refused:
            raise Refused(f"{pupils[code].full_name} : {refused.sentence}", field=f"rows-{place}-result") from None
    return len(rows)


def record_visits(db: Session, rows: Sequence[tuple[str, Sequence[Entry]]], *, doctor: str, by: Actor) -> int:
    """A doctor's day: opinions about many pupils, all or none. A refusal names the row: « rows-2-result »."""
    pupils = queries.lock_pupils(db, [code for code, _ in rows])
    for place, (code, entries) in enumerate(rows):
        if code not in pupils:
            raise Refused("Cet élève n’existe pas.", field=f"rows-{place}-pupil")
        for wanted in entries:
            try:
                record_fact(db, pupils[code], wanted, given_by=doctor, by=by)
            except Refused as refused:
                name = "restriction" if refused.field == "restriction" else "result"
                sentence = f"{pupils[code].full_name} : {refused.sentence}"
                raise Refused(sentence, field=f"rows-{place}-{name}") from None
    return sum(len(entries) for _, entries in rows)


def void_fact(db: Session, clearance: Clearance, *, reason: str, by: Actor) -> Clearance:
    """A fact written down in error counts no more; it stays to be read, with who voided it and why."""
    if clearance.voided_at is not None:
        raise Refused("Ce papier est déjà annulé.")
    clearance.voided_at, clearance.voided_by_id, clearance.void_reason = now(), by.staff_id, reason
    kind = ClearanceKind(clearance.kind)
    words = f"{kind.label} du {clearance.on_date:%d/%m/%Y} annulé comme faux"
    journal.record(db, clearance.pupil, "void_paper", words, by=by, note=reason)
    return clearance


def _refuse(why: Why | None) -> None:
    if why is not None:
        raise Refused(why[0], field=why[1])


def _center(db: Session, wanted: Entry) -> WorkCenter | None:
    if wanted.kind not in ON_A_CENTER:
        return None
    center = queries.find_work_center(db, wanted.center)
    if center is None:
        raise Refused(f"Aucune machine n’a le code « {wanted.center} ».", field="work_center")
    return center


def _giver(db: Session, kind: ClearanceKind, code: str) -> str:
    staff = find_staff_by_code(db, code) if code else None
    if staff is None:
        raise Refused("Dites qui le délivre.", field="given_by")
    if why := entry.why_may_not_give(kind, staff.role, disabled=staff.disabled_at is not None):
        raise Refused(why, field="given_by")
    return staff.full_name


def _plain_detail(wanted: Entry) -> str:
    kilos = entry.kilograms(wanted.detail) if wanted.kind == ClearanceKind.WEIGHT else None
    return wanted.detail if kilos is None else f"{kilos.normalize():f}"


def _write(
    db: Session, pupil: Pupil, wanted: Entry, center: WorkCenter | None, *, given_by: str, by: Actor
) -> Clearance:
    clearance = Clearance(
        pupil_id=pupil.id, kind=wanted.kind.value, work_center_id=center.id if center else None, on_date=wanted.on,
        result=wanted.result.value, restriction=join_codes(wanted.excluded), detail=wanted.detail,
        ends_on=wanted.until, given_by=given_by, at=now(), by_id=by.staff_id,
    )  # fmt: skip
    db.add(clearance)
    db.flush()  # whoever writes next of the same day sees it
    where = f", {center.label}" if center else ""
    # The journal tells that there is an opinion, never what it says.
    said = "" if wanted.kind in entry.HEALTH else f" : {wanted.result.label.lower()}"
    journal.record(
        db, pupil, "add_paper", f"{wanted.kind.label}{where}, {wanted.on:%d/%m/%Y}{said}", by=by
    )  # fmt: skip
    return clearance
