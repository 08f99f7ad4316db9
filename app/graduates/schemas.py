"""What the API says of offers and results."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.graduates.models import JobOffer
from app.graduates.rules import CohortFigures, Contract, OfferState


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
