"""Nothing outgrows its ceiling (docs/architecture.md, “Ceilings”); raising one needs an ADR."""

import ast

import pytest

from tests.architecture.source import APP, ROOT, papers, python_files, relative, templates, tree

FUNCTION, PARAMETERS, SCREEN = 40, 7, 20
FILES = {
    "Python": (python_files("app", "tools", "bench"), 400),
    "template": (templates(), 150),
    "paper": (papers(), 150),
    "CSS": (sorted(APP.glob("**/static/css/**/*.css")), 250),
    "script": (sorted(APP.glob("**/static/js/**/*.js")), 150),
    "test": (python_files("tests"), 600),
}


def _lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("kind", FILES)
def test_no_file_is_over_its_ceiling(kind):
    files, ceiling = FILES[kind]
    assert [f"{relative(path)}: {_lines(path)}" for path in files if _lines(path) > ceiling] == []


def _functions():
    for path in python_files("app", "tools", "bench"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def test_no_function_is_over_forty_lines():
    long = [
        f"{relative(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1}"
        for path, node in _functions()
        if node.end_lineno - node.lineno + 1 > FUNCTION
    ]
    assert long == []


def test_no_screen_function_is_over_twenty_lines():
    """A handler reads top to bottom; what grows belongs in the service. Its signature and docstring do not count."""
    long = []
    for path, node in _functions():
        if path.name not in {"screens.py", "api.py"} and path.parent.name != "screens":
            continue
        body = node.body[1:] if ast.get_docstring(node) else node.body
        length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
        if length > SCREEN:
            long.append(f"{relative(path)}:{node.lineno} {node.name}: {length}")
    assert long == []


def _asked(path, node):
    """Parameters a caller thinks about: not the session, nor what the framework or Typer fills in by annotation."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    if path.name in {"screens.py", "api.py", "cli.py", "deps.py"} or path.parent.name == "screens":
        return []
    return [each for each in arguments if each.arg not in {"self", "cls", "db"}]


def test_no_function_asks_for_more_than_seven_things():
    greedy = [
        f"{relative(path)}:{node.lineno} {node.name}: {len(_asked(path, node))}"
        for path, node in _functions()
        if len(_asked(path, node)) > PARAMETERS
    ]
    assert greedy == []


def test_an_empty_room_is_not_kept():
    rooms = [path for path in python_files("app") if path.name != "__init__.py"]
    assert [relative(path) for path in rooms if not tree(path).body] == []


def test_ceilings_are_documented():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for ceiling in ("40", "400", "150", "250", "600"):
        assert ceiling in text
