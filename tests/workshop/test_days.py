"""The evening: forgotten clocks, automatic stops put right in place, a day confirmed; half-days by the quarter."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import School
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy.rules import Attendance
from app.workshop import queries, service
from app.workshop.models import TimeValidation, WorkSession
from app.workshop.rules import EndCause, HalfDay, SessionWork, TicketState
from app.workshop.service import Confirm, Quarters, Span
from tests.factories import make_group, make_pupil, make_school, make_session, make_staff, make_work_session
from tests.support.html import errors, parse, submit
from tests.workshop.scene import arrange, at


@pytest.fixture
def scene(db, login_as):
    """Karim signed in, Tom and Inès each with a ticket; the day is over."""
    found = arrange(db)
    login_as(found.master)
    return found


@pytest.fixture
def ticket(scene):
    """Tom's ticket for ten pieces to cut."""
    return service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)


@pytest.fixture
def other(scene):
    """Tom's second ticket."""
    return service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.tom.id], by=scene.by)


@pytest.fixture
def later(scene, clock, login_as):
    """Move the clock, and sign Karim in again: a sign-in does not outlast the half-day."""

    def move(moment):
        clock.set(moment)
        login_as(scene.master)

    return move


def sheet(scene, **asked):
    """The day as Karim sees it."""
    scene.db.flush()
    scene.db.expire_all()
    return queries.day_sheet(scene.db, today(), staff_id=scene.by.staff_id, **asked)


def stored(scene):
    """(from, to, cause, validated) of what counts, in order."""
    return [
        (line.row.started_at, line.row.ended_at, line.row.cause, line.row.validation_id is not None)
        for line in sheet(scene).lines if not line.row.void
    ]  # fmt: skip


