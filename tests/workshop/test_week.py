"""The week of the workshop: give and move by half-day, the timetable as its frame, the load of machines."""

from datetime import timedelta

import pytest

from app.core.clock import today
from app.core.permissions import Role
from app.pedagogy.rules import SessionKind
from app.workshop import queries, service
from app.workshop.queries import WeekAsked
from app.workshop.rules import HalfDay
from tests.factories import make_job, make_operation, make_session, make_ticket
from tests.support.html import parse
from tests.workshop.scene import arrange

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
THURSDAY = timedelta(days=2)


@pytest.fixture
def day(db, login_as):
    """Karim is signed in on a Tuesday; his class is at practice that day and on Thursday, in class on Wednesday."""
    scene = arrange(db)
    login_as(scene.master)
    make_session(db, scene.group, staff=scene.master, on_date=today() + THURSDAY)
    make_session(db, scene.group, SessionKind.THEORY, on_date=today() + timedelta(days=1))
    return scene


def give(scene, pupil, **other):
    """A piece of the first operation."""
    return service.give_operation(
        scene.db, scene.operations[0].id, pupil_ids=[pupil.id], quantity=1, by=scene.by, **other
    )


def row_of(client, pupil, query=""):
    """A pupil's row on the page."""
    return parse(client.get(f"/atelier/semaine{query}").text).one("tr", data_pupil=str(pupil.id))


class TestPage:
    def test_tickets_stand_in_their_half_day(self, client, day):
        give(day, day.tom, half=AFTERNOON)
        give(day, day.tom, day=today() + THURSDAY, half=MORNING)
        cells = row_of(client, day.tom).all("td")
        assert [place for place, cell in enumerate(cells) if "Débit" in cell.text] == [3, 6]

    def test_the_timetable_is_the_frame(self, client, day):
        kinds = [cell.attributes["data-kind"] for cell in row_of(client, day.tom).all("td")]
        assert kinds[2:7] == ["practice", "practice", "theory", "none", "practice"]

    def test_weeks_are_walked(self, client, day):
        assert "Semaine 49 de l’atelier" in client.get("/atelier/semaine?semaine=2026-12-01").text
        assert "Semaine 48 de l’atelier" in client.get("/atelier/semaine?semaine=xyz").text
        assert "Pas d’atelier cette semaine" in client.get("/atelier/semaine?semaine=2026-12-01&vue=moi").text

    def test_days_that_are_over_take_little_room_in_the_running_week_alone(self, client, day):
        page = client.get("/atelier/semaine")
        cells = row_of(client, day.tom).all("td")
        assert [place for place, cell in enumerate(cells) if "data-gone" in cell.attributes] == [0, 1]
        assert "lun. 23 nov. matin" not in page.text
        make_session(day.db, day.group, staff=day.master, on_date=today() - timedelta(days=7))
        before = client.get("/atelier/semaine?semaine=2026-11-16").text
        assert "data-gone" not in before

    def test_the_load_of_a_machine_is_told_by_half_day(self, client, day):
        give(day, day.tom, day=today() + THURSDAY, half=MORNING)
        board = queries.week_board(day.db, WeekAsked(today(), day.master.id))
        loads = {one.center.code: one.loads for one in board.machines}
        assert loads["SCIE"][today() + THURSDAY, MORNING].minutes > 0
        assert loads["SCIE"][today(), MORNING].minutes == 0


class TestGesture:
    def test_what_is_in_hand_is_given_for_a_half_day_of_the_week(self, client, day):
        row = row_of(client, day.tom, f"?operation={day.operations[0].id}")
        slots = [button.attributes["value"] for button in row.all("button", name="slot")]
        assert slots == ["2026-11-24/morning", "2026-11-24/afternoon", "2026-11-26/morning"]
        form = row.one("form")
        data = {i.attributes["name"]: i.attributes["value"] for i in form.all("input")} | {"slot": slots[2]}
        answer = client.post(form.attributes["action"], data=data)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/atelier/semaine?semaine=2026-11-23")
        ticket = day.tickets()[0]
        assert (ticket.for_day, ticket.for_half) == (today() + THURSDAY, MORNING)

    def test_a_ticket_moves_to_another_day_in_the_same_hands(self, client, day):
        ticket = give(day, day.tom, half=MORNING)
        data = {"pupil": "E-TOM", "slot": "2026-11-26/morning", "version": str(ticket.version), "semaine": "2026-11-23"}
        assert client.post(f"/atelier/bons/{ticket.number}/affectation", data=data).status_code == 303
        stored = day.ticket(ticket.number)
        assert (stored.for_day, len(stored.assignments)) == (today() + THURSDAY, 1)

    def test_who_was_faster_is_told_on_the_week_and_it_stays_in_hand(self, client, day):
        ticket = give(day, day.tom, half=MORNING)
        data = {"pupil": "E-INES", "slot": "2026-11-26/morning", "version": "1", "semaine": "2026-11-23"}
        answer = client.post(f"/atelier/bons/{ticket.number}/affectation", data=data)
        assert answer.status_code == 409
        assert "par Karim Benali" in answer.text
        assert "Semaine 48 de l’atelier" in answer.text
        assert "en main" in answer.text

    def test_who_only_reads_gets_no_button(self, client, day, login_as):
        login_as(Role.OFFICE)
        assert 'name="slot"' not in client.get(f"/atelier/semaine?operation={day.operations[0].id}").text


def test_it_costs_the_same_whatever_there_is(client, day, record_queries, db):
    ticket = give(day, day.tom, half=MORNING)

    def counts():
        found = []
        for path in ("/atelier/semaine", f"/atelier/semaine?bon={ticket.number}"):
            with record_queries() as statements:
                assert client.get(path).status_code == 200
            found.append(len(statements))
        return found

    before = counts()
    for place in range(10):
        make_ticket(db, make_operation(db, make_job(db, operations=0)), pupil=day.pupil(f"Élève{place}"))
    assert counts() == before
    assert before[0] <= 14
