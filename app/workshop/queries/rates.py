"""Rates of quality over a period: two statements for the pieces, one for the time; pupils are not told apart."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import String, and_, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, outerjoin

from app.core.clock import instant
from app.core.db import run
from app.core.types import UtcDateTime
from app.machines.models import WorkCenter
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.pedagogy.models import Membership, PupilGroup
from app.workshop.models import Defect, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import (
    Breakdown,
    DefectDecision,
    Tally,
    TicketKind,
    Timed,
    person_seconds,
)

_AGAIN = Ticket.kind == TicketKind.REWORK
_LATER, _TAKEN = aliased(Operation), aliased(QuantityReport)
_VOID, _MADE = aliased(WorkSession), aliased(WorkSession)
_IS_LAST = ~exists().where(_LATER.job_id == Operation.job_id, _LATER.seq > Operation.seq)


def _sum(expression: Any) -> Any:
    return func.coalesce(func.sum(expression), 0)


def _where(at: Any) -> tuple[Any, ...]:
    """Of the period, and of the machine and the class if one is asked for."""
    return (
        at >= bindparam("start"), at < bindparam("end"),
        or_(bindparam("center", type_=String).is_(None), WorkCenter.code == bindparam("center", type_=String)),
        or_(bindparam("group", type_=String).is_(None), PupilGroup.code == bindparam("group", type_=String)),
    )  # fmt: skip


def _broken_down(facts: Any, source: Any, at: Any, cause: Any, *sums: Any) -> Any:
    """Month, machine, operation, class of that day, cause, then the sums; `source`: the facts with what they join."""
    day = func.date(at)
    keys = {
        "of_month": func.substr(cast(day, String), 1, 7), "of_center": WorkCenter.label,
        "of_operation": Operation.label, "of_group": func.coalesce(PupilGroup.label, ""), "of_cause": cause,
    }  # fmt: skip
    belongs = and_(
        Membership.pupil_id == facts.pupil_id, Membership.starts_on <= day,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
    )  # fmt: skip
    return (
        select(*(key.label(name) for name, key in keys.items()), *sums)
        .select_from(source)
        .join(Ticket, Ticket.id == facts.ticket_id)
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
        .outerjoin(Membership, belongs)
        .outerjoin(PupilGroup, PupilGroup.id == Membership.group_id)
        .where(*_where(at))
        .group_by(*keys)
    )


# Pieces belong to the day they were made on. An entry that takes another back lies under the cause of that one.
_REPORTS = _broken_down(
    QuantityReport,
    outerjoin(
        outerjoin(QuantityReport, _TAKEN, _TAKEN.id == QuantityReport.reverses_id),
        _MADE, _MADE.id == QuantityReport.work_session_id,
    ),
    func.coalesce(_MADE.started_at, QuantityReport.at, type_=UtcDateTime),
    func.coalesce(case((QuantityReport.reverses_id.is_(None), QuantityReport.reason), else_=_TAKEN.reason), ""),
    _sum(QuantityReport.good), _sum(case((_IS_LAST, QuantityReport.good), else_=0)), _sum(QuantityReport.scrap),
    _sum(case((_AGAIN, QuantityReport.scrap), else_=0)), _sum(QuantityReport.scrap * Operation.unit_seconds),
)  # fmt: skip
_DEFECTS = _broken_down(
    Defect, Defect, Defect.at, Defect.cause,
    _sum(case((and_(Defect.decision == DefectDecision.REWORK, ~_AGAIN), Defect.pieces), else_=0)),
    _sum(case((Defect.decision == DefectDecision.ACCEPT, Defect.pieces), else_=0)),
)  # fmt: skip
_TIMES = (
    select(WorkSession.started_at, WorkSession.ended_at, WorkSession.share)
    .join(Ticket, Ticket.id == WorkSession.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .outerjoin(_VOID, _VOID.reverses_id == WorkSession.id)
    .where(
        Ticket.kind.in_([TicketKind.REWORK, TicketKind.REMAKE]), WorkSession.started_at >= bindparam("start"),
        WorkSession.started_at < bindparam("end"), WorkSession.ended_at.is_not(None),
        WorkSession.reverses_id.is_(None), _VOID.id.is_(None),
        or_(bindparam("center", type_=String).is_(None), WorkCenter.code == bindparam("center", type_=String)),
    )
)  # fmt: skip
_DELIVERED = (
    select(
        func.count(OrderLine.id), _sum(case((CustomerOrder.delivered_on <= CustomerOrder.due_on, 1), else_=0))
    )
    .join(CustomerOrder, CustomerOrder.id == OrderLine.order_id)
    .where(
        CustomerOrder.delivered_on >= bindparam("first"), CustomerOrder.delivered_on <= bindparam("last"),
        CustomerOrder.state != OrderState.CANCELLED,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quality:
    """What the page of quality shows of a period."""

    first: date
    last: date
    pieces: Breakdown
    again_seconds: int
    delivered: int
    on_time: int


def quality_of(db: Session, first: date, last: date, *, center: str | None = None, group: str | None = None) -> Quality:
    """The rates between two days, both included, of one machine or one class if asked for; four statements."""
    about = {
        "start": instant(first, 0), "end": instant(last + timedelta(days=1), 0), "center": center, "group": group,
    }  # fmt: skip
    found = Breakdown()
    for month, where, what, who, cause, good, finished, scrap, again, lost in run(db, _REPORTS, about):
        tally = Tally(int(good), int(finished), int(scrap), int(again), lost_seconds=int(lost))
        found.add((month, where, what, who), tally, cause)
    for month, where, what, who, cause, reworked, accepted in run(db, _DEFECTS, about):
        found.add((month, where, what, who), Tally(reworked=int(reworked), accepted=int(accepted)), cause)
    delivered, on_time = run(db, _DELIVERED, {"first": first, "last": last}).one()
    times = [Timed(*row) for row in run(db, _TIMES, about)]
    return Quality(first, last, found, person_seconds(times), int(delivered), int(on_time))
