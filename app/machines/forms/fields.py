"""Types of the papers: articles of the regulated work, lists of free words."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.machines.rules.articles import split_codes
from app.machines.rules.papers import join_words, split_words, unknown_articles
from app.web.fields import Code, Line, Text


def _pieces(value: Any) -> Any:
    """Ticked boxes, a JSON list, or one text joined by « + »."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(dict.fromkeys(part for one in value for part in split_codes(one)))
    return value


def _known(codes: tuple[str, ...]) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(code.upper() for code in codes))
    if unknown := unknown_articles(named):
        raise PydanticCustomError("rule", f"« {unknown[0][:20]} » n’est pas un article connu. Exemple : D4153-28.")
    return named


def _words(text: str) -> str:
    return join_words(split_words(text))


def _plain(code: str) -> str:
    """A code stands in addresses, and in lists joined by « + »."""
    if set(code) & set("/+;"):
        raise PydanticCustomError("rule", "Un code ne contient ni barre oblique, ni « + », ni « ; ».")
    return code


NewCode = Annotated[Code, AfterValidator(_plain)]
Codes = Annotated[tuple[Line, ...], BeforeValidator(_pieces), Field(max_length=500)]
Articles = Annotated[tuple[Line, ...], BeforeValidator(_pieces), Field(max_length=50), AfterValidator(_known)]
FreeWords = Annotated[Text, StringConstraints(max_length=2000), AfterValidator(_words)]
