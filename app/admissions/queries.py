"""Applicants: the list with its counts, one file, observation weeks, what is due to be erased."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.admissions.models import Applicant, ApplicantGuardian, ObservationWeek, RetentionSetting
from app.admissions.rules import CLOSED, KEPT_MONTHS, OPEN, RETENTION, Retention, Step, kept_after_refusal
from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern
from app.pedagogy.models import Diploma, Pupil, PupilGroup

SORTS: Mapping[str, Any] = {
    "nom": Applicant.sort_key, "date": Applicant.received_on, "contact": Applicant.last_contact_on
}  # fmt: skip
FILTERS = ("etape", "annee")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many applications of a school year stand where; weeks booked ahead."""

    steps: dict[Step, int]
    weeks_ahead: int

    @property
    def open(self) -> int:
        """Those on their way."""
        return sum(count for step, count in self.steps.items() if step in OPEN)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.steps.values())


@dataclass(frozen=True, slots=True)
class File:
    """One application with everything about it."""

    applicant: Applicant
    guardians: list[ApplicantGuardian]
    weeks: list[Any]
    diploma: str
    pupil_code: str
    journal: list[Deed]


def list_applicants(db: Session, request: ListRequest) -> Page[Any]:
    """One page of applicants, columns only. `etape` is a step, « ouverts » by itself; `annee` a school year."""
    step, year = request.filters.get("etape", ""), request.filters.get("annee", "")
    known = step if step in {one.value for one in Step} else ("" if step == "tous" else "open")
    query = _listed(
        (known if known in {"", "open"} else "one", bool(year), bool(request.q)), request.sort,
        descending=request.descending,
    )  # fmt: skip
    values = {"step": known, "year": year, "pattern": like_pattern(request.q)}
    return fetch_page(db, query, request, values)


@cache
def _listed(shape: tuple[str, bool, bool], sort: str, *, descending: bool) -> Any:
    step, of_year, with_words = shape
    column = SORTS[sort]
    query: Any = select(
        Applicant.id, Applicant.number, Applicant.first_name, Applicant.last_name, Applicant.born_on, Applicant.step,
        Applicant.received_on, Applicant.last_contact_on, Applicant.school_year, Applicant.present_school,
        Diploma.label.label("diploma"),
    ).outerjoin(Diploma, Diploma.id == Applicant.diploma_id).where(Applicant.anonymised_at.is_(None))  # fmt: skip
    if step == "open":
        query = query.where(Applicant.step.in_(sorted(OPEN)))
    if step == "one":
        query = query.where(Applicant.step == bindparam("step"))
    if of_year:
        query = query.where(Applicant.school_year == bindparam("year"))
    if with_words:
        query = query.where(Applicant.search_key.like(bindparam("pattern"), escape="\\"))
    return query.order_by(column.desc() if descending else column, Applicant.sort_key, Applicant.id)


_COUNTS = (
    select(Applicant.step, func.count()).where(Applicant.school_year == bindparam("year")).group_by(Applicant.step)
)
_AHEAD = (
    select(func.count())
    .select_from(ObservationWeek)
    .where(ObservationWeek.cancelled_at.is_(None), ObservationWeek.ends_on >= bindparam("day"))
)


def count_applicants(db: Session, year: str, day: date) -> Counts:
    """The director's figures of a school year; two statements."""
    steps = {Step(step): count for step, count in run(db, _COUNTS, {"year": year})}
    return Counts(steps, int(run(db, _AHEAD, {"day": day}).scalar_one()))


def years_of(db: Session) -> list[str]:
    """The school years somebody applied for, the latest first."""
    query = select(Applicant.school_year).distinct().order_by(Applicant.school_year.desc())
    return list(db.execute(query).scalars())


