"""Declarations: prepared, sent and frozen, completed, renewed, taken back; what they lack and what must be told."""

from datetime import date, timedelta

import pytest

from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.machines import queries, service
from app.machines.models import Declaration, DeclarationChange
from app.machines.rules.declaring import (
    AT_DISPOSAL,
    Bench,
    Content,
    Standing,
    days_left_to_tell,
    missing,
    needed,
    standing,
    why_not_complete,
)
from app.machines.service import DeclarationDraft
from tests.factories import make_actor, make_declaration, make_declaration_change, make_quality, make_work_center
from tests.machines.stage import stage
from tests.support.html import errors, parse, submit
from tests.support.pdf import read_pdf
from tests.support.words import text_of

DAY = date(2026, 11, 24)
WHOLE = Content(("D4153-28",), ("M-01",), ("CAP-CIP",), ("Atelier",), ("Maître professionnel",))


@pytest.fixture
def opened(db):
    """Noa of 16, a lathe with every paper in order, Karim in the workshop."""
    return stage(db)


@pytest.fixture
def by(db):
    """The director."""
    return make_actor(db, Role.DIRECTOR)


def prepared(db, by, content=WHOLE, **other):
    return service.create_declaration(db, DeclarationDraft(content, "Usinage"), by=by, **other)


class TestStanding:
    @pytest.mark.parametrize(
        ("sent_on", "withdrawn_on", "expected"),
        [
            (None, None, Standing.DRAFT), (date(2026, 11, 25), None, Standing.DRAFT),
            (DAY, None, Standing.CURRENT), (date(2023, 11, 25), None, Standing.SOON),
            (date(2023, 11, 24), None, Standing.OVER), (date(2024, 2, 23), None, Standing.ENDING),
            (date(2024, 2, 24), None, Standing.CURRENT), (date(2023, 12, 25), None, Standing.SOON),
            (date(2023, 12, 26), None, Standing.ENDING),
            (date(2025, 9, 2), DAY, Standing.WITHDRAWN), (date(2025, 9, 2), date(2026, 11, 25), Standing.CURRENT),
        ],
    )  # fmt: skip
    def test_three_years_less_a_day_told_ninety_and_thirty_days_ahead(self, sent_on, withdrawn_on, expected):
        assert standing(sent_on, withdrawn_on, DAY) == expected
        assert expected.holds == (expected in {Standing.CURRENT, Standing.ENDING, Standing.SOON})

    def test_eight_days_to_tell(self):
        assert days_left_to_tell(DAY, DAY) == 8
        assert days_left_to_tell(date(2026, 11, 15), DAY) == -1


class TestContent:
    def test_what_the_school_of_today_needs(self):
        benches = [
            Bench("TOUR", ("D4153-28",), "Atelier 1"), Bench("TIG", ("D4153-22", "D4153-17"), "Atelier 2"),
            Bench("EBAV", ()), Bench("FOUR", ("D4153-36",), "Cave"), Bench("CHARGE", ("R4153-52",)),
        ]  # fmt: skip
        asked = needed(benches, ["CAP"], ["Maître"])
        assert asked == Content(
            ("D4153-17", "D4153-22", "D4153-28"), ("TOUR",), ("CAP",), ("Atelier 1", "Atelier 2"), ("Maître",)
        )

    def test_places_and_qualities_are_missed_only_where_some_are_named(self):
        asked = Content(("D4153-28",), ("A", "B"), ("CAP",), ("Atelier",), ("Maître",))
        assert missing(Content(("D4153-28",), ("A",), ("CAP",)), asked) == Content((), ("B",))
        assert missing(Content(places=("Autre",), qualities=("Chef",)), asked).places == ("Atelier",)

    def test_only_works_machines_and_trainings_must_be_told(self):
        assert Content(machines=("A",)).must_be_told
        assert not Content(places=("A",), qualities=("B",)).must_be_told
        assert Content().is_empty

    @pytest.mark.parametrize(
        ("content", "field"),
        [
            (Content(), "articles"), (Content(("D4153-22",)), "diplomas"),
            (Content(("D4153-28",), diplomas=("CAP",)), "machines"), (Content(("D4153-22",), (), ("CAP",)), None),
        ],
    )  # fmt: skip
    def test_what_a_letter_must_hold(self, content, field):
        assert (why_not_complete(content) or ("", None))[1] == field


