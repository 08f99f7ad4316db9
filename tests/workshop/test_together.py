"""Pages and JSON of batches, help, kinds of work and the day: what a person or a program sends, what comes back."""

import re

import pytest
from sqlalchemy import select

from app.core.permissions import Role
from app.workshop import service
from app.workshop.models import WorkSession
from app.workshop.rules import SessionWork, TicketState
from tests.support.html import errors, parse, submit
from tests.workshop.scene import arrange, at


@pytest.fixture
def scene(db, login_as):
    """Karim signed in; Tom with two tickets in hand."""
    found = arrange(db)
    login_as(found.master)
    return found


@pytest.fixture
def tickets(scene):
    """Tom's tickets, on the saw and on the lathe."""
    return [
        service.give_operation(scene.db, operation.id, pupil_ids=[scene.tom.id], by=scene.by)
        for operation in scene.operations[:2]
    ]


@pytest.fixture
def later(scene, clock, login_as):
    """Move the clock, and sign Karim in again."""

    def move(moment):
        clock.set(moment)
        login_as(scene.master)

    return move


def text_of(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


def sessions(scene):
    """The stored times."""
    scene.db.flush()
    scene.db.expire_all()
    return scene.db.execute(select(WorkSession).order_by(WorkSession.id)).scalars().all()


BATCH = "/atelier/jeunes/E-TOM/ensemble"


class TestBatchPage:
    def test_from_the_ticket_to_the_end(self, client, scene, tickets, later):
        assert BATCH in client.get(f"/atelier/bons/{tickets[0].number}").text
        page = client.get(BATCH)
        assert "Mener des bons ensemble" in text_of(page)
        answer = submit(client, page, BATCH, **{"lines-0-take": "true", "lines-1-take": "true"})
        assert answer.headers["location"].endswith(BATCH)
        page = client.get(BATCH)
        assert "Tom mène 2 bons ensemble" in text_of(page)
        later(at(10))
        service.report_quantity(scene.db, scene.ticket(tickets[0].number), counts=(8, 0), by=scene.by)
        answer = submit(client, page, "/fin", **{"done-0-good": "2", "done-1-good": "7", "done-1-scrap": "1"})
        assert answer.status_code == 303
        stored = [scene.ticket(each.number) for each in tickets]
        assert [(t.state, t.good, t.scrap) for t in stored] == [(TicketState.DONE, 10, 0), (TicketState.DONE, 7, 1)]
        assert sum(t.booked_seconds for t in stored) == 1800

    def test_paused_as_one_and_seen_on_the_ticket(self, client, scene, tickets, later):
        service.start_batch(scene.db, tickets, pupil_id=scene.tom.id, by=scene.by)
        later(at(9, 50))
        assert "Bons menés ensemble" in text_of(client.get(f"/atelier/bons/{tickets[0].number}"))
        assert client.post(f"{BATCH}/pause").status_code == 303
        assert all(scene.ticket(each.number).state == TicketState.PAUSED for each in tickets)
        assert "50 % du temps" in text_of(client.get(f"/atelier/bons/{tickets[0].number}"))
        assert client.post(f"{BATCH}/pause").status_code == 409

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "au moins deux bons"),
            ({"lines-0-take": "true"}, "au moins deux bons"),
            ({"lines-0-take": "true", "lines-1-take": "true", "lines-0-share": "60", "lines-1-share": "30"}, "90"),
        ],
    )
    def test_what_is_no_batch_is_told_and_kept(self, client, scene, tickets, changes, words):
        answer = submit(client, client.get(BATCH), BATCH, **changes)
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert "Rien n’est enregistré" in text_of(answer)
        assert sessions(scene) == []

    def test_too_many_pieces_are_told_at_their_field(self, client, scene, tickets):
        service.start_batch(scene.db, tickets, pupil_id=scene.tom.id, by=scene.by)
        answer = submit(client, client.get(BATCH), "/fin", **{"done-0-good": "1", "done-1-good": "3"})
        assert answer.status_code == 422
        assert "il en reste 1" in errors(answer)["done-1-good"]

    def test_with_one_ticket_it_says_that_two_are_needed(self, client, scene):
        assert "Il faut deux bons" in text_of(client.get(BATCH))

    def test_nobody_of_that_name(self, client, scene):
        assert client.get("/atelier/jeunes/E-XXX/ensemble").status_code == 404

    def test_who_only_reads_may_not(self, client, scene, login_as):
        login_as(Role.OFFICE)
        assert client.get(BATCH).status_code == 403


