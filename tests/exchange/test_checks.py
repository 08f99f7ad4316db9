"""Every check of the import contract: which file, line and column the report names, and nothing else."""

import pytest

from app.exchange.checks import EmptyStore, check
from app.exchange.reading import read_source
from tests.exchange.folder import Folder


def problems_of(folder):
    return check(read_source(folder.write()), EmptyStore())[1]


def places(folder):
    return [(problem.table, problem.line, problem.column) for problem in problems_of(folder)]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "ecole")


def test_the_small_school_is_right(folder):
    assert [str(problem) for problem in problems_of(folder)] == []


def test_a_problem_reads_file_line_column_why(folder):
    folder.change("eleves", 3, date_naissance="31/02/2010")
    (problem,) = problems_of(folder)
    assert str(problem).startswith(
        "eleves.csv:3: date_naissance: La date «\u202f31/02/2010\u202f» n’existe pas\u00a0: "
    )


BAD_CELLS = [
    ("ecole", 2, {"nom": ""}), ("ecole", 2, {"siret": "73282932000075"}), ("ecole", 2, {"siret": "7328293200007"}),
    ("ecole", 2, {"zone": "D"}), ("ecole", 2, {"part_pratique_cible": "0.66667"}),
    ("ecole", 2, {"part_pratique_cible": "66.67"}), ("ecole", 2, {"regime_tva": "Assujetti"}),
    ("ecole", 2, {"tva_intracom": "FR45732829320"}), ("ecole", 2, {"tva_intracom": "44732829320"}),
    ("personnel", 3, {"role": "maître"}), ("personnel", 4, {"email": "D1@ecole.example"}),
    ("diplomes", 2, {"niveau": "5"}), ("matieres", 2, {"type": "stage"}), ("matieres", 2, {"heures_annuelles": "-1"}),
    ("groupes", 2, {"annee_scolaire": "2026-2028"}), ("groupes", 2, {"annee_scolaire": "2026"}),
    ("eleves", 2, {"date_naissance": "2009-13-01"}), ("eleves", 2, {"date_naissance": "14 janvier 2009"}),
    ("eleves", 2, {"date_naissance": "0001-01-01"}), ("eleves", 2, {"date_naissance": "9999-12-31"}),
    ("eleves", 2, {"date_sortie": "2026-08-31"}), ("inscriptions", 2, {"date_fin": "2025-08-31"}),
    ("postes", 2, {"capacite": "1.5"}), ("postes", 2, {"capacite": ""}), ("postes", 2, {"capacite": "un"}),
    ("postes", 2, {"travaux_reglementes": "D4153-28+"}), ("declarations", 2, {"articles": ""}),
    ("aptitudes", 2, {"type": "visite"}), ("aptitudes", 2, {"date": ""}), ("clients", 2, {"siret": "73282932000075"}),
    ("clients", 2, {"siret": "732829320"}), ("clients", 2, {"tva_intracom": "FR45732829320"}),
    ("clients", 2, {"pays": "France"}), ("clients", 2, {"delai_paiement_jours": "-45"}),
    ("clients", 2, {"raison_sociale": "x" * 201}), ("clients", 2, {"ville": "Chau\x07mont"}),
    ("commandes", 2, {"etat": "confirmée"}), ("commandes", 2, {"date_commande": "2026-02-30"}),
    ("lignes", 2, {"quantite": "1.00001"}), ("lignes", 2, {"quantite": "1e3"}), ("lignes", 2, {"quantite": "99999999"}),
    ("lignes", 2, {"prix_unitaire_ht": "1.0000001"}), ("lignes", 2, {"prix_unitaire_ht": "NaN"}),
    ("lignes", 2, {"prix_unitaire_ht": "12 €"}), ("lignes", 2, {"remise_pct": "2.555"}),
    ("lignes", 2, {"remise_pct": "101"}), ("lignes", 2, {"taux_tva": "-20"}), ("lignes", 2, {"taux_tva": ""}),
    ("operations", 2, {"temps_unitaire_min": "-2"}), ("pointages", 2, {"rebuts": "1.5"}),
    ("pointages", 2, {"rebuts": "-1"}), ("pointages", 2, {"fin": "25:00"}), ("pointages", 2, {"fin": "9h00"}),
    ("seances", 6, {"debut": "08:60"}), ("seances", 6, {"fin": ""}), ("presences", 4, {"minutes_retard": "dix"}),
    ("presences", 3, {"statut": "Absent"}), ("resultats", 2, {"session": "26"}), ("resultats", 2, {"resultat": "reçu"}),
    ("promesses", 2, {"siret": "1"}), ("promesses", 2, {"contrat": "cdi"}), ("promesses", 2, {"statut": "refusee"}),
    ("devenirs", 2, {"situation": "chomage"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "cells"), BAD_CELLS, ids=lambda value: str(value)[:40])
def test_a_bad_cell_is_named(folder, name, line, cells):
    folder.change(name, line, **cells)
    assert places(folder) == [(name, line, next(iter(cells)))]


GOOD_CELLS = [
    ("clients", 2, {"siret": "732 829 320 00074"}),
    ("clients", 2, {"siret": "35600000000048"}),  # La Poste, head office
    ("clients", 2, {"siret": "35600000049837"}),  # La Poste, another one: a sum of digits, no key
    ("clients", 2, {"tva_intracom": "FR 23 334 175 221"}),  # need not agree with the SIRET
    ("clients", 2, {"tva_intracom": "DE123456788"}),
    ("clients", 2, {"delai_paiement_jours": "45,0"}),
    ("eleves", 2, {"date_naissance": "29/02/2008"}),
    ("pointages", 2, {"debut": "8:00"}),
    ("lignes", 2, {"quantite": "10.0000", "prix_unitaire_ht": "0,000001"}),
    ("seances", 2, {"contenu": "Tracer ; percer\r\n« débit »", "salle": ""}),
    ("inscriptions", 2, {"date_fin": "2026-08-31"}),
]


@pytest.mark.parametrize(("name", "line", "cells"), GOOD_CELLS, ids=lambda value: str(value)[:40])
def test_what_the_contract_allows_is_taken(folder, name, line, cells):
    folder.change(name, line, **cells)
    assert [str(problem) for problem in problems_of(folder)] == []


REFERENCES = [
    ("competences", 2, "diplome"), ("matieres", 4, "diplome"), ("groupes", 3, "diplome"), ("eleves", 3, "groupe"),
    ("inscriptions", 3, "groupe"), ("declarations", 2, "postes"), ("declarations", 2, "diplomes"),
    ("aptitudes", 2, "eleve"), ("aptitudes", 3, "poste"), ("contacts", 2, "client"), ("commandes", 3, "client"),
    ("operations", 2, "poste"), ("operations", 2, "competence"), ("affectations", 2, "eleve"),
    ("affectations", 2, "maitre"), ("pointages", 5, "eleve"), ("seances", 6, "groupe"), ("seances", 6, "matiere"),
    ("seances", 6, "intervenant"), ("presences", 3, "eleve"), ("presences", 3, "groupe"), ("resultats", 2, "eleve"),
    ("resultats", 2, "diplome"), ("promesses", 2, "eleve"), ("devenirs", 2, "eleve"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "column"), REFERENCES)
def test_a_reference_must_exist(folder, name, line, column):
    folder.change(name, line, **{column: "INCONNU"})
    assert places(folder) == [(name, line, column)]


def test_a_reference_by_several_columns_is_said_of_the_last(folder):
    line = folder.add("operations", 2, ligne="9", operation="10")
    ghost = folder.add("affectations", 2, operation="99")
    other = folder.add("affectations", 2, commande="CDE-0")
    late = folder.add("presences", 2, date="2026-09-09")
    assert places(folder) == [
        ("operations", line, "ligne"), ("affectations", ghost, "operation"), ("affectations", other, "operation"),
        ("presences", late, "debut"),
    ]  # fmt: skip


def test_a_line_of_an_unknown_order_is_said_of_the_order(folder):
    folder.drop("operations", "affectations", "pointages").change("lignes", 2, commande="CDE-0")
    assert places(folder) == [("lignes", 2, "commande")]


def test_a_list_of_codes_names_each_unknown_one(folder):
    folder.change("declarations", 2, postes="P1+P8+P9")
    (problem,) = problems_of(folder)
    assert (problem.column, "P8" in problem.why, "P9" in problem.why, "P1" in problem.why) == ("postes", 1, 1, 0)


def test_a_subject_is_one_of_the_group_s_diploma(folder):
    folder.change("seances", 3, matiere="MATHS")
    assert places(folder) == [("seances", 3, "matiere")]


def test_a_skill_may_be_of_any_diploma(folder):
    folder.change("operations", 2, competence="C2")
    assert places(folder) == []


DOUBLE_KEYS = [
    ("personnel", 2, "code"), ("diplomes", 2, "code"), ("competences", 2, "code"), ("matieres", 2, "code"),
    ("groupes", 2, "code"), ("eleves", 2, "code"), ("inscriptions", 2, "date_debut"), ("postes", 2, "code"),
    ("declarations", 2, "code"), ("aptitudes", 2, "date"), ("clients", 2, "code"), ("contacts", 3, "prenom"),
    ("commandes", 2, "numero"), ("lignes", 2, "ligne"), ("operations", 2, "operation"), ("affectations", 2, "eleve"),
    ("pointages", 2, "debut"), ("seances", 2, "debut"), ("presences", 2, "eleve"), ("resultats", 2, "session"),
    ("promesses", 2, "date"), ("devenirs", 2, "date"), ("ecole", 2, "nom"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "like", "column"), DOUBLE_KEYS)
def test_the_same_key_twice_is_the_second_row_s_mistake(folder, name, like, column):
    second = folder.add(name, like, **({"email": ""} if name == "personnel" else {}))
    assert places(folder) == [(name, second, column)]


def test_a_second_school_is_one_too_many(folder):
    line = folder.add("ecole", 2, nom="Une autre")
    assert places(folder) == [("ecole", line, "nom")]


def test_the_school_s_file_has_a_row(folder):
    folder.rows["ecole"].clear()
    assert places(folder) == [("ecole", 1, "-")]


class TestTimes:
    def test_a_time_ends_after_it_starts(self, folder):
        folder.change("seances", 6, fin="08:00").change("pointages", 5, fin="08:00")
        assert places(folder) == [("pointages", 5, "fin"), ("seances", 6, "fin")]

    def test_one_pupil_s_time_does_not_overlap(self, folder):
        line = folder.add("pointages", 2, debut="08:30", fin="10:00", bonnes="0")
        assert places(folder) == [("pointages", line, "debut")]

    def test_the_one_that_starts_later_is_named_wherever_it_stands(self, folder):
        folder.change("pointages", 2, debut="08:30")
        folder.add("pointages", 2, debut="08:00", fin="08:45", bonnes="0")
        assert places(folder) == [("pointages", 2, "debut")]

    def test_touching_is_no_overlap(self, folder):
        folder.add("pointages", 2, debut="09:00", fin="10:00", bonnes="0")
        folder.add("seances", 2, debut="12:00", fin="13:00")
        assert places(folder) == []

    def test_a_long_one_overlaps_all_that_start_within(self, folder):
        folder.change("pointages", 2, fin="11:00")
        first = folder.add("pointages", 2, debut="09:00", fin="09:30", bonnes="0")
        second = folder.add("pointages", 2, debut="10:00", fin="10:30", bonnes="0")
        assert places(folder) == [("pointages", first, "debut"), ("pointages", second, "debut")]

    def test_two_pupils_may_work_at_once(self, folder):
        folder.add("presences", 2, eleve="E2")
        folder.change("inscriptions", 2, date_fin="2026-09-07").change("inscriptions", 3, date_debut="2026-09-08")
        folder.drop("presences", "pointages")
        assert places(folder) == []

    def test_a_group_s_sessions_do_not_overlap(self, folder):
        line = folder.add("seances", 3, debut="14:00", fin="16:00", intervenant="D1")
        assert places(folder) == [("seances", line, "debut")]

    def test_a_person_s_sessions_do_not_overlap(self, folder):
        line = folder.add("seances", 6, groupe="G2", debut="11:59", fin="13:00")
        assert places(folder) == [("seances", line, "debut")]

    def test_at_the_same_time_the_later_row_is_named(self, folder):
        line = folder.add("seances", 6, groupe="G2")
        assert places(folder) == [("seances", line, "debut")]

    def test_a_bad_end_hides_no_overlap(self, folder):
        line = folder.add("pointages", 2, debut="08:30", fin="dix heures", bonnes="0")
        assert places(folder) == [("pointages", line, "debut"), ("pointages", line, "fin")]

    def test_many_at_once_are_judged_quickly(self, folder):
        folder.only("groupes", "diplomes", "matieres", "personnel")
        folder.heads["seances"], folder.rows["seances"] = (
            ["date", "debut", "fin", "groupe", "type", "matiere", "intervenant"],
            [],
        )
        for minute in range(1_200):
            row = {"debut": f"{minute // 60:02d}:{minute % 60:02d}", "fin": "23:59", "date": "2026-09-07"}
            folder.add("seances", **row, groupe="G1", type="pratique", matiere="ATELIER", intervenant="M1")
        assert len(places(folder)) == 1_199


class TestBookedTime:
    def test_it_lies_within_one_practice_session(self, folder):
        folder.change("pointages", 5, debut="07:59")
        assert places(folder) == [("pointages", 5, "debut")]

    def test_it_may_fill_the_session(self, folder):
        folder.change("pointages", 5, debut="08:00", fin="12:00")
        assert places(folder) == []

    def test_it_does_not_go_on_after_the_session(self, folder):
        folder.change("pointages", 5, fin="12:01")
        assert places(folder) == [("pointages", 5, "debut")]

    def test_a_theory_session_is_no_workshop(self, folder):
        folder.change("presences", 3, statut="present").change(
            "pointages", 5, date="2026-09-07", debut="13:00", fin="14:00"
        )
        assert places(folder) == [("pointages", 5, "debut")]

    def test_the_session_is_of_the_pupil_s_group_of_that_day(self, folder):
        folder.change("pointages", 4, eleve="E1", debut="15:00", fin="16:00")
        assert places(folder) == [("pointages", 4, "debut")]

    @pytest.mark.parametrize("status", ["absent", "excuse"])
    def test_the_pupil_is_there(self, folder, status):
        folder.change("presences", 5, statut=status)
        assert places(folder) == [("pointages", 5, "debut")]

    def test_the_roll_was_called(self, folder):
        del folder.rows["presences"][3]
        assert places(folder) == [("pointages", 5, "debut")]

    def test_two_sessions_that_touch_are_two(self, folder):
        folder.change("seances", 5, fin="08:45")
        folder.add("seances", 5, debut="08:45", fin="12:00")
        assert places(folder) == [("pointages", 5, "debut")]


class TestPieces:
    def test_no_more_than_the_operation_before(self, folder):
        folder.change("pointages", 4, bonnes="4")
        assert places(folder) == [("pointages", 4, "bonnes")]

    def test_the_first_by_date_and_time_that_goes_beyond_is_named(self, folder):
        folder.change("pointages", 3, bonnes="9", debut="13:00")
        assert places(folder) == [("pointages", 3, "bonnes")]

    def test_order_in_the_file_does_not_matter(self, folder):
        rows = folder.rows["pointages"]
        rows[1], rows[2] = rows[2], rows[1]
        folder.change("pointages", 3, bonnes="4").change("pointages", 4, bonnes="5")
        assert places(folder) == [("pointages", 3, "bonnes")]

    def test_what_was_made_later_upstream_counts_too(self, folder):
        folder.change("pointages", 2, bonnes="1")
        folder.add("pointages", 2, date="2026-09-08", debut="10:00", fin="11:00", bonnes="7")
        assert places(folder) == []

    def test_nothing_upstream_means_nothing_here(self, folder):
        del folder.rows["pointages"][0]
        assert places(folder) == [("pointages", 2, "bonnes")]

    def test_the_first_operation_may_exceed_the_ordered_quantity(self, folder):
        folder.change("pointages", 2, bonnes="500")
        assert places(folder) == []

    def test_an_unreadable_number_upstream_leaves_the_next_open(self, folder):
        folder.change("pointages", 2, bonnes="huit")
        assert places(folder) == [("pointages", 2, "bonnes")]

    def test_the_operations_follow_their_number(self, folder):
        folder.rows["operations"].reverse()
        assert places(folder) == []


class TestPresences:
    def test_a_pupil_belongs_to_the_group_that_day(self, folder):
        line = folder.add("presences", 2, eleve="E2")
        assert places(folder) == [("presences", line, "eleve")]

    def test_without_inscriptions_from_entry_to_exit(self, folder):
        folder.change("eleves", 2, date_entree="2026-09-08")
        assert places(folder) == [
            ("pointages", 2, "debut"), ("presences", 2, "eleve"), ("presences", 3, "eleve"),
        ]  # fmt: skip

    def test_the_day_of_exit_is_the_last(self, folder):
        folder.change("eleves", 2, date_sortie="2026-09-08")
        assert places(folder) == []

    def test_with_inscriptions_they_alone_decide(self, folder):
        folder.add("inscriptions", eleve="E1", groupe="G1", date_debut="2026-09-08")
        assert places(folder) == [
            ("pointages", 2, "debut"), ("presences", 2, "eleve"), ("presences", 3, "eleve"),
        ]  # fmt: skip

    def test_nobody_is_later_than_the_session_is_long(self, folder):
        folder.change("presences", 4, minutes_retard="240")
        assert places(folder) == []
        folder.change("presences", 4, minutes_retard="241")
        assert places(folder) == [("presences", 4, "minutes_retard")]


class TestOrders:
    @pytest.mark.parametrize("state", ["livree", "facturee"])
    def test_a_delivered_order_has_a_date(self, folder, state):
        folder.change("commandes", 3, etat=state, date_livraison="")
        assert places(folder) == [("commandes", 3, "date_livraison")]

    def test_nothing_is_delivered_before_it_is_ordered(self, folder):
        folder.change("commandes", 2, date_livraison="2026-08-31")
        assert places(folder) == [("commandes", 2, "date_livraison")]

    def test_a_date_may_lie_ahead(self, folder):
        folder.change("commandes", 2, date_livraison_prevue="2027-03-01").change(
            "declarations", 2, date_envoi="2027-01-04"
        )
        assert places(folder) == []


class TestMemberships:
    def test_they_do_not_overlap(self, folder):
        folder.change("inscriptions", 2, date_fin="2026-09-01")
        assert places(folder) == [("inscriptions", 3, "date_debut")]

    def test_an_open_end_overlaps_what_follows(self, folder):
        folder.change("inscriptions", 2, date_fin="")
        assert places(folder) == [("inscriptions", 3, "date_debut")]


class TestClearances:
    def test_an_opinion_is_fit_or_unfit(self, folder):
        folder.change("aptitudes", 2, resultat="reussie")
        assert places(folder) == [("aptitudes", 2, "resultat")]

    def test_a_training_is_passed_failed_or_not_assessed(self, folder):
        folder.change("aptitudes", 3, resultat="apte")
        assert places(folder) == [("aptitudes", 3, "resultat")]

    def test_a_training_names_a_work_centre(self, folder):
        folder.change("aptitudes", 3, poste="")
        assert places(folder) == [("aptitudes", 3, "poste")]


class TestTogether:
    def test_all_checks_are_made_and_sorted_by_file_then_line(self, folder):
        folder.change("presences", 4, minutes_retard="999").change("clients", 3, pays="").change("eleves", 2, nom="")
        folder.change("commandes", 3, date_livraison="")
        assert places(folder) == [
            ("eleves", 2, "nom"), ("clients", 3, "pays"), ("commandes", 3, "date_livraison"),
            ("presences", 4, "minutes_retard"),
        ]  # fmt: skip

    def test_a_row_with_a_bad_cell_still_exists_for_those_that_refer_to_it(self, folder):
        folder.change("eleves", 2, date_naissance="?").change("groupes", 2, intitule="").change("clients", 2, pays="")
        folder.change("seances", 2, salle="x" * 300)
        assert places(folder) == [
            ("groupes", 2, "intitule"), ("eleves", 2, "date_naissance"), ("clients", 2, "pays"),
            ("seances", 2, "salle"),
        ]  # fmt: skip

    def test_one_mistake_makes_no_others(self, folder):
        folder.change("eleves", 2, date_entree="hier").change("seances", 5, fin="midi").change(
            "groupes", 3, diplome="X"
        )
        assert places(folder) == [("groupes", 3, "diplome"), ("eleves", 2, "date_entree"), ("seances", 5, "fin")]

    def test_a_cell_is_named_once(self, folder):
        line = folder.add("pointages", 2)
        assert places(folder) == [("pointages", line, "debut")]


@pytest.mark.parametrize(
    ("line", "changes", "words"),
    [
        (3, {"minutes_depart": "10"}, "présent ou en retard"),  # who is absent does not leave early
        (4, {"minutes_depart": "231"}, "plus que la séance"),  # ten minutes late, four hours long
        (2, {"minutes_depart": "-1"}, ""), (2, {"minutes_depart": "midi"}, ""), (2, {"minutes_depart": "1441"}, ""),
    ],
)  # fmt: skip
def test_minutes_left_early_are_checked_at_their_cell(folder, line, changes, words):
    folder.widen("presences", "minutes_depart").change("presences", line, **changes)
    found = [one for one in problems_of(folder) if one.column == "minutes_depart"]
    assert [(one.table, one.line) for one in found] == [("presences", line)]
    assert words in found[0].sentence
