"""What goes out as JSON about machines."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from app.machines.models import WorkCenter
from app.machines.rules import CenterState
from app.machines.rules.articles import split_codes
from app.machines.rules.papers import split_words


class CenterOut(BaseModel):
    """A machine or bench. `hourly_rate` is null for those who may not see prices."""

    code: str
    label: str
    capacity: int
    state: CenterState
    state_note: str | None
    place: str
    regulated_articles: list[str]
    exceeding_articles: list[str]
    risk_assessed_on: date | None
    vibration: Decimal | None
    load_kg: Decimal | None
    electrical: str
    needs_driving_authorisation: bool
    needs_permit: bool
    ppe: list[str]
    safety_sheet_url: str | None
    hourly_rate: Decimal | None
    version: int


def center_out(center: WorkCenter, *, prices: bool) -> CenterOut:
    """The document of one machine."""
    return CenterOut(
        code=center.code, label=center.label, capacity=center.capacity, state=center.state,
        state_note=center.state_note, place=center.place,
        regulated_articles=list(split_codes(center.regulated_articles)),
        exceeding_articles=list(split_codes(center.exceeding_articles)), risk_assessed_on=center.risk_assessed_on,
        vibration=center.vibration, load_kg=center.load_kg, electrical=center.electrical,
        needs_driving_authorisation=center.needs_driving_authorisation, needs_permit=center.asks_permit,
        ppe=list(split_words(center.ppe)), safety_sheet_url=center.safety_sheet_url,
        hourly_rate=center.hourly_rate if prices else None, version=center.version,
    )  # fmt: skip
