"""Constrained types shared by every form and JSON body (trap X6): bounded, strict, French input understood."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from stdnum.fr import siret as siret_numbers
from stdnum.fr import tva as vat_numbers

SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
EMAIL = re.compile(r"[^@\s<>\"',;:\\()\[\]]+@[^@\s<>\"',;:\\()\[\]]+\.[^@\s.]{2,}")


class Input(BaseModel):
    """Base of every form and body: unknown fields are refused, spaces around words are not part of them.

    `prefilled` names what a page fills by itself in a row of a nested list; a row with nothing else is blank.
    """

    prefilled: ClassVar[frozenset[str]] = frozenset()
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


def _refuse(code: str, sentence: str) -> PydanticCustomError:
    return PydanticCustomError(code, sentence)


def _no_control(text: str) -> str:
    if CONTROL.search(text):
        raise _refuse("control", "Ce texte contient un caractère illisible. Retapez-le.")
    return text


def french_decimal(value: Any) -> Any:
    if isinstance(value, str):
        text = value.translate(SPACES).replace(",", ".").replace("−", "-").removesuffix("€").removesuffix("%")
        if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,12})?", text):
            raise _refuse("decimal", "Ce n’est pas un nombre. Exemple : 12,50.")
        return Decimal(text)
    if isinstance(value, bool | float):
        raise _refuse("decimal", "Ce n’est pas un nombre exact. Envoyez-le en texte : « 12.50 ».")
    if isinstance(value, int):
        return Decimal(value)
    return value


def _french_int(value: Any) -> Any:
    if isinstance(value, str):
        text = value.translate(SPACES)
        if not re.fullmatch(r"-?\d{1,12}", text):
            raise _refuse("integer", "Ce n’est pas un nombre entier. Exemple : 12.")
        return int(text)
    if isinstance(value, bool):
        raise _refuse("integer", "Ce n’est pas un nombre entier. Exemple : 12.")
    return value


def _french_date(value: Any) -> Any:
    if isinstance(value, str):
        for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(value.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        raise _refuse("date", "Cette date n’existe pas. Exemple : 26/11/2026.")
    return value


def _bounded_day(value: date) -> date:
    if not 1900 <= value.year <= 2100:
        raise _refuse("date", "Cette date est trop loin. Exemple : 26/11/2026.")
    return value


def _clock_minutes(value: Any) -> Any:
    if isinstance(value, time):
        return value.hour * 60 + value.minute
    if isinstance(value, str):
        found = re.fullmatch(r"([01]?\d|2[0-3])[:hH]([0-5]\d)", value.strip().replace(" ", ""))
        if not found:
            raise _refuse("time", "Cette heure n’existe pas. Exemple : 08:30.")
        return int(found[1]) * 60 + int(found[2])
    raise _refuse("time", "Cette heure n’existe pas. Exemple : 08:30.")


def _email(text: str) -> str:
    if not EMAIL.fullmatch(text):
        raise _refuse("email", "Cette adresse n’est pas complète. Exemple : nom@entreprise.fr.")
    return text.lower()


def _siret(text: str) -> str:
    bare = text.translate(SPACES)
    if not siret_numbers.is_valid(bare):
        raise _refuse("siret", "Ce SIRET n’est pas valable : 14 chiffres, clé de contrôle comprise.")
    return bare


def _vat(text: str) -> str:
    bare = text.translate(SPACES).upper()
    if bare.startswith("FR") and not vat_numbers.is_valid(bare):
        raise _refuse("vat", "Ce numéro de TVA n’est pas valable. Exemple : FR12 345 678 901.")
    return bare


def _blank_to_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Blank = BeforeValidator(_blank_to_none)
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_no_control)]
ShortName = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_no_control)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_no_control)]
Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_no_control)]
Text = Annotated[str, StringConstraints(max_length=5000), AfterValidator(_no_control)]
Email = Annotated[str, StringConstraints(max_length=200), AfterValidator(_no_control), AfterValidator(_email)]
Siret = Annotated[str, StringConstraints(max_length=30), AfterValidator(_siret)]
VatNumber = Annotated[str, StringConstraints(max_length=30), AfterValidator(_no_control), AfterValidator(_vat)]
Day = Annotated[date, BeforeValidator(_french_date), AfterValidator(_bounded_day)]
Minute = Annotated[int, BeforeValidator(_clock_minutes), Field(ge=0, lt=1440)]
Id = Annotated[int, BeforeValidator(_french_int), Field(ge=1, le=2**31 - 1)]
Year = Annotated[int, BeforeValidator(_french_int), Field(ge=1990, le=2100)]
Count = Annotated[int, BeforeValidator(_french_int), Field(ge=0, le=1_000_000)]
Version = Annotated[int, BeforeValidator(_french_int), Field(ge=1, le=2**31 - 1)]
Amount = Annotated[
    Decimal, BeforeValidator(french_decimal), Field(ge=0, le=10_000_000, decimal_places=2, allow_inf_nan=False)
]
UnitPrice = Annotated[
    Decimal, BeforeValidator(french_decimal), Field(ge=0, le=10_000_000, decimal_places=6, allow_inf_nan=False)
]
Qty = Annotated[
    Decimal, BeforeValidator(french_decimal), Field(gt=0, le=10_000_000, decimal_places=4, allow_inf_nan=False)
]
Measure = Annotated[
    Decimal,
    BeforeValidator(french_decimal),
    Field(ge=-100_000, le=100_000, decimal_places=4, allow_inf_nan=False),
]  # a reading of the workshop, below zero too
Pct = Annotated[Decimal, BeforeValidator(french_decimal), Field(ge=0, le=100, decimal_places=2, allow_inf_nan=False)]
Hours = Annotated[
    Decimal, BeforeValidator(french_decimal), Field(ge=0, le=10_000, decimal_places=2, allow_inf_nan=False)
]
