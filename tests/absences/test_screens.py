"""The office's pages of absences, as a browser sees them; the JSON door; papers read back."""

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.absences.models import AbsenceLetter
from app.core.clock import today
from app.core.mail import MailState, OutgoingMail
from app.core.permissions import Role
from app.pedagogy.models import AbsenceReason, Guardian
from app.pedagogy.rules import Attendance
from tests.factories import (
    make_attendance,
    make_group,
    make_mail,
    make_pupil,
    make_reason,
    make_school,
    make_session,
)
from tests.support.html import errors, parse, submit
from tests.support.pdf import read_pdf

DAY = "2026-11-24"


@pytest.fixture
def group(db):
    make_school(db, city="Chaumont")
    return make_group(db, code="CAP1", label="CAP 1re année")


@pytest.fixture
def absent(db, group):
    """Somebody who is missing this morning, with a mother to tell."""
    pupil = make_pupil(db, group, first_name="Léa", last_name="Petit", code="E7")
    db.add(Guardian(pupil_id=pupil.id, rank=1, name="Mme Petit", email="petit@example.fr", relation="mother"))
    make_attendance(db, make_session(db, group), pupil, Attendance.ABSENT)
    db.flush()
    return pupil


def text(page):
    return parse(page.text).text.replace("\u00a0", " ").replace("\u202f", " ")


def count(db, model):
    db.expire_all()
    return db.scalar(select(func.count()).select_from(model))


class TestTheMorning:
    def test_the_office_reads_changes_and_confirms_what_leaves(self, client, db, login_as, absent):
        login_as(Role.OFFICE)
        assert "1 absence sans motif" in text(client.get("/"))
        assert "1 absence sans motif" in text(client.get("/absences"))
        page = client.get("/absences/avis")
        assert "Mme Petit" in text(page)
        answer = submit(client, page, **{"messages-0-body": "Bonjour, Léa n’est pas là."})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/absences?jour={DAY}")
        sent = db.scalars(select(OutgoingMail)).one()
        assert (sent.to_address, sent.body, sent.state) == (
            "petit@example.fr", "Bonjour, Léa n’est pas là.", MailState.QUEUED,
        )  # fmt: skip
        assert "Tout le monde est prévenu" in text(client.get("/absences/avis"))
        assert "En attente" in text(client.get("/absences"))
        assert "absence sans motif" not in text(client.get("/"))

    def test_nothing_leaves_unticked_or_empty(self, client, db, login_as, absent):
        login_as(Role.OFFICE)
        page = client.get("/absences/avis")
        assert submit(client, page, **{"messages-0-send": None}).status_code == 422
        answer = submit(client, page, **{"messages-0-body": " "})
        assert (answer.status_code, list(errors(answer))) == (422, ["messages-0-body"])
        assert count(db, OutgoingMail) == 0

    def test_the_same_message_confirmed_twice_leaves_once(self, client, db, login_as, absent):
        login_as(Role.OFFICE)
        first, second = client.get("/absences/avis"), client.get("/absences/avis")
        submit(client, first)
        answer = submit(client, second)
        assert answer.status_code == 303
        assert "déjà prévenu" in text(client.get(answer.headers["location"]))
        assert count(db, OutgoingMail) == 1

    def test_a_call_is_noted_and_then_the_reason_it_brought(self, client, db, login_as, absent):
        login_as(Role.OFFICE)
        page = client.get(f"/absences/telephone?jour={DAY}&eleve=E7")
        assert errors(submit(client, page)) == {"told": errors(submit(client, page))["told"]}
        assert submit(client, page, told="Mme Petit").status_code == 303
        again = submit(client, client.get(f"/absences/telephone?jour={DAY}&eleve=E7"), told="Mme Petit")
        assert again.status_code == 422
        assert "Déjà prévenu" in text(again)
        form = client.get(f"/absences/motifs/nouveau?eleve=E7&jour={DAY}")
        assert submit(client, form, code="MAL", given_by="Mme Petit").status_code == 303
        shown = text(client.get("/eleves/E7/absences"))
        assert "Motif légitime" in shown
        assert "Maladie de l’élève" in shown


