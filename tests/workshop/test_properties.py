"""Whatever masters and pupils do, in any order: sums are recounts, pieces flow down, nobody is at two places."""

import itertools

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import instant, local_minute, now, today
from app.core.errors import Refused
from app.core.journal import JournalEntry
from app.workshop import queries, service
from app.workshop.models import Assignment, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import (
    HELD_STATES,
    ON_THE_MACHINE,
    SessionWork,
    TicketState,
    Timed,
    job_state,
    machine_seconds,
    person_seconds,
)
from app.workshop.service import Span
from tests.workshop.scene import Scene, arrange

GESTURES = (
    "create", "give", "give", "pair", "start", "start", "pause", "report", "report", "report", "finish", "take_back",
    "split", "cancel", "reopen", "reopen", "reverse", "correct", "time", "untime", "retime", "replace", "wait", "wait",
    "forgotten", "batch", "batch", "unbatch", "unbatch", "help", "unhelp", "switch",
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(GESTURES), st.integers(0, 30), st.integers(0, 6)), min_size=8, max_size=45)


class Walk:
    """One possible day: every gesture is tried on something that exists; a refusal must leave no trace."""

    def __init__(self, scene: Scene, clock):
        self.scene, self.db, self.clock = scene, scene.db, clock
        self.by: Actor = scene.by
        self.pupils = [scene.tom, scene.ines, scene.pupil("Adam")]

    def go(self, name, pick, number):
        ticket = self._ticket(pick)
        if ticket is None and name not in {"create", "give", "wait", "forgotten"}:
            return
        before = self._shape()
        try:
            getattr(self, name)(ticket, pick, number)
        except Refused:
            assert self._shape() == before, f"{name} was refused and left a trace"

    def _ticket(self, pick):
        found = list(self.db.execute(select(Ticket.number).order_by(Ticket.id)).scalars())
        return queries.get_ticket(self.db, found[pick % len(found)]) if found else None

    def _shape(self):
        self.db.flush()
        rows = self.db.execute(select(Ticket.number, Ticket.state, Ticket.quantity, Ticket.version).order_by(Ticket.id))
        facts = [len(self.db.execute(select(model.id)).all()) for model in (WorkSession, QuantityReport, Assignment)]
        return rows.all(), facts

    def _pupil(self, pick):
        return self.pupils[pick % 3].id

    def _holder(self, ticket, pick):
        """One of those who hold it, mostly; now and then somebody who does not."""
        held = [a.pupil_id for a in ticket.assignments if a.ended_at is None]
        return held[pick % len(held)] if held and pick != 6 else self._pupil(pick)

    def _operation(self, pick):
        return self.scene.operations[pick % 3].id

    def create(self, _, pick, number):
        service.create_ticket(self.db, self._operation(pick), quantity=number or None, by=self.by)

    def give(self, ticket, pick, number):
        if ticket is None or pick % 2:
            service.give_operation(self.db, self._operation(number), pupil_ids=[self._pupil(pick)], by=self.by)
        else:
            service.give_ticket(self.db, ticket, pupil_ids=[self._pupil(number)], by=self.by)

    def pair(self, ticket, pick, number):
        service.give_ticket(self.db, ticket, pupil_ids=[self._pupil(pick), self._pupil(pick + 1)], by=self.by)

    def start(self, ticket, _, number):
        service.start_ticket(self.db, ticket, pupil_id=self._holder(ticket, number), by=self.by)

    def pause(self, ticket, _, number):
        service.pause_ticket(self.db, ticket, pupil_id=self._holder(ticket, number) if number % 2 else None, by=self.by)

    def report(self, ticket, pick, number):
        holder = self._holder(ticket, number)
        service.report_quantity(self.db, ticket, counts=(number, pick % 2), pupil_id=holder, by=self.by)

    def finish(self, ticket, pick, number):
        holder = self._holder(ticket, number)
        service.finish_ticket(self.db, ticket, counts=(number, pick % 2), pupil_id=holder, by=self.by)

    def take_back(self, ticket, *_):
        service.take_back(self.db, ticket, by=self.by)

    def split(self, ticket, _, number):
        total = ticket.quantity
        other = service.split_ticket(self.db, ticket, quantity=number, by=self.by)
        assert ticket.quantity + other.quantity == total
        assert other.quantity > 0
        assert ticket.quantity >= ticket.good + ticket.scrap

    def cancel(self, ticket, *_):
        service.cancel_ticket(self.db, ticket, note="x", by=self.by)

    def reopen(self, ticket, *_):
        service.reopen_ticket(self.db, ticket, note="x", by=self.by)

    def _fact(self, model, pick):
        found = self.db.execute(select(model).order_by(model.id)).scalars().all()
        if not found:
            raise Refused("rien")
        return found[pick % len(found)]

    def reverse(self, _, pick, number):
        service.reverse_report(self.db, self._fact(QuantityReport, pick), note="x", by=self.by)

    def correct(self, _, pick, number):
        counts = (number, number % 2)
        service.correct_report(self.db, self._fact(QuantityReport, pick), counts=counts, note="x", by=self.by)

    def time(self, ticket, pick, number):
        start = 420 + pick * 5
        span = Span(instant(today(), start), instant(today(), start + 5 * (number + 1)))
        counts = (number % 3, 0)
        service.enter_time(self.db, ticket, pupil_id=self._pupil(number), span=span, counts=counts, by=self.by)

    def untime(self, _, pick, number):
        service.reverse_session(self.db, self._fact(WorkSession, pick), note="x", by=self.by)

    def retime(self, _, pick, number):
        session = self._fact(WorkSession, pick)
        start = max(0, local_minute(now()) - 60 - number)
        span = Span(instant(today(), start), instant(today(), start + 7))
        service.correct_session(self.db, session, span=span, note="x", by=self.by)

    def replace(self, ticket, pick, number):
        successor = self._pupil(number) if number % 2 else None
        service.replace_holder(
            self.db,
            ticket,
            pupil_id=self._holder(ticket, pick) or self._pupil(pick),
            successor_id=successor,
            by=self.by,
        )

    def wait(self, _, pick, number):
        self.clock.advance(minutes=pick, seconds=number)

    def forgotten(self, *_):
        service.stop_forgotten(self.db, by=self.by)

    def batch(self, _, pick, number):
        """Two or three of the tickets a pupil holds, now and then one that somebody else does."""
        numbers = self.db.execute(
            select(Ticket.number)
            .join(Assignment, Assignment.ticket_id == Ticket.id)
            .where(Assignment.pupil_id == self._pupil(number), Assignment.ended_at.is_(None))
            .order_by(Ticket.id)
        ).scalars()
        tickets = [queries.get_ticket(self.db, each) for each in list(numbers)[: 2 + pick % 2]]
        service.start_batch(self.db, tickets, pupil_id=self._pupil(number + (pick == 30)), by=self.by)

    def unbatch(self, _, pick, number):
        if pick % 2:
            service.pause_batch(self.db, self._pupil(number), by=self.by)
            return
        running = queries.open_sessions_of(self.db, self._pupil(number))
        done = [service.Done(each, (number % 3, 0)) for _, each, _ in running]
        service.finish_batch(self.db, self._pupil(number), done=done, by=self.by)

    def help(self, ticket, pick, number):
        service.start_help(self.db, ticket, pupil_id=self._pupil(number), by=self.by)

    def unhelp(self, ticket, pick, number):
        service.stop_help(self.db, ticket, pupil_id=self._pupil(number), by=self.by)

    def switch(self, ticket, pick, number):
        kind = list(SessionWork)[pick % 4]
        service.switch_work(self.db, ticket, kind=kind, pupil_id=self._holder(ticket, number), by=self.by)


