"""The gate where work is handed out: what it refuses, what it keeps, what a master may go past."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.accounts.models import School
from app.core.clock import PARIS, today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.machines.models import GateDecision
from app.machines.rules import AskedFor, Check, Exposure, replay
from app.pedagogy.models import TimetableSession
from app.workshop import queries
from app.workshop.models import WorkSession
from app.workshop.rules import HalfDay, SessionWork, TicketState
from app.workshop.service import (
    finish_ticket,
    give_operation,
    give_ticket,
    pass_over,
    pause_ticket,
    reopen_ticket,
    replace_holder,
    start_batch,
    start_help,
    start_ticket,
    switch_work,
)
from tests.factories import (
    make_absence,
    make_clearance,
    make_school,
    make_session,
    make_setting,
    make_staff,
    make_ticket,
    make_work_session,
    open_machine,
)

SAW = 0


@pytest.fixture
def saw(scene):
    """The saw is a dangerous machine, open to Tom; Inès has never been trained on it."""
    center = scene.operations[SAW].work_center
    scene.declaration = open_machine(scene.db, scene.group, center, scene.tom)
    make_clearance(scene.db, scene.ines)
    return center


def give(scene, *pupils, **other):
    return give_operation(scene.db, scene.operations[SAW].id, pupil_ids=[p.id for p in pupils], by=scene.by, **other)


def to_give(scene):
    """A ticket that nobody holds, as the screens load it."""
    return queries.get_ticket(scene.db, make_ticket(scene.db, scene.operations[SAW]).number, lock=True)


def decisions(db):
    db.flush()
    return list(db.execute(select(GateDecision).order_by(GateDecision.id)).scalars())


class TestGiving:
    def test_the_pupil_with_all_papers_receives_and_the_answer_is_kept(self, db, scene, saw):
        ticket = give(scene, scene.tom)
        (kept,) = decisions(db)
        assert (kept.asked_for, kept.subject, kept.on_date) == (AskedFor.ASSIGN, ticket.number, today())
        assert (kept.pupil_id, kept.work_center_id, kept.by_id) == (scene.tom.id, saw.id, scene.master.id)
        assert (kept.allowed, kept.codes, kept.override_reason) == (True, "", None)
        assert replay(kept.facts).allowed
        assert json.loads(kept.facts)["rules"] == kept.rules_version

    def test_the_pupil_without_training_does_not_and_nothing_is_made(self, db, scene, saw):
        with pytest.raises(Refused) as refused:
            give(scene, scene.ines)
        assert refused.value.field == "pupils"
        why = "Aucune formation à la sécurité sur «\u00a0Débit\u00a0» au 24/11/2026."
        assert refused.value.sentence.startswith(f"Inès ne peut pas prendre ce bon. {why}")
        assert refused.value.sentence.endswith("n’a pas été donné.")
        assert refused.value.told == "Tu n’as pas encore suivi la formation sécurité."
        assert scene.tickets() == []

    def test_a_pair_passes_only_together(self, db, scene, saw):
        with pytest.raises(Refused, match="Inès ne peut pas"):
            give(scene, scene.tom, scene.ines)
        assert scene.tickets() == []

    def test_who_stays_is_not_asked_again(self, db, scene, saw):
        ticket = give(scene, scene.tom)
        make_clearance(db, scene.tom, kind="medical", result="unfit", on_date=today())
        make_clearance(db, scene.ines, work_center=saw)
        give_ticket(db, ticket, pupil_ids=[scene.tom.id, scene.ines.id], by=scene.by)
        assert [row.pupil_id for row in decisions(db)] == [scene.tom.id, scene.ines.id]

    def test_the_day_of_the_work_counts(self, db, scene, saw):
        scene.tom.born_on = date(2011, 11, 26)
        db.flush()
        with pytest.raises(Refused, match="ce sera le 26/11/2026"):
            give(scene, scene.tom)
        thursday = today() + timedelta(days=2)
        make_session(db, scene.group, on_date=thursday, staff=scene.master)
        assert give(scene, scene.tom, day=thursday).for_day == thursday

    def test_whoever_leads_the_half_day_it_is_for_must_be_there(self, db, scene, saw):
        """Karim has the class in the morning; Paul, in the afternoon, is away."""
        paul = make_staff(db, first_name="Paul", last_name="Marchal")
        afternoon = db.scalars(select(TimetableSession).where(TimetableSession.start_minute == 780)).one()
        afternoon.staff_id = paul.id
        make_absence(db, paul)
        with pytest.raises(Refused, match="absence de Paul Marchal"):
            give(scene, scene.tom, half=HalfDay.AFTERNOON)
        board = queries.today_board(db, queries.Asked(None, None, "prets", "", scene.operations[SAW].id, ""))
        row = next(row for row in board.rows if row.person.id == scene.tom.id)
        assert [(offer.half, offer.refusal and offer.refusal.code) for offer in row.offers] == [
            (HalfDay.MORNING, None), (HalfDay.AFTERNOON, "G10_ENCADRANT"),
        ]  # fmt: skip
        assert give(scene, scene.tom, half=HalfDay.MORNING).for_half == HalfDay.MORNING

    def test_the_substitute_of_an_absent_pupil_passes_too(self, db, scene, saw):
        ticket = give(scene, scene.tom)
        with pytest.raises(Refused, match="Inès ne peut pas"):
            replace_holder(db, ticket, pupil_id=scene.tom.id, successor_id=scene.ines.id, by=scene.by)
        make_clearance(db, scene.ines, work_center=saw)
        replace_holder(db, ticket, pupil_id=scene.tom.id, successor_id=scene.ines.id, by=scene.by)
        assert decisions(db)[-1].pupil_id == scene.ines.id

    def test_the_substitute_is_judged_for_the_day_the_ticket_is_for(self, db, scene, saw):
        make_clearance(db, scene.ines, work_center=saw)
        thursday = today() + timedelta(days=2)
        scene.ines.born_on = date(2011, 11, 26)
        make_session(db, scene.group, on_date=thursday, staff=scene.master)
        ticket = give(scene, scene.tom, day=thursday, half=HalfDay.MORNING)
        replace_holder(db, ticket, pupil_id=scene.tom.id, successor_id=scene.ines.id, by=scene.by)
        kept = decisions(db)[-1]
        assert (kept.pupil_id, kept.on_date) == (scene.ines.id, thursday)

    def test_who_stays_is_asked_again_for_another_day(self, db, scene, saw):
        make_clearance(db, scene.ines, work_center=saw)
        ticket = give(scene, scene.tom)
        thursday = today() + timedelta(days=2)
        make_session(db, scene.group, on_date=thursday, staff=scene.master)
        make_clearance(db, scene.tom, kind="medical", result="unfit", on_date=today())
        pair = [scene.tom.id, scene.ines.id]
        with pytest.raises(Refused, match=r"Tom ne peut pas prendre ce bon\. L’avis médical"):
            give_ticket(db, ticket, pupil_ids=pair, day=thursday, by=scene.by)
        assert ticket.for_day == today()

    def test_a_ticket_opened_again_goes_only_to_whom_the_gate_lets_through(self, db, scene, saw):
        make_clearance(db, scene.ines, work_center=saw)
        ticket = give(scene, scene.tom, scene.ines)
        finish_ticket(db, ticket, counts=(2, 0), pupil_id=scene.tom.id, by=scene.by)
        make_clearance(db, scene.tom, kind="medical", result="unfit", on_date=today())
        reopen_ticket(db, ticket, note="Cote à revoir", by=scene.by)
        assert [one.pupil_id for one in scene.ticket(ticket.number).assignments if not one.ended_at] == [scene.ines.id]
        refused = next(row for row in decisions(db)[2:] if row.pupil_id == scene.tom.id)
        assert (refused.allowed, refused.codes) == (False, "G09_AVIS_MEDICAL")

    def test_opened_again_with_nobody_who_may_it_waits_to_be_given(self, db, scene, saw):
        ticket = give(scene, scene.tom)
        finish_ticket(db, ticket, counts=(2, 0), by=scene.by)
        make_clearance(db, scene.tom, kind="medical", result="unfit", on_date=today())
        reopen_ticket(db, ticket, note="Cote à revoir", by=scene.by)
        assert (ticket.state, ticket.quantity) == (TicketState.OPEN, 10)
        assert history(db, "ticket", ticket.id, limit=1)[0].label == "Rouvert, à donner"

    def test_work_that_is_not_regulated_is_open_to_everybody_of_fifteen(self, db, scene, saw):
        metro = scene.operations[2]
        assert give_operation(db, metro.id, pupil_ids=[scene.ines.id], by=scene.by).number
        scene.ines.born_on = date(2012, 1, 1)
        db.flush()
        with pytest.raises(Refused, match="demande 15"):
            give_operation(db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by)


class TestStarting:
    def test_the_answer_is_asked_and_kept_again(self, db, scene, saw):
        ticket = give(scene, scene.tom)
        start_ticket(db, ticket, by=scene.by)
        given, started = decisions(db)
        assert (given.asked_for, started.asked_for) == ("assign", "start")
        request = json.loads(started.facts)["request"]
        assert request["minute"] == 570

    def test_a_master_who_is_out_stops_the_start(self, db, scene, saw):
        ticket = give(scene, scene.tom)
        make_absence(db, scene.master)
        with pytest.raises(Refused) as refused:
            start_ticket(db, ticket, by=scene.by)
        assert "absence de Karim Benali" in refused.value.sentence
        assert "Contrôle 10 sur 17" in refused.value.sentence
        assert db.execute(select(WorkSession)).all() == []

    def test_outside_the_session_nobody_supervises(self, db, scene, saw, clock):
        ticket = give(scene, scene.tom)
        clock.set(datetime(2026, 11, 24, 12, 30, tzinfo=PARIS))
        with pytest.raises(Refused, match="à cette heure"):
            start_ticket(db, ticket, by=scene.by)
        clock.set(datetime(2026, 11, 24, 13, 0, tzinfo=PARIS))
        assert start_ticket(db, ticket, by=scene.by).id

    def test_an_opinion_that_ended_since_stops_the_start(self, db, scene, saw, clock):
        opinion = db.execute(select(type(make_clearance(db, scene.ines)))).scalars().first()
        opinion.on_date = today() - timedelta(days=364)
        db.flush()
        ticket = give(scene, scene.tom)
        clock.advance(days=1)
        make_session(db, scene.group, staff=scene.master)
        with pytest.raises(Refused, match="n’est valable que jusqu’au 24/11/2026"):
            start_ticket(db, ticket, by=scene.by)

    def test_the_tablet_says_so_and_protections_are_noted(self, db, scene, saw):
        saw.ppe = "Lunettes"
        scene.operations[SAW].ppe = "Gants"
        db.flush()
        ticket = give(scene, scene.tom)
        start_ticket(db, ticket, ticked=True, by=scene.by)
        kept = decisions(db)[-1]
        assert kept.asked_for == "tablet"
        found = replay(kept.facts).finding(Check.PPE)
        assert (found.ok, found.reason) == (True, "Protections confirmées\u00a0: Lunettes et Gants.")


class TestOtherClocks:
    def test_a_helper_passes_the_gate_once(self, db, scene, saw):
        ticket = give(scene, scene.tom)
        start_ticket(db, ticket, by=scene.by)
        with pytest.raises(Refused, match="Inès ne peut pas démarrer"):
            start_help(db, ticket, pupil_id=scene.ines.id, by=scene.by)
        make_clearance(db, scene.ines, work_center=saw)
        before = len(decisions(db))
        start_help(db, ticket, pupil_id=scene.ines.id, by=scene.by)
        assert [row.pupil_id for row in decisions(db)[before:]] == [scene.ines.id]

    def test_going_over_to_other_work_after_a_forgotten_stop_is_a_start(self, db, scene, saw, clock):
        ticket = give(scene, scene.tom)
        start_ticket(db, ticket, kind=SessionWork.SETUP, by=scene.by)
        before = len(decisions(db))
        switch_work(db, ticket, kind=SessionWork.RUN, by=scene.by)
        assert len(decisions(db)) == before  # the same start goes on
        make_clearance(db, scene.tom, kind="medical", result="unfit", on_date=today())
        clock.set(datetime(2026, 11, 24, 14, 0, tzinfo=PARIS))
        with pytest.raises(Refused, match="Tom ne peut pas démarrer"):
            switch_work(db, ticket, kind=SessionWork.CHECK, by=scene.by)

    def test_each_ticket_of_a_batch_passes_it_once(self, db, scene, saw):
        tickets = [give(scene, scene.tom, quantity=2), give(scene, scene.tom, quantity=2)]
        before = len(decisions(db))
        start_batch(db, tickets, pupil_id=scene.tom.id, by=scene.by)
        assert [row.subject for row in decisions(db)[before:]] == [ticket.number for ticket in tickets]


class TestVibration:
    @pytest.fixture
    def grinder(self, db, scene, saw):
        saw.vibration = Decimal("5.00")
        db.flush()
        return saw

    def test_what_takes_pupils_longer_shakes_them_longer(self, db, scene, grinder):
        """Thirty minutes of a professional: ninety as usual, three hours where the operation says six times."""
        assert give(scene, scene.tom, quantity=4).number
        scene.operations[SAW].factor_1 = Decimal(6)
        db.flush()
        with pytest.raises(Refused, match="Avec 3\u00a0h de plus"):
            give(scene, scene.tom, quantity=4)

    def test_tickets_run_together_add_up(self, db, scene, grinder):
        """Each takes ninety of the 120 minutes of a day: one may be started, two together may not."""
        tickets = [make_ticket(db, scene.operations[SAW], pupil=scene.tom, quantity=4) for _ in range(2)]
        tickets = [queries.get_ticket(db, each.number, lock=True) for each in tickets]
        with pytest.raises(Refused, match="sur la journée"):
            start_batch(db, tickets, pupil_id=scene.tom.id, by=scene.by)
        assert db.execute(select(WorkSession)).all() == []
        start_ticket(db, tickets[0], by=scene.by)

    def test_pieces_set_aside_are_no_work_that_is_left(self, db, scene, grinder):
        ticket = make_ticket(db, scene.operations[SAW], pupil=scene.tom, quantity=10)
        ticket.aside = 9
        db.flush()
        assert queries.planned_work(db, ticket).minutes == 15

    def test_minutes_already_done_count_with_those_planned(self, db, scene, grinder):
        # At 5 m/s² a day has 120 minutes. Setting up takes ten and a piece five, three times that in the first year.
        ticket = make_ticket(db, scene.operations[SAW], pupil=scene.tom, quantity=1)
        make_work_session(db, ticket, scene.tom, minutes=66)
        with pytest.raises(Refused, match="Il reste 53"):
            give(scene, scene.tom, quantity=2)
        assert give(scene, scene.tom, quantity=1).quantity == 1

    def test_only_time_that_counts_and_only_of_that_day(self, db, scene, grinder, clock):
        ticket = make_ticket(db, scene.operations[SAW], pupil=scene.tom, quantity=1)
        wrong = make_work_session(db, ticket, scene.tom, minutes=30)
        half = make_work_session(db, ticket, scene.tom, minutes=20)
        half.share = Decimal(50)
        db.flush()
        taken = WorkSession(
            ticket_id=ticket.id, pupil_id=scene.tom.id, started_at=wrong.started_at, ended_at=wrong.ended_at,
            at=wrong.at, reverses_id=wrong.id,
        )  # fmt: skip
        db.add(taken)
        db.flush()
        key = (scene.tom.id, today())
        assert queries.vibrations(db, [scene.tom.id, scene.ines.id], today()) == {key: (Exposure(Decimal(5), 10),)}
        running = make_work_session(db, ticket, scene.tom, minutes=None)
        clock.advance(minutes=7)
        assert queries.vibrations(db, [scene.tom.id], today())[key][1] == Exposure(Decimal(5), 7)
        assert running.ended_at is None
        assert queries.vibrations(db, [scene.tom.id], today() + timedelta(days=1)) == {}


class TestGoingPast:
    @pytest.fixture
    def strict(self, db, saw):
        make_setting(db, Check.PERMIT)

    def ticket(self, scene):
        return to_give(scene)

    def test_a_rule_of_the_school_is_passed_with_a_reason_that_is_kept(self, db, scene, strict):
        ticket = self.ticket(scene)
        with pytest.raises(Refused, match="Aucun permis"):
            give_ticket(db, ticket, pupil_ids=[scene.tom.id], by=scene.by)
        pass_over(db, ticket, pupil_id=scene.tom.id, reason="Permis en cours, je reste à côté.", by=scene.by)
        give_ticket(db, ticket, pupil_ids=[scene.tom.id], by=scene.by)
        start_ticket(db, ticket, by=scene.by)
        reasons = [(row.allowed, row.codes, row.override_reason) for row in decisions(db)]
        assert reasons == [(True, "G16_HABILITATION_INTERNE", "Permis en cours, je reste à côté.")] * 3
        deed = next(deed for deed in history(db, "ticket", ticket.id) if deed.label.startswith("Passé outre"))
        assert deed.label == "Passé outre pour Tom : Contrôle 16 sur 17 · Règle de l’atelier"
        assert deed.note == "Permis en cours, je reste à côté."

    def test_law_has_no_such_door(self, db, scene, strict):
        ticket = self.ticket(scene)
        with pytest.raises(Refused, match="Aucune formation") as refused:
            pass_over(db, ticket, pupil_id=scene.ines.id, reason="Je réponds d’elle.", by=scene.by)
        assert refused.value.field == "reason"
        assert decisions(db) == []

    def test_where_nothing_stands_in_the_way_there_is_nothing_to_go_past(self, db, scene, saw):
        with pytest.raises(Refused, match="Rien n’empêche Tom"):
            pass_over(db, self.ticket(scene), pupil_id=scene.tom.id, reason="Pour voir.", by=scene.by)

    def test_it_holds_for_that_pupil_and_that_ticket(self, db, scene, strict):
        make_clearance(db, scene.ines, work_center=scene.operations[SAW].work_center)
        ticket = self.ticket(scene)
        pass_over(db, ticket, pupil_id=scene.tom.id, reason="Je reste à côté.", by=scene.by)
        with pytest.raises(Refused, match="Inès ne peut pas"):
            give_ticket(db, ticket, pupil_ids=[scene.ines.id], by=scene.by)
        with pytest.raises(Refused, match="Tom ne peut pas"):
            give_ticket(db, self.ticket(scene), pupil_ids=[scene.tom.id], by=scene.by)

    def test_hours_are_passed_for_a_day_and_a_permit_for_the_work(self, db, scene, strict, clock):
        make_setting(db, Check.HOURS)
        make_session(db, scene.group, start_minute=1080, end_minute=1200)
        ticket = self.ticket(scene)
        pass_over(db, ticket, pupil_id=scene.tom.id, reason="Portes ouvertes.", by=scene.by)
        give_ticket(db, ticket, pupil_ids=[scene.tom.id], by=scene.by)
        clock.advance(days=1)
        make_session(db, scene.group, staff=scene.master, end_minute=1020)
        with pytest.raises(Refused, match="Journée de 9"):
            start_ticket(db, ticket, by=scene.by)

    def test_a_setting_that_comes_later_can_be_passed_for_who_already_holds_it(self, db, scene, saw):
        ticket = give(scene, scene.tom)
        make_setting(db, Check.PERMIT)
        with pytest.raises(Refused, match="ne peut pas démarrer") as refused:
            start_ticket(db, ticket, by=scene.by)
        assert refused.value.setting
        pass_over(db, ticket, pupil_id=scene.tom.id, reason="Je reste à côté.", by=scene.by)
        assert start_ticket(db, ticket, by=scene.by).id

    def test_who_was_faster_is_told(self, db, scene, strict):
        ticket = self.ticket(scene)
        with pytest.raises(Stale):
            pass_over(db, ticket, pupil_id=scene.tom.id, reason="x", seen_version=99, by=scene.by)

    def test_the_ceiling_of_a_master_can_be_passed_as_well(self, db, scene, saw):
        make_school(db)
        db.get_one(School, 1).pupils_per_master = 1
        make_ticket(db, scene.operations[2], pupil=scene.ines)
        ticket = self.ticket(scene)
        with pytest.raises(Refused):
            give_ticket(db, ticket, pupil_ids=[scene.tom.id], by=scene.by)
        pass_over(db, ticket, pupil_id=scene.tom.id, reason="Sophie aide.", by=scene.by)
        give_ticket(db, ticket, pupil_ids=[scene.tom.id], by=scene.by)
        assert decisions(db)[0].codes == "EFFECTIF"


def test_a_pause_asks_nothing(db, scene, saw):
    ticket = give(scene, scene.tom)
    start_ticket(db, ticket, by=scene.by)
    make_absence(db, scene.master)
    pause_ticket(db, ticket, by=scene.by)
    assert ticket.state == "paused"


def test_the_cost_of_giving_does_not_grow_with_the_school(db, scene, saw, record_queries):
    def cost(pupil):
        ticket = to_give(scene)
        with record_queries() as statements:
            give_ticket(db, ticket, pupil_ids=[pupil.id], by=scene.by)
        return len(statements)

    make_clearance(db, scene.ines, work_center=saw)
    cost(scene.tom)  # the first one starts the job
    before = cost(scene.tom)
    for place in range(20):
        make_clearance(db, scene.pupil(f"Élève{place}"), work_center=saw)
    assert cost(scene.ines) == before
