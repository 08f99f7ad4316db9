"""A pupil’s day on the tablet by plain forms: own tickets, start, pause, count, finish, measure, call, learn."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.clock import now
from app.core.journal import history
from app.kiosk import queries
from app.kiosk.models import Tap
from app.machines.models import GateDecision
from app.pedagogy.models import SelfAssessment
from app.pedagogy.rules import Attendance
from app.workshop import service as workshop
from app.workshop.models import (
    CheckResult,
    HelpRequest,
    Operation,
    QuantityReport,
    Release,
    WorkSession,
)
from app.workshop.queries import get_ticket
from app.workshop.rules import CheckKind, TicketState
from tests.factories import make_point, make_pupil, make_session, make_skill, make_staff, make_ticket
from tests.kiosk.stage import PINS
from tests.support.html import errors, form_values, parse, submit


@pytest.fixture
def given(stage, db):
    """Inès has ten pieces to saw: the ticket's number."""
    ticket = workshop.give_operation(
        db, stage.scene.operations[0].id, pupil_ids=[stage.scene.ines.id], by=stage.scene.by
    )  # fmt: skip
    db.flush()
    return ticket.number


def _more(stage, place, quantity=1):
    """One more ticket of Inès."""
    scene = stage.scene
    return make_ticket(stage.db, scene.operations[place], pupil=scene.ines, master=scene.master, quantity=quantity)


def _center(stage, place=0):
    return stage.scene.operations[place].work_center


def _tap(tablet, number, kind, **fields):
    return tablet.post(f"/tablette/bons/{number}/{kind}", data=fields)


def _begin(tablet, page, number):
    """« Commencer », as the page has it: with the key of its form."""
    form = parse(page.text).one("form", id="commencer")
    return _tap(tablet, number, "debut", **form_values(form))


def _main(page):
    return parse(page.text).one("main").text


def _said(page):
    """The sentence of a refusal."""
    return [each.text for each in parse(page.text).all(role="alert") if each.text]


class TestOwn:
    def test_a_pupil_sees_own_tickets_with_machine_pieces_time_and_shield(self, sit, stage, given, db):
        text = _main(sit("Inès").get("/tablette/bons"))
        for words in ("Débit", "Axe tourné Ø 20", "10\u00a0pièces", "Tu peux commencer"):
            assert words in text
        assert "Tu n’as pas de bon" in _main(sit("Tom").get("/tablette/bons"))

    def test_the_time_is_meant_for_this_pupil(self, sit, stage, given, db):
        operation = stage.scene.operations[0]
        operation.setup_seconds, operation.unit_seconds, operation.factor_1 = 600, 60, Decimal(3)
        operation.factor_2 = Decimal(2)
        db.flush()
        assert "1\u00a0h\u00a000" in _main(sit("Inès").get("/tablette/bons"))
        stage.scene.ines.entered_on = stage.scene.ines.entered_on - timedelta(days=365)
        db.flush()
        assert "0\u00a0h\u00a040" in _main(sit("Inès").get("/tablette/bons"))

    def test_of_today_or_before_and_never_a_comrade_s(self, sit, stage, given, db):
        ticket = get_ticket(db, given)
        ticket.for_day = now().date() + timedelta(days=1)
        db.flush()
        tablet = sit("Inès")
        assert "Débit" not in _main(tablet.get("/tablette/bons"))
        ticket.for_day = now().date() - timedelta(days=3)
        db.flush()
        assert "Débit" in _main(tablet.get("/tablette/bons"))
        sit("Tom")
        for address in ("", "/controle", "/plan", "/bilan", "/signature"):
            assert tablet.get(f"/tablette/bons/{given}{address}").status_code == 404
        for kind in ("debut", "pause", "pieces", "fin", "controle", "bilan", "appel"):
            assert _tap(tablet, given, kind, good="1").status_code in {404, 409}
        assert db.scalars(select(WorkSession)).all() == []

    def test_what_the_gate_forbids_is_said_in_the_pupil_s_words_with_whom_to_ask(self, sit, stage, given, db):
        _center(stage).regulated_articles = "D4153-28"
        db.flush()
        page = sit("Inès").get("/tablette/bons")
        assert "Tu peux commencer" not in page.text
        for law in ("R4153", "D4153", "dérogation"):
            assert law not in _main(page)
        assert "Appeler Karim" in _main(page)
        ticket_page = sit("Inès").get(f"/tablette/bons/{given}")
        assert "Commencer" not in ticket_page.text
        done = submit(sit("Inès"), ticket_page, f"/{given}/appel")
        assert done.status_code == 303
        assert db.scalars(select(HelpRequest)).one().reason == "refused"

    def test_nobody_else_calls_without_a_ticket(self, sit, db, stage):
        assert sit("Inès").post("/tablette/appel", data={}).status_code == 303
        assert db.scalars(select(HelpRequest)).one().pupil_id == stage.scene.ines.id

    def test_it_costs_the_same_however_many_tickets(self, sit, stage, given, db, record_queries):
        tablet = sit("Inès")
        tablet.get("/tablette/bons")
        with record_queries() as one:
            tablet.get("/tablette/bons")
        for place in (1, 2):
            make_ticket(
                db, stage.scene.operations[place], pupil=stage.scene.ines, master=stage.scene.master, quantity=1
            )
            _center(stage, place).regulated_articles = "D4153-28"
        db.flush()
        with record_queries() as three:
            tablet.get("/tablette/bons")
        assert len(three) == len(one) <= 24


