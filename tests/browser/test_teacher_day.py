"""The teacher's day on a phone: roll call, theory log, marks, comments, hours and week."""

import re
from collections.abc import Callable

import icalendar
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from app.core.permissions import Role
from tests.browser.conftest import DESKTOP, MEASURES, PHONE, School
from tests.browser.taps import Taps

Contexts = Callable[..., BrowserContext]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def teacher(context_of: Contexts) -> Page:
    """Her phone."""
    return context_of(PHONE, Role.TEACHER).new_page()


def _send(page: Page, button: Locator) -> Response:
    """Tap, and wait until the page that follows stands."""
    with page.expect_navigation() as gone:
        button.tap()
    assert gone.value is not None
    return gone.value


def _said(page: Page) -> Locator:
    return page.locator("[data-flash]")


def _flag(page: Page, pupil: int, word: str) -> Locator:
    return page.locator("[data-roll-item]").nth(pupil).locator("[role=radiogroup] label", has_text=word)


def _first_own_call(page: Page) -> str:
    page.goto("/appels")
    own = page.get_by_role("region", name=re.compile("^Mes (appels à faire|séances de plus tard)$"))
    return own.get_by_role("link", name="Faire l’appel").first.get_attribute("href") or ""


class TestRoll:
    def test_a_roll_of_twelve_and_a_pupil_who_comes_after_it(self, teacher: Page, context_of: Contexts) -> None:
        teacher.goto("/")
        taps = Taps(teacher)
        taps.tap(teacher.get_by_role("navigation").get_by_role("link", name="Appel"))
        taps.tap(teacher.get_by_role("link", name="Faire l’appel").first)
        pupils = teacher.locator("[data-roll-item]")
        expect(pupils.first).to_be_visible()
        everybody, call = pupils.count(), teacher.url
        expect(pupils.locator("input[value=present]:checked")).to_have_count(everybody)
        taps.tap(_flag(teacher, 0, "Retard"))
        taps.tap(pupils.nth(0).get_by_role("button", name="Une minute de plus"))
        minutes = pupils.nth(0).get_by_label("Minutes de retard").input_value()
        taps.tap(_flag(teacher, 1, "Absent"))
        tally = teacher.locator("[data-tally]")
        expect(tally).to_contain_text(f"{everybody - 2} présents")
        expect(tally).to_contain_text("1 retard")
        taps.tap(teacher.get_by_role("button", name="Valider l’appel"))
        expect(_said(teacher)).to_contain_text("Appel enregistré")
        MEASURES.append(f"roll call of {everybody} on a phone, one late ({minutes} min) and one absent: {taps}")
        self._the_absent_one_comes(teacher, call)
        session = call.rsplit("/", 1)[1]
        self._what_the_office_reads(context_of(DESKTOP, Role.OFFICE).new_page(), session, minutes)

    @staticmethod
    def _the_absent_one_comes(page: Page, call: str) -> None:
        """He comes fifteen minutes late after all, and another leaves a quarter of an hour before the end."""
        page.goto(call)
        expect(page.locator("main")).to_contain_text("Ce que vous changez ici le corrige")
        _flag(page, 1, "Retard").tap()
        page.locator("[data-roll-item]").nth(1).get_by_role("button", name="15 minutes").first.tap()
        page.get_by_label("Quelqu’un est parti avant la fin").tap()
        leaving = page.locator("[data-roll-item]").nth(2)
        leaving.get_by_role("button", name="15 minutes").last.tap()
        row = page.locator("[data-roll-item]").nth(3).locator(".roll__detail--early")
        assert (row.bounding_box() or {})["height"] < 60, "the question stands on one line a pupil"
        _send(page, page.get_by_role("button", name="Corriger l’appel"))
        expect(_said(page)).to_contain_text("2 retards")
        expect(_said(page)).not_to_contain_text("absent")

    @staticmethod
    def _what_the_office_reads(page: Page, session: str, minutes: str) -> None:
        page.goto(f"/semaine/seances/{session}")
        rows = page.get_by_role("region", name="Appel de la séance").locator("tbody tr")
        expect(rows.nth(0)).to_contain_text(f"Retard {minutes} min")
        expect(rows.nth(1)).to_contain_text("Retard 15 min")
        expect(rows.nth(2)).to_contain_text("parti 15 min avant")

    def test_what_cannot_be_is_said_at_the_pupil_and_nothing_is_lost(self, teacher: Page) -> None:
        call = _first_own_call(teacher)
        teacher.goto(call)
        _flag(teacher, 1, "Absent").tap()
        _flag(teacher, 0, "Retard").tap()
        minutes = teacher.locator("[data-roll-item]").nth(0).get_by_label("Minutes de retard")
        for typed, words in (("0", "Combien de minutes"), ("-5", "plus petit"), ("999", "plus long que la séance"),
                             ("dix", "nombre entier"), ("", "Combien de minutes")):  # fmt: skip
            minutes.fill(typed)
            answer = _send(teacher, teacher.get_by_role("button", name="Valider l’appel"))
            assert answer.status == 422
            expect(teacher.locator(".roll__error")).to_contain_text(words)
            expect(minutes).to_have_value(typed)
            expect(_flag(teacher, 1, "Absent").locator("input")).to_be_checked()
        assert _first_own_call(teacher) == call, "nothing was stored"

    def test_two_tabs_a_double_tap_and_back_store_one_roll(self, context_of: Contexts) -> None:
        context = context_of(PHONE, Role.TEACHER)
        first, second = context.new_page(), context.new_page()
        first.goto("/appels")
        call = first.locator("a[href^='/appels/']").last.get_attribute("href") or ""
        first.goto(call)
        second.goto(call)
        posts: list[str] = []
        first.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
        _flag(first, 3, "Absent").tap()
        first.locator(".dock button").dblclick()
        expect(_said(first)).to_contain_text("Appel enregistré")
        assert len(posts) == 1
        first.reload()
        expect(_said(first)).to_have_count(0)
        _flag(second, 4, "Absent").tap()
        answer = _send(second, second.locator(".dock button"))
        assert answer.status == 409
        expect(second.get_by_role("alert")).to_contain_text("Rien n’a été écrasé")
        expect(_flag(second, 4, "Absent").locator("input")).to_be_checked()
        first.go_back()
        expect(_flag(first, 3, "Absent").locator("input")).to_be_checked()
        expect(first.locator("main")).to_contain_text("Ce que vous changez ici le corrige")

    def test_a_session_cancelled_meanwhile_or_to_come_has_no_roll(self, teacher: Page, context_of: Contexts) -> None:
        call = _first_own_call(teacher)
        teacher.goto(call)
        _flag(teacher, 0, "Absent").tap()
        office = context_of(DESKTOP, Role.OFFICE).new_page()
        office.goto(call.replace("/appels/", "/semaine/seances/") + "/annulation")
        office.get_by_label("Motif").fill("Salle inondée")
        office.get_by_role("button", name="Annuler la séance").click()
        expect(_said(office)).to_be_visible()
        answer = _send(teacher, teacher.locator(".dock button"))
        assert answer.status in {409, 422}
        expect(teacher.locator("main")).to_contain_text("annulée")
        teacher.goto("/semaine")
        _send(teacher, teacher.get_by_role("link", name=re.compile(r"^Semaine \d+$")).last)
        while not teacher.locator(".slot").count():  # holidays
            _send(teacher, teacher.get_by_role("link", name=re.compile(r"^Semaine \d+$")).last)
        lesson = teacher.locator(".slot").first.get_attribute("href") or ""
        teacher.goto("/appels/" + lesson.rsplit("/", 1)[1])
        expect(teacher.locator("main")).to_contain_text("l’appel se fera ce jour-là")
        expect(teacher.locator(".dock button")).to_have_count(0)


