"""The checker itself: each rule of the contract, broken once, is found."""

from datetime import date
from functools import cache

import pytest

from app.demo import generate
from tests.demo import format_rules
from tests.demo.format_rules import Row, Tables, problems


@cache
def sound() -> Tables:
    return generate(date(2026, 11, 23), years=1).tables


def first(rows: list[Row], **wanted: str) -> Row:
    return next(row for row in rows if all(row[column] == value for column, value in wanted.items()))


BREACHES = {
    "columns_are_those_of_the_contract": lambda t: t["clients"][0].update(couleur="bleu"),
    "cells_have_their_type": lambda t: t["eleves"][0].update(nom=" Durand"),
    "keys_are_unique": lambda t: t["personnel"].append(dict(t["personnel"][0])),
    "references_exist": lambda t: t["commandes"][0].update(client="C999"),
    "lists_and_subjects_exist": lambda t: t["seances"][0].update(matiere="LATIN"),
    "one_school": lambda t: t["ecole"].clear(),
    "identifiers_have_their_check_digits": lambda t: t["ecole"][0].update(siret="99980052800012"),
    "clearances_hold_together": lambda t: first(t["aptitudes"], type="avis_medical").update(resultat="reussie"),
    "times_end_after_they_start": lambda t: t["pointages"][0].update(fin=t["pointages"][0]["debut"]),
    "nobody_is_in_two_places": lambda t: t["seances"].append({**t["seances"][0], "debut": "08:05"}),
    "memberships_do_not_overlap": lambda t: t["inscriptions"][0].update(date_fin="2020-01-01"),
    "roll_calls_name_members": lambda t: t["presences"][0].update(eleve="E001"),
    "work_lies_in_sessions_attended": lambda t: t["pointages"][0].update(debut="12:10", fin="12:20"),
    "pieces_come_from_upstream": lambda t: first(t["pointages"], operation="20").update(bonnes="9999"),
    "work_was_assigned": lambda t: t["affectations"].clear(),
    "deliveries_have_their_dates": lambda t: first(t["commandes"], etat="livree").update(date_livraison=""),
    "orders_have_lines_and_lines_a_routing": lambda t: t["lignes"].clear(),
    "regulated_work_was_allowed": lambda t: [row.update(postes="EBAV") for row in t["declarations"]],
}


def test_a_sound_school_has_no_problem():
    assert problems(sound()) == []


@pytest.mark.parametrize("rule", BREACHES)
def test_a_breach_is_found(rule):
    tables = {name: [dict(row) for row in rows] for name, rows in sound().items()}
    BREACHES[rule](tables)
    assert list(getattr(format_rules, rule)(tables))
