"""What a master must know beside the board: papers that end, and a machine that nothing may start on."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import today
from app.core.db import run
from app.core.permissions import Permission
from app.machines.models import WorkCenter
from app.machines.queries import MachineOut, watched
from app.machines.rules import CenterState
from app.workshop.models import Operation
from app.workshop.queries.crowds import too_many
from app.workshop.rules import Crowd

_OUT_UNDER = (
    select(WorkCenter.code, WorkCenter.label, WorkCenter.state, WorkCenter.state_note)
    .join(Operation, Operation.work_center_id == WorkCenter.id)
    .where(Operation.id == bindparam("operation"), WorkCenter.state != CenterState.IN_SERVICE)
)


@dataclass(frozen=True, slots=True)
class Alerts:
    """Papers that end in the next sixty days, those that have ended; masters with too many pupils, where it warns."""

    ending: int
    over: int
    crowded: list[Crowd]


def alerts(db: Session, actor: Actor) -> Alerts:
    """What stands beside the board; papers only for those who may read them. One statement."""
    day = today()
    seen = watched(db, day)
    crowded = too_many(db, day) if seen.ceiling_warns else []
    if not actor.can(Permission.SAFETY_READ):
        return Alerts(0, 0, crowded)
    return Alerts(len(seen.ending), seen.over(day), crowded)


def machine_out(db: Session, operation_id: int) -> MachineOut | None:
    """The machine of an operation, if nothing may start on it."""
    row = run(db, _OUT_UNDER, {"operation": operation_id}).first()
    return MachineOut(*row) if row else None