class TestLog:
    def test_the_lesson_its_homework_and_a_file(self, teacher: Page) -> None:
        teacher.goto("/")
        taps = Taps(teacher)
        taps.tap(teacher.get_by_role("navigation").get_by_role("link", name="Cahier"))
        todo = teacher.get_by_role("link", name="Remplir le cahier")
        taps.tap(todo.first)
        save = teacher.get_by_role("button", name="Enregistrer le cahier")
        teacher.get_by_label("Fait en séance").fill("Lecture d’un plan : cotes, tolérances, vues.")
        teacher.get_by_label("Travail à faire").fill("Relever dix cotes")
        address, due = teacher.url, teacher.get_by_label("Pour le")
        for name, typed, words in (("homework_due_on", "01/01/2020", "se rend après la séance"),
                                   ("homework_due_on", "lundi", "Cette date n’existe pas"),
                                   ("taught_minutes", "999", "on ne peut pas en avoir fait 999")):  # fmt: skip
            field = teacher.locator(f"[name={name}]")
            before = field.input_value()
            field.fill(typed)
            assert _send(teacher, save).status == 422
            expect(teacher.locator(".field__error")).to_contain_text(words)
            expect(field).to_have_value(typed)
            expect(teacher.get_by_label("Fait en séance")).to_have_value(re.compile("^Lecture d’un plan"))
            field.fill(before)
        due.fill("01/12/2099")
        teacher.get_by_label("Joindre un fichier").set_input_files(
            {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        taps.tap(save)
        expect(_said(teacher)).to_have_text("Cahier enregistré.")
        MEASURES.append(f"theory log on a phone: {taps}, two sentences typed, three slips put right")
        self._kept(teacher, address)

    @staticmethod
    def _kept(page: Page, address: str) -> None:
        """A correction is one more entry; the first words and the file stay."""
        page.goto(address)
        expect(page.get_by_role("link", name="plan.pdf")).to_be_visible()
        page.get_by_label("Fait en séance").fill("Lecture d’un plan et cotation.")
        _send(page, page.get_by_role("button", name="Enregistrer le cahier"))
        page.goto(address)
        page.get_by_text("Ce qui était écrit avant").tap()
        expect(page.get_by_text("Lecture d’un plan : cotes, tolérances, vues.")).to_be_visible()
        expect(page.get_by_label("Pour le")).to_have_value("01/12/2099")

    def test_the_lesson_before_and_the_next_one_stand_by(self, teacher: Page) -> None:
        teacher.goto("/cahier")
        teacher.get_by_role("region", name="Dernières séances remplies").get_by_role("link").first.tap()
        last = teacher.locator("details", has_text="La dernière fois")
        last.locator("summary").tap()
        expect(last.locator(".prose p").first).to_be_visible()
        expect(teacher.locator("main")).to_contain_text("Prochaine séance :")


class TestMarks:
    def test_every_wrong_mark_is_told_at_once_and_the_right_ones_wait(self, teacher: Page) -> None:
        teacher.goto("/notes/nouvelle")
        teacher.get_by_label("Groupe et matière").select_option(index=1)
        teacher.get_by_label("Titre").fill("Dictée du posage")
        taps = Taps(teacher)
        taps.tap(teacher.get_by_role("button", name="Saisir les notes"))
        cells = teacher.get_by_role("textbox", name=re.compile("^Note de "))
        save = teacher.get_by_role("button", name="Enregistrer les notes")
        expect(cells.first).to_be_visible()
        many = cells.count()
        for rank in range(many):
            cells.nth(rank).fill(("12", "25", "8,5", "abs", "seize", "14")[rank % 6])
        assert _send(teacher, save).status == 422
        wrong = [rank for rank in range(many) if rank % 6 in {1, 4}]
        expect(teacher.locator("p.field__error")).to_have_count(len(wrong))
        expect(cells.nth(0)).to_have_value("12")
        for rank in wrong:
            cells.nth(rank).fill("10")
        taps.tap(save)
        expect(_said(teacher)).to_contain_text(f"{many} notes enregistrées")
        expect(teacher.locator("main")).to_contain_text(f"{many} sur {many}")
        teacher.reload()
        expect(cells.nth(1)).to_have_value("10")
        expect(cells.nth(2)).to_have_value("8,5")
        MEASURES.append(f"{many} marks on a phone: {taps}, and the marks typed")

    def test_comments_of_the_term_stand_in_one_table(self, teacher: Page) -> None:
        teacher.goto("/bulletins")
        _send(teacher, teacher.get_by_role("link", name="Français"))
        boxes = teacher.get_by_role("textbox", name=re.compile("^Appréciation pour"))
        for rank in range(boxes.count()):
            boxes.nth(rank).fill(f"Travail suivi, participation à l’oral à poursuivre ({rank}).")
        save = teacher.get_by_role("button", name="Enregistrer les appréciations")
        _send(teacher, save)
        teacher.reload()
        expect(boxes.first).to_have_value(re.compile(r"\(0\)"))
        expect(boxes.last).to_have_value(re.compile(rf"\({boxes.count() - 1}\)"))


class TestHours:
    def test_the_month_is_read_and_confirmed(self, teacher: Page) -> None:
        teacher.goto("/")
        _send(teacher, teacher.get_by_role("link", name="Heures tenues ce mois"))
        _send(teacher, teacher.locator("main tbody a").last)
        total = teacher.locator("tfoot .num").text_content() or ""
        confirm = teacher.get_by_role("button", name="J’ai vérifié mes heures")
        confirm.scroll_into_view_if_needed()
        _send(teacher, confirm)
        expect(_said(teacher)).to_contain_text("vérifié")
        expect(teacher.locator(".page-head")).to_contain_text("Vérifié")
        expect(teacher.locator("main")).to_contain_text(total)
        expect(confirm).to_have_count(0)

    def test_her_week_stands_day_under_day_and_in_her_own_calendar(self, teacher: Page, school: School) -> None:
        teacher.goto("/semaine")
        days = [box for day in teacher.locator(".week__day").all() if (box := day.bounding_box())]
        assert all(day["width"] <= PHONE[0] for day in days)
        assert [day["y"] for day in days] == sorted({day["y"] for day in days})
        _send(teacher, teacher.get_by_role("link", name="Mes séances dans mon agenda"))
        _send(teacher, teacher.get_by_role("button", name="Préparer un lien"))
        address = teacher.get_by_label("Adresse de l’agenda").input_value()
        assert address.startswith("http"), "a telephone subscribes to a whole address"
        feed = school.address + re.sub(r"^https?://[^/]+", "", address)
        read = teacher.request.get(feed)
        events = icalendar.Calendar.from_ical(read.body()).walk("VEVENT")
        assert events
        _send(teacher, teacher.get_by_role("button", name="Retirer"))
        assert teacher.request.get(feed).status == 404

    def test_a_private_note_is_read_by_the_head_and_by_no_master(self, teacher: Page, context_of: Contexts) -> None:
        teacher.goto("/eleves")
        code = (teacher.locator("main tbody a").first.get_attribute("href") or "").rsplit("/", 1)[1]
        teacher.goto(f"/eleves/{code}/notes")
        teacher.get_by_label("Note", exact=True).fill("A besoin d’aide en lecture.")
        teacher.get_by_label("Qui peut la lire").select_option(label="La direction et moi")
        _send(teacher, teacher.get_by_role("button", name="Enregistrer la note"))
        expect(teacher.locator("main")).to_contain_text("A besoin d’aide en lecture.")
        for role, seen in ((Role.DIRECTOR, 1), (Role.MASTER, 0)):
            page = context_of(DESKTOP, role).new_page()
            page.goto(f"/eleves/{code}/notes")
            expect(page.get_by_text("A besoin d’aide en lecture.")).to_have_count(seen)
