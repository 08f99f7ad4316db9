"""The master's measure: twenty-two tickets handed out, three refused on the way; gestures and seconds counted."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.core.actor import SYSTEM
from app.core.db import Database
from app.core.permissions import Role
from app.workshop.queries import Asked, today_board
from app.workshop.service import create_ticket
from tests.browser.board import expect_given
from tests.browser.conftest import DESKTOP, MEASURES, TABLET, School

Contexts = Callable[..., BrowserContext]
TICKETS, REFUSALS = 22, 3
BOARD = "/atelier?vue=tous"


@dataclass
class Count:
    """Gestures made, and when the first was."""

    gestures: int = 0
    begun: float = 0.0

    def __call__(self, gesture: Callable[[], object]) -> None:
        """One gesture."""
        gesture()
        self.gestures += 1


def look_at_refusal(page: Page, count: Count, open_why: Callable[[], object]) -> bool:
    """Open why somebody may not have what is in hand; whether anybody else may."""
    if not page.locator("[data-dispatch] [data-why]").count():
        return False
    count(open_why)
    refusal = page.get_by_role("alert")
    expect(refusal).to_be_focused()
    expect(refusal).to_contain_text("ne peut pas prendre ce bon")
    return refusal.locator(".alternative").count() > 0


def by_keyboard(page: Page, count: Count, *, refuse: bool) -> bool:
    """One ticket by keys alone; whether a refusal was met on the way."""
    if not page.locator("[data-inhand]").count():
        count(lambda: page.keyboard.press("b"))
        page.locator("[data-inhand]").wait_for()
    if refuse and page.locator("[data-why]").count():
        count(lambda: page.keyboard.press("n"))
        if look_at_refusal(page, count, lambda: page.keyboard.press("Enter")):
            page.get_by_role("alert").locator(".alternative").first.focus()
            count(lambda: page.keyboard.press("Enter"))
            return True
    while not page.locator("[data-dispatch] [data-give]").count():
        count(lambda: page.keyboard.press("b"))
        page.wait_for_load_state()
    count(lambda: page.keyboard.press("ArrowDown"))
    count(lambda: page.keyboard.press("Enter"))
    return False


def by_tap(page: Page, count: Count, *, refuse: bool) -> bool:
    """One ticket by taps alone; whether a refusal was met on the way."""
    if not page.locator("[data-inhand]").count():
        count(page.locator(".queue a[data-ticket]").first.tap)
        page.locator("[data-inhand]").wait_for()
    if refuse and look_at_refusal(page, count, page.locator("[data-why]").first.tap):
        count(page.get_by_role("alert").locator(".alternative").first.tap)
        return True
    place = 1
    while not page.locator("[data-dispatch] [data-give]").count():
        other = page.locator(".queue a[data-ticket]").nth(place)
        count(lambda one=other: one.tap())  # type: ignore[misc]
        page.wait_for_load_state()
        place += 1
    count(page.locator("[data-dispatch] [data-give]").first.tap)
    return False


def test_on_a_tablet_the_next_tap_is_on_the_screen_already(context_of: Contexts) -> None:
    page = context_of(TABLET, Role.MASTER).new_page()
    page.goto(BOARD)
    page.locator(".queue a[data-ticket]").first.tap()
    expect(page.locator("[data-inhand]")).to_be_in_viewport()
    expect(page.locator("[data-give], [data-why]").first).to_be_in_viewport()
    expect(page.locator(".queue [data-pressed]")).to_be_in_viewport()
    page.goto(BOARD)
    by_tap(page, Count(), refuse=False)
    undo = page.locator("[data-flash]").get_by_role("button", name="Annuler")
    expect(undo).to_be_in_viewport()
    undo.tap()
    expect(page.locator("[data-flash]")).to_contain_text("C’est annulé")


def test_at_a_desk_the_last_ticket_of_the_queue_lies_beside_the_board(context_of: Contexts) -> None:
    page = context_of(DESKTOP, Role.MASTER).new_page()
    page.goto(BOARD)
    last = page.locator(".queue a[data-ticket]").last
    last.click()
    expect(page.locator(".queue [data-pressed]")).to_be_in_viewport()
    expect(page.locator("[data-inhand]")).to_be_in_viewport()


def share_out(school: School, wanted: int) -> None:
    """Work is cut into tickets until so many wait: a Saturday's demonstration has fewer than a Tuesday's."""
    database = Database(f"sqlite:///{school.data_dir / 'compagnon.db'}")
    with database.writing() as db:
        ready = today_board(db, Asked(None, mine=False)).of("prets")
        missing = wanted - len(ready)
        for item in ready:
            parts = 1 if item.ticket else max(1, min(item.available, missing + 1))
            for _ in range(parts - 1):
                create_ticket(db, item.operation_id, quantity=item.available // parts, by=SYSTEM)
            missing -= parts - 1
    database.dispose()


def put_back(page: Page, numbers: list[str]) -> None:
    """The school is shared: the other way finds the work to give as this one found it."""
    for number in numbers:
        page.goto(f"{BOARD}&bon={number}")
        page.locator("[data-inhand] summary").click()
        page.get_by_role("button", name="Remettre dans les bons à donner").click()
        expect(page.locator("[data-flash]")).to_contain_text("Bon repris")


@pytest.mark.parametrize(("way", "size", "hand_over"), [
    ("keyboard", DESKTOP, by_keyboard), ("taps", TABLET, by_tap),
])  # fmt: skip
def test_a_master_hands_out_the_day_in_few_gestures(
    context_of: Contexts, school: School, way, size, hand_over
) -> None:  # fmt: skip
    share_out(school, TICKETS)
    page = context_of(size, Role.MASTER).new_page()
    page.goto(BOARD)
    count, refused, numbers = Count(begun=time.monotonic()), 0, []
    while (
        len(numbers) < TICKETS and page.locator(".queue a[data-ticket]:is([data-tone=ready], [data-tone=late])").count()
    ):
        refused += hand_over(page, count, refuse=refused < REFUSALS)
        numbers.append(expect_given(page))
    seconds, given = time.monotonic() - count.begun, len(numbers)
    put_back(page, numbers)
    MEASURES.append(
        f"dispatch by {way}: {given} tickets, {refused} refusals, {count.gestures} gestures, {seconds:.0f} s"
    )
    assert given == TICKETS
    assert refused == REFUSALS
    # The first costs three keys at most, a routine ticket two, a refusal two more; some work nobody there may do.
    assert count.gestures <= 3 * given + 2 * refused + 3
