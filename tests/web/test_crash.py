"""A server that is killed the moment it has answered has kept what it confirmed (trap X2)."""

import httpx
import pytest
from sqlalchemy import select

from app.clients.models import Company
from app.core.permissions import Role
from tests.factories import make_school, make_staff
from tests.support import people
from tests.support.server import serve

BODY = {"name": "Mécanique du Der", "country": "FR", "payment_days": 30}


@pytest.mark.slow
def test_what_was_confirmed_survives_a_kill(own_database, data_dir):
    with own_database.writing() as db:
        make_school(db)
        headers = people.bearer(db, make_staff(db, Role.OFFICE))
    address = own_database.url.render_as_string(hide_password=False)
    confirmed = []
    for _ in range(3):
        with serve(data_dir, database_url=address) as (base, process):
            answer = httpx.post(f"{base}/api/v1/clients", json=BODY, headers=headers, timeout=30)
            process.kill()
            assert answer.status_code == 201
            confirmed.append(answer.json()["code"])
            process.wait()
    with own_database.reading() as db:
        assert set(db.scalars(select(Company.code))) == set(confirmed)
    assert len(set(confirmed)) == 3
