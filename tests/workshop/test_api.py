"""The JSON door to the workshop."""

import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.pedagogy.rules import Attendance
from app.workshop import service
from app.workshop.models import Ticket
from app.workshop.rules import TicketState
from tests.workshop.scene import arrange

BODY = {"order": "CDE-2026-0007", "line": 1, "operation": 10}


@pytest.fixture
def door(client, db, bearer):
    """A program that acts for Karim, and the day it acts on."""
    scene = arrange(db)
    headers = bearer(scene.master)

    class Door:
        day = scene

        def __call__(self, method, path, body=None, **more):
            return client.request(method, f"/api/v1{path}", json=body, headers=headers | more)

    return Door()


class TestOperations:
    def test_the_report_has_exactly_the_agreed_keys(self, door):
        ticket = service.give_operation(
            door.day.db, door.day.operations[0].id, pupil_ids=[door.day.tom.id], by=door.day.by
        )
        service.report_quantity(door.day.db, ticket, counts=(4, 1), by=door.day.by)
        answer = door("GET", "/operations?order=CDE-2026-0007")
        assert answer.status_code == 200
        assert list(answer.json()) == ["items"]
        common = {"order": "CDE-2026-0007", "line": 1, "booked_minutes": 0}
        assert answer.json()["items"] == [
            common | {"operation": 10, "work_center": "SCIE", "good": 4, "scrap": 1, "state": "running"},
            common | {"operation": 20, "work_center": "TOUR", "good": 0, "scrap": 0, "state": "ready"},
            common | {"operation": 30, "work_center": "METRO", "good": 0, "scrap": 0, "state": "waiting"},
        ]

    def test_an_unknown_order_is_not_found_and_none_is_asked_for(self, door):
        assert door("GET", "/operations?order=X").status_code == 404
        assert door("GET", "/operations").status_code == 422


class TestTickets:
    def test_created_once_for_one_key_and_given_at_once(self, door):
        body = BODY | {"pupils": ["E-TOM"]}
        first = door("POST", "/tickets", body, **{"Idempotency-Key": "k"})
        again = door("POST", "/tickets", body, **{"Idempotency-Key": "k"})
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        assert first.headers["location"] == "/api/v1/tickets/BT2026-00001"
        assert (first.json()["state"], first.json()["pupils"], first.json()["quantity"]) == ("assigned", ["E-TOM"], 10)
        assert door.day.db.scalar(select(func.count()).select_from(Ticket)) == 1

    def test_the_whole_life_of_a_ticket(self, door, clock):
        door("POST", "/tickets", BODY)
        path = "/tickets/BT2026-00001"
        given = door("PUT", f"{path}/assignment", {"pupils": ["E-TOM"], "version": 1})
        assert given.json()["pupils"] == ["E-TOM"]
        assert door("POST", f"{path}/start").json()["state"] == "running"
        clock.advance(minutes=30)
        stated = door("POST", f"{path}/quantity-reports", {"good": 3, "scrap": 1, "reason": "Outil"})
        assert stated.status_code == 201
        assert door("POST", f"{path}/pause", {}).json()["booked_minutes"] == 30
        done = door("POST", f"{path}/finish", {"good": 5}).json()
        assert (done["state"], done["good"], done["scrap"], done["pupils"]) == ("done", 8, 1, [])
        report = done["quantity_reports"][0]["id"]
        back = door("POST", f"/quantity-reports/{report}/reversal", {"reason": "Mal compté"}).json()
        assert (back["good"], back["scrap"]) == (5, 0)
        assert [r["reverses"] for r in back["quantity_reports"]] == [None, None, report]
        assert door("POST", f"/quantity-reports/{report}/reversal", {"reason": "x"}).status_code == 409
        assert door("POST", f"{path}/reopen", {"note": "Il en manque"}).json()["state"] == "paused"

    def test_an_absent_pupil_is_refused_at_its_field_and_no_ticket_is_left(self, door):
        door.day.attendance(door.day.tom, Attendance.ABSENT)
        answer = door("POST", "/tickets", BODY | {"pupils": ["E-TOM"]})
        assert answer.status_code == 422
        assert "Tom ne peut pas prendre ce bon" in answer.json()["errors"]["pupils"]
        door.day.db.expire_all()
        assert door.day.db.scalar(select(func.count()).select_from(Ticket)) == 0

    def test_the_second_on_one_ticket_is_told_who_and_what(self, door):
        door("POST", "/tickets", BODY)
        path = "/tickets/BT2026-00001/assignment"
        assert door("PUT", path, {"pupils": ["E-TOM"], "version": 1}).status_code == 200
        answer = door("PUT", path, {"pupils": ["E-INES"], "version": 1})
        assert answer.status_code == 409
        assert "par Karim Benali" in answer.json()["detail"]
        assert {"field": "Donné à", "yours": "Inès Haddad", "stored": "Tom Aubry"} in answer.json()["changes"]

    def test_nobody_is_a_ticket_taken_back(self, door):
        door("POST", "/tickets", BODY | {"pupils": ["E-TOM", "E-INES"]})
        answer = door("PUT", "/tickets/BT2026-00001/assignment", {"pupils": []})
        assert (answer.json()["state"], answer.json()["pupils"]) == ("open", [])

    def test_too_many_pieces_are_refused(self, door):
        door("POST", "/tickets", BODY | {"operation": 20, "pupils": ["E-TOM"]})
        answer = door("POST", "/tickets/BT2026-00001/quantity-reports", {"good": 1})
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["good"]

    def test_wrong_bodies_are_named_field_by_field(self, door):
        answer = door("POST", "/tickets", BODY | {"quantity": -1, "line": "x", "colour": 1})
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == {"quantity", "line", "colour"}
        assert door("POST", "/tickets", BODY | {"pupils": ["E-NOBODY"]}).status_code == 422
        assert door("POST", "/tickets", BODY | {"operation": 99}).status_code == 404
        assert door("POST", "/tickets/BT2026-00009/start").status_code == 404
        assert door("POST", f"/quantity-reports/{10**19}/reversal", {"reason": "x"}).status_code == 422

    def test_time_entered_by_a_program(self, door):
        door("POST", "/tickets", BODY | {"pupils": ["E-TOM"]})
        body = {"day": "2026-11-24", "start": "08:00", "end": "09:15", "good": 2}
        answer = door("POST", "/tickets/BT2026-00001/work-sessions", body)
        assert answer.status_code == 201
        assert (answer.json()["booked_minutes"], answer.json()["good"]) == (75, 2)
        assert door("POST", "/tickets/BT2026-00001/work-sessions", body).status_code == 422
        session = answer.json()["work_sessions"][0]["id"]
        back = door("POST", f"/work-sessions/{session}/reversal", {"reason": "Autre bon"})
        assert back.json()["booked_minutes"] == 0
        assert back.json()["work_sessions"][0]["reversed"] is True

    def test_split_cancel_and_list(self, door):
        door("POST", "/tickets", BODY)
        other = door("POST", "/tickets/BT2026-00001/split", {"quantity": 4})
        assert (other.status_code, other.json()["number"], other.json()["quantity"]) == (201, "BT2026-00002", 4)
        assert door("POST", "/tickets/BT2026-00002/cancel", {"note": "Trop"}).json()["state"] == "cancelled"
        listed = door("GET", "/tickets?state=open&order=CDE-2026-0007").json()
        assert [row["number"] for row in listed["items"]] == ["BT2026-00001"]
        assert door("GET", "/tickets?size=1").json()["total"] == 2
        assert door("GET", "/tickets?pupil=E-TOM").json()["items"] == []

    def test_who_only_reads_writes_nothing(self, client, door, bearer):
        office = bearer(Role.OFFICE)
        assert client.get("/api/v1/tickets", headers=office).status_code == 200
        assert client.post("/api/v1/tickets", json=BODY, headers=office).status_code == 403
        assert client.get("/api/v1/tickets", headers=bearer(Role.TEACHER)).status_code == 403


