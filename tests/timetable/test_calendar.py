"""The school's calendar."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.core.errors import Refused
from app.core.permissions import Role
from app.pedagogy import queries
from app.pedagogy.models import Closure
from app.timetable import service
from tests.factories import actor_of, make_staff
from tests.support.html import parse, submit


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


class TestClosures:
    def test_a_closure_does_not_overlap_another(self, db, office):
        closure = service.add_closure(
            db, starts_on=date(2026, 12, 19), ends_on=date(2027, 1, 3), label="Noël", by=office
        )
        with pytest.raises(Refused, match="« Noël »"):
            service.add_closure(db, starts_on=date(2027, 1, 3), ends_on=date(2027, 1, 4), label="Pont", by=office)
        with pytest.raises(Refused) as refused:
            service.add_closure(db, starts_on=date(2027, 2, 3), ends_on=date(2027, 2, 2), label="Pont", by=office)
        assert refused.value.field == "ends_on"
        assert queries.closed_days(db, date(2026, 12, 18), date(2026, 12, 19)) == {date(2026, 12, 19): "Noël"}
        service.remove_closure(db, closure, by=office)
        db.flush()
        assert queries.list_closures(db) == []


class TestPages:
    def test_closures(self, client, login_as, db):
        login_as(Role.OFFICE)
        page = client.get("/calendrier")
        assert "Armistice 1918" in parse(page.text).text
        answer = submit(client, page, action="/calendrier", label="Noël", starts_on="19/12/2026", ends_on="01/12/2026")
        assert answer.status_code == 422
        answer = submit(client, answer, action="/calendrier", ends_on="03/01/2027")
        assert answer.status_code == 303
        assert submit(client, client.get("/calendrier"), action="/retrait").status_code == 303
        assert db.scalar(select(func.count()).select_from(Closure)) == 0
        assert client.post("/calendrier/99/retrait").status_code == 404

    def test_a_school_year_at_a_time(self, client, login_as, db):
        login_as(Role.OFFICE)
        answer = client.post("/calendrier", data={"label": "Pont", "starts_on": "26/05/2028", "ends_on": "26/05/2028"})
        assert answer.headers["location"].endswith("/calendrier?annee=2027-2028")
        page = parse(client.get("/calendrier?annee=2027-2028").text)
        assert "Pont" in page.one("main").text
        assert "01/11/2027" in page.text or "1er novembre 2027" in page.text
        assert "Pont" not in parse(client.get("/calendrier").text).one("main").text
        assert "Pont" in client.get("/calendrier/fermetures/export.csv?annee=2027-2028").text
        for odd in ("2027-2029", "9999-10000", "0000-0001", "²027-2028", "x"):
            assert "Calendrier 2026-2027" in client.get(f"/calendrier?annee={odd}").text