class TestService:
    def test_a_preparation_covers_nothing_until_it_is_sent(self, db, opened, by):
        opened.declaration.withdrawn_on = DAY
        made = prepared(db, by)
        assert made.code == "DER-2026-1"
        assert opened.answer(db).verdict.codes[0] == "G03_DECLARATION"
        service.send_declaration(db, made, on=DAY, means="Lettre recommandée", seen_version=1, by=by)
        make_quality(db, opened.master)
        assert "G03_DECLARATION" not in opened.answer(db).verdict.codes
        assert (made.sent_by_means, made.version) == ("Lettre recommandée", 2)

    def test_once_sent_it_never_changes(self, db, opened, by):
        made = prepared(db, by)
        service.send_declaration(db, made, on=DAY, means="Courriel", seen_version=None, by=by)
        draft = DeclarationDraft(Content(("D4153-22",)))
        with pytest.raises(Refused, match="elle ne change plus"):
            service.change_draft(db, made, draft, seen_version=2, by=by)
        with pytest.raises(Refused, match="elle ne change plus"):
            service.send_declaration(db, made, on=DAY, means="Encore", seen_version=2, by=by)
        with pytest.raises(Refused, match="elle ne change plus"):
            service.drop_draft(db, made, by=by)

    def test_a_preparation_is_changed_or_dropped(self, db, opened, by):
        made = prepared(db, by, code="DER-A")
        draft = DeclarationDraft(Content(("D4153-22",), (), ("CAP-CIP",)), "Soudage")
        service.change_draft(db, made, draft, seen_version=1, by=by)
        told = {name: (old, new) for name, old, new in history(db, "declaration", made.id)[0].changes}
        assert told["Travaux"] == ("D4153-28", "D4153-22")
        with pytest.raises(Stale) as stale:
            service.change_draft(db, made, DeclarationDraft(WHOLE), seen_version=1, by=by)
        assert ("Secteur d’activité", "–", "Soudage") in stale.value.changes
        service.drop_draft(db, made, by=by)
        db.flush()
        assert not queries.has_declaration(db, "DER-A")

    def test_codes_are_never_used_twice(self, db, opened, by):
        with pytest.raises(Refused, match="déjà prise") as refused:
            prepared(db, by, code=opened.declaration.code)
        assert refused.value.field == "code"
        make_declaration(db, code="DER-2026-1")
        assert prepared(db, by).code == "DER-2026-2"

    @pytest.mark.parametrize(
        ("content", "field"),
        [(Content(machines=("NADA",)), "machines"), (Content(diplomas=("BTS",)), "diplomas")],
    )
    def test_unknown_codes_are_refused(self, db, opened, by, content, field):
        with pytest.raises(Refused) as refused:
            prepared(db, by, content)
        assert refused.value.field == field

    @pytest.mark.parametrize(
        ("content", "on", "words"),
        [
            (Content(("D4153-28",), (), ("CAP-CIP",)), DAY, "la liste des machines"),
            (WHOLE, date(2026, 11, 25), "est à venir"),
        ],
    )
    def test_what_cannot_be_sent_is_not(self, db, opened, by, content, on, words):
        made = prepared(db, by, content)
        with pytest.raises(Refused, match=words) as refused:
            service.send_declaration(db, made, on=on, means="X", seen_version=1, by=by)
        assert (refused.value.field, made.sent_on) == ("sent_on", None)

    def test_who_sends_has_read_what_is_sent(self, db, opened, by):
        made = prepared(db, by)
        service.change_draft(db, made, DeclarationDraft(WHOLE, "Autre"), seen_version=1, by=by)
        with pytest.raises(Stale):
            service.send_declaration(db, made, on=DAY, means="X", seen_version=1, by=by)

    def test_taken_back_it_covers_nothing_from_that_day(self, db, opened, by):
        service.withdraw_declaration(db, opened.declaration, on=DAY, reason="Atelier fermé", by=by)
        assert opened.answer(db).verdict.codes == ("G03_DECLARATION",)
        assert opened.answer(db, day=date(2026, 11, 23)).verdict.refusal.check != "G03_DECLARATION"
        with pytest.raises(Refused, match="déjà retirée"):
            service.withdraw_declaration(db, opened.declaration, on=DAY, reason="X", by=by)
        with pytest.raises(Refused, match="abandonnez la préparation"):
            service.withdraw_declaration(db, prepared(db, by), on=DAY, reason="X", by=by)


