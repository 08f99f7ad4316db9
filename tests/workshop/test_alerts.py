"""A machine out of service: nothing starts on it, and the board says so, with the papers that end."""

from datetime import timedelta

import pytest

from app.core.clock import now, today
from app.core.errors import Refused
from app.core.permissions import Role
from app.machines.models import GateSetting
from app.machines.rules import CenterState
from app.machines.rules.settings import CEILING
from app.machines.service import set_state
from app.workshop import service
from app.workshop.queries.alerts import alerts
from tests.factories import actor_of, make_clearance, make_pupil, make_school, make_staff
from tests.support.words import text_of


@pytest.fixture
def ticket(scene):
    """Tom's ticket for ten pieces to cut."""
    return service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)


def saw(scene, state=CenterState.DOWN, note="Courroie cassée."):
    center = scene.operations[0].work_center
    set_state(scene.db, center, state, note=note, seen_version=None, by=scene.by)
    scene.db.flush()
    return center


def test_nothing_starts_on_a_machine_that_is_down(scene, ticket):
    saw(scene)
    with pytest.raises(Refused, match=r"en panne\u00a0: Courroie cassée. Aucun bon n’y démarre.") as refused:
        service.start_ticket(scene.db, ticket, by=scene.by)
    assert refused.value.told == "Cette machine est arrêtée. Demande à ton maître."
    saw(scene, CenterState.IN_SERVICE)
    assert service.start_ticket(scene.db, ticket, by=scene.by)


def test_work_goes_on_being_given_for_when_it_is_back(scene):
    saw(scene, CenterState.MAINTENANCE, "Vidange")
    assert service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)


def test_the_board_names_machines_and_papers(client, login_as, scene):
    login_as(scene.master)
    assert "échéance" not in text_of(client.get("/atelier"))
    center = saw(scene)
    make_clearance(scene.db, scene.tom, on_date=today() - timedelta(days=400))
    words = text_of(client.get("/atelier"))
    assert f"{center.label} en panne" in words
    assert "1 échéance, 1 dépassée" in words


def test_papers_are_told_to_those_who_may_read_them(scene):
    make_clearance(scene.db, make_pupil(scene.db, scene.group), on_date=today() - timedelta(days=350))
    teacher = actor_of(make_staff(scene.db, Role.TEACHER))
    assert alerts(scene.db, scene.by).ending == 1
    assert alerts(scene.db, teacher).ending == 0


def test_too_many_pupils_are_refused_or_only_told_of(client, login_as, scene, ticket):
    make_school(scene.db).pupils_per_master = 1
    scene.db.flush()
    with pytest.raises(Refused, match="L’école a fixé 1"):
        service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by)
    scene.db.add(GateSetting(check=CEILING, blocks=False, starts_on=today(), at=now()))
    scene.db.flush()
    service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by)
    scene.db.flush()
    login_as(scene.master)
    assert "2 jeunes pour Karim Benali, matin : 1 au plus" in text_of(client.get("/atelier"))
