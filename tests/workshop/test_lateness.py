"""Every late job names its cause, what somebody must act on first."""

from datetime import date, timedelta

import pytest

from app.core.clock import today
from app.machines.rules import CenterState
from app.pedagogy.rules import Attendance
from app.workshop import service
from app.workshop.queries import Asked, today_board
from app.workshop.rules import InHand, Stuck, TicketState, lateness_order, why_late
from tests.workshop.scene import arrange

DAY = date(2026, 11, 24)
T = TicketState


def cause(*tickets, **other):
    """Why a job is late that stands at its turning, with spaces as one types them."""
    values = {"stopped": None, "waiting": None, "machine_free": 100} | other
    stuck = Stuck("Tournage", "Tour", tickets=sorted(tickets, key=lateness_order), **values)
    return why_late(stuck, DAY).replace("\u00a0", " ")


@pytest.mark.parametrize(("tickets", "other", "words"), [
    ((), {}, "« Tournage » est prêt, à donner"),
    ((), {"waiting": "Attend « Débit » : 0 pièce bonne"}, "Attend « Débit » : 0 pièce bonne"),
    ((), {"stopped": "Machine en panne"}, "Tour : machine en panne"),
    ((), {"machine_free": 0}, "Tour : pleine jusqu’à la fin de la journée"),
    ((), {"able": 0}, "« Tournage » : aucun jeune présent ne peut le faire"),
    ((), {"able": 2}, "« Tournage » est prêt, à donner"),
    ((InHand(T.RUNNING, "Tom"),), {}, "En cours, Tom"),
    ((InHand(T.ASSIGNED, "Tom"),), {}, "Donné à Tom, pas en route"),
    ((InHand(T.ASSIGNED, "Tom", for_day=DAY + timedelta(days=2)),), {}, "Donné à Tom pour le 26/11/2026"),
    ((InHand(T.PAUSED, "Tom", absent=True),), {}, "Tom est absent"),
    ((InHand(T.TO_RELEASE, "Tom"),), {"stopped": "Machine en panne"}, "À contrôler, fini par Tom"),
    ((InHand(T.RUNNING, "Tom"), InHand(T.BLOCKED, why_blocked="indice C")), {}, "Bloqué : indice C"),
])  # fmt: skip
def test_the_cause_is_named(tickets, other, words):
    assert cause(*tickets, **other) == words


class TestBoard:
    @pytest.fixture
    def late(self, db):
        """A job three days late that has not begun."""
        return arrange(db, due_on=today() - timedelta(days=3))

    @staticmethod
    def cause_of(scene):
        scene.db.flush()
        scene.db.expire_all()
        return today_board(scene.db, Asked(scene.master.id)).late_jobs[0].cause.replace("\u00a0", " ")

    def test_ready_work_is_to_give_and_can_be_taken_in_hand(self, late, client, login_as):
        assert self.cause_of(late) == "« Débit » est prêt, à donner"
        login_as(late.master)
        shown = client.get("/atelier").text
        assert "En retard, et pourquoi" in shown
        assert f"/atelier?operation={late.operations[0].id}" in shown

    def test_who_is_absent_is_named(self, late):
        service.give_operation(late.db, late.operations[0].id, pupil_ids=[late.tom.id], by=late.by)
        late.attendance(late.tom, Attendance.ABSENT)
        assert self.cause_of(late) == "Tom est absent"

    def test_a_blocked_ticket_gives_its_reason(self, late):
        ticket = service.create_ticket(late.db, late.operations[0].id, by=late.by)
        service.block_ticket(late.db, ticket, note="Nouvel indice C", by=late.by)
        assert self.cause_of(late) == "Bloqué : Nouvel indice C"

    def test_a_machine_out_of_service_is_named(self, late):
        late.operations[0].work_center.state = CenterState.DOWN
        assert self.cause_of(late).endswith("machine en panne")

    def test_what_is_not_late_is_not_listed(self, db):
        scene = arrange(db)
        assert today_board(db, Asked(scene.master.id)).late_jobs == []
