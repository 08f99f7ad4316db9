"""A mistake in the school's files: where it stands and what is wrong, in French, with what was expected."""

import re
from functools import lru_cache
from typing import NamedTuple

SHOWN = 60
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SPACES = (
    (" :", "\u00a0:"), (" ;", "\u202f;"), (" ?", "\u202f?"), (" !", "\u202f!"), (" »", "\u202f»"), ("« ", "«\u202f"),
    (" %", "\u00a0%"), (" €", "\u202f€"), ("'", "’"),
)  # fmt: skip


class Problem(NamedTuple):
    """One mistake. `table` is the name without ending (for grouping), `value` what was read there."""

    table: str
    file: str
    line: int
    column: str
    why: str
    value: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong, with the spaces and apostrophes of French typography."""
        return typeset(self.why)

    def __str__(self) -> str:
        """`file:line: column: why`, the form the import contract asks for."""
        return f"{self.file}:{self.line}: {self.column}: {self.sentence}"


@lru_cache(10_000)
def shown(value: object) -> str:
    """A value as it may stand in a sentence or a table: printable, on one line, not too long."""
    text = _UNPRINTABLE.sub(" ", str(value)).strip()
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def quoted(value: object) -> str:
    """The value between French quotation marks."""
    return f"« {shown(value)} »"


def typeset(text: str) -> str:
    """No-break spaces and curly apostrophes where French wants them."""
    for plain, right in _SPACES:
        text = text.replace(plain, right)
    return text
