"""The pupil's file: documents, photo, notes, adjustments, and all the data of one person."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.clock import today
from app.core.journal import JournalEntry, history
from app.core.permissions import Role
from app.exchange.person import referring
from app.pedagogy import queries as pedagogy
from app.pedagogy.rules.photos import PhotoUse
from app.records import queries, rules, service
from app.records.rules import Audience, DocumentKind, DocumentState, Reader, documents_due, may_read
from tests.factories import actor_of, make_attendance, make_guardian, make_pupil, make_session, make_staff
from tests.factories.files import png
from tests.support.html import errors, parse, submit
from tests.support.pdf import read_pdf


def text(page):
    return parse(page.text).text


class TestRules:
    def test_what_is_missing_over_or_ends_within_sixty_days(self):
        day = date(2026, 11, 24)
        held = [
            (DocumentKind.CONTRACT, None), (DocumentKind.IDENTITY, day + timedelta(60)),
            (DocumentKind.IDENTITY, day - timedelta(1)), (DocumentKind.INSURANCE, day - timedelta(1)),
            (DocumentKind.PLACEMENT, day + timedelta(61)),
        ]  # fmt: skip
        assert [(due.kind, due.state) for due in documents_due(held, day)] == [
            (DocumentKind.HOUSE_RULES, DocumentState.MISSING), (DocumentKind.IDENTITY, DocumentState.ENDING),
            (DocumentKind.INSURANCE, DocumentState.OVER),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("reader", "read"),
        [
            (Reader(1, False, False), {Audience.AUTHOR, Audience.DIRECTION, Audience.SUPPORT}),
            (Reader(2, True, False), {Audience.DIRECTION, Audience.SUPPORT}),
            (Reader(2, False, True), {Audience.SUPPORT}), (Reader(2, False, False), set()),
        ],
    )  # fmt: skip
    def test_a_note_is_read_by_its_author_and_whom_it_concerns(self, reader, read):
        assert {audience for audience in Audience if may_read(reader, 1, audience)} == read


class TestDocuments:
    def test_added_with_its_file_read_and_removed(self, client, login_as, db):
        login_as(Role.OFFICE)
        pupil = make_pupil(db)
        where = f"/eleves/{pupil.code}/dossier"
        page = client.get(where)
        assert "Manque" in text(page)
        answer = client.post(
            f"/eleves/{pupil.code}/documents",
            data={"kind": "insurance", "on_date": "01/09/2026", "ends_on": "31/12/2026"},
            files={"file": ("attestation.png", png(), "image/png")},
        )  # fmt: skip
        assert answer.status_code == 303
        (row,) = queries.documents_of(db, pupil.id)
        assert "Bientôt périmé" in text(client.get(where))
        assert client.get(f"/eleves/{pupil.code}/documents/{row.id}").headers["content-type"] == "image/png"
        assert history(db, "pupil_document", row.id)[0].label.startswith("Document lu")
        assert "Aucune pièce de ce genre" in text(client.get("/dossiers/documents?groupe=AUCUN"))
        assert pupil.last_name in text(client.get("/dossiers/documents"))
        assert submit(client, client.get(where), f"/documents/{row.id}/retrait").status_code == 303
        assert queries.documents_of(db, pupil.id) == []

    def test_what_makes_no_sense_is_told_at_its_field(self, client, login_as, db):
        login_as(Role.OFFICE)
        pupil = make_pupil(db)
        page = client.get(f"/eleves/{pupil.code}/dossier")
        answer = submit(client, page, "/documents", kind="insurance", on_date="01/09/2026", ends_on="31/08/2026")
        assert answer.status_code == 422
        assert "avant la date" in errors(answer)["ends_on"]
        answer = submit(client, page, "/documents", kind="", on_date="01/09/2026")
        assert set(errors(answer)) == {"kind"}


class TestPhoto:
    def test_shown_only_for_what_was_agreed_to(self, client, login_as, db):
        login_as(Role.OFFICE)
        pupil = make_pupil(db)
        where = f"/eleves/{pupil.code}"
        answer = client.post(f"{where}/photo", data={}, files={"photo": ("a.png", png(), "image/png")})
        assert answer.status_code == 303
        assert client.get(f"{where}/photo/record").status_code == 404
        page = client.get(f"{where}/dossier")
        assert submit(client, page, "/accord", uses="record", said_by="Salma Haddad").status_code == 303
        assert client.get(f"{where}/photo/record").status_code == 200
        assert client.get(f"{where}/photo/roll").status_code == 404
        assert f"{where}/photo/record" in client.get(where).text
        assert pedagogy.photos_shown(db, [pupil.id], PhotoUse.ROLL) == {}
        page = client.get(f"{where}/dossier")
        assert submit(client, page, "/accord", uses=None, said_by="Salma Haddad").status_code == 303
        assert client.get(f"{where}/photo/record").status_code == 404
        assert [one.given for one in pedagogy.consents_of(db, pupil.id)] == [True, False]

    def test_a_text_is_no_photo(self, client, login_as, db):
        login_as(Role.OFFICE)
        pupil = make_pupil(db)
        answer = client.post(
            f"/eleves/{pupil.code}/photo", data={}, files={"photo": ("a.png", b"bonjour", "image/png")}
        )
        assert answer.status_code == 422
        assert "pas une photo" in text(answer)


class TestNotes:
    def test_read_by_whom_it_concerns_and_noted(self, client, login_as, db):
        pupil = make_pupil(db)
        where = f"/eleves/{pupil.code}/notes"
        login_as(Role.TEACHER)
        page = client.get(where)
        assert submit(client, page, content="Aide à la lecture.", audience="support").status_code == 303
        assert submit(client, page, content="").status_code == 422
        login_as(Role.MASTER)
        assert "Aide à la lecture" not in text(client.get(where))
        login_as(Role.DIRECTOR)
        assert "Aide à la lecture" in text(client.get(where))
        db.expire_all()
        assert history(db, "pupil", pupil.id)[0].label == "Notes privées lues"
        assert "lecture" not in text(client.get("/recherche?q=lecture"))
        assert "Aide" not in " ".join(str(row.label) for row in db.scalars(select(JournalEntry)))

    def test_only_the_author_takes_it_back(self, client, login_as, db):
        pupil = make_pupil(db)
        author = make_staff(db, Role.TEACHER)
        note = service.write_note(
            db, pupil, content="Un mot", audience=Audience.DIRECTION, by=actor_of(author)
        )  # fmt: skip
        login_as(Role.DIRECTOR)
        assert client.post(f"/eleves/{pupil.code}/notes/{note.id}/retrait").status_code == 404

    def test_the_support_team_is_named_by_the_direction(self, client, login_as, db):
        pupil = make_pupil(db)
        teacher = make_staff(db, Role.TEACHER)
        service.write_note(
            db, pupil, content="Un mot", audience=Audience.SUPPORT, by=actor_of(make_staff(db, Role.MASTER))
        )  # fmt: skip
        assert queries.notes_for(db, pupil.id, queries.reader_of(db, actor_of(teacher))) == []
        login_as(Role.DIRECTOR)
        assert submit(client, client.get("/dossiers/suivi"), members=teacher.code).status_code == 303
        db.expire_all()
        assert len(queries.notes_for(db, pupil.id, queries.reader_of(db, actor_of(teacher)))) == 1


class TestAdjustments:
    def test_added_and_ended(self, client, login_as, db):
        login_as(Role.OFFICE)
        pupil = make_pupil(db)
        page = client.get(f"/eleves/{pupil.code}/dossier")
        assert submit(client, page, "/amenagements", wording="Un tiers de temps en plus").status_code == 303
        assert submit(client, page, "/amenagements", wording="x", until="01/01/2020").status_code == 422
        page = client.get(f"/eleves/{pupil.code}/dossier")
        (row,) = queries.adjustments_of(db, pupil.id)
        assert submit(client, page, f"/{row.id}/fin").status_code == 303
        db.expire_all()
        assert queries.adjustments_of(db, pupil.id)[0].ends_on == today()


class TestAllData:
    def test_in_two_clicks_and_in_the_journal(self, client, login_as, db):
        pupil = make_pupil(db, first_name="Noa", last_name="Bernard")
        make_guardian(db, pupil, name="Claude Bernard")
        make_attendance(db, make_session(db, pupil.group), pupil)
        service.write_note(
            db, pupil, content="À moi seul", audience=Audience.AUTHOR, by=actor_of(make_staff(db, Role.TEACHER))
        )  # fmt: skip
        login_as(Role.DIRECTOR)
        page = client.get(f"/eleves/{pupil.code}/donnees")
        assert "Responsables" in text(page)
        assert "leur auteur décide" in text(page)
        paper = submit(client, page, ".pdf")
        words = " ".join(one.text for one in read_pdf(paper.content).pages)
        assert "Claude Bernard" in words
        assert "À moi seul" not in words
        document = submit(client, page, ".json").json()
        assert document["data"]["guardian"][0]["name"] == "Claude Bernard"
        assert document["data"]["attendance"][0]["status"] == "present"
        assert (document["withheld_notes"], "pupil_note" in document["data"]) == (1, False)
        labels = [deed.label for deed in history(db, "pupil", pupil.id)]
        assert sum("droit d’accès" in label for label in labels) == 2

    def test_every_table_that_names_a_pupil_is_in_it(self):
        names = {table.name for table, _ in referring()}
        assert {"pupil", "guardian", "membership", "attendance", "work_session", "job_offer", "pupil_note"} <= names

    def test_only_the_direction(self, client, login_as, db):
        pupil = make_pupil(db)
        login_as(Role.OFFICE)
        assert client.get(f"/eleves/{pupil.code}/donnees").status_code == 403


def test_documents_of_everybody_in_few_statements(db, query_budget):
    group = make_pupil(db).group
    for _ in range(4):
        make_pupil(db, group)
    db.flush()
    with query_budget(3):
        found = queries.due_list(db, today())
    assert len(found) == 5 * len(rules.REQUIRED)