class TestStart:
    def test_it_asks_for_the_protections_first_and_keeps_that_they_were_ticked(self, sit, stage, given, db):
        _center(stage).ppe = "lunettes ; chaussures"
        stage.scene.operations[0].ppe = "pas de gants"
        db.flush()
        tablet = sit("Inès")
        page = tablet.get(f"/tablette/bons/{given}")
        assert [box.attributes["value"] for box in parse(page.text).all("input", name="ppe")] == [
            "lunettes", "chaussures", "pas de gants",
        ]  # fmt: skip
        refused = _tap(tablet, given, "debut", ppe="lunettes")
        assert (refused.status_code, _said(refused)) == (409, ["Coche toutes tes protections."])
        assert db.scalars(select(WorkSession)).all() == []
        done = _tap(tablet, given, "debut", ppe=["lunettes", "chaussures", "pas de gants"])
        assert done.headers["location"] == f"/tablette/bons/{given}"
        decision = db.scalars(select(GateDecision).where(GateDecision.asked_for == "tablet")).one()
        assert decision.allowed
        assert '"ppe_confirmed": true' in decision.facts.replace('":true', '": true')

    def test_ticked_once_a_day_is_enough(self, sit, stage, given, db):
        _center(stage).ppe = "lunettes"
        db.flush()
        tablet = sit("Inès")
        _tap(tablet, given, "debut", ppe="lunettes")
        _tap(tablet, given, "pause")
        assert "Coche tout" not in tablet.get(f"/tablette/bons/{given}").text
        assert _tap(tablet, given, "debut").status_code == 303

    def test_the_clock_is_the_server_s_and_the_pupil_s_own(self, sit, stage, given, db, clock):
        tablet = sit("Inès")
        assert _tap(tablet, given, "debut").status_code == 303
        session = db.scalars(select(WorkSession)).one()
        assert (session.pupil_id, session.started_at, session.by_id) == (stage.scene.ines.id, now(), None)
        assert history(db, "ticket", session.ticket_id)[0].who == "Inès Haddad (tablette)"
        clock.advance(seconds=90)
        page = tablet.get(f"/tablette/bons/{given}")
        assert "0\u00a0h\u00a001" in _main(page)

    def test_refused_by_the_gate_at_the_start_changes_nothing_and_is_kept(self, sit, stage, given, db):
        tablet = sit("Inès")
        page = tablet.get(f"/tablette/bons/{given}")
        _center(stage).regulated_articles = "D4153-28"
        db.flush()
        answer = _begin(tablet, page, given)
        assert answer.status_code == 409
        assert "R4153" not in answer.text
        db.expire_all()
        assert db.scalars(select(WorkSession)).all() == []
        assert get_ticket(db, given).state == TicketState.ASSIGNED
        assert [one.allowed for one in db.scalars(select(GateDecision).where(GateDecision.asked_for == "tablet"))] == [
            False
        ]

    def test_one_thing_at_a_time(self, sit, stage, given, db):
        other = make_ticket(
            db, stage.scene.operations[1], pupil=stage.scene.ines, master=stage.scene.master, quantity=1
        )
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        assert _said(_tap(tablet, given, "debut")) == ["Tu travailles déjà sur ce bon."]
        assert _said(_tap(tablet, other.number, "debut")) == ["Tu as un autre bon en cours. Mets-le en pause."]
        assert len(db.scalars(select(WorkSession)).all()) == 1

    def test_noted_absent_one_does_not_start(self, sit, stage, given, db):
        stage.scene.attendance(stage.scene.ines, Attendance.ABSENT)
        assert _said(_tap(sit("Inès"), given, "debut")) == ["Ça ne passe pas. Appelle ton maître."]

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            (TicketState.BLOCKED, "Ce bon est bloqué. Appelle ton maître."),
            (TicketState.TO_RELEASE, "Ton maître contrôle ce bon."),
        ],
    )
    def test_a_ticket_that_waits_for_the_master_says_so(self, sit, given, db, state, sentence):
        ticket = get_ticket(db, given)
        ticket.state, ticket.blocked_reason = state, "Plan à l’indice C"
        db.flush()
        answer = _tap(sit("Inès"), given, "debut")
        assert _said(answer) == [sentence]
        assert "indice C" not in answer.text

    def test_the_shield_asks_for_the_pieces_that_are_left(self, stage, given, db):
        """Ten pieces would shake Inès for three hours, the two that are left for one: a day has two at 5 m/s²."""
        ticket = get_ticket(db, given)
        operation = db.get_one(Operation, ticket.operation_id)
        operation.work_center.vibration = Decimal(5)
        operation.setup_seconds, operation.unit_seconds, operation.factor_1 = 600, 300, Decimal(3)
        db.flush()
        assert queries.own_ticket(db, stage.scene.ines.id, given).told == "Tu as assez utilisé cet outil aujourd’hui."
        ticket.good = ticket.quantity - 2
        db.flush()
        assert queries.own_ticket(db, stage.scene.ines.id, given).told == ""

    def test_taken_back_meanwhile_it_is_told(self, sit, stage, given, db):
        tablet = sit("Inès")
        page = tablet.get(f"/tablette/bons/{given}")
        workshop.take_back(db, get_ticket(db, given, lock=True), by=stage.scene.by)
        db.flush()
        answer = _begin(tablet, page, given)
        assert _said(answer) == ["Ce bon n’est plus à toi. Appelle ton maître."]

    def test_in_a_pair_each_has_a_clock_and_a_state_of_their_own(self, sit, stage, given, db):
        workshop.give_ticket(
            db, get_ticket(db, given, lock=True), pupil_ids=[stage.scene.ines.id, stage.scene.tom.id], by=stage.scene.by
        )  # fmt: skip
        db.flush()
        _tap(sit("Inès"), given, "debut")
        page = sit("Tom").get(f"/tablette/bons/{given}")
        assert "Commencer" in page.text
        assert _tap(sit("Tom"), given, "debut").status_code == 303
        assert len(db.scalars(select(WorkSession)).all()) == 2


