"""The face: style sheet, icons, layouts, macros and the style guide."""

import re
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2.exceptions import UndefinedError
from markupsafe import Markup

from app.core.clock import local, now
from app.web import pages
from app.web.assets import STATIC, style_sheet
from app.web.icons import ICONS, icon
from app.web.navigation import NAVIGATION

TEMPLATES = Path(pages.__file__).parent / "templates"
COMPONENTS = sorted(path.stem for path in (TEMPLATES / "components").glob("*.html"))
ERRORS = [403, 404, 409, 413, 422, 500, 503]
GUIDE_ONLY = {"guide"}


ROUTES = ("board.home", "board.search", "accounts.show_account", "accounts.sign_out")
APPLICATION = SimpleNamespace(state=SimpleNamespace(paths={name: f"/{name}" for name in ROUTES}))
REQUEST = SimpleNamespace(app=APPLICATION)


def _render(template, *, signed_in=True, **context):
    me = SimpleNamespace(
        full_name="Karim Benali", initials="KB", role_label="Maître", permissions=set(), school_name="École du Val",
        is_demo=True, theme="",
    )  # fmt: skip
    return pages.environment().get_template(template).render(
        request=REQUEST, url=partial(pages.url, REQUEST), me=me if signed_in else None, nav=[], flashes=[], theme="",
        today=date(2026, 11, 26), now=local(now()), **context,
    )  # fmt: skip


def _macro(component, source, **context):
    text = f'{{% import "components/{component}.html" as c %}}{{{{ {source} }}}}'
    return pages.environment().from_string(text).render(**context)


def _posted(values=None, errors=None, stale=None):
    values, errors = values or {}, errors or {}
    return SimpleNamespace(
        raw=lambda name: values.get(name, ""), error=lambda name: errors.get(name, ""), errors=errors, stale=stale
    )


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_loads_and_says_how_to_use_it(name):
    assert pages.environment().get_template(f"components/{name}.html").module
    head = (TEMPLATES / "components" / f"{name}.html").read_text(encoding="utf-8").split("-#}")[0]
    assert head.startswith("{#-\n")
    assert f"  {name}" in head


def test_every_component_has_its_own_style_file_of_the_same_name():
    styles = {path.stem for path in (STATIC / "css" / "components").glob("*.css")}
    assert styles - GUIDE_ONLY == set(COMPONENTS)


def test_the_style_sheet_is_whole_and_every_rule_lies_in_a_layer():
    sheet = re.sub(r"/\*.*?\*/", "", style_sheet(), flags=re.DOTALL)
    assert "@import" not in sheet
    assert sheet.count("{") == sheet.count("}")
    outside = re.findall(r"^(?!@layer|@font-face|\}|\s|$)(.+)$", sheet, flags=re.MULTILINE)
    assert outside == []
    imported = re.findall(r'@import "([^"]+)"', (STATIC / "css" / "app.css").read_text(encoding="utf-8"))
    on_disk = {path.relative_to(STATIC / "css").as_posix() for path in (STATIC / "css").rglob("*.css")}
    assert set(imported) == on_disk - {"app.css"}


def test_a_class_that_a_component_writes_is_styled_somewhere():
    sheet = style_sheet()
    unknown = set()
    for path in sorted(TEMPLATES.rglob("*.html")):
        for names in re.findall(r'class="([^"{]+)"', path.read_text(encoding="utf-8")):
            unknown |= {name for name in names.split() if f".{name}" not in sheet}
    assert unknown == set()


def test_an_icon_beside_a_word_is_silent_and_alone_it_has_a_name():
    assert 'aria-hidden="true"' in icon("check")
    assert 'role="img" aria-label="Retirer &lt;la&gt; ligne"' in icon("x", "Retirer <la> ligne")
    assert isinstance(icon("check"), Markup)
    with pytest.raises(KeyError):
        icon("nothing-like-it")


def test_icons_keep_to_one_grid_and_one_stroke():
    for name, drawing in ICONS.items():
        assert not re.search(r"stroke|fill|style|class|transform", drawing), name
    assert {entry.icon for entries in NAVIGATION.values() for entry in entries} <= set(ICONS)


def test_every_icon_that_a_template_asks_for_is_drawn():
    asked = set()
    for path in pages.APP.glob("*/templates/**/*.html"):
        source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        asked |= set(re.findall(r"(?:\bicon\(|icon_name=|\bempty\()\"([\w-]+)\"", source))
    assert asked - set(ICONS) == set()


def test_the_style_guide_shows_every_icon_and_renders():
    page = _render("web/styleguide.html")
    assert page.count("<section aria-labelledby") >= 10
    assert [name for name in ICONS if f"<code>{name}</code>" not in page] == []


def test_the_style_guide_has_no_two_elements_of_one_id():
    ids = re.findall(r'\sid="([^"]+)"', _render("web/styleguide.html"))
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


def test_what_describes_or_names_an_element_is_on_the_page():
    page = _render("web/styleguide.html")
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    asked = re.findall(r'aria-(?:describedby|labelledby|controls)="([^"]+)"', page)
    assert {name for names in asked for name in names.split()} <= ids


