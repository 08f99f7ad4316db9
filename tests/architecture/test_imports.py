"""The five import contracts of pyproject.toml hold."""

import re

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.source import APP, DOMAINS, ROOT, python_files, relative


def test_the_five_import_contracts_are_kept(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_package_of_the_house_is_on_the_ladder_of_these_tests():
    packages = {path.parent.name for path in APP.glob("*/__init__.py")}
    assert packages - {"core", "web", "planning", "demo"} == set(DOMAINS)


def test_settings_stand_off_the_ladder():
    text = (APP / "settings.py").read_text(encoding="utf-8")
    assert "from app" not in text
    assert "import app" not in text


def test_only_settings_read_the_environment():
    readers = [
        relative(path)
        for path in python_files("app")
        if re.search(r"environ\.|environ\[[^]]+\](?! =)|getenv\(", path.read_text(encoding="utf-8"))
    ]
    assert readers == []
