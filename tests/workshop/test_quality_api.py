"""The JSON door to quality."""

import pytest

from app.core.clock import today
from app.core.permissions import Role
from app.workshop import service
from tests.factories import make_point, make_skill
from tests.workshop.scene import arrange


@pytest.fixture
def door(client, db, bearer):
    """A program that acts for Karim; Tom has a ticket whose first piece is measured."""
    scene = arrange(db)
    point = make_point(db, scene.operations[0])
    ticket = service.give_operation(db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
    headers = bearer(scene.master)

    class Door:
        day, number, place, point_id = scene, ticket.number, f"/tickets/{ticket.number}", point.id

        def __call__(self, method, path, body=None, *, who=None):
            used = bearer(who) if who else headers
            return client.request(method, f"/api/v1{path}", json=body, headers=used)

    return Door()


def measure(door, value, **other):
    """Note a measure of the first piece."""
    cell = {"point": door.point_id, "piece": 1, "value": value}
    return door("POST", f"{door.place}/checks", {"checks": [cell | other]})


class TestChecks:
    def test_the_sheet_tells_limits_and_what_is_missing(self, door):
        door("POST", f"{door.place}/submit", {"good": 10})
        body = door("GET", f"{door.place}/checks").json()
        assert body["points"][0] == {
            "id": door.point_id, "label": "Ø12", "kind": "measure", "tolerance": "Ø12 ±0,05", "least": "11.9500",
            "most": "12.0500", "unit": "mm", "gauge": "", "every": 0, "key": False,
        }  # fmt: skip
        assert body["missing"] == [{"point": door.point_id, "piece": 1}]
        assert body["first_article"] == "none"

    def test_a_check_is_noted_with_its_verdict(self, door):
        answer = measure(door, "12.06")
        assert answer.status_code == 201
        check = answer.json()["checks"][0]
        assert (check["value"], check["conforms"], check["stage"]) == ("12.0600", False, "release")

    def test_a_doubtful_one_is_refused_once(self, door):
        refused = measure(door, "120.1")
        assert refused.status_code == 422
        assert "La cote est 12" in refused.json()["errors"]["checks-0-value"]
        assert measure(door, "120.1", sure="120.1").status_code == 201

    def test_a_number_that_is_not_exact_is_refused(self, door):
        assert measure(door, 12.1).status_code == 422
        assert measure(door, "douze").status_code == 422

    def test_a_pupil_s_own_check_names_him(self, door):
        cell = {"point": door.point_id, "piece": 1, "value": "12"}
        answer = door("POST", f"{door.place}/checks", {"checks": [cell], "pupil": "E-TOM"})
        assert answer.json()["checks"][0]["stage"] == "self"


class TestRelease:
    def test_handed_in_released_with_levels(self, door):
        make_skill(door.day.db, door.day.group.diploma, code="C2")
        door.day.operations[0].skill_code = "C2"
        door.day.db.flush()
        measure(door, "12")
        assert door("POST", f"{door.place}/submit", {"good": 10}).json()["state"] == "to_release"
        waiting = door("GET", "/releases").json()["items"][0]
        assert (waiting["ticket"], waiting["trouble"]) == (door.number, None)
        assert waiting["skills"] == [{"pupil": "E-TOM", "skill": "C2"}]
        levels = [{"pupil": "E-TOM", "skill": "C2", "level": 3}]
        assert door("POST", f"{door.place}/release", {"levels": levels}).json()["state"] == "done"

    def test_with_a_check_missing_it_needs_its_reason(self, door):
        door("POST", f"{door.place}/submit", {"good": 10})
        refused = door("POST", f"{door.place}/release", {"levels": []})
        assert refused.status_code == 422
        assert "override" in refused.json()["errors"]
        assert door("POST", f"{door.place}/release", {"override": "Vu"}).json()["state"] == "done"

    def test_sent_back(self, door):
        door("POST", f"{door.place}/submit", {"good": 10})
        assert door("POST", f"{door.place}/reject", {}).status_code == 422
        assert door("POST", f"{door.place}/reject", {"note": "Bavures"}).json()["state"] == "rejected"

    def test_first_article_released_or_refused(self, door):
        door.day.operations[0].first_article = True
        door.day.db.flush()
        assert door("GET", f"{door.place}/checks").json()["first_article"] == "waiting"
        refused = door("POST", f"{door.place}/first-article/refusal", {"cause": "Outil", "description": "Trop grand"})
        assert refused.status_code == 201
        assert door("GET", f"{door.place}/checks").json()["first_article"] == "refused"
        assert door("POST", f"{door.place}/first-article", {"override": "Vue"}).status_code == 200
        assert door("GET", f"{door.place}/checks").json()["first_article"] == "released"


class TestDefects:
    def opened(self, door):
        """Two of ten good pieces."""
        door("POST", f"{door.place}/quantity-reports", {"good": 10})
        body = {"pieces": 2, "cause": "Outil", "description": "Trop grand"}
        return door("POST", f"{door.place}/defects", body)

    def test_opened_listed_decided(self, door):
        answer = self.opened(door)
        assert answer.status_code == 201
        assert answer.headers["location"] == "/api/v1/defects/FNC2026-0001"
        listed = door("GET", "/defects?state=open&cause=Outil").json()
        assert (listed["total"], listed["items"][0]["number"]) == (1, "FNC2026-0001")
        decided = door("POST", "/defects/FNC2026-0001/decision", {"decision": "rework", "version": 1}).json()
        assert (decided["state"], decided["decision"], len(decided["made"])) == ("decided", "rework", 1)
        assert door("GET", "/defects/FNC2026-0001").json()["counted_good"] == 2

    def test_no_answer_names_the_pupil(self, door):
        assert "Tom" not in self.opened(door).text
        assert "E-TOM" not in door("GET", "/defects/FNC2026-0001").text

    def test_decided_by_somebody_else_meanwhile(self, door):
        self.opened(door)
        door("POST", "/defects/FNC2026-0001/decision", {"decision": "scrap", "version": 1})
        again = door("POST", "/defects/FNC2026-0001/decision", {"decision": "rework", "version": 1})
        assert again.status_code == 409

    def test_scrapped_pieces_made_again(self, door):
        door("POST", f"{door.place}/finish", {"good": 10, "override": "x"})
        other = door("POST", "/tickets", {"order": "CDE-2026-0007", "line": 1, "operation": 20, "pupils": ["E-TOM"]})
        path = f"/tickets/{other.json()['number']}"
        door("POST", f"{path}/finish", {"good": 8, "scrap": 2})
        made = door("POST", f"{path}/remake", {"quantity": 2})
        assert (made.status_code, made.json()["operation"], made.json()["quantity"]) == (201, 10, 2)

    def test_an_unknown_one_is_not_found(self, door):
        assert door("GET", "/defects/FNC2026-9999").status_code == 404

    def test_the_office_reads_only(self, door):
        self.opened(door)
        assert door("GET", "/defects", who=Role.OFFICE).status_code == 200
        body = {"decision": "scrap"}
        assert door("POST", "/defects/FNC2026-0001/decision", body, who=Role.OFFICE).status_code == 403


class TestQuality:
    def test_rates_of_a_period(self, door):
        door("POST", f"{door.place}/finish", {"good": 8, "scrap": 2, "reason": "Outil", "override": "x"})
        body = door("GET", f"/quality?first={today()}&last={today()}").json()
        assert (body["total"]["scrap"], body["causes"]) == (2, [{"cause": "Outil", "pieces": 2}])
        assert body["work_centers"]["Débit"]["scrap_rate"] == "0.2000"

    def test_a_period_runs_forward(self, door):
        assert door("GET", "/quality?first=2026-12-01&last=2026-11-01").status_code == 422
        assert door("GET", "/quality").status_code == 422
