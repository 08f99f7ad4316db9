"""Who runs the practice of a half-day, and how many pupils each of them has at work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import School
from app.core.clock import local_minute, now, today
from app.core.db import run
from app.machines.models import GateSetting
from app.machines.rules.settings import CEILING
from app.workshop.models import Assignment, Ticket
from app.workshop.policies import Candidate
from app.workshop.queries.people import Slot, candidates, groups_of, practice_slots, presences
from app.workshop.rules import HELD_STATES, Crowd, HalfDay, Presence, TicketState

DEFAULT_CEILING, NO_CEILING = 12, 1_000
IN_HANDS = sorted(HELD_STATES | {TicketState.BLOCKED})


class Run(NamedTuple):
    """A practice session as the ceiling sees it: whose it is, and until when."""

    staff_id: int
    master: str
    end: int


class InHands(NamedTuple):
    """A ticket in a pupil's hands on a day; without a half-day it counts in both."""

    ticket_id: int
    pupil_id: int
    half: HalfDay | None


@dataclass(frozen=True, slots=True)
class Crowds:
    """The slots of one day. `absent` pupils hold tickets that wait for somebody else: they do not count."""

    ceiling: int
    runs: Mapping[tuple[int, HalfDay], Run]
    groups: Mapping[int, int]
    work: Sequence[InHands]
    absent: frozenset[int]
    known: dict[tuple[int, HalfDay], dict[int, set[int]]] = field(default_factory=dict)

    def half(self, pupil_id: int, minute: int) -> HalfDay | None:
        """The half-day in which the pupil has practice that is not over at that minute."""
        runs = ((half, self._run(pupil_id, half)) for half in HalfDay)
        return next((half for half, found in runs if found is not None and found.end > minute), None)

    def of(
        self, pupil_id: int, half: HalfDay | None, *, ticket_id: int | None = None, staying: Iterable[int] = ()
    ) -> Crowd | None:
        """The slot a pupil would work in. The ticket on its way counts for nobody but who keeps it."""
        slot = self._run(pupil_id, half) if half else None
        if half is None or slot is None:
            return None
        beside = self._at_work(slot.staff_id, half)
        others = {one for one, tickets in beside.items() if tickets - {ticket_id}} | set(staying)
        return Crowd(slot.master, self.ceiling, len((others - {pupil_id}) & beside.keys()), half)

    def at_work(self, staff_id: int, half: HalfDay) -> set[int]:
        """The pupils who have work with a master in a half-day."""
        return set(self._at_work(staff_id, half))

    def _at_work(self, staff_id: int, half: HalfDay) -> dict[int, set[int]]:
        """The pupils a master has at work in a half-day, each with their tickets; worked out once."""
        key = (staff_id, half)
        if key not in self.known:
            found = self.known[key] = {}
            for each in self.work:
                run_ = self._run(each.pupil_id, half) if each.half in {None, half} else None
                if run_ is not None and run_.staff_id == staff_id and each.pupil_id not in self.absent:
                    found.setdefault(each.pupil_id, set()).add(each.ticket_id)
        return self.known[key]

    def _run(self, pupil_id: int, half: HalfDay) -> Run | None:
        return self.runs.get((self.groups.get(pupil_id, 0), half))


_BLOCKS = (
    select(GateSetting.blocks)
    .where(GateSetting.check == CEILING, GateSetting.starts_on <= bindparam("day"))
    .order_by(GateSetting.starts_on.desc(), GateSetting.id.desc())
    .limit(1)
    .scalar_subquery()
)
_CEILING = select(School.pupils_per_master, _BLOCKS).where(School.id == 1)
# What was given for an earlier day and is not done is work of today.
_IN_HANDS = (
    select(Assignment.ticket_id, Assignment.pupil_id, Ticket.for_half, Ticket.for_day)
    .join(Ticket, Ticket.id == Assignment.ticket_id)
    .where(
        Assignment.ended_at.is_(None), Ticket.state.in_(IN_HANDS),
        or_(Ticket.for_day == bindparam("day"), func.coalesce(Ticket.for_day, date.min) < bindparam("carried")),
    )
)  # fmt: skip


def ceiling_of(db: Session) -> int:
    """How many pupils a master may have at work at once; where the school only warns, nobody is refused."""
    found = run(db, _CEILING, {"day": today()}).one_or_none()
    if found is None:
        return DEFAULT_CEILING
    return NO_CEILING if found[1] is False else int(found[0])


_LIMIT = select(School.pupils_per_master).where(School.id == 1)


def too_many(db: Session, day: date) -> list[Crowd]:
    """The slots of a day in which a master has more pupils at work than the school has fixed; for where it warns."""
    limit = int(run(db, _LIMIT).scalar_one_or_none() or DEFAULT_CEILING)
    slots = crowds(db, day)
    found = []
    for (_, half), slot in sorted(slots.runs.items(), key=lambda item: (item[0][1].value, item[1].master)):
        crowd = Crowd(slot.master, limit, len(slots.at_work(slot.staff_id, half)), half)
        if crowd.others > limit and crowd not in found:
            found.append(crowd)
    return found


def runs_of(slots: Iterable[Slot]) -> dict[tuple[int, HalfDay], Run]:
    """Who runs the practice of each group in each half-day, of the sessions of one day."""
    found: dict[tuple[int, HalfDay], Run] = {}
    for slot in slots:
        key = (slot.group_id, slot.half)
        found[key] = Run(slot.staff_id, slot.master, max(slot.end, found[key].end if key in found else 0))
    return found


def crowds(db: Session, day: date, pupil_ids: Iterable[int] = ()) -> Crowds:
    """The slots of a day, with everybody at work in them and the pupils asked about; five statements."""
    carried = day if day == today() else date.min
    rows = run(db, _IN_HANDS, {"day": day, "carried": carried}).all()
    work = [InHands(ticket, pupil, half if for_day == day else None) for ticket, pupil, half, for_day in rows]
    everybody = sorted({*pupil_ids, *(each.pupil_id for each in work)})
    here = presences(db, everybody, day)
    absent = frozenset(one for one, presence in here.items() if presence == Presence.ABSENT)
    runs = runs_of(practice_slots(db, day))
    return Crowds(ceiling_of(db), runs, groups_of(db, everybody, day), work, absent)


def takers(
    db: Session, pupil_ids: Sequence[int], day: date, half: HalfDay | None, *, ticket_id: int | None,
    staying: Iterable[int] = (),
) -> dict[int, Candidate]:  # fmt: skip
    """These pupils as the giving of one ticket for a half-day sees them, in a constant number of statements.

    Without a half-day it is the one that is not over yet.
    """
    slots = crowds(db, day, pupil_ids)
    minute = local_minute(now()) if day == today() else 0
    known = candidates(db, pupil_ids, day, ticket_id=ticket_id, groups=slots.groups)
    kept = frozenset(staying)
    found = {}
    for pupil_id, candidate in known.items():
        crowd = slots.of(pupil_id, half or slots.half(pupil_id, minute), ticket_id=ticket_id, staying=kept)
        found[pupil_id] = replace(candidate, crowd=crowd)
    return found
