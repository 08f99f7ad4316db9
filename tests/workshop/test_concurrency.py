"""Several people at once, on real commits: nobody is overwritten, no piece is counted twice, on either engine."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.core import documents
from app.core.actor import SYSTEM
from app.core.clock import freeze
from app.core.errors import Refused, Stale
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.pedagogy.models import Pupil
from app.workshop import queries, service
from app.workshop.models import (
    Drawing,
    Job,
    Operation,
    QuantityReport,
    Release,
    Ticket,
    TimeValidation,
    WorkSession,
)
from app.workshop.rules import DefectDecision, TicketState
from app.workshop.service import Decision, Finding
from tests.factories import files, make_job, make_order, make_school, make_ticket, operations_of
from tests.workshop.scene import arrange, at


@pytest.fixture
def school(own_database):
    """A database of its own with Tom, Inès and a job for ten pieces: (database, master, ids)."""
    with own_database.writing() as db:
        scene = arrange(db)
        ids = {"operations": [each.id for each in scene.operations], "tom": scene.tom.id, "ines": scene.ines.id}
        by = scene.by
    return own_database, by, ids


def at_once(work, *arguments):
    """Run the work with each argument at the same time; what each returned or the refusal it met."""

    def one(argument):
        try:
            return work(argument)
        except (Refused, Stale) as refused:
            return refused

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(one, arguments))


def test_two_masters_give_one_ticket_and_the_second_is_told(school):
    database, by, ids = school
    with database.writing() as db:
        number = service.create_ticket(db, ids["operations"][0], by=by).number

    def give(pupil_id):
        with database.writing() as db:
            ticket = queries.get_ticket(db, number, lock=True)
            service.give_ticket(db, ticket, pupil_ids=[pupil_id], seen_version=1, by=by)

    answers = at_once(give, ids["tom"], ids["ines"])
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Stale"]
    with database.reading() as db:
        assert len([a for a in queries.get_ticket(db, number).assignments if a.ended_at is None]) == 1


def test_one_operation_given_twice_at_once_is_given_once(school):
    database, by, ids = school

    def give(pupil_id):
        with database.writing() as db:
            return service.give_operation(db, ids["operations"][0], pupil_ids=[pupil_id], by=by).number

    answers = at_once(give, *[ids["tom"], ids["ines"]] * 3)
    assert sum(isinstance(answer, str) for answer in answers) == 1
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Ticket)) == 1


def test_no_more_pieces_go_through_than_came_from_before(school):
    database, by, ids = school
    with database.writing() as db:
        first = service.give_operation(db, ids["operations"][0], pupil_ids=[ids["tom"]], by=by)
        service.report_quantity(db, first, counts=(6, 0), by=by)
        number = service.give_operation(db, ids["operations"][1], pupil_ids=[ids["ines"]], by=by).number

    def report(_):
        with database.writing() as db:
            service.report_quantity(db, queries.get_ticket(db, number, lock=True), counts=(1, 0), by=by)

    answers = at_once(report, *range(12))
    assert sum(answer is None for answer in answers) == 6
    with database.reading() as db:
        assert db.get(Operation, ids["operations"][1]).good == 6


def test_taking_back_upstream_and_reporting_downstream_never_both_win(school):
    database, by, ids = school
    with database.writing() as db:
        first = service.give_operation(db, ids["operations"][0], pupil_ids=[ids["tom"]], by=by)
        report_id = service.report_quantity(db, first, counts=(5, 0), by=by)
        db.flush()
        report_id = report_id.id
        number = service.give_operation(db, ids["operations"][1], pupil_ids=[ids["ines"]], by=by).number

    def go(what):
        with database.writing() as db:
            if what == "back":
                service.reverse_report(db, queries.get_report(db, report_id), note="x", by=by)
            else:
                service.report_quantity(db, queries.get_ticket(db, number, lock=True), counts=(5, 0), by=by)

    answers = at_once(go, "back", "forward")
    assert sum(answer is None for answer in answers) == 1
    with database.reading() as db:
        good = [db.get(Operation, operation_id).good for operation_id in ids["operations"]]
        assert good[1] <= good[0]


def test_one_entry_is_taken_back_once(school):
    database, by, ids = school
    with database.writing() as db:
        ticket = service.give_operation(db, ids["operations"][0], pupil_ids=[ids["tom"]], by=by)
        report = service.report_quantity(db, ticket, counts=(5, 0), by=by)
        db.flush()
        report_id = report.id

    def back(_):
        with database.writing() as db:
            service.reverse_report(db, queries.get_report(db, report_id), note="x", by=by)

    answers = at_once(back, *range(5))
    assert sum(answer is None for answer in answers) == 1
    with database.reading() as db:
        assert db.scalar(select(func.sum(QuantityReport.good))) == 0


def test_fast_taps_start_one_clock(school):
    database, by, ids = school
    with database.writing() as db:
        number = service.give_operation(db, ids["operations"][0], pupil_ids=[ids["tom"]], by=by).number

    def start(_):
        with database.writing() as db:
            service.start_ticket(db, queries.get_ticket(db, number, lock=True), by=by)

    answers = at_once(start, *range(6))
    assert sum(answer is None for answer in answers) == 1
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(WorkSession)) == 1


@pytest.fixture
def elsewhere(school):
    """The same school, and a ticket of Tom's on the job of another order."""
    database, by, ids = school
    with database.writing() as db:
        order = make_order(db, number="CDE-2026-0008", state=OrderState.CONFIRMED)
        line = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
        job = make_job(db, line, operations=1, quantity=4)
        ids["elsewhere"] = make_ticket(db, operations_of(db, job)[0], pupil=db.get_one(Pupil, ids["tom"])).number
    return database, by, ids


