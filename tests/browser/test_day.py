"""The day of the school, played in Chromium: workshop, classroom, office, director."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, expect

from app.core.permissions import Role
from tests.browser.board import MINE, expect_given, give, idle, name_of, ready, row_of, take, takers
from tests.browser.conftest import DESKTOP, PHONE, TABLET, School, typed_day

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def master(context_of: Contexts) -> Page:
    """The master's screen, at a desk."""
    return context_of(DESKTOP, Role.MASTER).new_page()


def _pieces(page: Page) -> Locator:
    return page.locator("section.card", has=page.get_by_role("heading", name="Pièces", exact=True)).locator(
        ".card__head"
    )


class TestWorkshop:
    def test_a_ticket_is_given_in_two_gestures_and_the_work_reported(self, master: Page) -> None:
        master.goto(MINE)
        given = give(master, at_least=4)
        expect(row_of(master, given.pupil).locator(f"[data-ticket='{given.number}']")).to_have_count(1)
        expect(master.locator("[data-inhand]")).to_be_visible()  # the next one is in hand already
        master.goto(f"/atelier/bons/{given.number}")
        master.get_by_role("button", name="Démarrer", exact=True).click()
        expect(master.locator("main")).to_contain_text("Au travail depuis")
        self._report(master)
        self._correct(master)
        master.get_by_role("button", name="Mettre en pause").click()
        expect(master.locator(".page-head")).to_contain_text("En pause")
        master.get_by_role("button", name="Démarrer", exact=True).click()
        expect(master.locator(".page-head")).to_contain_text("En cours")
        master.get_by_role("link", name="Terminer le bon").click()
        _finish(master)

    @staticmethod
    def _report(page: Page) -> None:
        page.get_by_role("link", name="Déclarer des pièces").click()
        good, scrap = page.get_by_label("Bonnes"), page.get_by_label("Rebuts (facultatif)", exact=True)
        good.fill("deux")
        scrap.fill("1")
        page.get_by_label("Pourquoi des rebuts ?").select_option(index=1)
        page.get_by_role("button", name="Enregistrer les pièces").click()
        expect(good).to_have_attribute("aria-invalid", "true")
        expect(good).to_have_value("deux")
        expect(scrap).to_have_value("1")
        good.fill("2")
        page.get_by_role("button", name="Enregistrer les pièces").click()
        expect(page.locator("[data-flash]")).to_have_text("Pièces enregistrées.")
        expect(_pieces(page)).to_contain_text("2 sur")
        expect(_pieces(page)).to_contain_text("1 rebut")

    @staticmethod
    def _correct(page: Page) -> None:
        """The wrong entry is reversed, never rewritten: it stays readable, struck out."""
        page.get_by_role("region", name="Pièces déclarées").get_by_role("link", name="Corriger").click()
        page.get_by_label("Bonnes").fill("3")
        page.get_by_label("Rebuts", exact=True).fill("0")
        page.get_by_label("Pourquoi cette correction ?").fill("Une pièce comptée deux fois")
        page.get_by_role("button", name="Corriger la quantité").click()
        table = page.get_by_role("region", name="Pièces déclarées")
        expect(table.locator("del").first).to_be_visible()
        expect(_pieces(page)).to_contain_text("3 sur")
        expect(_pieces(page)).not_to_contain_text("rebut")

    def test_a_refusal_says_why_and_who_else_and_changes_nothing(self, master: Page, context_of: Contexts) -> None:
        master.goto(MINE)
        take(master)
        row = idle(master).last
        director = context_of(DESKTOP, Role.DIRECTOR).new_page()
        before = self._tickets(director)
        self._note_absent(director, name_of(row))
        row.locator("[data-give]").click()
        refusal = master.get_by_role("alert")
        expect(refusal).to_be_focused()
        expect(refusal).to_contain_text("ne peut pas prendre ce bon")
        expect(refusal).to_contain_text("absent à l’appel")
        expect(refusal).to_contain_text(re.compile("(Rien n’a|n’a pas) été donné"))
        assert self._tickets(director) == before
        other = refusal.locator(".alternative").first
        taker = other.locator("strong").inner_text().removeprefix("Donner à ")
        other.click()
        number = expect_given(master)
        expect(row_of(master, taker).locator(f"[data-ticket='{number}']")).to_have_count(1)

    @staticmethod
    def _tickets(page: Page) -> str:
        page.goto("/atelier/bons?etat=tous")
        return page.locator(".page-head__sub").inner_text()

    @staticmethod
    def _note_absent(page: Page, pupil: str) -> None:
        page.goto("/appels")
        done = page.get_by_role("region", name="Appels faits aujourd’hui").get_by_role("link")
        for address in [link.get_attribute("href") for link in done.all()]:
            page.goto(address or "")
            if page.get_by_role("radiogroup", name=pupil).count():
                page.get_by_role("radiogroup", name=pupil).get_by_text("Absent").click()
                page.get_by_role("button", name="Corriger l’appel").click()
                expect(page.locator("[data-flash]")).to_contain_text("Appel enregistré")
                return
        raise AssertionError(f"{pupil} is on no roll of today")

    def test_the_keyboard_is_enough(self, master: Page) -> None:
        master.goto(MINE)
        master.keyboard.press("b")
        expect(master.locator("[data-inhand]")).to_be_visible()
        first = master.url
        master.keyboard.press("Escape")
        expect(master.locator("[data-inhand]")).to_have_count(0)
        master.keyboard.press("b")
        expect(master.locator("[data-inhand]")).to_be_visible()
        assert master.url == first
        master.keyboard.press("ArrowDown")
        master.keyboard.press("ArrowDown")
        master.keyboard.press("ArrowUp")
        chosen = takers(master).first
        expect(chosen.locator("[data-give]")).to_be_focused()
        pupil = name_of(chosen)
        master.keyboard.press("Enter")
        number = expect_given(master)
        expect(row_of(master, pupil).locator(f"[data-ticket='{number}']")).to_have_count(1)

    def test_a_ticket_is_dragged_to_a_pupil_and_on_to_another(self, master: Page) -> None:
        master.goto(MINE)
        ticket = ready(master).first
        rows = master.locator("tr[data-pupil]:not([data-can=absent])")
        first, second = name_of(rows.nth(0)), name_of(rows.nth(1))
        self._drag(master, ticket.locator(".ticket__title"), row_of(master, first))
        number = expect_given(master)
        slip = master.locator(f".ticket--slip[data-ticket='{number}']")
        expect(row_of(master, first).locator(slip)).to_have_count(1)
        self._drag(master, slip.locator(".ticket__title"), row_of(master, second))
        expect(row_of(master, second).locator(slip)).to_have_count(1)
        expect(row_of(master, first).locator(slip)).to_have_count(0)

    @staticmethod
    def _drag(page: Page, what: Locator, row: Locator) -> None:
        what.scroll_into_view_if_needed()
        what.hover()
        page.mouse.down()
        row.hover()
        expect(row).to_have_attribute("data-drop", "yes")  # it turns green before the drop
        row.hover()
        with page.expect_navigation():
            page.mouse.up()

    def test_everything_works_without_script(self, context_of: Contexts) -> None:
        page = context_of(DESKTOP, Role.MASTER, scripts=False).new_page()
        page.goto(MINE)
        given = give(page)
        page.goto(f"/atelier/bons/{given.number}")
        page.get_by_role("button", name="Démarrer", exact=True).click()
        expect(page.locator(".page-head")).to_contain_text("En cours")
        page.get_by_role("link", name="Terminer le bon").click()
        _finish(page)

    def test_a_gift_is_undone_from_its_message(self, master: Page) -> None:
        master.goto(MINE)
        given = give(master)
        master.locator("[data-flash]").get_by_role("button", name="Annuler").click()
        master.goto(MINE)
        expect(row_of(master, given.pupil).locator(f"[data-ticket='{given.number}']")).to_have_count(0)

    def test_the_second_master_is_told_who_and_what(self, master: Page, context_of: Contexts, school: School) -> None:
        other = context_of(DESKTOP, school.colleague).new_page()
        master.goto(MINE)
        take(master)
        other.goto(master.url.replace("vue=moi", "vue=tous"))
        row = takers(master).first
        pupil = name_of(row)
        row.locator("[data-give]").click()
        number = expect_given(master)
        with other.expect_response(lambda answer: answer.request.method == "POST") as answered:
            takers(other).last.locator("[data-give]").click()
        assert answered.value.status == 409
        words = other.get_by_role("alert")
        expect(words).to_contain_text(pupil.split()[0])
        expect(words).to_contain_text(number)

    def test_what_two_masters_type_about_one_ticket_is_kept(
        self, master: Page, context_of: Contexts, school: School
    ) -> None:
        master.goto(MINE)
        given = give(master, at_least=2)
        form = f"/atelier/bons/{given.number}/fin"
        other = context_of(DESKTOP, school.colleague).new_page()
        other.goto(form)
        other.get_by_label("Bonnes").fill("1")
        master.goto(form)
        _finish(master)
        with other.expect_response(lambda answer: answer.request.method == "POST") as answered:
            other.get_by_role("button", name="Terminer le bon").click()
        assert answered.value.status == 409
        expect(other.get_by_role("alert")).to_contain_text(school.people[Role.MASTER].name)
        expect(other.get_by_label("Bonnes")).to_have_value("1")


