"""French formatting: the one place where numbers, dates and durations become words (look.md, section 9)."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from app.core.clock import local, spare
from app.core.journal import Deed

NNBSP = "\u202f"
NBSP = "\u00a0"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
UNKNOWN = "–"


def _grouped(value: Decimal, places: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}".replace(",", NNBSP).replace(".", ",")
    return f"−{text}" if rounded < 0 else text


def number(value: Decimal | float | None, places: int | None = None) -> str:
    """1 234,5; without `places` the useful decimals only."""
    if value is None:
        return UNKNOWN
    exact = Decimal(str(value))
    if places is None:
        text = f"{exact.normalize():f}"
        places = len(text.partition(".")[2])
    return _grouped(exact, places)


def euro(value: Decimal | None, places: int = 2) -> str:
    """1 314,00 €"""
    return UNKNOWN if value is None else f"{_grouped(value, places)}{NNBSP}€"


def price(value: Decimal | None) -> str:
    """A unit price: at least two decimals, up to six where they matter."""
    if value is None:
        return UNKNOWN
    places = max(2, len(f"{value.normalize():f}".partition(".")[2]))
    return euro(value, places)


def percent(value: Decimal | float | None, places: int = 1) -> str:
    """68,1 % of a ratio of 0.681"""
    return UNKNOWN if value is None else f"{_grouped(Decimal(str(value)) * 100, places)}{NBSP}%"


def date_fr(value: date | None) -> str:
    """26/11/2026"""
    return UNKNOWN if value is None else f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def day_fr(value: date, *, year: bool = False) -> str:
    """jeudi 26 novembre"""
    first = "1er" if value.day == 1 else str(value.day)
    text = f"{DAYS[value.weekday()]} {first} {MONTHS[value.month - 1]}"
    return f"{text} {value.year}" if year else text


def day_short(value: date) -> str:
    """jeu. 26 nov."""
    return f"{DAYS[value.weekday()][:3]}. {value.day} {SHORT_MONTHS[value.month - 1]}"


def month_short(value: date) -> str:
    """nov."""
    return SHORT_MONTHS[value.month - 1]


def month_fr(value: date) -> str:
    """novembre 2026"""
    return f"{MONTHS[value.month - 1]} {value.year}"


def moment_fr(value: datetime) -> str:
    """jeu. 26 nov. à 14:05, by the school's clock"""
    wall = local(value)
    return f"{day_short(wall.date())} à {wall:%H:%M}"


def clock(value: int | time | datetime | None) -> str:
    """08:17 from minutes after midnight, a time, or an instant"""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return f"{local(value):%H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return f"{value // 60:02d}:{value % 60:02d}"


def hour(value: int) -> str:
    """8 h or 8 h 30, in words, from minutes after midnight"""
    hours, minutes = divmod(value, 60)
    return f"{hours}{NBSP}h{NBSP}{minutes:02d}" if minutes else f"{hours}{NBSP}h"


def duration(minutes: float | None) -> str:
    """1 h 30 from minutes; 0 h 48"""
    if minutes is None:
        return UNKNOWN
    if not isinstance(minutes, int):
        minutes = int(Decimal(str(minutes)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    hours, rest = divmod(minutes, 60)
    shown = hours if 0 <= hours < 1000 else number(hours)
    return f"{shown}{NBSP}h{NBSP}{rest:02d}"


def plural(count: int, word: str, plural_word: str = "") -> str:
    """3 élèves, 1 élève, 0 élève; an irregular plural is given."""
    many = plural_word or " ".join(part if part.endswith(("s", "x", "z")) else part + "s" for part in word.split(" "))
    return f"{number(count)}{NBSP}{many if abs(count) >= 2 else word}"


def week(value: date) -> str:
    """S48, the ISO week"""
    return f"S{value.isocalendar().week}"


def siren(value: str | None) -> str:
    """999 800 014, or a SIRET as 999 800 014 00012"""
    if not value:
        return UNKNOWN
    parts = [value[:3], value[3:6], value[6:9], value[9:]]
    return NNBSP.join(part for part in parts if part)


def phone(value: str | None) -> str:
    """03 25 00 00 00: in twos when it is a French number"""
    if value and len(value) == 10 and value.isdigit():
        return NNBSP.join(value[i : i + 2] for i in range(0, 10, 2))
    return value or UNKNOWN


def deeds(history: Iterable[Deed]) -> list[dict[str, str]]:
    """The journal as the timeline component shows it: what, then who and when."""
    return [{"text": _deed_text(deed), "meta": f"{deed.who}, {moment_fr(deed.at)}", "tone": ""} for deed in history]


def _deed_text(deed: Deed) -> str:
    parts = [deed.label.rstrip(".") + "."]
    parts += [f"{name}{NBSP}: {old} → {new}." for name, old, new in deed.changes]
    if deed.note:
        parts.append(f"«{NNBSP}{deed.note}{NNBSP}»")
    return " ".join(parts)


FILTERS = {
    "euro": euro, "price": price, "number": number, "percent": percent, "date_fr": date_fr, "day_fr": day_fr,
    "day_short": day_short, "month_short": month_short, "month_fr": month_fr,
    "moment_fr": moment_fr, "items_dict": dict, "clock": clock, "hour": hour, "duration": duration,
    "spare": spare, "plural": plural, "week": week, "siren": siren, "phone": phone, "deeds": deeds,
}  # fmt: skip