class TestChanges:
    def test_a_machine_counts_from_the_sending_of_its_change(self, db, opened, by):
        press = make_work_center(db, code="PRESSE", regulated_articles="D4153-28", risk_assessed_on=date(2026, 11, 1))
        change = service.add_change(
            db, opened.declaration, Content(machines=("PRESSE", "M-01")), changed_on=date(2026, 11, 20), by=by
        )
        assert change.work_centers == "PRESSE"
        assert "G05_MACHINE" in opened.answer(db, press).verdict.codes
        service.send_change(db, change, on=DAY, means="Courriel", by=by)
        assert "G05_MACHINE" not in opened.answer(db, press).verdict.codes
        assert "G05_MACHINE" in opened.answer(db, press, date(2026, 11, 23)).verdict.codes
        labels = [deed.label for deed in history(db, "declaration", opened.declaration.id)]
        assert labels == [
            "Changement du 20/11/2026 envoyé le 24/11/2026", "Complétée, à dire sous huit jours",
        ]  # fmt: skip

    def test_told_after_the_eight_days_is_written_so(self, db, opened, by):
        make_work_center(db, code="PRESSE")
        change = service.add_change(
            db, opened.declaration, Content(machines=("PRESSE",)), changed_on=date(2026, 11, 15), by=by
        )
        service.send_change(db, change, on=DAY, means="Courriel", by=by)
        assert history(db, "declaration", opened.declaration.id)[0].label.endswith("après les huit jours")
        with pytest.raises(Refused, match="déjà envoyé"):
            service.send_change(db, change, on=DAY, means="X", by=by)
        with pytest.raises(Refused, match="ne s’efface plus"):
            service.drop_change(db, change, by=by)

    def test_places_and_qualities_are_kept_at_disposal_and_count_at_once(self, db, opened, by):
        change = service.add_change(
            db, opened.declaration, Content(qualities=("Chef d’atelier",)), changed_on=DAY, by=by
        )  # fmt: skip
        assert (change.sent_on, change.sent_by_means) == (DAY, AT_DISPOSAL)

    @pytest.mark.parametrize(
        ("content", "on", "field"),
        [
            (Content(machines=("M-01",)), DAY, "machines"), (Content(), DAY, "machines"),
            (Content(machines=("NADA",)), DAY, "machines"),
            (Content(articles=("D4153-22",)), date(2026, 11, 25), "changed_on"),
            (Content(articles=("D4153-22",)), date(2025, 9, 1), "changed_on"),
        ],
    )  # fmt: skip
    def test_what_adds_nothing_or_comes_too_early_is_refused(self, db, opened, by, content, on, field):
        with pytest.raises(Refused) as refused:
            service.add_change(db, opened.declaration, content, changed_on=on, by=by)
        assert refused.value.field == field

    def test_only_what_is_in_force_is_completed(self, db, opened, by):
        over = make_declaration(db, sent_on=date(2022, 9, 1))
        for one in (over, prepared(db, by)):
            with pytest.raises(Refused, match="préparez-en une autre"):
                service.add_change(db, one, Content(articles=("D4153-22",)), changed_on=DAY, by=by)


