"""The demonstration school keeps every rule of the import contract and is alive on any day."""

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest

from app.demo import School, generate, write_folder
from tests.demo.format_rules import group_of, memberships, minute, problems

MONDAY = date(2026, 11, 23)
ODD_DAYS = [
    MONDAY,
    date(2026, 11, 27),  # a Friday
    date(2026, 7, 14),
    date(2026, 12, 25),
    date(2028, 2, 29),
    date(2026, 9, 1),
    date(2024, 9, 1),  # 1 September on a Sunday
    date(2027, 8, 19),  # the timetable reaches into the next school year
]
any_day = pytest.mark.parametrize("today", ODD_DAYS, ids=str)


@cache
def school(today: date) -> School:
    return generate(today)


@cache
def sessions_of(today: date) -> tuple[dict[str, str], ...]:
    return tuple(row for row in school(today).tables["seances"] if row["date"] == today.isoformat())


@any_day
def test_every_rule_of_the_import_contract_holds(today):
    assert problems(school(today).tables) == []


@pytest.mark.parametrize("size", [{"years": 3}, {"years": 1, "scale": 2}, {"years": 1, "seed": 7}], ids=str)
def test_the_rules_hold_for_other_sizes_and_seeds(size):
    assert problems(generate(MONDAY, **size).tables) == []


def test_the_same_day_and_seed_give_the_same_school():
    one = generate(MONDAY, seed=3, years=1)
    assert one == generate(MONDAY, seed=3, years=1)
    assert one != generate(MONDAY, seed=4, years=1)


@pytest.mark.parametrize("size", [{"years": 0}, {"scale": 0}], ids=str)
def test_a_school_without_years_or_classes_is_refused(size):
    with pytest.raises(ValueError, match="at least one year and one class"):
        generate(MONDAY, **size)


def test_more_years_reach_back_and_more_classes_add_up():
    long, wide = generate(MONDAY, years=3).tables, generate(MONDAY, years=1, scale=2).tables
    assert min(row["date"] for row in long["seances"]) == "2024-09-02"
    assert len([row for row in wide["groupes"] if row["annee_scolaire"] == "2026-2027"]) == 4
    assert Counter(row["role"] for row in wide["personnel"]) == {
        "directeur": 1, "gestion": 1, "maitre": 6, "formateur": 8,
    }  # fmt: skip


@any_day
def test_today_has_a_morning_and_an_afternoon_with_one_class_at_the_machines_and_one_in_class(today):
    morning = [row for row in sessions_of(today) if row["debut"] < "12:00"]
    afternoon = [row for row in sessions_of(today) if row["debut"] >= "13:00"]
    practising = {row["groupe"] for row in morning if row["type"] == "pratique"}
    learning = {row["groupe"] for row in morning if row["type"] == "theorie"}
    assert practising
    assert learning
    assert practising | learning == set(school(today).current_groups)
    assert not practising & learning
    assert any(row["type"] == "pratique" for row in afternoon)


@any_day
def test_the_timetable_goes_on_for_two_weeks(today):
    last = max(row["date"] for row in school(today).tables["seances"])
    assert last <= (today + timedelta(days=14)).isoformat()
    if 9 <= today.month <= 11:
        assert last > (today + timedelta(days=7)).isoformat()


@any_day
def test_the_masters_called_the_first_workshop_session_of_today_and_nobody_else_did(today):
    called = {(row["groupe"], row["debut"]) for row in called_on(today, today)}
    first = {}
    for row in sorted(sessions_of(today), key=lambda row: row["debut"]):
        if row["type"] == "pratique":
            first.setdefault(row["groupe"], row["debut"])
    assert called == set(first.items())
    present = [row for row in called_on(today, today) if row["statut"] in {"present", "retard"}]
    assert len(present) >= 9


def called_on(today: date, day: date) -> list[dict[str, str]]:
    return [row for row in school(today).tables["presences"] if row["date"] == day.isoformat()]


@any_day
def test_three_rolls_of_the_past_were_forgotten(today):
    tables = school(today).tables
    called = {(row["groupe"], row["date"], row["debut"]) for row in tables["presences"]}
    past = [row for row in tables["seances"] if row["date"] < today.isoformat()]
    forgotten = [row for row in past if (row["groupe"], row["date"], row["debut"]) not in called]
    assert Counter(row["type"] for row in forgotten) == {"theorie": 2, "pratique": 1}


@any_day
def test_twenty_four_pupils_are_at_school_today(today):
    tables = school(today).tables
    stays = memberships(tables)
    here = Counter(group_of(stays, row["code"], today.isoformat()) for row in tables["eleves"])
    assert {group: here[group] for group in school(today).current_groups} == dict.fromkeys(
        school(today).current_groups, 12
    )


@any_day
def test_last_junes_class_passed_at_about_93_percent_with_five_to_six_offers_each(today):
    tables = school(today).tables
    session = max(row["session"] for row in tables["resultats"])
    results = [row for row in tables["resultats"] if row["session"] == session]
    graduates = {row["eleve"] for row in results if row["resultat"] == "admis"}
    offers = {(row["eleve"], row["entreprise"]) for row in tables["promesses"] if row["eleve"] in graduates}
    assert 0.91 <= len(graduates) / len(results) <= 0.94
    assert 5 <= len(offers) / len(graduates) <= 6
    assert all(row["date"] <= today.isoformat() for row in [*tables["promesses"], *tables["devenirs"]])


