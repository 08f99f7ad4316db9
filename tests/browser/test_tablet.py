"""The pupil's tablet in Chromium: a day on it, a network that goes and comes back, a server that is killed, every size.

The school is this file's own: the server is stopped and started under the browser.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from app.accounts.queries import staff_actor
from app.core.db import Database
from app.kiosk.models import Tap
from app.workshop import service as workshop
from app.workshop.models import CheckResult, QuantityReport, WorkSession
from app.workshop.queries import get_ticket
from app.workshop.rules import TicketState
from tests.browser.walk import overflow, small_targets
from tests.factories import make_point, make_school
from tests.kiosk.stage import PINS, arrange_tablets
from tests.support.migrations import upgrade
from tests.support.server import serve
from tests.workshop.scene import arrange

KIOSK, SMALL, SEVEN = (1024, 600), (390, 844), (600, 1024)
TARGET = 44


@dataclass
class School:
    """The database behind the tablet, and how to reach it."""

    folder: Path
    database: Database
    token: str
    number: str


@dataclass(frozen=True)
class Template:
    """A school that is arranged once and copied for each test."""

    path: Path
    token: str
    number: str


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Inès has ten pieces to saw, with protections to tick and two measures; her class is at practice all day."""
    path = tmp_path_factory.mktemp("template") / "compagnon.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.writing() as db:
        make_school(db)
        scene = arrange(db)
        scene.session.start_minute, scene.session.end_minute = 0, 1439
        operation = scene.operations[0]
        operation.work_center.ppe = "lunettes ; chaussures de sécurité"
        make_point(db, operation, is_key=True)
        make_point(db, operation, label="Longueur", nominal=Decimal(40))
        db.flush()
        stage = arrange_tablets(db, scene)
        number = workshop.give_operation(db, operation.id, pupil_ids=[scene.ines.id], by=scene.by).number
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return Template(path, stage.tokens[0], number)


@pytest.fixture
def school(template: Template, tmp_path: Path) -> Iterator[School]:
    """A copy of the school for this test."""
    shutil.copyfile(template.path, tmp_path / "compagnon.db")
    database = Database(f"sqlite:///{tmp_path / 'compagnon.db'}")
    yield School(tmp_path, database, template.token, template.number)
    database.dispose()


@pytest.fixture
def served(school: School) -> Iterator[str]:
    with serve(school.folder) as (address, _process):
        yield address


@pytest.fixture
def tablet(chromium: Browser, school: School, served: str) -> Iterator[Callable[..., Page]]:
    """`tablet(KIOSK)`: a page of the enrolled tablet; script errors and policy breaches fail the test."""
    troubles: list[str] = []
    with contextlib.ExitStack() as stack:

        def make(size: tuple[int, int] = KIOSK, *, scripts: bool = True) -> Page:
            context = _context(chromium, served, size, school.token, scripts=scripts)
            stack.callback(context.close)
            context.on("weberror", lambda error: troubles.append(str(error.error)))
            context.on("console", lambda message: _note(message.text, troubles))
            return context.new_page()

        yield make
    assert troubles == []


def _context(
    chromium: Browser, address: str, size: tuple[int, int], token: str, *, scripts: bool = True
) -> BrowserContext:
    context = chromium.new_context(
        base_url=address, viewport={"width": size[0], "height": size[1]}, locale="fr-FR", timezone_id="Europe/Paris",
        has_touch=True, java_script_enabled=scripts,
    )  # fmt: skip
    context.add_cookies([{"name": "device", "value": token, "url": address}])
    context.set_default_timeout(15_000)
    return context


def _note(text: str, troubles: list[str]) -> None:
    if "Content Security Policy" in text:
        troubles.append(text)


def _sit(page: Page, school: School) -> None:
    page.goto("/tablette")
    page.get_by_role("link", name="Inès H.").click()
    for figure in PINS["Inès"]:
        page.locator(f"[data-figure='{figure}']").click()
    page.wait_for_url("**/tablette/bons")


def _open(page: Page, school: School) -> None:
    page.goto(f"/tablette/bons/{school.number}")


def _begin(page: Page) -> None:
    for box in page.locator("input[name=ppe]").all():
        box.check()
    page.get_by_role("button", name="Commencer").click()


def _count(school: School, what: type) -> int:
    with school.database.reading() as db:
        return db.scalar(select(func.count()).select_from(what)) or 0


def _arrived(page: Page) -> None:
    """Every tap has reached the server: nothing waits in the browser, and the strip is gone."""
    expect(page.locator("html")).to_have_attribute("data-waiting", "0", timeout=30_000)
    expect(page.locator("[data-cut]")).to_be_hidden()


def _expect_waiting(page: Page, count: int) -> None:
    expect(page.locator("html")).to_have_attribute("data-waiting", str(count))


