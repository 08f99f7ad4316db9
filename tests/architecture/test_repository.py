"""What lies in the repository: locks, settings, texts, tests."""

import ast
import re

import pytest

from app.settings import Settings
from tests.architecture.source import ROOT, python_files, relative, tracked_files, tree

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".css",
    ".js",
    ".yaml",
    ".yml",
    ".lock",
    ".txt",
    ".csv",
    ".svg",
    ".ini",
    ".mako",
    ".typ",
    "",
}
# Written in two halves, so that this file does not find itself.
PLACES = re.compile(
    "(?<![\\w.])/(" + "|".join(("wo" + "rk", "ro" + "ot", "home/\\w", "Users/\\w", "tm" + "p")) + ")(?=[/\\s\"'`)]|$)"
)
REGISTRIES = re.compile(
    "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(org|com)", "registry" + r"\.\w+\."))
)
LEFT_OPEN = re.compile(
    "|".join(("TO" + "DO", "FIX" + "ME", r"(?<![-\w])X" + r"XX(?![-\w])", "Not" + "ImplementedError"))
)


def _texts():
    for path in tracked_files():
        if path.suffix in TEXT:
            yield path, path.read_text(encoding="utf-8")


def _hits(pattern, *, skip=()):
    return [
        f"{relative(path)}:{number}: {line.strip()[:100]}"
        for path, text in _texts()
        if relative(path) not in skip
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_pins_with_hashes_and_names_no_host(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "-index" not in text
    pinned = re.findall(r"^[\w.\[\]-]+==\S+.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^\S", text, re.MULTILINE))


def test_what_runs_is_pinned_alike_for_development():
    def pins(name):
        return set(re.findall(r"^([\w.\[\]-]+==[\w.]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_every_setting_is_in_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for field in Settings.model_fields if (name := f"COMPAGNON_{field.upper()}") not in text]
    assert missing == []
    told = set(re.findall(r"\| `(COMPAGNON_\w+)`", text))
    assert told == {f"COMPAGNON_{field.upper()}" for field in Settings.model_fields}


def test_no_file_names_a_place_of_one_machine():
    assert _hits(PLACES) == []


def test_no_file_names_a_package_host():
    assert _hits(REGISTRIES) == []


def test_nothing_is_left_open():
    assert _hits(LEFT_OPEN) == []


def test_every_text_is_utf8_with_unix_line_ends_and_a_last_newline():
    bad = [relative(path) for path, text in _texts() if text and ("\r" in text or not text.endswith("\n"))]
    assert bad == []


def test_every_skip_is_loud():
    """A skip tells its reason, and the summary of the run repeats it; nothing is skipped for good."""
    silent = []
    for path in python_files("tests"):
        for node in ast.walk(tree(path)):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name == "pytest.skip" and not node.args:
                silent.append(f"{relative(path)}:{node.lineno} without a reason")
            if name == "pytest.mark.skipif" and not any(each.arg == "reason" for each in node.keywords):
                silent.append(f"{relative(path)}:{node.lineno} without a reason")
            whole = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            if whole in {"pytest.mark.skip", "pytest.mark.xfail", "pytest.importorskip"}:
                silent.append(f"{relative(path)}:{node.lineno} {whole}")
    assert silent == []


def test_every_test_asserts_something():
    def proves(node):
        return any(
            isinstance(each, ast.Assert)
            or (isinstance(each, ast.With) and "raises" in ast.unparse(each.items[0]))
            or (isinstance(each, ast.Call) and re.search(r"assert|check|expect|budget", ast.unparse(each.func)))
            for each in ast.walk(node)
        )

    empty = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in python_files("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not proves(node)
    ]
    assert empty == []


def test_tests_do_not_sleep():
    allowed = {"tests/support/postgres.py", "tests/support/server.py"}  # they wait for a process to start
    sleepers = [
        relative(path)
        for path in python_files("tests")
        if relative(path) not in allowed and re.search(r"\bsleep" + r"\((?!0\))", path.read_text(encoding="utf-8"))
    ]
    assert sleepers == []
