"""What the API says of jobs and their operations."""

from datetime import date

from pydantic import BaseModel

from app.workshop.queries import Routing
from app.workshop.rules import JobState, OperationState, minutes


class OperationOut(BaseModel):
    """One operation of an order, with the sums of its bookings."""

    order: str
    line: int
    operation: int
    work_center: str
    booked_minutes: int
    good: int
    scrap: int
    state: OperationState


class OperationList(BaseModel):
    """The operations of an order."""

    items: list[OperationOut]


class RoutedOut(BaseModel):
    """One operation of a job's routing; times in professional seconds."""

    operation: int
    label: str
    work_center: str
    setup_seconds: int
    unit_seconds: int
    skill: str | None
    good: int
    scrap: int
    booked_minutes: int
    left_to_give: int
    state: OperationState


class JobOut(BaseModel):
    """A job with its routing."""

    number: str
    order: str
    line: int
    label: str
    quantity: int
    due_on: date
    state: JobState
    version: int
    operations: list[RoutedOut]


def job_out(routing: Routing) -> JobOut:
    """The document of one job."""
    operations = [
        RoutedOut(
            operation=o.step.seq, label=o.step.label, work_center=o.center, setup_seconds=o.setup_seconds,
            unit_seconds=o.unit_seconds, skill=o.skill, good=o.step.good, scrap=o.step.scrap,
            booked_minutes=minutes(o.step.booked_seconds), left_to_give=routing.left_at(place),
            state=routing.state_at(place),
        )
        for place, o in enumerate(routing.operations)
    ]  # fmt: skip
    return JobOut(
        number=routing.number, order=routing.order_number, line=routing.line_no, label=routing.line_label,
        quantity=routing.quantity, due_on=routing.due_on, state=routing.standing, version=routing.version,
        operations=operations,
    )  # fmt: skip