class TestADay:
    def test_from_the_first_name_to_what_was_learnt(self, tablet: Callable[..., Page], school: School) -> None:
        page = tablet()
        _sit(page, school)
        expect(page.get_by_text("Tu peux commencer")).to_be_visible()
        page.get_by_role("link", name="Débit").click()
        _begin(page)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.get_by_role("link", name="J’ai fini").click()
        page.get_by_role("button", name="Ratées, une de plus").click()
        expect(page.get_by_label("Bonnes", exact=True)).to_have_value("9")
        page.get_by_text("Lecture de plan").click()
        page.get_by_role("button", name="J’ai fini").click()
        page.wait_for_url("**/bilan")
        page.get_by_label("Une phrase").fill("J’ai lu le plan.")
        page.get_by_role("button", name="Garder").click()
        page.wait_for_url("**/tablette/bons")
        with school.database.reading() as db:
            ticket = get_ticket(db, school.number)
            assert (ticket.state, ticket.good, ticket.scrap) == (TicketState.TO_RELEASE, 9, 1)

    def test_a_double_tap_starts_one_clock(self, tablet: Callable[..., Page], school: School) -> None:
        page = tablet()
        _sit(page, school)
        _open(page, school)
        for box in page.locator("input[name=ppe]").all():
            box.check()
        page.get_by_role("button", name="Commencer").dblclick()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        _arrived(page)
        assert (_count(school, WorkSession), _count(school, Tap)) == (1, 1)

    def test_without_script_the_same_forms_do_it(self, tablet: Callable[..., Page], school: School) -> None:
        page = tablet(scripts=False)
        page.goto("/tablette/code/E-INES")
        page.get_by_label("Code à 4 chiffres").fill(PINS["Inès"])
        page.get_by_role("button", name="Entrer").first.click()
        _open(page, school)
        _begin(page)
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Reprendre").click()
        page.get_by_role("link", name="J’ai fini").click()
        page.get_by_label("Bonnes", exact=True).fill("10")
        page.get_by_role("button", name="J’ai fini").click()
        page.wait_for_url("**/bilan")
        with school.database.reading() as db:
            assert get_ticket(db, school.number).good == 10

    def test_nothing_stays_in_the_browser_but_the_page_for_no_network(
        self, tablet: Callable[..., Page], school: School
    ) -> None:
        page = tablet()
        _sit(page, school)
        _open(page, school)
        _begin(page)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        kept = page.evaluate(
            "(async () => { const found = []; for (const name of await caches.keys())"
            " for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);"
            " return [found, localStorage.length, sessionStorage.length]; })()"
        )
        assert [path for path in kept[0] if not path.startswith("/static/")] == ["/tablette/hors-ligne"]
        assert kept[1:] == [0, 0]


class TestMeasuring:
    def test_a_measure_far_off_is_asked_about_once_and_the_button_comes_back(
        self, tablet: Callable[..., Page], school: School
    ) -> None:
        page = tablet()
        _sit(page, school)
        _open(page, school)
        _begin(page)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.goto(f"/tablette/bons/{school.number}/controle")
        field = page.locator("input[name='checks-0-value']")
        note = page.get_by_role("button", name="Noter")
        for typed, sentence in (("abc", "Ce n’est pas un nombre."), ("1201", "Cette mesure est loin.")):
            field.fill(typed)
            note.click()
            expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
            expect(field).to_have_attribute("aria-invalid", "true")
            expect(note).not_to_have_attribute("aria-busy", "true")
            expect(field).to_be_focused()
        assert _count(school, CheckResult) == 0
        note.click()
        expect(page.get_by_text("À revoir. Appelle")).to_be_visible()
        field.fill("12,01")
        note.click()
        expect(page.get_by_text("À revoir. Appelle")).to_be_hidden()
        with school.database.reading() as db:
            assert (Decimal("12.01"), True) in [(one.value, one.conforms) for one in db.scalars(select(CheckResult))]

    def test_protections_that_are_not_ticked_are_told_in_our_words(
        self, tablet: Callable[..., Page], school: School
    ) -> None:
        page = tablet()
        _sit(page, school)
        _open(page, school)
        page.get_by_role("button", name="Commencer").click()
        expect(page.get_by_role("alert").filter(has_text="Coche toutes tes protections.")).to_be_visible()
        assert _count(school, Tap) == 0
        _begin(page)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        page.get_by_role("link", name="Mes bons").click()
        page.wait_for_url("**/tablette/bons")


