"""Tickets held up: clocks stop, nobody gives or starts them, and they go back to where they stood."""

import pytest

from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.workshop import queries, service
from app.workshop.models import WorkSession
from app.workshop.rules import EndCause, TicketState
from tests.factories import make_ticket
from tests.support.html import parse, submit

S = TicketState
NOTE = "Plan à revoir avec le client"


@pytest.fixture
def ticket(scene):
    return make_ticket(scene.db, scene.operations[0], pupil=scene.tom, master=scene.master)


def block(scene, ticket, **options):
    found = service.block_ticket(scene.db, scene.ticket(ticket.number), note=NOTE, by=scene.by, **options)
    scene.db.flush()
    return found


class TestBlocking:
    @pytest.mark.parametrize("state", [S.OPEN, S.ASSIGNED, S.PAUSED, S.REJECTED])
    def test_it_goes_back_to_where_it_stood(self, scene, state):
        pupil = None if state == S.OPEN else scene.tom
        ticket = make_ticket(scene.db, scene.operations[0], pupil=pupil, master=scene.master, state=state)
        block(scene, ticket)
        found = scene.ticket(ticket.number)
        assert (found.state, found.blocked_from, found.blocked_reason) == (S.BLOCKED, state, NOTE)
        service.unblock_ticket(scene.db, found, by=scene.by)
        found = scene.ticket(ticket.number)
        assert (found.state, found.blocked_from, found.blocked_reason) == (state, None, None)
        assert [assignment.ended_at for assignment in found.assignments] == ([] if pupil is None else [None])

    def test_running_work_stops_and_comes_back_paused(self, scene, ticket, clock):
        service.start_ticket(scene.db, scene.ticket(ticket.number), by=scene.by)
        scene.db.flush()
        clock.advance(minutes=20)
        block(scene, ticket)
        (session,) = scene.db.query(WorkSession).all()
        assert (session.end_cause, session.ended_at is None) == (EndCause.MASTER, False)
        found = scene.ticket(ticket.number)
        assert (found.booked_seconds, found.blocked_from) == (1200, S.PAUSED)
        service.unblock_ticket(scene.db, found, by=scene.by)
        assert found.state == S.PAUSED

    @pytest.mark.parametrize("state", [S.DONE, S.CANCELLED, S.BLOCKED, S.TO_RELEASE])
    def test_what_is_over_is_not_blocked(self, scene, state):
        ticket = make_ticket(scene.db, scene.operations[0], state=state)
        with pytest.raises(Refused):
            block(scene, ticket)

    def test_it_is_written_down_with_its_reason(self, scene, ticket):
        block(scene, ticket)
        service.unblock_ticket(scene.db, scene.ticket(ticket.number), by=scene.by)
        scene.db.flush()
        freed, blocked = history(scene.db, "ticket", ticket.id)[:2]
        assert (blocked.label, blocked.note) == ("Bloqué", NOTE)
        assert freed.label == "Débloqué"

    def test_who_read_an_older_page_changes_nothing(self, scene, ticket):
        with pytest.raises(Stale):
            block(scene, ticket, seen_version=ticket.version + 1)
        assert scene.ticket(ticket.number).state == S.ASSIGNED

    def test_a_cancelled_ticket_is_blocked_no_more(self, scene, ticket):
        block(scene, ticket)
        found = service.cancel_ticket(scene.db, scene.ticket(ticket.number), note="Fini", by=scene.by)
        assert (found.state, found.blocked_reason, found.blocked_from) == (S.CANCELLED, None, None)


class TestWhileItIsBlocked:
    @pytest.mark.parametrize(
        "deed",
        [
            lambda s, t: service.give_ticket(s.db, t, pupil_ids=[s.ines.id], by=s.by),
            lambda s, t: service.start_ticket(s.db, t, by=s.by),
            lambda s, t: service.finish_ticket(s.db, t, counts=(1, 0), by=s.by),
            lambda s, t: service.take_back(s.db, t, by=s.by),
        ],
        ids=["give", "start", "finish", "take_back"],
    )
    def test_every_gesture_says_why_not(self, scene, ticket, deed):
        block(scene, ticket)
        with pytest.raises(Refused) as refused:
            deed(scene, scene.ticket(ticket.number))
        assert refused.value.sentence == f"Le {ticket.number} est bloqué : {NOTE}. Débloquez-le d’abord."
        assert scene.ticket(ticket.number).state == S.BLOCKED

    def test_somebody_absent_passes_it_on_still_blocked(self, scene, ticket):
        block(scene, ticket)
        found = scene.ticket(ticket.number)
        service.replace_holder(scene.db, found, pupil_id=scene.tom.id, by=scene.by)
        found = scene.ticket(ticket.number)
        assert (found.state, found.blocked_from) == (S.BLOCKED, S.OPEN)
        service.unblock_ticket(scene.db, found, by=scene.by)
        assert found.state == S.OPEN

    def test_the_board_shows_it_among_the_blocked_with_the_reason(self, scene):
        ticket = make_ticket(scene.db, scene.operations[0])
        block(scene, ticket)
        board = queries.today_board(scene.db, queries.Asked(None, mine=False, ticket=ticket.number))
        (item,) = [each for each in board.of("bloques") if each.ticket]
        assert (item.ticket, item.waiting, item.tone) == (ticket.number, f"Bloqué\u00a0: {NOTE}", "blocked")
        assert board.hand is None
        assert "il est bloqué" in board.why_not_in_hand

    def test_in_a_pupils_day_it_takes_no_time(self, scene, ticket):
        def row():
            board = queries.today_board(scene.db, queries.Asked(None, mine=False))
            return next(each for each in board.rows if each.person.id == scene.tom.id)

        free = row().free(0)
        block(scene, ticket)
        assert row().free(0) > free
        assert [slip.tone for half in row().halves for slip in half.slips] == ["blocked"]


class TestPages:
    def test_a_master_blocks_with_a_reason_and_frees_again(self, client, scene, ticket, login_as):
        login_as(scene.master)
        address = f"/atelier/bons/{ticket.number}/blocage"
        empty = submit(client, client.get(address), note="")
        assert empty.status_code == 422
        assert "Ce champ est à remplir." in empty.text
        assert submit(client, client.get(address), note=NOTE).status_code == 303
        page = client.get(f"/atelier/bons/{ticket.number}")
        assert "Ce bon est bloqué." in parse(page.text).text
        assert NOTE in parse(page.text).text
        assert client.post(f"/atelier/bons/{ticket.number}/deblocage").status_code == 303
        assert scene.ticket(ticket.number).state == S.ASSIGNED
        again = client.post(f"/atelier/bons/{ticket.number}/deblocage")
        assert again.status_code == 409
        assert client.get(f"/atelier/bons/{ticket.number}/blocage").status_code == 200

    def test_the_same_by_json(self, client, scene, ticket, bearer):
        master = bearer(Role.MASTER)
        address = f"/api/v1/tickets/{ticket.number}"
        assert client.post(f"{address}/block", json={}, headers=master).status_code == 422
        blocked = client.post(f"{address}/block", json={"note": NOTE}, headers=master).json()
        assert (blocked["state"], blocked["blocked"]) == ("blocked", NOTE)
        assert client.post(f"{address}/start", headers=master).status_code == 409
        freed = client.post(f"{address}/unblock", headers=master).json()
        assert (freed["state"], freed["blocked"]) == ("assigned", None)
        assert client.post(f"{address}/unblock", headers=bearer(Role.OFFICE)).status_code == 403
