"""Routing templates and check points on the pages and by JSON."""

import pytest
from sqlalchemy import select

from app.core.permissions import Role
from app.workshop import queries
from app.workshop.models import Job, RoutingTemplate
from tests.factories import make_line, make_point, make_template
from tests.support.html import errors, parse, submit


@pytest.fixture
def master(client, scene, login_as):
    return login_as(scene.master)


@pytest.fixture
def template(scene):
    center = scene.operations[1].work_center
    return make_template(scene.db, code="BR-050", label="Bride DN50", center=center)


def text_of(answer):
    return parse(answer.text).text


def stored(scene, code="BR-050"):
    scene.db.expire_all()
    return scene.db.execute(select(RoutingTemplate).where(RoutingTemplate.code == code)).scalar_one()


class TestTemplates:
    def test_the_list_is_searched_and_exported(self, client, scene, template, master):
        assert "Bride DN50" in text_of(client.get("/atelier/gammes?q=bride"))
        assert "Aucune gamme ne correspond" in text_of(client.get("/atelier/gammes?q=zzz"))
        assert "BR-050" in client.get("/atelier/gammes/export.csv").text

    def test_without_any_the_page_says_how_to_begin(self, client, scene, master):
        assert "Aucune gamme pour l’instant" in text_of(client.get("/atelier/gammes"))

    def test_one_is_written_on_one_page_with_all_its_fields(self, client, scene, master):
        page = client.get("/atelier/gammes/nouvelle")
        assert len(parse(page.text).all("tr", class_="lines__more")) == 3
        answer = submit(
            client, page, code="AX-1", label="Axe", **{
                "operations-0-label": "Tournage", "operations-0-work_center": "TOUR",
                "operations-0-unit_minutes": "7,5", "operations-0-setup_minutes": "30",
                "operations-0-difficulty": "3", "operations-0-factor_1": "3,5",
                "operations-0-instruction": "Mandrin serré.\nLunettes.", "operations-0-ppe": "lunettes; bouchons",
                "operations-0-qualification": "B0", "operations-0-first_article": "true",
            },
        )  # fmt: skip
        assert answer.status_code == 303
        (draft,) = queries.drafts_of_template(scene.db, stored(scene, "AX-1").id)
        assert (draft.unit_seconds, draft.setup_seconds, draft.difficulty) == (450, 1800, 3)
        assert (str(draft.factor_1), str(draft.factor_2)) == ("3.50", "2.50")
        assert (draft.instruction, draft.ppe) == (
            "Mandrin serré.\r\nLunettes.".replace("\r\n", "\n"),
            "lunettes ; bouchons",
        )
        assert (draft.qualification, draft.first_article) == ("B0", True)
        shown = text_of(client.get("/atelier/gammes/AX-1"))
        assert "3,5 en 1re année, 2,5 en 2e, 2 en 3e" in shown
        assert "À valider par le maître avant la série" in shown

    def test_rows_come_and_go_without_losing_what_was_typed(self, client, scene, master):
        page = client.get("/atelier/gammes/nouvelle")
        more = submit(client, page, add="1", label="Axe", **{"operations-1-factor_1": "4"})
        assert more.status_code == 422
        assert 'name="operations-3-label"' in more.text
        less = submit(client, more, remove="0")
        assert 'name="operations-0-label"' not in less.text
        assert 'value="Axe"' in less.text

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"code": "BR-050"}, "code"), ({"code": "A/B"}, "code"), ({"label": ""}, "label"),
            ({"operations-0-work_center": ""}, "operations-0-work_center"),
            ({"operations-0-factor_2": "0"}, "operations-0-factor_2"),
            ({"operations-0-factor_3": "vite"}, "operations-0-factor_3"),
            ({"operations-0-difficulty": "9"}, "operations-0-difficulty"),
            ({"operations-0-skills": "C99"}, "operations-0-skills"),
            ({"operations-0-skill": "C99"}, "operations-0-skill"),
            ({"operations-0-unit_minutes": "-1"}, "operations-0-unit_minutes"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_told_where_it_was_typed(self, client, scene, template, master, changes, field):
        page = client.get("/atelier/gammes/nouvelle")
        fine = {"code": "AX-1", "label": "Axe", "operations-0-label": "X", "operations-0-work_center": "TOUR"}
        answer = submit(client, page, **(fine | changes))
        assert answer.status_code == 422
        assert field in errors(answer)
        assert scene.db.execute(select(RoutingTemplate.id).where(RoutingTemplate.code == "AX-1")).first() is None

    def test_a_change_is_a_revision_and_clears_what_was_emptied(self, client, scene, template, master):
        page = client.get("/atelier/gammes/BR-050/modifier")
        first = submit(client, page, "/BR-050", **{"operations-0-instruction": "Doucement"})
        assert first.status_code == 303
        assert stored(scene).revision == 2
        page = client.get("/atelier/gammes/BR-050/modifier")
        submit(client, page, "/BR-050", **{"operations-0-instruction": ""})
        assert queries.drafts_of_template(scene.db, stored(scene).id)[0].instruction == ""
        assert stored(scene).revision == 3

    def test_two_at_once_the_second_sees_that_it_changed(self, client, scene, template, master):
        one = client.get("/atelier/gammes/BR-050/modifier")
        submit(client, one, "/BR-050", label="Bride A")
        late = submit(client, one, "/BR-050", label="Bride B")
        assert late.status_code == 409
        assert "a été modifiée" in text_of(late)
        assert stored(scene).label == "Bride A"
        assert submit(client, late, "/BR-050").status_code == 303
        assert stored(scene).label == "Bride B"

    def test_it_is_retired_brought_back_and_copied(self, client, scene, template, master):
        assert client.post("/atelier/gammes/BR-050/retrait").status_code == 303
        again = client.post("/atelier/gammes/BR-050/retrait")
        assert again.status_code == 409
        assert "déjà retirée" in text_of(again)
        assert "Cette gamme n’est plus proposée" in text_of(client.get("/atelier/gammes/BR-050"))
        assert client.post("/atelier/gammes/BR-050/retour").status_code == 303
        page = client.get("/atelier/gammes/BR-050/copie")
        assert "code" in errors(submit(client, page, code="BR-050"))
        assert submit(client, page, code="BR-051", label="Bride DN65").status_code == 303
        assert stored(scene, "BR-051").label == "Bride DN65"

    def test_the_routing_of_a_job_becomes_one(self, client, scene, master):
        page = client.get(f"/atelier/of/{scene.job.number}/en-gamme")
        assert submit(client, page, code="NEW-1").status_code == 303
        assert stored(scene, "NEW-1").label == scene.line().label
        again = client.get(f"/atelier/of/{scene.job.number}/en-gamme")
        assert "code" in errors(submit(client, again, code="NEW-1"))

    def test_only_who_plans_changes_them(self, client, scene, template, login_as):
        login_as(Role.OFFICE)
        assert client.get("/atelier/gammes/BR-050").status_code == 200
        assert "Modifier la gamme" not in client.get("/atelier/gammes/BR-050").text
        assert client.get("/atelier/gammes/BR-050/modifier").status_code == 403
        assert client.post("/atelier/gammes/BR-050/retrait").status_code == 403
        assert client.get("/atelier/gammes/NADA").status_code == 404


class TestPoints:
    address = "/atelier/gammes/BR-050/operations/10/controles"

    def test_they_are_written_on_a_page_of_their_own(self, client, scene, template, master):
        page = client.get(self.address)
        answer = submit(
            client, page, **{
                "points-0-upper": "+0,018", "points-0-every": "1", "points-0-is_key": "true",
                "points-1-label": "Aspect", "points-1-kind": "attribute",
            },
        )  # fmt: skip
        assert answer.status_code == 303
        first, second = queries.drafts_of_template(scene.db, stored(scene).id)[0].points
        assert (first.tolerance, first.every, first.is_key, first.gauge) == ("Ø12 +0,018/0", 1, True, "Tampon")
        assert (second.seq, second.label, second.kind) == (20, "Aspect", "attribute")
        assert stored(scene).revision == 2

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"points-0-lower": "1"}, "points-0-upper"),
            ({"points-0-lower": "11,95", "points-0-upper": "12,05"}, "points-0-lower"),
            ({"points-0-lower": "", "points-0-upper": ""}, "points-0-lower"),
            ({"points-0-kind": "attribute"}, "points-0-nominal"), ({"points-0-label": ""}, "points-0-label"),
            ({"points-0-upper": "douze"}, "points-0-upper"), ({"points-0-upper": "1,00001"}, "points-0-upper"),
            ({"points-0-kind": "x"}, "points-0-kind"), ({"points-0-every": "-1"}, "points-0-every"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_told_where_it_was_typed(self, client, scene, template, master, changes, field):
        answer = submit(client, client.get(self.address), **changes)
        assert answer.status_code == 422
        assert field in errors(answer)
        assert stored(scene).revision == 1

    def test_rows_come_and_go(self, client, scene, template, master):
        more = submit(client, client.get(self.address), add="1")
        assert 'name="points-1-label"' in more.text
        gone = submit(client, more, remove="0")
        assert submit(client, gone).status_code == 303
        assert queries.drafts_of_template(scene.db, stored(scene).id)[0].points == ()

    def test_those_of_a_job(self, client, scene, master):
        make_point(scene.db, scene.operations[0], seq=10, label="Ø12 H8")
        address = f"/atelier/of/{scene.job.number}/operations/10/controles"
        wrong = submit(client, client.get(address), **{"points-0-lower": "1"})
        assert list(errors(wrong)) == ["points-0-upper"]
        assert submit(client, client.get(address), **{"points-0-label": "Alésage"}).status_code == 303
        assert "Alésage" in text_of(client.get(f"/atelier/of/{scene.job.number}"))
        assert client.get(f"/atelier/of/{scene.job.number}/operations/99/controles").status_code == 404
        assert client.get("/atelier/gammes/BR-050/operations/10/controles").status_code == 404


class TestStartingAJob:
    @pytest.fixture
    def address(self, scene):
        line = make_line(scene.db, scene.order, label="Bride DN50")
        return f"/atelier/commandes/{scene.order.number}/lignes/{line.line_no}/of"

    def job(self, scene):
        return scene.db.execute(select(Job).order_by(Job.id.desc())).scalars().first()

    def test_the_template_of_the_article_comes_first_and_is_copied(self, client, scene, template, master, address):
        page = client.get(address)
        assert "BR-050, rév. 1" in text_of(page)
        assert "Même article" in text_of(page)
        assert submit(client, page, "/of").status_code == 303
        job = self.job(scene)
        assert (job.template_id, job.template_revision) == (template.id, 1)
        assert len(queries.drafts_of_job(scene.db, job.id)[0].points) == 1
        shown = text_of(client.get(f"/atelier/of/{job.number}"))
        assert "BR-050 , révision 1" in shown.replace("BR-050,", "BR-050 ,")

    def test_another_start_may_be_chosen_or_none(self, client, scene, template, master, address):
        empty = client.get(f"{address}?gamme=vide")
        assert 'value="Phase 1"' not in empty.text
        assert 'name="template"' not in empty.text
        scene.line().label = "Bride DN50"
        scene.db.flush()
        last = client.get(f"{address}?gamme={scene.job.number}")
        assert 'value="Tournage"' in last.text
        make_point(scene.db, scene.operations[0], seq=10, label="Ø12 H8")
        assert submit(client, last, "/of").status_code == 303
        job = self.job(scene)
        assert job.template_id is None
        assert len(queries.drafts_of_job(scene.db, job.id)[0].points) == 1

    def test_a_template_revised_meanwhile_is_told(self, client, scene, template, master, address):
        page = client.get(address)
        submit(client, client.get("/atelier/gammes/BR-050/modifier"), "/BR-050", label="Bride DN50 acier")
        late = submit(client, page, "/of")
        assert late.status_code == 409
        assert "révision 2" in text_of(late)
        assert self.job(scene).id == scene.job.id

    def test_the_job_tells_that_its_template_changed_and_takes_over_what_is_chosen(
        self, client, scene, template, master, address
    ):
        submit(client, client.get(address), "/of")
        submit(client, client.get("/atelier/gammes/BR-050/modifier"), "/BR-050", **{"operations-0-setup_minutes": "99"})
        job = self.job(scene)
        assert "La gamme BR-050 a changé depuis." in text_of(client.get(f"/atelier/of/{job.number}"))
        page = client.get(f"/atelier/of/{job.number}/differences")
        assert "99\u00a0min" in text_of(page)
        assert submit(client, page).status_code == 422
        assert submit(client, page, seqs="10").status_code == 303
        assert "Aucune différence" in text_of(client.get(f"/atelier/of/{job.number}/differences"))
        assert client.get(f"/atelier/of/{scene.job.number}/differences").status_code == 404


OPERATION = {
    "label": "Tournage", "work_center": "TOUR", "setup_minutes": "30", "unit_minutes": "2", "difficulty": 2,
    "ppe": ["lunettes", "bouchons"], "first_article": True,
    "check_points": [{"label": "Ø12", "kind": "measure", "nominal": "12", "lower": "0", "upper": "0.1", "every": 1}],
}  # fmt: skip


class TestJson:
    @pytest.fixture
    def headers(self, scene, bearer):
        return bearer(Role.MASTER)

    def create(self, client, headers, **body):
        body = {"code": "G1", "label": "Axe", "operations": [OPERATION]} | body
        return client.post("/api/v1/routing-templates", json=body, headers=headers)

    def test_created_read_changed_listed(self, client, scene, headers):
        made = self.create(client, headers)
        assert made.status_code == 201
        assert made.headers["location"] == "/api/v1/routing-templates/G1"
        (operation,) = made.json()["operations"]
        assert (operation["ppe"], operation["factor_1"], operation["first_article"]) == (
            ["lunettes", "bouchons"], "3.00", True,
        )  # fmt: skip
        assert operation["check_points"][0]["upper"] == "0.1000"
        body = {
            "label": "Axe long",
            "operations": [{"seq": 10, "label": "Tournage", "work_center": "TOUR"}],
            "version": 1,
        }
        changed = client.put("/api/v1/routing-templates/G1", json=body, headers=headers).json()
        assert (changed["revision"], changed["operations"][0]["difficulty"]) == (2, 2)
        assert len(changed["operations"][0]["check_points"]) == 1
        assert client.put("/api/v1/routing-templates/G1", json=body, headers=headers).status_code == 409
        listed = client.get("/api/v1/routing-templates?size=1", headers=headers).json()
        assert (listed["total"], listed["items"][0]["code"], listed["items"][0]["check_points"]) == (1, "G1", 1)

    def test_what_is_wrong_is_told_by_field(self, client, scene, headers):
        wrong = dict(OPERATION, check_points=[{"label": "Ø", "kind": "measure"}])
        assert list(self.create(client, headers, operations=[wrong]).json()["errors"]) == [
            "operations-0-check_points-0-lower"
        ]
        assert self.create(client, headers, operations=[]).status_code == 422
        self.create(client, headers)
        assert list(self.create(client, headers).json()["errors"]) == ["code"]

    def test_retired_restored_copied_and_made_of_a_job(self, client, scene, headers):
        self.create(client, headers)
        base = "/api/v1/routing-templates"
        assert client.post(f"{base}/G1/retire", headers=headers).json()["retired"] is True
        assert client.post(f"{base}/G1/retire", headers=headers).status_code == 409
        assert client.get(f"{base}?retired=true", headers=headers).json()["total"] == 1
        assert client.get(f"{base}?retired=false", headers=headers).json()["total"] == 0
        assert client.post(f"{base}/G1/restore", headers=headers).json()["retired"] is False
        copy = client.post(f"{base}/G1/copy", json={"code": "G2", "label": "Axe 2"}, headers=headers)
        assert (copy.status_code, copy.json()["operations"][0]["label"]) == (201, "Tournage")
        of_job = client.post(
            f"/api/v1/jobs/{scene.job.number}/template", json={"code": "G3", "label": "X"}, headers=headers
        )
        assert [each["label"] for each in of_job.json()["operations"]] == ["Débit", "Tournage", "Contrôle"]

    def test_a_job_is_made_of_a_template_or_of_operations(self, client, scene, headers):
        self.create(client, headers)
        lines = [make_line(scene.db, scene.order).line_no for _ in range(2)]
        body = {"order": scene.order.number, "line": lines[0]}
        assert client.post("/api/v1/jobs", json=body, headers=headers).status_code == 422
        made = client.post("/api/v1/jobs", json=body | {"template": "G1"}, headers=headers).json()
        assert (made["template"], made["template_revision"]) == ("G1", 1)
        assert made["operations"][0]["check_points"][0]["label"] == "Ø12"
        own = {"order": scene.order.number, "line": lines[1], "operations": [{"label": "A", "work_center": "TOUR"}]}
        made = client.post("/api/v1/jobs", json=own, headers=headers).json()
        assert (made["template"], made["operations"][0]["difficulty"]) == (None, 1)

    def test_a_job_keeps_what_a_change_leaves_out(self, client, scene, headers):
        self.create(client, headers)
        line = make_line(scene.db, scene.order).line_no
        body = {"order": scene.order.number, "line": line, "template": "G1"}
        number = client.post("/api/v1/jobs", json=body, headers=headers).json()["number"]
        bare = {"operations": [{"seq": 10, "label": "Tournage", "work_center": "TOUR", "unit_minutes": "3"}]}
        (operation,) = client.put(f"/api/v1/jobs/{number}", json=bare, headers=headers).json()["operations"]
        assert (operation["unit_seconds"], operation["difficulty"], operation["ppe"]) == (
            180,
            2,
            ["lunettes", "bouchons"],
        )
        assert len(operation["check_points"]) == 1
