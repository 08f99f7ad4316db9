"""The home of each role and the search, through the browser's door."""

from datetime import date

import pytest

from app.core.permissions import Role
from app.machines.rules import CenterState
from app.orders.rules import OrderState
from tests.factories import (
    make_clearance,
    make_company,
    make_group,
    make_lot,
    make_order,
    make_pupil,
    make_session,
    make_work_center,
)
from tests.factories.world import make_world


def test_an_empty_school_is_told_how_to_begin(client, login_as):
    login_as(Role.DIRECTOR)
    page = client.get("/").text
    assert "L’école est encore vide." in page
    assert "/reprise" in page


def test_the_director_sees_what_to_decide_then_the_figures(client, db, login_as):
    login_as(Role.DIRECTOR)
    make_world(db, 3)
    make_order(db, state=OrderState.CONFIRMED, due_on=date(2026, 11, 1))
    page = client.get("/").text
    assert "en retard" in page
    for words in ("Part de pratique", "Réussite", "Carnet de commandes", "Promesses d’embauche par diplômé"):
        assert words in page


def test_the_master_goes_straight_to_the_workshop(client, login_as):
    login_as(Role.MASTER)
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/atelier")


def test_the_office_sees_orders_to_invoice(client, db, login_as):
    login_as(Role.OFFICE)
    make_order(db, state=OrderState.DELIVERED, delivered_on=date(2026, 11, 20))
    page = client.get("/").text
    assert "1\u00a0commande livrée à facturer" in page


def test_papers_that_end_and_machines_that_are_down_are_told(client, db, login_as):
    pupil = make_pupil(db)
    make_clearance(db, pupil, on_date=date(2025, 12, 1))
    make_clearance(db, make_pupil(db), on_date=date(2025, 11, 1))
    make_work_center(db, label="Scie à ruban", state=CenterState.DOWN)
    for role in (Role.DIRECTOR, Role.OFFICE):
        login_as(role)
        page = client.get("/").text
        assert "2\u00a0échéances de sécurité." in page
        assert "Dont 1 dépassée." in page
        assert "1\u00a0machine hors service." in page
        assert "/securite/echeances" in page
    login_as(Role.TEACHER)
    assert "échéance" not in client.get("/").text


def test_the_teacher_sees_the_day_and_what_is_missing(client, db, login_as):
    staff = login_as(Role.TEACHER)
    group = make_group(db)
    today = make_session(db, group, staff=staff, on_date=date(2026, 11, 24), start_minute=600, end_minute=720)
    make_session(db, group, staff=staff, on_date=date(2026, 11, 19))
    page = client.get("/").text
    assert "10\u00a0h à 12\u00a0h" in page
    assert f"/appels/{today.id}" in page
    assert "1\u00a0appel non fait" in page


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OFFICE, Role.TEACHER])
def test_a_home_costs_the_same_with_ten_times_the_school(client, db, login_as, record_queries, role):
    login_as(role)
    make_world(db, 2)
    with record_queries() as few:
        assert client.get("/").status_code == 200
    make_world(db, 20)
    with record_queries() as many:
        client.get("/")
    assert len(many) == len(few)


def test_the_search_finds_orders_pupils_and_clients_without_accents(client, db, login_as):
    login_as(Role.DIRECTOR)
    make_company(db, "Éclats de Métal", code="C900")
    make_pupil(db, make_group(db), code="E900", first_name="Élise", last_name="Jeanpierre")
    make_order(db, number="CDE-2026-0900")
    assert "Éclats de Métal" in client.get("/chercher?q=eclats").text
    assert "Élise Jeanpierre" in client.get("/chercher?q=jeanp").text
    assert "/commandes/CDE-2026-0900" in client.get("/chercher?q=2026-0900").text
    assert "Rien ne correspond" in client.get("/chercher?q=zzzz").text


def test_the_search_finds_material_by_its_heat_number_for_those_who_may(client, db, login_as):
    make_lot(db, code="LOT-X", heat="H-5567")
    login_as(Role.OFFICE)
    assert "/atelier/matiere/LOT-X" in client.get("/chercher?q=h-5567").text
    login_as(Role.TEACHER)
    assert "LOT-X" not in client.get("/chercher?q=h-5567").text


def test_the_search_shows_nobody_what_they_may_not_open(client, db, login_as):
    login_as(Role.TEACHER)
    make_company(db, "Éclats de Métal")
    make_order(db, number="CDE-2026-0900")
    assert "Rien ne correspond" in client.get("/chercher?q=eclats").text
    assert "Rien ne correspond" in client.get("/chercher?q=0900").text
