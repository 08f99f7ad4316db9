"""The badges of the pupils' tablets as a sheet to cut."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.pdf import draw, qr_svg
from app.web.papers import new_sheet


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """One badge: « Inès H. », her class, what its code says. Never a full name: a badge gets lost."""

    name: str
    group: str
    payload: str


@dataclass(frozen=True, slots=True)
class _Badge:
    name: str
    group: str
    qr: str


@dataclass(frozen=True, slots=True)
class _Badges:
    badges: list[_Badge]


def draw_badges(rows: Iterable[BadgeRow], *, about: str, school: str) -> bytes:
    """Ten badges a page, the size of a bank card. `about` says whose they are: a class, a pupil."""
    badges = [_Badge(row.name, row.group, qr_svg(row.payload)) for row in rows]
    return draw("kiosk/templates/pdf/badges.typ", new_sheet("Badges", about, school=school), _Badges(badges))
