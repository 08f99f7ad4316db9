"""`compagnon import`: exit status, mistakes one a line, the table, on a real database with real commits."""

import io
import re

import pytest
from rich.console import Console
from sqlalchemy import func, select

from app.exchange.command import run_import
from app.pedagogy.models import AttendanceRecord, Pupil
from tests.exchange.folder import Folder
from tests.factories import make_school


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "ecole")


def run(database, path, **options):
    out = io.StringIO()
    status = run_import(database, path, console=Console(file=out, width=40), **options)
    return status, out.getvalue().splitlines()


def pupils(database):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Pupil))


def numbers(lines):
    found = (re.fullmatch(r"([a-z]+) +(\d+) +(\d+) +(\d+) +(\d+)", line) for line in lines)
    return {each[1]: tuple(map(int, each.groups()[1:])) for each in found if each}


def test_a_folder_is_stored_and_counted(own_database, folder):
    status, lines = run(own_database, folder.write())
    assert status == 0
    assert numbers(lines) == {name: (len(rows), len(rows), 0, 0) for name, rows in folder.rows.items()}
    assert pupils(own_database) == 2
    status, lines = run(own_database, folder.zip())
    assert {values[1:] for values in numbers(lines).values()} == {(0, 0, len(rows)) for rows in folder.rows.values()}


def test_a_dry_run_stores_nothing(own_database, folder):
    status, lines = run(own_database, folder.write(), dry_run=True)
    assert (status, numbers(lines)["eleves"], pupils(own_database)) == (0, (2, 2, 0, 0), 0)


def test_every_mistake_is_listed_and_nothing_stored(own_database, folder):
    folder.change("clients", 2, siret="1").change("eleves", 3, date_naissance="?")
    for dry_run in (True, False):
        status, lines = run(own_database, folder.write(), dry_run=dry_run)
        assert status == 1
        assert [line.split(":")[:3] for line in lines] == [
            ["eleves.csv", "3", " date_naissance"], ["clients.csv", "2", " siret"],
        ]  # fmt: skip
        assert pupils(own_database) == 0


def test_one_bad_row_among_ten_thousand(own_database, folder):
    folder.only("diplomes", "groupes")
    folder.heads["eleves"] = ["code", "nom", "prenom", "date_naissance", "groupe", "date_entree"]
    folder.rows["eleves"] = [
        dict(zip(folder.heads["eleves"], (f"E{n}", f"N{n}", "P", "2009-01-01", "G1", "2026-09-01"), strict=True))
        for n in range(10_000)
    ]
    folder.change("eleves", 7_777, date_entree="2026-09-31")
    status, lines = run(own_database, folder.write())
    assert (status, len(lines), lines[0].startswith("eleves.csv:7777: date_entree: ")) == (1, 1, True)
    assert pupils(own_database) == 0
    folder.change("eleves", 7_777, date_entree="2026-09-30")
    status, lines = run(own_database, folder.write())
    assert (status, numbers(lines)["eleves"], pupils(own_database)) == (0, (10_000, 10_000, 0, 0), 10_000)


def test_a_demonstration_refuses(own_database, folder):
    with own_database.writing() as db:
        make_school(db, is_demo=True)
    assert run(own_database, folder.write()) == (1, [])


def test_nothing_at_that_path(own_database, tmp_path):
    assert run(own_database, tmp_path / "absent") == (1, [])


def test_the_days_are_derived(own_database, folder):
    run(own_database, folder.write())
    with own_database.reading() as db:
        assert db.scalar(select(func.sum(AttendanceRecord.attended_minutes))) == 710
