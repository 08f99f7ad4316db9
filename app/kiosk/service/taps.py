"""Taps carried out: once each, whatever the network, as of the moment they were made, refused ones kept."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.after_refusal import keep_refused
from app.core.clock import as_of, now
from app.core.errors import AppError, NotFound, Refused
from app.kiosk import policies, queries, rules
from app.kiosk.models import Tap
from app.kiosk.rules import TapKind
from app.pedagogy.models import Pupil
from app.workshop.models import Ticket
from app.workshop.queries import get_ticket
from app.workshop.rules import HelpReason
from app.workshop.service import ask_help

DONE = "Noté."


class PupilRefused(Refused):
    """A refusal that is in the pupil's words already."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """A tap as it came in: its key, what it asks, on which ticket, and when the tablet says it was made."""

    key: str
    kind: TapKind
    number: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    claimed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. `again`: it had been carried out before, and nothing was done now."""

    done: bool
    sentence: str
    number: str
    field: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Doing:
    """What a deed works with."""

    pupil: Pupil
    ticket: Ticket | None
    gesture: Gesture
    by: Actor

    def own(self) -> Ticket:
        """The ticket it is about."""
        if self.ticket is None:
            raise PupilRefused(rules.GENERIC)
        return self.ticket


Deed = Callable[[Session, Doing], str]


def carry_out_with(
    db: Session, gesture: Gesture, deed: Deed, *, device_id: int, pupil: Pupil, by: Actor
) -> Outcome:  # fmt: skip
    """Do what a tap asks, or answer as the first time.

    The tablet is held, so that its taps come one after the other. What is refused changes nothing, and the tap is kept
    with what it carried; one that waited for the network is told to the master, who looks at it.
    """
    queries.get_device(db, device_id, lock=True)
    known = db.execute(select(Tap).where(Tap.key == gesture.key)).scalar_one_or_none()
    if known is not None:
        return _as_before(known, gesture, pupil)
    ticket = get_ticket(db, gesture.number, lock=True) if gesture.number else None
    before = queries.last_fact(db, pupil.id, ticket.id if ticket else None)
    moment = rules.effective_moment(gesture.claimed, now=now(), not_before=before)
    outcome = _attempt(db, Doing(pupil, ticket, gesture, by), deed, moment)
    kept = not outcome.done and rules.is_late(moment, now())
    db.add(
        Tap(
            device_id=device_id, pupil_id=pupil.id, key=gesture.key, kind=gesture.kind,
            ticket_id=ticket.id if ticket else None, content=_kept(gesture), made_at=gesture.claimed or moment,
            moment=moment, at=now(), answer=outcome.sentence, refused=not outcome.done,
            settled_at=None if kept else now(),
        )
    )  # fmt: skip
    if kept:
        ask_help(db, pupil, reason=HelpReason.KEPT, ticket_id=ticket.id if ticket else None, by=by)
    db.flush()  # the tap, so that whoever reads next finds it
    return outcome


def _as_before(known: Tap, gesture: Gesture, pupil: Pupil) -> Outcome:
    """The same key from another pupil, or for another deed, is no repetition."""
    if (known.pupil_id, known.kind) != (pupil.id, gesture.kind):
        raise PupilRefused(rules.GENERIC)
    return Outcome(not known.refused, known.answer, gesture.number, again=True)


def _attempt(db: Session, doing: Doing, deed: Deed, moment: datetime) -> Outcome:
    number = doing.gesture.number
    try:
        with as_of(moment), db.begin_nested():
            return Outcome(True, deed(db, doing), number)
    except PupilRefused as refused:
        sentence, at = refused.sentence, refused.field
    except (Refused, NotFound, AppError) as refused:
        sentence, at = policies.in_pupils_words(refused), getattr(refused, "field", "")
    keep_refused(db)
    db.expire_all()  # what the deed had changed before it was refused
    return Outcome(False, sentence, number, at)


def _kept(gesture: Gesture) -> str:
    return json.dumps(gesture.content, ensure_ascii=False)


def settle_tap(db: Session, tap_id: int, *, by: Actor) -> None:
    """A master has seen a refused tap, and put right by hand what it meant."""
    tap = db.get(Tap, tap_id, with_for_update=True, populate_existing=True)
    if tap is None or not tap.refused:
        raise NotFound("Ce geste n’existe pas.")
    if tap.settled_at is not None:
        raise Refused("Quelqu’un a déjà vu ce geste.")
    tap.settled_at, tap.settled_by_id = now(), by.staff_id
    journal.record(db, tap, "settle", f"Geste gardé classé : {TapKind(tap.kind).label}", by=by)
