"""Pupils who call from a tablet, and masters who come."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import Refused
from app.core.journal import history
from app.core.permissions import Role
from app.workshop import queries, service
from app.workshop.models import HelpRequest
from app.workshop.rules import HelpReason, HelpState, help_state
from tests.factories import actor_of
from tests.support.html import parse, submit
from tests.workshop.scene import at


def test_a_call_is_open_until_somebody_comes_and_over_after_a_quarter_of_an_hour():
    asked, answered = at(9, 0), at(9, 4)
    assert help_state(None, None, now=at(9, 5)) == HelpState.NONE
    assert help_state(asked, None, now=at(9, 5)) == HelpState.OPEN
    assert help_state(asked, answered, now=at(9, 18)) == HelpState.COMING
    assert help_state(asked, answered, now=at(9, 19)) == HelpState.NONE


class TestAsking:
    def test_a_pupil_calls_and_a_master_comes(self, db, scene):
        call = service.ask_help(db, scene.ines, by=scene.by)
        assert [(each.name, each.label) for each in queries.open_calls(db)] == [("Inès Haddad", "Demande de l’aide")]
        assert queries.own_call(db, scene.ines.id).state == HelpState.OPEN
        service.answer_help(db, service.get_call(db, call.id), by=scene.by)
        db.flush()
        assert queries.open_calls(db) == []
        own = queries.own_call(db, scene.ines.id)
        assert (own.state, own.who) == (HelpState.COMING, "Karim")
        assert queries.own_call(db, scene.tom.id).state == HelpState.NONE
        told = [deed.label for deed in history(db, "help_request", call.id)]
        assert told == ["Karim Benali arrive", "Inès Haddad : demande de l’aide"]

    def test_calling_twice_is_one_call(self, db, scene):
        first = service.ask_help(db, scene.ines, by=scene.by)
        again = service.ask_help(db, scene.ines, reason=HelpReason.FIRST_ARTICLE, by=scene.by)
        assert again.id == first.id
        assert len(db.scalars(select(HelpRequest)).all()) == 1

    def test_what_nobody_answered_yesterday_does_not_swallow_todays_call(self, db, scene, clock):
        service.ask_help(db, scene.ines, by=scene.by)
        clock.advance(days=1)
        service.ask_help(db, scene.ines, by=scene.by)
        assert [call.name for call in queries.open_calls(db)] == ["Inès Haddad"]

    def test_trouble_with_a_tablet_does_not_swallow_a_call(self, db, scene):
        for reason in (HelpReason.KEPT, HelpReason.TABLET_LOCKED, HelpReason.KEPT, HelpReason.HELP):
            service.ask_help(db, scene.ines, reason=reason, by=scene.by)
        calls = queries.open_calls(db)
        assert [(call.reason, call.is_trouble) for call in calls] == [
            ("kept", True), ("tablet_locked", True), ("help", False)
        ]  # fmt: skip

    def test_a_call_is_answered_once(self, db, scene):
        call = service.ask_help(db, scene.ines, by=scene.by)
        service.answer_help(db, call, by=scene.by)
        with pytest.raises(Refused, match="déjà répondu"):
            service.answer_help(db, call, by=scene.by)

    def test_a_call_of_yesterday_is_over(self, db, scene, clock):
        service.ask_help(db, scene.ines, by=scene.by)
        clock.set(now() + timedelta(hours=13))
        assert queries.open_calls(db) == []
        assert queries.own_call(db, scene.ines.id).state == HelpState.NONE

    def test_a_locked_tablet_is_no_call_of_the_pupil(self, db, scene):
        service.ask_help(db, scene.ines, reason=HelpReason.TABLET_LOCKED, by=scene.by)
        assert queries.own_call(db, scene.ines.id).state == HelpState.NONE
        assert queries.open_calls(db)[0].is_trouble


class TestBoard:
    def test_the_board_shows_who_waits_and_answers_in_one_gesture(self, client, login_as, db, scene):
        login_as(scene.master)
        call = service.ask_help(db, scene.ines, by=actor_of(scene.master))
        shown = client.get("/atelier")
        assert "Appelle depuis" in parse(shown.text).one("tr", data_pupil=str(scene.ines.id)).text
        answer = submit(client, shown, f"/atelier/appels/{call.id}/reponse")
        assert answer.status_code == 303
        assert "Appelle depuis" not in client.get("/atelier").text

    def test_a_tablet_to_look_at_stands_above_the_board(self, client, login_as, db, scene):
        login_as(scene.master)
        service.ask_help(db, scene.ines, reason=HelpReason.TABLET_LOCKED, by=scene.by)
        assert (
            "Inès Haddad" in parse(client.get("/atelier").text).one("section", aria_label="Appels des tablettes").text
        )

    def test_who_only_reads_the_board_cannot_answer(self, client, login_as, db, scene):
        call = service.ask_help(db, scene.ines, by=scene.by)
        login_as(Role.OFFICE)
        shown = client.get("/atelier").text
        assert "Appelle depuis" in shown
        assert "J’y suis" not in shown
        assert client.post(f"/atelier/appels/{call.id}/reponse").status_code == 403
        assert client.post("/atelier/appels/999999/reponse").status_code == 403

    def test_no_such_call_is_not_found(self, client, login_as, scene):
        login_as(scene.master)
        assert client.post("/atelier/appels/999999/reponse").status_code == 404
