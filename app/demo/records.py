"""What the office keeps of the demonstration's pupils: second guardians, documents, notes; and who asks to come."""

import random
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import Staff
from app.admissions import service as admissions
from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import Role
from app.demo import names
from app.pedagogy.models import Guardian, Pupil, PupilGroup
from app.pedagogy.rules import school_year_label, school_year_number
from app.pedagogy.rules.guardians import Relation
from app.records import service
from app.records.models import SupportMember
from app.records.rules import Audience, DocumentKind, Paper

STEPS: tuple[tuple[str, ...], ...] = (
    (), (), (), ("contact",), ("contact",), ("observe",), ("observe",), ("contact", "observe"), ("observe",),
    ("observe",), ("observe",), ("contact", "interview"), ("refuse",), ("withdraw",),
)  # fmt: skip
SCHOOLS = ("Collège Voltaire", "Collège Louise-Michel", "Collège des Bords-de-Marne", "Mission locale")
NOTES = (
    "Lit lentement à voix haute : prévoir un document plus court et le faire reformuler.",
    "A demandé de l’aide pour les transports du lundi matin. Voir avec la famille.",
    "Très à l’aise à l’oral cette semaine ; à encourager pour le rapport.",
)
ADJUSTMENT = "Un tiers de temps en plus aux contrôles ; consignes lues à voix haute."


def keep_records(db: Session, day: date) -> None:
    """Fill the files of this year's pupils, and 14 applications of which 6 have a week ahead."""
    rng = random.Random(day.toordinal())  # noqa: S311 - invented people, the same for the same day
    office = accounts.staff_actor(db.execute(select(Staff).where(Staff.role == Role.OFFICE).limit(1)).scalar_one())
    teachers = list(db.execute(select(Staff).where(Staff.role == Role.TEACHER).order_by(Staff.id)).scalars())
    pupils = _present(db, day)
    db.execute(update(Guardian).values(relation=Relation.MOTHER))
    for place, pupil in enumerate(pupils):
        _second_guardian(db, pupil, place, rng)
        _documents(db, pupil, place, day, office)
    db.add(SupportMember(staff_id=teachers[-1].id, at=now()))
    for note, pupil in zip(NOTES, pupils, strict=False):
        by = accounts.staff_actor(teachers[0])
        service.write_note(db, pupil, content=note, audience=Audience.SUPPORT, by=by)
    service.add_adjustment(db, pupils[0], wording=ADJUSTMENT, starts_on=pupils[0].entered_on, ends_on=None, by=office)
    _applicants(db, day, rng, office)


def _present(db: Session, day: date) -> list[Pupil]:
    query = (
        select(Pupil)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .where(PupilGroup.school_year == school_year_label(day), Pupil.left_on.is_(None))
        .order_by(Pupil.sort_key)
    )
    return list(db.execute(query).scalars())


def _second_guardian(db: Session, pupil: Pupil, place: int, rng: random.Random) -> None:
    pupil.phone = f"063998{2000 + place:04d}"
    if place % 3 == 2:
        return
    db.add(
        Guardian(
            pupil_id=pupil.id, rank=2, name=f"{rng.choice(names.GUARDIANS)} {pupil.last_name}",
            relation=Relation.FATHER, phone=f"063998{4000 + place:04d}", notified=place % 2 == 0,
        )
    )  # fmt: skip


def _documents(db: Session, pupil: Pupil, place: int, day: date, by: Actor) -> None:
    year_end = date(day.year, 12, 31) if day.month > 6 else date(day.year, 8, 31)
    papers = [
        Paper(DocumentKind.CONTRACT, "", pupil.entered_on, None),
        Paper(DocumentKind.HOUSE_RULES, "", pupil.entered_on, None),
        Paper(DocumentKind.IDENTITY, "Carte nationale d’identité", pupil.entered_on, day + timedelta(days=400 + place)),
        Paper(DocumentKind.INSURANCE, "", pupil.entered_on, year_end if place % 4 else day + timedelta(days=300)),
    ]
    for rank, paper in enumerate(papers):
        if (place + rank) % 7:
            service.add_document(db, pupil, paper, file=None, by=by)


def _applicants(db: Session, day: date, rng: random.Random, by: Actor) -> None:
    first = school_year_number(day) + 1
    groups = [
        row.code
        for row in db.execute(
            select(PupilGroup.code).where(PupilGroup.school_year == school_year_label(day)).order_by(PupilGroup.code)
        )
    ]
    diploma = db.execute(select(PupilGroup).order_by(PupilGroup.id.desc()).limit(1)).scalar_one().diploma.code
    monday = day + timedelta(days=7 - day.weekday())
    weeks = 0
    for place, steps in enumerate(STEPS):
        last, given = rng.choice(names.FAMILIES), rng.choice(names.GUARDIANS)
        received = day - timedelta(days=60 - 4 * place)
        values = {
            "last_name": last, "first_name": given, "born_on": date(first - 14, 1 + place % 12, 3 + place),
            "email": None, "phone": f"063998{6000 + place:04d}", "present_school": SCHOOLS[place % 4],
            "origin": ("Portes ouvertes", "Site", "Bouche à oreille")[place % 3],
            "school_year": f"{first}-{first + 1}", "diploma": diploma, "received_on": received, "comment": None,
        }  # fmt: skip
        guardian = {
            "name": f"{rng.choice(names.GUARDIANS)} {last}", "relation": Relation.MOTHER, "email": None,
            "phone": f"063998{7000 + place:04d}", "address": None,
        }  # fmt: skip
        applicant = admissions.receive(db, values=values, guardians=[guardian], by=by)
        for step in steps:
            admissions.move_on(db, applicant, step, note="Dossier incomplet" if step == "refuse" else None,
                               seen_version=None, by=by)  # fmt: skip
        if "observe" in steps:
            start = monday + timedelta(weeks=weeks // 2)
            week = admissions.Week(start, start + timedelta(days=4), groups[weeks % len(groups)], None, None)
            admissions.book_week(db, applicant, week, by=by)
            weeks += 1
