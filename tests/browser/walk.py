"""Every page a person can reach: from the home page along the links, one address a route."""

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import APIRequestContext, Page

from tests.support.routes import Door, doors

LINK = re.compile(r'href="(/[^"#]*)')
FILES = re.compile(
    r"^/static/|\.(?:(?:csv|xlsx|json|pdf|ics)\b|\{kind\})|/(?:fichier|photo|certificat|justificatif)(?:$|\?)"
    r"|/(?:fichiers|photo|documents)/[^/?]+(?:$|\?)"
)
# How many things of one kind are opened: a pupil present and one who left have not the same links.
INSTANCES = 10


def _pattern(door: Door) -> re.Pattern[str]:
    parts = ("[^/]+" if part.startswith("{") else re.escape(part) for part in door.path.split("/"))
    return re.compile("/".join(parts))


# The page of a route without a hole wins over the one with: `/eleves/nouveau` is no pupil.
PAGES = sorted(
    ((_pattern(door), door) for door in doors() if "GET" in door.methods and not door.path.startswith("/api/")),
    key=lambda pair: pair[1].path.count("{"),
)


@dataclass
class Walk:
    """What was met: an address for each route, and links that lead nowhere."""

    pages: dict[str, str]
    dead: list[str]


def door_of(address: str) -> Door | None:
    """The route that answers an address."""
    path = urlsplit(address).path
    return next((door for pattern, door in PAGES if pattern.fullmatch(path)), None)


def walk(request: APIRequestContext, start: str = "/") -> Walk:
    """Follow every link from the home page, breadth first; files are left alone."""
    found, met, waiting = Walk({}, []), {start}, [start]
    opened: Counter[tuple[str, tuple[str, ...]]] = Counter()
    while waiting:
        address = waiting.pop(0)
        door = door_of(address)
        kind = (door.name if door else address, tuple(sorted(name for name, _ in parse_qsl(urlsplit(address).query))))
        opened[kind] += 1
        if opened[kind] > (INSTANCES if door and "{" in door.path else 1):
            continue
        answer = request.get(address)
        if door is None or answer.status != 200:
            found.dead.append(f"{address}: {answer.status}")
            continue
        found.pages.setdefault(door.name, address)
        links = [unescape(link) for link in LINK.findall(answer.text())]
        waiting += [link for link in dict.fromkeys(links) if link not in met and not FILES.search(link)]
        met.update(links)
    return found


_OVERFLOW = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.right > room + 1 && box.width > 0 && !one.closest(".table-wrap, .visually-hidden, .skip");
  });
  return wide.slice(0, 3).map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
}"""


def overflow(page: Page) -> list[str]:
    """Whatever makes the page scroll sideways; nothing when it does not."""
    found: list[str] = page.evaluate(_OVERFLOW)
    return [f"wider than the screen: {each}" for each in found]


# What a thumb presses. Left out: links inside a sentence or a cell, the sort links of a table's head, and the check box
# or radio inside its own large label.
_CONTROLS = ".button, .input, .segment, .tab, .chip, .roll__option, .alternative, .todo__item a, nav a, summary, .check"
_SMALL = """([controls, floor]) => [...document.querySelectorAll(controls)].filter((one) => {
  const box = one.getBoundingClientRect();
  const shown = box.width > 0 && getComputedStyle(one).visibility === "visible";
  const hidden = one.closest(".skip, .crumbs, .visually-hidden, footer, [hidden]");
  return shown && !hidden && (box.height < floor - 0.5 || box.width < floor - 0.5);
}).slice(0, 4).map((one) => {
  const box = one.getBoundingClientRect();
  const words = (one.getAttribute("aria-label") ?? one.innerText ?? "").trim().slice(0, 30);
  return `${one.tagName.toLowerCase()}.${one.className} “${words}” ${Math.round(box.width)}×${Math.round(box.height)}`;
})"""


def small_targets(page: Page, floor: int) -> list[str]:
    """Controls whose box is smaller than the floor, in pixels."""
    found: list[str] = page.evaluate(_SMALL, [_CONTROLS, floor])
    return [f"smaller than {floor} px: {each}" for each in found]
