"""The office's day of absences and applicants, at a desk and on a tablet."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from app.core.clock import today
from app.core.permissions import Role
from tests.browser.conftest import DESKTOP, MEASURES, TABLET, typed_day
from tests.support.mailbox import Mailbox

Contexts = Callable[..., BrowserContext]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def office(context_of: Contexts) -> Page:
    """The desk."""
    return context_of(DESKTOP, Role.OFFICE).new_page()


def _press(page: Page, target: Locator) -> Response:
    """Click, and wait until the page that follows stands."""
    with page.expect_navigation() as gone:
        target.click()
    assert gone.value is not None
    return gone.value


def _flash(page: Page) -> Locator:
    return page.locator("[data-flash]")


def _fetch(page: Page, link: Locator) -> tuple[str, bytes]:
    """The document behind a link: its type and its bytes."""
    answer = page.request.get(link.get_attribute("href") or "")
    assert answer.status == 200
    return answer.headers["content-type"].split(";")[0], answer.body()


class TestMorning:
    def test_the_bar_leads_to_absences_and_calls_and_fits_a_tablet(self, context_of: Contexts) -> None:
        page = context_of(TABLET, Role.OFFICE).new_page()
        page.goto("/")
        bar = page.get_by_role("navigation", name="Navigation principale")
        assert page.evaluate("document.documentElement.scrollWidth") <= TABLET[0]
        assert len({(link.bounding_box() or {})["y"] for link in bar.get_by_role("link").all()}) == 1
        _press(page, bar.get_by_role("link", name="Absences"))
        _press(page, page.locator("main").get_by_role("link", name="Appels", exact=True))
        expect(page.get_by_role("heading", level=1)).to_have_text("Appels")
        expect(bar.locator("[aria-current=page]")).to_contain_text("Absences")
        expect(page.get_by_role("region", name="Appels à faire par d’autres").get_by_role("row")).not_to_have_count(0)

    def test_guardians_are_told_once_after_the_office_has_read(self, office: Page, post_office: Mailbox) -> None:
        post_office.all()
        office.goto("/absences")
        clicks = 1
        _press(office, office.get_by_role("link", name="Préparer les messages"))
        boxes = office.get_by_role("textbox", name="Message")
        wanted = boxes.count()
        assert wanted
        other = office.context.new_page()
        other.goto(office.url)
        words = boxes.first.input_value()
        boxes.first.fill("")
        send = office.get_by_role("button", name="Envoyer les messages cochés")
        assert _press(office, send).status == 422
        expect(office.get_by_role("alert")).to_contain_text("Aucun message n’est parti")
        boxes.first.fill(words + "\nMerci de rappeler avant 10 h.")
        clicks += 1
        _press(office, send)
        expect(_flash(office)).to_be_visible()
        arrived = [post_office.arrived.get(timeout=30) for _ in range(wanted)]
        assert any("Merci de rappeler avant 10 h." in mail.get_content() for mail in arrived)
        MEASURES.append(f"{wanted} absences told to guardians: {clicks} clicks")
        self._once(office, other, wanted, post_office)

    @staticmethod
    def _once(page: Page, other: Page, wanted: int, post_office: Mailbox) -> None:
        """Nothing waits to be told any more; the same form, open in a second tab, sends nothing."""
        expect(page.get_by_role("link", name="Préparer les messages")).to_have_count(0)
        _press(other, other.get_by_role("button", name="Envoyer les messages cochés"))
        page.goto("/envois")
        expect(page.locator("main tbody tr", has_text="Absence de").nth(wanted - 1)).to_be_visible()
        assert post_office.all() == []

    def test_a_reason_is_kept_with_its_document(self, office: Page) -> None:
        office.goto("/absences")
        _press(office, office.get_by_role("link", name="Noter le motif").first)
        name = office.get_by_label("Élève").locator("option:checked").inner_text()
        save = office.get_by_role("button", name="Enregistrer le motif")
        why, until = office.get_by_label("Motif", exact=True), office.locator("[name=ends_on]")
        why.select_option(value="MAL")
        office.get_by_label("Donné par").fill("Mme Petit, mère")
        before = until.input_value()
        until.fill("01/09/2020")
        assert _press(office, save).status == 422
        expect(until).to_have_attribute("aria-invalid", "true")
        expect(office.get_by_label("Donné par")).to_have_value("Mme Petit, mère")
        until.fill(before)
        paper = {"name": "convocation.pdf", "mimeType": "application/pdf", "buffer": PDF}
        office.locator("[name=file]").set_input_files(paper)
        assert _press(office, save).status == 422, "no medical paper is kept"
        expect(office.locator("main")).to_contain_text("Pour la santé, seul le code est gardé")
        why.select_option(value="RSF")
        office.locator("[name=file]").set_input_files(paper)
        _press(office, save)
        expect(_flash(office)).to_have_text(re.compile("Motif enregistré"))
        reasons = office.get_by_role("region", name="Motifs donnés").or_(office.get_by_role("table", name="Motifs"))
        expect(reasons.first).to_contain_text("Mme Petit, mère")
        expect(office.get_by_role("heading", level=1)).to_contain_text(name.split()[0])
        proof = office.locator("a[href$='/justificatif']").first
        assert _fetch(office, proof) == ("application/pdf", PDF)

    def test_four_half_days_in_a_month_are_written_to_the_guardians(self, office: Page) -> None:
        office.goto("/absences/mois")
        prepare = office.get_by_role("link", name="Préparer le courrier")
        while not prepare.count():
            _press(office, office.get_by_role("link", name="Mois d’avant"))
        row = office.locator("main tbody tr", has=prepare).first
        half_days = int(re.findall(r"\d+", row.locator("td").first.inner_text())[0])
        assert half_days >= 4
        _press(office, row.get_by_role("link", name="Préparer le courrier"))
        expect(office.locator("main .prose li")).to_have_count(half_days)
        _press(office, office.get_by_role("button", name="Faire le courrier"))
        expect(_flash(office)).to_contain_text("prêt à imprimer")
        kind, body = _fetch(office, office.locator("a[href$='/courrier.pdf']").first)
        assert kind == "application/pdf"
        assert body.startswith(b"%PDF-")

    def test_the_register_of_the_day_is_read_and_printed(self, office: Page) -> None:
        office.goto("/absences")
        _press(office, office.get_by_role("link", name="Registre d’appel"))
        expect(office.locator("main tbody tr")).not_to_have_count(0)
        expect(office.locator("main")).to_contain_text("présent")
        kind, body = _fetch(office, office.get_by_role("link", name="Imprimer le registre"))
        assert (kind, body[:5]) == ("application/pdf", b"%PDF-")


class TestApplicants:
    def test_an_enquiry_becomes_a_pupil(self, office: Page) -> None:
        office.goto("/eleves")
        office.locator("main summary", has_text="Dossiers").click()
        _press(office, office.get_by_role("link", name="Candidats"))
        _press(office, office.get_by_role("link", name="Nouvelle candidature").first)
        save = office.get_by_role("button", name="Enregistrer la candidature")
        office.get_by_label("Prénom").fill("Élodie")
        office.get_by_label("Date de naissance (facultatif)").fill(f"12/04/{today().year - 15}")
        assert _press(office, save).status == 422
        expect(office.get_by_label("Prénom")).to_have_value("Élodie")
        office.locator("[name=last_name]").fill("Quatrevaux")
        _press(office, save)
        expect(_flash(office)).to_contain_text("reçue")
        self._week(office)
        here = office.url
        office.goto("/eleves?q=Quatrevaux")
        expect(office.locator("main tbody tr")).to_have_count(0)
        office.goto(here)
        self._admit(office)

    @staticmethod
    def _week(page: Page) -> None:
        page.locator("[name=starts_on]").fill(typed_day(10))
        page.locator("[name=ends_on]").fill(typed_day(7))
        page.get_by_label("Avec le groupe").select_option(index=1)
        book = page.get_by_role("button", name="Réserver la semaine")
        assert _press(page, book).status == 422
        expect(page.locator("[name=ends_on]")).to_have_value(typed_day(7))
        page.locator("[name=ends_on]").fill(typed_day(14))
        _press(page, book)
        expect(_flash(page)).to_contain_text("réservée")
        for link in (
            page.get_by_role("link", name="Convention (PDF)"),
            page.get_by_role("link", name="Fiche d’accueil"),
        ):
            kind, body = _fetch(page, link)
            assert (kind, body[:5]) == ("application/pdf", b"%PDF-")

    @staticmethod
    def _admit(page: Page) -> None:
        page.get_by_label("Groupe d’entrée").select_option(index=1)
        page.get_by_label("Entre à l’école le").fill("31/02/2099")
        admit = page.get_by_role("button", name="Admettre et inscrire")
        assert _press(page, admit).status == 422
        page.get_by_label("Entre à l’école le").fill(typed_day(17))
        _press(page, admit)
        expect(_flash(page)).to_contain_text("Élodie Quatrevaux est inscrit")
        page.goto("/eleves?etat=tous&q=Quatrevaux")
        expect(page.get_by_role("row", name="Élodie Quatrevaux")).to_have_count(1)


class TestSchoolLife:
    def test_pupils_go_out_and_come_back_and_one_change_is_seen_first(self, office: Page) -> None:
        office.goto("/eleves")
        office.locator("main summary", has_text="Dossiers").click()
        _press(office, office.get_by_role("link", name="Vie scolaire"))
        card = office.locator("section.card", has=office.get_by_role("heading", name="Élèves", exact=True))
        _kind, body = _fetch(office, card.get_by_role("link", name="Télécharger le fichier"))
        self._upload(office, card, body)
        news, changed, same = office.locator(".trio dd").all_inner_texts()
        assert (news, changed) == ("0", "0")
        assert int(same) > 0
        office.go_back()
        text = body.decode("utf-8-sig")
        mark = ";" if ";" in text.splitlines()[0] else ","
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
        place = rows[0].index("Téléphone")
        rows[1][place] = "06 12 34 56 78"
        out = io.StringIO()
        csv.writer(out, delimiter=mark).writerows(rows)
        self._upload(office, card, out.getvalue().encode())
        expect(office.locator("main tbody tr")).to_have_count(1)
        _press(office, office.get_by_role("button", name="Reprendre le fichier"))
        expect(_flash(office)).to_be_visible()
        _kind, body = _fetch(office, card.get_by_role("link", name="Télécharger le fichier"))
        assert b"12 34 56 78" in body or b"12345678" in body

    @staticmethod
    def _upload(page: Page, card: Locator, body: bytes) -> None:
        card.locator("input[type=file]").set_input_files({"name": "eleves.csv", "mimeType": "text/csv", "buffer": body})
        _press(page, card.get_by_role("button", name="Voir ce qui va changer"))
