"""How long things are kept is the school's to say, journaled; the months of applications decide who is anonymised."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.admissions import queries, rules, service
from app.admissions.models import RetentionSetting
from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from tests.support.html import parse, submit


def rows(*names):
    return [rules.Retention(name, "un an", "suppression", "usage") for name in names]


def test_what_the_domain_says_holds_until_the_school_says_otherwise(db):
    kept = queries.kept(db)
    assert (kept.months, kept.rows, kept.version) == (12, rules.RETENTION, 0)
    assert kept.told[0].in_use == "12 mois après le dernier contact"
    assert rules.kept_after_refusal(12) == timedelta(days=365)


def test_a_change_stands_in_the_journal_with_both_texts(db):
    service.set_retention(db, 24, rows("Photos", "Registre"), seen_version=0, by=SYSTEM)
    service.set_retention(db, 24, rows("Photos"), seen_version=1, by=SYSTEM)
    db.flush()
    assert [one.data for one in queries.kept(db).told] == ["Candidature refusée ou désistée", "Photos"]
    changes = history(db, "retention_setting", 1)[0].changes
    assert [change[0] for change in changes] == ["Registre"]
    assert "un an, puis suppression (usage)" in changes[0][1]


def test_two_at_once_and_twice_the_same_are_told(db):
    service.set_retention(db, 24, rows("Photos"), seen_version=0, by=SYSTEM)
    with pytest.raises(Stale) as stale:
        service.set_retention(db, 6, rows("Photos"), seen_version=0, by=SYSTEM)
    assert ("Candidatures (mois)", "6", "24") in stale.value.changes
    with pytest.raises(Refused) as refused:
        service.set_retention(db, 24, rows("A", "A"), seen_version=1, by=SYSTEM)
    assert refused.value.field == "rows-1-data"


def test_the_months_decide_who_is_to_be_anonymised(db):
    told = {"last_name": "Adam", "first_name": "Inès", "school_year": "2026-2027", "received_on": today()}
    applicant = service.receive(db, values=dict.fromkeys(service.LABELS) | told, guardians=[], by=SYSTEM)
    applicant.step, applicant.last_contact_on = rules.Step.REFUSED, today() - timedelta(days=400)
    db.flush()
    assert queries.due_to_erase(db, today()) == [applicant]
    service.set_retention(db, 24, rows("Photos"), seen_version=0, by=SYSTEM)
    db.flush()
    assert queries.due_to_erase(db, today()) == []


def test_on_its_page_a_row_is_changed_emptied_and_added(client, db, login_as):
    login_as(Role.OFFICE)
    page = client.get("/candidats/conservation/modifier")
    last = len(rules.RETENTION)
    answer = submit(
        client, page, months="18", **{
            "rows-0-data": "", "rows-0-in_use": "", "rows-0-then": "", "rows-0-source": "",
            f"rows-{last}-data": "Clés du vestiaire", f"rows-{last}-in_use": "année", f"rows-{last}-then": "effacé",
        },
    )  # fmt: skip
    assert answer.status_code == 303
    kept = queries.kept(db)
    assert kept.months == 18
    assert [one.data for one in kept.rows] == [*(one.data for one in rules.RETENTION[1:]), "Clés du vestiaire"]
    assert "Clés du vestiaire" in client.get("/candidats/conservation").text


@pytest.mark.parametrize(("field", "value"), [("months", "0"), ("months", "x"), ("rows-0-data", ""), ("months", "61")])
def test_nonsense_keeps_what_was_typed_and_stores_nothing(client, db, login_as, field, value):
    login_as(Role.OFFICE)
    page = client.get("/candidats/conservation/modifier")
    answer = submit(client, page, **{field: value, "rows-1-then": "archive 99 ans"})
    assert answer.status_code == 422
    assert "archive 99 ans" in answer.text
    assert parse(answer.text).one("div", id="erreurs")
    assert db.scalars(select(RetentionSetting)).all() == []


def test_who_does_not_admit_does_not_set(client, login_as):
    login_as(Role.TEACHER)
    assert client.get("/candidats/conservation/modifier").status_code == 403
