"""Past assignments, with what the gate says of them by the facts on record today."""

from datetime import datetime

import pytest

from app.core.clock import PARIS, now
from app.core.paging import ListRequest
from app.core.permissions import Role
from app.machines.queries import Span
from app.machines.rules import Check
from app.workshop.models import WorkSession
from app.workshop.queries.past import past_answers
from tests.factories import (
    make_job,
    make_operation,
    make_pupil,
    make_session,
    make_ticket,
    make_work_center,
    make_work_session,
)
from tests.machines.scenarios import DAY
from tests.machines.stage import stage
from tests.support.words import text_of

YEAR = Span(DAY.replace(month=9, day=1), DAY)


@pytest.fixture
def opened(db):
    """Noa of 16, a lathe with every paper in order, Karim in the workshop."""
    return stage(db)


def worked(db, opened, when, *, pupil=None, center=None, number="BT-1"):
    """A ticket on which the pupil worked an hour."""
    operation = make_operation(db, make_job(db, operations=0), work_center=center or opened.center)
    ticket = make_ticket(db, operation, pupil=pupil or opened.pupil, master=opened.master, number=number)
    start = datetime(*when, tzinfo=PARIS)
    make_work_session(db, ticket, pupil or opened.pupil, started_at=start, minutes=60)
    return ticket


def asked(**filters):
    return ListRequest(filters=filters)


class TestJudged:
    def test_on_the_day_of_the_first_booked_time(self, db, opened):
        ticket = worked(db, opened, (2026, 9, 14, 9))
        start = datetime(2026, 11, 24, 9, tzinfo=PARIS)
        make_work_session(db, ticket, opened.pupil, started_at=start, minutes=60)
        row = past_answers(db, YEAR, asked()).page.items[0]
        assert row.day.isoformat() == "2026-09-14"
        # The opinion is of the next day, and no session of the class is planned that day.
        assert row.codes == [Check.OPINION, Check.SUPERVISOR]
        assert past_answers(db, Span(DAY, DAY), asked()).total == 0

    def test_what_is_taken_back_was_never_worked(self, db, opened):
        ticket = worked(db, opened, (2026, 11, 24, 9))
        wrong = past_answers(db, YEAR, asked())
        assert (wrong.total, wrong.refused) == (1, 0)
        session = db.query(WorkSession).one()
        db.add(
            WorkSession(
                ticket_id=ticket.id, pupil_id=opened.pupil.id, started_at=session.started_at,
                ended_at=session.ended_at, at=now(), reverses_id=session.id,
            )
        )  # fmt: skip
        db.flush()
        assert past_answers(db, YEAR, asked()).total == 0

    def test_filters_narrow_the_page_and_not_the_count(self, db, opened):
        other, free = make_pupil(db, opened.group, last_name="Zola"), make_work_center(db, code="EBAV")
        worked(db, opened, (2026, 11, 24, 8), number="BT-1")
        worked(db, opened, (2026, 11, 24, 9), pupil=other, number="BT-2")
        worked(db, opened, (2026, 11, 24, 10), pupil=other, center=free, number="BT-3")

        def numbers(**filters):
            found = past_answers(db, YEAR, asked(**filters))
            assert (found.total, found.refused) == (3, 1)
            return [row.number for row in found.page.items]

        assert numbers() == ["BT-3", "BT-2", "BT-1"]
        assert numbers(reponse="refuse") == ["BT-2"]
        assert numbers(reponse="oui") == ["BT-3", "BT-1"]
        assert numbers(code="G07_FORMATION") == ["BT-2"]
        assert numbers(eleve=opened.pupil.code) == ["BT-1"]
        assert numbers(poste="EBAV") == ["BT-3"]
        assert [row.number for row in past_answers(db, YEAR, ListRequest(q="zo")).page.items] == ["BT-3", "BT-2"]
        page = past_answers(db, YEAR, ListRequest(page=2, size=2)).page
        assert ([row.number for row in page.items], page.total, page.first) == (["BT-1"], 3, 3)

    def test_a_pair_is_judged_each(self, db, opened):
        ticket = worked(db, opened, (2026, 11, 24, 8))
        other = make_pupil(db, opened.group)
        start = datetime(2026, 11, 24, 8, tzinfo=PARIS)
        make_work_session(db, ticket, other, started_at=start, minutes=60)
        found = past_answers(db, YEAR, asked())
        assert (found.total, found.refused) == (2, 1)

    def test_any_number_costs_the_same_statements(self, db, opened, query_budget):
        for step in range(6):
            worked(db, opened, (2026, 11, 24, 8 + step), pupil=make_pupil(db, opened.group), number=f"BT-{step}")
        with query_budget(9):
            assert past_answers(db, YEAR, asked()).total == 6


class TestPage:
    def test_this_year_and_those_before(self, client, login_as, db, opened):
        make_session(db, opened.group, on_date=DAY.replace(year=2025))
        worked(db, opened, (2026, 11, 24, 8), number="BT-1")
        worked(db, opened, (2025, 11, 24, 8), number="BT-0")
        login_as(Role.MASTER)
        words = text_of(client.get("/securite/affectations"))
        assert "1 bon travaillé, 0 refusé aujourd’hui." in words
        assert "BT-1" in words
        assert "2025-2026" in words
        before = text_of(client.get("/securite/affectations?annee=2025"))
        assert "BT-0" in before
        assert "BT-1" not in before
        assert "BT-1" in text_of(client.get("/securite/affectations?annee=9999"))
        assert "Karim Benali" in client.get("/securite/affectations/export.csv").text

    def test_empty_says_why(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        assert "Aucun bon travaillé cette année-là" in text_of(client.get("/securite/affectations"))
        worked(db, opened, (2026, 11, 24, 8))
        assert "Aucune affectation ne correspond" in text_of(client.get("/securite/affectations?reponse=refuse"))

    def test_who_may_not_read_papers_does_not(self, client, login_as):
        login_as(Role.TEACHER)
        assert client.get("/securite/affectations").status_code == 403