class TestPauseAndCount:
    def test_pause_stops_the_clock_as_the_pupil_s_own_hand(self, sit, given, db, clock):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        clock.advance(minutes=1)
        assert _tap(tablet, given, "pause").status_code == 303
        session = db.scalars(select(WorkSession)).one()
        assert (session.end_cause, (session.ended_at - session.started_at).total_seconds()) == ("self", 60)
        assert "Reprendre" in tablet.get(f"/tablette/bons/{given}").text
        assert _said(_tap(tablet, given, "pause")) == ["Ce bon est déjà en pause."]

    def test_pieces_are_counted_and_the_rest_is_what_is_left(self, sit, stage, given, db):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        assert _tap(tablet, given, "pieces", good="3", scrap="1", reason="Outil").status_code == 303
        report = db.scalars(select(QuantityReport)).one()
        assert (report.good, report.scrap, report.reason, report.pupil_id) == (3, 1, "Outil", stage.scene.ines.id)
        page = parse(tablet.get(f"/tablette/bons/{given}").text)
        assert page.one("input", name="good").attributes["value"] == "6"

    @pytest.mark.parametrize(
        ("fields", "field", "sentence"),
        [
            ({"good": "0"}, "good", "Compte au moins une pièce."),
            ({"good": "11"}, "good", "C’est trop. Il reste 10."),
            ({"good": "9", "scrap": "2", "reason": "Outil"}, "good", "C’est trop. Il reste 10."),
            ({"good": "1", "scrap": "1"}, "reason", "Dis pourquoi la pièce est ratée."),
            ({"good": "-1"}, "good", "Ce nombre ne peut pas être plus petit que 0."),
            ({"good": "deux"}, "good", "Ce n’est pas un nombre entier. Exemple : 12."),
            ({"good": "1", "scrap": "1", "reason": "Les autres"}, "reason", "Choisis dans la liste."),
        ],
    )
    def test_a_wrong_count_is_told_at_its_field_and_kept(self, sit, given, db, fields, field, sentence):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        answer = _tap(tablet, given, "pieces", **fields)
        assert answer.status_code == 409
        page = parse(answer.text)
        sheet = page.one("section", id="compter")
        assert sentence in sheet.text
        assert "is-open" in sheet.attributes["class"]
        assert page.one("input", name="good").attributes["value"] == fields["good"]
        assert db.scalars(select(QuantityReport)).all() == []

    def test_no_more_than_came_from_upstream(self, sit, stage, given, db):
        turning = make_ticket(
            db, stage.scene.operations[1], pupil=stage.scene.ines, master=stage.scene.master, quantity=5
        )
        tablet = sit("Inès")
        _tap(tablet, turning.number, "debut")
        assert "C’est trop de pièces. Appelle ton maître." in _tap(tablet, turning.number, "pieces", good="1").text