def text_of(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


def confirm(scene, *lines):
    """Confirm these lines, or all there are as they stand."""
    given = lines or [Confirm(line.row.id) for line in sheet(scene).to_confirm]
    return service.validate_day(scene.db, today(), list(given), by=scene.by)


class TestSheet:
    def test_a_forgotten_clock_is_shown_as_the_rule_will_stop_it(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, by=scene.by)
        assert [line.running for line in sheet(scene).lines] == [True]
        clock.set(at(16, 45))
        line = sheet(scene).lines[0]
        assert (line.end, line.automatic, line.to_confirm, line.running) == (at(12), True, True, False)
        assert sheet(scene).seconds == 150 * 60

    def test_what_came_from_files_needs_no_confirmation(self, scene, ticket):
        session = make_work_session(scene.db, ticket, scene.tom)
        session.end_cause = EndCause.IMPORT
        assert sheet(scene).to_confirm == []

    def test_a_master_sees_his_own_pupils_or_everybody(self, scene, ticket, db):
        group = make_group(db)
        make_session(db, group, staff=make_staff(db, Role.MASTER))
        stranger = make_pupil(db, group)
        make_work_session(db, ticket, stranger, minutes=20)
        make_work_session(db, ticket, scene.tom, minutes=20)
        assert [line.row.pupil_id for line in sheet(scene).lines] == [scene.tom.id]
        assert len(sheet(scene, mine=False).lines) == 2

    def test_a_pupils_day_is_the_wall_clock_whatever_runs_together(self, scene, ticket, other, clock):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.advance(hours=1)
        service.pause_batch(scene.db, scene.tom.id, by=scene.by)
        assert [seconds for *_, seconds in sheet(scene).pupils] == [3600]
        assert sheet(scene).seconds == 3600

    def test_the_same_statements_for_any_number_of_lines(self, scene, ticket, query_budget, clock):
        for number in range(12):
            pupil = scene.pupil(f"Élève {number}")
            make_work_session(scene.db, ticket, pupil, minutes=10)
            make_work_session(scene.db, ticket, pupil, minutes=None)
        clock.set(at(16, 45))
        scene.db.flush()
        with query_budget(6):
            found = queries.day_sheet(scene.db, today(), staff_id=scene.by.staff_id)
        assert len(found.to_confirm) == 24


class TestValidate:
    def test_the_whole_day_in_one_go(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(11))
        service.pause_ticket(scene.db, ticket, by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(16, 45))
        done = confirm(scene)
        assert (done.lines, done.corrected, done.by_id) == (2, 0, scene.by.staff_id)
        assert stored(scene) == [
            (at(9, 30), at(11), EndCause.MASTER, True), (at(11), at(12), EndCause.END_OF_HALF_DAY, True),
        ]  # fmt: skip
        assert history(scene.db, "time_validation", done.id)[0].label == "Temps du 24/11/2026 validés : 2 lignes"
        assert scene.ticket(ticket.number).state == TicketState.PAUSED
        assert sheet(scene).to_confirm == []

    def test_a_forgotten_clock_ends_where_the_master_says(self, scene, ticket, clock):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(16, 45))
        done = confirm(scene, Confirm(session.id, 11 * 60 + 20))
        assert (done.lines, done.corrected) == (1, 1)
        assert stored(scene) == [(at(9, 30), at(11, 20), EndCause.MASTER, True)]
        assert "Arrêté à 11:20" in history(scene.db, "ticket", ticket.id)[0].label

    def test_an_automatic_stop_is_put_right_in_place(self, scene, ticket, clock):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(13))
        service.stop_forgotten(scene.db, by=scene.by)
        clock.set(at(16, 45))
        done = confirm(scene, Confirm(session.id, 11 * 60))
        assert (done.lines, done.corrected) == (1, 1)
        assert stored(scene) == [(at(9, 30), at(11), EndCause.BY_HAND, True)]
        assert scene.ticket(ticket.number).booked_seconds == 90 * 60
        assert history(scene.db, "ticket", ticket.id)[0].note == "Arrêt automatique rectifié en validant le jour"

    def test_left_as_it_is_nothing_is_reversed(self, scene, ticket, clock):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(13))
        service.stop_forgotten(scene.db, by=scene.by)
        assert confirm(scene, Confirm(session.id, 12 * 60)).corrected == 0
        assert len(scene.db.execute(select(WorkSession)).scalars().all()) == 1

    def test_said_to_end_before_the_break_what_came_after_was_not_worked(self, scene, ticket, clock):
        (scene.db.get(School, 1) or make_school(scene.db)).daily_breaks = "10:00-10:15"
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(13))
        service.stop_forgotten(scene.db, by=scene.by)
        before, after = (line.row.id for line in sheet(scene).lines)
        done = confirm(scene, Confirm(before), Confirm(after, 9 * 60 + 50))
        assert (done.lines, done.corrected) == (1, 1)
        assert stored(scene) == [(at(9, 30), at(9, 50), EndCause.BY_HAND, True)]

    def test_a_break_cuts_a_forgotten_clock_and_both_parts_are_confirmed(self, scene, ticket, clock):
        (scene.db.get(School, 1) or make_school(scene.db)).daily_breaks = "10:00-10:15"
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(16, 45))
        assert confirm(scene).lines == 2
        assert [each[3] for each in stored(scene)] == [True, True]

    def test_a_batch_is_put_right_by_its_first_line(self, scene, ticket, other, clock):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.set(at(16, 45))
        found = sheet(scene)
        assert len(found.editable) == 1
        first, second = (line.row.id for line in found.to_confirm)
        done = confirm(scene, Confirm(first, 10 * 60 + 30), Confirm(second))
        assert (done.lines, done.corrected) == (2, 1)
        assert {(end, validated) for _, end, _, validated in stored(scene)} == {(at(10, 30), True)}

    def test_of_stopped_batches_too(self, scene, ticket, other, clock):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.set(at(16, 45))
        service.stop_forgotten(scene.db, by=scene.by)
        first, second = (line.row.id for line in sheet(scene).to_confirm)
        assert confirm(scene, Confirm(first, 10 * 60 + 30), Confirm(second)).lines == 2
        assert {(end, validated) for _, end, _, validated in stored(scene)} == {(at(10, 30), True)}

    @pytest.mark.parametrize(
        ("end", "words"), [("09:00", "La fin doit venir après le début"), ("12:30", "La séance finissait à 12:00")]
    )
    def test_an_end_that_cannot_be_is_refused_at_its_line_and_nothing_is_confirmed(
        self, scene, ticket, clock, end, words
    ):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(16, 45))
        minute = int(end[:2]) * 60 + int(end[3:])
        with pytest.raises(Refused, match=words) as refused:
            confirm(scene, Confirm(session.id, minute))
        assert refused.value.field == "lines-0-end"
        assert scene.db.execute(select(TimeValidation)).first() is None
        assert queries.open_session(scene.db, scene.tom.id) is not None

    def test_who_is_at_work_is_not_confirmed(self, scene, ticket):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="travaille encore"):
            confirm(scene, Confirm(session.id))

    def test_what_a_colleague_confirmed_or_took_back_meanwhile_is_told(self, scene, ticket):
        one = make_work_session(scene.db, ticket, scene.tom, minutes=20)
        confirm(scene)
        with pytest.raises(Stale, match="entre-temps"):
            confirm(scene, Confirm(one.id))
        ticket = scene.ticket(ticket.number)
        two = service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=Span(at(8), at(8, 30)), by=scene.by)
        service.reverse_session(scene.db, two, note="x", by=scene.by)
        with pytest.raises(Stale, match="entre-temps"):
            confirm(scene, Confirm(two.id))

    def test_nothing_of_another_day_and_not_nothing(self, scene, ticket, clock):
        session = make_work_session(scene.db, ticket, scene.tom, minutes=20)
        clock.advance(days=1)
        with pytest.raises(Stale):
            confirm(scene, Confirm(session.id))
        with pytest.raises(Refused, match="pas de temps à valider"):
            service.validate_day(scene.db, today(), [], by=scene.by)

    def test_what_is_left_is_shown_on_the_days_after(self, scene, ticket, clock):
        make_work_session(scene.db, ticket, scene.tom, minutes=20)
        yesterday = today()
        clock.advance(days=1)
        assert sheet(scene, mine=False).before_left == [(yesterday, 1)]
        service.validate_day(
            scene.db, yesterday, [Confirm(line.row.id) for line in _of(scene, yesterday).to_confirm], by=scene.by
        )
        assert sheet(scene, mine=False).before_left == []

    def test_time_put_right_after_it_was_confirmed_waits_again(self, scene, ticket):
        session = make_work_session(scene.db, ticket, scene.tom, minutes=20)
        confirm(scene)
        service.correct_session(scene.db, session, span=Span(at(8), at(8, 30)), note="x", by=scene.by)
        assert [line.row.started_at for line in sheet(scene).to_confirm] == [at(8)]