def _finish(page: Page) -> None:
    """Finish the ticket of the form, with a reason where checks are missing."""
    finish, why = (
        page.get_by_role("button", name="Terminer le bon"),
        page.get_by_label("Pourquoi terminer quand même ?"),
    )
    done = page.locator(".page-head", has_text="Terminé")
    finish.click()
    expect(why.or_(done)).to_be_visible()
    if why.count():
        why.fill("Contrôlé à l’établi.")
        finish.click()
    expect(done).to_be_visible()


class TestClassroom:
    def test_the_roll_is_called_without_script(self, context_of: Contexts) -> None:
        page = context_of(PHONE, Role.DIRECTOR, scripts=False).new_page()
        page.goto("/appels")
        page.get_by_role("region", name="Appels faits aujourd’hui").get_by_role("link").first.click()
        pupil = page.locator("[data-roll-item]").last
        pupil.locator("[role=radiogroup] label", has_text="Retard").tap()
        pupil.get_by_label("Minutes de retard").fill("7")
        page.get_by_role("button", name="Corriger l’appel").tap()
        expect(page.locator("[data-flash]")).to_contain_text("Appel enregistré")
        page.get_by_role("region", name="Appels faits aujourd’hui").get_by_role("link").first.click()
        expect(page.locator("[data-roll-item]").last.get_by_label("Minutes de retard")).to_have_value("7")


