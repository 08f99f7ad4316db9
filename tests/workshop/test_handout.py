"""The next half-day suggested: pure rules first, then the page; nothing is given before it is accepted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.clock import today
from app.pedagogy.rules import Attendance
from app.workshop import queries, service
from app.workshop.models import Ticket
from app.workshop.rules import Bench, Chore, Fit, HalfDay, Hand, Hint, TicketState, hand_out
from app.workshop.service import Gift
from tests.factories import (
    make_clearance,
    make_school,
    make_session,
    make_ticket,
    make_work_session,
)
from tests.support.html import errors, parse, submit
from tests.workshop.scene import arrange

DAY = date(2026, 11, 24)
MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


def chore(key="BT1", **other):
    """An hour of work on the lathe, due in a month."""
    values = {"center_id": 1, "due_on": DAY + timedelta(days=30), "needs": (60, 50, 40)} | other
    return Chore(key, **values)


def hand(pupil_id=1, name="Tom", **other):
    """A pupil in the first year, free for four hours."""
    return Hand(pupil_id, name, **({"year": 1, "free": 240} | other))


def hint(times=0, *, same=None, days=None, fit=Fit.RIGHT):
    """So many times on the machine, the last so many days ago."""
    last = DAY - timedelta(days=days if days is not None else 7) if times else None
    return Hint(times, times if same is None else same, last, fit, DAY)


def propose(chores, hands, *, hints=None, refused=None, benches=None, **other):
    """A handout where everybody may do everything and nobody ever did."""
    known = hints or {}
    against = refused or {}
    return hand_out(
        DAY, chores, hands, {1: Bench("Tour", 480), 2: Bench("Scie", 240)} if benches is None else benches,
        verdict=lambda work, pupil: against.get((work.key, pupil.pupil_id)),
        hint=lambda work, pupil: known.get(pupil.pupil_id, hint()), **other,
    )  # fmt: skip


def who(found):
    """{work: pupil}"""
    return {one.chore.key: one.pupil_id for one in found.suggestions}


def why(found):
    """{work: cause}"""
    return {one.chore.key: one.cause.replace("\u00a0", " ") for one in found.leftovers}


class TestWho:
    def test_who_never_did_it_comes_first(self):
        found = propose([chore()], [hand(1), hand(2, "Inès")], hints={1: hint(3), 2: hint()})
        assert who(found) == {"BT1": 2}
        assert found.suggestions[0].reason == "Jamais fait"

    def test_then_who_is_most_rested_from_it(self):
        found = propose([chore()], [hand(1), hand(2, "Inès")], hints={1: hint(2, days=3), 2: hint(2, days=40)})
        assert who(found) == {"BT1": 2}
        assert found.suggestions[0].reason == "3ᵉ\u00a0fois, il y a 5\u00a0sem."

    def test_who_knows_it_well_leaves_it_to_others(self):
        known = {1: hint(9, fit=Fit.KNOWN, days=60), 2: hint(2, days=1)}
        assert who(propose([chore()], [hand(1), hand(2, "Inès")], hints=known)) == {"BT1": 2}

    @pytest.mark.parametrize(("days", "words"), [(-1, "En retard"), (1, "À livrer bientôt")])
    def test_urgent_work_goes_to_who_has_done_it(self, days, words):
        pressed = chore(due_on=DAY + timedelta(days=days))
        found = propose([pressed], [hand(1), hand(2, "Inès")], hints={1: hint(3), 2: hint()})
        assert who(found) == {"BT1": 1}
        assert found.suggestions[0].reason.startswith(words)

    def test_never_beyond_what_a_pupil_can_do_yet(self):
        found = propose([chore()], [hand()], hints={1: hint(fit=Fit.HARD)})
        assert why(found) == {"BT1": "Trop difficile encore pour ceux qui sont libres"}

    def test_the_late_is_placed_before_the_rest(self):
        late, later = chore("BT2", due_on=DAY - timedelta(days=3)), chore("BT1")
        found = propose([later, late], [hand(free=60)])
        assert who(found) == {"BT2": 1}
        assert why(found) == {"BT1": "Tous les jeunes ont du travail"}

    def test_two_tickets_a_half_day_are_enough_for_anybody(self):
        found = propose([chore(f"BT{n}") for n in range(5)], [hand(1), hand(2, "Inès")])
        assert sorted(who(found).values()) == [1, 1, 2, 2]

    def test_work_longer_than_the_half_day_fills_it(self):
        found = propose([chore(needs=(900, 800, 700))], [hand()])
        assert found.suggestions[0].minutes == 240


class TestWhyNot:
    def test_what_waits_says_for_what(self):
        assert why(propose([chore(waiting="Machine en panne")], [hand()])) == {"BT1": "Machine en panne"}

    def test_without_anybody(self):
        assert why(propose([chore()], [])) == {"BT1": "Aucun jeune en atelier cette demi-journée"}

    def test_a_full_machine_is_named(self):
        found = propose([chore()], [hand()], benches={1: Bench("Tour", 10)})
        assert why(found) == {"BT1": "Tour : plus de place cette demi-journée"}

    def test_a_machine_fills_up_as_work_is_placed(self):
        found = propose([chore("BT1"), chore("BT2")], [hand(1), hand(2, "Inès")], benches={1: Bench("Tour", 60)})
        assert len(found.suggestions) == 1
        assert "plus de place" in why(found)["BT2"]

    def test_nobody_may_and_why_with_counts(self):
        refused = {("BT1", 1): "Avis médical échu", ("BT1", 2): "Avis médical échu", ("BT1", 3): "Moins de 15 ans"}
        found = propose([chore()], [hand(1), hand(2), hand(3)], refused=refused)
        assert why(found) == {
            "BT1": "Personne de libre ne le peut : avis médical échu, moins de 15 ans"
        }  # fmt: skip

    def test_the_ceiling_of_a_master(self):
        slots = ({1: 7, 2: 7}, {7: 1})
        found = propose([chore("BT1"), chore("BT2", center_id=2)], [hand(1, free=60), hand(2, "Inès")], slots=slots)
        assert len({one.pupil_id for one in found.suggestions}) == 1

    def test_who_already_has_work_does_not_count_again(self):
        slots = ({1: 7, 2: 7}, {7: 0})
        found = propose([chore()], [hand(1, held=1), hand(2, "Inès")], slots=slots)
        assert who(found) == {"BT1": 1}


CHORES = st.lists(
    st.builds(
        Chore, st.uuids().map(str), st.integers(1, 3), st.integers(-5, 20).map(lambda n: DAY + timedelta(days=n)),
        st.tuples(*[st.integers(1, 500)] * 3), st.sampled_from([None, None, "Machine en panne"]),
    ),
    max_size=25, unique_by=lambda one: one.key,
)  # fmt: skip
HANDS = st.lists(
    st.builds(
        Hand, st.integers(1, 9), st.sampled_from("ABC"), st.integers(1, 3), st.integers(0, 240), st.integers(0, 2)
    ),
    max_size=9, unique_by=lambda one: one.pupil_id,
)  # fmt: skip


@given(CHORES, HANDS, st.dictionaries(st.integers(1, 3), st.integers(0, 480)), st.integers(0, 4))
def test_whatever_there_is_no_promise_is_broken(chores, hands, rooms, ceiling):
    benches = {center: Bench(f"M{center}", free) for center, free in rooms.items()}
    slots = ({one.pupil_id: one.pupil_id % 2 for one in hands}, {0: ceiling, 1: ceiling})
    refused = {(c.key, h.pupil_id): "Non" for n, c in enumerate(chores) for h in hands if (n + h.pupil_id) % 3 == 0}
    found = propose(chores, hands, benches=benches, slots=slots, refused=refused)
    assert sorted(one.chore.key for one in (*found.suggestions, *found.leftovers)) == sorted(c.key for c in chores)
    assert all(one.cause for one in found.leftovers)
    for one in hands:
        mine = [each for each in found.suggestions if each.pupil_id == one.pupil_id]
        assert sum(each.minutes for each in mine) <= one.free
        assert not any((each.chore.key, one.pupil_id) in refused for each in mine)
    for center, free in rooms.items():
        assert sum(each.minutes for each in found.suggestions if each.chore.center_id == center) <= free
    fresh = {each.pupil_id for each in found.suggestions} - {one.pupil_id for one in hands if one.held}
    assert all(sum(slots[0][pupil] == master for pupil in fresh) <= ceiling for master in (0, 1))
    assert found == propose(chores, hands, benches=benches, slots=slots, refused=refused)


@pytest.fixture
def day(db, login_as):
    """Karim is signed in, with Tom and Inès at practice; cutting is ready."""
    scene = arrange(db)
    login_as(scene.master)
    return scene


class TestPage:
    def test_it_proposes_the_half_day_that_runs_and_gives_nothing(self, client, day, db):
        page = client.get("/atelier/proposition")
        words = parse(page.text).text.replace("\u00a0", " ")
        assert "Proposition du mardi 24 novembre, matin" in words
        assert "Jamais fait" in words
        assert "Attend l’opération d’avant" in words
        assert db.scalar(select(func.count()).select_from(Ticket)) == 0

    def test_accepted_it_is_given_for_that_half_day(self, client, day, db):
        page = client.get("/atelier/proposition")
        answer = submit(client, page, "/atelier/proposition")
        assert answer.status_code == 303
        ticket = db.execute(select(Ticket)).scalar_one()
        assert (ticket.state, ticket.for_day, ticket.for_half) == (TicketState.ASSIGNED, today(), MORNING)

    def test_another_half_day_is_asked_for(self, client, day):
        make_session(day.db, day.group, staff=day.master, on_date=today() + timedelta(days=1))
        page = client.get("/atelier/proposition?moment=2026-11-25/morning")
        assert "Proposition du mercredi 25 novembre, matin" in page.text
        assert "Proposition du mardi 24 novembre, matin" in client.get("/atelier/proposition?moment=xyz").text

    def test_a_line_is_changed_before_it_is_accepted(self, client, day):
        page = client.get("/atelier/proposition")
        proposed = next(
            o for o in parse(page.text).all("option") if "selected" in o.attributes and "E-" in str(o.attributes)
        )
        other = "E-TOM" if proposed.attributes["value"] == "E-INES" else "E-INES"
        submit(client, page, "/atelier/proposition", **{"lines-0-pupil": other})
        holder = day.ticket(day.tickets()[0].number).assignments[0].pupil_id
        assert holder == (day.tom.id if other == "E-TOM" else day.ines.id)

    def test_every_line_left_out_is_told(self, client, day, db):
        page = client.get("/atelier/proposition")
        answer = submit(client, page, "/atelier/proposition", **{"lines-0-pupil": "non"})
        assert answer.status_code == 422
        assert "Gardez au moins une ligne" in answer.text
        assert db.scalar(select(func.count()).select_from(Ticket)) == 0

    def test_one_refusal_gives_nothing_and_stands_at_its_line(self, client, day, db):
        first = service.create_ticket(db, day.operations[0].id, quantity=4, by=day.by)
        page = client.get("/atelier/proposition")
        service.give_ticket(db, first, pupil_ids=[day.tom.id], by=day.by)
        answer = submit(client, page, "/atelier/proposition")
        assert answer.status_code == 422
        assert "a changé entre-temps : donné à Tom Aubry" in parse(answer.text).one("div", id="erreurs").text
        assert len(day.tickets()) == 1

    def test_what_was_chosen_stays_at_its_work_when_the_proposal_is_another(self, client, day, db):
        first = service.create_ticket(db, day.operations[0].id, quantity=4, by=day.by)
        second = service.create_ticket(db, day.operations[0].id, quantity=2, by=day.by)
        data = {"slot": "2026-11-24/morning", "lines-0-ticket": first.number, "lines-0-version": "1",
                "lines-0-pupil": "E-TOM", "lines-1-ticket": second.number, "lines-1-version": "1",
                "lines-1-pupil": "E-TOM"}  # fmt: skip
        service.give_ticket(db, first, pupil_ids=[day.ines.id], by=day.by)
        day.attendance(day.tom, Attendance.ABSENT)
        answer = client.post("/atelier/proposition", data=data)
        assert answer.status_code == 422
        assert list(errors(answer)) == ["lines-0-pupil"]
        assert "Tom ne peut pas prendre ce bon" in errors(answer)["lines-0-pupil"]
        assert (
            second.number in parse(answer.text).one("select", id="lines-0-pupil").text or second.number in answer.text
        )

    def test_one_line_alone_is_given(self, client, day, db):
        service.create_ticket(db, day.operations[0].id, quantity=4, by=day.by)
        page = client.get("/atelier/proposition")
        answer = submit(client, page, "/atelier/proposition", only="0")
        assert answer.headers["location"] == "/atelier/proposition?moment=2026-11-24%2Fmorning"
        assert [each.state for each in day.tickets()].count(TicketState.ASSIGNED) == 1

    def test_the_absent_are_left_out(self, client, day):
        day.attendance(day.tom, Attendance.ABSENT)
        assert "Tom Aubry" not in client.get("/atelier/proposition").text

    def test_without_practice_in_two_weeks_it_says_so(self, client, db, login_as):
        from app.core.permissions import Role

        make_school(db)
        login_as(Role.MASTER)
        assert "Pas d’atelier dans les deux semaines" in client.get("/atelier/proposition").text

    def test_it_costs_the_same_whatever_there_is(self, client, day, record_queries, db):
        from tests.factories import make_job, make_operation

        def count():
            with record_queries() as statements:
                assert client.get("/atelier/proposition").status_code == 200
            return len(statements)

        before = count()
        for place in range(8):
            day.pupil(f"Élève{place}")
            make_ticket(db, make_operation(db, make_job(db, operations=0)))
        assert count() == before
        assert before <= 32


class TestService:
    def test_a_line_that_names_nothing_is_refused(self, scene):
        given_, refused = service.hand_out_all(scene.db, [Gift(scene.tom.id, today(), MORNING)], by=scene.by)
        assert given_ == []
        assert "quel travail" in refused[0]

    def test_a_ticket_nobody_knows_is_told(self, scene):
        _, refused = service.hand_out_all(scene.db, [Gift(scene.tom.id, today(), MORNING, "BT1999-1")], by=scene.by)
        assert 0 in refused


class TestReplacement:
    def test_only_those_who_may_are_proposed_and_each_says_why(self, client, day, db):
        from app.machines.models import WorkCenter

        saw = db.execute(select(WorkCenter).where(WorkCenter.code == "SCIE")).scalar_one()
        adam = day.pupil("Adam", code="E-ADAM")
        saw.needs_permit = True
        ticket = service.give_operation(db, day.operations[0].id, pupil_ids=[day.tom.id], half=MORNING, by=day.by)
        make_clearance(db, adam, work_center=saw, kind="permit", result="alone")
        day.attendance(day.tom, Attendance.ABSENT)
        person, moves = queries.replacement(db, "E-TOM")
        assert person.code == "E-TOM"
        assert [(move.slip.number, move.half, bool(move.reason)) for move in moves] == [(ticket.number, MORNING, True)]
        assert {choice.code for choice in moves[0].choices} <= {"E-INES", "E-ADAM"}
        assert moves[0].proposed in {"E-INES", "E-ADAM"}

    def test_nobody_who_may_leaves_it_in_the_queue_with_the_cause(self, day, db):
        service.give_operation(db, day.operations[0].id, pupil_ids=[day.tom.id], half=MORNING, by=day.by)
        for pupil in (day.tom, day.ines):
            day.attendance(pupil, Attendance.ABSENT)
        _, moves = queries.replacement(db, "E-TOM")
        assert (moves[0].proposed, moves[0].reason) == ("", "Aucun jeune en atelier cette demi-journée")

    def test_who_is_most_rested_is_proposed(self, day, db):
        adam = day.pupil("Adam", code="E-ADAM")
        old = make_ticket(db, day.operations[0], pupil=day.ines, state=TicketState.DONE, quantity=1)
        make_work_session(db, old, day.ines)
        service.give_operation(db, day.operations[0].id, pupil_ids=[day.tom.id], half=MORNING, by=day.by)
        day.attendance(day.tom, Attendance.ABSENT)
        _, moves = queries.replacement(db, "E-TOM")
        assert moves[0].proposed == adam.code
