"""Every page of every role, at the three widths: it answers, fits, says what it is, and can be pressed by a thumb."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Response

from app.core.permissions import Role
from tests.browser.conftest import DESKTOP, MEASURES, PHONE, TABLET
from tests.browser.walk import overflow, small_targets, walk

ON_DESK, ON_TOUCH = 24, 44
# axe reads a page once per width, whoever looks at it: roles share their pages.
_read: set[tuple[str, int]] = set()


def _faults(page: Page, name: str, axe: Callable[[Page], list[str]], floor: int) -> list[str]:
    width = page.viewport_size["width"]
    found = overflow(page) + small_targets(page, floor)
    if (name, width) not in _read:
        _read.add((name, width))
        found += axe(page)
    return [f"{name} at {width}: {each}" for each in found]


def _open(page: Page, address: str) -> list[str]:
    answer: Response | None = page.goto(address)
    return [] if answer and answer.status == 200 else [f"{address}: {answer and answer.status}"]


@pytest.mark.parametrize("role", Role)
def test_every_page_of_a_role_fits_and_reads(
    context_of: Callable[..., BrowserContext], axe: Callable[[Page], list[str]], role: Role
) -> None:
    desk, touch = (context_of(size, role).new_page() for size in (DESKTOP, TABLET))
    met = walk(desk.request)
    faults = [f"dead link {each}" for each in met.dead]
    for name, address in met.pages.items():
        faults += _open(desk, address) + _faults(desk, name, axe, ON_DESK)
        touch.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
        faults += _open(touch, address) + _faults(touch, name, axe, ON_TOUCH)
        touch.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        faults += _faults(touch, name, axe, ON_TOUCH)
    MEASURES.append(f"{role}: {len(met.pages)} pages at three widths, {len(faults)} faults")
    assert not faults, "\n".join(faults)
