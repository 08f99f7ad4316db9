"""A request with its facts as JSON and back, so that an answer given today can be given again in ten years.

The number of the rules is kept with the facts. Rules that change get a new number, and the old ones stay in `RULES`
for what was judged by them.
"""

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from app.machines.rules.facts import Facts, Request, Settings, Verdict
from app.machines.rules.gate import verdict

CURRENT = 1
RULES: dict[int, Callable[[Request, Facts, Settings], Verdict]] = {1: verdict}


def to_json(request: Request, facts: Facts, settings: Settings) -> str:
    """All that the verdict depends on; what stands at its default is left out."""
    kept = {"rules": CURRENT, "request": _dump(request), "facts": _dump(facts), "settings": _dump(settings)}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def from_json(text: str) -> tuple[Request, Facts, Settings]:
    """What was kept, as it was."""
    kept = json.loads(text)
    return _load(Request, kept["request"]), _load(Facts, kept["facts"]), _load(Settings, kept["settings"])


def replay(text: str) -> Verdict:
    """Judge what was kept by the rules it was judged by."""
    return RULES[json.loads(text)["rules"]](*from_json(text))


def _dump(value: Any) -> Any:
    if is_dataclass(value):
        return {
            each.name: _dump(held)
            for each in fields(value)
            if (held := getattr(value, each.name)) != each.default or each.default is MISSING
        }
    if isinstance(value, tuple):
        return [_dump(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _load(kind: Any, value: Any) -> Any:
    if get_origin(kind) is tuple:
        return tuple(_load(get_args(kind)[0], one) for one in value)
    if NoneType in get_args(kind):
        return None if value is None else _load(get_args(kind)[0], value)
    if is_dataclass(kind):
        hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]
        return kind(**{name: _load(hints[name], held) for name, held in value.items()})  # type: ignore[operator]
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if kind is Decimal or issubclass(kind, StrEnum) else value