class TestFinish:
    def test_work_is_handed_in_with_the_rest_and_the_clock_stops(self, sit, stage, given, db, clock):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        clock.advance(minutes=1)
        page = tablet.get(f"/tablette/bons/{given}")
        answer = submit(tablet, page, f"/{given}/fin")
        assert answer.headers["location"] == f"/tablette/bons/{given}/bilan"
        ticket = get_ticket(db, given)
        assert (ticket.state, ticket.good) == (TicketState.TO_RELEASE, 10)
        assert db.scalars(select(WorkSession)).one().ended_at == now()

    def test_the_result_shows_the_time_and_the_pupil_s_own_trend(self, sit, stage, given, db, clock):
        monday = now()
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        clock.advance(minutes=1, seconds=50)
        _tap(tablet, given, "fin", good="5")
        workshop.release(db, get_ticket(db, given, lock=True), by=stage.scene.by)
        clock.set(monday + timedelta(days=21))
        make_session(db, stage.scene.group, staff=stage.scene.master)
        again = workshop.give_operation(
            db, stage.scene.operations[0].id, pupil_ids=[stage.scene.ines.id], by=stage.scene.by
        )  # fmt: skip
        db.flush()
        tablet = sit("Inès")
        _tap(tablet, again.number, "debut")
        clock.advance(minutes=1)
        text = _main(tablet.get(_tap(tablet, again.number, "fin", good="5").headers["location"]))
        assert "0\u00a0h\u00a001" in text
        assert "Il y a 3\u00a0semaines" in text

    def test_without_counting_it_is_not_finished(self, sit, given, db):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        assert "Compte au moins une pièce." in _tap(tablet, given, "fin", good="0").text
        _tap(tablet, given, "pieces", good="4")
        assert _tap(tablet, given, "fin", good="0").status_code == 303
        assert get_ticket(db, given).good == 4

    def test_what_was_learnt_is_kept_apart_from_what_masters_say(self, sit, stage, given, db):
        skill = make_skill(db, stage.scene.group.diploma)
        other = make_skill(db, stage.scene.group.diploma)
        operation = stage.scene.operations[0]
        operation.skill_code, operation.skills = skill.code, other.code
        db.flush()
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        page = tablet.get(_tap(tablet, given, "fin", good="10").headers["location"])
        assert skill.label in page.text
        answer = submit(
            tablet, page, f"/{given}/bilan", **{"skills-0-level": "2", "skills-1-level": "1"}, sentence="J’ai réglé."
        )  # fmt: skip
        assert answer.headers["location"] == "/tablette/bons"
        said = [
            (one.skill_code, one.level, one.sentence, one.source_label) for one in db.scalars(select(SelfAssessment))
        ]
        assert said == [(skill.code, 2, "J’ai réglé.", given), (other.code, 1, "", given)]
        assert "Tu as déjà dit" in tablet.get(f"/tablette/bons/{given}/bilan").text

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({}, "Choisis une chose, ou écris une phrase."),
            ({"skills-0-code": "C9999", "skills-0-level": "1"}, "Ça ne passe pas"),
            ({"sentence": "x" * 201}, "trop long"),
        ],
    )
    def test_a_wrong_word_is_told(self, sit, given, db, fields, words):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        _tap(tablet, given, "fin", good="10")
        answer = _tap(tablet, given, "bilan", **fields)
        assert answer.status_code == 409
        assert words in answer.text
        assert db.scalars(select(SelfAssessment)).all() == []


