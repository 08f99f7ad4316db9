"""`GET /gate`: the scenarios of the law once more, as another program would ask; and what is kept of a refusal."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.permissions import Role
from app.machines.models import GateDecision
from app.machines.rules import Check, replay
from tests.factories import make_clearance, make_setting, make_ticket, make_work_center, open_machine
from tests.machines.scenarios import DAY, SCENARIOS
from tests.machines.stage import stage
from tests.workshop.scene import arrange


@pytest.fixture
def headers(bearer):
    return bearer(Role.MASTER)


@pytest.fixture
def ask(client, headers):
    def ask(pupil, work_center, on=DAY):
        query = {"pupil": pupil, "work_center": work_center} | ({"on": str(on)} if on else {})
        return client.get("/api/v1/gate", params=query, headers=headers)

    return ask


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario_through_the_interface(db, ask, scenario):
    opened = stage(db, scenario)
    answer = ask(opened.pupil.code, opened.center.code)
    assert answer.status_code == 200
    body = answer.json()
    assert body["codes"] == list(scenario.codes)
    assert body["allowed"] == (not scenario.codes)
    failing = [one["code"] for one in body["checks"] if not one["ok"] and one["severity"] == "blocking"]
    assert failing == body["codes"]


def test_each_check_comes_with_its_article_and_its_reason(db, ask):
    opened = stage(db)
    checks = ask(opened.pupil.code, opened.center.code).json()["checks"]
    assert [set(one) for one in checks] == [{"code", "ok", "severity", "article", "reason"}] * len(checks)
    assert [one["code"] for one in checks] == sorted(one["code"] for one in checks)
    found = {one["code"]: one for one in checks}
    assert found["G09_AVIS_MEDICAL"]["article"] == "R4153-40 5°"
    assert found["G09_AVIS_MEDICAL"]["reason"] == "Avis médical du 15/09/2026, valable jusqu’au 14/09/2027."


def test_a_new_school_has_its_own_rules_among_the_checks_and_never_in_the_codes(db, ask):
    opened = stage(db)
    found = {one["code"]: one for one in ask(opened.pupil.code, opened.center.code).json()["checks"]}
    assert (found["G14_DUREE"]["ok"], found["G14_DUREE"]["severity"]) == (True, "warning")
    assert (found["G16_HABILITATION_INTERNE"]["ok"], found["G16_HABILITATION_INTERNE"]["severity"]) == (
        False, "warning",
    )  # fmt: skip
    bench = make_work_center(db)
    free = {one["code"]: one["ok"] for one in ask(opened.pupil.code, bench.code).json()["checks"]}
    assert free["G14_DUREE"]
    assert free["G16_HABILITATION_INTERNE"]
    make_setting(db, Check.PERMIT, starts_on=DAY)
    assert ask(opened.pupil.code, opened.center.code).json()["codes"] == ["G16_HABILITATION_INTERNE"]


def test_any_day_may_be_asked_and_today_is_meant_without_one(db, ask):
    opened = stage(db)
    assert ask(opened.pupil.code, opened.center.code, on=None).json()["allowed"]
    later = ask(opened.pupil.code, opened.center.code, on=DAY + timedelta(days=365)).json()
    assert later["codes"] == ["G09_AVIS_MEDICAL", "G10_ENCADRANT"]
    long_ago = ask(opened.pupil.code, opened.center.code, on="2024-01-15").json()
    assert "G02_AGE" in long_ago["codes"]


def test_unknown_codes_and_days_that_are_none(db, ask):
    opened = stage(db)
    assert ask("E999", opened.center.code).status_code == 404
    assert ask(opened.pupil.code, "RIEN").status_code == 404
    for on in ("demain", "2026-02-30", "24/11/2026x", "0000-00-00", "0001-01-01", "9999-12-31"):
        answer = ask(opened.pupil.code, opened.center.code, on=on)
        assert answer.status_code == 422, on
        assert list(answer.json()["errors"]) == ["on"]
    assert ask("", opened.center.code).status_code == 422
    assert ask(opened.pupil.code, "").status_code == 422


def test_who_may_read_tickets_may_ask(db, client, bearer):
    opened = stage(db)
    url = f"/api/v1/gate?pupil={opened.pupil.code}&work_center={opened.center.code}&on={DAY}"
    assert client.get(url).status_code == 401
    assert client.get(url, headers=bearer(Role.TEACHER)).status_code == 403
    assert client.get(url, headers=bearer(Role.OFFICE)).status_code == 200


def test_asking_writes_nothing(db, ask):
    opened = stage(db)
    ask(opened.pupil.code, opened.center.code)
    assert db.execute(select(GateDecision)).all() == []


class TestRefusals:
    @pytest.fixture
    def scene(self, db):
        scene = arrange(db)
        open_machine(db, scene.group, scene.operations[0].work_center, scene.tom)
        return scene

    def give(self, client, headers, scene, pupil, number):
        return client.put(
            f"/api/v1/tickets/{number}/assignment", json={"pupils": [pupil.code]}, headers=headers
        )  # fmt: skip

    def test_a_refused_assignment_changes_nothing_but_is_remembered(self, db, client, headers, scene):
        number = make_ticket(db, scene.operations[0]).number
        answer = self.give(client, headers, scene, scene.ines, number)
        assert answer.status_code == 422
        assert "Aucune formation" in answer.json()["errors"]["pupils"]
        db.expire_all()
        assert scene.ticket(number).state == "open"
        (kept,) = db.execute(select(GateDecision)).scalars()
        assert (kept.allowed, kept.subject, kept.pupil_id) == (False, number, scene.ines.id)
        assert kept.codes == "G07_FORMATION+G09_AVIS_MEDICAL"
        assert list(replay(kept.facts).codes) == kept.codes.split("+")

    def test_a_given_one_is_remembered_once(self, db, client, headers, scene):
        number = make_ticket(db, scene.operations[0]).number
        assert self.give(client, headers, scene, scene.tom, number).status_code == 200
        db.expire_all()
        assert [row.allowed for row in db.execute(select(GateDecision)).scalars()] == [True]

    def test_a_ticket_made_and_given_at_once_passes_the_same_door(self, db, client, headers, scene):
        body = {"order": scene.order.number, "line": 1, "operation": 10, "pupils": [scene.ines.code]}
        assert client.post("/api/v1/tickets", json=body, headers=headers).status_code == 422
        db.expire_all()
        assert scene.tickets() == []
        (kept,) = db.execute(select(GateDecision)).scalars()
        assert not kept.allowed

    def test_a_refused_start_is_remembered_too(self, db, client, headers, scene):
        number = make_ticket(db, scene.operations[0], pupil=scene.ines).number
        answer = client.post(f"/api/v1/tickets/{number}/start", headers=headers)
        assert answer.status_code == 409
        assert "ne peut pas démarrer" in answer.json()["detail"]
        db.expire_all()
        (kept,) = db.execute(select(GateDecision)).scalars()
        assert (kept.asked_for, kept.allowed) == ("start", False)

    def test_going_past_needs_a_reason(self, db, client, headers, scene):
        make_setting(db, Check.PERMIT)
        number = make_ticket(db, scene.operations[0]).number
        url, body = f"/api/v1/tickets/{number}/override", {"pupil": scene.tom.code}
        assert client.post(url, json=body, headers=headers).status_code == 422
        assert client.post(url, json=body | {"reason": "  "}, headers=headers).status_code == 422
        assert self.give(client, headers, scene, scene.tom, number).status_code == 422
        assert client.post(url, json=body | {"reason": "Je reste à côté."}, headers=headers).status_code == 200
        assert self.give(client, headers, scene, scene.tom, number).status_code == 200
        make_clearance(db, scene.ines)
        law = client.post(url, json={"pupil": scene.ines.code, "reason": "Si."}, headers=headers)
        assert law.status_code == 422
        assert list(law.json()["errors"]) == ["reason"]
