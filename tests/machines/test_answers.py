"""The journal of the gate's answers: found again, and judged again on the facts as they were."""

from datetime import date, timedelta

import pytest

from app.core.clock import as_of, now
from app.core.journal import history
from app.core.permissions import Role
from app.machines import service
from app.machines.models import GateDecision
from app.machines.rules import AskedFor, Check
from app.machines.service import Asked
from tests.factories import make_actor, make_clearance, make_pupil, make_setting
from tests.machines.stage import stage
from tests.support.words import text_of

DAY = date(2026, 11, 24)


@pytest.fixture
def opened(db):
    """Noa of 16, a lathe with every paper in order, Karim in the workshop."""
    return stage(db)


def keep(db, opened, why=AskedFor.ASSIGN, subject="BT2026-00001", **other):
    """Keep the answer of now."""
    by = make_actor(db, Role.MASTER)
    service.keep_answers(db, [opened.answer(db)], Asked(why, subject), by=by, **other)
    return db.query(GateDecision).order_by(GateDecision.id.desc()).first()


class TestList:
    def test_answers_the_latest_first_with_who_asked(self, client, login_as, db, opened):
        first = keep(db, opened)
        opened.center.risk_assessed_on = None
        second = keep(db, opened, AskedFor.START)
        login_as(Role.OFFICE)
        words = text_of(client.get("/securite/decisions"))
        assert words.index("Évaluation des risques du poste") < words.index("Bon à donner")
        assert first.by_name in words
        assert second.allowed is False

    def test_a_tap_told_late_lies_where_it_was_asked(self, client, login_as, db, clock, opened):
        keep(db, opened, subject="BT-TOT")
        with as_of(now() - timedelta(hours=1)):
            keep(db, opened, subject="BT-AVANT")
        login_as(Role.OFFICE)
        words = text_of(client.get("/securite/decisions"))
        assert words.index("BT-TOT") < words.index("BT-AVANT")

    def test_filters(self, client, login_as, db, opened):
        keep(db, opened, subject="BT-OUI")
        make_setting(db, Check.PERMIT, starts_on=DAY)
        by = make_actor(db, Role.MASTER)
        service.keep_override(
            db, opened.answer(db), Asked(AskedFor.ASSIGN, "BT-OUTRE"), codes=["G16_HABILITATION_INTERNE"],
            reason="Je reste à côté", by=by,
        )  # fmt: skip
        opened.center.risk_assessed_on = None
        keep(db, opened, subject="BT-NON")
        login_as(Role.MASTER)

        def shown(query):
            words = text_of(client.get(f"/securite/decisions?{query}"))
            return [name for name in ("BT-OUI", "BT-OUTRE", "BT-NON") if name in words]

        assert shown("") == ["BT-OUI", "BT-OUTRE", "BT-NON"]
        assert shown("reponse=oui") == ["BT-OUI"]
        assert shown("reponse=outre") == ["BT-OUTRE"]
        assert shown("reponse=refuse") == ["BT-NON"]
        assert shown("code=G06_EVALUATION") == ["BT-NON"]
        assert shown("code=G01_INTERDIT") == []
        assert shown(f"poste={opened.center.code}&eleve={opened.pupil.code}") == ["BT-OUI", "BT-OUTRE", "BT-NON"]
        assert shown("poste=NADA") == []
        assert shown("q=bernard") == ["BT-OUI", "BT-OUTRE", "BT-NON"]
        assert shown("q=zola") == []
        assert shown("depuis=2026-11-24") == ["BT-OUI", "BT-OUTRE", "BT-NON"]
        assert shown("depuis=2026-11-25") == []
        assert shown("depuis=hier&reponse=zzz") == ["BT-OUI", "BT-OUTRE", "BT-NON"]
        assert "« Je reste à côté »" in text_of(client.get("/securite/decisions?reponse=outre"))

    def test_it_goes_out_as_a_table(self, client, login_as, db, opened):
        keep(db, opened)
        login_as(Role.DIRECTOR)
        text = client.get("/securite/decisions/export.csv").text
        assert "Noa Bernard;Tour parallèle conventionnel;BT2026-00001;24/11/2026;oui" in text

    def test_any_number_costs_the_same(self, client, login_as, db, opened, record_queries):
        keep(db, opened)
        login_as(Role.MASTER)
        client.get("/securite/decisions")
        with record_queries() as few:
            client.get("/securite/decisions")
        for _ in range(10):
            keep(db, opened)
        with record_queries() as many:
            client.get("/securite/decisions")
        assert len(many) == len(few)

    def test_none_yet(self, client, login_as):
        login_as(Role.MASTER)
        assert "Aucune décision pour l’instant" in text_of(client.get("/securite/decisions"))


