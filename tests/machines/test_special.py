"""Checks 11 to 17 on the pure function: driving, electricity, loads, hours, vibration, permits, protections."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.machines.rules import (
    Check,
    ClearanceResult,
    Declaration,
    Exposure,
    Facts,
    Hours,
    Machine,
    Opinion,
    Paper,
    Permit,
    Severity,
)
from tests.machines.cases import ADULT, BENCH, CAP, FIT, KARIM, LATHE, STRICT, TRAINED, ask, found, young
from tests.machines.scenarios import DANGEROUS, DAY

DRIVING, LIVE, HANDLING = "D4153-27", "D4153-24", "R4153-52"
CRANE = Machine("PONT", "Pont roulant", (DRIVING,), date(2025, 9, 1))
LIFTED = Facts((Declaration("D", date(2026, 1, 5), (DRIVING,), (), (CAP,)),), (TRAINED,), (FIT,), (KARIM,))
BEFORE = Paper(date(2026, 9, 1))


# ------------------------------------------------------------------------------------------------------ G11: driving
def test_driving_asks_for_its_training():
    assert ask(CRANE, LIFTED).codes == ("G11_CONDUITE",)
    assert ask(CRANE, LIFTED, fact_driving_trainings=(BEFORE,)).allowed
    assert ask(CRANE, LIFTED, fact_driving_trainings=(Paper(DAY + timedelta(days=1)),)).codes == ("G11_CONDUITE",)


def test_a_machine_may_ask_for_a_driving_permit_and_then_for_an_attestation():
    facts = {"fact_driving_trainings": (BEFORE,), "machine_driving_permit": True}
    permit = found(Check.DRIVING, CRANE, LIFTED, **facts)
    assert permit.reason == "Aucune autorisation de conduite au 24/11/2026."
    assert permit.article == "R4323-56"
    ended = (Paper(date(2026, 1, 1), date(2026, 11, 23)),)
    assert found(Check.DRIVING, CRANE, LIFTED, **facts, fact_driving_permits=ended).reason == (
        "L’autorisation de conduite n’est valable que jusqu’au 23/11/2026."
    )
    facts["fact_driving_permits"] = (Paper(date(2026, 1, 1), DAY),)
    assert found(Check.DRIVING, CRANE, LIFTED, **facts).short == "Attestation de conduite"
    assert ask(CRANE, LIFTED, **facts, fact_driving_attestations=(Paper(date(2021, 11, 25)),)).allowed
    old = found(Check.DRIVING, CRANE, LIFTED, **facts, fact_driving_attestations=(Paper(date(2021, 11, 24)),))
    assert old.blocks
    assert "la dernière est du 24/11/2021" in old.reason


@pytest.mark.parametrize(("day", "ok"), [(date(2025, 9, 30), True), (date(2025, 10, 1), False)])
def test_the_attestation_is_asked_since_the_first_of_october_2025(day, ok):
    papers = {"fact_driving_trainings": (Paper(date(2025, 1, 1)),), "fact_driving_permits": (Paper(date(2025, 1, 1)),)}
    assert found(Check.DRIVING, CRANE, LIFTED, machine_driving_permit=True, day=day, **papers).ok == ok


def test_an_adult_is_asked_for_driving_papers_where_the_machine_asks_a_permit():
    assert ask(CRANE, LIFTED, who=young(ADULT)).allowed
    assert ask(CRANE, LIFTED, who=young(ADULT), machine_driving_permit=True).codes == ("G11_CONDUITE",)


def test_a_missing_attestation_is_no_news_for_other_eyes():
    papers = {"fact_driving_trainings": (BEFORE,), "fact_driving_permits": (BEFORE,)}
    told = found(Check.DRIVING, CRANE, LIFTED, machine_driving_permit=True, **papers).told
    assert told == "Il manque un papier. Demande à ton maître."


def test_what_was_failed_or_taken_back_opens_nothing():
    failed = {"fact_driving_trainings": (Paper(date(2026, 9, 1)), Paper(DAY, good=False))}
    assert found(Check.DRIVING, CRANE, LIFTED, **failed).reason == (
        "Formation à la conduite du 24/11/2026\u00a0: pas réussie."
    )
    taken = {"fact_driving_trainings": (BEFORE,), "fact_driving_permits": (BEFORE, Paper(DAY, good=False))}
    assert found(Check.DRIVING, CRANE, LIFTED, machine_driving_permit=True, **taken).reason == (
        "L’autorisation de conduite est retirée depuis le 24/11/2026."
    )
    back = (Paper(date(2026, 1, 1), level="BS"), Paper(DAY, level="BS", good=False))
    assert ask(machine_articles=(LIVE,), facts=Facts(electrical=back)).codes == ("G01_INTERDIT",)


# -------------------------------------------------------------------------------------------------- G12: electricity
def test_live_parts_are_forbidden_until_the_pupil_has_a_habilitation():
    assert ask(facts=Facts(), machine_articles=(LIVE,)).codes == ("G01_INTERDIT",)
    able = {"fact_electrical": (Paper(date(2026, 1, 1), level="B1V"),), "facts": Facts()}
    assert ask(machine_articles=(LIVE,), **able).allowed
    assert ask(machine_articles=(LIVE,), machine_electrical="B1V", **able).allowed
    other = found(Check.ELECTRICITY, machine_articles=(LIVE,), machine_electrical="BR", **able)
    assert other.blocks
    assert other.reason == "Aucune habilitation électrique BR au 24/11/2026\u00a0: habilitation B1V seulement."


def test_a_habilitation_ends():
    able = (Paper(date(2023, 11, 24), date(2026, 11, 23), "BS"),)
    for who in (young(), young(ADULT)):
        finding = found(Check.ELECTRICITY, BENCH, Facts(), machine_electrical="BS", fact_electrical=able, who=who)
        assert finding.blocks
        assert finding.reason == "L’habilitation BS n’est valable que jusqu’au 23/11/2026."


# --------------------------------------------------------------------------------------------------------- G13: loads
@pytest.mark.parametrize(("kilos", "weight", "ok"), [("10", "50", True), ("10.1", "50", False)])
def test_more_than_a_fifth_of_the_weight_asks_for_an_opinion(kilos, weight, ok):
    who = young(weight_kg=Decimal(weight))
    finding = found(Check.LOAD, BENCH, Facts(), machine_load_kg=Decimal(kilos), who=who)
    assert finding.ok == ok
    assert finding.blocks == (not ok)
    assert ask(BENCH, Facts(), machine_load_kg=Decimal(kilos), who=who, fact_handling=(Paper(DAY),)).allowed


def test_with_the_weight_unknown_a_load_only_warns():
    finding = found(Check.LOAD, BENCH, Facts(), machine_load_kg=Decimal(12))
    assert (finding.ok, finding.severity) == (False, Severity.WARNING)
    assert finding.reason == "Charge de 12\u00a0kg\u00a0: poids du jeune inconnu, pas d’avis de manutention valable."


@pytest.mark.parametrize(
    ("handling", "opinions", "codes"),
    [
        ((), (), ("G13_CHARGE",)),
        # Being fit for work under a declaration says nothing of loads.
        ((), (FIT,), ("G13_CHARGE",)),
        ((Paper(DAY),), (), ()),
        ((Paper(DAY),), (FIT,), ()),
        ((Paper(DAY, good=False),), (FIT,), ("G13_CHARGE",)),
        ((Paper(date(2025, 11, 24)),), (), ("G13_CHARGE",)),
        ((Paper(date(2025, 11, 25)),), (), ()),
        ((Paper(DAY),), (Opinion(DAY, fit=True, excluded=(HANDLING,)),), ("G13_CHARGE",)),
        ((Paper(DAY),), (Opinion(DAY, fit=False),), ("G13_CHARGE",)),
        ((Paper(DAY),), (Opinion(date(2026, 9, 1), fit=False),), ()),
    ],
)
def test_heavy_work_asks_for_an_opinion_on_handling_and_for_no_declaration(handling, opinions, codes):
    facts = Facts(handling=handling, opinions=opinions)
    assert ask(BENCH, facts, machine_articles=(HANDLING,)).codes == codes
    assert ask(BENCH, facts, machine_articles=(HANDLING,), who=young(ADULT)).allowed


# --------------------------------------------------------------------------------------------------------- G14: hours
def hours(*spans, day=DAY):
    """Sessions of one day, in hours."""
    return tuple(Hours(day, int(start * 60), int(end * 60)) for start, end in spans)


def week(*spans, days):
    """The same sessions on several days of the week (0 is Monday)."""
    monday = DAY - timedelta(days=DAY.weekday())
    return tuple(one for place in days for one in hours(*spans, day=monday + timedelta(days=place)))


@pytest.mark.parametrize(
    ("planned", "law", "words"),
    [
        (hours((8, 12), (13, 17.5)), "L3162-1", "Journée de 8\u00a0h\u00a030"),
        (week((8, 12), (13, 16.25), days=range(5)), "L3162-1", "Semaine de 36\u00a0h\u00a015"),
        (hours((8, 12.75)), "L3162-3", "4\u00a0h\u00a045 sans pause"),
        (hours((8, 10), (10, 12.75)), "L3162-3", "4\u00a0h\u00a045 sans pause"),
        (hours((8, 12), (12.25, 15)), "L3162-3", "Aucune pause de 30\u00a0min"),
        (hours((5.5, 8)), "L3163-2", "Travail de nuit"),
        (hours((20, 22.5)), "L3163-2", "Travail de nuit"),
        (hours((8, 10)) + hours((20, 21), day=DAY - timedelta(days=1)), "L3164-1", "Moins de 12\u00a0h de repos"),
        (week((8, 10), days=(0, 1, 3, 4, 6)), "L3164-2", "Pas deux jours de repos"),
    ],
)
def test_each_limit_of_working_time_warns_and_names_its_article(planned, law, words):
    finding = found(Check.HOURS, fact_hours=planned)
    assert (finding.ok, finding.severity, finding.article) == (False, Severity.WARNING, law)
    assert words in finding.reason
    assert ask(fact_hours=planned, settings=STRICT, fact_permits=()).codes == ("G14_DUREE", "G16_HABILITATION_INTERNE")


@pytest.mark.parametrize(
    "planned",
    [
        (),
        hours((8, 12), (13, 17)),
        week((8, 12), (13, 16), days=range(5)),
        hours((8, 12.5)),
        hours((6, 8), (20, 22)),
        hours((8, 10)) + hours((18, 20), day=DAY - timedelta(days=1)),
    ],
)
def test_an_ordinary_day_is_within_the_limits(planned):
    assert found(Check.HOURS, fact_hours=planned).ok


def test_under_sixteen_the_night_begins_earlier_and_the_rest_is_longer():
    fifteen = young(date(2010, 11, 25))
    assert not found(Check.HOURS, fact_hours=hours((18, 20.5)), who=fifteen).ok
    evening = hours((8, 10)) + hours((18, 18.5), day=DAY - timedelta(days=1))
    assert found(Check.HOURS, fact_hours=evening).ok
    assert found(Check.HOURS, fact_hours=evening, who=fifteen).reason == (
        "Moins de 14\u00a0h de repos depuis la veille."
    )


def test_a_public_holiday_is_not_worked():
    finding = found(Check.HOURS, fact_hours=hours((8, 12)), fact_holiday="Armistice 1918", day=DAY)
    assert (finding.ok, finding.article) == (False, "L3164-6")
    assert found(Check.HOURS, fact_holiday="Armistice 1918").ok


def test_working_time_of_adults_is_not_asked():
    assert ask(fact_hours=hours((5, 23)), who=young(ADULT)).finding(Check.HOURS) is None


# ----------------------------------------------------------------------------------------------------- G15: vibration
def test_vibration_adds_up_over_the_day():
    grinder = {"machine_vibration": Decimal(5)}
    # 2.5² × 480 ÷ 5² = 120 minutes in all.
    assert found(Check.VIBRATION, planned_minutes=119, **grinder).ok
    assert found(Check.VIBRATION, planned_minutes=120, **grinder).blocks
    done = (Exposure(Decimal(5), 60), Exposure(Decimal("2.5"), 240))
    finding = found(Check.VIBRATION, planned_minutes=10, fact_exposures=done, **grinder)
    assert finding.reason == (
        "Avec 10\u00a0min de plus, 2,6\u00a0m/s² sur la journée\u00a0: la limite est 2,5. "
        "Il reste 0\u00a0min sur ce poste."
    )
    assert found(Check.VIBRATION, planned_minutes=10, fact_exposures=done[:1], **grinder).ok
    left = found(Check.VIBRATION, planned_minutes=90, fact_exposures=done[:1], **grinder)
    assert left.reason.endswith("Il reste 59\u00a0min sur ce poste.")


def test_vibration_is_asked_of_minors_and_of_tools_known_to_vibrate():
    spent = (Exposure(Decimal(9), 480),)
    assert ask(fact_exposures=spent).allowed
    assert ask(fact_exposures=spent, machine_vibration=Decimal(3)).codes == ("G15_VIBRATION",)
    assert ask(fact_exposures=spent, machine_vibration=Decimal(3), who=young(ADULT)).allowed


# ----------------------------------------------------------------------------------------- G16, G17: rules of the house
def test_the_machine_permit_warns_until_the_school_makes_it_block():
    answer = ask(fact_permits=())
    assert answer.allowed
    assert [finding.check for finding in answer.warnings] == [Check.PERMIT]
    strict = ask(fact_permits=(), settings=STRICT)
    assert strict.codes == ("G16_HABILITATION_INTERNE",)
    assert strict.overridable
    assert ask(fact_permits=(), settings=STRICT, who=young(ADULT)).codes == ("G16_HABILITATION_INTERNE",)


@pytest.mark.parametrize(
    ("permits", "short"),
    [
        ((), "Permis à délivrer"),
        ((Permit(DAY + timedelta(days=1), ClearanceResult.ALONE),), "Permis à délivrer"),
        ((Permit(date(2026, 1, 1), ClearanceResult.ALONE, date(2026, 11, 23)),), "Permis échu"),
        ((Permit(date(2026, 1, 1), ClearanceResult.ALONE), Permit(DAY, ClearanceResult.WITHDRAWN)), "Permis retiré"),
    ],
)
def test_a_permit_starts_ends_and_is_withdrawn(permits, short):
    assert found(Check.PERMIT, fact_permits=permits).short == short


def test_a_permit_may_ask_for_the_master_beside():
    beside = ask(fact_permits=(Permit(DAY, ClearanceResult.SUPERVISED),))
    assert (beside.allowed, beside.supervised) == (True, True)
    assert beside.finding(Check.PERMIT).ok
    assert not ask().supervised


def test_a_work_centre_may_do_without_permits():
    finding = found(Check.PERMIT, fact_permits=(), machine_permit=False, settings=STRICT)
    assert (finding.ok, finding.reason) == (True, "Ce poste ne demande pas de permis.")


def test_protections_are_confirmed_at_the_start():
    finding = found(Check.PPE, machine_ppe=("Lunettes", "Chaussures"))
    assert (finding.ok, finding.severity) == (False, Severity.WARNING)
    assert finding.reason == "À confirmer au démarrage\u00a0: Lunettes et Chaussures."
    assert found(Check.PPE, machine_ppe=("Lunettes",), ppe_confirmed=True).ok
    assert found(Check.PPE, LATHE).ok


def test_a_dangerous_machine_that_is_also_driven_asks_everything():
    answer = ask(machine_articles=(DANGEROUS, DRIVING))
    assert answer.codes == ("G04_PERIMETRE", "G11_CONDUITE")
