"""Routing templates: written, revised, copied into jobs that then are their own."""

import contextlib
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.clock import now
from app.core.errors import NotFound, Refused, Stale
from app.core.journal import history
from app.core.paging import ListRequest
from app.workshop import queries, service
from app.workshop.models import CheckPoint, CheckResult
from app.workshop.rules import CheckKind, CheckStage, Draft, PointDraft
from tests.factories import make_diploma, make_line, make_point, make_skill, make_template, make_ticket

D = Decimal
POINT = PointDraft("Ø12 H8", CheckKind.MEASURE, D(12), D(0), D("0.027"), seq=10)
ROUTING = (
    Draft("Débit", "SCIE", 600, 30, instruction="Barre en appui", difficulty=2),
    Draft("Tournage", "TOUR", 1800, 120, points=(POINT,), first_article=True),
)


@pytest.fixture
def template(scene):
    return service.create_template(
        scene.db, code="BR-050", label="Bride DN50", operations=ROUTING, by=scene.by
    )  # fmt: skip


def drafts(scene, template):
    scene.db.flush()
    return queries.drafts_of_template(scene.db, template.id)


def change(scene, template, operations, **other):
    found = queries.get_template(scene.db, template.code)
    return service.change_template(
        scene.db, found, label=other.pop("label", found.label), operations=operations, by=scene.by, **other
    )  # fmt: skip


class TestWriting:
    def test_a_new_one_says_all_it_was_asked_to(self, scene, template):
        first, second = drafts(scene, template)
        assert (first.seq, first.label, first.instruction, first.difficulty) == (10, "Débit", "Barre en appui", 2)
        assert (first.factor_1, first.factor_2, first.factor_3) == (3, D("2.5"), 2)
        assert (second.seq, second.first_article, second.points) == (20, True, (POINT,))
        assert history(scene.db, "routing_template", template.id)[0].label == "Gamme BR-050 créée : 2 opérations"

    @pytest.mark.parametrize(
        ("operations", "field"),
        [
            ((), "operations"),
            ((Draft("A", "NADA", 0, 0),), "operations-0-work_center"),
            ((Draft("A", "SCIE", 0, 0, 10), Draft("B", "SCIE", 0, 0, 10)), "operations-1-seq"),
            ((Draft("A", "SCIE", 0, 0, skill="C99"),), "operations-0-skill"),
            ((Draft("A", "SCIE", 0, 0, skills="C4 + C99"),), "operations-0-skills"),
            ((Draft("A", "SCIE", 0, 0, points=(replace(POINT, upper=D(-1)),)),), "operations-0-check_points-0-upper"),
            ((Draft("A", "SCIE", 0, 0, points=(POINT, POINT)),), "operations-0-check_points-1-seq"),
        ],
    )
    def test_what_is_wrong_is_told_at_its_field(self, scene, operations, field):
        make_skill(scene.db, make_diploma(scene.db), code="C4")
        with pytest.raises(Refused) as refused:
            service.create_template(scene.db, code="X", label="X", operations=operations, by=scene.by)
        assert refused.value.field == field

    def test_a_code_is_used_once(self, scene, template):
        with pytest.raises(Refused, match="déjà pris") as refused:
            service.create_template(scene.db, code="BR-050", label="X", operations=ROUTING, by=scene.by)
        assert refused.value.field == "code"

    def test_each_change_raises_the_revision_and_says_what(self, scene, template):
        stored = drafts(scene, template)
        change(scene, template, [replace(stored[0], setup_seconds=900), stored[1], Draft("Contrôle", "METRO", 0, 60)])
        assert (template.revision, template.version) == (2, 2)
        deed = history(scene.db, "routing_template", template.id)[0]
        changes = {label: (old, new) for label, old, new in deed.changes}
        assert deed.label == "Gamme modifiée : révision 2"
        assert changes["Opération 10"] == ("Réglage 10\u00a0min", "Réglage 15\u00a0min")
        assert changes["Opération 30"] == ("–", "Contrôle")

    def test_the_same_again_is_no_revision(self, scene, template):
        change(scene, template, drafts(scene, template))
        assert template.revision == 1

    def test_what_is_not_said_stays(self, scene, template):
        change(scene, template, [Draft("Débit", "SCIE", 700, 30, 10), Draft("Tournage", "TOUR", 1800, 120, 20)])
        first, second = drafts(scene, template)
        assert (first.setup_seconds, first.instruction, first.difficulty) == (700, "Barre en appui", 2)
        assert (second.points, second.first_article) == ((POINT,), True)

    def test_an_operation_goes_with_its_check_points(self, scene, template):
        change(scene, template, [Draft("Débit", "SCIE", 600, 30, 10)])
        assert [draft.seq for draft in drafts(scene, template)] == [10]

    def test_somebody_was_faster(self, scene, template):
        with pytest.raises(Stale, match="a été modifiée") as stale:
            change(scene, template, ROUTING, seen_version=9)
        assert stale.value.version == 1
        assert template.revision == 1

    def test_check_points_alone_make_a_revision(self, scene, template):
        found = queries.get_template(scene.db, "BR-050")
        operation = queries.template_operation(found, 20)
        wanted = [replace(POINT, every=1), PointDraft("Aspect", CheckKind.ATTRIBUTE)]
        service.change_template_points(scene.db, found, operation, points=wanted, seen_version=1, by=scene.by)
        assert [(p.seq, p.label, p.every) for p in drafts(scene, template)[1].points] == [
            (10, "Ø12 H8", 1), (20, "Aspect", 0),
        ]  # fmt: skip
        assert template.revision == 2
        service.change_template_points(
            scene.db, found, operation, points=drafts(scene, template)[1].points, by=scene.by
        )
        assert template.revision == 2

    def test_a_wrong_check_point_changes_nothing(self, scene, template):
        found = queries.get_template(scene.db, "BR-050")
        with pytest.raises(Refused) as refused:
            service.change_template_points(
                scene.db, found, queries.template_operation(found, 20), points=[replace(POINT, lower=D(2))],
                by=scene.by,
            )  # fmt: skip
        assert refused.value.field == "points-0-upper"
        assert drafts(scene, template)[1].points == (POINT,)

    def test_it_is_retired_and_comes_back(self, scene, template):
        service.retire_template(scene.db, template, by=scene.by)
        scene.db.flush()
        assert queries.proposals(scene.db, "Bride DN50") == []
        with pytest.raises(Refused, match="déjà retirée"):
            service.retire_template(scene.db, template, by=scene.by)
        service.restore_template(scene.db, template, by=scene.by)
        scene.db.flush()
        assert [each.code for each in queries.proposals(scene.db, "Bride DN50")] == ["BR-050"]
        with pytest.raises(Refused, match="n’est pas retirée"):
            service.restore_template(scene.db, template, by=scene.by)

    def test_a_copy_is_another_template(self, scene, template):
        copy = service.duplicate_template(scene.db, template, code="BR-051", label="Bride DN65", by=scene.by)
        assert drafts(scene, copy) == drafts(scene, template)
        change(scene, copy, [Draft("Débit", "SCIE", 1, 1, 10)])
        assert len(drafts(scene, template)) == 2

    def test_an_operation_nobody_has_is_not_found(self, scene, template):
        with pytest.raises(NotFound):
            queries.template_operation(queries.get_template(scene.db, "BR-050"), 99)


