"""The JSON door to results and offers."""

from datetime import date

from sqlalchemy import func, select

from app.core.permissions import Role
from app.graduates.models import JobOffer
from tests.factories import make_group, make_pupil
from tests.graduates.test_screens import graduate, offer


def test_the_report_has_the_shape_of_the_contract(client, db, bearer):
    group = make_group(db)
    first = graduate(db, group, code="E001")
    graduate(db, group, code="E002")
    for n, company in enumerate(("A", "B", "C", "A")):
        offer(db, first, company, date(2026, 3, 1 + n))
    answer = client.get("/api/v1/reports/job-offers?session=2026", headers=bearer(Role.DIRECTOR))
    assert answer.json() == {
        "session": 2026, "presented": 2, "graduates": 2, "pass_rate": 1.0, "offers": 3, "offers_per_graduate": 1.5,
        "per_graduate": [{"pupil": "E001", "offers": 3}, {"pupil": "E002", "offers": 0}],
    }  # fmt: skip


def test_a_session_without_results_has_no_rate(client, bearer):
    answer = client.get("/api/v1/reports/job-offers?session=2031", headers=bearer(Role.DIRECTOR)).json()
    assert (answer["pass_rate"], answer["offers_per_graduate"], answer["per_graduate"]) == (None, None, [])


def test_an_offer_is_created_and_changed_once(client, db, bearer):
    make_pupil(db, make_group(db), code="E042")
    headers = bearer(Role.MASTER)
    body = {"pupil": "E042", "company_name": "Forges", "offered_on": "2026-11-20", "contract": "temp"}
    made = client.post("/api/v1/offers", json=body, headers=headers)
    assert made.status_code == 201
    change = body | {"state": "accepted", "version": made.json()["version"]}
    path = made.headers["location"]
    assert client.put(path, json=change, headers=headers).json()["state"] == "accepted"
    stale = client.put(path, json=change | {"state": "declined"}, headers=headers)
    assert stale.status_code == 409
    assert client.get("/api/v1/offers", headers=headers).json()["total"] == 1


def test_an_unknown_pupil_is_named_at_its_field(client, db, bearer):
    body = {"pupil": "E999", "company_name": "Forges", "offered_on": "2026-11-20", "contract": "temp"}
    answer = client.post("/api/v1/offers", json=body, headers=bearer(Role.MASTER))
    assert answer.status_code == 422
    assert "E999" in answer.json()["errors"]["pupil"]
    assert db.scalar(select(func.count(JobOffer.id))) == 0