class TestMeasuring:
    @pytest.fixture
    def points(self, stage, db):
        """A diameter that matters, and burrs; the first piece is signed."""
        operation = stage.scene.operations[0]
        operation.first_article = True
        return [
            make_point(
                db, operation, is_key=True
            ),
            make_point(db, operation, label="Bavures", kind=CheckKind.ATTRIBUTE),
        ]  # fmt: skip

    def test_measures_are_noted_with_their_verdict_in_words(self, sit, given, points, db, stage):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        assert "Ø12 ±0,05" in _main(tablet.get(f"/tablette/bons/{given}"))
        page = tablet.get(f"/tablette/bons/{given}/controle")
        answer = submit(
            tablet, page, f"/{given}/controle", **{"checks-0-value": "12,01", "checks-1-conforms": "no"}
        )  # fmt: skip
        assert answer.headers["location"] == f"/tablette/bons/{given}/controle?piece=1"
        text = _main(tablet.get(answer.headers["location"]))
        assert "Bon" in text
        assert "À revoir" in text
        stored = [(one.value, one.conforms, one.pupil_id, one.stage) for one in db.scalars(select(CheckResult))]
        assert stored == [
            (Decimal("12.01"), True, stage.scene.ines.id, "self"), (None, False, stage.scene.ines.id, "self"),
        ]  # fmt: skip

    def test_a_measure_far_off_is_asked_about_once(self, sit, given, points, db):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        page = tablet.get(f"/tablette/bons/{given}/controle")
        asked = submit(tablet, page, f"/{given}/controle", **{"checks-0-value": "120"})
        assert errors(asked)["checks-0-value"] == "Cette mesure est loin. Vérifie, puis renvoie."
        assert db.scalars(select(CheckResult)).all() == []
        assert submit(tablet, asked, f"/{given}/controle").status_code == 303
        assert [one.conforms for one in db.scalars(select(CheckResult))] == [False]

    @pytest.mark.parametrize("typed", ["douze", "1e9", "12;01"])
    def test_what_is_no_number_is_told_and_kept(self, sit, given, points, typed):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        page = tablet.get(f"/tablette/bons/{given}/controle")
        answer = submit(tablet, page, f"/{given}/controle", **{"checks-0-value": typed})
        assert answer.status_code == 409
        assert parse(answer.text).one("input", name="checks-0-value").attributes["value"] == typed

    def test_the_series_waits_for_the_signature(self, sit, given, points):
        tablet = sit("Inès")
        _tap(tablet, given, "debut")
        assert "Fais d’abord signer ta première pièce." in _tap(tablet, given, "pieces", good="2").text

    def test_without_points_it_says_so(self, sit, given):
        assert "Rien à mesurer" in sit("Inès").get(f"/tablette/bons/{given}/controle").text

    class TestSigning:
        @pytest.fixture
        def measured(self, sit, given, points):
            tablet = sit("Inès")
            _tap(tablet, given, "debut")
            page = tablet.get(f"/tablette/bons/{given}/controle")
            submit(tablet, page, f"/{given}/controle", **{"checks-0-value": "12,01", "checks-1-conforms": "yes"})
            return tablet

        @staticmethod
        def _sign(tablet, number, stage, **fields):
            page = tablet.get(f"/tablette/bons/{number}/signature")
            values = {"badge": stage.secrets["Karim"], "pin": PINS["Karim"], "verdict": "yes"} | fields
            return submit(tablet, page, f"/{number}/signature", **values)

        def test_the_master_signs_on_the_same_tablet_and_the_pupil_stays(self, measured, given, stage, db):
            shown = measured.get(f"/tablette/bons/{given}/signature").text
            assert "12,01" in shown
            assert self._sign(measured, given, stage).headers["location"] == f"/tablette/bons/{given}"
            release = db.scalars(select(Release)).one()
            assert (release.by_id, release.conforms, release.kind) == (stage.scene.master.id, True, "first_article")
            assert _tap(measured, given, "pieces", good="5").status_code == 303
            assert measured.get("/atelier").headers["location"].startswith("/connexion")

        def test_not_conform_needs_a_word_and_keeps_the_series_waiting(self, measured, given, stage, db):
            assert "Dites ce qui ne va pas." in errors(self._sign(measured, given, stage, verdict="no"))["note"]
            assert self._sign(measured, given, stage, verdict="no", note="Ø trop juste").status_code == 303
            assert [one.conforms for one in db.scalars(select(Release))] == [False]
            assert _tap(measured, given, "pieces", good="2").status_code == 409
            deed = next(one for one in history(db, "ticket", get_ticket(db, given).id) if "refusée" in one.label)
            assert (deed.label, deed.note, deed.who) == ("Première pièce refusée", "Ø trop juste", "Karim Benali")

        @pytest.mark.parametrize(
            ("fields", "field", "words"),
            [
                ({"pin": "1111"}, "pin", "pas le bon code"),
                ({"pin": "12"}, "pin", "4 chiffres"),
                ({"badge": "torn"}, "badge", "n’est pas celui d’un maître"),
            ],
        )
        def test_without_badge_and_pin_nothing_is_signed(self, measured, given, stage, db, fields, field, words):
            answer = self._sign(measured, given, stage, **fields)
            assert answer.status_code == 422
            assert words in errors(answer)[field]
            assert db.scalars(select(Release)).all() == []

        def test_a_pupil_s_badge_signs_nothing(self, measured, given, stage, db):
            answer = self._sign(measured, given, stage, badge=stage.secrets["Inès"], pin=PINS["Inès"])
            assert "n’est pas celui d’un maître" in errors(answer)["badge"]
            assert db.scalars(select(Release)).all() == []

        def test_guessing_the_master_s_pin_closes_the_tablet(self, measured, given, stage):
            for _ in range(4):
                self._sign(measured, given, stage, pin="0863")
            assert "bloquée" in errors(self._sign(measured, given, stage, pin="0863"))["pin"]
            assert "bloquée" in errors(self._sign(measured, given, stage))["pin"]

        def test_missing_checks_ask_for_a_reason(self, sit, given, points, stage, db):
            tablet = sit("Inès")
            _tap(tablet, given, "debut")
            answer = self._sign(tablet, given, stage)
            assert "Il manque 2\u00a0contrôles." in answer.text
            assert self._sign(tablet, given, stage, note="Mesuré à deux, au comparateur").status_code == 303
            assert db.scalars(select(Release)).one().override_reason == "Mesuré à deux, au comparateur"

        def test_finished_work_is_signed_too(self, measured, given, stage, db):
            self._sign(measured, given, stage)
            _tap(measured, given, "fin", good="1")
            assert self._sign(measured, given, stage, note="Bon travail").status_code == 303
            assert get_ticket(db, given).state == TicketState.DONE


