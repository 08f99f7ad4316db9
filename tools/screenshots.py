"""`make screenshots`: the pictures of the README, taken in Chromium from a fresh demonstration school."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from app.core.permissions import Role
from app.demo.accounts import Credential, TabletCodes, kept, kept_codes
from tests.support.server import compagnon, environment, serve

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
DESK, PHONE, KIOSK = (1280, 800), (390, 844), (1024, 600)
# Name of the picture, who looks at it, address, or the first link of a list to follow from there, size of the screen.
SHOTS = (
    ("direction", Role.DIRECTOR, "/", "", DESK),
    ("aujourdhui", Role.MASTER, "/atelier", "", DESK),
    ("commande", Role.OFFICE, "/commandes", "tbody tr:nth-child(2) th a", DESK),
    ("matrice", Role.DIRECTOR, "/securite/matrice", "", DESK),
    ("semaine", Role.MASTER, "/atelier/semaine?vue=tous", "", DESK),
    ("appel", Role.TEACHER, "/appels", "main a[href^='/appels/']", PHONE),
)


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        env = environment(data_dir)
        compagnon("migrate", env=env)
        compagnon("demo", env=env)
        people = {one.role: one for one in kept(data_dir)}
        chromium = os.environ.get("COMPAGNON_CHROMIUM", "/usr/bin/chromium")
        with serve(data_dir) as (address, _process), sync_playwright() as playwright:
            arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            for name, role, path, link, size in SHOTS:
                page = _signed_in(browser, address, people[role], size)
                page.goto(path)
                if link:
                    page.locator(link).first.click()
                    page.wait_for_load_state()
                page.screenshot(path=FOLDER / f"{name}.png")
                print(f"docs/screenshots/{name}.png")
                page.context.close()
            codes = kept_codes(data_dir)
            if codes is not None:
                _tablet(_signed_in(browser, address, people[Role.MASTER], KIOSK), codes)
            browser.close()


def _tablet(page: Page, codes: TabletCodes) -> None:
    """A pupil at work on a tablet that the master has just enrolled."""
    page.goto("/atelier")
    at_work = page.locator("tr:has(.ticket--slip [aria-label='En cours']) .person__name").first.inner_text()
    page.goto("/atelier/tablettes")
    page.get_by_label("Nom de la tablette").fill("Perceuses")
    page.get_by_role("button", name="Inscrire la tablette").click()
    first, last = at_work.split()[:2]
    page.get_by_text(f"{first} {last[0]}.", exact=True).click()
    for figure in codes.pupil_pin:
        page.get_by_role("button", name=figure, exact=True).click()
    page.wait_for_url(lambda url: url.endswith("/tablette/bons"))
    page.locator("main a").first.click()
    page.wait_for_load_state()
    page.screenshot(path=FOLDER / "tablette.png")
    print("docs/screenshots/tablette.png")


def _signed_in(browser: Browser, address: str, person: Credential, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        locale="fr-FR",
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/connexion")
    page.locator("input[name=email]").fill(person.email)
    page.locator("input[type=password]").fill(person.password)
    page.locator("input[type=password]").press("Enter")
    page.wait_for_url(lambda url: "/connexion" not in url)
    return page


if __name__ == "__main__":
    main()
