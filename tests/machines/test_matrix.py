"""Who may work where, one answer in full with who else may, and what ends soon."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core.journal import history
from app.core.permissions import Role
from app.machines import queries
from app.machines.rules import CenterState, Check
from app.machines.rules.answer import May, answer, sign
from app.machines.rules.deadlines import Deadline, Matter, by_week, told_by
from app.machines.rules.fixes import FIXES
from tests.factories import (
    make_clearance,
    make_declaration,
    make_declaration_change,
    make_group,
    make_pupil,
    make_setting,
    make_work_center,
    open_machine,
)
from tests.machines.stage import stage
from tests.support.html import parse
from tests.support.words import text_of

DAY = date(2026, 11, 24)


@pytest.fixture
def opened(db):
    """Noa of 16, a lathe with every paper in order, Karim in the workshop."""
    return stage(db)


def rows(page):
    """The words of each row of the first table."""
    return [" ".join(row.text.split()) for row in parse(page.text).all("tbody")[0].all("tr")]


@pytest.mark.parametrize(
    "page", ["matrice?groupe={group}&le=2026-11-24", "reponse?eleve={pupil}&poste=M-01&le=2026-11-24"]
)
def test_pages_say_that_the_minutes_on_vibrating_tools_are_not_counted_there(client, login_as, db, opened, page):
    login_as(Role.MASTER)
    url = "/securite/" + page.format(group=opened.group.code, pupil=opened.pupil.code)
    assert "ne sont pas comptées ici" not in text_of(client.get(url))
    opened.center.vibration = Decimal("4.5")
    db.flush()
    assert "les minutes d" in text_of(client.get(url))
    assert "ne sont pas comptées ici" in text_of(client.get(url))


class TestWord:
    def test_a_missing_permit_asks_for_the_master_beside(self, db, opened):
        word = answer(opened.answer(db).verdict)
        assert (word.may, word.why, word.check) == (May.BESIDE, "Permis à délivrer", Check.PERMIT)

    def test_alone_on_the_machine_is_yes(self, db, opened):
        make_clearance(db, opened.pupil, kind="permit", work_center=opened.center, result="alone")
        assert answer(opened.answer(db).verdict).may == May.YES

    def test_a_permit_with_the_master_beside_says_so(self, db, opened):
        make_clearance(db, opened.pupil, kind="permit", work_center=opened.center, result="supervised")
        word = answer(opened.answer(db).verdict)
        assert (word.may, word.why) == (May.BESIDE, "")

    def test_the_first_refusal_is_the_reason(self, db, opened):
        opened.declaration.withdrawn_on = DAY
        opened.center.risk_assessed_on = None
        word = answer(opened.answer(db).verdict)
        assert (word.may, word.why) == (May.NO, "Pas de déclaration valable")

    def test_where_a_permit_blocks_it_is_no(self, db, opened):
        make_setting(db, Check.PERMIT, starts_on=DAY)
        assert answer(opened.answer(db).verdict).may == May.NO

    def test_protections_say_nothing_before_the_start(self, db, opened):
        make_clearance(db, opened.pupil, kind="permit", work_center=opened.center, result="alone")
        opened.center.ppe = "lunettes"
        assert answer(opened.answer(db).verdict).may == May.YES

    def test_signs_of_a_check(self, db, opened):
        verdict = opened.answer(db).verdict
        assert sign(verdict.finding(Check.OPINION)) == "yes"
        assert sign(verdict.finding(Check.PERMIT)) == "todo"
        assert sign(verdict.finding(Check.DRIVING)) == "none"
        make_clearance(db, opened.pupil, work_center=opened.center, result="failed", on_date=DAY)
        assert sign(opened.answer(db).verdict.finding(Check.TRAINING_ASSESSED)) == "no"

    def test_every_law_that_a_paper_opens_has_its_way_out(self):
        assert set(Check) - set(FIXES) == {Check.FORBIDDEN, Check.AGE, Check.VIBRATION, Check.PPE}


class TestMatrix:
    def test_a_class_by_machines(self, client, login_as, db, opened):
        make_pupil(db, opened.group, first_name="Zoé", last_name="Zola", born_on=date(2011, 12, 1))
        make_work_center(db, code="EBAV", label="Ébavurage")
        login_as(Role.MASTER)
        page = client.get("/securite/matrice")
        assert page.status_code == 200
        noa, zoe = rows(page)
        assert "Avec le maître à côté" in noa
        assert "Non, Moins de 15 ans" in zoe
        assert "Ébavurage" not in text_of(page)
        assert "Ébavurage" in text_of(client.get("/securite/matrice?machines=toutes"))

    def test_on_another_day(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        code = opened.group.code
        words = text_of(client.get(f"/securite/matrice?groupe={code}&le=24/11/2027"))
        assert "Avis médical échu" in words
        assert "mercredi 24 novembre 2027" in words

    def test_the_group_in_practice_comes_first(self, client, login_as, db, opened):
        make_group(db, code="A-AUTRE", label="Autre classe")
        login_as(Role.MASTER)
        assert opened.group.label in text_of(client.get("/securite/matrice?groupe=NADA"))

    def test_any_size_costs_the_same_statements(self, client, login_as, db, opened, record_queries):
        login_as(Role.MASTER)
        client.get("/securite/matrice")
        with record_queries() as few:
            client.get("/securite/matrice")
        for _ in range(8):
            pupil = make_pupil(db, opened.group)
            center = make_work_center(db, regulated_articles="D4153-28")
            make_clearance(db, pupil, work_center=center)
        with record_queries() as many:
            client.get("/securite/matrice")
        assert len(many) == len(few)
        assert len(many) <= 14

    def test_it_goes_out_as_a_table(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        text = client.get("/securite/matrice/export.csv").text
        assert "Noa Bernard;Avec le maître à côté : Permis à délivrer" in text
        assert client.get("/securite/matrice/export.xlsx").status_code == 200

    def test_an_empty_school_says_what_to_do(self, client, login_as):
        login_as(Role.DIRECTOR)
        assert "Aucun travail réglementé" in text_of(client.get("/securite/matrice"))


class TestAnswer:
    def path(self, opened, day="2026-11-24"):
        return f"/securite/reponse?eleve={opened.pupil.code}&poste={opened.center.code}&le={day}"

    def test_seventeen_checks_with_their_source(self, client, login_as, db, opened):
        login_as(Role.MASTER)
        page = client.get(self.path(opened))
        assert len(rows(page)) == 17
        words = text_of(page)
        assert "Karim Benali encadre l’atelier le 24/11/2026." in words
        assert "R4153-40 3° b" in words
        assert "Sans objet" in words
        assert "15/09/2026 : apte" in words

    def test_the_refusal_comes_first_with_its_way_out_and_who_else_may(self, client, login_as, db, opened):
        zoe = make_pupil(db, opened.group, first_name="Zoé", last_name="Zola")
        make_pupil(db, opened.group, first_name="Ali", last_name="Aït")
        open_machine(db, opened.group, opened.center, zoe)
        make_clearance(db, opened.pupil, work_center=opened.center, result="not_assessed", on_date=DAY)
        login_as(Role.DIRECTOR)
        page = client.get(self.path(opened))
        words = text_of(page)
        assert "Formation à la sécurité suivie le 24/11/2026. Elle n’a pas été évaluée." in words
        assert "Contrôle 8 sur 17" in words
        assert "Zoé Zola Avec le maître à côté" in words
        assert "Ali Aït" not in words
        link = next(a for a in parse(page.text).all("a") if a.text == "Noter l’évaluation")
        assert "dispensee=2026-11-24" in link.attributes["href"]
        assert client.get(link.attributes["href"]).status_code == 200

    def test_every_way_out_leads_somewhere(self, client, login_as, db, opened):
        opened.declaration.work_centers, opened.declaration.articles = "", "D4153-17"
        opened.center.risk_assessed_on = None
        opened.center.needs_driving_authorisation, opened.center.electrical = True, "B0"
        opened.center.regulated_articles, opened.center.load_kg = "D4153-28+R4153-52", 40
        other = make_pupil(db, opened.group, first_name="Zoé", last_name="Zola")
        db.flush()
        login_as(Role.DIRECTOR)
        page = client.get(self.path(opened).replace(opened.pupil.code, other.code))
        links = {a.text: a.attributes["href"] for a in parse(page.text).all("tbody")[0].all("a")}
        assert {
            "Compléter la déclaration", "Ajouter la machine à la déclaration", "Dater l’évaluation du poste",
            "Noter la formation", "Noter un avis médical", "Noter un papier de conduite", "Noter l’habilitation",
            "Noter un avis de manutention", "Délivrer le permis",
        } <= set(links)  # fmt: skip
        for href in links.values():
            assert client.get(href, follow_redirects=True).status_code == 200

    def test_a_master_sees_no_door_that_is_not_his(self, client, login_as, db, opened):
        opened.declaration.work_centers = ""
        db.flush()
        login_as(Role.MASTER)
        assert "Ajouter la machine à la déclaration" not in text_of(client.get(self.path(opened)))

    def test_reading_it_is_noted(self, client, login_as, db, opened):
        login_as(Role.MASTER)
        client.get(self.path(opened))
        assert history(db, "pupil_health", opened.pupil.id)[0].label == "Réponse lue : Tour parallèle conventionnel"

    def test_a_machine_out_of_service_says_so(self, client, login_as, db, opened):
        opened.center.state, opened.center.state_note = CenterState.DOWN, "Courroie"
        db.flush()
        login_as(Role.MASTER)
        assert "Machine hors service : en panne." in text_of(client.get(self.path(opened)))
        assert "machine hors service" in text_of(client.get(f"/securite/eleves/{opened.pupil.code}"))

    def test_unknown_codes_are_not_found(self, client, login_as, opened):
        login_as(Role.MASTER)
        assert client.get("/securite/reponse?eleve=NADA&poste=NADA").status_code == 404
        assert client.get("/securite/reponse").status_code == 404


class TestDeadlines:
    def test_what_is_over_comes_first_then_week_by_week(self):
        rows = [
            Deadline(date(2026, 12, 2), Matter.PERMIT, "B", "2"),
            Deadline(date(2026, 11, 30), Matter.OPINION, "A", "1"),
            Deadline(date(2026, 11, 23), Matter.OPINION, "C", "3"), Deadline(DAY, Matter.OPINION, "D", "4"),
        ]  # fmt: skip
        weeks = by_week(rows, DAY)
        assert [(week.monday, [row.who for row in week.rows]) for week in weeks] == [
            (None, ["C"]), (date(2026, 11, 23), ["D"]), (date(2026, 11, 30), ["A", "B"]),
        ]  # fmt: skip
        assert told_by(DAY) == date(2026, 12, 2)

    def found(self, db, day=DAY):
        return [(one.matter, one.due, one.who) for one in queries.deadlines(db, day)]

    def test_an_opinion_sixty_days_ahead_and_after(self, db, opened):
        due = date(2027, 9, 14)
        assert self.found(db, due - timedelta(days=61)) == []
        assert self.found(db, due - timedelta(days=60)) == [(Matter.OPINION, due, "Noa Bernard")]
        assert self.found(db, due + timedelta(days=10)) == [(Matter.OPINION, due, "Noa Bernard")]

    def test_the_latest_paper_counts(self, db, opened):
        make_clearance(db, opened.pupil, on_date=DAY)
        assert self.found(db, date(2027, 9, 14)) == []

    def test_adults_and_those_who_left_ask_for_nothing(self, db, opened):
        opened.pupil.born_on = date(2009, 9, 14)
        db.flush()
        assert self.found(db, date(2027, 9, 1)) == []
        opened.pupil.born_on, opened.pupil.left_on = date(2010, 9, 14), date(2027, 8, 31)
        db.flush()
        assert self.found(db, date(2027, 9, 1)) == []

    def test_every_kind_of_paper_that_ends(self, db, opened):
        soon = DAY + timedelta(days=30)
        old = {"on_date": DAY - timedelta(days=5)}
        pupil, center = opened.pupil, opened.center
        make_clearance(db, pupil, work_center=center, kind="permit", result="alone", ends_on=soon, **old)
        make_clearance(db, pupil, work_center=center, kind="driving_authorisation", result="given", ends_on=soon, **old)
        make_clearance(db, pupil, kind="electrical", result="given", detail="B0", ends_on=soon, **old)
        make_clearance(db, pupil, kind="driving_medical", result="fit", on_date=date(2021, 12, 15))
        make_clearance(db, pupil, work_center=center, result="not_assessed", **old)
        assert {(matter, due) for matter, due, _ in self.found(db)} == {
            (Matter.PERMIT, soon), (Matter.DRIVING, soon), (Matter.ELECTRICAL, soon),
            (Matter.DRIVING, date(2026, 12, 14)), (Matter.TRAINING, old["on_date"]),
        }  # fmt: skip
        make_clearance(db, pupil, work_center=center, kind="permit", result="withdrawn", on_date=DAY)
        assert (Matter.PERMIT, soon) not in {(matter, due) for matter, due, _ in self.found(db)}

    def test_a_declaration_ninety_days_ahead_unless_renewed(self, db, opened):
        opened.declaration.sent_on = date(2024, 2, 20)
        db.flush()
        assert (Matter.DECLARATION, date(2027, 2, 19), f"Déclaration {opened.declaration.code}") in self.found(db)
        make_declaration(db, sent_on=DAY)
        assert Matter.DECLARATION not in {matter for matter, _, _ in self.found(db)}

    def test_a_change_to_be_told(self, db, opened):
        make_declaration_change(db, opened.declaration, changed_on=DAY, sent_on=None)
        assert (Matter.CHANGE, date(2026, 12, 2), f"Déclaration {opened.declaration.code}") in self.found(db)

    def test_the_page_says_what_to_do_and_who(self, client, login_as, db, opened):
        make_clearance(db, opened.pupil, work_center=opened.center, result="not_assessed", on_date=DAY)
        make_declaration_change(db, opened.declaration, changed_on=date(2026, 11, 10), sent_on=None)
        login_as(Role.MASTER)
        words = text_of(client.get("/securite/echeances"))
        assert "Déjà passé" in words
        assert "Évaluer la formation" in words
        assert "Envoyer à l’inspection du travail" in words
        assert "2 échéances dans les 60 jours, dont 1 dépassée" in words
        assert "Noa Bernard" not in text_of(client.get("/securite/echeances?quoi=modification"))
        assert "Aucune échéance ne correspond" in text_of(client.get("/securite/echeances?quoi=avis"))
        assert "Évaluer la formation;Maître professionnel" in client.get("/securite/echeances/export.csv").text

    def test_nothing_to_do_is_said(self, client, login_as, opened):
        login_as(Role.OFFICE)
        assert "Rien ne finit dans les 60 jours" in text_of(client.get("/securite/echeances"))

    def test_any_size_costs_the_same(self, db, opened, query_budget):
        for _ in range(5):
            make_clearance(db, make_pupil(db, opened.group), on_date=DAY - timedelta(days=360))
        with query_budget(3):
            assert len(queries.deadlines(db, DAY)) == 5
