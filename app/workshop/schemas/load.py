"""What the API says of the workshop's load. Lengths in whole minutes of learning time unless said otherwise."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from app.workshop.queries import LoadPage
from app.workshop.rules import minutes


class WeekOut(BaseModel):
    """One week: what can be taken, what is laid there, what is free."""

    monday: date
    capacity_minutes: int
    taken_minutes: int
    free_minutes: int


class StationLoadOut(BaseModel):
    """A machine; `unplaced_minutes` find no place in half a year."""

    work_center: str
    professional_minutes: int
    learning_minutes: int
    unplaced_minutes: int
    weeks: list[WeekOut]


class LateJobOut(BaseModel):
    """A job that would end after its date; `ends_on` empty: not in half a year."""

    job: str
    due_on: date
    ends_on: date | None


class PromiseStepOut(BaseModel):
    """One operation of a promise."""

    label: str
    learning_minutes: int
    first_on: date | None
    last_on: date | None


class PromiseOut(BaseModel):
    """A date for so many pieces of a routing, with its reasons; nothing is reserved by it."""

    template: str
    quantity: int
    professional_minutes: int
    learning_minutes: int
    ready_on: date | None
    promise_on: date | None
    steps: list[PromiseStepOut]


class LoadOut(BaseModel):
    """The load of the coming weeks; `order_share` percent of the workshop's hours go to clients' orders."""

    order_share: Decimal
    pupils: list[WeekOut]
    stations: list[StationLoadOut]
    late: list[LateJobOut]


def _weeks(page: LoadPage, capacity: tuple[int, ...], taken: tuple[int, ...], free: tuple[int, ...]) -> list[WeekOut]:
    return [
        WeekOut(monday=monday, capacity_minutes=minutes(can), taken_minutes=minutes(has), free_minutes=minutes(rest))
        for monday, can, has, rest in zip(page.weeks, capacity, taken, free, strict=True)
    ]


def load_out(page: LoadPage) -> LoadOut:
    """The document of the load."""
    stations = [
        StationLoadOut(
            work_center=one.code, professional_minutes=minutes(one.professional),
            learning_minutes=minutes(one.learning), unplaced_minutes=minutes(one.unplaced),
            weeks=_weeks(page, one.capacity, one.taken, one.free),
        )
        for one in page.stations
    ]  # fmt: skip
    late = [LateJobOut(job=one.number, due_on=one.due_on, ends_on=one.ends_on) for one in page.late]
    pupils = _weeks(page, page.pupils_capacity, page.pupils_taken, page.pupils_free)
    return LoadOut(order_share=page.share, pupils=pupils, stations=stations, late=late)


def promise_out(page: LoadPage) -> PromiseOut:
    """The document of a promise."""
    found = page.promised
    if found is None:
        raise ValueError("nothing was asked")
    steps = [
        PromiseStepOut(label=s.label, learning_minutes=minutes(s.learning), first_on=s.first, last_on=s.last)
        for s in found.steps
    ]
    return PromiseOut(
        template=found.template, quantity=found.quantity, professional_minutes=minutes(found.professional),
        learning_minutes=minutes(found.learning), ready_on=found.found.ready_on, promise_on=found.found.date,
        steps=steps,
    )  # fmt: skip
