"""The director's day: one page, one hour followed to its source, what disagrees, and the papers of the school."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from app.core.permissions import Role
from tests.browser.conftest import DESKTOP, MEASURES, PHONE

Contexts = Callable[..., BrowserContext]
# Columns of a ledger: attended practice and theory, worked on tickets.
ATTENDED, WORKED = (4, 5), 7


@pytest.fixture
def director(context_of: Contexts) -> Page:
    """Her desk."""
    return context_of(DESKTOP, Role.DIRECTOR).new_page()


def _press(page: Page, target: Locator) -> Response:
    """Click, and wait until the page that follows stands."""
    with page.expect_navigation() as gone:
        target.click()
    assert gone.value is not None
    return gone.value


def _pdf(page: Page, link: Locator) -> None:
    answer = page.request.get(link.get_attribute("href") or "")
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF-")


def _minutes(words: str) -> int:
    """`3 h 30` in minutes."""
    hours, minutes = re.findall(r"\d+", re.sub(r"(?<=\d)[\s\u202f](?=\d{3}\b)", "", words))[:2]
    return int(hours) * 60 + int(minutes)


def _cells(row: Locator) -> list[int]:
    """Attended practice, attended theory and worked time of a line of the ledger."""
    found = row.locator("td").all_inner_texts()
    return [_minutes(found[place]) for place in (*ATTENDED, WORKED)]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_one_page_says_how_the_school_stands(context_of: Contexts, size: tuple[int, int]) -> None:
    page = context_of(size, Role.DIRECTOR).new_page()
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    words = page.locator("main").inner_text()
    for asked in (r"Part de pratique\s+\d{1,2},\d", r"Carnet de commandes\s+[\d\s]+", r"Réussite, session \d{4}\s+\d",
                  r"Promesses d’embauche par diplômé\s+\d,\d"):  # fmt: skip
        assert re.search(asked, words), asked
    share = re.search(r"Part de pratique\s+(\d{1,2},\d)", words)
    assert share
    _press(page, page.locator("main").get_by_role("link", name="Part de pratique").first)
    expect(page.locator("main")).to_contain_text(share[1])


class TestHours:
    def test_an_hour_is_followed_from_the_year_to_its_statement_and_its_clock(self, director: Page) -> None:
        director.goto("/")
        _press(director, director.get_by_role("link", name="Voir les heures"))
        pupils = director.get_by_role("region", name="Heures des élèves")
        _press(director, pupils.get_by_role("link").first)
        clicks = 2
        while "/jours/" not in director.url and director.locator("tfoot").count():
            rows = director.locator("main tbody tr")
            worked = next(row for row in rows.all() if _cells(row)[2])
            figures = _cells(worked)
            told = [_cells(row) for row in rows.all()]
            assert [sum(column) for column in zip(*told, strict=True)] == _cells(director.locator("tfoot tr"))
            _press(director, worked.get_by_role("link"))
            clicks += 1
            if director.locator("tfoot").count():
                assert _cells(director.locator("tfoot tr")) == figures, "what was opened adds up to its line"
        self._day(director, figures)
        MEASURES.append(f"an hour from the year to its statement: {clicks} clicks")

    @staticmethod
    def _day(page: Page, figures: list[int]) -> None:
        _planned, attended, worked = (_minutes(words) for words in page.locator(".trio dd").all_inner_texts())
        assert attended == figures[0] + figures[1]
        assert worked == figures[2]
        expect(page.locator("main")).to_contain_text(re.compile(r"Déclaration n° \d+"))
        expect(page.locator("main")).to_contain_text("Vaut aujourd’hui")
        clocks = page.get_by_role("region", name="Pointages du jour").or_(
            page.get_by_role("table", name="Pointages du jour")
        )
        pupil = page.locator(".page-head__sub").inner_text().split()[0]
        _press(page, clocks.first.get_by_role("link").first)
        expect(page.locator("main")).to_contain_text(pupil)

    def test_what_timetable_call_and_tickets_disagree_on_leads_to_its_act(self, director: Page) -> None:
        director.goto("/heures")
        _press(director, director.locator("main").get_by_role("link", name="Écarts"))
        rows = director.locator("main tbody tr")
        expect(rows).not_to_have_count(0)
        target = rows.first.get_by_role("link").first
        assert _press(director, target).status == 200
        assert "/heures/ecarts" not in director.url

    def test_sheet_certificate_and_the_export_for_the_region(self, director: Page) -> None:
        for where, name, button in (("feuilles", "Groupe", "Émettre la feuille"),
                                    ("attestations", "Élève", "Émettre l’attestation")):  # fmt: skip
            director.goto(f"/heures/papiers/{where}")
            director.get_by_label(name, exact=True).select_option(index=1)
            first, last = director.locator("[name=starts_on]"), director.locator("[name=ends_on]")
            days = first.input_value(), last.input_value()
            first.fill(days[1])
            last.fill(days[0])
            issue = director.get_by_role("button", name=button)
            assert _press(director, issue).status == 422
            expect(last).to_have_value(days[0])
            first.fill(days[0])
            last.fill(days[1])
            _press(director, issue)
            _pdf(director, director.locator("main tbody a").first)
        director.goto("/heures/region")
        shown = director.locator("main tbody tr").count()
        assert shown
        answer = director.request.get(director.locator("a[href*='export.csv']").get_attribute("href") or "")
        text = answer.body().decode("utf-8-sig")
        head, *rows, total = csv.reader(io.StringIO(text), delimiter=";")
        assert (len(rows), total[1]) == (shown, "Total")
        hours = [Decimal(row[head.index("Total (h)")].replace(",", ".")) for row in (*rows, total)]
        assert abs(sum(hours[:-1]) - hours[-1]) < Decimal("0.005") * shown  # each line is rounded once


class TestYear:
    def test_the_reports_of_a_term_are_issued_and_stay(self, director: Page) -> None:
        director.goto("/bulletins")
        _press(director, director.get_by_role("button", name="Émettre les bulletins"))
        table = director.get_by_role("region", name="Bulletins des élèves").or_(
            director.get_by_role("table", name="Bulletins des élèves")
        )
        expect(table.first).to_contain_text("Émis, édition 1")
        expect(table.first).not_to_contain_text("Pas émis")
        _pdf(director, table.first.get_by_role("link", name=re.compile("^PDF")).first)

    def test_the_change_of_year_is_read_before_it_is_done(self, director: Page) -> None:
        director.goto("/eleves")
        present = director.locator(".page-head__sub").inner_text()
        director.goto("/dossiers/rentree")
        create = director.get_by_role("button", name="Créer les groupes")
        if create.count():
            _press(director, create)
        _press(director, director.get_by_role("button", name="Voir ce qui va changer"))
        preview = director.get_by_role("region", name="Ce qui va changer").or_(
            director.get_by_role("table", name="Ce qui va changer")
        )
        expect(preview.first.get_by_role("row")).not_to_have_count(0)
        expect(director.get_by_role("button", name="Faire la rentrée")).to_be_visible()
        _press(director, director.get_by_role("link", name="Revenir aux choix"))
        director.goto("/eleves")
        expect(director.locator(".page-head__sub")).to_have_text(present)
