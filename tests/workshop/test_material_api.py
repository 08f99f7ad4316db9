"""The JSON door to material."""

import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.workshop.models import MaterialLot
from tests.factories import make_company
from tests.workshop.scene import arrange

BODY = {"label": "C45", "shape": "rond Ø30", "unit": "m", "quantity": "10", "certificate_kind": "3.1", "heat": "H-5567"}


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


def test_received_once_for_one_key(door):
    first = door("POST", "/material-lots", BODY, **{"Idempotency-Key": "k"})
    again = door("POST", "/material-lots", BODY, **{"Idempotency-Key": "k"})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["location"] == "/api/v1/material-lots/LOT2026-0001"
    assert door.day.db.scalar(select(func.count()).select_from(MaterialLot)) == 1


def test_the_whole_life_of_a_lot(door):
    door("POST", "/material-lots", BODY)
    path, job = "/material-lots/LOT2026-0001", door.day.job.number
    reserved = door("POST", f"{path}/moves", {"kind": "reserve", "quantity": "4", "job": job})
    assert (reserved.status_code, float(reserved.json()["free"]), float(reserved.json()["reserved"])) == (201, 6, 4)
    door("POST", f"{path}/moves", {"kind": "consume", "quantity": "4", "job": job})
    cut = door("POST", f"{path}/moves", {"kind": "offcut", "quantity": "1.5", "job": job, "place": "Bac 2"}).json()
    assert (cut["code"], cut["parent"], cut["heat"], cut["place"]) == (
        "LOT2026-0001-C1", "LOT2026-0001", "H-5567", "Bac 2",
    )  # fmt: skip
    lot = door("GET", path).json()
    assert (lot["off_cuts"], lot["certificate_state"], float(lot["stock"])) == (["LOT2026-0001-C1"], "missing", 6)
    (use,) = door("GET", f"/material-uses?order={door.day.order.number}").json()["items"]
    assert (use["lot"], use["job"], use["line"], float(use["consumed"]), float(use["off_cut"])) == (
        "LOT2026-0001", job, 1, 4, 1.5,
    )  # fmt: skip


def test_a_move_is_taken_back_once(door):
    door("POST", "/material-lots", BODY)
    door("POST", "/material-lots/LOT2026-0001/moves", {"kind": "loss", "quantity": "4", "note": "Rouille"})
    moves = door("GET", "/material-lots/LOT2026-0001/moves").json()["items"]
    assert [(m["kind"], m["note"], m["taken_back"]) for m in moves] == [
        ("loss", "Rouille", False), ("receive", None, False),
    ]  # fmt: skip
    back = door("POST", f"/material-moves/{moves[0]['id']}/reversal", {"note": "Erreur"})
    assert float(back.json()["stock"]) == 10
    assert door("POST", f"/material-moves/{moves[0]['id']}/reversal", {"note": "x"}).status_code == 409
    assert door("POST", "/material-moves/99999/reversal", {"note": "x"}).status_code == 404


def test_changed_with_its_version(door):
    door("POST", "/material-lots", BODY)
    lot = door("GET", "/material-lots/LOT2026-0001").json()
    body = {"label": "C45", "certificate_kind": "3.1", "certificate": "88123", "version": lot["version"]}
    assert door("PUT", "/material-lots/LOT2026-0001", body).json()["certificate_state"] == "no_file"
    assert door("PUT", "/material-lots/LOT2026-0001", body).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "reserve", "quantity": "11", "job": True}, "quantity"),
        ({"kind": "reserve", "quantity": "1"}, "job"),
        ({"kind": "offcut", "quantity": "1"}, "job"),
        ({"kind": "return", "quantity": "1"}, "kind"),
        ({"kind": "loss", "quantity": "1"}, "note"),
        ({"kind": "eaten", "quantity": "1"}, "kind"),
        ({"kind": "loss", "quantity": "-1", "note": "x"}, "quantity"),
    ],
)
def test_a_refused_move_names_its_field(door, body, field):
    door("POST", "/material-lots", BODY)
    body = body | ({"job": door.day.job.number} if body.get("job") else {})
    answer = door("POST", "/material-lots/LOT2026-0001/moves", body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


def test_the_list_by_owner_and_words(door):
    make_company(door.day.db, code="CLI", name="Lin d’Aube")
    door("POST", "/material-lots", BODY)
    door("POST", "/material-lots", {"label": "Toile", "unit": "m", "quantity": "40", "company": "CLI"})
    assert door("GET", "/material-lots").json()["total"] == 2
    assert [row["label"] for row in door("GET", "/material-lots?owner=school").json()["items"]] == ["C45"]
    (row,) = door("GET", "/material-lots?owner=client").json()["items"]
    assert (row["owner"], float(row["free"])) == ("Lin d’Aube", 40)
    assert door("GET", "/material-lots?q=5567").json()["total"] == 1
    assert door("GET", "/material-lots?owner=nobody").status_code == 422
    assert door("GET", "/material-lots/NUL").status_code == 404
    assert door("GET", "/material-uses?order=NUL").status_code == 404


def test_a_teacher_gets_nothing(client, door, bearer):
    headers = bearer(Role.TEACHER)
    assert client.get("/api/v1/material-lots", headers=headers).status_code == 403
    assert client.post("/api/v1/material-lots", json=BODY, headers=headers).status_code == 403
