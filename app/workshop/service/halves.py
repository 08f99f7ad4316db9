"""A whole half-day entered by a master in quarters of an hour, where there is no tablet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import Refused
from app.pedagogy.models import Pupil
from app.workshop import queries, rules
from app.workshop.rules import HalfDay, SessionWork
from app.workshop.service.ledger import present_moment
from app.workshop.service.time import Span, enter_time


@dataclass(frozen=True, slots=True)
class Quarters:
    """So many quarters of an hour of one pupil on one ticket."""

    pupil_id: int
    number: str
    quarters: int
    kind: SessionWork = SessionWork.RUN


def enter_half_day(db: Session, day: date, half: HalfDay, lines: Sequence[Quarters], *, by: Actor) -> int:
    """Lay what each pupil did one after the other into what is free of the half-day, breaks left out; how many lines.

    All or none: what has no room is refused at its line.
    """
    placed = sorted(enumerate(lines), key=lambda each: each[1].pupil_id)
    with db.begin_nested():
        for pupil_id, some in groupby(placed, key=lambda each: each[1].pupil_id):
            _enter(db, day, half, pupil_id, list(some), by=by)
    return len(lines)


def _enter(
    db: Session, day: date, half: HalfDay, pupil_id: int, lines: list[tuple[int, Quarters]], *, by: Actor
) -> None:
    free = [
        (start, min(end, present_moment())) for start, end in queries.free_time(db, [pupil_id], day, half)[pupil_id]
    ]
    free = [(start, end) for start, end in free if end > start]
    laid = rules.lay(free, [rules.QUARTER * line.quarters for _, line in lines])
    if laid is None:
        raise Refused(_no_room(db, pupil_id, rules.union_seconds(free)), field=f"lines-{lines[0][0]}-quarters")
    for (place, line), spans in zip(lines, laid, strict=True):
        try:
            for start, end in spans:
                ticket = queries.get_ticket(db, line.number, lock=True)
                enter_time(db, ticket, pupil_id=pupil_id, span=Span(start, end, line.kind), by=by)
                db.flush()  # the next line finds it
        except Refused as refused:
            raise Refused(refused.sentence, field=f"lines-{place}-quarters") from refused


def _no_room(db: Session, pupil_id: int, seconds: int) -> str:
    name = db.get_one(Pupil, pupil_id).first_name
    hours, rest = divmod(rules.minutes(seconds), 60)
    if not seconds:
        return f"{name} n’a plus de temps libre dans cette demi-journée."
    return f"{name} n’a que {hours}\u00a0h\u00a0{rest:02d} de libre dans cette demi-journée."
