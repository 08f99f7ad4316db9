"""What the workshop did, half session by half session: who worked on which operation, pieces good and scrapped.

Every rule of the import holds by construction: work lies inside a practice session in which the pupil was present,
a pupil does one thing at a time, and an operation never has more pieces than the one before it had passed on.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.demo.attendance import Call, Register
from app.demo.catalogue import CENTERS
from app.demo.clearances import allowed_centers
from app.demo.frame import Frame, Row
from app.demo.jobs import Operation, operations_of
from app.demo.orders import IN_WORKSHOP, Order
from app.demo.people import Pupil
from app.demo.timetable import Session, clock

SHORTEST = 15  # minutes
HANDS_PER_OPERATION = 5
TIDY_UP, BREAK, ROLL_CALL = 15, 15, 10  # minutes of a session without work on orders


@dataclass(slots=True, eq=False)
class Worker:
    """A pupil in one half of a practice session, and the minutes he is there."""

    pupil: Pupil
    master: str
    day: date
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Work:
    """An order in the workshop."""

    order: Order
    operations: list[Operation]

    @property
    def done(self) -> bool:
        """Whether every line's quantity has passed its last step."""
        return all(op.delivers for op in self.operations if not op.downstream)

    @property
    def begun(self) -> bool:
        """Whether anybody has worked on it."""
        return any(op.work for op in self.operations)


class Workshop:
    """The simulation, one section after the other, up to yesterday. Settles the state of every order."""

    def __init__(self, frame: Frame, register: Register, orders: list[Order]) -> None:
        self.frame = frame
        self._register = register
        self._rng = frame.rng("production")
        self._minutes: dict[str, int] = {}
        self._allowed: dict[tuple[str, date], frozenset[str]] = {}
        self.bookings: list[Row] = []
        self.assignments: dict[tuple[str, int, int, str], Row] = {}
        for section in range(frame.scale):
            self._run(section, [order for order in orders if order.section == section])

    def _run(self, section: int, orders: list[Order]) -> None:
        works = [Work(order, operations_of(order)) for order in orders if order.kind in IN_WORKSHOP and order.days]
        waiting = sorted(works, key=lambda work: work.order.days[0], reverse=True)
        active: list[Work] = []
        for day, sessions in self._practice_days(section):
            while waiting and waiting[-1].order.days[0] <= day:
                active.append(waiting.pop())
                active.sort(key=lambda work: work.order.finish)
            self._one_day(day, sessions, active)
            for work in [work for work in active if work.done]:
                work.order.settle(self.frame, begun=True, completed=day)
                active.remove(work)
        for work in [*waiting, *active]:
            work.order.settle(self.frame, begun=work.begun, completed=None)
        for order in orders:
            if order.kind not in IN_WORKSHOP or not order.days:
                order.settle(self.frame, begun=False, completed=None)

    def _practice_days(self, section: int) -> Iterator[tuple[date, list[Session]]]:
        past = (s for s in self._register.timetable.past if s.practice and s.section == section)
        for day, sessions in groupby(past, key=lambda session: session.day):
            yield day, list(sessions)

    def _one_day(self, day: date, sessions: list[Session], active: list[Work]) -> None:
        for workers in self._half_sessions(sessions):
            self._hand_out(workers, [op for work in active for op in work.operations if op.not_before <= day])

    def _half_sessions(self, sessions: list[Session]) -> Iterator[list[Worker]]:
        """Everybody at work before the break, then after it; classes that start together share the machines."""
        for start in sorted({session.start for session in sessions}):
            together = [session for session in sessions if session.start == start]
            for second in (False, True):
                yield [
                    _worker(call, session, second=second)
                    for session in together
                    for call in self._register.present(session)
                ]

    def _hand_out(self, workers: list[Worker], operations: list[Operation]) -> None:
        """The order to be finished first goes first, within the capacity of the machines."""
        free = sorted(workers, key=lambda worker: self._minutes.get(worker.pupil.code, 0))
        places = {center.code: center.capacity for center in CENTERS}
        touched = []
        for op in operations if workers else ():
            for _ in range(min(op.hands(workers[0].day), places[op.step.center])):
                worker = self._choose(op, free)
                if worker is None or op.to_do <= 0:
                    break
                free.remove(worker)
                places[op.step.center] -= 1
                self._book(op, worker)
                touched.append(op)
        for op in touched:
            op.settled = op.good

    def _choose(self, op: Operation, free: list[Worker]) -> Worker | None:
        """Who began it goes on with it; else whoever had least to do, and may work there that day."""
        able = [worker for worker in free if op.step.center in self._centers(worker)]
        known = [worker for worker in able if worker.pupil in op.pupils]
        if len(op.pupils) < HANDS_PER_OPERATION:
            known += able
        return known[0] if known else None

    def _centers(self, worker: Worker) -> frozenset[str]:
        key = (worker.pupil.code, worker.day)
        if key not in self._allowed:
            self._allowed[key] = allowed_centers(worker.pupil, worker.day)
        return self._allowed[key]

    def _book(self, op: Operation, worker: Worker) -> None:
        pupil = worker.pupil
        start = worker.start + self._rng.choice((0, 0, 5, 10))
        length = worker.end - self._rng.choice((0, 0, 5)) - start
        pace = pupil.pace * self._rng.uniform(0.85, 1.2)
        good, scrap, used = op.book(length / pace, pupil.scrap_rate, self._rng)
        spent = min(length, max(SHORTEST, 5 * math.ceil(used * pace / 5)))
        op.last_day = worker.day
        self._minutes[pupil.code] = self._minutes.get(pupil.code, 0) + spent
        where = {"commande": op.order.number, "ligne": str(op.line.number), "operation": str(op.number)}
        place = (op.order.number, op.line.number, op.number, pupil.code)
        if place not in self.assignments:
            op.pupils.append(pupil)
            self.assignments[place] = where | {"eleve": pupil.code, "maitre": worker.master}
        self.bookings.append(where | {
            "eleve": pupil.code, "date": worker.day.isoformat(), "debut": clock(start), "fin": clock(start + spent),
            "bonnes": str(good), "rebuts": str(scrap),
        })  # fmt: skip


def _worker(call: Call, session: Session, *, second: bool) -> Worker:
    middle = (session.start + session.end) // 2
    start = middle + BREAK - 5 if second else session.start + max(ROLL_CALL, 5 * math.ceil(call.late / 5))
    end = session.end - TIDY_UP if second else middle - 5
    return Worker(call.pupil, session.staff, session.day, start, end)