class TestCopying:
    def job(self, scene, template, **other):
        line = make_line(scene.db, scene.order, label="Bride DN50 spéciale")
        found = queries.get_template(scene.db, template.code)
        operations = other.pop("operations", None) or drafts(scene, template)
        operations = [replace(each, points=None) for each in operations]  # a page does not send them
        origin = service.origin_of_template(scene.db, found, **other)
        return service.create_job(scene.db, line, operations=operations, origin=origin, by=scene.by)

    def test_a_job_takes_operations_and_check_points_and_remembers_the_revision(self, scene, template):
        job = self.job(scene, template)
        assert queries.drafts_of_job(scene.db, job.id) == drafts(scene, template)
        assert (job.template_id, job.template_revision) == (template.id, 1)
        assert history(scene.db, "job", job.id)[0].label.endswith("gamme BR-050 révision 1")

    def test_later_revisions_never_touch_it(self, scene, template):
        job = self.job(scene, template)
        before = queries.drafts_of_job(scene.db, job.id)
        change(scene, template, [Draft("Fraisage", "METRO", 1, 1, 10, difficulty=4, points=())], label="Autre")
        service.retire_template(scene.db, template, by=scene.by)
        scene.db.flush()
        assert queries.drafts_of_job(scene.db, job.id) == before
        assert job.template_revision == 1

    def test_operations_changed_on_the_way_keep_their_check_points_by_number(self, scene, template):
        first, second = drafts(scene, template)
        job = self.job(scene, template, operations=[replace(second, label="Tournage CN"), replace(first, seq=5)])
        found = {draft.seq: draft for draft in queries.drafts_of_job(scene.db, job.id)}
        assert (found[20].label, found[20].points) == ("Tournage CN", (POINT,))
        assert found[5].points == ()

    def test_one_that_changed_since_it_was_read_is_not_copied(self, scene, template):
        change(scene, template, [Draft("Débit", "SCIE", 1, 1, 10)])
        with pytest.raises(Stale, match="révision 2"):
            self.job(scene, template, revision=1)

    def test_a_retired_one_is_not_copied(self, scene, template):
        service.retire_template(scene.db, template, by=scene.by)
        with pytest.raises(Refused, match="est retirée"):
            self.job(scene, template)

    def test_the_differences_are_offered_and_taken_over_one_by_one(self, scene, template):
        job = self.job(scene, template)
        stored = drafts(scene, template)
        change(scene, template, [replace(stored[0], setup_seconds=60), replace(stored[1], points=())])
        _, _, found = queries.differences_of_job(scene.db, job.number)
        assert [each.seq for each in found] == [10, 20]
        service.adopt_template(scene.db, job, template, seqs=[10], by=scene.by)
        _, _, found = queries.differences_of_job(scene.db, job.number)
        assert ([each.seq for each in found], job.template_revision) == ([20], 1)
        service.adopt_template(scene.db, job, template, seqs=[20], by=scene.by)
        assert queries.differences_of_job(scene.db, job.number)[2] == []
        assert job.template_revision == 2

    def test_nothing_chosen_is_told(self, scene, template):
        with pytest.raises(Refused) as refused:
            service.adopt_template(scene.db, self.job(scene, template), template, seqs=[], by=scene.by)
        assert refused.value.field == "seqs"

    def test_a_job_without_template_has_no_differences(self, scene):
        with pytest.raises(NotFound, match="aucune gamme"):
            queries.differences_of_job(scene.db, scene.job.number)

    def test_a_jobs_routing_becomes_a_template(self, scene):
        make_point(scene.db, scene.operations[0], seq=10, label="Ø12 H8")
        template = service.keep_routing(scene.db, scene.job, code="NEW", label="Pièce", by=scene.by)
        assert drafts(scene, template) == queries.drafts_of_job(scene.db, scene.job.id)
        assert (scene.job.template_id, scene.job.template_revision) == (template.id, 1)

    def test_the_same_article_comes_before_what_is_much_alike(self, scene, template):
        make_template(scene.db, code="AXE", label="Axe épaulé")
        line = make_line(scene.db, scene.order, label="Bride DN55")
        assert [each.key for each in queries.proposals(scene.db, line.label)] == ["BR-050"]
        scene.line().label = "Bride DN55"
        scene.db.flush()
        found = queries.proposals(scene.db, line.label)
        assert [(each.key, each.exact) for each in found] == [(scene.job.number, True), ("BR-050", False)]


