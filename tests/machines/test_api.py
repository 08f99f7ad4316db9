"""Papers, declarations and deadlines as JSON: what is told, to whom, and that a reading of health is noted."""

from datetime import date

import pytest

from app.core.journal import history
from app.core.permissions import Role
from tests.factories import make_clearance, make_declaration, make_declaration_change
from tests.machines.scenarios import DAY
from tests.machines.stage import stage

OFTEN = (
    "/api/v1/pupils/{pupil}/papers", "/api/v1/declarations", "/api/v1/declarations/{declaration}",
    "/api/v1/deadlines",
)  # fmt: skip


@pytest.fixture
def opened(db):
    """Noa of 16, a lathe with every paper in order."""
    return stage(db)


@pytest.fixture
def get(client, bearer):
    """Ask as a program that acts for the office."""
    headers = bearer(Role.OFFICE)

    def ask(path, **query):
        return client.get(f"/api/v1/{path}", params=query, headers=headers)

    return ask


@pytest.mark.parametrize("path", OFTEN)
def test_only_who_may_read_safety_reads_them(db, client, bearer, opened, path):
    path = path.format(pupil=opened.pupil.code, declaration=opened.declaration.code)
    assert client.get(path).status_code == 401
    assert client.get(path, headers=bearer(Role.TEACHER)).status_code == 403
    for role in (Role.DIRECTOR, Role.MASTER, Role.OFFICE):
        assert client.get(path, headers=bearer(role)).status_code == 200


class TestPapers:
    def test_an_opinion_tells_its_conclusion_its_restriction_and_its_last_day(self, db, get, opened):
        make_clearance(db, opened.pupil, on_date=date(2026, 11, 20), restriction="D4153-22+D4153-17")
        first = get(f"pupils/{opened.pupil.code}/papers").json()["items"][0]
        assert set(first) == {
            "id", "kind", "result", "on", "work_center", "excluded_articles", "detail", "ends_on", "given_by",
            "voided_at", "void_reason",
        }  # fmt: skip
        assert (first["kind"], first["result"], first["work_center"]) == ("medical", "fit", None)
        assert first["excluded_articles"] == ["D4153-22", "D4153-17"]
        assert first["ends_on"] == "2027-11-19"

    def test_a_training_names_its_machine(self, db, get, opened):
        found = get(f"pupils/{opened.pupil.code}/papers").json()
        training = next(one for one in found["items"] if one["kind"] == "safety")
        assert (training["work_center"], training["result"], training["ends_on"]) == ("M-01", "passed", None)

    def test_reading_is_noted(self, db, get, opened):
        get(f"pupils/{opened.pupil.code}/papers")
        assert history(db, "pupil_health", opened.pupil.id)[0].label == "Papiers lus par un programme"

    def test_an_unknown_pupil(self, get, opened):
        assert get("pupils/E999/papers").status_code == 404


class TestDeclarations:
    def test_what_holds_on_a_day_with_the_changes_sent_by_then(self, db, get, opened):
        code = opened.declaration.code
        make_declaration_change(db, opened.declaration, sent_on=date(2026, 11, 10), work_centers="M-02")
        make_declaration_change(db, opened.declaration, changed_on=DAY, sent_on=None, work_centers="M-03")
        before = get(f"declarations/{code}", on="2026-11-09").json()
        assert before["names"]["work_centers"] == ["M-01"]
        now = get(f"declarations/{code}", on=DAY).json()
        assert now["names"]["work_centers"] == ["M-01", "M-02"]
        assert (now["standing"], now["holds"], now["valid_until"]) == ("current", True, "2028-09-01")
        assert [one["tell_by"] for one in now["changes"]] == [None, "2026-12-02"]
        assert now["changes"][1]["adds"]["work_centers"] == ["M-03"]

    def test_one_that_is_over_says_so(self, db, get, opened):
        found = get(f"declarations/{opened.declaration.code}", on="2028-09-02").json()
        assert (found["standing"], found["holds"]) == ("over", False)

    def test_those_in_preparation_come_first(self, db, get, opened):
        make_declaration(db, code="DER-NEW", sent_on=None)
        found = get("declarations").json()["items"]
        assert [one["code"] for one in found] == ["DER-NEW", opened.declaration.code]
        assert found[0]["valid_until"] is None

    def test_an_unknown_one_and_days_that_are_none(self, get, opened):
        assert get("declarations/NADA").status_code == 404
        for on in ("demain", "0001-01-01", "9999-12-31"):
            for path in ("declarations", f"declarations/{opened.declaration.code}", "deadlines"):
                answer = get(path, on=on)
                assert answer.status_code == 422, (path, on)
                assert list(answer.json()["errors"]) == ["on"]


class TestDeadlines:
    def test_whose_they_are_and_whether_they_are_over(self, db, get, opened):
        make_declaration_change(db, opened.declaration, changed_on=DAY, sent_on=None, work_centers="M-03")
        found = get("deadlines", on="2027-09-20").json()
        assert found["on"] == "2027-09-20"
        told = [(one["matter"], one["due"], one["over"], one["pupil"], one["declaration"]) for one in found["items"]]
        assert told == [
            ("change", "2026-12-02", True, None, opened.declaration.code),
            ("opinion", "2027-09-14", True, opened.pupil.code, None),
        ]
