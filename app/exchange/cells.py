"""From the text of one cell to its value, or to the reason why it cannot be read."""

import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError
from stdnum.fr import siret, tva

from app.exchange.problems import quoted
from app.exchange.tables import Column, Kind

FIRST_YEAR, LAST_YEAR = 1900, 2100
MEMO = 20_000
SHEET_ERROR = "\x1aerreur"
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FRENCH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
_NUMBER = re.compile(r"([0-9]{1,15})(?:[.,]([0-9]{1,15}))?")
_SCHOOL_YEAR = re.compile(r"([0-9]{4})-([0-9]{4})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class BadCell(Exception):
    """The cell cannot be read; the message says why and what is expected."""


class CellReader:
    """Reads the cells of one column. The same text is read once: most columns repeat few values."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._parse = PARSERS[column.kind]
        self._memo: dict[str, tuple[Any, str]] = {}

    def read(self, raw: str) -> tuple[Any, str]:
        """The value (None when empty or bad) and why it is bad (empty when it is right)."""
        known = self._memo.get(raw)
        if known is None:
            known = self._read(raw.strip())
            if len(self._memo) < MEMO:
                self._memo[raw] = known
        return known

    def _read(self, raw: str) -> tuple[Any, str]:
        if raw == SHEET_ERROR:
            return None, "La case contient une erreur de calcul du tableur, par exemple #N/A : écrivez la valeur."
        if not raw:
            why = "" if self.column.optional else "La case est vide : il faut une valeur sur chaque ligne."
            return self.column.empty, why
        try:
            return self._parse(self.column, raw), ""
        except BadCell as bad:
            return None, str(bad)


def _text(column: Column, raw: str) -> str:
    if len(raw) > column.length:
        raise BadCell(f"Le texte a {len(raw)} caractères : {column.length} au plus.")
    if _CONTROL.search(raw):
        raise BadCell("Le texte contient un caractère invisible : effacez la case et retapez-la.")
    return raw


def _number(column: Column, raw: str) -> Decimal:
    example = "12,5" if column.decimals else "12"
    if raw.startswith(("-", "\u2212")):
        raise BadCell(f"Un nombre ne peut pas être négatif ici : attendu par exemple {example}, lu {quoted(raw)}.")
    found = _NUMBER.fullmatch(raw)
    if not found:
        raise BadCell(f"{quoted(raw)} n'est pas un nombre : attendu par exemple {example}.")
    decimals = (found[2] or "").rstrip("0")
    if len(decimals) > column.decimals:
        limit = (
            f"{column.decimals} décimales au plus" if column.decimals else f"un nombre entier, par exemple {example}"
        )
        raise BadCell(f"{quoted(raw)} a trop de décimales : attendu {limit}.")
    value = Decimal(f"{found[1]}.{decimals}") if decimals else Decimal(found[1])
    if value > column.most:
        raise BadCell(f"{quoted(raw)} est trop grand : {column.most} au plus.")
    return value


def _whole(column: Column, raw: str) -> int:
    return int(_number(column, raw))


def _minutes(column: Column, raw: str) -> int:
    """Minutes with decimals, as whole seconds rounded half up: what the workshop counts in."""
    return int((_number(column, raw) * 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@lru_cache(MEMO)
def parse_date(raw: str) -> date:
    """2026-09-01 or 01/09/2026, between 1900 and 2100."""
    if found := _ISO.fullmatch(raw):
        year, month, day = (int(part) for part in found.groups())
    elif found := _FRENCH.fullmatch(raw):
        day, month, year = (int(part) for part in found.groups())
    else:
        raise BadCell(f"{quoted(raw)} n'est pas une date : attendu 2026-09-01 ou 01/09/2026.")
    try:
        value = date(year, month, day)
    except ValueError:
        raise BadCell(f"La date {quoted(raw)} n'existe pas : attendu par exemple 2026-09-01 ou 01/09/2026.") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadCell(f"La date {quoted(raw)} est hors limites : attendu entre {FIRST_YEAR} et {LAST_YEAR}.")
    return value


def _date(_column: Column, raw: str) -> date:
    return parse_date(raw)


def _time(_column: Column, raw: str) -> int:
    """Minutes after midnight."""
    found = _CLOCK.fullmatch(raw)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise BadCell(f"{quoted(raw)} n'est pas une heure : attendu par exemple 08:00.")
    return int(found[1]) * 60 + int(found[2])


def _word(column: Column, raw: str) -> Any:
    if raw not in column.words:
        allowed = list(column.words)
        listed = f"{', '.join(allowed[:-1])} ou {allowed[-1]}"
        raise BadCell(f"{quoted(raw)} n'est pas un mot prévu : attendu {listed}.")
    return column.words[raw]


def _codes(column: Column, raw: str) -> tuple[str, ...]:
    codes = tuple(part.strip() for part in _text(column, raw).split("+"))
    if not all(codes):
        raise BadCell(f"{quoted(raw)} contient un code vide : attendu des codes séparés par +, par exemple A+B.")
    return tuple(dict.fromkeys(codes))


def _year(_column: Column, raw: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", raw) or not FIRST_YEAR <= int(raw) <= LAST_YEAR:
        raise BadCell(f"{quoted(raw)} n'est pas une année : attendu par exemple 2026.")
    return int(raw)


def _school_year(_column: Column, raw: str) -> str:
    found = _SCHOOL_YEAR.fullmatch(raw)
    if not found or int(found[2]) != int(found[1]) + 1 or not FIRST_YEAR <= int(found[1]) < LAST_YEAR:
        raise BadCell(f"{quoted(raw)} n'est pas une année scolaire : attendu par exemple 2026-2027.")
    return raw


def _email(column: Column, raw: str) -> str:
    """The address somebody signs in with, where capitals make no difference."""
    return _text(column, raw).lower()


def _country(_column: Column, raw: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", raw):
        raise BadCell(f"{quoted(raw)} n'est pas un code de pays : attendu deux lettres, par exemple FR.")
    return raw.upper()


def _siret(_column: Column, raw: str) -> str:
    try:
        return str(siret.validate(raw))
    except (InvalidLength, InvalidFormat):
        raise BadCell(f"{quoted(raw)} n'est pas un SIRET : attendu 14 chiffres, comme sur une facture.") from None
    except InvalidChecksum:
        raise BadCell(f"La clé du SIRET {quoted(raw)} est fausse : vérifiez les 14 chiffres sur une facture.") from None
    except (ValidationError, ValueError):
        raise BadCell(f"{quoted(raw)} n'est pas un SIRET : attendu 14 chiffres, comme sur une facture.") from None


def _vat(_column: Column, raw: str) -> str:
    compact = re.sub(r"[ .\-\u00a0\u202f]", "", raw).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9A-Z+*]{2,13}", compact):
        raise BadCell(f"{quoted(raw)} n'est pas un numéro de TVA : attendu par exemple FR23 334 175 221.")
    if compact.startswith("FR"):
        try:
            tva.validate(compact)
        except (ValidationError, ValueError):
            raise BadCell(
                f"La clé du numéro de TVA {quoted(raw)} est fausse : vérifiez-le sur une facture, "
                "il s'écrit FR, deux caractères, puis le SIREN."
            ) from None
    return compact


PARSERS: dict[Kind, Callable[[Column, str], Any]] = {
    Kind.TEXT: _text, Kind.WHOLE: _whole, Kind.NUMBER: _number, Kind.DATE: _date, Kind.TIME: _time, Kind.WORD: _word,
    Kind.CODES: _codes, Kind.YEAR: _year, Kind.SCHOOL_YEAR: _school_year, Kind.COUNTRY: _country, Kind.SIRET: _siret,
    Kind.VAT: _vat, Kind.MINUTES: _minutes, Kind.EMAIL: _email,
}  # fmt: skip
