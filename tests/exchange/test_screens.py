"""The pages of the import: given, checked, stored; by whom; and what is left behind."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.core.permissions import Role
from app.exchange.checks import EmptyStore, check
from app.exchange.models import ImportRun
from app.exchange.reading import NamedFile, read_uploads
from app.exchange.tables import TABLES
from app.pedagogy.models import Pupil
from tests.exchange.folder import Folder
from tests.support.html import errors, parse


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "ecole")


@pytest.fixture
def director(login_as):
    return login_as(Role.DIRECTOR)


def give(client, *paths):
    files = [("files", (path.name, path.read_bytes())) for path in paths]
    return client.post("/reprise", files=files)


def checked(client, *paths):
    """The address of the check of these files."""
    answer = give(client, *paths)
    assert answer.status_code == 303
    return answer.headers["location"]


def pupils(db):
    return db.scalar(select(func.count()).select_from(Pupil))


def test_the_first_page_explains_every_file(client, director):
    page = client.get("/reprise")
    text = parse(page.text).text
    assert all(table.title in text for table in TABLES.values())
    assert "rien encore" in text


@pytest.mark.parametrize("form", ["zip", "workbook"])
def test_from_the_files_to_the_school(client, director, db, folder, form, data_dir):
    where = checked(client, getattr(folder, form)())
    page = client.get(where)
    assert page.status_code == 200
    assert "Tout est juste" in page.text
    assert pupils(db) == 0
    answer = client.post(where)
    assert answer.status_code == 303
    assert pupils(db) == 2
    done = client.get(answer.headers["location"])
    assert "Les élèves" in done.text
    assert list((data_dir / "imports").iterdir()) == []
    assert director.full_name in client.get("/reprise").text


def test_several_csv_files_at_once(client, director, folder):
    path = folder.write()
    page = client.get(checked(client, *sorted(path.iterdir())))
    assert "Tout est juste" in page.text


def test_every_mistake_is_shown_and_nothing_stored(client, director, db, folder):
    folder.change("clients", 2, siret="73282932000075").change("presences", 4, minutes_retard="999")
    where = checked(client, folder.zip())
    page = client.get(where)
    text = parse(page.text).text
    assert "2\u00a0lignes sont à corriger" in text
    assert "73282932000075" in text
    assert "Le retard dépasse la séance" in text
    assert not [form for form in parse(page.text).all("form") if form.attributes.get("action") == where]
    answer = client.post(where)
    assert answer.status_code == 422
    assert "clients.csv" in answer.text
    assert pupils(db) == 0


def test_the_mistakes_as_a_table_file(client, director, folder):
    folder.change("clients", 2, siret="=1+1")
    answer = client.get(checked(client, folder.zip()) + "/erreurs.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1][:4] == ("clients.csv", 2, "siret", "=1+1")


def test_no_file_is_a_mistake_of_the_form(client, director):
    answer = client.post("/reprise", files=[("files", ("", b""))])
    assert answer.status_code == 422
    assert errors(answer) == {"files": "Choisissez un fichier .zip ou .xlsx, ou vos fichiers .csv."}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x00" * 5000, b"%PDF-1.7"])
def test_a_damaged_file_is_told(client, director, data, tmp_path):
    (tmp_path / "ecole.zip").write_bytes(data)
    page = client.get(checked(client, tmp_path / "ecole.zip"))
    assert page.status_code == 200
    assert "Rien n’est encore enregistré" in page.text


def test_a_name_of_a_file_is_never_a_path(client, director, folder, data_dir):
    answer = client.post("/reprise", files=[("files", ("../../../dehors.csv", b"a;b"))])
    assert answer.status_code == 303
    assert not list(data_dir.parent.glob("dehors*"))


def test_files_are_their_sender_s_alone(client, login_as, folder):
    login_as(Role.DIRECTOR)
    where = checked(client, folder.zip())
    login_as(Role.DIRECTOR)
    assert client.get(where).status_code == 404
    assert client.post(where).status_code == 404


def test_files_are_forgotten_after_a_day(client, login_as, folder, clock, data_dir):
    staff = login_as(Role.DIRECTOR)
    where = checked(client, folder.zip())
    clock.advance(hours=25)
    login_as(staff)
    assert client.get(where).status_code == 404
    checked(client, folder.zip())
    assert len(list((data_dir / "imports").iterdir())) == 1


@pytest.mark.parametrize("address", ["/reprise/x", "/reprise/" + "a" * 32, "/reprise/" + "a" * 32 + "/erreurs.csv"])
def test_an_unknown_address_is_not_found(client, director, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.MASTER, Role.TEACHER])
def test_only_those_who_may(client, login_as, role):
    login_as(role)
    assert client.get("/reprise").status_code == 403


def test_a_demonstration_takes_nothing_over(client, director, db, folder):
    from app.accounts.models import School

    db.scalars(select(School)).one().is_demo = True
    db.flush()
    where = checked(client, folder.zip())
    assert client.get(where).status_code == 409
    assert client.post(where).status_code == 409
    assert db.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_the_empty_workbook_is_right_as_it_is(client, director):
    answer = client.get("/reprise/modele.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == list(TABLES)
    assert [cell.value for cell in book["eleves"][1]] == [column.name for column in TABLES["eleves"].columns]
    source = read_uploads([NamedFile("ecole.xlsx", lambda: answer.content)])
    assert [str(problem) for problem in check(source, EmptyStore())[1]] == [
        "ecole:1: -: Le fichier est vide\u00a0: il décrit l’école sur une seule ligne."
    ]


def test_pages_need_the_same_statements_for_any_number_of_rows(client, director, query_budget, folder):
    with query_budget(8):
        client.get("/reprise")
    client.post(checked(client, folder.zip()))
    with query_budget(8):
        client.get("/reprise")
