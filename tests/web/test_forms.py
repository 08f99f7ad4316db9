"""HTML forms on Pydantic models: nothing raises, nothing typed is lost, every mistake has its place."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field
from starlette.datastructures import FormData

from app.core.errors import NotFound, Refused, Stale
from app.core.permissions import Role
from app.web.fields import Blank, Count, Day, Input, Line, Name, Qty, Text
from app.web.forms import Posted, as_typed, blank_form


class LineForm(Input):
    label: Name
    quantity: Qty


class OrderForm(Input):
    number: Name
    due_on: Day
    note: Annotated[Text | None, Blank] = None
    urgent: bool = False
    tags: tuple[Line, ...] = ()
    lines: Annotated[list[LineForm], Field(min_length=1, max_length=3)]


GOOD = [
    ("_key", "abc"), ("number", " C-1 "), ("due_on", "26/11/2026"), ("note", "  "), ("tags", "un"), ("tags", "deux"),
    ("lines-0-label", "Axe"), ("lines-0-quantity", "1 000,5"), ("lines-7-label", "Bague"), ("lines-7-quantity", "2"),
]  # fmt: skip


def read(*pairs, model=OrderForm):
    return Posted(FormData(pairs)).read(model)


class TestReading:
    def test_french_input_becomes_typed_data(self):
        form = read(*GOOD)
        assert form.ok
        assert form.valid == OrderForm(
            number="C-1", due_on=date(2026, 11, 26), tags=("un", "deux"),
            lines=[LineForm(label="Axe", quantity=Decimal("1000.5")), LineForm(label="Bague", quantity=Decimal(2))],
        )  # fmt: skip

    def test_every_value_of_a_list_is_kept_for_the_page(self):
        form = read(("tags", "un"), ("tags", "deux"), ("number", ""))
        assert form.chosen("tags") == ["un", "deux"]
        assert form.chosen("number") == []
        assert blank_form({"tags": ("a", "b")}).chosen("tags") == ["a", "b"]

    def test_blank_is_absent(self):
        assert read(*GOOD).valid.note is None

    def test_what_was_typed_is_kept_as_it_was_typed(self):
        form = read(("number", ""), ("due_on", "31/02/2026"), ("note", "à <voir>"))
        assert not form.ok
        assert (form.raw("due_on"), form.raw("note"), form.raw("number")) == ("31/02/2026", "à <voir>", "")
        assert form.error("due_on") == "Cette date n’existe pas. Exemple : 26/11/2026."
        assert form.error("number") == "Ce champ est à remplir."
        with pytest.raises(ValueError, match="not sound"):
            _ = form.valid

    def test_an_error_of_a_line_keeps_the_place_of_its_line(self):
        form = read(*GOOD[:6], ("lines-0-label", "Axe"), ("lines-0-quantity", "deux"))
        assert form.errors == {"lines-0-quantity": "Ce n’est pas un nombre. Exemple : 12,50."}

    def test_an_empty_line_in_between_moves_no_mistake_to_a_neighbour(self):
        form = read(*GOOD[:6], ("lines-0-label", " "), ("lines-0-quantity", ""), *GOOD[6:8], ("lines-4-quantity", "x"))
        assert [name for name in form.errors if form.raw(name) == "x"] or form.rows("lines") == [0, 4]

    @pytest.mark.parametrize("count", [0, 4])
    def test_too_few_or_too_many_lines_are_refused(self, count):
        lines = [(f"lines-{n}-{name}", "1") for n in range(count) for name in ("label", "quantity")]
        assert "lines" in read(*GOOD[:6], *lines).errors

    def test_a_field_nobody_declared_is_refused(self):
        assert read(*GOOD, ("owner", "moi")).errors == {"owner": "Ce champ n’est pas connu."}

    def test_the_key_is_kept_and_is_no_field(self):
        assert read(*GOOD).raw("_key") == "abc"
        assert read(("number", "x")).raw("_key")

    def test_a_box_left_empty_is_no(self):
        assert read(*GOOD).valid.urgent is False
        assert read(*GOOD, ("urgent", "true")).valid.urgent is True

    def test_rows_are_those_that_were_sent_and_at_least_some(self):
        assert read(*GOOD).rows("lines") == [0, 7]
        assert blank_form().rows("lines", minimum=2) == [0, 1]

    @given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=8))
    def test_nothing_that_is_posted_raises(self, pairs):
        form = read(*pairs.items())
        assert not form.ok
        assert {name: form.raw(name) for name in pairs if name != "_key"} == {
            name: value for name, value in pairs.items() if name != "_key"
        }

    @pytest.mark.parametrize("name", ["lines-99999999-label", "lines--1-label", "lines-0-label-x", "lines-0-"])
    def test_strange_names_of_lines_are_unknown_fields(self, name):
        assert not read(*GOOD, (name, "x")).ok


class TestRefusing:
    def test_a_rule_that_refuses_lands_at_its_field(self):
        form = read(*GOOD)
        with form.refusals():
            raise Refused("Pas un dimanche.", field="due_on")
        assert (form.ok, form.error("due_on"), form.status) == (False, "Pas un dimanche.", 422)

    def test_without_a_field_it_is_about_the_whole_form(self):
        form = read(*GOOD)
        with form.refusals():
            raise Refused("Impossible.")
        assert form.error("_form") == "Impossible."

    def test_changed_meanwhile_is_409_and_saving_again_takes_the_new_version(self):
        form = read(*GOOD, model=OrderForm)
        with form.refusals():
            raise Stale("Changé par Anne.", (("Note", "a", "b"),), version=7)
        assert (form.ok, form.status, form.raw("version")) == (False, 409, "7")
        assert form.stale.changes == (("Note", "a", "b"),)

    def test_other_failures_pass_through(self):
        with pytest.raises(NotFound), read(*GOOD).refusals():
            raise NotFound


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (Decimal("12.50"), "12,5"), (Decimal("100.00"), "100"), (Decimal("1E+3"), "1000"),
        (Decimal("0.335000"), "0,335"),
        (date(2026, 11, 26), "2026-11-26"), (Role.MASTER, "master"), (True, "1"), (False, ""), (3, "3"), ("é", "é"),
    ],
)  # fmt: skip
def test_a_stored_value_is_shown_as_a_person_would_type_it(value, typed):
    assert as_typed(value) == typed


@given(st.decimals("0.0001", "9999999", places=4))
def test_a_shown_quantity_is_read_back_the_same(quantity):
    form = read(("label", "x"), ("quantity", as_typed(quantity)), model=LineForm)
    assert form.valid.quantity == quantity


def test_a_blank_form_shows_present_values_and_leaves_out_what_is_unknown():
    form = blank_form({"number": "C-1", "note": None, "count": 2})
    assert (form.raw("number"), form.raw("note"), form.raw("count"), form.ok) == ("C-1", "", "2", False)


class CountForm(Input):
    count: Count


@pytest.mark.parametrize("typed", ["1.5", "-1", "10000000", "1e3", "０x", "²", "9" * 30])
def test_what_is_no_count_is_refused(typed):
    assert "count" in read(("count", typed), model=CountForm).errors
