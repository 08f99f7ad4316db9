"""The written pages are true."""

import re

from app.core.permissions import Permission
from tests.architecture.source import APP, ROOT, relative
from tools import docs


def test_generated_pages_are_those_of_the_code():
    assert docs.outdated() == []


def test_the_glossary_names_things_that_exist():
    """Every code name of the glossary's table stands somewhere in the code."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    names = re.findall(r"^\| [^|]+ \| `(\w+)` \|", text, re.MULTILINE)
    assert len(names) > 40
    code = "\n".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.py"))
    assert [name for name in names if not re.search(rf"\b{name}\b", code)] == []


def test_links_between_pages_lead_somewhere():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = [
        f"{relative(page)} → {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_without_a_hole():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_direct_dependency_has_its_line():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    wanted += project["dependency-groups"]["build"]
    text = (ROOT / "docs" / "decisions" / "0011-dependencies.md").read_text(encoding="utf-8")
    names = [re.split(r"[<>=\[ ]", each)[0] for each in wanted]
    assert [name for name in names if name not in text] == []


def test_every_permission_is_used_by_a_route_or_a_rule():
    code = "\n".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.py") if path.name != "permissions.py")
    assert [each.name for each in Permission if not re.search(rf"\b(P|Permission)\.{each.name}\b", code)] == []
