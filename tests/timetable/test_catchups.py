"""Missed lessons: what is owed, which session makes up for it, and what cannot."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core.clock import today
from app.core.errors import Refused
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable import queries, service
from app.timetable.rules.catchups import NOT_MISSED, Missed, is_missed, why_not_catch_up
from tests.factories import actor_of, make_group, make_session, make_staff, make_subject
from tests.support.html import errors, parse, submit

MONDAY = date(2026, 11, 30)


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


@pytest.fixture
def missed(db):
    """Two hours of French that fell out last Monday."""
    group, teacher = make_group(db, label="CAP1"), make_staff(db, Role.TEACHER)
    subject = make_subject(db, group.diploma, SessionKind.THEORY, label="Français")
    return make_session(
        db, group, SessionKind.THEORY, staff=teacher, subject=subject, on_date=today() - timedelta(days=1),
        start_minute=480, end_minute=600, state=SessionState.CANCELLED, cancel_reason="Professeur malade",
    )  # fmt: skip


def values(missed, **changes):
    return {
        "group": missed.group.code, "on_date": MONDAY, "start": 480, "end": 600, "subject": missed.subject.code,
        "kind": None, "staff": missed.staff.code, "room": None, "catches_up": missed.id,
    } | changes  # fmt: skip


def make_up(db, by, missed, **changes):
    made = service.create_session(db, plan=service.plan_session(db, values=values(missed, **changes)), by=by)
    db.flush()
    return made


def owed(db, missed):
    return [(one.id, one.left) for one in queries.missed_sessions(db, missed.group_id, today())]


class TestRules:
    @pytest.mark.parametrize("words", NOT_MISSED)
    def test_what_the_plan_itself_took_out_was_not_missed(self, words):
        assert not is_missed(SessionState.CANCELLED, f"{words} au 30/11/2026")

    def test_a_cancelled_one_was(self):
        assert is_missed(SessionState.CANCELLED, "Professeur malade")
        assert is_missed(SessionState.CANCELLED, None)
        assert not is_missed(SessionState.PLANNED, None)

    def test_each_reason_against(self, db, missed):
        plan = service.plan_session(db, values=values(missed))
        owed = queries.find_missed(db, missed.id)
        assert why_not_catch_up(owed, plan) is None
        against = [
            (None, plan, "n’existe pas"), (replace(owed, state=SessionState.PLANNED), plan, "pas à rattraper"),
            (replace(owed, group_id=0), plan, "autre groupe"), (replace(owed, subject_id=0), plan, "« Français »"),
            (owed, replace(plan, on_date=date(2027, 9, 6)), "autre année"), (replace(owed, caught=120), plan, "déjà"),
        ]  # fmt: skip
        for one, wanted, words in against:
            assert words in (why_not_catch_up(one, wanted) or "").replace("\u00a0", " ")

    def test_half_of_it_stays_owed(self):
        day = date(2026, 11, 23)
        one = Missed(1, 1, day, 480, 600, 1, "Français", "ROY", "Paul Roy", SessionState.CANCELLED, "", caught=60)
        assert (one.left, one.label) == (60, "23/11/2026 à 08:00, Français, Paul Roy")


class TestMakingUp:
    def test_one_session_settles_it_and_the_journal_says_so(self, db, office, missed):
        assert owed(db, missed) == [(missed.id, 120)]
        made = make_up(db, office, missed)
        assert owed(db, missed) == []
        assert history(db, "timetable_session", made.id)[0].note == "Rattrape : Séance du 23/11/2026"

    def test_two_short_ones_do_as_well_and_a_third_is_refused(self, db, office, missed):
        make_up(db, office, missed, end=540)
        assert owed(db, missed) == [(missed.id, 60)]
        make_up(db, office, missed, start=540)
        with pytest.raises(Refused, match="déjà rattrapée") as refused:
            make_up(db, office, missed, start=660, end=720)
        assert refused.value.field == "catches_up"

    def test_cancelled_itself_the_first_is_owed_again_and_only_that(self, db, office, missed):
        made = make_up(db, office, missed)
        service.cancel_session(db, made, reason="Encore malade", seen_version=None, by=office)
        db.flush()
        assert owed(db, missed) == [(missed.id, 120)]

    def test_moved_it_still_makes_up(self, db, office, missed):
        made = make_up(db, office, missed)
        moved = service.move_session(
            db, made, on_date=MONDAY + timedelta(days=1), start=600, seen_version=made.version, by=office
        )
        db.flush()
        assert moved.id != made.id
        assert owed(db, missed) == []
        assert queries.links_around(db, missed.id)[1] == [
            queries.Link(moved.id, MONDAY + timedelta(days=1), 600, 720, planned=True)
        ]

    def test_taken_back_it_is_an_ordinary_session(self, db, office, missed):
        made = make_up(db, office, missed)
        plan = service.plan_session(db, values=values(missed, catches_up=None))
        service.change_session(db, made, plan=plan, seen_version=made.version, by=office)
        db.flush()
        assert owed(db, missed) == [(missed.id, 120)]
        changes = history(db, "timetable_session", made.id)[0].changes
        assert ("Rattrape", "Séance du 23/11/2026", "–") in changes

    def test_the_missed_one_itself_comes_back_without_a_link(self, db, office, missed):
        missed.on_date = MONDAY
        db.flush()
        back = make_up(db, office, missed, catches_up=None)
        assert (back.id, back.state) == (missed.id, SessionState.PLANNED)
        with pytest.raises(Refused, match="pas à rattraper"):
            make_up(db, office, missed, start=660, end=720)


class TestDoors:
    def test_from_the_missed_session_to_the_one_that_makes_up(self, client, db, login_as, missed):
        login_as(Role.OFFICE)
        shown = client.get(f"/semaine/seances/{missed.id}")
        assert "Rattraper cette séance" in shown.text
        form = client.get(f"/semaine/seances/nouvelle?rattrape={missed.id}")
        assert parse(form.text).one("option", value=str(missed.id), selected="").text.startswith("23/11/2026 à 08:00")
        answer = submit(client, form, action="/semaine/seances", on_date="30/11/2026")
        assert answer.status_code == 303
        again = client.get(f"/semaine/seances/{missed.id}")
        assert "Rattraper cette séance" not in again.text
        assert "Rattrapée par" in again.text
        made = queries.links_around(db, missed.id)[1][0]
        assert "Rattrape" in client.get(f"/semaine/seances/{made.id}").text
        assert client.get("/semaine/seances/nouvelle?rattrape=999999").status_code == 404

    def test_another_subject_is_refused_at_the_field(self, client, db, login_as, missed):
        login_as(Role.OFFICE)
        other = make_subject(db, missed.group.diploma, SessionKind.THEORY, label="Anglais")
        form = client.get(f"/semaine/seances/nouvelle?rattrape={missed.id}")
        answer = submit(client, form, action="/semaine/seances", on_date="30/11/2026", subject=other.code)
        assert answer.status_code == 422
        assert "gardez cette matière" in errors(answer)["catches_up"]

    def test_by_json(self, client, db, bearer, missed):
        headers = bearer(Role.OFFICE)
        body = {
            "group": missed.group.code, "on_date": "2026-11-30", "start": "08:00", "end": "10:00",
            "subject": missed.subject.code, "staff": missed.staff.code, "catches_up": missed.id,
        }  # fmt: skip
        made = client.post("/api/v1/sessions", json=body, headers=headers)
        assert (made.status_code, made.json()["catches_up"]) == (201, missed.id)
        listed = client.get("/api/v1/sessions?from=2026-11-23&to=2026-11-30", headers=headers).json()["items"]
        assert [one["catches_up"] for one in listed] == [None, missed.id]
        again = client.post("/api/v1/sessions", json=body | {"start": "10:00", "end": "11:00"}, headers=headers)
        assert (again.status_code, set(again.json()["errors"])) == (422, {"catches_up"})
