"""The dispatch board as a master uses it. Names and numbers are read from the page: the school is another each day."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

MINE = "/atelier?vue=moi"
NUMBER = re.compile(r"\bBT[\w-]*\d")
ALL_THERE = re.compile(r"(?<!sur )\b(\d+)\spièces?\b")


@dataclass(frozen=True)
class Given:
    """What a gift left behind."""

    number: str
    pupil: str


def ready(page: Page) -> Locator:
    """Work that may be given now."""
    return page.locator(".queue a[data-ticket]:is([data-tone=ready], [data-tone=late])")


def takers(page: Page) -> Locator:
    """Pupils who may have what is in hand."""
    return page.locator("tr[data-can=yes]")


def idle(page: Page) -> Locator:
    """Those of them who are at work on nothing just now."""
    return page.locator("tr[data-can=yes]:not(:has(.ticket--slip [aria-label='En cours']))")


def name_of(row: Locator) -> str:
    """The pupil of a row."""
    return row.locator("th .person__name").inner_text()


def row_of(page: Page, pupil: str) -> Locator:
    """The row of a pupil."""
    return page.locator("tr[data-pupil]", has_text=pupil)


def pieces(ticket: Locator) -> int:
    """The pieces of a ticket; 0 when not all of them are there yet."""
    found = ALL_THERE.search(ticket.inner_text())
    return int(found[1]) if found else 0


def take(page: Page, at_least: int = 1) -> Locator:
    """First gesture: the first ready work of so many pieces comes in hand. The board's answer is the blue bar."""
    next(one for one in ready(page).all() if pieces(one) >= at_least).click()
    bar = page.locator("[data-inhand]")
    expect(bar).to_be_visible()
    return bar


def expect_given(page: Page) -> str:
    """The board says that a ticket was given; its number."""
    flash = page.locator("[data-flash]")
    expect(flash).to_contain_text("donné")
    found = NUMBER.search(flash.inner_text())
    assert found, flash.inner_text()
    return found[0]


def give(page: Page, at_least: int = 1) -> Given:
    """Two gestures: take work, press the button of somebody at work on nothing; with nobody there, the next work."""
    for ticket in [one.get_attribute("data-ticket") for one in ready(page).all() if pieces(one) >= at_least]:
        page.locator(f".queue a[data-ticket='{ticket}']").click()
        expect(page.locator(f".queue a[data-ticket='{ticket}'][data-pressed]")).to_be_visible()
        if idle(page).count():
            break
    row = idle(page).first
    pupil = name_of(row)
    row.locator("[data-give]").click()
    return Given(expect_given(page), pupil)
