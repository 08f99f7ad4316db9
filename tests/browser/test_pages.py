"""Every page of every role, at the three widths: it answers, fits, says what it is, and can be pressed by a thumb."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from app.core.permissions import GRANTS, Role
from tests.browser.conftest import DESKTOP, MEASURES, PHONE, TABLET
from tests.browser.walk import FILES, PAGES, overflow, small_targets, walk

Contexts = Callable[..., BrowserContext]
Axe = Callable[[Page], list[str]]
ON_DESK, ON_TOUCH = 24, 44
# Pages without a link in the demonstration: files, what hangs on a state that no ticket or order happens to be in (a
# clock runs in working hours alone), the check of uploaded files, which a demonstration refuses.
ELSEWHERE = {
    "exchange.download_blank", "exchange.show_import", "workshop.ask_reopening", "workshop.new_job",
    "workshop.ask_correction", "workshop.ask_helper", "workshop.ask_time_correction", "workshop.ask_replacement",
    "workshop.ask_override", "workshop.ask_operation_override", "workshop.show_differences", "machines.change_latest",
    "machines.edit_declaration", "machines.ask_sending",
    "admissions.confirm_anonymise",
}  # fmt: skip
# The office reads the workshop through its orders, and what it changes in the timetable is not always among the
# sessions that the walk opens.
ELSEWHERE_FOR = {
    Role.OFFICE: {"workshop.show_today", "workshop.show_day", "timetable.edit_session", "timetable.confirm_cancel"}
}
# axe reads a page once per width, whoever looks at it: roles share their pages.
_read: set[tuple[str, int]] = set()


def _faults(page: Page, name: str, axe: Axe, floor: int) -> list[str]:
    assert page.viewport_size
    width = page.viewport_size["width"]
    found = overflow(page) + small_targets(page, floor)
    if (name, width) not in _read:
        _read.add((name, width))
        found += axe(page)
    return [f"{name} at {width}: {each}" for each in found]


def _open(page: Page, address: str, status: int = 200) -> list[str]:
    answer: Response | None = page.goto(address)
    return [] if answer and answer.status == status else [f"{address}: {answer and answer.status}"]


def _at_three_widths(desk: Page, touch: Page, name: str, address: str, axe: Axe, *, status: int = 200) -> list[str]:
    faults = _open(desk, address, status) + _faults(desk, name, axe, ON_DESK)
    touch.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
    faults += _open(touch, address, status) + _faults(touch, name, axe, ON_TOUCH)
    touch.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    return faults + _faults(touch, name, axe, ON_TOUCH)


def _open_to(role: Role) -> set[str]:
    """The pages, files aside, that the permissions of a role open."""
    return {
        door.name
        for _, door in PAGES
        if door.permissions and set(door.permissions) <= GRANTS[role] and not FILES.search(door.path)
    }


@pytest.mark.parametrize("role", Role)
def test_every_page_of_a_role_fits_and_reads(context_of: Contexts, axe: Axe, role: Role) -> None:
    desk, touch = (context_of(size, role).new_page() for size in (DESKTOP, TABLET))
    met = walk(desk.request)
    faults = [f"dead link {each}" for each in met.dead]
    for name, address in met.pages.items():
        faults += _at_three_widths(desk, touch, name, address, axe)
    MEASURES.append(f"{role}: {len(met.pages)} pages at three widths, {len(faults)} faults")
    assert not faults, "\n".join(faults)
    assert _open_to(role) - met.pages.keys() - ELSEWHERE - ELSEWHERE_FOR.get(role, set()) == set()


def test_pages_outside_the_house_fit_and_read(context_of: Contexts, axe: Axe) -> None:
    desk, touch = (context_of(size).new_page() for size in (DESKTOP, TABLET))
    faults = _at_three_widths(desk, touch, "sign-in", "/connexion", axe)
    faults += _at_three_widths(desk, touch, "wrong invitation", "/invitation/nul", axe, status=404)
    inside, thumb = (context_of(size, Role.TEACHER).new_page() for size in (DESKTOP, TABLET))
    faults += _at_three_widths(inside, thumb, "not found", "/commandes-perdues", axe, status=404)
    faults += _at_three_widths(inside, thumb, "not allowed", "/commandes", axe, status=403)
    assert not faults, "\n".join(faults)


def test_a_declaration_in_preparation_fits_and_reads(context_of: Contexts, axe: Axe) -> None:
    """The demonstration has none; this one is prepared, looked at, and given up."""
    desk, touch = (context_of(size, Role.DIRECTOR).new_page() for size in (DESKTOP, TABLET))
    desk.goto("/securite/declarations/nouvelle")
    desk.get_by_role("button", name="Enregistrer la préparation").click()
    expect(desk.get_by_text("Préparation enregistrée.")).to_be_visible()
    shown = urlsplit(desk.url).path
    faults = []
    for name, address in (
        ("show_declaration", shown), ("edit_declaration", f"{shown}/modifier"), ("ask_sending", f"{shown}/envoi"),
        ("change_latest", "/securite/declarations/completer"),
    ):  # fmt: skip
        faults += _at_three_widths(desk, touch, f"machines.{name}, in preparation", address, axe)
    desk.goto(shown)
    desk.locator("summary", has_text="Autres actions").click()
    desk.get_by_role("button", name="Abandonner la préparation").click()
    expect(desk.get_by_text("Préparation abandonnée.")).to_be_visible()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "address",
    ["/clients/nouveau", "/commandes/nouvelle", "/eleves/nouveau", "/debouches/promesses/nouvelle",
     "/personnel/nouveau", "/groupes/nouveau", "/atelier/machines/nouvelle"],
)  # fmt: skip
def test_a_refused_form_fits_and_reads(context_of: Contexts, axe: Axe, address: str) -> None:
    """An empty form comes back with a box on top that has the focus, and a sentence at each field."""
    page = context_of(TABLET, Role.DIRECTOR).new_page()
    page.goto(address)
    page.locator("main form .button--primary").click()
    expect(page.locator("#erreurs")).to_be_focused()
    faults = _faults(page, f"{address}, refused", axe, ON_TOUCH)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    faults += _faults(page, f"{address}, refused", axe, ON_TOUCH)
    assert not faults, "\n".join(faults)
    link = page.locator("#erreurs a").first
    wrong = page.locator(f"[id='{(link.get_attribute('href') or '').removeprefix('#')}']")
    link.click()
    expect(wrong).to_be_focused()