def _of(scene, day):
    return queries.day_sheet(scene.db, day, staff_id=scene.by.staff_id)


class TestPage:
    def test_twenty_six_lines_are_confirmed_with_one_button(self, client, scene, ticket, later):
        for number in range(5):
            span = Span(at(8, 10 * number), at(8, 10 * number + 10))
            service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=span, by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        later(at(16, 45))
        page = client.get("/atelier/temps")
        assert "Valider les 6 lignes" in text_of(page)
        assert "1 fin à relire" in text_of(page)
        place = next(n for n in range(6) if f'name="lines-{n}-end"' in page.text)
        answer = submit(client, page, "/atelier/temps", **{f"lines-{place}-end": "11:15"})
        assert answer.status_code == 303
        assert "6 lignes validées par Karim Benali" in text_of(client.get(answer.headers["location"]))
        assert stored(scene)[-1] == (at(9, 30), at(11, 15), EndCause.MASTER, True)

    def test_a_wrong_end_keeps_what_was_typed_at_its_field(self, client, scene, ticket, later):
        service.start_ticket(scene.db, ticket, by=scene.by)
        later(at(16, 45))
        page = client.get("/atelier/temps")
        answer = submit(client, page, "/atelier/temps", **{"lines-0-end": "25:00"})
        assert answer.status_code == 422
        assert "Cette heure n’existe pas" in errors(answer)["lines-0-end"]
        assert 'value="25:00"' in answer.text
        answer = submit(client, page, "/atelier/temps", **{"lines-0-end": "12:30"})
        assert "La séance finissait" in errors(answer)["lines-0-end"]

    def test_changed_meanwhile_the_page_is_shown_as_it_is_now(self, client, scene, ticket):
        make_work_session(scene.db, ticket, scene.tom, minutes=20)
        page = client.get("/atelier/temps")
        confirm(scene)
        answer = submit(client, page, "/atelier/temps")
        assert answer.status_code == 409
        assert "entre-temps par quelqu’un d’autre" in text_of(answer)
        assert "Votre saisie est gardée" not in text_of(answer)

    def test_changed_meanwhile_an_end_that_was_typed_stays_with_its_time(self, client, scene, ticket, later):
        make_work_session(scene.db, ticket, scene.tom, minutes=20)
        service.start_ticket(scene.db, ticket, by=scene.by)
        first = sheet(scene).lines[0].row.id
        later(at(16, 45))
        page = client.get("/atelier/temps")
        assert 'name="lines-1-end"' in page.text
        service.validate_day(scene.db, at(9).date(), [Confirm(first, None)], by=scene.by)
        answer = submit(client, page, "/atelier/temps", **{"lines-1-end": "10:15"})
        assert answer.status_code == 409
        assert 'value="10:15"' in answer.text

    def test_yesterdays_lines_are_named_today(self, client, scene, ticket, later):
        make_work_session(scene.db, ticket, scene.tom, minutes=20)
        later(at(9, day=25))
        assert "Mar. 24 nov. : 1 ligne" in text_of(client.get("/atelier/temps"))

    def test_who_only_reads_sees_no_button(self, client, scene, ticket, login_as):
        make_work_session(scene.db, ticket, scene.tom, minutes=20)
        login_as(Role.OFFICE)
        page = client.get("/atelier/temps")
        assert page.status_code == 200
        assert "Valider" not in text_of(page)
        assert client.post("/atelier/temps", data={"jour": "2026-11-24"}).status_code == 403

    @pytest.mark.parametrize("query", ["jour=demain", "vue=autre", "jour=2026-13-01"])
    def test_nonsense_in_the_address_is_told(self, client, scene, query):
        assert client.get(f"/atelier/temps?{query}").status_code == 422


