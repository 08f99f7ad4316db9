"""Sorting and searching without case and accents, the same on both engines (trap X20)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.clients.models import Company
from app.core.text import fold, like_pattern, search_key
from tests.factories import make_company


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Épinal", "epinal"),
        ("ÉPINAL", "epinal"),
        ("  Forges   de l’Est ", "forges de l'est"),
        ("Cœur d’Œuvre", "coeur d'oeuvre"),
        ("Straße", "strasse"),
        ("de La Tour", "de la tour"),
        ("Ⅳ", "iv"),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


def test_a_search_key_leaves_out_what_is_not_known():
    assert search_key("C1", None, "", "Épinal") == "c1 epinal"


@pytest.mark.parametrize("asked", ["élan", "ELAN", "Élan", "elan mec"])
def test_names_are_found_however_they_are_typed(db, asked):
    make_company(db, "Élan Mécanique")
    make_company(db, "Autre")
    found = db.scalars(select(Company.name).where(Company.search_key.like(like_pattern(asked), escape="\\"))).all()
    assert found == ["Élan Mécanique"]


@pytest.mark.parametrize("wild", ["%", "_", "\\", "a%"])
def test_wild_cards_are_ordinary_signs(db, wild):
    make_company(db, "Tout Venant")
    found = db.scalars(select(Company).where(Company.search_key.like(like_pattern(wild), escape="\\"))).all()
    assert found == []


def test_accents_do_not_push_a_name_to_the_end(db):
    for name in ("Zinguerie", "Élan", "Forge", "établi", "Eau"):
        make_company(db, name)
    names = db.scalars(select(Company.name).order_by(Company.sort_key)).all()
    assert names == ["Eau", "Élan", "établi", "Forge", "Zinguerie"]
