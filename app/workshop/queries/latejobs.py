"""The late jobs and why each is late, from what the board has read already: no statement of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.workshop.queries.dayfacts import DayFacts
from app.workshop.queries.dayplan import Held
from app.workshop.queries.handing import Item, Queue, why_stopped
from app.workshop.queries.loads import MachineDay
from app.workshop.queries.routing import Routing
from app.workshop.rules import InHand, Presence, Stuck, TicketState, days_late, lateness_order, why_late


@dataclass(frozen=True, slots=True)
class LateJob:
    """A job past its day. `item` is the work to give that would move it, if there is any."""

    number: str
    label: str
    due_on: date
    days: int
    cause: str
    item: Item | None


def late_jobs(
    queue: Queue, facts: DayFacts, machines: Sequence[MachineDay], *, able: Mapping[int, int] | None = None
) -> list[LateJob]:
    """The latest first. `able`: how many pupils may do the work of an operation today, where that was asked."""
    held = [one for mine in facts.held.values() for one in mine]
    free = {one.center.id: sum(load.free for load in one.loads.values()) for one in machines}
    found = []
    for routing in queue.routings:
        days = days_late(routing.due_on, queue.day)
        place = next((place for place, step in enumerate(routing.steps) if not step.done), None)
        if not days or place is None:
            continue
        operation = routing.operations[place]
        stuck = Stuck(
            operation.step.label, operation.center_label, why_stopped(queue.centers.get(operation.center_id)),
            routing.waiting_at(place), _tickets(operation.id, held, queue.items, facts),
            free.get(operation.center_id, 0), None if able is None else able.get(operation.id),
        )  # fmt: skip
        cause = why_late(stuck, queue.day)
        found.append(LateJob(routing.number, routing.line_label, routing.due_on, days, cause, _next(routing, queue)))
    return sorted(found, key=lambda job: (-job.days, job.number))


def _next(routing: Routing, queue: Queue) -> Item | None:
    return next((item for item in queue.items if item.job == routing.number and not item.waiting), None)


def _tickets(operation_id: int, held: Iterable[Held], items: Iterable[Item], facts: DayFacts) -> list[InHand]:
    tickets = [
        InHand(one.state, one.first_name, facts.here.get(one.pupil_id) == Presence.ABSENT, one.for_day, one.why_blocked)
        for one in held if one.operation_id == operation_id
    ]  # fmt: skip
    tickets += [
        InHand(TicketState.BLOCKED, why_blocked=(item.waiting or "").removeprefix("Bloqué\u00a0: "))
        for item in items if item.operation_id == operation_id and item.state == TicketState.BLOCKED
    ]  # fmt: skip
    return sorted(tickets, key=lateness_order)