def get_applicant(db: Session, number: str, *, lock: bool = False) -> Applicant:
    """An applicant by number; an anonymised one is gone."""
    query = select(Applicant).where(Applicant.number == number, Applicant.anonymised_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucune candidature n’a le numéro « {number} ».")
    return found


def guardians_of(db: Session, applicant_id: int) -> list[ApplicantGuardian]:
    """Who answers for an applicant."""
    query = select(ApplicantGuardian).where(ApplicantGuardian.applicant_id == applicant_id)
    return list(db.execute(query.order_by(ApplicantGuardian.rank, ApplicantGuardian.id)).scalars())


def _weeks() -> Any:
    return (
        select(
            ObservationWeek.id, ObservationWeek.applicant_id, ObservationWeek.starts_on, ObservationWeek.ends_on,
            ObservationWeek.agreed_on, ObservationWeek.outcome, PupilGroup.label.label("group_label"),
            Staff.first_name, Staff.last_name,
        )
        .join(PupilGroup, PupilGroup.id == ObservationWeek.group_id)
        .outerjoin(Staff, Staff.id == ObservationWeek.staff_id)
        .where(ObservationWeek.cancelled_at.is_(None))
        .order_by(ObservationWeek.starts_on, ObservationWeek.id)
    )  # fmt: skip


def weeks_of(db: Session, applicant_id: int) -> list[Any]:
    """The observation weeks of an applicant that hold."""
    return list(db.execute(_weeks().where(ObservationWeek.applicant_id == applicant_id)).all())


def weeks_ahead(db: Session, day: date) -> list[Any]:
    """The observation weeks that have not ended, with who comes."""
    query = _weeks().add_columns(
        Applicant.number, Applicant.first_name.label("who_first"), Applicant.last_name.label("who_last")
    )
    query = query.join(Applicant, Applicant.id == ObservationWeek.applicant_id)
    return list(db.execute(query.where(ObservationWeek.ends_on >= day)).all())


def get_week(db: Session, applicant: Applicant, week_id: int) -> ObservationWeek:
    """One observation week of this applicant."""
    query = select(ObservationWeek).where(
        ObservationWeek.id == week_id, ObservationWeek.applicant_id == applicant.id,
        ObservationWeek.cancelled_at.is_(None),
    )  # fmt: skip
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette semaine d’observation n’est pas dans ce dossier.")
    return found


def applicant_file(db: Session, number: str) -> File:
    """One application with everything about it."""
    applicant = get_applicant(db, number)
    diploma = db.get(Diploma, applicant.diploma_id) if applicant.diploma_id else None
    pupil = db.get(Pupil, applicant.pupil_id) if applicant.pupil_id else None
    return File(
        applicant, guardians_of(db, applicant.id), weeks_of(db, applicant.id), diploma.label if diploma else "",
        pupil.code if pupil else "", history(db, "applicant", applicant.id),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept how long; `version` 0: the school has set nothing yet."""

    months: int
    rows: tuple[Retention, ...]
    version: int

    @property
    def told(self) -> list[Retention]:
        """Everything, the applications first."""
        applications = f"{self.months} mois après le dernier contact"
        first = Retention("Candidature refusée ou désistée", applications, "anonymisation", "choix de l’école")
        return [first, *self.rows]


def kept(db: Session) -> Kept:
    """What the school has set, else what the law and usage say."""
    row = db.execute(select(RetentionSetting.months, RetentionSetting.content, RetentionSetting.version)).one_or_none()
    if row is None:
        return Kept(KEPT_MONTHS, RETENTION, 0)
    return Kept(row.months, tuple(Retention(**one) for one in json.loads(row.content)), row.version)


def retention_row(db: Session) -> RetentionSetting | None:
    """The setting, held for a change."""
    return db.execute(select(RetentionSetting).where(RetentionSetting.id == 1).with_for_update()).scalar_one_or_none()


def due_to_erase(db: Session, day: date) -> list[Applicant]:
    """Closed applications whose time after the last contact is over."""
    months = kept(db).months
    query = select(Applicant).where(
        Applicant.step.in_(sorted(CLOSED)), Applicant.anonymised_at.is_(None),
        Applicant.last_contact_on <= day - kept_after_refusal(months),
    )  # fmt: skip
    return list(db.execute(query.order_by(Applicant.last_contact_on)).scalars())


def diploma_code(db: Session, diploma_id: int | None) -> str:
    """The code of a diploma, or nothing."""
    found = db.get(Diploma, diploma_id) if diploma_id else None
    return found.code if found else ""
