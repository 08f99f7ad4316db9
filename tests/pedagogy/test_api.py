"""The JSON door: exact shapes, the school's codes, errors by field, versions, keys that repeat safely."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import today
from app.core.permissions import Role
from app.pedagogy.models import Pupil, RollCallEvent
from app.pedagogy.rules import Attendance, SessionKind, SessionState
from tests.factories import (
    make_attendance,
    make_group,
    make_membership,
    make_pupil,
    make_session,
    make_staff,
)

SHARE = "/api/v1/reports/practice-share"


@pytest.fixture
def group(db):
    return make_group(db, code="CAP1")


class TestPracticeShare:
    def test_the_shape_and_the_figures(self, client, bearer, db, group):
        one, two = make_pupil(db, group, code="E1", last_name="A"), make_pupil(db, group, code="E2", last_name="B")
        practice = make_session(db, group)
        theory = make_session(db, group, SessionKind.THEORY, start_minute=780, end_minute=900)
        make_session(db, group, SessionKind.THEORY, on_date=date(2026, 11, 23))
        gone = make_session(db, group, SessionKind.THEORY, on_date=date(2026, 11, 20))
        gone.state = SessionState.CANCELLED
        make_attendance(db, practice, one)
        make_attendance(db, theory, one, Attendance.LATE, minutes_late=20)
        make_attendance(db, practice, two, Attendance.ABSENT)
        answer = client.get(f"{SHARE}?from=&to=&group=", headers=bearer(Role.TEACHER))
        assert answer.status_code == 200
        assert answer.json() == {
            "groups": [{"group": "CAP1", "practice_minutes": 240, "theory_minutes": 100, "share": 0.7059}],
            "pupils": [
                {"pupil": "E1", "group": "CAP1", "practice_minutes": 240, "theory_minutes": 100, "share": 0.7059},
                {"pupil": "E2", "group": "CAP1", "practice_minutes": 0, "theory_minutes": 0, "share": None},
            ],
            "sessions_without_call": 1,
        }

    def test_a_group_keeps_its_sessions_and_those_who_belonged_in_the_period(self, client, bearer, db, group):
        old = make_group(db, code="OLD", school_year="2025-2026")
        moved = make_pupil(db, group, code="E1", entered_on=date(2026, 9, 1))
        make_membership(db, moved, old, starts_on=date(2025, 9, 1), ends_on=date(2026, 7, 3))
        make_pupil(db, group, code="E2", last_name="Z")
        make_attendance(db, make_session(db, old, on_date=date(2026, 3, 2)), moved)
        make_attendance(db, make_session(db, group, SessionKind.THEORY), moved)
        headers = bearer(Role.DIRECTOR)
        everything = client.get(SHARE, headers=headers).json()
        assert everything["pupils"][0] == {
            "pupil": "E1", "group": "CAP1", "practice_minutes": 240, "theory_minutes": 240, "share": 0.5
        }  # fmt: skip
        of_old = client.get(f"{SHARE}?group=OLD", headers=headers).json()
        assert [row["group"] for row in of_old["groups"]] == ["OLD"]
        assert of_old["pupils"] == [
            {"pupil": "E1", "group": "OLD", "practice_minutes": 240, "theory_minutes": 0, "share": 1.0}
        ]
        after = client.get(f"{SHARE}?group=OLD&from=2026-07-04", headers=headers).json()
        assert after["pupils"] == []
        assert after["groups"][0]["share"] is None

    def test_both_ends_of_the_period_are_included(self, client, bearer, db, group):
        pupil = make_pupil(db, group)
        for day in (date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)):
            make_attendance(db, make_session(db, group, on_date=day), pupil)
        answer = client.get(f"{SHARE}?from=2026-11-02&to=2026-11-03", headers=bearer(Role.OFFICE)).json()
        assert answer["pupils"][0]["practice_minutes"] == 480

    @pytest.mark.parametrize(
        ("query", "field"),
        [("from=2026-11-03&to=2026-11-02", "to"), ("from=32/13/2026", "from"), ("group=NUL", "group"), ("x=1", "x")],
    )
    def test_a_query_that_makes_no_sense(self, client, bearer, query, field):
        answer = client.get(f"{SHARE}?{query}", headers=bearer(Role.OFFICE))
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()["errors"]) == {field}


class TestPupils:
    def test_create_read_change_move(self, client, bearer, db, group):
        headers = bearer(Role.OFFICE)
        body = {
            "code": "E100", "first_name": "Inès", "last_name": "Haddad", "born_on": "2010-05-04", "group": "CAP1",
            "entered_on": "2026-09-01", "guardian_email": "Famille@Exemple.fr",
        }  # fmt: skip
        answer = client.post("/api/v1/pupils", json=body, headers=headers | {"Idempotency-Key": "k1"})
        assert (answer.status_code, answer.headers["location"]) == (201, "/api/v1/pupils/E100")
        again = client.post("/api/v1/pupils", json=body, headers=headers | {"Idempotency-Key": "k1"})
        assert (again.status_code, again.json()) == (201, answer.json())
        assert db.scalar(select(func.count()).select_from(Pupil)) == 1
        assert [one["email"] for one in answer.json()["guardians"]] == ["famille@exemple.fr"]
        changed = client.patch("/api/v1/pupils/E100", json={"last_name": "Haddad-Roux", "version": 1}, headers=headers)
        assert (changed.json()["last_name"], changed.json()["first_name"]) == ("Haddad-Roux", "Inès")
        stale = client.patch("/api/v1/pupils/E100", json={"last_name": "Autre", "version": 1}, headers=headers)
        assert stale.status_code == 409
        assert stale.json()["changes"] == [{"field": "Nom", "yours": "Autre", "stored": "Haddad-Roux"}]
        make_group(db, code="CAP2")
        moved = client.post(
            "/api/v1/pupils/E100/moves", json={"group": "CAP2", "on_date": "2026-11-24", "version": 2}, headers=headers
        )
        assert moved.status_code == 201
        assert [stay["group"] for stay in moved.json()["memberships"]] == ["CAP2", "CAP1"]
        assert client.get("/api/v1/pupils/E100", headers=headers).json() == moved.json()

    def test_the_list_is_paged_and_filtered(self, client, bearer, db, group):
        for name in ("Aubry", "Belkacem", "Colin"):
            make_pupil(db, group, last_name=name)
        make_pupil(db, make_group(db))
        headers = bearer(Role.TEACHER)
        first = client.get("/api/v1/pupils?group=CAP1&size=2", headers=headers).json()
        assert ([row["last_name"] for row in first["items"]], first["total"]) == (["Aubry", "Belkacem"], 3)
        assert client.get("/api/v1/pupils?q=colin", headers=headers).json()["total"] == 1
        assert client.get("/api/v1/pupils?size=0", headers=headers).status_code == 422

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"last_name": ""}, "last_name"), ({"born_on": "2010-02-30"}, "born_on"), ({"age": 3}, "age"),
            ({"first_name": None}, "first_name"), ({"email": "pas-une-adresse"}, "email"),
        ],
    )  # fmt: skip
    def test_wrong_fields(self, client, bearer, db, group, body, field):
        make_pupil(db, group, code="E1")
        answer = client.patch("/api/v1/pupils/E1", json=body, headers=bearer(Role.OFFICE))
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == {field}

    def test_a_rule_is_a_conflict_at_its_field(self, client, bearer, db, group):
        make_pupil(db, group, code="E1")
        answer = client.patch("/api/v1/pupils/E1", json={"born_on": "2026-09-02"}, headers=bearer(Role.OFFICE))
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {"born_on"})

    def test_who_may_not_and_what_is_not(self, client, bearer):
        assert client.get("/api/v1/pupils").status_code == 401
        headers = bearer(Role.TEACHER)
        assert client.post("/api/v1/pupils", json={}, headers=headers).status_code == 403
        assert client.get("/api/v1/pupils/NUL", headers=headers).status_code == 404


class TestGroups:
    def test_create_list_change(self, client, bearer, db, group):
        headers = bearer(Role.OFFICE)
        body = {"code": "CAP2", "label": "CAP2", "diploma": group.diploma.code, "school_year": "2026-2027"}
        created = client.post("/api/v1/groups", json=body, headers=headers)
        assert (created.status_code, created.json()) == (201, body | {"version": 1})
        changed = client.patch("/api/v1/groups/CAP2", json={"label": "CAP usinage", "version": 1}, headers=headers)
        assert changed.json() == body | {"label": "CAP usinage", "version": 2}
        listed = client.get("/api/v1/groups", headers=headers).json()["items"]
        assert [row["code"] for row in listed] == ["CAP1", "CAP2"]
        assert client.get("/api/v1/groups/CAP2", headers=headers).json() == changed.json()
        wrong = client.patch("/api/v1/groups/CAP2", json={"school_year": "2026-2029"}, headers=headers)
        assert set(wrong.json()["errors"]) == {"school_year"}


class TestRollCallAndLog:
    @pytest.fixture
    def lesson(self, db, group):
        teacher = make_staff(db, Role.TEACHER)
        make_pupil(db, group, code="E1", last_name="A")
        make_pupil(db, group, code="E2", last_name="B")
        session = make_session(db, group, SessionKind.THEORY, staff=teacher, end_minute=600)
        return f"/api/v1/sessions/{session.id}", teacher

    def test_a_roll_is_called_read_and_corrected(self, client, bearer, lesson):
        where, teacher = lesson
        headers = bearer(teacher)
        empty = client.get(f"{where}/roll-call", headers=headers).json()
        assert (empty["called"], empty["version"], [one["status"] for one in empty["statements"]]) == (
            False, 1, [None, None],
        )  # fmt: skip
        said = [{"pupil": "E1", "status": "present"}, {"pupil": "E2", "status": "late", "minutes_late": 17}]
        called = client.put(f"{where}/roll-call", json={"statements": said}, headers=headers)
        assert called.status_code == 200
        assert (called.json()["called"], called.json()["version"]) == (True, 3)
        assert client.put(f"{where}/roll-call", json={"statements": said}, headers=headers).json() == called.json()
        absent = {"statements": [{"pupil": "E1", "status": "absent"}]}
        stale = client.put(f"{where}/roll-call", json=absent, headers=headers)
        assert stale.status_code == 409
        assert [one["yours"] for one in stale.json()["changes"]] == ["Absent"]
        right = client.put(f"{where}/roll-call", json=absent | {"version": 3}, headers=headers).json()
        assert [one["status"] for one in right["statements"]] == ["absent", "late"]

    @pytest.mark.parametrize(
        ("statements", "status", "field"),
        [
            ([], 422, "statements"), ([{"pupil": "E1", "status": "malade"}], 422, "statements-0-status"),
            ([{"pupil": "E1", "status": "late", "minutes_late": -1}], 422, "statements-0-minutes_late"),
            ([{"pupil": "E1", "status": "late", "minutes_late": 121}], 422, "statements-0-minutes_late"),
            ([{"pupil": "E1", "status": "absent", "minutes_late": 5}], 422, "statements-0-minutes_late"),
            ([{"pupil": "E1", "status": "present", "minutes_early": 121}], 422, "statements-0-minutes_early"),
            ([{"pupil": "E1", "status": "absent", "minutes_early": 5}], 422, "statements-0-minutes_early"),
            ([{"pupil": "E9", "status": "present"}], 422, "statements-0-pupil"),
        ],
    )  # fmt: skip
    def test_a_wrong_roll_stores_nothing(self, client, bearer, db, lesson, statements, status, field):
        where, teacher = lesson
        answer = client.put(f"{where}/roll-call", json={"statements": statements}, headers=bearer(teacher))
        assert (answer.status_code, set(answer.json()["errors"])) == (status, {field})
        assert db.scalar(select(func.count()).select_from(RollCallEvent)) == 0

    def test_a_lesson_is_logged(self, client, bearer, lesson):
        where, teacher = lesson
        headers = bearer(teacher)
        logged = client.put(f"{where}/log", json={"content": "Lecture"}, headers=headers)
        wanted = {"content": "Lecture", "homework": None, "taught_minutes": 120, "version": 2}
        assert wanted.items() <= logged.json().items()
        assert client.put(f"{where}/log", json={"content": "Dictée"}, headers=headers).status_code == 409
        again = client.put(f"{where}/log", json={"content": "Dictée", "version": 2}, headers=headers)
        assert client.get(f"{where}/log", headers=headers).json() == again.json()
        wrong = client.put(f"{where}/log", json={"content": "", "version": 3}, headers=headers)
        assert (wrong.status_code, set(wrong.json()["errors"])) == (422, {"content"})
        assert client.put(f"{where}/log", json={"content": "X"}, headers=bearer(Role.MASTER)).status_code == 403

    def test_not_tomorrow(self, client, bearer, db, group):
        make_pupil(db, group, code="E1")
        session = make_session(db, group, on_date=today() + timedelta(days=1))
        body = {"statements": [{"pupil": "E1", "status": "present"}]}
        answer = client.put(f"/api/v1/sessions/{session.id}/roll-call", json=body, headers=bearer(Role.MASTER))
        assert answer.status_code == 409
        assert client.get("/api/v1/sessions/999/roll-call", headers=bearer(Role.MASTER)).status_code == 404
