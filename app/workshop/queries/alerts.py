"""What a master must know beside the board: papers that end, and a machine that nothing may start on."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import today
from app.core.db import run
from app.core.permissions import Permission
from app.machines.models import WorkCenter
from app.machines.queries import MachineOut, deadlines
from app.machines.rules import CenterState
from app.workshop.models import Operation

_OUT_UNDER = (
    select(WorkCenter.code, WorkCenter.label, WorkCenter.state, WorkCenter.state_note)
    .join(Operation, Operation.work_center_id == WorkCenter.id)
    .where(Operation.id == bindparam("operation"), WorkCenter.state != CenterState.IN_SERVICE)
)


@dataclass(frozen=True, slots=True)
class Alerts:
    """Papers that end in the next sixty days, and those that have ended."""

    ending: int
    over: int


def alerts(db: Session, actor: Actor) -> Alerts:
    """What stands beside the board; papers only for those who may read them. One statement."""
    day = today()
    ends = deadlines(db, day) if actor.can(Permission.SAFETY_READ) else []
    return Alerts(len(ends), sum(1 for one in ends if one.is_over(day)))


def machine_out(db: Session, operation_id: int) -> MachineOut | None:
    """The machine of an operation, if nothing may start on it."""
    row = run(db, _OUT_UNDER, {"operation": operation_id}).first()
    return MachineOut(*row) if row else None