def test_one_pupil_is_not_started_on_two_jobs_at_once(elsewhere):
    database, by, ids = elsewhere
    with database.writing() as db:
        own = [service.give_operation(db, one, pupil_ids=[ids["tom"]], by=by).number for one in ids["operations"][:2]]

    def start(together):
        with database.writing() as db:
            if together:
                tickets = [queries.get_ticket(db, number, lock=True) for number in own]
                service.start_batch(db, tickets, pupil_id=ids["tom"], by=by)
            else:
                service.start_ticket(db, queries.get_ticket(db, ids["elsewhere"], lock=True), by=by)

    answers = at_once(start, True, False)
    assert sum(answer is None for answer in answers) == 1
    with database.reading() as db:
        assert len({session.batch for session in db.scalars(select(WorkSession))}) == 1


@pytest.fixture
def batch(school):
    """Tom runs two tickets together since 08:30, over the break of 10:00."""
    database, by, ids = school
    with freeze(at(8, 30)), database.writing() as db:
        make_school(db, daily_breaks="10:00-10:15")
        for operation_id in ids["operations"][:2]:
            service.give_operation(db, operation_id, pupil_ids=[ids["tom"]], by=by)
        tickets = list(db.scalars(select(Ticket).order_by(Ticket.id)))
        tickets = [queries.get_ticket(db, ticket.number) for ticket in tickets]
        service.start_batch(db, tickets, pupil_id=ids["tom"], by=by)
    return database, by, ids


def parts_of(database):
    """(from, to) of every stored time, the same for each ticket of a batch."""
    with database.reading() as db:
        return sorted((one.ticket_id, one.started_at, one.ended_at) for one in db.scalars(select(WorkSession)))


def test_what_runs_together_is_stopped_once(batch):
    database, by, ids = batch

    def pause(_):
        with database.writing() as db:
            service.pause_batch(db, ids["tom"], by=by)

    with freeze(at(11)):
        answers = at_once(pause, *range(4))
    assert sum(answer is None for answer in answers) == 1
    assert [(start, end) for _, start, end in parts_of(database)] == 2 * [
        (at(8, 30), at(10)), (at(10, 15), at(11))
    ]  # fmt: skip


def test_a_forgotten_clock_is_stopped_once(batch):
    database, _by, _ids = batch

    def stop(_):
        with database.writing() as db:
            return service.stop_forgotten(db, by=SYSTEM)

    with freeze(at(13)):
        answers = at_once(stop, *range(4))
    assert sorted(answers) == [0, 0, 0, 2]
    assert [(start, end) for _, start, end in parts_of(database)] == 2 * [
        (at(8, 30), at(10)), (at(10, 15), at(12))
    ]  # fmt: skip


def test_a_day_is_confirmed_by_one_master(batch):
    database, by, ids = batch
    with freeze(at(11)), database.writing() as db:
        service.pause_batch(db, ids["tom"], by=by)
    with database.reading() as db:
        lines = [service.Confirm(id_) for id_ in db.scalars(select(WorkSession.id))]

    def confirm(_):
        with database.writing() as db:
            service.validate_day(db, at(11).date(), lines, by=by)

    with freeze(at(17)):
        answers = at_once(confirm, *range(4))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Stale", "Stale", "Stale"]
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(TimeValidation)) == 1


