"""Rules of the house that no general linter knows."""

import ast
import enum
import importlib
import re

from tests.architecture.source import APP, ROOT, calls, python_files, relative, tree

MAY_END_A_TRANSACTION = {"app/web/routing.py", "app/cli.py", "app/core/db.py"}
NO_UTILS = {"utils.py", "helpers.py", "common.py", "manager.py", "handler.py", "misc.py"}


def test_only_the_edge_commits_or_rolls_back():
    strays = [
        f"{relative(path)}:{call.lineno}"
        for path in python_files("app")
        if relative(path) not in MAY_END_A_TRANSACTION
        for call in calls(path, "commit", "rollback")
    ]
    assert strays == []


def test_a_flush_says_why():
    """A service flushes only to obtain an id, and says so on the line or on the one before."""
    silent = []
    for path in python_files("app"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for call in calls(path, "flush"):
            if "db" not in ast.unparse(call.func) and "session" not in ast.unparse(call.func):
                continue
            near = lines[call.lineno - 1] + lines[max(0, call.lineno - 2)]
            if "#" not in near:
                silent.append(f"{relative(path)}:{call.lineno}")
    assert silent == []


def test_one_clock():
    """Nobody but core/clock.py asks what time it is."""
    readers = [
        f"{relative(path)}:{number}"
        for path in python_files("app")
        if relative(path) != "app/core/clock.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\b(datetime|date)\.(now|today|utcnow)\(|time\.time\(", line)
    ]
    assert readers == []


def _enumerations():
    names = set()
    for path in python_files("app"):
        if path.name not in {"rules.py", "permissions.py"}:
            continue
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        names |= {
            name for name, value in vars(module).items() if isinstance(value, type) and issubclass(value, enum.Enum)
        }
        # the one-letter aliases that rules use for their own states
        names |= {name for name in vars(module) if len(name) == 1 and name.isupper()}
    return names


def test_states_are_compared_by_value():
    """Columns hold plain strings: `state is State.X` is false for what comes from the database, `==` is true."""
    enumerations = _enumerations()
    found = [
        f"{relative(path)}:{node.lineno} {ast.unparse(node)}"
        for path in python_files("app")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops)
        for side in [node.left, *node.comparators]
        if isinstance(side, ast.Attribute) and getattr(side.value, "id", "") in enumerations
    ]
    assert found == []


def test_no_sql_is_put_together_from_strings():
    """What an engine tells of itself aside, which takes no parameters and no words of anybody."""
    found = [
        f"{relative(path)}:{call.lineno}"
        for path in python_files("app")
        for call in calls(path, "text", "exec_driver_sql")
        if call.args
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
        and not ast.unparse(call.args[0]).startswith(("f'PRAGMA ", "f'SHOW "))
    ]
    assert found == []


def test_no_drawer_for_odds_and_ends():
    assert [relative(path) for path in python_files("app") if path.name in NO_UTILS] == []


def test_nothing_is_printed_but_by_the_command():
    found = [
        f"{relative(path)}:{call.lineno}"
        for path in python_files("app")
        if relative(path) != "app/cli.py"
        for call in calls(path, "print")
        if isinstance(call.func, ast.Name)
    ]
    assert found == []


def test_no_endpoint_hides_behind_base_http_middleware():
    """Middlewares are plain ASGI classes (trap X13)."""
    text = (APP / "web" / "middleware.py").read_text(encoding="utf-8")
    assert "BaseHTTPMiddleware" not in text