def test_both_doors_leave_the_same_trace(client, door, login_as):
    """The page's gesture and the program's write the same rows."""
    service.create_ticket(door.day.db, door.day.operations[0].id, quantity=5, by=door.day.by)
    service.create_ticket(door.day.db, door.day.operations[0].id, quantity=5, by=door.day.by)
    door("PUT", "/tickets/BT2026-00001/assignment", {"pupils": ["E-TOM"], "version": 1})
    login_as(door.day.master)
    client.post("/atelier/bons/BT2026-00002/affectation", data={"pupil": "E-TOM", "version": "1"})
    first, second = door.day.ticket("BT2026-00001"), door.day.ticket("BT2026-00002")
    assert first.state == second.state == TicketState.ASSIGNED
    assert (first.version, first.for_day) == (second.version, second.for_day)
    assert [a.master_id for a in first.assignments] == [a.master_id for a in second.assignments]


class TestJobs:
    def test_a_job_is_made_changed_and_read(self, door, db):
        from tests.factories import make_line

        line = make_line(db, door.day.order, label="Bague")
        body = {"order": "CDE-2026-0007", "line": line.line_no, "operations": [
            {"label": "Débit", "work_center": "SCIE", "unit_minutes": "2.5"},
            {"label": "Tournage", "work_center": "TOUR", "setup_minutes": "30", "unit_minutes": "6"},
        ]}  # fmt: skip
        made = door("POST", "/jobs", body)
        assert made.status_code == 201
        job = made.json()
        assert [o["operation"] for o in job["operations"]] == [10, 20]
        assert job["state"] == "planned"
        change = {"version": job["version"], "operations": body["operations"][:1]}
        assert len(door("PUT", f"/jobs/{job['number']}", change).json()["operations"]) == 1
        assert door("PUT", f"/jobs/{job['number']}", change).status_code == 409
        assert door("GET", f"/jobs/{job['number']}").json()["version"] == 2
        again = door("POST", "/jobs", body)
        assert again.status_code == 409
        assert "a déjà l’OF2026-0001" in again.json()["detail"]


def test_machines_are_listed_with_their_load(door):
    found = {row["code"]: row for row in door("GET", "/work-centers").json()["items"]}
    assert set(found) == {"SCIE", "TOUR", "METRO"}
    assert found["TOUR"]["load_minutes"] == 60