class TestWorkAndHelp:
    def test_the_pupil_goes_over_to_another_kind_of_work(self, client, scene, tickets, later):
        service.start_ticket(scene.db, tickets[0], kind=SessionWork.SETUP, by=scene.by)
        later(at(9, 45))
        url = f"/atelier/bons/{tickets[0].number}"
        assert "Réglage" in text_of(client.get(url))
        assert client.post(f"{url}/travail", data={"kind": "run", "pupil": "E-TOM"}).status_code == 303
        assert [(s.kind, s.ended_at) for s in sessions(scene)] == [
            (SessionWork.SETUP, at(9, 45)), (SessionWork.RUN, None),
        ]  # fmt: skip
        assert "Choisissez réglage" in client.post(f"{url}/travail", data={"kind": "sieste"}).text

    def test_nothing_running_is_told(self, client, scene, tickets):
        answer = client.post(f"/atelier/bons/{tickets[0].number}/travail", data={"kind": "run"})
        assert answer.status_code == 409
        assert "ne travaille pas sur ce bon" in answer.text

    def test_help_is_begun_and_ended_on_the_ticket(self, client, scene, tickets, later):
        service.start_ticket(scene.db, tickets[0], by=scene.by)
        url = f"/atelier/bons/{tickets[0].number}"
        page = client.get(f"{url}/aide")
        assert "Tom Aubry" not in text_of(page)
        assert submit(client, page, "/aide", pupil="").status_code == 422
        assert submit(client, page, "/aide", pupil="E-INES").status_code == 303
        later(at(9, 50))
        shown = client.get(url)
        assert "Fin de l’aide" in text_of(shown)
        assert client.post(f"{url}/aide/fin", data={"pupil": "E-INES"}).status_code == 303
        assert client.post(f"{url}/aide/fin", data={"pupil": "E-INES"}).status_code == 409
        assert scene.ticket(tickets[0].number).booked_seconds == 1200

    def test_help_on_what_rests_is_refused_on_the_page(self, client, scene, tickets):
        answer = client.post(f"/atelier/bons/{tickets[0].number}/aide", data={"pupil": "E-INES"})
        assert answer.status_code == 422
        assert "Personne ne travaille sur ce bon" in answer.text

    def test_a_time_by_hand_says_on_what(self, client, scene, tickets):
        url = f"/atelier/bons/{tickets[0].number}/temps"
        data = {"day": "24/11/2026", "start": "08:00", "end": "08:30", "kind": "check"}
        assert client.post(url, data=data).status_code == 303
        session = sessions(scene)[0]
        assert session.kind == SessionWork.CHECK
        page = client.get(f"/atelier/pointages/{session.id}/correction")
        assert submit(client, page, "/correction", kind="setup", note="C’était le réglage").status_code == 303
        assert sessions(scene)[-1].kind == SessionWork.SETUP
        assert client.post(url, data=data | {"kind": "sieste"}).status_code == 422


class TestApi:
    def test_a_batch_from_start_to_finish(self, client, scene, tickets, later):
        numbers = [each.number for each in tickets]
        body = {
            "pupil": "E-TOM",
            "lines": [{"ticket": n, "share": s} for n, s in zip(numbers, ("40", "60"), strict=True)],
        }
        answer = client.post("/api/v1/batches", json=body)
        assert answer.status_code == 201
        assert answer.json()["tickets"] == numbers
        later(at(10))
        assert client.post("/api/v1/batches/pause", json={"pupil": "E-TOM"}).json() == {"tickets": numbers}
        document = client.get(f"/api/v1/tickets/{numbers[0]}").json()
        assert (document["booked_minutes"], document["machine_minutes"]) == (12, 12)
        assert document["work_sessions"][0]["share"] == "40.00"
        assert document["work_sessions"][0]["batch"] == answer.json()["batch"]
        client.post("/api/v1/batches", json=body)
        done = {"pupil": "E-TOM", "done": [{"ticket": numbers[0], "good": 4}, {"ticket": numbers[1], "good": 9}]}
        refused = client.post("/api/v1/batches/finish", json=done)
        assert refused.status_code == 422
        done["done"][1]["good"] = 4
        assert client.post("/api/v1/batches/finish", json=done).status_code == 200

    def test_shares_that_make_no_hundred_are_refused_at_their_field(self, client, scene, tickets):
        lines = [{"ticket": each.number, "share": "40"} for each in tickets]
        answer = client.post("/api/v1/batches", json={"pupil": "E-TOM", "lines": lines})
        assert answer.status_code == 422
        assert "Les parts font 80" in answer.json()["errors"]["tickets"]

    def test_the_day_is_read_and_confirmed(self, client, scene, tickets, later):
        service.start_ticket(scene.db, tickets[0], by=scene.by)
        later(at(17))
        day = client.get("/api/v1/work-days/2026-11-24").json()
        line = day["lines"][0]
        assert (line["automatic"], line["to_confirm"], line["ended_at"]) == (True, True, None)
        assert line["ends_at"] == "2026-11-24T11:00:00Z"
        assert day["pupils"] == [{"pupil": "E-TOM", "minutes": 150}]
        body = {"lines": [{"session": line["id"], "end": "11:00"}]}
        done = client.post("/api/v1/work-days/2026-11-24/validation", json=body)
        assert (done.status_code, done.json()["lines"], done.json()["corrected"]) == (201, 1, 1)
        assert client.post("/api/v1/work-days/2026-11-24/validation", json=body).status_code == 409
        assert client.get("/api/v1/work-days/2026-11-24").json()["lines"][0]["validated"] is True

    def test_work_and_help(self, client, scene, tickets, later):
        service.start_ticket(scene.db, tickets[0], by=scene.by)
        later(at(9, 40))
        url = f"/api/v1/tickets/{tickets[0].number}"
        assert client.post(f"{url}/kind", json={"kind": "check"}).json()["kind"] == "check"
        assert client.post(f"{url}/help", json={"pupil": "E-INES"}).json()["kind"] == "help"
        later(at(9, 50))
        assert client.post(f"{url}/help/stop", json={"pupil": "E-INES"}).json()["minutes"] == 10
        assert client.post(f"{url}/help/stop", json={"pupil": "E-INES"}).status_code in {409, 422}