class TestHalfDay:
    def enter(self, scene, *lines, half=HalfDay.MORNING):
        """Enter these lines for today."""
        return service.enter_half_day(scene.db, today(), half, lines, by=scene.by)

    def test_quarters_are_laid_one_after_the_other(self, scene, ticket, other, clock):
        clock.set(at(12))
        tom = scene.tom.id
        assert self.enter(scene, Quarters(tom, ticket.number, 6), Quarters(tom, other.number, 2)) == 2
        assert [each[:2] for each in stored(scene)] == [(at(8), at(9, 30)), (at(9, 30), at(10))]

    def test_breaks_and_booked_time_are_stepped_over(self, scene, ticket, clock):
        (scene.db.get(School, 1) or make_school(scene.db)).daily_breaks = "10:00-10:15"
        service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=Span(at(8), at(9)), by=scene.by)
        clock.set(at(12))
        self.enter(scene, Quarters(scene.tom.id, ticket.number, 6, SessionWork.CHECK))
        assert [each[:2] for each in stored(scene)][1:] == [(at(9), at(10)), (at(10, 15), at(10, 45))]
        assert {line.row.kind for line in sheet(scene).lines} == {SessionWork.RUN, SessionWork.CHECK}

    def test_no_more_than_there_was_time_and_nothing_of_it_is_kept(self, scene, ticket, other, clock):
        clock.set(at(12))
        tom = scene.tom.id
        with pytest.raises(Refused, match="Tom n’a que 4\u00a0h\u00a000 de libre") as refused:
            self.enter(scene, Quarters(tom, ticket.number, 10), Quarters(tom, other.number, 7))
        assert refused.value.field == "lines-0-quarters"
        assert stored(scene) == []

    def test_not_in_advance(self, scene, ticket):
        with pytest.raises(Refused, match="Tom n’a que 1\u00a0h\u00a030 de libre"):
            self.enter(scene, Quarters(scene.tom.id, ticket.number, 7))
        with pytest.raises(Refused, match="n’a plus de temps libre"):
            self.enter(scene, Quarters(scene.tom.id, ticket.number, 1), half=HalfDay.AFTERNOON)

    def test_a_line_that_is_refused_is_named_and_the_others_are_not_kept(self, scene, ticket, clock):
        clock.set(at(12))
        scene.attendance(scene.ines, Attendance.ABSENT)
        own = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.tom.id], by=scene.by)
        lines = [Quarters(scene.tom.id, ticket.number, 1), Quarters(scene.ines.id, own.number, 1)]
        with pytest.raises(Refused, match="n’a jamais eu ce bon") as refused:
            self.enter(scene, *lines)
        assert refused.value.field == "lines-1-quarters"
        assert stored(scene) == []

    def test_the_page_lists_pupils_with_their_tickets_and_keeps_what_was_typed(self, client, scene, ticket, later):
        later(at(12))
        page = client.get("/atelier/temps/saisie?demi=matin")
        assert "4 h libres" in text_of(page)
        assert "Sans bon ce jour-là : Inès Haddad" in text_of(page)
        assert submit(client, page, "/saisie", **{"lines-0-quarters": ""}).status_code == 422
        answer = submit(client, page, "/saisie", **{"lines-0-quarters": "99", "lines-0-kind": "setup"})
        assert answer.status_code == 422
        answer = submit(client, page, "/saisie", **{"lines-0-quarters": "6", "lines-0-kind": "setup"})
        assert answer.headers["location"] == "/atelier/temps?jour=2026-11-24"
        assert stored(scene)[0][:2] == (at(8), at(9, 30))
        answer = submit(client, page, "/saisie", **{"lines-0-quarters": "11"})
        assert "Tom n’a que 2\u00a0h\u00a030" in errors(answer)["lines-0-quarters"]

    def test_tickets_handed_back_that_day_count_when_they_were_worked_on(self, scene, ticket, other, clock):
        service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=Span(at(8), at(9)), by=scene.by)
        for each in (ticket, other):
            service.finish_ticket(scene.db, scene.ticket(each.number), counts=(0, 0), by=scene.by)
        old = scene.ticket(other.number)
        old.for_day = today() - timedelta(days=60)  # given long ago, its end written down only now
        scene.db.flush()
        found = queries.half_day_sheet(scene.db, today(), HalfDay.MORNING, staff_id=scene.by.staff_id)
        assert [each.number for _, each in found.lines] == [ticket.number]

    def test_nobody_with_a_ticket_is_said(self, client, scene):
        assert "Aucun bon à pointer" in text_of(client.get("/atelier/temps/saisie?demi=apres-midi"))
        assert client.get("/atelier/temps/saisie?demi=nuit").status_code == 422
