"""Who waits for whom: every write of the timetable holds its rows in one order, so that nobody is sent away.

The closure, the mass change, the rules; then groups, people, rooms, sessions, each by its number. Groups, people and
rooms are turnstiles: held, not written, so that whoever only refers to them (a roll call, the journal) goes on.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.models import Staff
from app.core.errors import Stale
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import Pupil, PupilGroup, TimetableSession
from app.timetable.models import Room
from app.timetable.rules.plans import Plan

OTHERWISE = "Ce qui est prévu a changé depuis l’aperçu. Rien n’est enregistré : relisez l’aperçu, puis appliquez-le."


def lock_timetable(db: Session, groups: Iterable[int], staff: Iterable[int], rooms: Iterable[str | None] = ()) -> None:
    """Groups, people, rooms in the list, each in the order of their numbers: two plans that meet see each other."""
    _hold(db, PupilGroup.id, PupilGroup.id, groups)
    _hold(db, Staff.id, Staff.id, staff)
    _hold(db, Room.id, Room.name, (room for room in rooms if room))


def lock_every_group(db: Session) -> None:
    """What is about all groups (a closure) waits for all of them."""
    db.execute(select(PupilGroup.id).order_by(PupilGroup.id).with_for_update(key_share=True))


def lock_whose(db: Session, group_id: int | None, pupil_id: int | None) -> None:
    """Whom a period outside the timetable is of, a group or a pupil: two periods of the same see each other."""
    _hold(db, PupilGroup.id, PupilGroup.id, [] if group_id is None else [group_id])
    _hold(db, Pupil.id, Pupil.id, [] if pupil_id is None else [pupil_id])


def _hold(db: Session, number: InstrumentedAttribute[int], key: InstrumentedAttribute[Any], of: Iterable[Any]) -> None:
    if wanted := set(of):
        db.execute(select(number).where(key.in_(wanted)).order_by(number).with_for_update(key_share=True))


def locked_plan(db: Session, draw: Callable[[], Plan]) -> Plan:
    """A plan drawn up twice: the first tells whom it touches, the second is of what stands once they are held."""
    groups, staff, rooms = _touched(draw())
    lock_timetable(db, groups, staff, rooms)
    plan = draw()
    more = _touched(plan)
    if not (more[0] <= groups and more[1] <= staff and more[2] <= rooms):
        raise Stale(OTHERWISE)
    return plan


def _touched(plan: Plan) -> tuple[set[int], set[int], set[str]]:
    placed = [one for item in plan.items for one in (item.before, item.after) if one is not None]
    return {one.group_id for one in placed}, {one.staff_id for one in placed}, {one.room for one in placed if one.room}


def lock_session(db: Session, session: TimetableSession, there: TimetableSession | None = None) -> TimetableSession:
    """One session as it stands now, after its group and its people; with it what stands `there`, where it goes."""
    db.flush()  # what this unit of work has written of it is read again
    lock_sessions(db, {one.id for one in (session, there) if one is not None})
    return pedagogy.get_session(db, session.id, lock=True)


def lock_sessions(db: Session, numbers: Collection[int]) -> dict[int, TimetableSession]:
    """Many sessions by their numbers, in their order."""
    found: dict[int, TimetableSession] = {}
    ordered = sorted(numbers)
    for start in range(0, len(ordered), 500):
        query = select(TimetableSession).where(TimetableSession.id.in_(ordered[start : start + 500]))
        locked = query.order_by(TimetableSession.id).with_for_update().execution_options(populate_existing=True)
        found |= {session.id: session for session in db.execute(locked).scalars()}
    return found
