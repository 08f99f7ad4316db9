"""Random walks over tickets, quantities, clocks, checks and non-conformances: no order of gestures breaks the books.

`COMPAGNON_TEST_WALKS` says how many (1,000 before a release); each has its own seed, which a failure names.
"""

import os
import random
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.actor import SYSTEM
from app.core.clock import now, today
from app.core.errors import NotFound, Refused, Stale
from app.workshop import queries, service
from app.workshop.models import Assignment, CheckPoint, Defect, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import CheckKind, CheckStage, DefectDecision, DefectState, TicketState
from app.workshop.service import Decision, Finding, Reading
from tests.factories import make_point
from tests.workshop.books import check_books
from tests.workshop.scene import Scene, arrange

WALKS = int(os.environ.get("COMPAGNON_TEST_WALKS", "12"))
AT_ONCE = 50  # walks of one test
SHORT, LONG = 20, 60
CAUSES = ("Outil", "Réglage", "Machine")


class Walker:
    """One master and three pupils who do whatever comes to mind; what is refused is taken back, as a request is."""

    GESTURES = (
        ("create", 2), ("give", 4), ("give_on", 4), ("pair", 1), ("start", 4), ("pause", 3), ("report", 6),
        ("submit", 5), ("release", 5), ("reject", 2), ("finish", 3), ("check", 5), ("first", 3), ("first_bad", 1),
        ("take_back", 1), ("split", 2), ("merge", 2), ("block", 1), ("unblock", 2), ("cancel", 2), ("reopen", 2),
        ("reverse", 2), ("correct", 2), ("untime", 1), ("batch", 2), ("unbatch", 2), ("replace", 1), ("wait", 3),
        ("forgotten", 1), ("defect", 6), ("decide", 6), ("remake", 2),
    )  # fmt: skip

    def __init__(self, scene: Scene, clock, seed: int) -> None:
        self.scene, self.db, self.clock, self.by = scene, scene.db, clock, scene.by
        self.rng = random.Random(seed)  # noqa: S311 - a walk, not a secret
        self.pupils = [scene.tom, scene.ines, scene.pupil("Adam")]
        self.done: list[str] = []
        self.kept = 0

    def step(self) -> None:
        """One gesture. A refusal undoes all of it."""
        names, weights = zip(*self.GESTURES, strict=True)
        name = self.rng.choices(names, weights)[0]
        self.done.append(name)
        unit = self.db.begin_nested()
        try:
            getattr(self, name)()
            self.db.flush()
            unit.commit()
            self.kept += 1
        except (Refused, Stale, NotFound):
            unit.rollback()
            self.db.expire_all()

    def some(self, *conditions) -> Ticket:
        """A ticket, as likely a recent one."""
        numbers = list(self.db.execute(select(Ticket.number).where(*conditions).order_by(Ticket.id)).scalars())
        if not numbers:
            raise NotFound("rien")
        return queries.get_ticket(self.db, self.rng.choice(numbers[-6:]), lock=True)

    def pick(self, model, *conditions):
        """A fact."""
        found = list(self.db.execute(select(model).where(*conditions).order_by(model.id)).scalars())
        if not found:
            raise NotFound("rien")
        return self.rng.choice(found)

    def pupil(self) -> int:
        return self.rng.choice(self.pupils).id

    def operation(self) -> int:
        return self.rng.choice(self.scene.operations).id

    def holder(self, ticket: Ticket) -> int:
        held = [a.pupil_id for a in ticket.assignments if a.ended_at is None]
        return self.rng.choice(held) if held and self.rng.random() < 0.9 else self.pupil()

    def counts(self) -> tuple[int, int]:
        return self.rng.choice(((1, 0), (2, 0), (4, 0), (3, 1), (0, 1), (1, 1), (0, 0)))

    def why(self) -> str | None:
        return "Vu sur la machine" if self.rng.random() < 0.7 else None

    def create(self) -> None:
        service.create_ticket(self.db, self.operation(), quantity=self.rng.choice((None, 3, 5)), by=self.by)

    def give(self) -> None:
        service.give_ticket(self.db, self.some(), pupil_ids=[self.pupil()], by=self.by)

    def give_on(self) -> None:
        service.give_operation(
            self.db, self.operation(), pupil_ids=[self.pupil()], quantity=self.rng.choice((None, 4, 6)), by=self.by
        )

    def pair(self) -> None:
        service.give_ticket(self.db, self.some(), pupil_ids=[self.pupils[0].id, self.pupils[1].id], by=self.by)

    def start(self) -> None:
        ticket = self.some()
        service.start_ticket(self.db, ticket, pupil_id=self.holder(ticket), by=self.by)

    def pause(self) -> None:
        ticket = self.some(Ticket.state == TicketState.RUNNING)
        service.pause_ticket(self.db, ticket, pupil_id=self.holder(ticket), by=self.by)

    def report(self) -> None:
        ticket = self.some()
        service.report_quantity(
            self.db, ticket, counts=self.counts(), reason=self.rng.choice(CAUSES), pupil_id=self.holder(ticket),
            by=self.by,
        )  # fmt: skip

    def submit(self) -> None:
        ticket = self.some()
        service.submit(self.db, ticket, counts=self.counts(), pupil_id=self.holder(ticket), by=SYSTEM)

    def release(self) -> None:
        service.release(self.db, self.some(), override=self.why(), by=self.by)

    def reject(self) -> None:
        service.reject(self.db, self.some(Ticket.state == TicketState.TO_RELEASE), note="Bavures", by=self.by)

    def finish(self) -> None:
        ticket = self.some()
        service.finish_ticket(
            self.db, ticket, counts=self.counts(), pupil_id=self.holder(ticket), override=self.why(), by=self.by
        )

    def check(self) -> None:
        ticket = self.some()
        point = self.pick(CheckPoint, CheckPoint.operation_id == ticket.operation_id)
        stage = self.rng.choice(list(CheckStage))
        value = Decimal(self.rng.choice(("12", "12.05", "12.06", "120"))) if point.kind == CheckKind.MEASURE else None
        reading = Reading(point.id, self.rng.randint(1, 6), value, None if value else self.rng.random() < 0.8)
        service.record_check(self.db, ticket, reading, stage=stage, pupil_id=self.holder(ticket), by=self.by)

    def first(self) -> None:
        service.release_first_article(self.db, self.some(), override=self.why(), by=self.by)

    def first_bad(self) -> None:
        service.refuse_first_article(self.db, self.some(), Finding(1, "Outil", "x"), by=self.by)

    def take_back(self) -> None:
        service.take_back(self.db, self.some(), by=self.by)

    def split(self) -> None:
        """Children and what stays are together what there was."""
        ticket = self.some()
        before = ticket.quantity
        other = service.split_ticket(self.db, ticket, quantity=self.rng.randint(1, 3), by=self.by)
        assert ticket.quantity + other.quantity == before
        assert ticket.quantity >= max(1, ticket.good + ticket.scrap + ticket.aside)
        assert (other.kind, other.parent_id) == (ticket.kind, ticket.parent_id)

    def merge(self) -> None:
        into, other = self.some(), self.some()
        left = sum(each.quantity - each.good - each.scrap - each.aside for each in (into, other))
        service.merge_tickets(self.db, into, [other], by=self.by)
        assert into.quantity - into.good - into.scrap - into.aside == left

    def block(self) -> None:
        service.block_ticket(self.db, self.some(), note="Plan", by=self.by)

    def unblock(self) -> None:
        service.unblock_ticket(self.db, self.some(Ticket.state == TicketState.BLOCKED), by=self.by)

    def cancel(self) -> None:
        ticket = self.some()
        service.cancel_ticket(self.db, ticket, note="x", by=self.by)
        running = select(WorkSession.id).where(WorkSession.ticket_id == ticket.id, WorkSession.ended_at.is_(None))
        self.db.flush()
        assert self.db.execute(running).first() is None

    def reopen(self) -> None:
        service.reopen_ticket(self.db, self.some(), note="x", by=self.by)

    def reverse(self) -> None:
        service.reverse_report(self.db, self.pick(QuantityReport), note="x", by=self.by)

    def correct(self) -> None:
        service.correct_report(self.db, self.pick(QuantityReport), counts=self.counts(), note="x", by=self.by)

    def untime(self) -> None:
        service.reverse_session(self.db, self.pick(WorkSession), note="x", by=self.by)

    def batch(self) -> None:
        pupil = self.pupil()
        numbers = self.db.execute(
            select(Ticket.number)
            .join(Assignment, Assignment.ticket_id == Ticket.id)
            .where(Assignment.pupil_id == pupil, Assignment.ended_at.is_(None))
            .order_by(Ticket.id)
        ).scalars()
        tickets = [queries.get_ticket(self.db, each) for each in list(numbers)[:2]]
        service.start_batch(self.db, tickets, pupil_id=pupil, by=self.by)

    def unbatch(self) -> None:
        service.pause_batch(self.db, self.pupil(), by=self.by)

    def replace(self) -> None:
        ticket = self.some()
        successor = self.pupil() if self.rng.random() < 0.5 else None
        service.replace_holder(self.db, ticket, pupil_id=self.holder(ticket), successor_id=successor, by=self.by)

    def wait(self) -> None:
        self.clock.advance(minutes=self.rng.randint(1, 25))

    def forgotten(self) -> None:
        service.stop_forgotten(self.db, by=self.by)

    def defect(self) -> None:
        ticket = self.some()
        counted = self.rng.choice((None, None, 0, 1))
        service.open_defect(
            self.db, ticket, Finding(self.rng.randint(1, 3), self.rng.choice(CAUSES), "x", counted), by=self.by
        )

    def decide(self) -> None:
        """Whatever is decided, the pieces of the sheet end once: the operation has as many as before."""
        defect = self.pick(Defect, Defect.state == DefectState.OPEN)
        kind = self.rng.choice(list(DefectDecision))
        operation = self.operation() if self.rng.random() < 0.4 else None
        decision = Decision(kind, None, operation, self.rng.random() < 0.5, "Mme Rey", today())
        full = queries.get_defect(self.db, defect.number, lock=True)
        service.decide_defect(self.db, full, decision, by=self.by)

    def remake(self) -> None:
        service.remake(self.db, self.some(Ticket.scrap > 0), quantity=self.rng.randint(1, 2), by=self.by)