def check(scene: Scene):
    """Everything that must hold at any moment."""
    db = scene.db
    db.flush()
    db.expire_all()
    reports = db.execute(select(QuantityReport)).scalars().all()
    sessions = db.execute(select(WorkSession)).scalars().all()
    tickets = db.execute(select(Ticket)).scalars().all()
    void = {each.reverses_id for each in sessions if each.reverses_id} | {
        each.id for each in sessions if each.reverses_id
    }
    for ticket in tickets:
        mine = [each for each in reports if each.ticket_id == ticket.id]
        time = [s for s in sessions if s.ticket_id == ticket.id and s.ended_at and s.id not in void]
        assert ticket.good == sum(each.good for each in mine) >= 0
        assert ticket.scrap == sum(each.scrap for each in mine) >= 0
        assert ticket.booked_seconds == person_seconds([Timed(s.started_at, s.ended_at, s.share) for s in time])
        on_it = [Timed(s.started_at, s.ended_at, s.share) for s in time if s.kind in ON_THE_MACHINE]
        assert ticket.machine_seconds == machine_seconds(on_it) <= ticket.booked_seconds
        _check_hands(db, ticket, sessions)
        _check_journal(db, ticket)
    _check_people(sessions, void)
    _check_flow(scene, tickets)


def _check_hands(db, ticket, sessions):
    held = db.execute(
        select(Assignment.pupil_id).where(Assignment.ticket_id == ticket.id, Assignment.ended_at.is_(None))
    ).scalars().all()  # fmt: skip
    open_ = [s for s in sessions if s.ticket_id == ticket.id and s.ended_at is None]
    running = {s.pupil_id for s in open_ if s.kind != SessionWork.HELP}
    assert not {s.pupil_id for s in open_ if s.kind == SessionWork.HELP} & set(held)
    assert (ticket.state in HELD_STATES) == bool(held)
    assert len(held) == len(set(held)) <= 2
    assert running <= set(held)
    assert bool(running) == (ticket.state == TicketState.RUNNING)