class TestPages:
    def test_prepared_sent_completed_renewed_in_a_browser(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        page = client.get("/securite/declarations/nouvelle")
        ticked = {box.attributes["value"] for box in parse(page.text).all("input", name="machines", checked="")}
        assert ticked == {"M-01"}
        answer = submit(client, page, "/nouvelle", sector="Usinage", places="Atelier\nAtelier 2")
        assert answer.headers["location"] == "/securite/declarations/DER-2026-1"
        page = client.get(answer.headers["location"])
        assert "En préparation : elle ne couvre rien." in text_of(page)
        page = client.get("/securite/declarations/DER-2026-1/envoi")
        assert "Ce champ est à remplir." in errors(submit(client, page, "/envoi"))["means"]
        assert submit(client, page, "/envoi", means="Lettre recommandée").status_code == 303
        words = text_of(client.get("/securite/declarations/DER-2026-1"))
        assert "Valable jusqu’au 23/11/2029" in words
        assert "Atelier 2" in words
        renewal = client.get("/securite/declarations/nouvelle?depuis=DER-2026-1")
        assert "Atelier\nAtelier 2" in renewal.text

    def test_what_is_missing_is_proposed_and_counted_down(self, client, login_as, db, opened):
        login_as(Role.DIRECTOR)
        make_work_center(db, code="PRESSE", label="Presse plieuse", regulated_articles="D4153-28+D4153-22")
        words = text_of(client.get("/securite/declarations"))
        assert "Ce qui manque à" in words
        assert "Presse plieuse" in words
        code = opened.declaration.code
        page = client.get(f"/securite/declarations/{code}/changement")
        assert submit(client, page, "/changement", changed_on="20/11/2026").status_code == 303
        words = text_of(client.get("/securite/declarations"))
        assert "à dire sous 4 jours" in words
        assert "Ce qui manque à" not in words
        change = db.query(DeclarationChange).one()
        page = client.get(f"/securite/changements/{change.id}/envoi")
        assert submit(client, page, "/envoi", means="Courriel").status_code == 303
        assert "compte depuis le 24/11/2026" in text_of(client.get(f"/securite/declarations/{code}"))

    def test_a_late_change_is_an_alert(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        make_work_center(db, code="PRESSE")
        service.add_change(
            db, opened.declaration, Content(machines=("PRESSE",)), changed_on=date(2026, 11, 10),
            by=make_actor(db, Role.OFFICE),
        )  # fmt: skip
        assert "délai de huit jours passé" in text_of(client.get("/securite/declarations"))
        page = client.get(f"/securite/declarations/{opened.declaration.code}")
        assert submit(client, page, "/abandon").status_code == 303
        assert db.query(DeclarationChange).count() == 0

    def test_one_machine_is_added_from_its_refusal(self, client, login_as, db, opened):
        login_as(Role.DIRECTOR)
        make_work_center(db, code="PRESSE", regulated_articles="D4153-28")
        answer = client.get("/securite/declarations/completer?poste=PRESSE")
        assert answer.status_code == 303
        page = client.get(answer.headers["location"])
        ticked = {box.attributes["value"] for box in parse(page.text).all("input", name="machines", checked="")}
        assert ticked == {"PRESSE"}
        db.delete(opened.declaration)
        db.flush()
        assert client.get("/securite/declarations/completer").headers["location"].endswith("/nouvelle")

    def test_none_in_force_is_said_loudly(self, client, login_as, db, opened):
        opened.declaration.sent_on = today() - timedelta(days=3 * 366)
        db.flush()
        login_as(Role.MASTER)
        words = text_of(client.get("/securite/declarations"))
        assert "Aucune déclaration en cours." in words
        assert "Préparer une déclaration" not in words

    def test_taken_back_with_its_reason(self, client, login_as, db, opened):
        login_as(Role.DIRECTOR)
        code = opened.declaration.code
        page = client.get(f"/securite/declarations/{code}/retrait")
        assert errors(submit(client, page, "/retrait"))["reason"]
        assert submit(client, page, "/retrait", reason="Atelier fermé").status_code == 303
        assert "Retirée" in text_of(client.get(f"/securite/declarations/{code}"))

    def test_a_preparation_is_dropped_and_one_in_force_is_not(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        made = prepared(db, make_actor(db, Role.OFFICE))
        assert client.post(f"/securite/declarations/{made.code}/abandon").status_code == 303
        assert client.post(f"/securite/declarations/{opened.declaration.code}/abandon").status_code == 409
        assert db.query(Declaration).count() == 1
        assert client.get("/securite/declarations/NADA").status_code == 404

    def test_two_at_once_on_a_preparation(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        made = prepared(db, make_actor(db, Role.OFFICE))
        page = client.get(f"/securite/declarations/{made.code}/modifier")
        assert submit(client, page, "/modifier", sector="Tournage").status_code == 303
        answer = submit(client, page, "/modifier", sector="Fraisage")
        assert answer.status_code == 409
        assert "Fraisage" in answer.text

    def test_the_letter_and_the_list_are_printed(self, client, login_as, db, opened):
        login_as(Role.OFFICE)
        answer = client.get(f"/securite/declarations/{opened.declaration.code}/declaration.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        paper = read_pdf(answer.content)
        assert "Tour parallèle conventionnel" in paper.text
        assert "D4153-28" in paper.text
        young = read_pdf(client.get("/securite/jeunes.pdf").content)
        assert "Bernard" in young.text
        assert "apte" in young.text
        assert "Karim Benali" in young.text
        assert history(db, "school_health", 1)[0].label == "Liste des jeunes imprimée (R4153-45)"

    def test_the_letter_holds_what_was_sent_then_each_change_with_its_own_sending(self, client, login_as, db, opened):
        make_work_center(db, code="SOUD", label="Poste TIG", regulated_articles="D4153-22+D4153-20")
        told = {"changed_on": date(2026, 10, 1), "sent_on": date(2026, 10, 5), "sent_by_means": "Courriel"}
        make_declaration_change(db, opened.declaration, articles="D4153-22", work_centers="SOUD", **told)
        make_declaration_change(db, opened.declaration, changed_on=DAY, sent_on=None, diplomas="CAP-NEW")
        make_declaration_change(db, opened.declaration, changed_on=DAY, sent_on=None, places="Atelier 2")
        login_as(Role.OFFICE)
        url = f"/securite/declarations/{opened.declaration.code}/declaration.pdf"
        text = read_pdf(client.get(url).content).text
        sent, changes = text.split("Modifications (R4153-42 et R4153-43)")
        assert "D4153-22" not in sent
        assert "Changement du 01/10/2026, envoyé le 05/10/2026, courriel" in changes
        assert "Machine SOUD, Poste TIG, pour D4153-22" in changes
        assert "D4153-20" not in text  # no declaration opens it
        assert "Changement du 24/11/2026, à envoyer sous huit jours (R4153-42)" in changes
        assert "Formation CAP-NEW" in changes
        assert "tenu à disposition (R4153-43)" in changes

    def test_the_list_of_the_young_says_since_when_and_what_their_masters_are(self, client, login_as, db, opened):
        make_quality(db, opened.master, "Chef")
        make_quality(db, opened.master, "Ancienne fonction", ends_on=DAY - timedelta(days=1))
        login_as(Role.OFFICE)
        text = read_pdf(client.get("/securite/jeunes.pdf").content).text
        assert f"Depuis le {opened.pupil.entered_on:%d/%m/%Y}" in text
        assert "Karim Benali, Chef" in " ".join(text.split())
        assert "Ancienne fonction" not in text

    def test_adults_are_not_on_the_list_of_the_young(self, client, login_as, db, opened):
        opened.pupil.born_on = date(2008, 11, 24)
        db.flush()
        login_as(Role.OFFICE)
        assert "Bernard" not in read_pdf(client.get("/securite/jeunes.pdf").content).text