class TestReasons:
    def test_wrong_input_is_told_at_its_field_and_kept(self, client, db, login_as, absent):
        login_as(Role.OFFICE)
        page = client.get("/absences/motifs/nouveau?eleve=E7")
        answer = submit(client, page, starts_on="31/02/2026", given_by="Mme Petit")
        assert (answer.status_code, sorted(errors(answer))) == (422, ["code", "starts_on"])
        assert "Mme Petit" in answer.text
        answer = submit(client, answer, starts_on="24/11/2026", ends_on="20/11/2026", code="TRA")
        assert list(errors(answer)) == ["ends_on"]
        answer = submit(client, answer, ends_on="", part="hours", start="10:00", end="09:00")
        assert list(errors(answer)) == ["end"]
        answer = submit(client, answer, end="12:00", code="MAL", comment="angine")
        assert list(errors(answer)) == ["comment"]
        assert submit(client, answer, pupil="NUL", comment="").status_code == 422
        assert count(db, AbsenceReason) == 0
        assert submit(client, answer, comment="").status_code == 303

    def test_a_correction_and_a_withdrawal_leave_what_was_said(self, client, db, login_as, absent):
        login_as(Role.OFFICE)
        reason = make_reason(db, absent)
        address = f"/absences/motifs/{reason.id}/modifier"
        page, later = client.get(address), client.get(address)
        assert submit(client, page, address, code="TRA").status_code == 303
        answer = submit(client, later, address, code="INJ")
        assert answer.status_code == 409
        assert "vient de corriger" in text(answer)
        last = db.scalar(select(func.max(AbsenceReason.id)))
        assert client.post(f"/absences/motifs/{last}/retrait").status_code == 303
        shown = text(client.get("/eleves/E7/absences"))
        assert ("Remplacé" in shown, "Retiré" in shown) == (True, True)
        assert count(db, AbsenceReason) == 3

    def test_only_the_direction_decides(self, client, db, login_as, absent):
        reason = make_reason(db, absent, "AUT")
        login_as(Role.OFFICE)
        assert client.post(f"/absences/motifs/{reason.id}/decision", data={"legitimate": "true"}).status_code == 403
        login_as(Role.DIRECTOR)
        assert "motif d’absence à décider" in text(client.get("/"))
        assert client.post(f"/absences/motifs/{reason.id}/decision", data={"legitimate": "true"}).status_code == 303
        assert "Légitime" in text(client.get("/eleves/E7/absences"))

    def test_a_document_is_handed_in_and_shown(self, client, db, login_as, absent):
        login_as(Role.OFFICE)
        page = client.get("/absences/motifs/nouveau?eleve=E7")
        data = {
            "pupil": "E7",
            "starts_on": DAY,
            "part": "day",
            "code": "TRA",
            "given_by": "Mme Petit",
            "channel": "paper",
        }
        wrong = client.post("/absences/motifs", data=data, files={"file": ("a.pdf", b"no pdf", "application/pdf")})
        assert list(errors(wrong)) == ["file"]
        paper = client.get(f"/absences/registre/{DAY}/registre.pdf").content
        sent = client.post("/absences/motifs", data=data, files={"file": ("billet.pdf", paper, "application/pdf")})
        assert (page.status_code, sent.status_code) == (200, 303)
        reason = db.scalar(select(func.max(AbsenceReason.id)))
        assert client.get(f"/absences/motifs/{reason}/justificatif").content == paper


class TestMonthAndPapers:
    @pytest.fixture
    def over(self, db, group, absent):
        for back in range(1, 5):
            make_attendance(
                db, make_session(db, group, on_date=today() - timedelta(days=back)), absent, Attendance.ABSENT
            )
        return absent

    def test_the_month_flags_and_the_letter_is_issued_once(self, client, db, login_as, over):
        login_as(Role.OFFICE)
        assert "1 élève a quatre demi-journées" in text(client.get("/"))
        assert "5, seuil 4" in text(client.get("/absences/mois"))
        address = "/absences/courriers/nouveau?eleve=E7&mois=2026-11-01"
        page = client.get(address)
        assert submit(client, page).status_code == 303
        assert submit(client, client.get(address)).status_code == 422
        number = db.scalars(select(AbsenceLetter.number)).one()
        paper = read_pdf(client.get(f"/absences/courriers/{number}/courrier.pdf").content)
        for words in ("Léa Petit", "5 demi-journées", "24/11/2026, matin", "R131-7", number, "Mme Petit"):
            assert words in paper.text
        assert (paper.tagged, len(paper.pages)) == (True, 1)
        assert submit(client, client.get(address), kind="report").status_code == 303
        assert "quatre demi-journées" not in text(client.get("/"))

    def test_the_report_tells_no_reason_of_health(self, client, db, login_as, over):
        make_reason(db, over, "MAL", on=today())
        login_as(Role.OFFICE)
        page = client.get("/absences/courriers/nouveau?eleve=E7&mois=2026-11-01")
        submit(client, page, kind="report")
        number = db.scalars(select(AbsenceLetter.number)).one()
        paper = read_pdf(client.get(f"/absences/courriers/{number}/courrier.pdf").content)
        assert "Signalement d’absences" in paper.text
        assert "Maladie" not in paper.text

    def test_the_register_of_a_day_on_paper(self, client, db, login_as, absent):
        make_reason(db, absent, "TRA")
        login_as(Role.DIRECTOR)
        assert "Petit Léa : Absent (TRA)" in text(client.get("/absences/registre"))
        paper = read_pdf(client.get(f"/absences/registre/{DAY}/registre.pdf").content)
        assert "Registre d’appel du 24/11/2026" in paper.text
        assert "Petit Léa : Absent, TRA" in paper.text

    def test_the_list_is_filtered_and_exported(self, client, db, login_as, over, group):
        other = make_pupil(db, group, last_name="Zola")
        make_attendance(db, make_session(db, group, start_minute=780, end_minute=900), other, Attendance.EXCUSED)
        login_as(Role.OFFICE)
        assert "Zola" in text(client.get("/absences/liste"))
        assert "Zola" not in text(client.get("/absences/liste?motif=none"))
        assert "Zola" not in text(client.get("/absences/liste?q=petit"))
        rows = list(
            csv.reader(io.StringIO(client.get("/absences/liste/export.csv").text.lstrip("\ufeff")), delimiter=";")
        )
        assert rows[0][0] == "Code"
        assert {row[1] for row in rows[1:]} == {"Petit", "Zola"}
        book = load_workbook(io.BytesIO(client.get("/absences/liste/export.xlsx?motif=none").content))
        assert [row[6] for row in book.active.iter_rows(min_row=2, values_only=True)] == [5]
        assert client.get("/absences/liste?du=31/02/2026").status_code == 200