@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize("signed_in", [True, False])
def test_an_error_page_says_what_happened_and_shows_the_way_out(status, signed_in):
    page = _render(f"errors/{status}.html", signed_in=signed_in)
    assert page.count("<h1>") == 1
    assert 'href="/board.home"' in page
    assert ("masthead" in page) is signed_in


def test_changed_meanwhile_shows_both_versions():
    page = _render(
        "errors/409.html", message="Sophie a enregistré.", changes=[("Jeune", "Tom", "Noé"), ("Lot", "5", "5")]
    )
    assert "Modifié entre-temps" in page
    assert "<ins>Tom</ins>" in page
    assert "<ins>5</ins>" not in page


def test_a_bug_page_gives_the_number_that_finds_it_again():
    assert "a1b2c3" in _render("errors/500.html", request_id="a1b2c3")


def test_a_field_keeps_what_was_typed_and_says_what_is_wrong():
    form = _posted({"name": "<Bague>"}, {"name": "Trop court."})
    html = _macro("form", 'c.text(form, "name", "Nom", hint="Comme sur le plan.")', form=form)
    assert 'value="&lt;Bague&gt;"' in html
    assert 'aria-invalid="true" aria-describedby="name-error name-hint"' in html
    assert "Trop court." in html
    assert "(facultatif)" not in html


def test_a_date_is_shown_the_french_way_and_a_wrong_one_as_typed():
    assert 'value="26/11/2026"' in _macro("form", 'c.date(form, "d", "Le")', form=_posted({"d": "2026-11-26"}))
    assert 'value="32/12/2026"' in _macro("form", 'c.date(form, "d", "Le")', form=_posted({"d": "32/12/2026"}))


def test_a_password_is_never_written_back():
    assert "secret" not in _macro("form", 'c.password(form, "p", "Mot de passe")', form=_posted({"p": "secret"}))


def test_a_choice_with_an_ampersand_stays_chosen():
    form = _posted({"kind": "R&D"})
    assert 'value="R&amp;D" selected' in _macro("form", 'c.select(form, "kind", "Sorte", [("R&D", "R&D")])', form=form)


def test_the_box_on_top_links_to_each_field_and_takes_the_focus():
    form = _posted(errors={"promised_on": "Cette date n’existe pas.", "_form": "La commande est close."})
    html = _macro("form", 'c.summary(form, {"promised_on": "Promise le"})', form=form)
    assert 'role="alert"' in html
    assert "2 points à corriger" in html
    assert '<a href="#promised_on">' in html
    assert 'href="#_form"' not in html
    assert _macro("form", "c.summary(form)", form=_posted()) == ""


def test_changed_meanwhile_keeps_the_form_and_shows_both_versions():
    stale = SimpleNamespace(
        sentence="Sophie Lang a enregistré cette fiche.", changes=(("Ville", "Langres", "Chaumont"),)
    )
    html = _macro("form", "c.summary(form)", form=_posted(stale=stale))
    assert "<ins>Langres</ins>" in html
    assert "Sophie Lang" in html


def test_the_hidden_fields_are_the_key_and_the_version():
    html = _macro("form", "c.hidden(form)", form=_posted({"_key": "k", "version": "3"}))
    assert html.count("<input") == 2
    assert _macro("form", "c.hidden(form)", form=_posted({"_key": "k"})).count("<input") == 1


def _action(label, **more):
    fixed = {"name": "n", "url": "/u", "method": "get", "danger": False, "primary": False, "icon": ""}
    return {**fixed, "label": label, **more}


def test_the_primary_action_comes_last_and_the_rest_folds():
    many = [_action("Livrer", primary=True), _action("Supprimer", danger=True), *[_action(f"A{n}") for n in range(4)]]
    html = _macro("actions", "c.actions(list)", list=many)
    assert html.index("Autres actions") < html.index(">A0<") < html.index("Livrer")
    assert html.index("Supprimer") < html.index(">A0<"), "danger lies in the fold"
    few = _macro("actions", "c.actions(list)", list=many[:3])
    assert "Autres actions" not in few
    assert _macro("actions", "c.actions(list)", list=[]) == ""


def test_a_ruler_never_leaves_its_track():
    html = _macro("ruler", "c.progress(120, 100, scrap=30)")
    assert 'ruler__ok" x="0%" width="100.0%"' in html or 'ruler__ok" x="0%" width="100%"' in html
    assert "ruler__late" not in html
    assert 'width="0' in _macro("ruler", "c.progress(0, 0)")


def test_a_measure_below_its_band_turns_to_minium():
    assert "ruler__late" in _macro("ruler", "c.gauge(59, 62, 72)")
    assert "ruler__late" not in _macro("ruler", "c.gauge(68.1, 62, 72)")


def test_a_chart_carries_its_figures():
    html = _macro("chart", "c.bars('h', bars, 6, [(0, '0'), (6, '6')], 'Bien.', ['Année', 'Promesses'])", bars=[
        {"label": "2026", "values": [5.4], "words": "5,4", "now": False, "cells": ["5,4"]}])  # fmt: skip
    assert 'aria-describedby="h-caption"' in html
    assert '<th scope="row">2026</th><td class="num">5,4</td>' in html


def test_a_missing_value_fails_loudly():
    with pytest.raises(UndefinedError):
        _macro("timeline", "c.timeline([{'text': 'Bon créé.'}])")
