"""The demonstration in a real database: filled through the import, one account per role, marked on every page."""

import stat
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from app.accounts.models import School, Staff
from app.accounts.passwords import is_right
from app.core.db import Database
from app.core.errors import Refused
from app.core.permissions import Role
from app.demo import School as Tables
from app.demo import generate
from app.demo.accounts import FILE, Credential, kept, kept_codes, new_password
from app.demo.install import NOT_EMPTY, as_source, fill, install_demo, is_demo, is_empty, visitors
from app.exchange.tables import TABLES
from app.kiosk.models import Badge
from app.kiosk.queries import find_badge
from app.pedagogy.models import Pupil

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return generate(TODAY, years=1)


def test_every_cell_is_read_as_the_import_reads_a_schools_own(tables):
    source = as_source(tables)
    assert list(source.sheets) == list(TABLES)
    assert [sheet.problems for sheet in source.sheets.values() if sheet.problems] == []
    assert source.read == sum(map(len, tables.tables.values()))


def test_an_empty_database_becomes_a_demonstration_and_is_left_alone_afterwards(db, tables):
    db.query(School).delete()
    assert is_empty(db)
    assert not is_demo(db)
    fill(db, as_source(tables))
    assert is_demo(db)
    assert not is_empty(db)
    with pytest.raises(Refused) as refusal:
        fill(db, as_source(tables))
    assert refusal.value.sentence == NOT_EMPTY


def test_each_role_gets_an_account_that_works_and_is_written_down_for_the_owner_alone(own_database: Database, tmp_path):
    steps: list[str] = []
    credentials = install_demo(own_database, tmp_path, step=steps.append)
    assert [one.role for one in credentials] == [Role.DIRECTOR, Role.MASTER, Role.TEACHER, Role.OFFICE]
    with own_database.reading() as db:
        staff = {person.email: person for person in db.scalars(select(Staff))}
        with_password = [person for person in staff.values() if person.password_hash]
        assert is_demo(db)
    assert len(with_password) == 4
    assert all(is_right(one.password, staff[one.email].password_hash) for one in credentials)
    assert all(staff[one.email].full_name == one.name for one in credentials)
    assert "seances" in steps
    assert kept(tmp_path) == credentials
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_badges_open_tablets_with_the_codes_of_this_installation(own_database: Database, tmp_path):
    install_demo(own_database, tmp_path)
    codes = kept_codes(tmp_path)
    with own_database.reading() as db:
        here = db.scalar(select(func.count()).select_from(Pupil).where(Pupil.left_on.is_(None)))
        badges = db.scalars(select(Badge)).all()
        pupils = [badge for badge in badges if badge.pupil_id]
        assert len(pupils) >= here > 0
        assert is_right(codes.pupil_pin, pupils[0].pin_hash)
        signer = find_badge(db, codes.master_badge)
        assert signer.staff.full_name == codes.master
        assert is_right(codes.master_pin, signer.pin_hash)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_folder_without_a_demonstration_has_no_accounts(tmp_path):
    assert kept(tmp_path) == []
    assert kept_codes(tmp_path) is None


def test_a_database_in_use_is_refused_and_nothing_is_written(own_database: Database, tmp_path):
    with own_database.writing() as db:
        db.add(Staff(code="D9", last_name="Vraie", first_name="Directrice", role=Role.DIRECTOR, sort_key="vraie"))
    with pytest.raises(Refused):
        install_demo(own_database, tmp_path)
    with own_database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Staff)) == 1
    assert kept(tmp_path) == []


def test_passwords_are_long_and_never_the_same():
    drawn = [new_password() for _ in range(200)]
    assert Counter(map(len, drawn)) == {20: 200}
    assert len(set(drawn)) == 200


def test_the_visitors_are_those_whose_day_begins_first(tables):
    day = TODAY.isoformat()
    first = min(row["debut"] for row in tables.tables["seances"] if row["date"] == day and row["type"] == "pratique")
    master = visitors(tables)[1]["code"]
    assert any(
        row["intervenant"] == master and row["debut"] == first
        for row in tables.tables["seances"]
        if row["date"] == day and row["type"] == "pratique"
    )


def test_a_role_is_shown_in_french():
    assert Credential(Role.OFFICE, "Pierre Roussel", "p@x.example", "x").label == "Gestion"