class TestPointsOfJobs:
    @pytest.fixture
    def point(self, scene):
        return make_point(scene.db, scene.operations[0], seq=10, label="Ø12 H8")

    def result(self, scene, point):
        ticket = make_ticket(scene.db, scene.operations[0], pupil=scene.tom, master=scene.master)
        scene.db.add(
            CheckResult(
                point_id=point.id, ticket_id=ticket.id, stage=CheckStage.SELF, piece=1, value=D(12), conforms=True,
                at=now(), pupil_id=scene.tom.id,
            )
        )  # fmt: skip
        scene.db.flush()

    def put(self, scene, *points):
        operation = scene.operations[0]
        service.change_points(scene.db, scene.job, operation, points=points, by=scene.by)
        scene.db.flush()
        query = select(CheckPoint).where(CheckPoint.operation_id == operation.id).order_by(CheckPoint.seq)
        return [(p.seq, p.label, p.retired_at is not None) for p in scene.db.execute(query).scalars()]

    def test_without_results_it_is_changed_in_place(self, scene, point):
        assert self.put(scene, replace(POINT, label="Ø12 H7")) == [(10, "Ø12 H7", False)]
        assert self.put(scene) == []

    def test_with_results_it_is_retired_and_another_comes(self, scene, point):
        self.result(scene, point)
        assert self.put(scene, replace(POINT, label="Ø12 H7")) == [(10, "Ø12 H8", True), (20, "Ø12 H7", False)]
        assert point.upper == D("0.05")

    def test_with_results_and_taken_away_it_is_retired(self, scene, point):
        self.result(scene, point)
        assert self.put(scene) == [(10, "Ø12 H8", True)]
        assert queries.drafts_of_job(scene.db, scene.job.id)[0].points == ()
        assert self.put(scene, POINT) == [(10, "Ø12 H8", True), (20, "Ø12 H8", False)]

    def test_the_same_again_keeps_it_and_its_results(self, scene, point):
        self.result(scene, point)
        same = queries.drafts_of_job(scene.db, scene.job.id)[0].points
        version = scene.job.version
        assert self.put(scene, *same) == [(10, "Ø12 H8", False)]
        assert scene.job.version == version

    def test_it_is_written_down_and_somebody_faster_is_told(self, scene, point):
        self.put(scene, replace(POINT, every=1))
        deed = history(scene.db, "job", scene.job.id)[0]
        assert deed.label == "Points de contrôle de l’opération 10 modifiés"
        with pytest.raises(Stale):
            service.change_points(scene.db, scene.job, scene.operations[0], points=[], seen_version=1, by=scene.by)


