"""Every template compiles, is strict, and keeps to the content security policy and to the words of the house."""

import re
from decimal import Decimal

import pytest
from jinja2 import nodes
from markupsafe import Markup, escape

from app.core.permissions import Role
from app.web.pages import APP, environment
from tests.architecture.source import ROOT, papers, relative, templates

ALL = templates()
PREFIXES = {"layouts", "components", "errors"}
FORBIDDEN = {
    r"\|\s*safe\b": "what is safe is decided by escaping, not by saying so",
    r"\bautoescape\s+false": "as above",
    r"(?<![\w-])style\s*=": "the content security policy allows no inline style",
    r"<style\b": "as above",
    r"(?<![\w-])on[a-z]+\s*=\s*[\"']": "no inline handler",
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")": "no inline script",
    r"javascript:": "no script in an address",
    r"https?://(?!www\.w3\.org/)": "no page asks anything of another host",
    r"(href|src|action)=\{\{": "attributes are quoted",
    r"\bme\.role\b": "templates test permissions and actions, never roles",
    r"import [^%]*with context": "macros live on their arguments: with a context they are made again for every page",
}
WORDS = {
    r"\bétudiants?\b": "élève",
    r"\btickets?\b": "bon de travail",
    r"\bwork orders?\b": "ordre de fabrication",
    r"\bcertificats? médica(l|ux)\b": "avis médical d’aptitude",
    r"\bTVA déductible\b": "TVA collectée",
    r">\s*(Oui|OK|Soumettre|Valider)\s*<": "un verbe et son objet",
}


def _name(path):
    parts = path.relative_to(APP).parts
    inside = parts[parts.index("templates") + 1 :]
    if parts[0] == "web":
        return "/".join(inside) if inside[0] in PREFIXES else "web/" + "/".join(inside)
    return f"{parts[0]}/" + "/".join(inside)


def _shown(source):
    """The source without comments and without what stands inside Jinja's braces and tags."""
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)


def _said_by_attributes(tag):
    return " ".join(re.findall(r"(?:title|placeholder|aria-label)=\"([^\"]*)\"", tag[0]))


@pytest.mark.parametrize("path", ALL, ids=relative)
def test_a_template_compiles_and_is_found_by_its_name(path):
    assert environment().get_template(_name(path)).filename == str(path)


@pytest.mark.parametrize("path", ALL, ids=relative)
def test_a_template_keeps_to_the_policy(path):
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [f"{pattern}: {why}" for pattern, why in FORBIDDEN.items() if re.search(pattern, source)]
    assert found == []


@pytest.mark.parametrize("path", ALL, ids=relative)
def test_a_template_speaks_the_words_of_the_trade(path):
    text = re.sub(r"<[^>]+>", _said_by_attributes, _shown(path.read_text(encoding="utf-8")))
    found = [
        f"{match[0]} → {better}" for word, better in WORDS.items() for match in re.finditer(word, text, re.IGNORECASE)
    ]
    assert found == []
    assert "'" not in re.sub(r"&#?\w+;", "", text), "typographic apostrophe (’) in what people read"


@pytest.mark.parametrize("path", papers(), ids=relative)
def test_a_paper_speaks_the_words_of_the_trade_and_takes_nothing_from_outside(path):
    source = re.sub(r"(?m)^\s*//.*$", "", path.read_text(encoding="utf-8"))
    assert [word for word in WORDS if re.search(word, source, re.IGNORECASE)] == []
    assert "'" not in source, "typographic apostrophe (’) in what people read"
    assert re.findall(r'(?:#import|#include|\bread\()\s*"(?!/core/pdf/)', source) == []
    assert "@preview" not in source


@pytest.mark.parametrize("path", ALL, ids=relative)
def test_no_role_is_named_in_a_template(path):
    tree = environment().parse(path.read_text(encoding="utf-8"))
    compared = {each.value for each in tree.find_all(nodes.Const) if isinstance(each.value, str)}
    assert compared & {role.value for role in Role} == set()


@pytest.mark.parametrize("path", ALL, ids=relative)
def test_a_template_asks_the_database_nothing(path):
    tree = environment().parse(path.read_text(encoding="utf-8"))
    called = {node.node.attr for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Getattr)}
    assert called & {"query", "execute", "scalars", "scalar", "all", "commit"} == set()


def test_undefined_names_are_errors_and_everything_is_escaped():
    env = environment()
    assert env.undefined.__name__ == "StrictUndefined"
    assert env.autoescape is True
    assert env.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    "value", ["é", "&<>'\"", "", 3, True, None, 2.5, ["<"], Markup("<b>"), Decimal("1.50"), Role.OFFICE]
)
def test_a_value_is_escaped_as_ever(value):
    """Our shorter way to escape gives what Jinja's own does, alone, in a macro, in a block that is set."""
    source = "{{ x }}{% macro m(y) %}{{ y }}{% endmacro %}{{ m(x) }}{% set z %}{{ x }}{% endset %}{{ z }}"
    assert environment().from_string(source).render(x=value) == str(escape(value)) * 3


def test_every_component_has_its_style_and_its_place_in_the_style_guide():
    guide = "\n".join(
        path.read_text(encoding="utf-8") for path in (APP / "web" / "templates").glob("styleguide*.html")
    ) + "\n".join(path.read_text(encoding="utf-8") for path in (APP / "web" / "templates").glob("styleguide/*.html"))
    components = [path.stem for path in (APP / "web" / "templates" / "components").glob("*.html")]
    assert components
    assert [name for name in components if f"components/{name}.html" not in guide] == []


def test_styles_are_ours():
    for path in sorted((ROOT / "app" / "web" / "static" / "css").rglob("*.css")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*[\"']?(https?:)?//", text), relative(path)