def _check_journal(db, ticket):
    """The journal replays to the stored state."""
    entries = db.execute(
        select(JournalEntry.from_state, JournalEntry.to_state)
        .where(JournalEntry.subject_type == "ticket", JournalEntry.subject_id == ticket.id)
        .order_by(JournalEntry.id)
    ).all()
    state = TicketState.OPEN.value
    for before, after in entries:
        if after is not None:
            assert before == state
            state = after
    assert state == ticket.state


def _check_people(sessions, void):
    """One clock a pupil, and no two times that count share an instant, but those of one batch: they are one clock."""
    by_pupil: dict[int, list[WorkSession]] = {}
    for session in sessions:
        if session.id not in void:
            by_pupil.setdefault(session.pupil_id, []).append(session)
    for mine in by_pupil.values():
        clocks = {each.batch or each.id for each in mine if each.ended_at is None}
        assert len(clocks) <= 1
        closed = sorted({(s.started_at, s.ended_at, s.batch or s.id) for s in mine if s.ended_at}, key=lambda s: s[:2])
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(closed))


def _check_flow(scene, tickets):
    operations: list[Operation] = scene.operations
    for place, operation in enumerate(operations):
        mine = [ticket for ticket in tickets if ticket.operation_id == operation.id]
        assert operation.good == sum(ticket.good for ticket in mine)
        assert operation.scrap == sum(ticket.scrap for ticket in mine)
        assert operation.booked_seconds == sum(ticket.booked_seconds for ticket in mine)
        if place:
            assert operation.good + operation.scrap <= operations[place - 1].good
    assert scene.line().good == operations[-1].good
    routing = queries.routing_of_job(scene.db, scene.job.id)
    live = any(each.tickets for each in routing.operations)
    assert scene.job.state == job_state(routing.order_state, routing.steps, tickets=live)


@settings(
    max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=STEPS)
def test_any_day_in_the_workshop_keeps_the_books_straight(db, clock, steps):
    start, outer = now(), db.begin_nested()
    try:
        scene = arrange(db, quantity=20)
        walk = Walk(scene, clock)
        for step in steps:
            walk.go(*step)
        check(scene)
    finally:
        outer.rollback()
        db.expunge_all()
        clock.set(start)
