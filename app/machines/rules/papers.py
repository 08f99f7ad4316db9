"""Pure words and limits of what is entered about machines: levels of habilitation, who shares a line, web addresses."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from app.machines.rules.articles import ARTICLES, Status

# Symbols of NF C 18-510, low voltage first.
ELECTRICAL_LEVELS = (
    "B0", "B0V", "BS", "BE", "B1", "B1V", "B2", "B2V", "BC", "BR", "BP", "H0", "H0V", "H1", "H1V", "H2", "H2V", "HC",
)  # fmt: skip
THRESHOLDS = tuple(code for code, one in ARTICLES.items() if one.status == Status.THRESHOLD)


def split_words(joined: str | None) -> tuple[str, ...]:
    """The words of a column that joins free ones by « ; » (or of a text with one a line), each once."""
    pieces = (joined or "").replace("\n", ";").split(";")
    return tuple(dict.fromkeys(word for piece in pieces if (word := " ".join(piece.split()))))


def join_words(words: Iterable[str]) -> str:
    """What `split_words` reads."""
    return " ; ".join(dict.fromkeys(words))


def unknown_articles(codes: Iterable[str]) -> list[str]:
    """The codes that are no article of the regulated work."""
    return [code for code in codes if code not in ARTICLES]


def is_web_address(text: str) -> bool:
    """Whether it is an address of a page, over http or https: nothing else is ever written into a link."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not set(text) & set(' "<>\\')
    except ValueError:
        return False
