"""A proposal accepted: every line given or none, each refusal told at its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import NotFound, Refused, Stale
from app.workshop import queries
from app.workshop.models import Ticket
from app.workshop.rules import HalfDay
from app.workshop.service.tickets import give_operation, give_ticket


@dataclass(frozen=True, slots=True)
class Gift:
    """One line: a ticket as it was seen, or what is left of an operation; for whom and for when."""

    pupil_id: int
    day: date
    half: HalfDay
    ticket: str = ""
    version: int | None = None
    operation_id: int | None = None


def hand_out_all(db: Session, gifts: Sequence[Gift], *, by: Actor) -> tuple[list[Ticket], dict[int, str]]:
    """Give every line; what each refused line says, by its place. With a refusal the caller gives nothing at all."""
    given: list[Ticket] = []
    refused: dict[int, str] = {}
    for place, gift in enumerate(gifts):
        try:
            with db.begin_nested():
                given.append(_give(db, gift, by=by))
        except (Refused, Stale, NotFound) as trouble:
            refused[place] = trouble.sentence
    return given, refused


def _give(db: Session, gift: Gift, *, by: Actor) -> Ticket:
    if gift.ticket:
        ticket = queries.get_ticket(db, gift.ticket, lock=True)
        return give_ticket(
            db, ticket, pupil_ids=[gift.pupil_id], day=gift.day, half=gift.half, seen_version=gift.version, by=by
        )  # fmt: skip
    if gift.operation_id is None:
        raise Refused("Cette ligne ne dit pas quel travail donner.")
    return give_operation(
        db, gift.operation_id, pupil_ids=[gift.pupil_id], day=gift.day, half=gift.half, by=by
    )  # fmt: skip
