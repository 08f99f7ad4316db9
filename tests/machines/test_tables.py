"""Our articles, checks and scenarios are those of the tables of the law."""

from datetime import date

import pytest

from app.machines.rules import ARTICLES, SETTINGS, SHEETS, Check, Severity, Status, article
from app.machines.rules.checks import source_line
from tests.machines.scenarios import SCENARIOS
from tests.support import shared

STATUSES = {
    "interdit_absolu": Status.FORBIDDEN, "derogeable": Status.DEROGABLE,
    "interdit_au_dela_du_seuil": Status.THRESHOLD, "autorise_sous_condition": Status.CONDITIONAL,
}  # fmt: skip


def straight(text):
    """Typography aside: our texts have real apostrophes and no-break spaces."""
    return text.replace("’", "'").replace("\u00a0", " ")


def test_the_articles_are_those_of_the_law():
    table = shared.rows("regulated_work")
    assert list(ARTICLES) == [row["article"] for row in table]
    for row in table:
        found = ARTICLES[row["article"]]
        assert found.status == STATUSES[row["status"]], row["article"]
        assert straight(found.title) == row["title_fr"]
        assert found.min_age == int(row["min_age"] or 15)
        assert found.declared == row["declaration"].startswith("oui"), row["article"]
        assert found.needs_opinion == row["medical_opinion"].startswith("oui"), row["article"]


@pytest.mark.parametrize("code", ["D4153-28", "D4153-29"])
def test_dangerous_machines_and_maintenance_are_named_in_the_declaration(code):
    assert article(code).names_machine
    assert [one for one in ARTICLES.values() if one.names_machine and one.code not in {"D4153-28", "D4153-29"}] == []


def test_an_article_that_the_table_does_not_know_needs_a_declaration():
    assert article("D4153-99").declared


def test_the_checks_are_those_of_the_table_in_its_order():
    table = shared.rows("gate_checks")
    assert [check.value for check in Check] == [row["code"] for row in table]
    assert [check.order for check in Check] == [int(row["order"]) for row in table]
    for row, check in zip(table, Check, strict=True):
        warns = row["severity"].startswith("alerte")
        assert SHEETS[check].severity == (Severity.WARNING if warns else Severity.BLOCKING)
        assert (check in SETTINGS) == ("réglage" in row["severity"])
        law = SHEETS[check].law
        # An article of the source, or (G01) the one that opens the section of all forbidden work.
        assert law.split(" ")[0] in row["legal_source"].replace("D4153-16", "D4153-15 D4153-16") or not law


def test_a_refusal_names_its_check_and_its_source():
    line = source_line(Check.TRAINING_ASSESSED, "R4153-40 3° b")
    assert line == "Contrôle 8 sur 17 · Code du travail, art.\u00a0R4153-40 3° b"
    assert source_line(Check.PERMIT, "") == "Contrôle 16 sur 17 · Règle de l’atelier"


def test_the_scenarios_are_those_of_the_table():
    table = shared.rows("gate_scenarios")
    assert [one.id for one in SCENARIOS] == [row["id"] for row in table]
    for one, row in zip(SCENARIOS, table, strict=True):
        assert row["work_date"] == "2026-11-24"
        assert (str(one.born_on), one.machine, one.article) == (row["birth_date"], row["machine_fr"], row["article"])
        assert (str(one.sent_on), one.articles) == (row["decl_sent"], shared.codes(row["decl_articles"]))
        assert one.names_machine == (row["decl_has_machine"] == "oui")
        told = [one.diploma, one.assessed, one.trained, one.passed, one.supervised]
        columns = ("decl_training_ok", "duerp_ok", "training_ok", "training_eval_ok", "supervisor_present")
        assert told == [row[name] == "oui" for name in columns]
        assert one.medical_on == (date.fromisoformat(row["medical_date"]) if row["medical_date"] else None)
        if one.medical_on:
            assert one.fit == row["medical_result"].startswith("apte")
            assert one.excluded == shared.codes(row["medical_result"].partition(" sauf ")[2])
        assert one.codes == shared.codes(row["expected_codes"])
        assert (not one.codes) == (row["expected"] == "autorisé")
