"""Closures, periods, rooms and the pattern as JSON: read, written, refused as on the pages."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.pedagogy.models import Closure, TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable.models import ActivityPeriod, Room, TimetableRule
from tests.factories import make_attendance, make_group, make_pupil, make_session, make_staff, make_subject
from tests.factories.timetable import make_activity, make_room

V1 = "/api/v1"
READS = ("/closures", "/activity-periods", "/rooms", "/timetable-rules")


@pytest.fixture
def group(db):
    return make_group(db, code="CAP1", label="CAP1 usinage")


@pytest.fixture
def headers(bearer):
    return bearer(Role.OFFICE)


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def wrong(answer):
    return answer.status_code, set(answer.json().get("errors", {}))


def line(db, group, **other):
    subject = make_subject(db, group.diploma, SessionKind.THEORY)
    return {
        "group": group.code, "weekday": 0, "start": "08:00", "end": "10:00", "subject": subject.code,
        "staff": make_staff(db, Role.TEACHER).code, "room": "Salle 2", "starts_on": "2026-11-30",
        "ends_on": "2026-12-20",
    } | other  # fmt: skip


class TestWhoMay:
    @pytest.mark.parametrize("path", READS)
    def test_nobody_is_401_a_reader_reads_and_does_not_write(self, client, bearer, group, path):
        assert client.get(V1 + path).status_code == 401
        teacher = bearer(Role.TEACHER)
        assert client.get(V1 + path, headers=teacher).json() == {"items": []}
        assert client.post(V1 + path, json={}, headers=teacher).status_code == 403
        assert client.get(f"{V1}{path}/999", headers=teacher).status_code == 404

    @pytest.mark.parametrize("path", READS)
    def test_many_rows_need_no_more_statements(self, client, db, headers, group, query_budget, path):
        for n in range(12):
            db.add(Closure(starts_on=date(2027, 1, 1 + n), ends_on=date(2027, 1, 1 + n), label=f"Pont {n}"))
            make_room(db)
            pupil = make_pupil(db, make_group(db))
            make_activity(db, pupil_id=pupil.id)
            client.post(f"{V1}/timetable-rules", json=line(db, pupil.group, room=None, ends_on="2026-12-06"),
                        headers=headers)  # fmt: skip
        with query_budget(6):
            assert len(client.get(V1 + path, headers=headers).json()["items"]) == 12


class TestClosures:
    BODY = {"label": "Neige", "starts_on": "2026-11-30", "ends_on": "2026-12-01"}  # noqa: RUF012

    def test_added_shown_withdrawn(self, client, db, headers, group):
        session = make_session(db, group, on_date=date(2026, 11, 30))
        made = client.post(f"{V1}/closures", json=self.BODY, headers=headers)
        assert made.status_code == 201
        where = made.headers["location"]
        assert client.get(where, headers=headers).json() == made.json()
        db.expire_all()
        assert session.state == SessionState.CANCELLED
        assert client.delete(where, headers=headers).json() == {"stays": []}
        db.expire_all()
        assert session.state == SessionState.PLANNED
        assert client.delete(where, headers=headers).status_code == 404

    def test_refused_at_its_field_and_on_another_preview(self, client, db, headers, group):
        session = make_session(db, group)
        make_attendance(db, session, make_pupil(db, group))
        held = self.BODY | {"starts_on": "2026-11-24", "ends_on": "2026-11-24"}
        answer = client.post(f"{V1}/closures", json=held, headers=headers)
        assert wrong(answer) == (422, {"starts_on"})
        assert session.subject.label in answer.json()["errors"]["starts_on"]
        answer = client.post(f"{V1}/closures", json=self.BODY | {"ends_on": "2026-11-01"}, headers=headers)
        assert wrong(answer) == (422, {"ends_on"})
        answer = client.post(f"{V1}/closures", json=self.BODY | {"seen": "autre"}, headers=headers)
        assert answer.status_code == 409
        assert count(db, Closure) == 0


class TestPeriods:
    BODY = {  # noqa: RUF012
        "kind": "placement", "label": "Stage", "group": "CAP1", "starts_on": "2026-12-07", "ends_on": "2026-12-11",
        "minutes_per_day": 420,
    }  # fmt: skip

    def test_added_changed_removed(self, client, db, headers, group):
        made = client.post(f"{V1}/activity-periods", json=self.BODY, headers=headers)
        where = made.headers["location"]
        assert (made.status_code, made.json()["group"], made.json()["pupil"]) == (201, "CAP1", None)
        change = {k: v for k, v in self.BODY.items() if k != "group"} | {"minutes_per_day": 360, "version": 1}
        changed = client.put(where, json=change, headers=headers)
        assert (changed.json()["minutes_per_day"], changed.json()["version"]) == (360, 2)
        assert client.get(where, headers=headers).json() == changed.json()
        stale = client.put(where, json=change | {"minutes_per_day": 300}, headers=headers)
        assert stale.status_code == 409
        assert "Minutes par jour" in stale.text
        assert client.get(f"{V1}/activity-periods?kind=exam", headers=headers).json() == {"items": []}
        assert client.delete(where, headers=headers).status_code == 204
        assert client.delete(where, headers=headers).status_code == 404

    @pytest.mark.parametrize(
        ("other", "field"),
        [
            ({"group": "NUL"}, "group"), ({"pupil": "E1"}, "group"), ({"kind": "vacances"}, "kind"),
            ({"ends_on": "2026-12-01"}, "ends_on"), ({"minutes_per_day": 9999}, "minutes_per_day"),
            ({"starts_on": "hier"}, "starts_on"),
        ],
    )  # fmt: skip
    def test_wrong_fields(self, client, db, headers, group, other, field):
        answer = client.post(f"{V1}/activity-periods", json=self.BODY | other, headers=headers)
        assert wrong(answer) == (422, {field})
        assert count(db, ActivityPeriod) == 0


class TestRooms:
    def test_added_changed_removed(self, client, db, headers):
        made = client.post(f"{V1}/rooms", json={"name": "Salle 1", "capacity": 12}, headers=headers)
        where = made.headers["location"]
        assert client.get(where, headers=headers).json() == made.json()
        assert wrong(client.post(f"{V1}/rooms", json={"name": "Salle 1"}, headers=headers)) == (422, {"name"})
        assert wrong(client.put(where, json={"capacity": 0}, headers=headers)) == (422, {"capacity"})
        assert client.put(where, json={"capacity": 14, "version": 1}, headers=headers).json()["capacity"] == 14
        assert client.put(where, json={"capacity": 15, "version": 1}, headers=headers).status_code == 409
        assert client.delete(where, headers=headers).status_code == 204
        assert count(db, Room) == 0


class TestRules:
    def test_added_changed_from_a_day_on_and_ended(self, client, db, headers, group):
        body = line(db, group)
        made = client.post(f"{V1}/timetable-rules", json=body, headers=headers)
        assert (made.status_code, made.json()["sessions"]) == (201, {"created": 3})
        where = made.headers["location"]
        assert client.get(where, headers=headers).json() == made.json()["rule"]
        listed = client.get(f"{V1}/timetable-rules?group=CAP1", headers=headers).json()
        assert listed["items"] == [made.json()["rule"]]
        change = {k: v for k, v in body.items() if k != "group"}
        change |= {"room": "Salle 9", "starts_on": "2026-12-07", "version": 1}
        changed = client.put(where, json=change, headers=headers).json()
        assert (changed["sessions"], changed["rule"]["follows"]) == ({"changed": 2}, made.json()["rule"]["id"])
        assert client.put(where, json=change, headers=headers).status_code == 409
        last = f"{V1}/timetable-rules/{changed['rule']['id']}/end"
        ended = client.post(last, json={"ends_on": "2026-12-07", "version": 1}, headers=headers).json()
        assert (ended["sessions"], ended["rule"]["ends_on"]) == ({"cancelled": 1}, "2026-12-07")
        assert wrong(client.post(last, json={"ends_on": "2027-12-07"}, headers=headers)) == (422, {"ends_on"})
        assert client.post(f"{V1}/timetable-rules/999/end", json={"ends_on": "2026-12-07"}, headers=headers
                           ).status_code == 404  # fmt: skip

    @pytest.mark.parametrize(
        ("other", "field"),
        [
            ({"group": "NUL"}, "group"), ({"weekday": 7}, "weekday"), ({"end": "07:00"}, "end"),
            ({"weeks": "c"}, "weeks"), ({"subject": "NUL"}, "subject"), ({"staff": "NUL"}, "staff"),
            ({"ends_on": "2026-11-01"}, "ends_on"),
        ],
    )  # fmt: skip
    def test_wrong_fields(self, client, db, headers, group, other, field):
        answer = client.post(f"{V1}/timetable-rules", json=line(db, group) | other, headers=headers)
        assert wrong(answer) == (422, {field})
        assert (count(db, TimetableRule), count(db, TimetableSession)) == (0, 0)

    def test_an_unknown_group_is_not_listed(self, client, headers):
        assert client.get(f"{V1}/timetable-rules?group=NUL", headers=headers).status_code == 404

    def test_a_change_that_clashes_is_refused_whole(self, client, db, headers, group):
        body = line(db, group)
        where = client.post(f"{V1}/timetable-rules", json=body, headers=headers).headers["location"]
        make_session(db, group, on_date=date(2026, 11, 30) + timedelta(days=7), start_minute=600, end_minute=660)
        change = {k: v for k, v in body.items() if k != "group"} | {"end": "11:00"}
        assert wrong(client.put(where, json=change, headers=headers)) == (422, {"start"})
