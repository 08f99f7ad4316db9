"""Totals of tickets and operations, recounted from the facts in the transaction that changes them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Update,
    bindparam,
    case,
    cast,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.functions import FunctionElement

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import run
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.orders.service import record_progress
from app.workshop.models import Assignment, Defect, Job, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.queries import routing_of_operation
from app.workshop.queries.routing import Routing, load_routings
from app.workshop.rules import (
    HELD_STATES,
    ON_THE_MACHINE,
    DefectState,
    JobState,
    TicketKind,
    TicketState,
    Timed,
    left_to_give,
    machine_seconds,
    settled_ticket,
)

AT_ONCE = 500
SHARE_PARTS = 10_000  # shares are kept in hundredths of a percent


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """As many at once as a statement takes parameters with ease."""
    listed = list(ids)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]


class Epoch(FunctionElement[int]):
    """Whole seconds since 1970 of an instant, so that both engines subtract instants alike."""

    inherit_cache = True
    name = "epoch"
    type = Integer()


@compiles(Epoch, "sqlite")
def _epoch_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(Epoch, "postgresql")
def _epoch_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **options)}) AS BIGINT)"


def _sum_of(expression: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.coalesce(func.sum(expression), 0)).where(*conditions).scalar_subquery()


def _recount_tickets() -> Update:
    """Reports sum as they are, corrections being negative; a reversed time and its reversal cancel out."""
    mine = QuantityReport.ticket_id == Ticket.id
    return update(Ticket).values(
        good=_sum_of(QuantityReport.good, mine), scrap=_sum_of(QuantityReport.scrap, mine), aside=_aside(),
        booked_seconds=_shared(), machine_seconds=_shared(WorkSession.kind.in_(sorted(ON_THE_MACHINE))),
    ).execution_options(synchronize_session=False)  # fmt: skip


def _shared(*conditions: ColumnElement[bool]) -> Any:
    """Seconds of the ticket's closed times by their share, rounded once, half up."""
    length = Epoch(WorkSession.ended_at) - Epoch(WorkSession.started_at)
    signed = case((WorkSession.reverses_id.is_(None), length), else_=-length)
    parts = func.sum(signed * type_coerce(WorkSession.share, Integer))
    rounded = (cast(func.coalesce(parts, 0), BigInteger) + SHARE_PARTS // 2) // SHARE_PARTS
    mine = (WorkSession.ticket_id == Ticket.id, WorkSession.ended_at.is_not(None), *conditions)
    return select(rounded).where(*mine).scalar_subquery()


def _aside() -> Any:
    """Pieces of undecided non-conformances, and those that rework tickets on the same operation took over."""
    rework = aliased(Ticket)
    taken = case(
        (rework.state == TicketState.CANCELLED, rework.good + rework.scrap + rework.aside), else_=rework.quantity
    )
    reworked = _sum_of(
        taken, rework.parent_id == Ticket.id, rework.kind == TicketKind.REWORK,
        rework.operation_id == Ticket.operation_id,
    )  # fmt: skip
    return _sum_of(Defect.pieces, Defect.ticket_id == Ticket.id, Defect.state == DefectState.OPEN) + reworked


def _extra() -> Any:
    """Pieces wanted beyond the job's, as remake tickets make again what was scrapped further down."""
    remake, scrapped, further = aliased(Ticket), aliased(Ticket), aliased(Operation)
    wanted = case((remake.state == TicketState.CANCELLED, remake.good), else_=remake.quantity)
    return _sum_of(
        wanted, further.job_id == Operation.job_id, further.seq > Operation.seq,
        scrapped.operation_id == further.id, remake.parent_id == scrapped.id, remake.kind == TicketKind.REMAKE,
    )  # fmt: skip


def _recount_operations() -> Update:
    mine = Ticket.operation_id == Operation.id
    held = _sum_of(Defect.pieces, Defect.ticket_id == Ticket.id, mine, Defect.state == DefectState.OPEN)
    return update(Operation).values(
        good=_sum_of(Ticket.good, mine), scrap=_sum_of(Ticket.scrap, mine), isolated=held, extra=_extra(),
        booked_seconds=_sum_of(Ticket.booked_seconds, mine), machine_seconds=_sum_of(Ticket.machine_seconds, mine),
    ).execution_options(synchronize_session=False)  # fmt: skip


_THIS_TICKET = (
    _recount_tickets()
    .where(Ticket.id == bindparam("ticket"))
    .returning(Ticket.good, Ticket.scrap, Ticket.aside, Ticket.booked_seconds, Ticket.machine_seconds)
)
_THIS_ASIDE = (
    update(Ticket)
    .where(Ticket.id == bindparam("ticket"))
    .values(aside=_aside())
    .returning(Ticket.aside)
    .execution_options(synchronize_session=False)
)
_THIS_OPERATION = _recount_operations().where(Operation.id == bindparam("operation"))
_THIS_JOB = _recount_operations().where(
    Operation.job_id == select(Operation.job_id).where(Operation.id == bindparam("operation")).scalar_subquery()
)


def refresh(db: Session, ticket: Ticket, *, by: Actor) -> None:
    """After a fact on a ticket: its sums, those of its operation, the job's state, and what the order line has."""
    _recount(db, ticket)
    settle_job(db, ticket.operation_id, by=by)


def refresh_time(db: Session, ticket: Ticket, *, by: Actor) -> None:
    """After more time on a ticket that had begun: only the time of ticket and operation can be another."""
    _recount(db, ticket)
    if not ticket.booked_seconds:
        settle_job(db, ticket.operation_id, by=by)


def _recount(db: Session, ticket: Ticket) -> None:
    db.flush()  # the new facts, so that the sums count them
    row = run(db, _THIS_TICKET, {"ticket": ticket.id}).one()
    for name, value in zip(("good", "scrap", "aside", "booked_seconds", "machine_seconds"), row, strict=True):
        set_committed_value(ticket, name, value)
    if len({assignment.pupil_id for assignment in ticket.assignments}) > 1:
        for _, seconds in _take_machines_once(db, Ticket.id == ticket.id):
            set_committed_value(ticket, "machine_seconds", seconds)
    # Pieces made again are wanted of every operation up to where the first ones were lost.
    statement = _THIS_JOB if ticket.kind == TicketKind.REMAKE else _THIS_OPERATION
    run(db, statement, {"operation": ticket.operation_id})
    if ticket.kind == TicketKind.REWORK and ticket.parent_id is not None:
        _recount_parent(db, ticket.parent_id)


def _recount_parent(db: Session, ticket_id: int) -> None:
    """What a rework ticket has is no longer asked of the ticket its pieces come from."""
    aside = run(db, _THIS_ASIDE, {"ticket": ticket_id}).scalar_one()
    if loaded := db.identity_map.get(identity_key(Ticket, ticket_id)):
        set_committed_value(loaded, "aside", aside)


def recount(db: Session, ticket: Ticket) -> None:
    """The sums of a ticket whose own figures changed without a new fact: shared, opened again."""
    if ticket.kind in {TicketKind.REWORK, TicketKind.REMAKE}:
        _recount(db, ticket)


def _take_machines_once(db: Session, *conditions: ColumnElement[bool]) -> list[tuple[int, int]]:
    """Machine time of tickets that several pupils worked on: added up above, while the machine was taken once."""
    on_it = (WorkSession.kind.in_(sorted(ON_THE_MACHINE)), WorkSession.ended_at.is_not(None))
    several = db.scalars(
        select(WorkSession.ticket_id)
        .join(Ticket, Ticket.id == WorkSession.ticket_id)
        .where(*on_it, *conditions)
        .group_by(WorkSession.ticket_id)
        .having(func.count(WorkSession.pupil_id.distinct()) > 1)
    ).all()
    w, reversal = WorkSession, aliased(WorkSession)
    found = []
    # In two steps: right after a take-over PostgreSQL has no figures yet to plan one statement well.
    for chunk in _chunks(several):
        rows = db.execute(
            select(w.ticket_id, w.started_at, func.coalesce(w.ended_at, w.started_at), w.share)
            .outerjoin(reversal, reversal.reverses_id == w.id)
            .where(w.ticket_id.in_(chunk), *on_it, w.reverses_id.is_(None), reversal.id.is_(None))
            .order_by(w.ticket_id)
        ).all()
        found += [
            (id_, machine_seconds([Timed(start, end, share) for _, start, end, share in some]))
            for id_, some in groupby(rows, lambda row: row[0])
        ]
    if found:
        db.execute(update(Ticket), [{"id": id_, "machine_seconds": seconds} for id_, seconds in found])
    return found


def settle_job(db: Session, operation_id: int, *, by: Actor) -> Routing:
    """Give the job of an operation the state that follows, and tell the order line how many pieces are good."""
    db.flush()  # tickets just made or moved, so that the routing counts them
    routing = routing_of_operation(db, operation_id)
    if routing.standing != routing.state:
        _set_states(db, {routing.standing: [routing.job_id]})
    first_work = routing.standing == JobState.RUNNING and routing.order_state == OrderState.CONFIRMED
    if routing.good != routing.line_good or first_work:
        record_progress(db, routing.line_id, routing.good, by=by)
    return routing


def _set_states(db: Session, found: dict[JobState, list[int]]) -> None:
    for state, ids in found.items():
        for some in _chunks(ids):
            db.execute(
                update(Job).where(Job.id.in_(some)).values(state=state).execution_options(synchronize_session=False)
            )


def recompute_sums(db: Session, operation_ids: Sequence[int] | None = None) -> None:
    """Recount everything derived of these operations (None: of all), set by set, after a take-over of many facts.

    Sums of tickets and operations, states of tickets that were taken over, their quantity where it is 0 (unknown),
    states of jobs, good pieces of order lines. Orders and the journal stay as they are.
    """
    db.flush()  # rows added through the session, so that the sums count them
    every: Sequence[Sequence[int] | None] = [None] if operation_ids is None else list(_chunks(operation_ids))
    for some in every:
        db.execute(_recount_tickets() if some is None else _recount_tickets().where(Ticket.operation_id.in_(some)))
        _take_machines_once(db, *([] if some is None else [Ticket.operation_id.in_(some)]))
        db.execute(_recount_operations() if some is None else _recount_operations().where(Operation.id.in_(some)))
        _settle_tickets(db, [] if some is None else [Ticket.operation_id.in_(some)])
        wanted = select(Operation.job_id).where(*([] if some is None else [Operation.id.in_(some)]))
        _settle_jobs(db, [] if some is None else [Job.id.in_(wanted)])
    db.expire_all()


def _settle_tickets(db: Session, conditions: Iterable[ColumnElement[bool]]) -> None:
    """States, then the quantity of tickets that came without one: what is left, shared alike."""
    rows = db.execute(
        select(
            Ticket.id, Ticket.state, Ticket.good, Ticket.scrap, Ticket.booked_seconds, Ticket.quantity,
            CustomerOrder.state, Operation.good, Job.quantity, Ticket.operation_id,
        )
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(Job, Job.id == Operation.job_id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .where(*conditions)
        .order_by(Ticket.id)
    ).all()  # fmt: skip
    moved: dict[TicketState, list[int]] = {}
    unknown: dict[int, list[Any]] = {}
    for id_, state, good, scrap, booked, quantity, order_state, made, wanted, operation_id in rows:
        worked = bool(good or scrap or booked)
        target = settled_ticket(state, order_state, worked=worked, done=made >= wanted)
        if target != state:
            moved.setdefault(target, []).append(id_)
        if quantity == 0:
            unknown.setdefault(operation_id, []).append((id_, target in HELD_STATES, good + scrap))
    _move_tickets(db, moved)
    _share_quantities(db, unknown)


def _move_tickets(db: Session, moved: dict[TicketState, list[int]]) -> None:
    for state, ids in moved.items():
        for some in _chunks(ids):
            db.execute(
                update(Ticket).where(Ticket.id.in_(some)).values(state=state).execution_options(
                    synchronize_session=False
                )
            )  # fmt: skip
            if state not in HELD_STATES:
                ended = update(Assignment).where(Assignment.ticket_id.in_(some), Assignment.ended_at.is_(None))
                db.execute(ended.values(ended_at=now()).execution_options(synchronize_session=False))


def _share_quantities(db: Session, unknown: dict[int, list[Any]]) -> None:
    if not unknown:
        return
    values = []
    for some in _chunks(unknown):
        jobs = select(Operation.job_id).where(Operation.id.in_(some))
        left = {o.id: left_to_give(o.step) for r in load_routings(db, Job.id.in_(jobs)) for o in r.operations}
        for operation_id in some:
            values += _shares(unknown[operation_id], left[operation_id])
    db.execute(update(Ticket), values)


def _shares(tickets: list[Any], left: int) -> list[dict[str, int]]:
    """What is left goes to the live tickets in equal parts, the first ones a piece more."""
    live = [id_ for id_, held, _ in tickets if held]
    part, more = divmod(left, len(live)) if live else (0, 0)
    rank = {id_: place for place, id_ in enumerate(live)}
    return [
        {"id": id_, "quantity": max(1, used + (part + (rank[id_] < more) if id_ in rank else 0))}
        for id_, _, used in tickets
    ]


def _settle_jobs(db: Session, conditions: Iterable[ColumnElement[bool]]) -> None:
    found: dict[JobState, list[int]] = {}
    lines = []
    for routing in load_routings(db, *conditions):
        if routing.standing != routing.state:
            found.setdefault(routing.standing, []).append(routing.job_id)
        if routing.good != routing.line_good:
            lines.append({"id": routing.line_id, "good": routing.good})
    _set_states(db, found)
    if lines:
        db.execute(update(OrderLine), lines)
