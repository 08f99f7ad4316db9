"""Qualities of those who supervise, their absences, and who stands in."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.queries import find_staff_by_code
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused
from app.machines import queries
from app.machines.models import StaffAbsence, SupervisorQuality
from app.machines.rules import supervision
from app.machines.rules.supervision import Days, Why


@dataclass(frozen=True, slots=True)
class Away:
    """An absence as asked for; `substitute` is a staff code, blank for nobody."""

    starts_on: date
    ends_on: date
    substitute: str = ""
    note: str = ""


def add_quality(
    db: Session, staff_code: str, quality: str, *, starts_on: date, ends_on: date | None, by: Actor
) -> SupervisorQuality:
    """Somebody holds a quality that declarations name, from a day on."""
    staff = _staff(db, staff_code, "staff")
    _refuse(
        supervision.why_not_quality(starts_on, ends_on, queries.times_of_quality(db, staff.id, quality))
    )  # fmt: skip
    row = SupervisorQuality(staff_id=staff.id, quality=quality, starts_on=starts_on, ends_on=ends_on)
    db.add(row)
    db.flush()  # the next one is compared with it
    journal.record(db, staff, "add_quality", f"Qualité notée : {quality}, depuis le {starts_on:%d/%m/%Y}", by=by)
    return row


def end_quality(db: Session, row: SupervisorQuality, *, on: date, by: Actor) -> SupervisorQuality:
    """Its last day."""
    if on < row.starts_on:
        raise Refused(f"La qualité commence le {row.starts_on:%d/%m/%Y} : la fin vient après.", field="ends_on")
    row.ends_on = on
    journal.record(db, row.staff, "end_quality", f"Qualité terminée : {row.quality}, le {on:%d/%m/%Y}", by=by)
    return row


def add_absence(db: Session, staff_code: str, wanted: Away, *, by: Actor) -> StaffAbsence:
    """Somebody is away: unless a substitute is named, the gate stops the pupils of their sessions."""
    staff = _staff(db, staff_code, "staff", lock=True)
    days = Days(staff.id, wanted.starts_on, wanted.ends_on)
    known = queries.absences_meeting(db, wanted.starts_on, wanted.ends_on)
    _refuse(supervision.why_not_absent(days, known, today=today()))
    substitute = _substitute(db, wanted.substitute, days, known)
    absence = StaffAbsence(
        staff_id=staff.id, starts_on=wanted.starts_on, ends_on=wanted.ends_on, note=wanted.note or None,
        substitute_id=substitute.id if substitute else None,
    )  # fmt: skip
    db.add(absence)
    db.flush()  # the next one is compared with it
    who = f", remplacement : {substitute.full_name}" if substitute else ""
    words = f"Absence du {wanted.starts_on:%d/%m/%Y} au {wanted.ends_on:%d/%m/%Y}{who}"
    journal.record(db, staff, "add_absence", words, by=by)
    return absence


def set_substitute(db: Session, absence: StaffAbsence, code: str, *, by: Actor) -> StaffAbsence:
    """Name who stands in, another one, or nobody."""
    if absence.cancelled_at is not None:
        raise Refused("Cette absence est annulée.")
    days = Days(absence.staff_id, absence.starts_on, absence.ends_on)
    known = queries.absences_meeting(db, days.first, days.last, but=absence.id)
    substitute = _substitute(db, code, days, known)
    before = absence.substitute.full_name if absence.substitute else ""
    after = substitute.full_name if substitute else ""
    if before != after:
        absence.substitute = substitute
        words = f"Absence du {absence.starts_on:%d/%m/%Y} au {absence.ends_on:%d/%m/%Y}"
        journal.record(
            db, absence.staff, "set_substitute", words, by=by, changes={"Remplacement": (before, after)}
        )  # fmt: skip
    return absence


def cancel_absence(db: Session, absence: StaffAbsence, *, by: Actor) -> StaffAbsence:
    """It does not take place, or was noted in error; the row stays."""
    if absence.cancelled_at is not None:
        raise Refused("Cette absence est déjà annulée.")
    absence.cancelled_at = now()
    words = f"Absence du {absence.starts_on:%d/%m/%Y} au {absence.ends_on:%d/%m/%Y} annulée"
    journal.record(db, absence.staff, "cancel_absence", words, by=by)
    return absence


def _refuse(why: Why | None) -> None:
    if why is not None:
        raise Refused(why[0], field=why[1])


def _staff(db: Session, code: str, field: str, *, lock: bool = False) -> Staff:
    staff = find_staff_by_code(db, code, lock=lock)
    if staff is None or staff.disabled_at is not None:
        raise Refused("Cette personne ne travaille pas ici.", field=field)
    return staff


def _substitute(db: Session, code: str, days: Days, known: list[Days]) -> Staff | None:
    if not code:
        return None
    staff = _staff(db, code, "substitute")
    _refuse(supervision.why_not_substitute(days, staff.id, known))
    return staff
