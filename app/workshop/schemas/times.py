"""What the API says of the day's times, of batches and of the two clocks."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from app.workshop.models import TimeValidation
from app.workshop.queries import DaySheet
from app.workshop.rules import Clocks, minutes
from app.workshop.schemas.tickets import SessionOut, session_out


class ClocksOut(BaseModel):
    """Professional and learning time, never added up; `factor` is learning time per professional time produced."""

    professional_planned_minutes: int
    professional_earned_minutes: int
    learning_planned_minutes: int
    learning_minutes: int
    machine_minutes: int
    factor: Decimal | None
    planned_factor: Decimal | None


class DayLineOut(SessionOut):
    """A booked time of a day. `ends_at`: when the rule stops a clock that nobody stopped."""

    ticket: str
    ends_at: datetime | None
    automatic: bool
    to_confirm: bool


class WorkedOut(BaseModel):
    """What a pupil worked that day, by the wall clock: every instant once, whatever ran together."""

    pupil: str
    minutes: int


class DayOut(BaseModel):
    """The booked times of a day."""

    day: date
    lines: list[DayLineOut]
    pupils: list[WorkedOut]


class ValidationOut(BaseModel):
    """A day confirmed by a master: how many times, how many of them put right first."""

    id: int
    day: date
    lines: int
    corrected: int
    at: datetime


class BatchOut(BaseModel):
    """Tickets run together by one pupil."""

    batch: str
    pupil: str
    tickets: list[str]


class TicketsOut(BaseModel):
    """The tickets a gesture was about."""

    tickets: list[str]


def clocks_out(found: Clocks) -> ClocksOut:
    """Both clocks, in whole minutes."""
    return ClocksOut(
        professional_planned_minutes=minutes(found.planned), professional_earned_minutes=minutes(found.earned),
        learning_planned_minutes=minutes(found.learning_planned), learning_minutes=minutes(found.learning),
        machine_minutes=minutes(found.machine), factor=found.factor, planned_factor=found.planned_factor,
    )  # fmt: skip


def day_out(sheet: DaySheet) -> DayOut:
    """The document of a day."""
    lines = [
        DayLineOut(
            **session_out(line.row).model_dump(), ticket=line.row.number, ends_at=line.end, automatic=line.automatic,
            to_confirm=line.to_confirm,
        )
        for line in sheet.lines
    ]  # fmt: skip
    pupils = [WorkedOut(pupil=code, minutes=minutes(seconds)) for code, _, _, seconds in sheet.pupils]
    return DayOut(day=sheet.day, lines=lines, pupils=pupils)


def validation_out(done: TimeValidation) -> ValidationOut:
    """The document of a confirmation."""
    return ValidationOut(id=done.id, day=done.on_date, lines=done.lines, corrected=done.corrected, at=done.at)
