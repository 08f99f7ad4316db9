"""Applications: received, moved on, observed, turned into a pupil, anonymised. Each deed stands in the journal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.admissions import queries
from app.admissions.models import Applicant, ApplicantGuardian, ObservationWeek, RetentionSetting
from app.admissions.rules import ADMISSION, CLOSED, OPEN, STEP_LABELS, Retention, Step, why_not_week
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.core.numbering import next_number
from app.core.text import fold, search_key
from app.pedagogy import queries as pedagogy
from app.pedagogy import service as school
from app.pedagogy.models import Pupil

SERIES = "applicant"
LABELS = {
    "last_name": "Nom", "first_name": "Prénom", "born_on": "Date de naissance", "email": "E-mail",
    "phone": "Téléphone", "present_school": "Établissement actuel", "origin": "Nous a connus par",
    "school_year": "Année scolaire", "received_on": "Reçue le", "comment": "Remarque",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """An observation week as somebody books it."""

    starts_on: date
    ends_on: date
    group: str
    staff: str | None
    agreed_on: date | None


def receive(
    db: Session, *, values: Mapping[str, Any], guardians: Sequence[Mapping[str, Any]], by: Actor
) -> Applicant:  # fmt: skip
    """A new application, under the next number of its school year."""
    year = int(values["school_year"][:4])
    number = f"C{year}-{next_number(db, SERIES, year):03d}"
    applicant = Applicant(number=number, step=Step.RECEIVED, last_contact_on=values["received_on"], sort_key="",
                          search_key="", diploma_id=_diploma(db, values.get("diploma")),
                          **{name: values[name] for name in LABELS})  # fmt: skip
    _set_keys(applicant)
    db.add(applicant)
    db.flush()  # its id, for the guardians and the journal
    _set_guardians(db, applicant, guardians)
    journal.record(db, applicant, "create", "Candidature reçue", by=by)
    return applicant


def change(
    db: Session, applicant: Applicant, *, values: Mapping[str, Any], guardians: Sequence[Mapping[str, Any]],
    seen_version: int | None, by: Actor,
) -> Applicant:  # fmt: skip
    """Change what is known of an applicant."""
    _same_version(applicant, seen_version)
    changes = {label: (getattr(applicant, name), values[name]) for name, label in LABELS.items()}
    for name in LABELS:
        setattr(applicant, name, values[name])
    applicant.diploma_id = _diploma(db, values.get("diploma"))
    _set_keys(applicant)
    _set_guardians(db, applicant, guardians)
    applicant.version += 1
    journal.record(db, applicant, "change", "Candidature modifiée", by=by, changes=changes)
    return applicant


def move_on(
    db: Session, applicant: Applicant, action: str, *, note: str | None, seen_version: int | None, by: Actor
) -> None:
    """The next step of an application, by its workflow. Admitting needs a group: `admit` does it."""
    _same_version(applicant, seen_version)
    if action == "admit":
        raise Refused("L’admission se fait avec un groupe et une date d’entrée.")
    before, target = applicant.step, ADMISSION.require(action, applicant.step)
    if ADMISSION.action(action).needs_note and not note:
        raise Refused("Dites pourquoi, en une phrase.", field="note")
    applicant.step, applicant.last_contact_on = target, today()
    applicant.version += 1
    move = journal.Move(action, before, target)
    journal.record(db, applicant, move, STEP_LABELS[target], by=by, note=note)


def book_week(db: Session, applicant: Applicant, week: Week, *, by: Actor) -> ObservationWeek:
    """Book an observation week; an open application goes to that step."""
    if applicant.step not in OPEN:
        raise Refused(f"Ce dossier est « {STEP_LABELS[applicant.step]} » : rouvrez-le d’abord.")
    if reason := why_not_week(week.starts_on, week.ends_on):
        raise Refused(reason, field="ends_on")
    for other in queries.weeks_of(db, applicant.id):
        if other.starts_on <= week.ends_on and week.starts_on <= other.ends_on:
            raise Refused(
                f"Une semaine est déjà prévue du {other.starts_on:%d/%m/%Y} au {other.ends_on:%d/%m/%Y}, "
                f"en {other.group_label}.",
                field="starts_on",
            )
    group = pedagogy.find_group(db, week.group)
    if group is None:
        raise Refused(f"Aucun groupe n’a le code « {week.group} ».", field="group")
    staff = pedagogy.find_staff(db, week.staff) if week.staff else None
    if week.staff and staff is None:
        raise Refused(f"Personne n’a le code « {week.staff} ».", field="staff")
    row = ObservationWeek(
        applicant_id=applicant.id, starts_on=week.starts_on, ends_on=week.ends_on, group_id=group.id,
        staff_id=staff.id if staff else None, agreed_on=week.agreed_on,
    )  # fmt: skip
    db.add(row)
    if applicant.step in {Step.RECEIVED, Step.CONTACTED}:
        applicant.step = Step.OBSERVATION
    applicant.last_contact_on = today()
    applicant.version += 1
    label = f"Semaine d’observation en {group.label}, du {week.starts_on:%d/%m/%Y} au {week.ends_on:%d/%m/%Y}"
    journal.record(db, applicant, "week", label, by=by)
    return row


def cancel_week(db: Session, applicant: Applicant, week: ObservationWeek, *, by: Actor) -> None:
    """The week does not take place."""
    week.cancelled_at = now()
    journal.record(db, applicant, "week", f"Semaine du {week.starts_on:%d/%m/%Y} annulée", by=by)


def admit(
    db: Session, applicant: Applicant, *, group: str, entered_on: date, seen_version: int | None, by: Actor
) -> Pupil:
    """The applicant becomes a pupil, with the guardians, in one act; until then he stands in no list of pupils."""
    _same_version(applicant, seen_version)
    before, target = applicant.step, ADMISSION.require("admit", applicant.step)
    if applicant.born_on is None:
        raise Refused("Sans date de naissance, pas d’admission : complétez d’abord le dossier.", field="entered_on")
    values = {
        "group": group, "first_name": applicant.first_name, "last_name": applicant.last_name,
        "born_on": applicant.born_on, "entered_on": entered_on, "left_on": None, "email": applicant.email,
        "phone": applicant.phone,
    }  # fmt: skip
    try:
        pupil = school.create_pupil(db, values=values, by=by)
    except Refused as refused:
        raise Refused(refused.sentence, field="into" if refused.field == "group" else "entered_on") from None
    for one in queries.guardians_of(db, applicant.id):
        contact = bool(one.email or one.phone or one.address)
        school.add_guardian(db, pupil, values=_guardian(one) | {"notified": contact}, by=by)
    applicant.step, applicant.pupil_id, applicant.last_contact_on = target, pupil.id, today()
    applicant.version += 1
    journal.record(db, applicant, journal.Move("admit", before, target), f"Admis : élève {pupil.code}", by=by)
    return pupil


def anonymise(db: Session, applicant: Applicant, *, by: Actor) -> None:
    """Take the person out of a closed application; the figures keep it. What the journal told of him goes too."""
    if applicant.step not in CLOSED:
        raise Refused("Seul un dossier refusé ou désisté s’anonymise.")
    applicant.last_name, applicant.first_name = "Candidat", "Anonymisé"
    for name in ("born_on", "email", "phone", "present_school", "comment"):
        setattr(applicant, name, None)
    applicant.anonymised_at = now()
    _set_keys(applicant)
    db.execute(delete(ApplicantGuardian).where(ApplicantGuardian.applicant_id == applicant.id))
    of_him = (journal.JournalEntry.subject_type == "applicant", journal.JournalEntry.subject_id == applicant.id)
    db.execute(update(journal.JournalEntry).where(*of_him).values(note=None, changes=None))
    journal.record(db, applicant, "anonymise", "Candidature anonymisée", by=by)


def set_retention(db: Session, months: int, rows: Sequence[Retention], *, seen_version: int, by: Actor) -> None:
    """What is kept how long, in the school's own words. Who was slower is told both."""
    row, before = queries.retention_row(db), queries.kept(db)
    changes = _retention_changes(before, months, rows)
    if not changes:
        return
    if seen_version != before.version:
        told = tuple((label, new or "–", old or "–") for label, (old, new) in changes.items())
        said = "Les durées de conservation ont été modifiées pendant votre saisie. Rien n’a été écrasé."
        raise Stale(said, told, version=before.version)
    row = row or RetentionSetting(id=1, version=0)
    row.months, row.content = months, json.dumps([asdict(one) for one in rows], ensure_ascii=False)
    row.version += 1
    db.add(row)
    db.flush()  # its id, for the journal
    journal.record(db, row, "change", "Durées de conservation modifiées", by=by, changes=changes)


