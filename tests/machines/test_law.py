"""Checks 1 to 10 on the pure function: every scenario, and the days on which the answer turns."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.machines.rules import (
    Change,
    Check,
    ClearanceResult,
    Declaration,
    Facts,
    Opinion,
    Supervision,
    Training,
    verdict,
)
from tests.machines.cases import (
    ADULT,
    BENCH,
    CAP,
    DECLARED,
    FIT,
    GOOD,
    KARIM,
    LATHE,
    SETTINGS,
    STRICT,
    TRAINED,
    ask,
    found,
    of,
    young,
)
from tests.machines.scenarios import DANGEROUS, DAY, SCENARIOS

OPTICAL, CHEMICAL, VIBRATION, HEAT, LIVE = "D4153-22", "D4153-17", "D4153-20", "D4153-36", "D4153-24"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario):
    assert verdict(*of(scenario), SETTINGS).codes == scenario.codes


def test_everything_in_order_is_allowed_and_says_by_which_facts():
    answer = ask()
    assert answer.allowed
    assert answer.refusal is None
    said = {finding.check: finding.reason for finding in answer.findings}
    assert said[Check.DECLARATION] == "La déclaration DEC-1, envoyée le 02/09/2025, valable jusqu’au 01/09/2028."
    assert said[Check.OPINION] == "Avis médical du 15/09/2026, valable jusqu’au 14/09/2027."
    assert said[Check.TRAINING_ASSESSED] == "Formation du 10/09/2026 évaluée et réussie."
    assert said[Check.SUPERVISOR] == "Karim Haddad encadre l’atelier le 24/11/2026."


# ------------------------------------------------------------------------------------------------------------ G01, G02
@pytest.mark.parametrize("code", ["D4153-16", "D4153-19", "D4153-24", "D4153-25", "D4153-26", "D4153-32", "D4153-37"])
def test_work_forbidden_outright_is_refused_alone(code):
    answer = ask(facts=Facts(), machine_articles=(DANGEROUS, code), who=young(date(2012, 1, 1)))
    assert answer.codes == ("G01_INTERDIT",)
    assert [finding.check for finding in answer.findings] == [Check.FORBIDDEN]
    assert answer.refusal.article == code


@pytest.mark.parametrize("code", [VIBRATION, HEAT, "R4153-22-1"])
def test_a_threshold_article_forbids_only_where_the_assessment_says_the_limit_may_be_passed(code):
    assert ask(facts=Facts(), machine_articles=(code,)).codes == ()
    answer = ask(facts=Facts(), machine_articles=(code,), machine_exceeds=(code,))
    assert answer.codes == ("G01_INTERDIT",)
    assert "l’évaluation du poste du 01/09/2025 dit que la limite peut être dépassée" in answer.refusal.reason
    assert ask(machine_articles=(code,), machine_exceeds=(code,), who=young(ADULT)).codes == ()


def test_threshold_articles_beside_others_need_no_declaration_of_their_own():
    assert ask(machine_articles=(DANGEROUS, VIBRATION)).codes == ()


@pytest.mark.parametrize(
    ("born_on", "codes"),
    [
        (date(2011, 11, 24), ()),
        (date(2011, 11, 25), ("G02_AGE",)),
        (date(2008, 11, 24), ()),
        (date(2008, 11, 25), ()),
    ],
)
def test_birthdays_count_on_the_day_itself(born_on, codes):
    assert ask(who=young(born_on)).codes == codes


def test_a_pupil_under_fifteen_does_no_work_at_all_and_hears_when_it_opens():
    finding = found(Check.AGE, BENCH, Facts(), who=young(date(2011, 12, 1)))
    assert finding.blocks
    assert finding.reason == "Ce travail demande 15\u00a0ans le jour même\u00a0: ce sera le 01/12/2026."


def test_ionising_radiation_asks_for_sixteen():
    facts = Facts((Declaration("D", date(2026, 1, 1), ("D4153-21",), (), (CAP,)),), (TRAINED,), (FIT,), (KARIM,))
    fifteen = ask(facts=facts, machine_articles=("D4153-21",), who=young(date(2010, 11, 25)))
    assert fifteen.codes == ("G02_AGE",)
    assert fifteen.refusal.article == "D4153-21"
    assert ask(facts=facts, machine_articles=("D4153-21",), who=young(date(2010, 11, 24))).codes == ()


@pytest.mark.parametrize(("day", "minor"), [(date(2026, 2, 28), True), (date(2026, 3, 1), False)])
def test_born_on_the_29th_of_february_is_of_age_on_the_first_of_march(day, minor):
    answer = ask(facts=Facts(), who=young(date(2008, 2, 29)), day=day)
    assert (answer.finding(Check.AGE) is not None) == minor
    assert answer.allowed == (not minor)


def test_the_sixteenth_birthday_of_a_leap_day_is_a_leap_day():
    source = {"facts": Facts(), "machine_articles": ("D4153-21",), "who": young(date(2008, 2, 29))}
    assert "G02_AGE" in ask(day=date(2024, 2, 28), **source).codes
    assert "G02_AGE" not in ask(day=date(2024, 2, 29), **source).codes


def test_an_adult_needs_no_paper_of_minors():
    answer = ask(facts=Facts(), who=young(ADULT))
    assert answer.allowed
    assert [finding.check for finding in answer.findings] == [Check.PERMIT, Check.PPE]


def test_a_work_centre_without_article_asks_a_minor_s_age_only():
    answer = ask(BENCH, Facts())
    assert answer.allowed
    assert [finding.check for finding in answer.findings] == [Check.AGE, Check.HOURS, Check.PERMIT, Check.PPE]


# ------------------------------------------------------------------------------------------------------ G03, G04, G05
@pytest.mark.parametrize(
    ("sent_on", "codes"),
    [
        (date(2026, 11, 24), ()),
        (date(2026, 11, 25), ("G03_DECLARATION",)),
        (date(2023, 11, 25), ()),
        (date(2023, 11, 24), ("G03_DECLARATION",)),
    ],
)
def test_a_declaration_holds_from_its_sending_for_three_years_less_a_day(sent_on, codes):
    assert ask(fact_declarations=(Declaration("D", sent_on, (DANGEROUS,), ("TOUR",), (CAP,)),)).codes == codes


@pytest.mark.parametrize(("day", "codes"), [(date(2027, 2, 27), ()), (date(2027, 2, 28), ("G03_DECLARATION",))])
def test_a_declaration_sent_on_a_leap_day_ends_on_the_safe_side(day, codes):
    sent = (Declaration("D", date(2024, 2, 29), (DANGEROUS,), ("TOUR",), (CAP,)),)
    assert ask(fact_declarations=sent, day=day).codes == codes


def test_without_a_valid_declaration_its_contents_are_not_asked():
    finding = found(Check.DECLARATION, fact_declarations=())
    assert finding.reason == "Aucune déclaration de dérogation envoyée au 24/11/2026."
    ended = (Declaration("D", date(2023, 1, 10), (), (), ()),)
    answer = ask(fact_declarations=ended)
    assert answer.codes == ("G03_DECLARATION",)
    assert answer.refusal.reason == "La déclaration D, envoyée le 10/01/2023, n’est valable que jusqu’au 09/01/2026."
    assert answer.finding(Check.SCOPE) is answer.finding(Check.MACHINE) is None


def test_one_declaration_must_hold_every_article_and_the_diploma():
    halves = (
        Declaration("A", date(2026, 1, 5), (DANGEROUS,), ("TOUR",), (CAP,)),
        Declaration("B", date(2026, 1, 6), (CHEMICAL,), ("TOUR",), (CAP,)),
    )
    answer = ask(machine_articles=(DANGEROUS, CHEMICAL), fact_declarations=halves)
    assert answer.codes == ("G04_PERIMETRE",)
    assert answer.refusal.reason == "La déclaration B, envoyée le 06/01/2026, ne vise pas l’article D4153-28."
    assert answer.refusal.article == "R4153-41 4°"
    whole = Declaration("C", date(2026, 1, 7), (DANGEROUS, CHEMICAL), ("TOUR",), (CAP,))
    assert ask(machine_articles=(DANGEROUS, CHEMICAL), fact_declarations=(*halves, whole)).allowed


def test_the_diploma_is_that_of_the_pupil_s_class_on_that_day():
    other = found(Check.SCOPE, who=young(diploma="BACPRO"))
    assert other.reason == "La déclaration DEC-1, envoyée le 02/09/2025, ne vise pas le diplôme BACPRO."
    assert (other.short, other.article) == ("Diplôme non déclaré", "R4153-41 2°")
    nobody = found(Check.SCOPE, who=young(diploma=""))
    assert nobody.blocks
    assert nobody.article == "R4153-41 2°"
    assert nobody.reason.startswith("Dans aucune classe le 24/11/2026")


def test_places_are_asked_only_where_the_declaration_names_any():
    assert ask(machine_place="Atelier B").allowed
    named = Declaration("D", date(2026, 1, 5), (DANGEROUS,), ("TOUR",), (CAP,), places=("Atelier A",))
    assert ask(fact_declarations=(named,)).allowed
    elsewhere = found(Check.SCOPE, machine_place="Atelier B", fact_declarations=(named,))
    assert elsewhere.article == "R4153-41 3°"
    assert elsewhere.reason.endswith("ne nomme pas le lieu «\u00a0Atelier B\u00a0».")
    assert ask(machine_place="Atelier A", fact_declarations=(named,)).allowed


def test_the_machine_is_looked_for_among_the_declarations_that_cover_the_work():
    covers = Declaration("A", date(2026, 1, 5), (DANGEROUS,), (), (CAP,))
    names = Declaration("B", date(2026, 1, 6), (CHEMICAL,), ("TOUR",), (CAP,))
    assert ask(fact_declarations=(covers, names)).codes == ("G05_MACHINE",)
    # Where none covers the work, among all the valid ones.
    assert ask(fact_declarations=(names,)).codes == ("G04_PERIMETRE",)
    neither = Declaration("B", date(2026, 1, 6), (CHEMICAL,), (), (CAP,))
    assert ask(fact_declarations=(neither,)).codes == ("G04_PERIMETRE", "G05_MACHINE")


@pytest.mark.parametrize(("code", "asked"), [("D4153-29", True), (OPTICAL, False)])
def test_only_dangerous_machines_and_maintenance_must_be_named(code, asked):
    declaration = Declaration("D", date(2026, 1, 5), (code,), (), (CAP,))
    answer = ask(machine_articles=(code,), fact_declarations=(declaration,))
    assert answer.codes == (("G05_MACHINE",) if asked else ())


@pytest.mark.parametrize(("sent_on", "codes"), [(DAY, ()), (DAY + timedelta(days=1), ("G05_MACHINE",))])
def test_a_machine_added_later_counts_from_the_sending_of_the_change(sent_on, codes):
    base = Declaration("D", date(2025, 9, 2), (DANGEROUS,), (), (CAP,), changes=(Change(sent_on, machines=("TOUR",)),))
    assert ask(fact_declarations=(base,)).codes == codes


def test_a_change_adds_articles_and_diplomas_and_prolongs_nothing():
    change = Change(date(2026, 3, 1), articles=(DANGEROUS,), machines=("TOUR",), diplomas=(CAP,))
    added = Declaration("D", date(2025, 9, 2), (CHEMICAL,), (), ("BACPRO",), changes=(change,))
    assert ask(fact_declarations=(added,)).allowed
    old = Declaration("D", date(2023, 9, 2), (CHEMICAL,), (), (CAP,), changes=(change,))
    assert ask(fact_declarations=(old,)).codes == ("G03_DECLARATION",)


@pytest.mark.parametrize(("withdrawn_on", "codes"), [(DAY + timedelta(days=1), ()), (DAY, ("G03_DECLARATION",))])
def test_a_declaration_that_was_withdrawn_counts_no_more(withdrawn_on, codes):
    answer = ask(fact_declarations=(replace(DECLARED, withdrawn_on=withdrawn_on),))
    assert answer.codes == codes
    assert answer.allowed or answer.refusal.reason.endswith("a été retirée le 24/11/2026.")


# ------------------------------------------------------------------------------------------------------ G06, G07, G08
@pytest.mark.parametrize("done", [None, DAY + timedelta(days=1)])
def test_the_risks_are_assessed_by_that_day(done):
    assert ask(machine_assessed_on=done).codes == ("G06_EVALUATION",)
    assert ask(machine_assessed_on=DAY).allowed


def test_the_latest_training_up_to_that_day_decides():
    passed, failed = Training(date(2026, 9, 1), ClearanceResult.PASSED), Training(DAY, ClearanceResult.FAILED)
    assert ask(fact_trainings=(failed, passed)).codes == ("G08_EVALUATION_FORMATION",)
    again = Training(DAY, ClearanceResult.PASSED)
    assert ask(fact_trainings=(passed, failed, again)).allowed
    tomorrow = Training(DAY + timedelta(days=1), ClearanceResult.PASSED)
    assert ask(fact_trainings=(tomorrow,)).codes == ("G07_FORMATION",)


def test_a_training_that_nobody_assessed_is_told_with_its_date():
    finding = found(
        Check.TRAINING_ASSESSED, fact_trainings=(Training(date(2026, 10, 12), ClearanceResult.NOT_ASSESSED),)
    )
    assert finding.reason == "Formation à la sécurité suivie le 12/10/2026. Elle n’a pas été évaluée."
    assert finding.short == "Formation non évaluée"
    assert finding.article == "R4153-40 3° b"


# ----------------------------------------------------------------------------------------------------------- G09, G10
@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (DAY, ()),
        (DAY + timedelta(days=1), ("G09_AVIS_MEDICAL",)),
        (date(2025, 11, 25), ()),
        (date(2025, 11, 24), ("G09_AVIS_MEDICAL",)),
    ],
)
def test_a_medical_opinion_holds_for_a_year_less_a_day(on, codes):
    assert ask(fact_opinions=(Opinion(on, fit=True),)).codes == codes


def test_a_medical_opinion_of_a_leap_day_ends_on_the_safe_side():
    opinion = (Opinion(date(2024, 2, 29), fit=True),)
    declared = (Declaration("D", date(2024, 1, 1), (DANGEROUS,), ("TOUR",), (CAP,)),)
    facts = Facts(declared, (Training(date(2024, 1, 2), ClearanceResult.PASSED),), opinion, (KARIM,))
    machine = {"machine_assessed_on": date(2024, 1, 1), "who": young(date(2008, 6, 1))}
    assert ask(facts=facts, day=date(2025, 2, 27), **machine).allowed
    assert ask(facts=facts, day=date(2025, 2, 28), **machine).codes == ("G09_AVIS_MEDICAL",)


def test_the_latest_opinion_decides_even_where_an_older_one_was_better():
    unfit = Opinion(DAY, fit=False)
    assert ask(fact_opinions=(unfit, FIT)).codes == ("G09_AVIS_MEDICAL",)
    assert ask(fact_opinions=(Opinion(date(2026, 9, 1), fit=False), FIT)).allowed


def test_an_excluded_article_closes_the_machines_that_bear_it_and_no_others():
    opinion = (Opinion(date(2026, 9, 15), fit=True, excluded=(OPTICAL,)),)
    assert ask(fact_opinions=opinion).allowed
    finding = found(Check.OPINION, machine_articles=(DANGEROUS, OPTICAL), fact_opinions=opinion)
    assert finding.reason == "L’avis médical du 15/09/2026 exclut D4153-22."


def test_an_opinion_that_ended_is_told_with_its_last_day():
    finding = found(Check.OPINION, fact_opinions=(Opinion(date(2025, 11, 24), fit=True),))
    assert finding.reason == "L’avis médical du 24/11/2025 n’est valable que jusqu’au 23/11/2026."
    assert finding.short == "Avis médical échu le 23/11"


def test_somebody_competent_leads_the_class_in_the_workshop():
    assert ask(fact_supervisions=()).codes == ("G10_ENCADRANT",)
    away = Supervision("Karim Haddad", 480, 720, absent=True)
    finding = found(Check.SUPERVISOR, fact_supervisions=(away,))
    assert finding.reason == "Aucun encadrant le 24/11/2026\u00a0: absence de Karim Haddad."
    assert ask(fact_supervisions=(away, Supervision("Sophie Martin", 780, 1020))).allowed


def test_at_the_start_the_supervisor_is_there_at_that_hour():
    morning = (Supervision("Karim Haddad", 480, 720),)
    assert ask(fact_supervisions=morning, minute=570).allowed
    assert ask(fact_supervisions=morning, minute=470).allowed  # a few minutes early
    assert ask(fact_supervisions=morning, minute=800).codes == ("G10_ENCADRANT",)


def test_the_supervisor_has_a_quality_that_the_declaration_names():
    declared = (Declaration("D", DAY, (DANGEROUS,), ("TOUR",), (CAP,), qualities=("Maître d’atelier",)),)
    finding = found(Check.SUPERVISOR, fact_declarations=declared)
    assert finding.reason == (
        "Aucune qualité nommée dans la déclaration (Maître d’atelier) pour Karim Haddad le 24/11/2026."
    )  # fmt: skip
    assert (finding.short, finding.article) == ("Qualité non déclarée", "R4153-41 5°")
    away = found(Check.SUPERVISOR, fact_supervisions=())
    assert (away.short, away.article) == ("Pas d’encadrant présent", "R4153-40 4°")
    able = (Supervision("Karim Haddad", 480, 720, qualities=("Maître d’atelier",)),)
    assert ask(fact_declarations=declared, fact_supervisions=able).allowed
    # A covering declaration that names nobody asks for nobody.
    assert ask(fact_declarations=(*declared, DECLARED)).allowed


def test_everything_wrong_at_once_is_listed_in_order():
    answer = ask(LATHE, Facts(), machine_assessed_on=None, who=young(date(2012, 5, 1)), settings=STRICT)
    assert answer.codes == (
        "G02_AGE", "G03_DECLARATION", "G06_EVALUATION", "G07_FORMATION", "G09_AVIS_MEDICAL", "G10_ENCADRANT",
        "G16_HABILITATION_INTERNE",
    )  # fmt: skip
    assert not answer.overridable


def test_the_good_facts_are_needed_each_one():
    for name in ("declarations", "trainings", "opinions", "supervisions"):
        assert not ask(**{f"fact_{name}": ()}).allowed, name
    assert ask(facts=GOOD).allowed