class TestOutbox:
    def test_the_page_says_that_messages_wait_and_why(self, client, db, login_as):
        make_mail(db)
        login_as(Role.OFFICE)
        shown = text(client.get("/envois"))
        assert ("1 message en attente" in shown, "COMPAGNON_SMTP_HOST" in shown) == (True, True)

    def test_a_failed_message_is_sent_again_or_cancelled(self, client, db, login_as):
        told = make_mail(db, state=MailState.FAILED, last_error="Refusé par le serveur (550) : inconnu")
        login_as(Role.OFFICE)
        assert "1 message n’est pas parti" in text(client.get("/"))
        assert "550" in text(client.get("/envois?etat=failed"))
        assert client.post(f"/envois/{told.id}/renvoi").status_code == 303
        assert client.post(f"/envois/{told.id}/renvoi").status_code == 409
        assert client.post(f"/envois/{told.id}/annulation").status_code == 303
        assert "Annulé" in text(client.get(f"/envois/{told.id}"))
        assert client.get("/envois/999").status_code == 404


class TestJson:
    def test_absences_of_a_period_and_of_a_pupil(self, client, db, bearer, absent):
        headers = bearer(Role.OFFICE)
        found = client.get(f"/api/v1/absences?from={DAY}&to={DAY}", headers=headers).json()["items"]
        assert [(one["pupil"], one["first_half"], one["half_days"], one["standing"]) for one in found] == [
            ("E7", "morning", 1, "none"),
        ]  # fmt: skip
        body = {"pupil": "E7", "starts_on": DAY, "code": "TRA", "given_by": "Mme Petit"}
        kept = client.post("/api/v1/absence-reasons", json=body, headers=headers)
        assert (kept.status_code, kept.json()["legitimate"]) == (201, True)
        year = client.get("/api/v1/pupils/E7/absences", headers=headers).json()
        assert year["months"][0] == {
            "month": "2026-11-01", "without_reason": 0, "to_decide": 0, "legitimate": 1, "flagged": False,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"pupil": "NUL"}, "pupil"), ({"code": "XYZ"}, "code"), ({"starts_on": "x"}, "starts_on"),
         ({"code": "MAL", "comment": "angine"}, "comment"), ({"ends_on": "2026-11-20"}, "ends_on")],
    )  # fmt: skip
    def test_what_is_wrong_is_told_by_field(self, client, db, bearer, absent, wrong, field):
        body = {"pupil": "E7", "starts_on": DAY, "code": "TRA", "given_by": "Mme Petit"} | wrong
        answer = client.post("/api/v1/absence-reasons", json=body, headers=bearer(Role.OFFICE))
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
        assert count(db, AbsenceReason) == 0

    def test_half_days_of_a_month_by_pupil(self, client, bearer, absent):
        headers = bearer(Role.OFFICE)
        month = client.get("/api/v1/reports/half-days", headers=headers).json()
        assert month["month"] == "2026-11-01"
        assert [(one["pupil"], one["without_reason"], one["flagged"]) for one in month["items"]] == [("E7", 1, False)]
        assert client.get("/api/v1/reports/half-days?on=2026-09-15", headers=headers).json()["items"] == []
        for wrong, field in (({"group": "NUL"}, "group"), ({"on": "hier"}, "on")):
            answer = client.get("/api/v1/reports/half-days", params=wrong, headers=headers)
            assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])

    def test_half_days_are_not_for_everybody(self, client, bearer):
        assert client.get("/api/v1/reports/half-days").status_code == 401
        assert client.get("/api/v1/reports/half-days", headers=bearer(Role.TEACHER)).status_code == 403

    def test_teachers_read_no_reasons(self, client, bearer):
        assert client.get("/api/v1/absences", headers=bearer(Role.TEACHER)).status_code == 403
