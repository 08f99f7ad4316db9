"""What people type: French input is understood, everything is bounded, every refusal is a French sentence."""

import importlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.web import fields, messages
from app.web.fields import Input
from tests.architecture.source import DOMAINS, ROOT

D = Decimal


def _accepts(kind, value):
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12,5", "12.5"), ("12.5", "12.5"), ("1 234,50", "1234.50"), ("1\u202f234,50\u00a0€", "1234.50"), ("0", "0"),
        (" 7 ", "7"), (12, "12"), (D("3.1"), "3.1"),
    ],
)  # fmt: skip
def test_amounts_are_understood_as_french_people_type_them(typed, value):
    assert _accepts(fields.Amount, typed) == D(value)


@pytest.mark.parametrize(
    "typed", ["", "douze", "1e3", "12,345", "-1", "NaN", "Infinity", "1,2,3", "99999999999", 1.1, True, None]
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValidationError):
        _accepts(fields.Amount, typed)


@pytest.mark.parametrize(("typed", "day"), [("2026-11-26", 26), ("26/11/2026", 26), (date(2026, 11, 2), 2)])
def test_dates_are_understood_both_ways(typed, day):
    assert _accepts(fields.Day, typed) == date(2026, 11, day)


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "2026-13-01", "26/11/26", "0001-01-01", "9999-12-31", "hier", 20261126]
)
def test_days_that_are_not_are_refused(typed):
    with pytest.raises(ValidationError):
        _accepts(fields.Day, typed)


@pytest.mark.parametrize(
    ("typed", "minute"), [("08:30", 510), ("8h30", 510), ("8 h 30", 510), ("23:59", 1439), ("0:00", 0)]
)
def test_times_of_day_become_minutes(typed, minute):
    assert _accepts(fields.Minute, typed) == minute


@pytest.mark.parametrize("typed", ["24:00", "8:60", "midi", "", 8.5, None])
def test_times_that_are_not_are_refused(typed):
    with pytest.raises(ValidationError):
        _accepts(fields.Minute, typed)


@pytest.mark.parametrize("typed", ["a\x00b", "a\x1bb", "\ud800"])
def test_unreadable_signs_are_refused_on_both_engines(typed):
    with pytest.raises(ValidationError):
        _accepts(fields.Name, typed)


def test_check_digits_are_checked():
    assert _accepts(fields.Siret, "732 829 320 00074") == "73282932000074"
    with pytest.raises(ValidationError):
        _accepts(fields.Siret, "732 829 320 00075")
    with pytest.raises(ValidationError):
        _accepts(fields.VatNumber, "FR00 732829320")


def test_spaces_around_a_word_are_not_part_of_it_and_unknown_fields_are_refused():
    class Form(Input):
        name: fields.Name

    assert Form.model_validate({"name": "  Der "}).name == "Der"
    with pytest.raises(ValidationError):
        Form.model_validate({"name": "Der", "role": "director"})


def _forms():
    for domain in DOMAINS:
        for path in sorted((ROOT / "app" / domain).glob("forms*")) + sorted((ROOT / "app" / domain).glob("forms/*.py")):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__:
                    yield value


FORMS = sorted(set(_forms()), key=lambda form: f"{form.__module__}.{form.__name__}")
ODD = [
    None,
    "",
    " ",
    "x",
    "x" * 6000,
    "\x00",
    -1,
    2**63,
    1.5,
    True,
    "1e9",
    "31/02/2026",
    [],
    {},
    [{}],
    ["x"],
    "0",
    "12,123456789",
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_every_refusal_of_every_form_is_a_french_sentence(form):
    """Each field with each odd value: an error type without a sentence fails here."""
    seen = {}
    for value in ODD:
        for data in (dict.fromkeys(form.model_fields, value), {}, {"inconnu": value}, value):
            try:
                form.model_validate(data)
            except ValidationError as refused:
                seen |= {error["type"]: error for error in refused.errors(include_url=False)}
    assert [kind for kind in seen if kind not in messages.CUSTOM and kind not in messages.SENTENCES] == []
    for error in seen.values():
        sentence = messages.sentence(dict(error))
        assert sentence != messages.DEFAULT
        assert sentence.endswith(".")
        assert "'" not in sentence
        assert "{" not in sentence


def test_every_form_refuses_fields_it_does_not_know():
    assert FORMS
    assert [form.__name__ for form in FORMS if form.model_config.get("extra") != "forbid"] == []


@given(st.text(max_size=40))
def test_nothing_typed_as_an_amount_is_a_failure(typed):
    try:
        amount = _accepts(fields.Amount, typed)
    except ValidationError:
        return
    assert 0 <= amount <= 10_000_000