class TestOffice:
    def test_a_client_and_an_order_with_two_lines(self, context_of: Contexts) -> None:
        page = context_of(DESKTOP, Role.OFFICE).new_page()
        self._client(page)
        page.goto("/commandes/nouvelle")
        page.get_by_label("Client", exact=True).select_option(label="Outillage des Trois Vallées")
        self._line(page, 1, "Axe épaulé Ø25 h7, plan AX-204", "beaucoup", "12,50")
        self._line(page, 2, "Contrôle et marquage", "12", "4,00")
        page.get_by_label("Promise le").fill("31/02/2099")
        page.get_by_role("button", name="Garder en devis").click()
        expect(page.get_by_role("alert")).to_contain_text("La commande n’est pas enregistrée")
        quantity = page.get_by_label("Ligne 1, quantité")
        for field, typed in ((quantity, "beaucoup"), (page.get_by_label("Promise le"), "31/02/2099")):
            expect(field).to_have_attribute("aria-invalid", "true")
            expect(field).to_have_value(typed)
        expect(page.get_by_label("Ligne 2, désignation")).to_have_value("Contrôle et marquage")
        quantity.fill("12")
        page.get_by_label("Promise le").fill(typed_day(90))
        page.get_by_role("button", name="Garder en devis").click()
        expect(page.locator(".page-head")).to_contain_text("Devis")
        # 12 × 12,50 + 12 × 4,00 = 198,00; with VAT 237,60.
        expect(page.get_by_role("complementary", name="Résumé de la commande")).to_contain_text("237,60")
        page.get_by_role("button", name="Confirmer la commande").click()
        expect(page.locator(".page-head")).to_contain_text("Confirmée")

    @staticmethod
    def _client(page: Page) -> None:
        page.goto("/clients")
        page.get_by_role("link", name="Nouveau client").click()
        page.get_by_label("Raison sociale").fill("Outillage des Trois Vallées")
        page.get_by_label("SIRET").fill("123")
        page.get_by_label("Ville").fill("Langres")
        page.get_by_role("button", name="Enregistrer le client").click()
        siret = page.get_by_label("SIRET")
        expect(siret).to_have_attribute("aria-invalid", "true")
        expect(siret).to_have_value("123")
        expect(page.get_by_label("Ville")).to_have_value("Langres")
        siret.fill("")
        page.get_by_role("button", name="Enregistrer le client").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Outillage des Trois Vallées")

    @staticmethod
    def _line(page: Page, number: int, label: str, quantity: str, price: str) -> None:
        page.get_by_label(f"Ligne {number}, désignation").fill(label)
        page.get_by_label(f"Ligne {number}, quantité").fill(quantity)
        page.get_by_label(f"Ligne {number}, prix HT").fill(price)

    def test_what_was_typed_is_not_lost_by_a_slip(self, context_of: Contexts) -> None:
        page = context_of(DESKTOP, Role.OFFICE).new_page()
        page.goto("/commandes/nouvelle")
        page.get_by_label("Leur référence").fill("BC 2027-118")
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Clients").click()
        expect(page.get_by_label("Leur référence")).to_have_value("BC 2027-118")
        assert asked == ["beforeunload"]


class TestDirector:
    def test_reads_the_share_and_the_offers(self, context_of: Contexts) -> None:
        page = context_of(TABLET, Role.DIRECTOR).new_page()
        page.goto("/")
        main = page.locator("main")
        expect(main.get_by_role("heading", name="Promesses d’embauche par diplômé")).to_be_visible()
        per_graduate = page.locator("section.card", has_text="Promesses d’embauche par diplômé").first.inner_text()
        assert re.search(r"\d,\d", per_graduate)
        share = re.search(r"Part de pratique\s+(\d{1,2},\d)", main.inner_text())
        assert share, main.inner_text()
        page.goto("/heures")
        expect(main).to_contain_text(share[1])
        page.goto("/debouches")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert re.search(r"\d,\d", main.inner_text())


class TestDoor:
    def test_after_leaving_the_back_button_shows_nothing(self, page: Page, sign_in: Callable) -> None:
        sign_in(page, Role.DIRECTOR)
        page.goto("/commandes")
        address = page.url
        page.locator(".menu--person summary").click()
        page.get_by_role("button", name="Quitter").click()
        page.wait_for_url("**/connexion**")
        page.go_back()
        page.wait_for_load_state()
        expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
        expect(page.get_by_role("table")).to_have_count(0)
        page.goto(address)
        expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
