"""Calls from the tablets: those that wait, and what became of a pupil's own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.clock import now
from app.core.db import run
from app.pedagogy.models import Pupil
from app.workshop.models import HelpRequest, Ticket
from app.workshop.rules import FORGOTTEN, HelpReason, HelpState, help_state


@dataclass(frozen=True, slots=True)
class Call:
    """A pupil who waits for a master."""

    id: int
    pupil_id: int
    first_name: str
    last_name: str
    number: str | None
    reason: str
    at: datetime

    @property
    def name(self) -> str:
        """First name then last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def label(self) -> str:
        """Why."""
        return HelpReason(self.reason).label

    @property
    def is_trouble(self) -> bool:
        """Something to look at, and not only somebody to go to."""
        return HelpReason(self.reason).is_trouble


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A pupil's latest call, as the pupil sees it. `who` is the first name of the master who comes."""

    state: HelpState
    who: str


_OPEN = (
    select(
        HelpRequest.id, Pupil.id, Pupil.first_name, Pupil.last_name, Ticket.number, HelpRequest.reason, HelpRequest.at
    )
    .join(Pupil, Pupil.id == HelpRequest.pupil_id)
    .outerjoin(Ticket, Ticket.id == HelpRequest.ticket_id)
    .where(HelpRequest.answered_at.is_(None), HelpRequest.at > bindparam("since"))
    .order_by(HelpRequest.at, HelpRequest.id)
    .limit(30)
)  # fmt: skip
_LATEST = (
    select(HelpRequest.at, HelpRequest.answered_at, Staff.first_name)
    .outerjoin(Staff, Staff.id == HelpRequest.answered_by_id)
    .where(HelpRequest.pupil_id == bindparam("pupil"), HelpRequest.reason != HelpReason.TABLET_LOCKED)
    .order_by(HelpRequest.id.desc())
    .limit(1)
)


def open_calls(db: Session) -> list[Call]:
    """Who waits for a master, the longest first; a call of yesterday is over. One statement."""
    return [Call(*row) for row in run(db, _OPEN, {"since": now() - FORGOTTEN}).all()]


def own_call(db: Session, pupil_id: int) -> OwnCall:
    """What became of the pupil's latest call."""
    row = run(db, _LATEST, {"pupil": pupil_id}).one_or_none()
    if row is None or now() - row[0] > FORGOTTEN:
        return OwnCall(HelpState.NONE, "")
    return OwnCall(help_state(row[0], row[1], now=now()), row[2] or "")