class TestCalling:
    def test_the_state_is_shown_until_the_master_comes(self, sit, stage, given, db):
        tablet = sit("Inès")
        assert _tap(tablet, given, "appel").status_code == 303
        assert "Ton maître est prévenu." in tablet.get(f"/tablette/bons/{given}").text
        assert tablet.get("/api/v1/tablet/call").json() == {"state": "open", "who": ""}
        call = db.scalars(select(HelpRequest)).one()
        workshop.answer_help(db, call, by=stage.scene.by)
        db.flush()
        assert "Karim arrive." in tablet.get("/tablette/bons").text
        assert tablet.get("/api/v1/tablet/call").json() == {"state": "coming", "who": "Karim"}

    def test_asking_whether_somebody_comes_is_no_touch(self, sit, clock):
        tablet = sit("Inès")
        for _ in range(4):
            clock.advance(seconds=29)
            assert tablet.get("/api/v1/tablet/call").status_code == 200
        clock.advance(seconds=10)
        assert tablet.get("/api/v1/tablet/call").status_code == 401
        assert tablet.get("/tablette/bons").headers["location"] == "/tablette/code/E-INES"

    def test_a_touch_is_one(self, sit, clock):
        tablet = sit("Inès")
        for _ in range(4):
            clock.advance(seconds=60)
            assert tablet.post("/api/v1/tablet/touch").status_code == 204
        assert tablet.get("/tablette/bons").status_code == 200


