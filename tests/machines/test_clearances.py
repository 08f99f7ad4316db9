"""Facts about pupils: written down on their page or for a whole class, never edited, voided with a reason."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.clock import today
from app.core.errors import Refused
from app.core.journal import JournalEntry, history
from app.core.permissions import Role
from app.machines import queries, service
from app.machines.models import Clearance
from app.machines.rules import ClearanceKind, ClearanceResult
from app.machines.rules.entry import Entry
from app.machines.service import Training
from tests.factories import make_actor, make_clearance, make_pupil, make_staff, make_work_center
from tests.machines.stage import stage
from tests.support.html import errors, parse, submit
from tests.support.words import text_of

K, R = ClearanceKind, ClearanceResult
DAY = date(2026, 11, 24)


@pytest.fixture
def opened(db):
    """Noa of 16, a lathe with every paper in order, Karim in the workshop."""
    return stage(db)


@pytest.fixture
def by(db):
    """A master."""
    return make_actor(db, Role.MASTER)


def kept(db, pupil, kind=None):
    """What is on record, in order."""
    db.expire_all()
    query = select(Clearance).where(Clearance.pupil_id == pupil.id).order_by(Clearance.on_date, Clearance.id)
    return [row for row in db.scalars(query) if kind in (None, row.kind)]


class TestFacts:
    def test_a_fact_is_written_down_with_who_and_when(self, db, opened, by):
        wanted = Entry(K.MEDICAL, R.FIT, DAY, excluded=("D4153-22", "D4153-17"))
        row = service.record_fact(db, opened.pupil, wanted, given_by="Dr Humbert", by=by)
        assert (row.restriction, row.given_by, row.by_id) == ("D4153-22+D4153-17", "Dr Humbert", by.staff_id)
        assert row.at is not None

    def test_the_journal_tells_of_an_opinion_and_not_what_it_says(self, db, opened, by):
        service.record_fact(db, opened.pupil, Entry(K.MEDICAL, R.UNFIT, DAY), by=by)
        service.record_fact(db, opened.pupil, Entry(K.WEIGHT, R.GIVEN, DAY, detail="52,5"), by=by)
        told = [deed.label for deed in history(db, "pupil", opened.pupil.id)]
        assert told == ["Poids, 24/11/2026", "Avis médical, 24/11/2026"]

    def test_a_weight_is_kept_so_that_the_gate_reads_it(self, db, opened, by):
        row = service.record_fact(db, opened.pupil, Entry(K.WEIGHT, R.GIVEN, DAY, detail="52,50 kg"), by=by)
        assert row.detail == "52.5"

    @pytest.mark.parametrize(
        ("wanted", "field"),
        [
            (Entry(K.SAFETY, R.PASSED, date(2026, 8, 1), "M-01"), "on_date"),
            (Entry(K.MEDICAL, R.FIT, date(2026, 11, 25)), "on_date"),
            (Entry(K.MEDICAL, R.PASSED, DAY), "result"),
            (Entry(K.SAFETY, R.PASSED, DAY), "work_center"),
            (Entry(K.SAFETY, R.PASSED, DAY, "NADA"), "work_center"),
            (Entry(K.MEDICAL, R.FIT, DAY, "M-01"), "work_center"),
            (Entry(K.MEDICAL, R.FIT, DAY, excluded=("D4153-99",)), "restriction"),
            (Entry(K.MEDICAL, R.UNFIT, date(2026, 9, 15)), "result"),
            (Entry(K.MEDICAL, R.FIT, date(2026, 9, 15)), "on_date"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_kept(self, db, opened, by, wanted, field):
        before = len(kept(db, opened.pupil))
        with pytest.raises(Refused) as refused:
            service.record_fact(db, opened.pupil, wanted, by=by)
        assert refused.value.field == field
        assert len(kept(db, opened.pupil)) == before

    def test_a_permit_is_given_by_somebody_who_may(self, db, opened, by):
        wanted = Entry(K.PERMIT, R.SUPERVISED, DAY, "M-01")
        office = make_staff(db, Role.OFFICE)
        for code, words in (("", "Dites qui"), ("NADA", "Dites qui"), (office.code, "maître professionnel")):
            with pytest.raises(Refused, match=words) as refused:
                service.record_fact(db, opened.pupil, wanted, given_by=code, by=by)
            assert refused.value.field == "given_by"
        row = service.record_fact(db, opened.pupil, wanted, given_by=opened.master.code, by=by)
        assert row.given_by == "Karim Benali"
        assert opened.answer(db).verdict.supervised

    def test_another_symbol_of_the_same_day_is_another_paper(self, db, opened, by):
        for level in ("B0", "BS"):
            service.record_fact(db, opened.pupil, Entry(K.ELECTRICAL, R.GIVEN, DAY, detail=level), by=by)
        with pytest.raises(Refused, match="déjà noté"):
            service.record_fact(db, opened.pupil, Entry(K.ELECTRICAL, R.GIVEN, DAY, detail="B0"), by=by)

    def test_a_void_fact_counts_no_more_and_stays(self, db, opened, by):
        wrong = service.record_fact(db, opened.pupil, Entry(K.MEDICAL, R.UNFIT, DAY), by=by)
        assert opened.answer(db).verdict.codes == ("G09_AVIS_MEDICAL",)
        service.void_fact(db, wrong, reason="Mauvais élève", by=by)
        assert opened.answer(db).verdict.allowed
        shown = queries.papers_of(db, opened.pupil.id)[0]
        assert (shown.result, shown.void_reason) == (R.UNFIT, "Mauvais élève")
        assert shown.voided_at is not None
        with pytest.raises(Refused, match="déjà annulé"):
            service.void_fact(db, wrong, reason="encore", by=by)
        service.record_fact(db, opened.pupil, Entry(K.MEDICAL, R.FIT, DAY), by=by)


class TestTrainings:
    def test_given_and_assessed_later_are_two_facts(self, db, opened, by):
        training = Training("M-01", date(2026, 10, 12), R.PASSED, date(2026, 10, 14), "Karim")
        service.record_training(db, opened.pupil, training, by=by)
        rows = [(row.on_date, row.result) for row in kept(db, opened.pupil, "safety")]
        assert rows[-2:] == [(date(2026, 10, 12), "not_assessed"), (date(2026, 10, 14), "passed")]
        assert "G08_EVALUATION_FORMATION" in opened.answer(db, day=date(2026, 10, 13)).verdict.codes

    def test_assessed_on_its_day_is_one(self, db, opened, by):
        for assessed in (None, date(2026, 10, 12)):
            pupil = make_pupil(db, opened.group)
            service.record_training(db, pupil, Training("M-01", date(2026, 10, 12), R.PASSED, assessed), by=by)
            assert [row.result for row in kept(db, pupil)] == ["passed"]

    def test_one_that_waits_is_assessed_without_being_given_again(self, db, opened, by):
        pupil = make_pupil(db, opened.group)
        given = Training("M-01", date(2026, 10, 12), R.NOT_ASSESSED)
        service.record_training(db, pupil, given, by=by)
        service.record_training(db, pupil, Training("M-01", given.given_on, R.FAILED, DAY), by=by)
        assert [row.result for row in kept(db, pupil)] == ["not_assessed", "failed"]

    @pytest.mark.parametrize(
        ("assessed", "result", "field"),
        [
            (date(2026, 10, 11), R.PASSED, "assessed_on"), (date(2026, 11, 25), R.PASSED, "assessed_on"),
            (date(2026, 10, 12), R.NOT_ASSESSED, "result"),
        ],
    )  # fmt: skip
    def test_an_assessment_has_its_day(self, db, opened, by, assessed, result, field):
        with pytest.raises(Refused) as refused:
            service.record_training(db, opened.pupil, Training("M-01", date(2026, 10, 12), result, assessed), by=by)
        assert refused.value.field == field

    def test_a_refusal_names_its_row(self, db, opened, by):
        other, late = make_pupil(db, opened.group), make_pupil(db, opened.group, entered_on=DAY)
        rows = [
            (pupil.code, Training("M-01", date(2026, 10, 12), R.PASSED)) for pupil in (other, late, opened.pupil)
        ]  # fmt: skip
        with pytest.raises(Refused, match="n’est à l’école que depuis") as refused:
            service.record_trainings(db, rows, by=by)
        assert refused.value.field == "rows-1-result"

    def test_a_whole_class_at_once(self, db, opened, by):
        training = Training("M-01", date(2026, 10, 12), R.PASSED)
        rows = [(pupil.code, training) for pupil in (make_pupil(db, opened.group), opened.pupil)]
        assert service.record_trainings(db, rows, by=by) == 2

    def test_unknown_pupils_are_told(self, db, opened, by):
        with pytest.raises(Refused, match="n’existe pas") as refused:
            service.record_trainings(db, [("NADA", Training("M-01", DAY, R.PASSED))], by=by)
        assert refused.value.field == "rows-0-pupil"


class TestPupilPage:
    def test_it_says_where_the_pupil_may_work_and_why_not(self, client, login_as, db, opened):
        login_as(Role.MASTER)
        words = text_of(client.get(f"/securite/eleves/{opened.pupil.code}"))
        assert "Avis médical : apte, jusqu’au 14/09/2027" in words
        assert "Avec le maître à côté Permis à délivrer" in words
        assert "Tour parallèle" in words

    def test_from_the_eighteenth_birthday_on_it_says_that_the_law_asks_nothing(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        eighteen = opened.pupil.born_on.replace(year=opened.pupil.born_on.year + 18)
        for path in (
            f"/securite/eleves/{opened.pupil.code}?le=", f"/securite/reponse?eleve={opened.pupil.code}&poste=M-01&le=",
        ):  # fmt: skip
            assert f"18 ans depuis le {eighteen:%d/%m/%Y}" in text_of(client.get(f"{path}{eighteen}"))
            assert "18 ans depuis" not in text_of(client.get(f"{path}{eighteen - timedelta(days=1)}"))

    def test_on_another_day_it_answers_for_that_day(self, client, login_as, db, opened):
        login_as(Role.MASTER)
        page = client.get(f"/securite/eleves/{opened.pupil.code}?le=26/11/2027")
        assert "Avis médical échu" in text_of(page)
        assert "le 26/11/2027" in text_of(page)
        assert client.get(f"/securite/eleves/{opened.pupil.code}?le=demain").status_code == 200
        assert client.get(f"/securite/eleves/{opened.pupil.code}?le=0001-01-01").status_code == 200

    def test_who_reads_it_is_noted_once_an_hour(self, client, login_as, db, opened, clock):
        reader = login_as(Role.OFFICE)
        for _ in range(2):
            client.get(f"/securite/eleves/{opened.pupil.code}")
        assert len(history(db, "pupil_health", opened.pupil.id)) == 1
        clock.advance(minutes=25)
        client.get(f"/securite/eleves/{opened.pupil.code}")
        assert len(history(db, "pupil_health", opened.pupil.id)) == 1
        login_as(Role.MASTER)
        page = client.get(f"/securite/eleves/{opened.pupil.code}")
        assert reader.full_name in text_of(page)
        assert len(history(db, "pupil_health", opened.pupil.id)) == 2

    def test_a_teacher_reads_nothing_of_it(self, client, login_as, opened):
        login_as(Role.TEACHER)
        assert client.get(f"/securite/eleves/{opened.pupil.code}").status_code == 403
        assert "Sécurité" not in text_of(client.get(f"/eleves/{opened.pupil.code}"))

    def test_the_folder_leads_here(self, client, login_as, opened):
        login_as(Role.OFFICE)
        page = client.get(f"/eleves/{opened.pupil.code}")
        assert f'href="/securite/eleves/{opened.pupil.code}"' in page.text

    def test_any_number_of_machines_costs_the_same(self, client, login_as, db, opened, record_queries):
        login_as(Role.MASTER)
        path = f"/securite/eleves/{opened.pupil.code}"
        client.get(path)
        with record_queries() as few:
            client.get(path)
        for _ in range(6):
            make_work_center(db, regulated_articles="D4153-28")
            make_clearance(db, opened.pupil, on_date=today() - timedelta(days=100))
        with record_queries() as many:
            client.get(path)
        assert len(many) == len(few)


class TestEntering:
    def test_an_opinion_is_noted_in_one_form(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        page = client.get(f"/securite/eleves/{opened.pupil.code}/noter?type=medical")
        assert "Le motif reste chez le médecin." in text_of(page)
        answer = submit(client, page, "/noter", restriction=["D4153-22", "D4153-17"], given_by="Dr Humbert")
        assert answer.status_code == 303
        row = kept(db, opened.pupil, "medical")[-1]
        assert (row.on_date, row.result, row.restriction) == (DAY, "fit", "D4153-22+D4153-17")

    @pytest.mark.parametrize("kind", ClearanceKind)
    def test_every_kind_has_its_form(self, client, login_as, db, opened, kind):
        login_as(Role.MASTER)
        page = client.get(f"/securite/eleves/{opened.pupil.code}/noter?type={kind.value}&poste=M-01")
        assert page.status_code == 200
        changes = {"given_by": opened.master.code, "on_date": "20/11/2026"}
        changes |= {"electrical": {"detail": "B0"}, "weight": {"detail": "52,5"}}.get(kind.value, {})
        assert submit(client, page, "/noter", **changes).status_code == 303
        row = kept(db, opened.pupil, kind.value)[-1]
        assert row.on_date == date(2026, 11, 20)

    def test_what_is_wrong_keeps_what_was_typed(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        page = client.get(f"/securite/eleves/{opened.pupil.code}/noter?type=medical")
        answer = submit(client, page, "/noter", on_date="25/11/2026", restriction=["D4153-22"], given_by="Dr <b>")
        assert answer.status_code == 422
        assert "est à venir" in errors(answer)["on_date"]
        assert [box.attributes["value"] for box in parse(answer.text).all("input", name="restriction", checked="")] == [
            "D4153-22"
        ]
        assert "Dr &lt;b&gt;" in answer.text

    def test_an_assessment_before_the_training_is_told_at_its_field(self, client, login_as, opened):
        login_as(Role.MASTER)
        page = client.get(f"/securite/eleves/{opened.pupil.code}/noter?type=safety&poste=M-01&dispensee=2026-11-20")
        answer = submit(client, page, "/noter", assessed_on="19/11/2026")
        assert "avant la formation, dispensée le 20/11/2026" in errors(answer)["assessed_on"]

    def test_nonsense_is_a_sentence(self, client, login_as, opened):
        login_as(Role.MASTER)
        path = f"/securite/eleves/{opened.pupil.code}/noter"
        assert client.get(f"{path}?type=zzz").status_code == 200
        answer = client.post(path, data={"kind": "zzz", "result": "fit", "on_date": "hier"})
        assert answer.status_code == 422
        assert client.get("/securite/eleves/NADA/noter").status_code == 404

    def test_a_wrong_fact_is_voided_with_its_reason(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        row = kept(db, opened.pupil, "medical")[0]
        page = client.get(f"/securite/papiers/{row.id}/annuler")
        assert submit(client, page, "/annuler", reason="").status_code == 422
        assert submit(client, page, "/annuler", reason="Autre élève").status_code == 303
        assert "Annulé Autre élève" in text_of(client.get(f"/securite/eleves/{opened.pupil.code}"))
        again = submit(client, page, "/annuler", reason="Encore")
        assert (again.status_code, "déjà annulé" in again.text) == (422, True)
        assert client.get("/securite/papiers/999999/annuler").status_code == 404

    def test_a_class_is_trained_in_one_form(self, client, login_as, db, opened):
        login_as(Role.MASTER)
        absent = make_pupil(db, opened.group, first_name="Zoé", last_name="Zola")
        assert "Quel groupe, sur quelle machine" in text_of(client.get("/securite/formations"))
        page = client.get(f"/securite/formations?groupe={opened.group.code}&poste=M-01")
        answer = submit(client, page, "/formations", **{"on_date": "20/11/2026", "rows-0-result": "not_assessed"})
        assert answer.status_code == 303
        assert kept(db, opened.pupil, "safety")[-1].result == "not_assessed"
        assert kept(db, absent) == []

    def test_the_row_that_is_wrong_says_so(self, client, login_as, db, opened):
        login_as(Role.MASTER)
        make_pupil(db, opened.group, first_name="Zoé", last_name="Zola", entered_on=DAY)
        page = client.get(f"/securite/formations?groupe={opened.group.code}&poste=M-01")
        changes = {"on_date": "20/11/2026", "rows-0-result": "failed", "rows-1-result": "passed"}
        answer = submit(client, page, "/formations", **changes)
        assert answer.status_code == 422
        assert [row.result for row in kept(db, opened.pupil, "safety")] == ["passed"]
        assert "Zoé Zola : L’élève n’est à l’école que depuis le 24/11/2026." in errors(answer)["rows-1-result"]

    def test_a_doctor_s_day_is_one_table(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        other = make_pupil(db, opened.group, first_name="Zoé", last_name="Zola")
        page = client.get(f"/securite/visites?groupe={opened.group.code}")
        assert "jusqu’au 14/09/2027" in text_of(page)
        changes = {
            "given_by": "Dr Humbert", "rows-0-result": "fit", "rows-0-restriction": "d4153-22",
            "rows-0-handling": "unfit", "rows-1-result": "unfit",
        }  # fmt: skip
        assert submit(client, page, "/visites", **changes).status_code == 303
        rows = [(row.kind, row.result, row.restriction) for row in kept(db, opened.pupil) if row.on_date == DAY]
        assert rows == [("medical", "fit", "D4153-22"), ("handling", "unfit", "")]
        assert [row.result for row in kept(db, other)] == ["unfit"]
        read = select(JournalEntry).where(JournalEntry.subject_type == "group_health")
        assert len(db.scalars(read).all()) == 1

    def test_an_unknown_article_is_told_in_its_row(self, client, login_as, opened):
        login_as(Role.OFFICE)
        page = client.get(f"/securite/visites?groupe={opened.group.code}")
        answer = submit(client, page, "/visites", **{"rows-0-result": "fit", "rows-0-restriction": "D4153-99"})
        assert "n’est pas un article connu" in errors(answer)["rows-0-restriction"]

    def test_articles_without_an_opinion_ask_for_it_and_nothing_is_guessed(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        before = len(kept(db, opened.pupil))
        page = client.get(f"/securite/visites?groupe={opened.group.code}")
        answer = submit(client, page, "/visites", **{"rows-0-restriction": "D4153-22"})
        assert answer.status_code == 422
        assert "Choisissez aussi l’avis" in errors(answer)["rows-0-restriction"]
        assert len(kept(db, opened.pupil)) == before

    def test_an_empty_table_notes_nothing(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        before = len(kept(db, opened.pupil))
        page = client.get(f"/securite/visites?groupe={opened.group.code}")
        assert submit(client, page, "/visites").status_code == 422
        assert len(kept(db, opened.pupil)) == before