@any_day
def test_the_order_book_shows_every_state_late_orders_and_some_due_soon(today):
    orders = school(today).tables["commandes"]
    open_orders = [row for row in orders if row["etat"] in {"confirmee", "en_production"}]
    due = [date.fromisoformat(row["date_livraison_prevue"]) for row in open_orders]
    assert len(orders) >= 85
    assert {row["etat"] for row in orders} == {
        "devis", "confirmee", "en_production", "livree", "facturee", "annulee",
    }  # fmt: skip
    assert 3 <= sum(day < today for day in due) <= 6
    assert sum(today <= day <= today + timedelta(days=7) for day in due) >= 3
    assert 18 <= len(school(today).tables["clients"]) <= 25


@any_day
def test_some_operations_are_ready_without_a_ticket_some_begun_and_some_wait(today):
    tables = school(today).tables
    states = {row["numero"]: row["etat"] for row in tables["commandes"]}
    quantity = {(row["commande"], row["ligne"]): int(row["quantite"]) for row in tables["lignes"]}
    given = {(row["commande"], row["ligne"], row["operation"]) for row in tables["affectations"]}
    good: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in tables["pointages"]:
        good[row["commande"], row["ligne"], row["operation"]] += int(row["bonnes"])
    routes = defaultdict(list)
    for row in tables["operations"]:
        if states[row["commande"]] in {"confirmee", "en_production"}:
            routes[row["commande"], row["ligne"]].append(row["operation"])
    found = Counter()
    for line, numbers in routes.items():
        for before, number in pairwise([None, *numbers]):
            passed = quantity[line] if before is None else good[(*line, before)]
            left = passed - good[(*line, number)]
            begun = (*line, number) in given
            found["begun" if begun and left > 0 else "ready" if left > 0 else "waiting" if not begun else "done"] += 1
    assert found["ready"] >= 8
    assert found["waiting"] >= 8
    assert found["begun"] >= 3


@any_day
def test_nothing_is_booked_today_or_later(today):
    tables = school(today).tables
    assert max(row["date"] for row in tables["pointages"]) < today.isoformat()
    assert max(row["date_commande"] for row in tables["commandes"]) <= today.isoformat()
    assert all(row["date_livraison"] < today.isoformat() for row in tables["commandes"])
    assert all(row["date"] <= today.isoformat() for row in tables["aptitudes"])


@any_day
def test_invoiced_orders_were_made_in_full(today):
    tables = school(today).tables
    states = {row["numero"]: row["etat"] for row in tables["commandes"]}
    last = {(row["commande"], row["ligne"]): row["operation"] for row in tables["operations"]}
    good: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in tables["pointages"]:
        good[row["commande"], row["ligne"], row["operation"]] += int(row["bonnes"])
    for row in tables["lignes"]:
        key = (row["commande"], row["ligne"])
        if states[row["commande"]] in {"livree", "facturee"}:
            assert good[(*key, last[key])] == int(row["quantite"])


@any_day
def test_machines_are_never_used_by_more_pupils_than_they_have_places(today):
    tables = school(today).tables
    places = {row["code"]: int(row["capacite"]) for row in tables["postes"]}
    center = {(row["commande"], row["ligne"], row["operation"]): row["poste"] for row in tables["operations"]}
    events = []
    for row in tables["pointages"]:
        code = center[row["commande"], row["ligne"], row["operation"]]
        events += [(row["date"], minute(row["debut"]), 1, code), (row["date"], minute(row["fin"]), -1, code)]
    busy: Counter[str] = Counter()
    for _, _, change, code in sorted(events):
        busy[code] += change
        assert busy[code] <= places[code]


def test_the_practice_share_lies_in_the_band_for_both_classes():
    tables = school(MONDAY).tables
    minutes: Counter[tuple[str, str]] = Counter()
    for row in tables["seances"]:
        minutes[row["groupe"], row["type"]] += minute(row["fin"]) - minute(row["debut"])
    for group in ("CAP1-2025", "CAP2-2025", "CAP1-2026", "CAP2-2026"):
        practice, theory = minutes[group, "pratique"], minutes[group, "theorie"]
        assert 0.67 <= practice / (practice + theory) <= 0.70


def test_the_gate_has_something_to_refuse():
    tables = school(MONDAY).tables
    here = {row["code"] for row in tables["eleves"] if not row["date_sortie"]}
    opinions = {row["eleve"]: row["date"] for row in tables["aptitudes"] if row["type"] == "avis_medical"}
    assert here - set(opinions)
    assert any(opinions[pupil] < "2025-11-23" for pupil in here & set(opinions))
    assert {row["resultat"] for row in tables["aptitudes"]} >= {"non_evaluee", "echouee"}
    assert any(row["restriction"] for row in tables["aptitudes"])
    born = [date.fromisoformat(row["date_naissance"]) for row in tables["eleves"] if row["code"] in here]
    assert any(day > date(2011, 11, 23) for day in born)  # under fifteen
    assert any(day == date(2008, 11, 29) for day in born)  # of age in six days
    assert [row["code"] for row in tables["postes"] if not row["evaluation_risques"]] == ["EDM-FIL"]
    ready = [row["commande"] for row in tables["operations"] if row["poste"] == "EDM-FIL"]
    assert ready


def test_names_and_addresses_are_invented():
    tables = school(MONDAY).tables
    people = [(row["nom"], row["prenom"]) for row in tables["eleves"]]
    assert len(set(people)) == len(people)
    emails = [row["email"] for row in tables["personnel"]]
    assert len(set(emails)) == len(emails)
    assert all("'" not in cell for rows in tables.values() for row in rows for cell in row.values())


def test_the_folder_holds_one_file_per_table_that_reads_back(tmp_path):
    write_folder(school(MONDAY), tmp_path / "val")
    tables = school(MONDAY).tables
    assert {path.stem for path in (tmp_path / "val").iterdir()} == set(tables)
    for name, rows in tables.items():
        with (tmp_path / "val" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert list(csv.DictReader(file, delimiter=";")) == rows
