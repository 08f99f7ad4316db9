"""Fingers on a phone, counted."""

from playwright.sync_api import Locator, Page


class Taps:
    """Taps, and the time from the first to now by the clock of the page."""

    def __init__(self, page: Page) -> None:
        self.page, self.count, self.begin = page, 0, page.evaluate("Date.now()")

    def tap(self, target: Locator) -> None:
        """One tap."""
        self.count += 1
        target.tap()

    def __str__(self) -> str:
        seconds = (self.page.evaluate("Date.now()") - self.begin) / 1000
        return f"{self.count} taps, {seconds:.1f} s"
