"""Every way in is written down (V13): what hands out a session, a seat, a tablet or a signature is in the list."""

import ast
import re

from tests.architecture.source import ROOT, tree
from tests.support.routes import doors

# What lets somebody in, or lets one word pass in somebody's name.
LET_IN = {"let_in", "set_device", "open_seat", "settle_signer", "pupil_of_tap", "open_feed"}


def _documented():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.split("## Ways in")[1].split("\n## ")[0]
    return set(re.findall(r"^\| [^|]+ \| `([\w.]+)` \|", section, re.MULTILINE))


def _called(node):
    calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls}


def _functions(package):
    found = {}
    for path in sorted((ROOT / "app" / package).rglob("*.py")):
        if path.name in {"screens.py", "api.py"} or path.parent.name in {"screens", "api"}:
            found |= {node.name: _called(node) for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)}
    return found


def _reaches(name, functions, seen):
    """Whether a handler, or a function of the screens that it calls, lets somebody in."""
    called = functions.get(name, set())
    if called & LET_IN or name in LET_IN:
        return True
    return any(_reaches(each, functions, seen | {each}) for each in called - seen if each in functions)


def test_every_way_in_is_documented_and_no_other():
    found = set()
    for package in ("accounts", "kiosk", "timetable"):
        functions = _functions(package)
        found |= {
            door.name for door in doors()
            if door.name.startswith(f"{package}.") and _reaches(door.endpoint.__name__, functions, set())
        }  # fmt: skip
    assert found | {"ApiToken"} == _documented()
