"""Normalised keys: SQLite folds ASCII only and PostgreSQL sorts by locale, so both sort and search on these (X20)."""

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "–": "-", "—": "-"})


def fold(text: str) -> str:
    """Lower case without accents: « É » sorts and is found with « e »; particles stay with the name."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


def search_key(*parts: str | None) -> str:
    """One folded string holding all that a search box should find a row by."""
    return fold(" ".join(part for part in parts if part))


def like_pattern(query: str) -> str:
    r"""A LIKE pattern for « contains », to be used with escape='\\'."""
    escaped = fold(query).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
