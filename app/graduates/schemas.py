"""What the API says of offers and results."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.graduates.models import JobOffer
from app.graduates.queries.exams import EntryRow, ExamPage, ExamRow
from app.graduates.rules import (
    CohortFigures,
    Contract,
    ExamVerdict,
    OfferState,
    UnitMode,
    UnitOutcome,
    UnitStanding,
)


class GraduateOffers(BaseModel):
    """A graduate and the companies that made an offer."""

    pupil: str
    offers: int


class OffersReport(BaseModel):
    """The figures of one session; rates to four decimals, null when there is nothing to divide by."""

    session: int
    presented: int
    graduates: int
    pass_rate: float | None
    offers: int
    offers_per_graduate: float | None
    per_graduate: list[GraduateOffers]


class OfferOut(BaseModel):
    """One offer."""

    id: int
    pupil: str
    company_name: str
    siret: str | None
    offered_on: date
    contract: Contract
    state: OfferState
    version: int


class OfferRow(BaseModel):
    """An offer in a list."""

    id: int
    pupil: str
    company_name: str
    offered_on: date
    contract: Contract
    state: OfferState


class OfferList(BaseModel):
    """One page of offers."""

    items: list[OfferRow]
    total: int
    page: int
    size: int


def offers_report(session: int, figures: CohortFigures, codes: dict[int, str]) -> OffersReport:
    """The report, graduates in the order of their codes."""
    rows = sorted((codes[pupil], count) for pupil, count in figures.per_graduate.items())
    return OffersReport(
        session=session, presented=figures.presented, graduates=figures.graduates, pass_rate=_rate(figures.pass_rate),
        offers=figures.offers, offers_per_graduate=_rate(figures.offers_per_graduate),
        per_graduate=[GraduateOffers(pupil=code, offers=count) for code, count in rows],
    )  # fmt: skip


def offer_out(offer: JobOffer) -> OfferOut:
    """The document of one offer."""
    values: dict[str, Any] = {name: getattr(offer, name) for name in OfferOut.model_fields if name != "pupil"}
    return OfferOut(pupil=offer.pupil.code, **values)


def _rate(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


class ExamLine(BaseModel):
    """A session of a diploma; `id` is null while nobody noted its days."""

    id: int | None
    diploma: str
    session: int
    starts_on: date | None
    ends_on: date | None
    entries: int
    presented: int
    graduates: int
    pass_rate: float | None


class ExamUnitOut(BaseModel):
    """A unit with its coefficient."""

    code: str
    label: str
    coefficient: Decimal
    mode: UnitMode
    optional: bool


class EntryUnitOut(BaseModel):
    """What came of a unit; points out of 20."""

    code: str
    standing: UnitStanding
    outcome: UnitOutcome | None
    points: Decimal | None


class EntryOut(BaseModel):
    """A candidate; the average is for information, the jury decides."""

    pupil: str
    number: str
    units: list[EntryUnitOut]
    average: Decimal | None
    verdict: ExamVerdict | None


class ExamOut(BaseModel):
    """A session with its units and candidates."""

    id: int
    diploma: str
    session: int
    starts_on: date
    ends_on: date
    units: list[ExamUnitOut]
    entries: list[EntryOut]
    pass_rate: float | None


def exam_line(row: ExamRow) -> ExamLine:
    """A session in the list."""
    exam, figures = row.exam, row.figures
    return ExamLine(
        id=exam.id if exam else None, diploma=row.diploma.code, session=row.session,
        starts_on=exam.starts_on if exam else None, ends_on=exam.ends_on if exam else None, entries=row.entries,
        presented=figures.presented, graduates=figures.graduates, pass_rate=_rate(figures.pass_rate),
    )  # fmt: skip


def exam_out(found: ExamPage) -> ExamOut:
    """The document of one session."""
    exam = found.exam
    units = [
        ExamUnitOut(code=u.code, label=u.label, coefficient=u.coefficient, mode=u.mode, optional=u.optional)
        for u in found.units
    ]
    return ExamOut(
        id=exam.id, diploma=exam.diploma.code, session=exam.session, starts_on=exam.starts_on, ends_on=exam.ends_on,
        units=units, entries=[_entry(row) for row in found.rows], pass_rate=_rate(found.figures.pass_rate),
    )  # fmt: skip


def _entry(row: EntryRow) -> EntryOut:
    units = [
        EntryUnitOut(code=one.unit.code, standing=one.standing, outcome=one.outcome, points=one.points)
        for one in row.units
        if one is not None
    ]
    return EntryOut(
        pupil=row.pupil.code, number=row.entry.number, units=units, average=row.average, verdict=row.verdict
    )
