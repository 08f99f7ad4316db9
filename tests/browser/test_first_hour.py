"""The first hour: an empty server, its one-time code, the director's account, the school's files, the first figures."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import BrowserContext, Page, expect

from app.core.clock import today
from app.demo.school import School, generate
from tests.browser.conftest import MEASURES
from tests.support.server import compagnon, environment, serve

ROWS = 200  # lines of the largest broken file: enough to show that one bad line among many is named


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server that nobody has signed in to: its address, and the code it printed."""
    compagnon("migrate", env=environment(tmp_path))
    with serve(tmp_path) as (address, _process):
        printed = re.search(r"72 heures : (\S+)", (tmp_path / "server.log").read_text())
        assert printed
        yield address, printed[1]


@pytest.fixture(scope="module")
def rows() -> School:
    """A school to take over: that of the demonstration, as files."""
    return generate(today())


def _table(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _broken_zip(school: School, path: Path) -> tuple[str, str]:
    """Two mistakes in two files; gives where they are."""
    tables = {
        name: [dict(row) for row in school.tables[name][:ROWS]] for name in ("diplomes", "groupes", "eleves", "clients")
    }
    tables["eleves"][6]["date_naissance"] = "32/13/2010"
    tables["clients"][3]["siret"] = "12345678900000"
    with zipfile.ZipFile(path, "w") as archive:
        for name, lines in tables.items():
            archive.writestr(f"ecole/{name}.csv", _table(lines))
    return "ligne 8", "ligne 5"


def _workbook(school: School, path: Path) -> None:
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False})
    for name, lines in school.tables.items():
        sheet = book.add_worksheet(name)
        for number, line in enumerate([list(lines[0]), *(line.values() for line in lines)] if lines else []):
            sheet.write_row(number, 0, [str(cell) for cell in line])
    book.close()


def _create_director(page: Page, code: str) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Première connexion")
    page.get_by_label("Code du serveur").fill("FAUX-CODE")
    page.get_by_label("Nom de l’école").fill("École de la Marne")
    page.get_by_label("Prénom").fill("Claire")
    page.get_by_label("Nom", exact=True).fill("Lambert")
    page.get_by_label("Adresse électronique").fill("direction@ecole-de-la-marne.example")
    for label in ("Mot de passe", "Encore une fois"):
        page.get_by_label(label, exact=True).fill("un établi bien rangé")
    page.get_by_role("button", name="Créer mon compte").click()
    wrong = page.get_by_label("Code du serveur")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Prénom")).to_have_value("Claire")
    wrong.fill(code)
    for label in ("Mot de passe", "Encore une fois"):
        page.get_by_label(label, exact=True).fill("un établi bien rangé")
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Claire")


def _upload(page: Page, path: Path) -> None:
    page.get_by_label("Vos fichiers", exact=True).set_input_files(path)
    page.get_by_role("button", name="Vérifier ces fichiers").click()


def test_from_an_empty_server_to_the_first_figures(
    context_of: Callable[..., BrowserContext], empty: tuple[str, str], rows: School, tmp_path: Path
) -> None:
    address, code = empty
    page = context_of(address=address).new_page()
    page.set_default_timeout(60_000)  # the whole school is read and checked at a stroke
    _create_director(page, code)
    page.get_by_role("link", name="Reprendre mes fichiers").click()
    places = _broken_zip(rows, tmp_path / "fichiers.zip")
    _upload(page, tmp_path / "fichiers.zip")
    expect(page.get_by_role("status").first).to_contain_text("Rien n’est encore enregistré")
    for name, place in zip(("eleves", "clients"), places, strict=True):
        expect(page.get_by_role("region", name=f"{name}.csv, à corriger")).to_contain_text(place)
    expect(page.get_by_role("button", name="Reprendre ces données")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("link", name="Déposer à nouveau").click()
    _workbook(rows, tmp_path / "ecole.xlsx")
    start = page.evaluate("Date.now()")
    _upload(page, tmp_path / "ecole.xlsx")
    expect(page.get_by_role("status").first).to_contain_text("Tout est juste", timeout=60_000)
    page.get_by_role("button", name="Reprendre ces données").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Données reprises", timeout=60_000)
    seconds = (page.evaluate("Date.now()") - start) / 1000
    lines = sum(map(len, rows.tables.values()))
    MEASURES.append(f"first hour: {lines} lines of a workbook checked and stored in {seconds:.0f} s, in a browser")
    page.get_by_role("link", name="Aller à l’accueil").click()
    main = page.locator("main")
    expect(main).to_contain_text("Promesses d’embauche par diplômé")
    assert re.search(r"Part de pratique\s+\d\d,\d", main.inner_text())
    assert re.search(r"Carnet de commandes\s+[\d\s]+€", main.inner_text())
