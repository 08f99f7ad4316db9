"""Journeys in Chromium: the real `compagnon serve` on a free port, with the demonstration school in its own folder.

A page that reports a script error or a breach of the content security policy fails its test. Chromium is the machine's
(`COMPAGNON_CHROMIUM`, else /usr/bin/chromium); the accessibility rules come from `make axe`.
"""

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright
from sqlalchemy import select

from app.accounts.models import Staff
from app.core.clock import today
from app.core.db import Database
from app.core.permissions import Role
from app.demo.accounts import kept
from tests.support.mailbox import Mailbox, mailbox
from tests.support.server import compagnon, environment, serve

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 AA and the practices around it.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What journeys measured, told at the end of the run.
MEASURES: list[str] = []
DESKTOP, TABLET, PHONE = (1440, 900), (1024, 768), (390, 844)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many gestures, how many pages."""
    if MEASURES:
        terminalreporter.section("what was measured")
        terminalreporter.write_line("\n".join(MEASURES))


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in to the school under test."""

    code: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class School:
    """The server under test, a person of each role who works there today, and a second master."""

    address: str
    data_dir: Path
    people: dict[Role, Person]
    colleague: Person


def _people(data_dir: Path, env: dict[str, str]) -> tuple[dict[Role, Person], Person]:
    accounts = {one.role: one for one in kept(data_dir)}
    database = Database(f"sqlite:///{data_dir / 'compagnon.db'}")
    with database.reading() as db:
        codes = {row.email: row.code for row in db.scalars(select(Staff))}
        taken = [one.email for one in accounts.values()]
        other = db.scalars(select(Staff).where(Staff.role == Role.MASTER, Staff.email.not_in(taken))).first()
        assert other is not None
        assert other.email
        colleague = Person(other.code, other.full_name, other.email, f"Phrase de passe {secrets.token_hex(4)}")
    database.dispose()
    compagnon("user", "set-password", colleague.code, env=env, typed=f"{colleague.password}\n")
    people = {role: Person(codes[one.email], one.name, one.email, one.password) for role, one in accounts.items()}
    return people, colleague


def typed_day(ahead: int) -> str:
    """The day so many days from today, as people type it: a journey holds in any year."""
    return f"{today() + timedelta(days=ahead):%d/%m/%Y}"


@pytest.fixture(scope="session")
def post_office() -> Iterator[Mailbox]:
    """The mail server of the school, on the loopback."""
    with mailbox() as box:
        yield box


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> School:
    """The demonstration school as it is filled, served by nobody: what every file of journeys starts from."""
    data_dir = tmp_path_factory.mktemp("demonstration")
    env = environment(data_dir)
    compagnon("migrate", env=env)
    compagnon("demo", env=env)
    return School("", data_dir, *_people(data_dir, env))


@pytest.fixture(scope="module")
def school(
    demonstration: School, tmp_path_factory: pytest.TempPathFactory, post_office: Mailbox
) -> Iterator[School]:  # fmt: skip
    """The demonstration, served for one file of journeys, which share it: a journey makes what it changes."""
    data_dir = tmp_path_factory.mktemp("school") / "data"
    shutil.copytree(demonstration.data_dir, data_dir)
    mail = {"smtp_host": "127.0.0.1", "smtp_port": str(post_office.port), "smtp_starttls": "false",
            "smtp_from": "bureau@ecole-du-val.example"}  # fmt: skip
    with serve(data_dir, **mail) as (address, _process):
        yield replace(demonstration, address=address, data_dir=data_dir)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    wanted = os.environ.get("COMPAGNON_CHROMIUM", "/usr/bin/chromium")
    path = shutil.which(wanted)
    if path is None:
        pytest.skip(f"Chromium is not at {wanted}: install it or set COMPAGNON_CHROMIUM")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def cookies(chromium: Browser, school: School) -> Callable[[Person], StorageState]:
    """What the browser of a person keeps; each signs in once. Who signs out in a test uses `sign_in` instead."""
    known: dict[str, StorageState] = {}

    def of(person: Person) -> StorageState:
        if person.code not in known:
            context = chromium.new_context(base_url=school.address)
            enter(context.new_page(), person)
            known[person.code] = context.storage_state()
            context.close()
        return known[person.code]

    return of


@pytest.fixture
def context_of(
    chromium: Browser, school: School, cookies: Callable[[Person], StorageState]
) -> Iterator[Callable[..., BrowserContext]]:
    """`context_of(TABLET, Role.MASTER, scripts=False)`: a browser of its own, so that two people can work at once.

    Whatever is narrower than a desk is a touch screen.
    """
    with contextlib.ExitStack() as stack:
        troubles: list[str] = []

        def make(
            size: tuple[int, int] = DESKTOP, who: Role | Person | None = None, *, scripts: bool = True,
            dark: bool = False, address: str = "",
        ) -> BrowserContext:  # fmt: skip
            person = school.people[who] if isinstance(who, Role) else who
            context = chromium.new_context(
                base_url=address or school.address,
                viewport={"width": size[0], "height": size[1]},
                locale="fr-FR",
                timezone_id="Europe/Paris",
                java_script_enabled=scripts,
                color_scheme="dark" if dark else "light",
                has_touch=size != DESKTOP,
                storage_state=cookies(person) if person else None,
            )
            context.set_default_timeout(10_000)
            context.on("console", lambda message: _note_console(message, troubles))
            context.on("weberror", lambda error: troubles.append(str(error.error)))
            stack.callback(context.close)
            return context

        yield make
        assert troubles == []


def _note_console(message, troubles: list[str]) -> None:
    # A refused form (422, 409) is an answer, not an error of the page; Chromium logs every such status.
    if message.type == "error" and "the server responded with a status of 4" not in message.text:
        troubles.append(f"{message.page.url if message.page else ''}: {message.text}")


@pytest.fixture
def page(context_of: Callable[..., BrowserContext]) -> Page:
    """A page at desktop width."""
    return context_of().new_page()


@pytest.fixture
def sign_in(school: School) -> Callable[[Page, Role], Person]:
    """`sign_in(page, Role.MASTER)` fills in the form, as that person would."""

    def go(page: Page, role: Role) -> Person:
        person = school.people[role]
        enter(page, person)
        return person

    return go


def enter(page: Page, person: Person) -> None:
    """The sign-in form, filled in."""
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill(person.email)
    page.get_by_label("Mot de passe").fill(person.password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "/connexion" not in url)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)` lists what keeps people out: rule, help and the first elements concerned."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: run `make axe` (needs npm); accessibility was not checked")
    source = AXE.read_text(encoding="utf-8")

    def run(page: Page) -> list[str]:
        # Through the debugging protocol, which the page's content security policy does not concern.
        page.evaluate(source)
        found = page.evaluate(f"axe.run({{runOnly: {AXE_TAGS!r}, resultTypes: ['violations']}})")
        return [
            f"{each['id']}: {each['help']}: " + " | ".join(node["html"][:120] for node in each["nodes"][:3])
            for each in found["violations"]
        ]

    return run
