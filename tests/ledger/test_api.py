"""The JSON door to hours: what another program reads, and what it is told when it asks wrongly."""

from datetime import timedelta

import pytest

from app.core.permissions import Role
from tests.factories import make_session

PATHS = ["/api/v1/reports/volumes", "/api/v1/reports/gaps", "/api/v1/pupils/{code}/ledger",
         "/api/v1/pupils/{code}/ledger/2026-11-23"]  # fmt: skip


@pytest.fixture
def held(stage, call):
    call(stage.workshop, stage.master, stage.pupils, "present", "absent", "late 200")
    return stage


@pytest.mark.parametrize("path", PATHS)
def test_nobody_without_a_token_and_no_pupil_that_is_not_there(client, held, bearer, path):
    assert client.get(path.format(code=held.pupils[0].code)).status_code == 401
    if "{code}" in path:
        assert client.get(path.format(code="RIEN"), headers=bearer(Role.OFFICE)).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_who_may_not_read_hours_reads_none(client, held, bearer, path, monkeypatch):
    from app.core.permissions import GRANTS, Permission

    headers = bearer(Role.TEACHER)
    monkeypatch.setitem(GRANTS, Role.TEACHER, GRANTS[Role.TEACHER] - {Permission.HOURS_READ})
    assert client.get(path.format(code=held.pupils[0].code), headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        (PATHS[0], {"group": "NUL"}, "group"), (PATHS[0], {"staff": "NUL"}, "staff"), (PATHS[0], {"on": "x"}, "on"),
        (PATHS[1], {"group": "NUL"}, "group"), (PATHS[1], {"kind": "nothing"}, "kind"),
        (PATHS[1], {"from": "2026-11-02", "to": "2026-11-01"}, "to"),
        (PATHS[1], {"from": "2025-01-01", "to": "2026-11-01"}, "to"), (PATHS[1], {"page": "0"}, "page"),
        (PATHS[1], {"size": "1000"}, "size"), (PATHS[2], {"by": "century"}, "by"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told_by_field(client, held, bearer, path, params, field):
    answer = client.get(path.format(code=held.pupils[0].code), params=params, headers=bearer(Role.OFFICE))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_volumes_say_what_is_held_and_owed(client, held, bearer):
    headers = bearer(Role.OFFICE)
    found = client.get(PATHS[0], params={"staff": held.master.code}, headers=headers).json()["items"]
    assert [(one["group"], one["kind"], one["due"], one["held"], one["to_catch_up"]) for one in found] == [
        (held.group.code, "practice", 240, 240, 0),
    ]  # fmt: skip
    lesson = client.get(PATHS[0], params={"group": held.group.code}, headers=headers).json()["items"][1]
    assert (lesson["held"], lesson["uncalled"], lesson["planned_catch_up"]) == (0, 120, 0)
    assert client.get(PATHS[0], params={"on": "2020-01-01"}, headers=headers).json() == {"items": []}


def test_gaps_come_in_pages(client, held, bearer):
    headers = bearer(Role.OFFICE)
    found = client.get(PATHS[1], params={"size": 1}, headers=headers).json()
    assert (found["total"], found["page"], found["size"], len(found["items"])) == (3, 1, 1, 1)
    one = client.get(PATHS[1], params={"kind": "no_call", "group": held.group.code}, headers=headers).json()["items"]
    assert one == [
        {"day": "2026-11-23", "kind": "no_call", "pupil": None, "group": "CAP1", "session": held.lesson.id,
         "minutes": 120},
    ]  # fmt: skip
    kinds = {gap["kind"] for gap in client.get(PATHS[1], headers=headers).json()["items"]}
    assert kinds == {"no_call", "no_ticket"}


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_a_pupil_s_hours_by_day_week_and_month_lead_to_their_source(client, held, bearer, by):
    headers, code = bearer(Role.OFFICE), held.pupils[2].code
    told = client.get(f"/api/v1/pupils/{code}/ledger", params={"by": by}, headers=headers).json()
    assert (len(told["lines"]), told["total"]["attended_practice"]) == (1, 40)
    day = client.get(f"/api/v1/pupils/{code}/ledger/2026-11-23", headers=headers).json()
    said = day["sessions"][0]["statements"][0]
    assert (said["minutes_late"], said["by"], said["holds"]) == (200, held.master.full_name, True)


def test_more_history_costs_not_one_statement_more(client, db, held, bearer, record_queries, call):
    headers = bearer(Role.OFFICE)

    def cost():
        found = []
        for path in PATHS:
            with record_queries() as statements:
                assert client.get(path.format(code=held.pupils[0].code), headers=headers).status_code == 200
            found.append(len(statements))
        return found

    cost()
    before = cost()
    for back in range(1, 6):
        session = make_session(
            db, held.group, staff=held.master, on_date=held.workshop.on_date - timedelta(days=back * 7)
        )
        call(session, held.master, held.pupils, "present", "present", "absent")
    assert cost() == before