class TestOnce:
    def test_a_form_sent_twice_is_carried_out_once(self, sit, given, db):
        tablet = sit("Inès")
        page = tablet.get(f"/tablette/bons/{given}")
        first, second = (_begin(tablet, page, given) for _ in range(2))
        assert first.headers["location"] == second.headers["location"]
        assert len(db.scalars(select(WorkSession)).all()) == 1
        assert len(db.scalars(select(Tap)).all()) == 1

    def test_an_unknown_gesture_is_no_page(self, sit, given):
        assert _tap(sit("Inès"), given, "autre").status_code == 404
        assert _tap(sit("Inès"), "BT-NON", "debut").status_code == 404


class TestMaster:
    def test_the_one_of_the_session_is_called_by_first_name(self, sit, stage, given, db, clock):
        assert "Appeler Karim" in sit("Inès").get(f"/tablette/bons/{given}").text
        clock.set(now().replace(hour=19))
        assert "Appeler ton maître" in sit("Inès").get(f"/tablette/bons/{given}").text

    def test_the_next_stop_is_announced(self, stage, db):
        assert queries.bench_of(db, stage.scene.ines.id).aside == "Fin à 12\u00a0h, dans 2\u00a0h\u00a030"
        outsider = make_pupil(db)
        make_staff(db)
        assert queries.bench_of(db, outsider.id) == queries.Bench("ton maître", "")


class TestStopped:
    def test_a_page_that_stops_speaks_to_the_pupil(self, sit, stage, db, tablet):
        answer = sit("Inès").get("/tablette/bons/BT-NON")
        assert answer.status_code == 404
        assert "Appelle ton maître." in _main(answer)
        assert "Ce bon n’est pas à toi." in _main(answer)
        tablet.cookies.clear()
        stranger = tablet.get("/tablette")
        assert (stranger.status_code, "Cette tablette n’est pas inscrite." in _main(stranger)) == (403, True)
        assert "directrice" not in stranger.text
