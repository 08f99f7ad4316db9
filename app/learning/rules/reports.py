"""What an issued report froze: its words as JSON, under the number of the form they were stored in.

A later form never rewrites what was issued: `read_report` brings each older one to the present shape when it is read.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

FORM = 2
Words = dict[str, Any]


def _first(words: Words) -> Words:
    """Form 1, before forms had numbers: the words alone, in the present shape."""
    return words


def _second(words: Words) -> Words:
    """Form 2: the words beside their number."""
    return dict(words["words"])


READERS: Mapping[int, Callable[[Words], Words]] = {1: _first, 2: _second}


def write_report(words: Mapping[str, Any]) -> str:
    """What is frozen: the number of the present form, and the words."""
    return json.dumps({"form": FORM, "words": words}, ensure_ascii=False, sort_keys=True)


def read_report(content: str) -> Words:
    """The words of an issued report, whatever form they were stored in; a form nobody knows is a LookupError."""
    stored = json.loads(content)
    form = stored["form"] if set(stored) == {"form", "words"} else 1
    if form not in READERS:
        raise LookupError(f"report of form {form}, known are {sorted(READERS)}")
    return READERS[form](stored)
