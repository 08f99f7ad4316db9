"""The clock a pupil sees: cut at breaks, ended with the half-day, and in nobody’s way when it was forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import School
from app.core.journal import history
from app.kiosk.rules import clock_words, dimension_words, next_stop
from app.workshop import service as workshop
from app.workshop.models import WorkSession
from app.workshop.queries import get_ticket
from app.workshop.rules import EndCause, TicketState
from tests.factories import make_school
from tests.support.html import parse
from tests.workshop.scene import at


@pytest.fixture
def given(stage, db, clock):
    """Inès has started to saw at half past nine: the ticket’s number."""
    ticket = workshop.give_operation(
        db, stage.scene.operations[0].id, pupil_ids=[stage.scene.ines.id], by=stage.scene.by
    )  # fmt: skip
    workshop.start_ticket(db, ticket, pupil_id=stage.scene.ines.id, by=stage.scene.by)
    db.flush()
    return ticket.number


def _shown(sit, number):
    """The page of the ticket: (time on the clock, its moment of start for the script, whether « Pause » is there)."""
    page = parse(sit("Inès").get(f"/tablette/bons/{number}").text)
    clock = next(one for one in page.all("div") if "data-clock" in one.attributes)
    pause = page.all("form", id="pause")
    hidden = not pause or "hidden" in pause[0].attributes
    return page.one("p", class_="kiosk__clock").text, clock.attributes.get("data-since"), not hidden


def _sessions(db):
    return [(one.started_at, one.ended_at, one.end_cause) for one in db.scalars(select(WorkSession))]


class TestForgotten:
    def test_the_time_shown_ends_with_the_half_day(self, sit, given, clock):
        clock.set(at(13, 30))
        words, since, may_pause = _shown(sit, given)
        assert "2\u00a0h\u00a030" in words
        assert (since, may_pause) == (None, False)
        assert "En pause" in sit("Inès").get("/tablette/bons").text

    def test_going_on_ends_it_where_the_half_day_did_and_starts_anew(self, sit, given, clock, db):
        clock.set(at(13, 30))
        assert sit("Inès").post(f"/tablette/bons/{given}/debut").status_code == 303
        assert _sessions(db) == [(at(9, 30), at(12), EndCause.END_OF_HALF_DAY), (at(13, 30), None, None)]
        assert "Arrêt automatique à 12:00 : Inès Haddad" in [
            one.label for one in history(db, "ticket", get_ticket(db, given).id)
        ]

    def test_another_ticket_may_be_started(self, sit, stage, given, clock, db):
        scene = stage.scene
        other = workshop.give_operation(db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by, quantity=1)
        clock.set(at(13, 30))
        assert sit("Inès").post(f"/tablette/bons/{other.number}/debut").status_code == 303
        assert get_ticket(db, given).state == TicketState.PAUSED

    def test_a_clock_of_this_half_day_still_stands_in_the_way(self, sit, stage, given, db):
        scene = stage.scene
        other = workshop.give_operation(db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by, quantity=1)
        assert "Mets-le en pause" in sit("Inès").post(f"/tablette/bons/{other.number}/debut").text
        assert len(_sessions(db)) == 1

    def test_nobody_else_s_is_stopped(self, sit, stage, given, clock, db):
        scene = stage.scene
        toms = workshop.give_operation(db, scene.operations[1].id, pupil_ids=[scene.tom.id], by=scene.by, quantity=1)
        workshop.start_ticket(db, toms, pupil_id=scene.tom.id, by=scene.by)
        clock.set(at(13, 30))
        sit("Inès").post(f"/tablette/bons/{given}/debut")
        assert [one.ended_at for one in db.scalars(select(WorkSession).where(WorkSession.ticket_id == toms.id))] == [
            None
        ]


class TestBreak:
    @pytest.fixture(autouse=True)
    def pause_at_ten(self, db):
        (db.get(School, 1) or make_school(db)).daily_breaks = "10:00-10:15"

    def test_the_clock_stands_and_the_work_goes_on_by_itself(self, sit, given, clock):
        clock.set(at(10, 5))
        words, since, may_pause = _shown(sit, given)
        assert "0\u00a0h\u00a030" in words
        assert (since, may_pause) == (None, True)

    def test_after_it_the_clock_counts_from_its_end(self, sit, given, clock):
        clock.set(at(10, 20))
        words, since, may_pause = _shown(sit, given)
        assert "0\u00a0h\u00a035" in words
        assert (since, may_pause) == (str(int(at(10, 15).timestamp() * 1000)), True)


class TestWords:
    def test_the_next_stop_has_a_moment_for_the_script(self):
        assert next_stop(at(9), [(at(8), at(12))]) == ("Fin à 12\u00a0h, dans 3\u00a0h\u00a000", at(12))
        assert next_stop(at(12), [(at(8), at(12))]) == ("", None)

    def test_less_than_a_minute_is_one(self):
        assert next_stop(at(11, 59) + timedelta(seconds=30), [(at(8), at(12))])[0] == "Fin à 12\u00a0h, dans 1\u00a0min"

    @pytest.mark.parametrize(
        ("label", "tolerance", "words"),
        [
            ("Ø12", "Ø12 ±0,05", "Ø12 ±0,05"),
            ("Ø16 h9", "Ø16 0/−0,043", "Ø16 h9 0/−0,043"),
            ("Longueur", "40 ±0,1", "Longueur 40 ±0,1"),
            ("Bavures", "", "Bavures"),
            ("Ø1", "Ø12 ±0,05", "Ø1 Ø12 ±0,05"),
        ],
    )
    def test_a_dimension_is_said_once(self, label, tolerance, words):
        assert dimension_words(label, tolerance) == words

    def test_being_over_is_told_without_a_reproach(self):
        assert clock_words(4500, 3600) == "sur 1\u00a0h\u00a000. Tu as dépassé de 15\u00a0min."


class TestWaysOn:
    def test_from_a_ticket_the_name_leads_to_my_tickets(self, sit, given):
        link = parse(sit("Inès").get(f"/tablette/bons/{given}").text).one("a", class_="kiosk__who")
        assert link.attributes["href"] == "/tablette/bons"
        assert "Mes bons" in link.text

    def test_a_blocked_ticket_says_whom_to_call(self, sit, stage, given, db):
        ticket = get_ticket(db, given, lock=True)
        workshop.block_ticket(db, ticket, note="Attend la Société Secrète", by=stage.scene.by)
        text = parse(sit("Inès").get(f"/tablette/bons/{given}").text).one("main").text
        assert "Ce bon est bloqué. Appelle Karim." in text
        assert "Secrète" not in text

    def test_the_master_s_instruction_is_read_before_starting(self, sit, stage, given, db):
        stage.scene.operations[0].instruction = "Pièce serrée, clé retirée."
        db.flush()
        assert "Pièce serrée, clé retirée." in sit("Inès").get(f"/tablette/bons/{given}").text

    def test_what_was_learnt_is_asked_once_the_work_is_handed_in(self, sit, given):
        tablet = sit("Inès")
        assert tablet.get(f"/tablette/bons/{given}/bilan").headers["location"] == f"/tablette/bons/{given}"
        assert (
            "Finis d’abord ce bon."
            in tablet.post(f"/tablette/bons/{given}/bilan", data={"sentence": "J’ai scié."}).text
        )
