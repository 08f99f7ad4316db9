"""Jobs and machines."""

from dataclasses import replace

import pytest

from app.core.errors import Refused, Stale
from app.core.journal import history
from app.orders.rules import OrderState
from app.workshop import queries, service
from app.workshop.rules import JobState
from app.workshop.service import Draft
from tests.factories import make_line
from tests.workshop.scene import arrange

ROUTING = (Draft("Débit", "SCIE", 600, 120), Draft("Tournage", "TOUR", 1800, 360))


@pytest.fixture
def line(scene):
    """A line without a job, of 2.5 metres."""
    from decimal import Decimal

    return make_line(scene.db, scene.order, label="Barre", quantity=Decimal("2.5"), unit="mètre")


def steps(db, job):
    """(number, label) of the routing."""
    return [(o.step.seq, o.step.label) for o in queries.routing_of_job(db, job.id).operations]


class TestCreate:
    def test_with_its_number_its_whole_quantity_and_operations_by_tens(self, scene, line):
        job = service.create_job(scene.db, line, operations=ROUTING, by=scene.by)
        assert (job.number, job.quantity, job.state, job.due_on) == (
            "OF2026-0001", 3, JobState.PLANNED, scene.order.due_on,
        )  # fmt: skip
        assert steps(scene.db, job) == [(10, "Débit"), (20, "Tournage")]
        assert history(scene.db, "job", job.id)[0].label == "OF2026-0001 créé : 3\u00a0pièces, 2 opérations"

    def test_numbers_given_are_kept_and_gaps_follow_by_ten(self, scene, line):
        drafts = [Draft("A", "SCIE", 0, 0, 15), Draft("B", "TOUR", 0, 0), Draft("C", "METRO", 0, 0, 5)]
        job = service.create_job(scene.db, line, operations=drafts, by=scene.by)
        assert steps(scene.db, job) == [(5, "C"), (15, "A"), (20, "B")]

    def test_a_line_has_one_job(self, scene, line):
        service.create_job(scene.db, line, operations=ROUTING, by=scene.by)
        with pytest.raises(Refused, match="déjà l’OF2026-0001"):
            service.create_job(scene.db, line, operations=ROUTING, by=scene.by)

    @pytest.mark.parametrize(
        ("drafts", "field"),
        [
            ((), "operations"),
            ((Draft("A", "NADA", 0, 0),), "operations-0-work_center"),
            ((Draft("A", "SCIE", 0, 0, 10), Draft("B", "SCIE", 0, 0, 10)), "operations-1-seq"),
            (tuple(Draft("A", "SCIE", 0, 0) for _ in range(61)), "operations"),
        ],
    )
    def test_a_wrong_routing_is_told_at_its_field(self, scene, line, drafts, field):
        with pytest.raises(Refused) as refused:
            service.create_job(scene.db, line, operations=drafts, by=scene.by)
        assert refused.value.field == field

    def test_not_for_an_order_that_is_over(self, db):
        scene = arrange(db, state=OrderState.DELIVERED)
        line = make_line(db, scene.order)
        with pytest.raises(Refused, match="plus rien ne s’y prépare"):
            service.create_job(db, line, operations=ROUTING, by=scene.by)


class TestChange:
    def change(self, scene, *drafts, **other):
        return service.change_routing(scene.db, scene.job, operations=drafts, by=scene.by, **other)

    def test_added_changed_and_removed_by_number(self, scene):
        self.change(scene, Draft("Sciage", "SCIE", 0, 60, 10), Draft("Fraisage", "TOUR", 0, 60, 15), quantity=12)
        assert steps(scene.db, scene.job) == [(10, "Sciage"), (15, "Fraisage")]
        assert scene.job.quantity == 12
        changes = {name: (old, new) for name, old, new in history(scene.db, "job", scene.job.id)[0].changes}
        assert changes["Opération 20"] == ("Tournage", "–")
        assert changes["Quantité"] == ("10", "12")

    def test_nothing_changed_is_no_deed(self, scene):
        drafts = queries.drafts_of_job(scene.db, scene.job.id)
        version = scene.job.version
        self.change(scene, *drafts)
        assert scene.job.version == version

    def test_an_operation_with_tickets_stays(self, scene):
        service.create_ticket(scene.db, scene.operations[1].id, by=scene.by)
        with pytest.raises(Refused, match="L’opération 20 a déjà des bons"):
            self.change(scene, Draft("Débit", "SCIE", 0, 0, 10))

    def test_none_comes_in_before_work_that_is_reported(self, scene):
        ticket = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.report_quantity(scene.db, ticket, counts=(2, 0), by=scene.by)
        drafts = queries.drafts_of_job(scene.db, scene.job.id)
        with pytest.raises(Refused, match="vient après elle"):
            self.change(scene, Draft("Réception", "METRO", 0, 0, 5), *drafts)
        self.change(scene, Draft("Ébavurage", "METRO", 0, 0, 15), *drafts)
        assert [seq for seq, _ in steps(scene.db, scene.job)] == [10, 15, 20, 30]

    def test_work_that_goes_on_stays_on_its_machine(self, scene):
        """The gate let the pupil start on the saw: nobody finds himself on the lathe with a running clock."""
        ticket = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        sawn, *others = queries.drafts_of_job(scene.db, scene.job.id)
        with pytest.raises(Refused, match="L’opération 10 est en cours") as refused:
            self.change(scene, replace(sawn, work_center="TOUR"), *others)
        assert refused.value.field == "operations-0-work_center"
        service.pause_ticket(scene.db, ticket, by=scene.by)
        self.change(scene, replace(sawn, work_center="TOUR"), *others)
        assert queries.routing_of_job(scene.db, scene.job.id).operations[0].center == "TOUR"

    def test_the_quantity_never_falls_below_what_is_good(self, scene):
        ticket = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.report_quantity(scene.db, ticket, counts=(6, 0), by=scene.by)
        drafts = queries.drafts_of_job(scene.db, scene.job.id)
        with pytest.raises(Refused, match="sont déjà bonnes"):
            self.change(scene, *drafts, quantity=5)

    def test_somebody_was_faster(self, scene):
        with pytest.raises(Stale, match="a été modifié"):
            self.change(scene, *ROUTING, seen_version=99)