def settle(scene: Scene) -> None:
    """Everything derived, counted again set by set, is what was stored gesture by gesture."""
    db = scene.db
    columns = (
        select(Ticket.id, Ticket.good, Ticket.scrap, Ticket.aside, Ticket.booked_seconds, Ticket.machine_seconds),
        select(Operation.id, Operation.good, Operation.scrap, Operation.isolated, Operation.extra),
    )
    before = [db.execute(query.order_by(query.selected_columns[0])).all() for query in columns]
    service.recompute_sums(db)
    assert [db.execute(query.order_by(query.selected_columns[0])).all() for query in columns] == before


def walk(db, clock, seed: int) -> int:
    """One walk from a fresh workshop; how many gestures were carried out."""
    start, outer = now(), db.begin_nested()
    walker = None
    try:
        scene = arrange(db, quantity=12)
        make_point(db, scene.operations[0], every=3)
        make_point(db, scene.operations[1], label="Aspect", kind=CheckKind.ATTRIBUTE)
        scene.operations[1].first_article = seed % 3 == 0
        db.flush()
        db.expire_all()
        walker = Walker(scene, clock, seed)
        for number in range(SHORT + seed * 7 % (LONG - SHORT)):
            walker.step()
            if number % 15 == 14:
                check_books(scene)
        check_books(scene)
        settle(scene)
        return walker.kept
    except Exception as broken:
        broken.add_note(f"walk {seed} broke the books after: {' '.join(walker.done) if walker else 'nothing'}")
        raise
    finally:
        outer.rollback()
        db.expunge_all()
        clock.set(start)


@pytest.mark.parametrize("first", range(0, WALKS, AT_ONCE))
def test_no_order_of_gestures_breaks_the_books(db, clock, first):
    seeds = range(first, min(first + AT_ONCE, WALKS))
    kept = [walk(db, clock, seed) for seed in seeds]
    assert sum(kept) > 5 * len(kept), "hardly anything was carried out: the walks prove little"
