"""The school's own sheet."""

from decimal import Decimal

import pytest

from app.accounts.models import School
from app.core.journal import history
from app.core.permissions import Role
from tests.support.html import errors, submit


@pytest.fixture
def director(login_as):
    return login_as(Role.DIRECTOR)


def change(client, **typed):
    return submit(client, client.get("/ecole"), **typed)


def test_the_sheet_is_shown_as_it_is(client, director):
    text = client.get("/ecole").text
    for value in ("École de production du Test", "99980000600018", "66,67", "62", "72"):
        assert f'value="{value}"' in text


def test_it_is_changed_and_the_journal_says_so(client, db, director):
    answer = change(client, name="École du Val", share_low="60", share_high="75,5", practice_target="66,67", city="Dié")
    assert answer.status_code == 303
    db.expire_all()
    school = db.get(School, 1)
    assert (school.name, school.share_high, school.practice_target) == (
        "École du Val", Decimal("75.50"), Decimal("0.6667"),
    )  # fmt: skip
    assert ("Nom de l’école", "École de production du Test", "École du Val") in history(db, "school", 1)[0].changes
    assert "École du Val" in client.get("/").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"share_low": "80"}, "share_low"), ({"practice_target": "90"}, "share_low"), ({"name": ""}, "name"),
        ({"siret": "123"}, "siret"), ({"share_high": "cent"}, "share_high"), ({"zone": "D"}, "zone"),
        ({"daily_breaks": "à 10 h"}, "daily_breaks"), ({"daily_breaks": "10:00-10:30 ; 10:15-10:40"}, "daily_breaks"),
        ({"order_share": "0"}, "order_share"), ({"order_share": "101"}, "order_share"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(client, db, director, typed, field):
    answer = change(client, **typed)
    assert answer.status_code == 422
    assert field in errors(answer)
    db.expire_all()
    assert db.get(School, 1).version == 1


def test_a_sheet_changed_meanwhile_is_not_overwritten(client, db, director):
    page = client.get("/ecole")
    change(client, city="Dié")
    answer = submit(client, page, city="Der")
    assert answer.status_code == 409
    db.expire_all()
    assert db.get(School, 1).city == "Dié"


def test_breaks_and_the_share_of_orders_are_kept_for_the_workshop(client, db, director):
    assert change(client, daily_breaks="10:00-10:15 ; 15:00-15:10", order_share="35").status_code == 303
    db.expire_all()
    school = db.get(School, 1)
    assert (school.daily_breaks, school.order_share) == ("10:00-10:15 ; 15:00-15:10", Decimal(35))
    assert 'value="10:00-10:15 ; 15:00-15:10"' in client.get("/ecole").text