class TestCut:
    def test_taps_made_without_a_network_are_kept_sent_in_order_and_counted_once(
        self, tablet: Callable[..., Page], school: School
    ) -> None:
        page = tablet()
        _sit(page, school)
        _open(page, school)
        page.context.set_offline(True)
        _begin(page)
        expect(page.locator("[data-cut]")).to_have_text("Pas de réseau. Ton travail est gardé.")
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_role("button", name="Reprendre")).to_be_visible()
        page.get_by_role("button", name="Reprendre").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        _expect_waiting(page, 3)
        assert _count(school, Tap) == 0
        page.context.set_offline(False)
        _arrived(page)
        with school.database.reading() as db:
            taps = [(tap.kind, tap.refused) for tap in db.scalars(select(Tap).order_by(Tap.id))]
            assert taps == [("debut", False), ("pause", False), ("debut", False)]
            assert get_ticket(db, school.number).state == TicketState.RUNNING
            assert len([one for one in db.scalars(select(WorkSession)) if one.ended_at is None]) == 1

    def test_a_reload_without_a_network_shows_our_page_and_loses_nothing(
        self, tablet: Callable[..., Page], school: School
    ) -> None:
        page = tablet()
        _sit(page, school)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        _open(page, school)
        page.context.set_offline(True)
        _begin(page)
        expect(page.locator("[data-cut]")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Pas de réseau.")).to_be_visible()
        _expect_waiting(page, 1)
        page.context.set_offline(False)
        _arrived(page)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        assert _count(school, WorkSession) == 1

    def test_an_answer_that_got_lost_is_asked_for_again_and_counted_once(
        self, tablet: Callable[..., Page], school: School
    ) -> None:
        page = tablet()
        _sit(page, school)
        _open(page, school)
        lost: list[str] = []

        def lose(route) -> None:
            route.fetch()  # the server carries it out, the tablet never hears of it
            lost.append(route.request.url)
            route.abort()

        page.route("**/api/v1/tablet/taps", lose, times=1)
        _begin(page)
        _arrived(page)
        assert len(lost) == 1
        assert (_count(school, Tap), _count(school, WorkSession)) == (1, 1)

    def test_taken_back_meanwhile_the_pupil_is_told_and_the_work_is_kept(
        self, tablet: Callable[..., Page], school: School
    ) -> None:
        page = tablet()
        _sit(page, school)
        _open(page, school)
        page.context.set_offline(True)
        _begin(page)
        expect(page.locator("[data-cut]")).to_be_visible()
        with school.database.writing() as db:
            master = get_ticket(db, school.number).assignments[0].master
            workshop.take_back(db, get_ticket(db, school.number, lock=True), by=staff_actor(master))
        page.context.set_offline(False)
        expect(page.get_by_text("Ce bon n’est plus à toi.")).to_be_visible()
        with school.database.reading() as db:
            assert [tap.refused for tap in db.scalars(select(Tap))] == [True]
        assert _count(school, WorkSession) == 0


def test_a_server_killed_in_between_loses_nothing_and_counts_nothing_twice(chromium: Browser, school: School) -> None:
    """Killed, not stopped; started again on the same port, as the school's watchdog does."""
    with serve(school.folder) as (address, process):
        context = _context(chromium, address, KIOSK, school.token)
        page = context.new_page()
        _sit(page, school)
        _open(page, school)
        _begin(page)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        process.kill()
        process.wait()
    page.get_by_role("link", name="J’ai fini").click()
    page.get_by_label("Bonnes", exact=True).fill("4")
    page.get_by_role("button", name="Je continue").click()
    expect(page.locator("[data-cut]")).to_be_visible()
    _expect_waiting(page, 1)
    with serve(school.folder, port=address.rpartition(":")[2]):
        _arrived(page)
        with school.database.reading() as db:
            assert db.scalar(select(func.sum(QuantityReport.good))) == 4
            assert [tap.kind for tap in db.scalars(select(Tap).order_by(Tap.id))] == ["debut", "pieces"]
    context.close()


ADDRESSES = ("", "/controle", "/plan", "/signature", "#compter")


@pytest.mark.parametrize("size", [KIOSK, SMALL, SEVEN], ids=["1024x600", "390x844", "7-inch"])
def test_every_screen_fits_and_reads(
    tablet: Callable[..., Page], school: School, axe: Callable[[Page], list[str]], size: tuple[int, int]
) -> None:
    page = tablet(size)
    faults: list[str] = []

    def look(name: str) -> None:
        found = overflow(page) + small_targets(page, TARGET) + axe(page)
        height = page.evaluate("document.documentElement.scrollHeight")
        if size == KIOSK and height > size[1]:
            found.append(f"{height} px high: scrolls")
        faults.extend(f"{name}: {each}" for each in found)

    page.goto("/tablette")
    look("door")
    page.goto("/tablette/code/E-INES")
    look("PIN")
    _sit(page, school)
    look("own")
    _open(page, school)
    look("to do")
    _begin(page)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    for part in ADDRESSES:
        page.goto("about:blank")
        page.goto(f"/tablette/bons/{school.number}{part}")
        look(part or "running")
    page.get_by_role("button", name="J’ai fini").click()
    page.wait_for_url("**/bilan")
    look("learnt")
    _open(page, school)
    look("handed in")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.goto(f"/tablette/bons/{school.number}")
    expect(page.get_by_role("heading", name="Pas de réseau.")).to_be_visible()
    look("no network")
    assert not faults, "\n".join(faults)