def test_numbers_stay_gap_free(school):
    database, by, ids = school

    def create(_):
        with database.writing() as db:
            return service.create_ticket(db, ids["operations"][0], quantity=1, by=by).number

    numbers = at_once(create, *range(12))
    made = sorted(number for number in numbers if isinstance(number, str))
    assert made == [f"BT2026-{n:05d}" for n in range(1, 11)]


def test_one_index_comes_once_and_nothing_starts_beside_it(school, data_dir):
    database, by, ids = school
    kept = documents.keep(data_dir, "plan.png", files.png())
    with database.writing() as db:
        line = db.get_one(OrderLine, db.scalar(select(Job.line_id)))
        service.add_drawing(db, line, name="Plan", index="A", file=kept, by=by)
        number = service.give_operation(db, ids["operations"][0], pupil_ids=[ids["tom"]], by=by).number

    def act(what):
        with database.writing() as db:
            if what == "start":
                service.start_ticket(db, queries.get_ticket(db, number, lock=True), by=by)
            else:
                order, line_no = db.execute(
                    select(CustomerOrder.number, OrderLine.line_no).join(OrderLine).join(Job)
                ).one()  # fmt: skip
                line = queries.get_line(db, order, line_no, lock=True)
                service.add_drawing(db, line, name="Plan", index="B", file=kept, by=by)

    answers = at_once(act, "start", "B", "B")
    assert sum(isinstance(answer, Refused) for answer in answers[1:]) == 1
    with database.reading() as db:
        ticket = queries.get_ticket(db, number)
        assert (ticket.state, ticket.blocked_reason) == (TicketState.BLOCKED, "Indice B reçu : à confirmer")
        assert db.scalar(select(func.count()).where(WorkSession.ended_at.is_(None))) == 0
        assert db.scalar(select(func.count()).select_from(Drawing)) == 2


@pytest.fixture
def faulty(school):
    """Ten pieces stated good by Tom, two of them on a sheet: (database, master, number of the sheet, of the ticket)."""
    database, by, ids = school
    with database.writing() as db:
        ticket = service.give_operation(db, ids["operations"][0], pupil_ids=[ids["tom"]], by=by)
        service.report_quantity(db, ticket, counts=(10, 0), by=by)
        number = service.open_defect(db, ticket, Finding(2, "Outil", "Trop grand"), by=by).number
        return database, by, number, ticket.number


def test_two_masters_decide_one_sheet_and_its_pieces_end_once(faulty):
    database, by, number, _ = faulty

    def decide(kind):
        with database.writing() as db:
            defect = queries.get_defect(db, number, lock=True)
            service.decide_defect(db, defect, Decision(kind), seen_version=1, by=by)

    answers = at_once(decide, DefectDecision.SCRAP, DefectDecision.REWORK, DefectDecision.SCRAP)
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Stale", "Stale"]
    with database.reading() as db:
        operation = db.execute(select(Operation).order_by(Operation.id)).scalars().first()
        rework = db.execute(select(func.count()).where(Ticket.parent_id.is_not(None))).scalar_one()
        assert (operation.good, operation.isolated) == (8, 0)
        assert operation.scrap + 2 * rework == 2


def test_sheets_opened_at_once_hold_no_piece_twice(faulty):
    database, by, _, ticket_number = faulty

    def hold(pieces):
        with database.writing() as db:
            ticket = queries.get_ticket(db, ticket_number, lock=True)
            return service.open_defect(db, ticket, Finding(pieces, "Outil", "x"), by=by).number

    answers = at_once(hold, 5, 5, 5)
    given = sorted(answer for answer in answers if isinstance(answer, str))
    assert given == ["FNC2026-0002"]
    with database.reading() as db:
        operation = db.execute(select(Operation).order_by(Operation.id)).scalars().first()
        assert (operation.good, operation.isolated) == (3, 7)


def test_handed_in_and_released_at_once_by_two_it_is_released_once(school):
    database, by, ids = school
    with database.writing() as db:
        ticket = service.give_operation(db, ids["operations"][0], pupil_ids=[ids["tom"]], by=by)
        service.submit(db, ticket, counts=(10, 0), by=SYSTEM)
        number = ticket.number

    def release(_):
        with database.writing() as db:
            service.release(db, queries.get_ticket(db, number, lock=True), by=by)

    answers = at_once(release, 1, 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "Refused"]
    with database.reading() as db:
        assert db.execute(select(func.count()).select_from(Release)).scalar_one() == 1