class TestOne:
    def test_the_facts_as_they_were_judged_again(self, client, login_as, db, opened):
        kept = keep(db, opened)
        # Ten years later nothing of this is left as it was.
        opened.declaration.withdrawn_on = DAY
        opened.center.label = "Autre machine"
        make_clearance(db, opened.pupil, result="unfit", on_date=DAY)
        login_as(Role.OFFICE)
        words = text_of(client.get(f"/securite/decisions/{kept.id}"))
        assert "Jugée à nouveau : même réponse." in words
        assert "Avis médical du 15/09/2026, valable jusqu’au 14/09/2027." in words
        assert history(db, "gate_decision", kept.id)[0].label == "Réponse gardée lue"

    def test_papers_of_driving_electricity_loads_and_the_weight_are_among_the_facts(
        self, client, login_as, db, opened
    ):  # fmt: skip
        for kind, result, detail in (
            ("driving_training", "passed", ""), ("driving_medical", "fit", ""), ("electrical", "given", "B0"),
            ("handling", "fit", ""), ("weight", "given", "62"),
        ):  # fmt: skip
            make_clearance(db, opened.pupil, kind=kind, result=result, detail=detail, on_date=DAY)
        kept = keep(db, opened)
        login_as(Role.OFFICE)
        words = text_of(client.get(f"/securite/decisions/{kept.id}"))
        assert "Formations à la conduite 24/11/2026 : oui" in words
        assert "Habilitations électriques 24/11/2026 : B0, oui" in words
        assert "Avis de manutention 24/11/2026 : oui" in words
        assert "Poids 62 kg" in words
        assert "Autorisations de conduite" not in words

    def test_a_refusal_gives_its_reason_first_and_a_ticket_is_one_tap_away(self, client, login_as, db, opened):
        make_clearance(db, opened.pupil, result="unfit", on_date=DAY)
        kept = keep(db, opened, subject="BT2026-00007")
        login_as(Role.MASTER)
        page = client.get(f"/securite/decisions/{kept.id}")
        words = text_of(page)
        assert words.index("L’avis médical du 24/11/2026 est défavorable.") < words.index("Jugée à nouveau")
        assert 'href="/atelier/bons/BT2026-00007"' in page.text

    def test_passed_over_says_by_whom_and_why(self, client, login_as, db, opened):
        make_setting(db, Check.PERMIT, starts_on=DAY)
        by = make_actor(db, Role.MASTER)
        service.keep_override(
            db, opened.answer(db), Asked(AskedFor.START, "BT1"), codes=["G16_HABILITATION_INTERNE"],
            reason="Je reste à côté", by=by,
        )  # fmt: skip
        login_as(Role.DIRECTOR)
        kept = db.query(GateDecision).one()
        words = text_of(client.get(f"/securite/decisions/{kept.id}"))
        assert f"Passé outre par {by.name}." in words
        assert "même réponse" in words

    def test_an_answer_that_no_longer_follows_is_told_loudly(self, client, login_as, db, opened):
        kept = keep(db, opened)
        kept.codes = "G09_AVIS_MEDICAL"
        db.flush()
        login_as(Role.DIRECTOR)
        assert "Jugée à nouveau : autre réponse." in text_of(client.get(f"/securite/decisions/{kept.id}"))

    def test_who_may_not_read_papers_reads_none_of_it(self, client, login_as, db, opened):
        kept = keep(db, opened)
        login_as(Role.TEACHER)
        assert client.get(f"/securite/decisions/{kept.id}").status_code == 403
        login_as(Role.MASTER)
        assert client.get("/securite/decisions/999999").status_code == 404
        assert make_pupil(db, opened.group).id != kept.pupil_id
