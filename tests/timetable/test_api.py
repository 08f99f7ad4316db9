"""The JSON door to the timetable."""

import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind
from tests.factories import make_group, make_staff, make_subject


@pytest.fixture
def group(db):
    return make_group(db, code="CAP1")


class TestSessions:
    def body(self, db, group, **changes):
        subject = make_subject(db, group.diploma, SessionKind.THEORY)
        return {
            "group": group.code, "on_date": "2026-11-30", "start": "08:00", "end": "10:00", "subject": subject.code,
            "staff": make_staff(db, Role.TEACHER).code, "room": "Salle 2",
        } | changes  # fmt: skip

    def test_create_list_change_cancel(self, client, bearer, db, group):
        headers = bearer(Role.OFFICE)
        body = self.body(db, group)
        created = client.post("/api/v1/sessions", json=body, headers=headers)
        assert created.status_code == 201
        where = created.headers["location"]
        wanted = {
            "start": "08:00", "end": "10:00", "kind": "theory", "state": "planned", "called": False, "logged": False,
        }  # fmt: skip
        assert wanted.items() <= created.json().items()
        assert client.get(where, headers=headers).json() == created.json()
        clash = client.post("/api/v1/sessions", json=body | {"start": "09:00", "end": "11:00"}, headers=headers)
        assert (clash.status_code, set(clash.json()["errors"])) == (422, {"start"})
        changed = client.put(where, json=body | {"room": "Salle 3", "version": 1}, headers=headers)
        assert changed.json()["room"] == "Salle 3"
        listed = client.get("/api/v1/sessions?from=2026-11-30&to=2026-11-30&group=CAP1", headers=headers).json()
        assert (listed["total"], listed["items"]) == (1, [changed.json()])
        gone = client.post(f"{where}/cancellation", json={"reason": "Malade", "version": 2}, headers=headers)
        assert (gone.json()["state"], gone.json()["cancel_reason"]) == ("cancelled", "Malade")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"start": "8 heures"}, "start"),
            ({"end": "07:00"}, "end"),
            ({"kind": "stage"}, "kind"),
            ({"room": 3}, "room"),
        ],
    )
    def test_wrong_fields(self, client, bearer, db, group, changes, field):
        answer = client.post("/api/v1/sessions", json=self.body(db, group, **changes), headers=bearer(Role.OFFICE))
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {field})
        assert db.scalar(select(func.count()).select_from(TimetableSession)) == 0

    def test_a_period_the_wrong_way_round(self, client, bearer):
        answer = client.get("/api/v1/sessions?from=2026-11-30&to=2026-11-01", headers=bearer(Role.OFFICE))
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {"to"})
