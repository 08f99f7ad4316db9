"""The facts of the gate as the database holds them: the scenarios again, and each kind of record."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core.clock import now
from app.machines.queries import Span, facts_for
from app.machines.rules import Check, Exposure, replay, to_json
from app.pedagogy.models import Diploma
from app.pedagogy.rules import SessionKind, SessionState
from tests.factories import (
    make_absence,
    make_clearance,
    make_declaration,
    make_declaration_change,
    make_diploma,
    make_group,
    make_membership,
    make_pupil,
    make_quality,
    make_session,
    make_setting,
    make_staff,
    make_work_center,
    open_machine,
)
from tests.machines.scenarios import DAY, SCENARIOS
from tests.machines.stage import stage


@pytest.fixture
def opened(db):
    """A pupil of 16, a lathe with every paper in order, and a master in the workshop."""
    return stage(db)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario_from_the_database(db, scenario):
    opened = stage(db, scenario)
    assert opened.answer(db).verdict.codes == scenario.codes


def test_what_is_read_can_be_kept_and_judged_again(db, opened):
    answer = opened.answer(db)
    kept = to_json(answer.request, answer.facts, answer.settings)
    assert replay(kept) == answer.verdict
    assert answer.verdict.allowed


def test_any_number_of_pupils_machines_and_days_costs_the_same_statements(db, opened, query_budget):
    pupils = [opened.pupil.id, *(make_pupil(db, opened.group).id for _ in range(5))]
    centers = [opened.center.id, *(make_work_center(db).id for _ in range(4))]
    with query_budget(8):
        known = facts_for(db, pupils, centers, Span(DAY, DAY + timedelta(days=60)))
        answers = list(known.every([DAY, DAY + timedelta(days=30)]))
    assert len(answers) == 2 * len(pupils) * len(centers)
    allowed = {(one.pupil_id, one.center_id) for one in answers if one.verdict.allowed and one.request.day == DAY}
    # The pupil with all papers on the lathe; everybody on the benches.
    assert allowed == {(p, c) for p in pupils for c in centers[1:]} | {(pupils[0], centers[0])}


def test_a_record_entered_in_error_counts_for_nothing(db, opened):
    wrong = make_clearance(db, opened.pupil, kind="medical", result="unfit", on_date=DAY)
    assert opened.answer(db).verdict.codes == ("G09_AVIS_MEDICAL",)
    wrong.voided_at = now()
    db.flush()
    assert opened.answer(db).verdict.allowed


def test_of_two_records_of_one_day_the_later_entry_counts(db, opened):
    make_clearance(db, opened.pupil, work_center=opened.center, result="failed", on_date=DAY)
    make_clearance(db, opened.pupil, work_center=opened.center, result="passed", on_date=DAY)
    assert opened.answer(db).verdict.allowed


def test_trainings_are_those_on_this_machine(db, opened):
    other = make_work_center(db, regulated_articles="D4153-28", risk_assessed_on=date(2025, 1, 1))
    make_clearance(db, opened.pupil, work_center=other, result="failed", on_date=DAY)
    known = facts_for(db, [opened.pupil.id], [opened.center.id, other.id], DAY)
    assert known.ask(opened.pupil.id, opened.center.id, DAY).verdict.allowed
    assert known.ask(opened.pupil.id, other.id, DAY).verdict.codes == ("G05_MACHINE", "G08_EVALUATION_FORMATION")


def test_a_change_to_the_declaration_counts_once_it_is_sent(db, opened):
    other = make_work_center(db)
    open_machine(db, opened.group, other, opened.pupil).withdrawn_on = date(2020, 1, 1)
    codes = {"declaration": opened.declaration, "work_centers": other.code}
    make_declaration_change(db, **codes, sent_on=None)
    assert opened.answer(db, other).verdict.codes == ("G05_MACHINE",)
    make_declaration_change(db, **codes, sent_on=DAY)
    assert opened.answer(db, other).verdict.allowed
    assert "G05_MACHINE" in opened.answer(db, other, day=DAY - timedelta(days=1)).verdict.codes


def test_a_declaration_in_preparation_covers_nothing(db, opened):
    opened.declaration.sent_on = None
    db.flush()
    assert opened.answer(db).verdict.codes == ("G03_DECLARATION",)


def test_the_class_is_the_one_of_that_day(db, opened):
    other = make_group(db, make_diploma(db, code="BACPRO"))
    opened.stay.ends_on = DAY - timedelta(days=1)
    make_membership(db, opened.pupil, other, starts_on=DAY)
    make_session(db, other, on_date=DAY)
    make_session(db, opened.group, on_date=DAY - timedelta(days=1))
    known = facts_for(db, [opened.pupil.id], [opened.center.id], Span(DAY - timedelta(days=1), DAY))
    before = known.ask(opened.pupil.id, opened.center.id, DAY - timedelta(days=1))
    assert before.verdict.allowed
    assert known.ask(opened.pupil.id, opened.center.id, DAY).verdict.codes == ("G04_PERIMETRE",)


def test_who_belongs_to_no_class_has_neither_diploma_nor_supervisor(db, opened):
    opened.stay.ends_on = DAY - timedelta(days=1)
    db.flush()
    assert opened.answer(db).verdict.codes == ("G04_PERIMETRE", "G10_ENCADRANT")


@pytest.mark.parametrize("gone", ["cancelled", "theory", "other day"])
def test_only_a_practice_session_of_that_day_that_is_held_has_a_supervisor(db, opened, gone):
    session = opened.session
    session.state = SessionState.CANCELLED if gone == "cancelled" else session.state
    session.kind = SessionKind.THEORY if gone == "theory" else session.kind
    session.on_date = DAY + timedelta(days=1) if gone == "other day" else session.on_date
    db.flush()
    assert opened.answer(db).verdict.codes == ("G10_ENCADRANT",)


def test_an_absent_master_supervises_nobody_unless_somebody_stands_in(db, opened):
    absence = make_absence(db, opened.master)
    answer = opened.answer(db)
    assert answer.verdict.codes == ("G10_ENCADRANT",)
    assert "absence de Karim Benali" in answer.verdict.refusal.reason
    absence.substitute_id = make_staff(db, first_name="Sophie", last_name="Martin").id
    db.flush()
    found = opened.answer(db).verdict
    assert found.allowed
    assert found.finding(Check.SUPERVISOR).reason == "Sophie Martin encadre l’atelier le 24/11/2026."
    make_absence(db, db.get_one(type(opened.master), absence.substitute_id))
    assert opened.answer(db).verdict.codes == ("G10_ENCADRANT",)
    absence.cancelled_at = now()
    db.flush()
    assert opened.answer(db).verdict.allowed


def test_the_supervisor_holds_a_declared_quality_on_that_day(db, opened):
    opened.declaration.supervisor_qualities = "Chef d’atelier ; Maître professionnel"
    db.flush()
    assert opened.answer(db).verdict.codes == ("G10_ENCADRANT",)
    quality = make_quality(db, opened.master)
    assert opened.answer(db).verdict.allowed
    quality.ends_on = DAY - timedelta(days=1)
    db.flush()
    assert opened.answer(db).verdict.codes == ("G10_ENCADRANT",)


def test_places_are_compared_as_words(db, opened):
    opened.center.place = "Atelier B"
    opened.declaration.places = "Atelier A ; Hall"
    db.flush()
    assert opened.answer(db).verdict.codes == ("G04_PERIMETRE",)
    make_declaration_change(db, opened.declaration, sent_on=DAY, places="Atelier B")
    assert opened.answer(db).verdict.allowed


def test_the_school_decides_from_a_day_on_what_blocks(db, opened):
    make_setting(db, Check.PERMIT, starts_on=DAY)
    assert opened.answer(db).verdict.codes == ("G16_HABILITATION_INTERNE",)
    assert opened.answer(db, day=DAY - timedelta(days=1)).verdict.finding(Check.PERMIT).severity == "warning"
    make_setting(db, Check.PERMIT, blocks=False, starts_on=DAY)
    assert opened.answer(db).verdict.allowed


def test_permits_are_those_on_this_machine(db, opened):
    make_clearance(db, opened.pupil, work_center=opened.center, kind="permit", result="supervised", on_date=DAY)
    found = opened.answer(db).verdict
    assert found.finding(Check.PERMIT).ok
    assert found.supervised
    make_clearance(db, opened.pupil, work_center=opened.center, kind="permit", result="withdrawn", on_date=DAY)
    assert opened.answer(db).verdict.finding(Check.PERMIT).short == "Permis retiré"


def test_driving_and_electrical_papers_are_read(db, opened):
    opened.center.regulated_articles = "D4153-27"
    opened.declaration.articles = "D4153-27"
    opened.center.needs_driving_authorisation, opened.center.electrical = True, "BS"
    db.flush()
    assert opened.answer(db).verdict.codes == ("G11_CONDUITE", "G12_HABILITATION")
    pupil, center = opened.pupil, opened.center
    make_clearance(db, pupil, kind="driving_training", result="passed")
    make_clearance(db, pupil, work_center=center, kind="driving_authorisation", result="given", ends_on=DAY)
    make_clearance(db, pupil, kind="driving_medical", result="fit")
    make_clearance(db, pupil, kind="electrical", result="given", detail="BS")
    assert opened.answer(db).verdict.allowed
    make_clearance(db, pupil, kind="electrical", result="withdrawn", detail="BS", on_date=DAY)
    assert opened.answer(db).verdict.codes == ("G12_HABILITATION",)


def test_the_last_weight_counts_and_opinions_on_handling_are_kept_apart(db, opened):
    opened.center.load_kg = Decimal(12)
    make_clearance(db, opened.pupil, kind="weight", result="given", detail="61,5")
    make_clearance(db, opened.pupil, kind="handling", result="unfit")
    assert opened.answer(db).verdict.allowed
    make_clearance(db, opened.pupil, kind="weight", result="given", detail="52", on_date=DAY)
    assert opened.answer(db).verdict.codes == ("G13_CHARGE",)
    make_clearance(db, opened.pupil, kind="handling", result="fit", on_date=DAY)
    assert opened.answer(db).verdict.allowed


def test_vibration_of_the_day_comes_from_whoever_knows_it(db, opened):
    opened.center.vibration = Decimal("5.00")
    db.flush()
    spent = {(opened.pupil.id, DAY): (Exposure(Decimal(5), 120),)}
    known = facts_for(db, [opened.pupil.id], [opened.center.id], DAY).exposed(spent)
    assert known.ask(opened.pupil.id, opened.center.id, DAY).verdict.codes == ("G15_VIBRATION",)
    assert opened.answer(db).verdict.allowed


def test_hours_are_those_of_the_class_that_week_theory_included(db, opened):
    for step in range(5):
        day = DAY - timedelta(days=1) + timedelta(days=step)
        make_session(db, opened.group, SessionKind.THEORY, on_date=day, start_minute=780, end_minute=1020)
    assert opened.answer(db).verdict.finding(Check.HOURS).ok
    for step in (0, 2, 3, 4):
        day = DAY - timedelta(days=1) + timedelta(days=step)
        make_session(db, opened.group, on_date=day, start_minute=480, end_minute=720)
    finding = opened.answer(db).verdict.finding(Check.HOURS)
    assert (finding.ok, finding.reason) == (False, "Semaine de 40\u00a0h\u00a0: la limite est 35\u00a0h.")


def test_a_public_holiday_is_known(db, opened):
    armistice = date(2026, 11, 11)
    make_session(db, opened.group, on_date=armistice)
    assert opened.answer(db, day=armistice).verdict.finding(Check.HOURS).article == "L3164-6"


def test_what_the_operation_asks_to_wear_is_added_once(db, opened):
    opened.center.ppe = "Lunettes ; Chaussures"
    db.flush()
    known = facts_for(db, [opened.pupil.id], [opened.center.id], DAY)
    answer = known.ask(opened.pupil.id, opened.center.id, DAY, ppe=("Gants", "Lunettes"))
    assert answer.request.machine.ppe == ("Lunettes", "Chaussures", "Gants")


def test_several_declarations_are_weighed_together(db, opened):
    make_declaration(
        db, articles="D4153-17", work_centers="", diplomas=db.get_one(Diploma, opened.group.diploma_id).code
    )
    assert opened.answer(db).verdict.allowed
