"""The example school that comes with the import contract, where it lies beside this repository.

One import, then every figure its reports must give, asked through the API as another program would.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from app.core.actor import SYSTEM
from app.core.permissions import Role
from app.exchange.service import apply_import, read_source

SCHOOLS = Path(__file__).resolve().parents[2].parent / "shared" / "schools"

pytestmark = pytest.mark.skipif(
    not (SCHOOLS / "chaumont").is_dir(), reason=f"THE EXAMPLE SCHOOL IS NOT THERE: {SCHOOLS.parent.name}/{SCHOOLS.name}"
)


@pytest.fixture
def expected():
    return json.loads((SCHOOLS / "chaumont.expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def stored(db):
    return apply_import(db, read_source(SCHOOLS / "chaumont"), by=SYSTEM)


@pytest.fixture
def ask(client, bearer, stored):
    headers = bearer(Role.DIRECTOR)

    def ask(path, **query):
        answer = client.get(f"/api/v1{path}", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def part(row, names):
    return {name: row[name] for name in names}


def test_every_row_is_created_then_unchanged(db, stored, expected):
    assert [str(problem) for problem in stored.problems] == []
    assert {line.name: line.created for line in stored.lines} == expected["counts"]
    again = apply_import(db, read_source(SCHOOLS / "chaumont"), by=SYSTEM)
    assert (again.total.created, again.total.updated) == (0, 0)
    assert again.total.unchanged == sum(expected["counts"].values())


def test_attended_minutes_and_shares_of_pupils_and_groups(ask, expected):
    report = ask("/reports/practice-share", to=expected["as_of"])
    pupils = {row["pupil"]: part(row, ("practice_minutes", "theory_minutes", "share")) for row in report["pupils"]}
    assert pupils == expected["practice_share"]
    assert {row["group"]: row["share"] for row in report["groups"]} == expected["group_share"]
    minutes = {row["group"]: part(row, ("practice_minutes", "theory_minutes")) for row in report["groups"]}
    assert minutes == expected["group_minutes"]
    assert report["sessions_without_call"] == expected["sessions_without_call"]


def test_a_group_s_report_keeps_its_sessions_and_its_pupils_of_the_period(ask, expected):
    code = next(iter(expected["group_share"]))
    report = ask("/reports/practice-share", to=expected["as_of"], group=code)
    assert [row["group"] for row in report["groups"]] == [code]
    sums = {name: sum(row[name] for row in report["pupils"]) for name in ("practice_minutes", "theory_minutes")}
    assert sums == expected["group_minutes"][code]


def test_amounts_and_lateness_of_every_order(ask, expected):
    orders = ask("/orders", size=200)
    assert orders["total"] == len(expected["orders"])
    late = {row["number"] for row in ask("/orders", late_on=expected["as_of"], size=200)["items"]}
    found = {
        row["number"]: part(row, ("total_ht", "vat", "total_ttc")) | {"late": row["number"] in late}
        for row in orders["items"]
    }
    assert found == expected["orders"]
    assert len(late) == expected["late_orders"]
    assert date.fromisoformat(orders["items"][0]["due_on"])


def test_minutes_and_pieces_of_every_operation(ask, expected):
    found = {}
    for number in expected["orders"]:
        for row in ask("/operations", order=number)["items"]:
            key = f"{row['order']}/{row['line']}/{row['operation']}"
            found[key] = part(row, ("booked_minutes", "good", "scrap"))
    assert part(found, expected["operations"]) == expected["operations"]
    silent = [found[key] for key in found.keys() - expected["operations"].keys()]
    assert all(row == {"booked_minutes": 0, "good": 0, "scrap": 0} for row in silent)


def test_graduates_and_their_offers(ask, expected):
    for session, figures in expected["graduates"].items():
        report = ask("/reports/job-offers", session=session)
        report["per_graduate"] = {row["pupil"]: row["offers"] for row in report["per_graduate"]}
        assert part(report, figures) == figures