def _retention_changes(before: queries.Kept, months: int, rows: Sequence[Retention]) -> dict[str, tuple[str, str]]:
    names = [one.data for one in rows]
    if twice := next((place for place, name in enumerate(names) if name in names[:place]), None):
        raise Refused("Cette donnée est déjà plus haut.", field=f"rows-{twice}-data")
    old = {"Candidatures (mois)": str(before.months)} | {one.data: one.words for one in before.rows}
    new = {"Candidatures (mois)": str(months)} | {one.data: one.words for one in rows}
    return {label: (old.get(label, ""), new.get(label, "")) for label in old | new if old.get(label) != new.get(label)}


def _guardian(one: ApplicantGuardian) -> dict[str, Any]:
    return {
        "rank": one.rank, "name": one.name, "relation": one.relation, "email": one.email, "phone": one.phone,
        "address": one.address, "starts_on": None, "ends_on": None, "custody_note": None,
    }  # fmt: skip


def _set_guardians(db: Session, applicant: Applicant, guardians: Sequence[Mapping[str, Any]]) -> None:
    db.execute(delete(ApplicantGuardian).where(ApplicantGuardian.applicant_id == applicant.id))
    for rank, values in enumerate(guardians, 1):
        db.add(ApplicantGuardian(applicant_id=applicant.id, rank=rank, **values))


def _diploma(db: Session, code: str | None) -> int | None:
    if not code:
        return None
    found = pedagogy.find_diploma(db, code)
    if found is None:
        raise Refused(f"Aucun diplôme n’a le code « {code} ».", field="diploma")
    return found.id


def _set_keys(applicant: Applicant) -> None:
    applicant.sort_key = fold(f"{applicant.last_name} {applicant.first_name}")
    applicant.search_key = search_key(
        applicant.number, applicant.first_name, applicant.last_name, applicant.present_school
    )


def _same_version(applicant: Applicant, seen: int | None) -> None:
    if seen is not None and applicant.version != seen:
        raise Stale(
            "Ce dossier a été modifié pendant votre saisie. Rien n’a été écrasé.", (), version=applicant.version
        )