class TestLists:
    def test_by_article_searched_and_by_state(self, scene, template):
        make_template(scene.db, code="AXE-1", label="Axe épaulé", retired_at=now())
        make_template(scene.db, code="VIS-1", label="Vis spéciale")

        def codes(q="", etat=""):
            request = ListRequest(q=q, sort="nom", filters={"etat": etat} if etat else {})
            return [row.code for row in queries.list_templates(scene.db, request).items]

        assert codes() == ["BR-050", "VIS-1"]
        assert codes(etat="retirees") == ["AXE-1"]
        assert codes(etat="toutes") == ["AXE-1", "BR-050", "VIS-1"]
        assert codes(q="speciale") == ["VIS-1"]
        assert codes(q="br-0") == ["BR-050"]

    def test_a_row_sums_its_operations(self, scene, template):
        (row,) = queries.list_templates(scene.db, ListRequest(sort="nom")).items
        assert (row.operations, row.setup_seconds, row.unit_seconds, row.points, row.jobs) == (2, 2400, 150, 1, 0)

    def test_it_costs_the_same_whatever_the_size(self, scene, template, query_budget):
        for _ in range(5):
            make_template(scene.db, operations=4)
        with query_budget(2):
            queries.list_templates(scene.db, ListRequest(sort="nom"))
        with query_budget(2):
            queries.proposals(scene.db, "Bride DN50")


DEEDS = st.lists(st.tuples(st.sampled_from(["times", "drop", "add", "points", "retire", "restore", "label"]),
                           st.integers(0, 500)), max_size=12)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deeds=DEEDS)
def test_whatever_becomes_of_a_template_the_copy_of_a_job_stays(scene, deeds):
    db = scene.db
    with contextlib.suppress(_Undo), db.begin_nested():
        template = service.create_template(db, code="WALK", label="Bride", operations=ROUTING, by=scene.by)
        db.flush()
        line = make_line(db, scene.order, label="Bride")
        origin = service.origin_of_template(db, template)
        copied = queries.drafts_of_template(db, template.id)
        job = service.create_job(db, line, operations=copied, origin=origin, by=scene.by)
        db.flush()
        for name, number in deeds:
            with contextlib.suppress(Refused):
                _do(db, name, number, by=scene.by)
            db.flush()
            assert queries.drafts_of_job(db, job.id) == copied
            assert (job.template_id, job.template_revision) == (template.id, 1)
        raise _Undo
    db.expire_all()


class _Undo(Exception):
    """Takes one walk back."""


def _do(db, name, number, *, by):
    template = queries.get_template(db, "WALK", lock=True)
    now_said = queries.drafts_of_template(db, template.id)
    if name == "points":
        points = [replace(POINT, label=f"Ø{number}")]
        service.change_template_points(db, template, template.operations[0], points=points, by=by)
    elif name in {"retire", "restore"}:
        {"retire": service.retire_template, "restore": service.restore_template}[name](db, template, by=by)
    else:
        changed = {
            "times": [replace(each, setup_seconds=number, difficulty=1 + number % 4) for each in now_said],
            "drop": now_said[1:], "label": now_said,
            "add": [*now_said, Draft(f"Phase {number}", "METRO", number, 1, 1000 + number)],
        }[name]  # fmt: skip
        label = f"Bride {number}" if name == "label" else template.label
        service.change_template(db, template, label=label, operations=changed, by=by)
