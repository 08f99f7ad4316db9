"""Term reports: 23 comments in one table, two at once, council, issue frozen, editions, PDF read back; booklets."""

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.absences.queries.pages import pupil_page
from app.core.clock import now
from app.core.journal import history
from app.core.permissions import Role
from app.learning.models import CouncilOpinion, Evaluation, IssuedReport, Mark, ReportComment, Term
from app.learning.queries.reports import absence_figures
from app.learning.rules.marks import MarkStanding, ReportKind
from app.learning.rules.reports import FORM, READERS, read_report, write_report
from app.pedagogy.models import FrameworkSkill, SkillLevel
from app.pedagogy.queries.absences import Late
from app.pedagogy.rules import Attendance, SessionKind
from app.pedagogy.rules.absences import Tally
from app.pedagogy.service import Source, record_evidence
from tests.factories import (
    actor_of,
    make_attendance,
    make_group,
    make_pupil,
    make_reason,
    make_session,
    make_skill,
    make_staff,
    make_subject,
)
from tests.factories.learning import make_evidence, make_framework
from tests.support.pdf import read_pdf


@pytest.fixture
def term(db):
    one = Term(school_year="2026-2027", label="1er trimestre", starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 27))
    db.add(one)
    db.flush()
    return one


@pytest.fixture
def course(db, term):
    """Twenty-three pupils in French, the first with a mark, an absence, a delay and a skill."""
    group = make_group(db, code="CAP1")
    make_skill(db, group.diploma, code="C1")
    teacher = make_staff(db, Role.TEACHER)
    french = make_subject(db, group.diploma, SessionKind.THEORY, label="Français")
    day = date(2026, 11, 17)
    sessions = [
        make_session(db, group, SessionKind.THEORY, staff=teacher, subject=french, on_date=date(2026, 11, n))
        for n in (10, 12, 16)
    ]
    pupils = [make_pupil(db, group, code=f"E{n:02}", first_name="Noa", last_name=f"Nom{n:02}") for n in range(23)]
    for session, status in zip(sessions, (Attendance.ABSENT, Attendance.EXCUSED, Attendance.LATE), strict=True):
        make_attendance(db, session, pupils[0], status, minutes_late=5 if status == Attendance.LATE else 0)
    one = Evaluation(
        group_id=group.id, subject_id=french.id, title="Dictée", on_date=day, out_of=Decimal(20),
        coefficient=Decimal(1), created_at=now(),
    )  # fmt: skip
    db.add(one)
    db.flush()
    db.add(Mark(evaluation_id=one.id, pupil_id=pupils[0].id, standing=MarkStanding.MARKED, points=Decimal("12.25"),
                at=now()))  # fmt: skip
    record_evidence(db, pupils[0].id, {"C1": 3}, source=Source("exercise", "Cotation"), by=actor_of(teacher))
    db.flush()
    return teacher, group, french, pupils


def address(term, french):
    return f"/bulletins/{term.id}/CAP1/matieres/{french.id}"


def table(texts, seen=None):
    data = {}
    for n, text in enumerate(texts):
        data |= {f"rows-{n}-pupil": f"E{n:02}", f"rows-{n}-text": text, f"rows-{n}-seen": (seen or {}).get(n, 0)}
    return data


def test_twenty_three_comments_are_written_in_one_table(client, db, login_as, term, course):
    teacher, _, french, pupils = course
    login_as(teacher)
    here = address(term, french)
    assert client.get(here).text.count("<textarea") == 23
    assert client.post(here, data=table([f"Bien {n}" for n in range(23)])).status_code == 303
    assert db.scalar(select(ReportComment.text).where(ReportComment.pupil_id == pupils[22].id)) == "Bien 22"
    told = history(db, "pupil_reports", pupils[22].id)[0]
    assert told.changes == (("1er trimestre, Français", "–", "Bien 22"),)
    assert "23 / 23" in client.get("/bulletins").text


def test_one_line_alone_is_saved_as_it_is_left(client, db, login_as, term, course):
    teacher, _, french, pupils = course
    login_as(teacher)
    line = {"rows-0-pupil": "E05", "rows-0-text": "Sérieux", "rows-0-seen": "0"}
    assert client.post(address(term, french), data=line).status_code == 303
    assert (
        client.post(address(term, french), data=line | {"rows-0-text": "Très sérieux", "rows-0-seen": "1"}).status_code
        == 303
    )
    kept = db.scalars(select(ReportComment)).one()
    assert (kept.pupil_id, kept.text, kept.version) == (pupils[5].id, "Très sérieux", 2)


def test_two_people_at_once_lose_nothing(client, db, login_as, term, course):
    teacher, _, french, _ = course
    login_as(teacher)
    here = address(term, french)
    client.post(here, data=table(["Le premier"]))
    late = client.post(here, data=table(["Le second", "Autre ligne"]))
    assert late.status_code == 409
    for words in ("Le premier", "Le second", "Autre ligne"):
        assert words in late.text
    assert db.scalars(select(ReportComment.text)).all() == ["Le premier"]
    assert client.post(here, data=table(["Le second", "Autre ligne"], seen={0: 1})).status_code == 303
    db.expire_all()
    assert set(db.scalars(select(ReportComment.text))) == {"Le second", "Autre ligne"}


def test_comments_are_of_who_teaches_the_opinion_of_who_issues(client, db, login_as, term, course):
    _, _, french, _ = course
    login_as(Role.TEACHER)
    assert client.post(address(term, french), data=table(["Non"])).status_code == 403
    assert client.get(f"/bulletins/{term.id}/CAP1/conseil").status_code == 403
    login_as(Role.OFFICE)
    assert client.get(address(term, french)).status_code == 403
    assert client.post(f"/bulletins/{term.id}/CAP1/conseil", data=table(["Passe en 2e année"])).status_code == 303
    assert db.scalars(select(CouncilOpinion.text)).one() == "Passe en 2e année"
    assert (
        client.post(f"/bulletins/{term.id}/CAP1/conseil", data={"rows-0-pupil": "E99", "rows-0-text": "x"}).status_code
        == 422
    )
    assert client.get("/bulletins/999/CAP1/conseil").status_code == 404


def test_half_days_are_counted_once_and_excused_when_every_session_is(db, term, course):
    _, group, _, pupils = course
    afternoon = make_session(db, group, on_date=date(2026, 11, 10), start_minute=780, end_minute=900)
    make_attendance(db, afternoon, pupils[0], Attendance.EXCUSED)
    again = make_session(db, group, on_date=date(2026, 11, 12), start_minute=721, end_minute=740)
    make_attendance(db, again, pupils[0], Attendance.ABSENT)
    told = absence_figures(db, [pupils[0].id, pupils[1].id], term.starts_on, term.ends_on)
    assert (told[pupils[0].id].halves, told[pupils[0].id].late) == (Tally(legitimate=1, without=2), Late(1, 5))
    assert (told[pupils[1].id].halves, told[pupils[1].id].late) == (Tally(), Late())


def test_reasons_decide_as_they_do_in_the_register(db, term, course):
    """Five half-days: illness, refused, to decide, an exclusion (no absence), nothing said. And gone before the end."""
    _, group, _, pupils = course
    tom = pupils[1]
    for day, code, other in (
        (2, "MAL", {"legitimate": True}), (3, "INJ", {"legitimate": False}), (4, "AUT", {"legitimate": None}),
        (5, "EXC", {"legitimate": None}), (6, "", {}),
    ):  # fmt: skip
        session = make_session(db, group, on_date=date(2026, 11, day))
        make_attendance(db, session, tom, Attendance.ABSENT)
        if code:
            make_reason(db, tom, code, on=date(2026, 11, day), **other)
    early = make_session(db, group, on_date=date(2026, 11, 9))
    make_attendance(db, early, tom, Attendance.PRESENT, minutes_early=20)
    told = absence_figures(db, [tom.id], term.starts_on, term.ends_on)[tom.id]
    assert told.halves == Tally(legitimate=1, pending=1, without=2)
    assert (told.late.departures, told.late.early_minutes) == (1, 20)
    assert pupil_page(db, tom.id).tally == told.halves


def test_the_paper_tells_what_the_register_counts(client, db, login_as, term, course):
    _, _, _, pupils = course
    make_reason(db, pupils[0], "AUT", on=date(2026, 11, 10), legitimate=None)
    login_as(Role.DIRECTOR)
    told = read_pdf(client.get(f"/bulletins/{term.id}/CAP1/bulletins.pdf?eleve=E00").content).text
    assert "2 demi-journées d’absence : 1 excusée, 1 au motif à décider" in told.replace("\u00a0", " ")
    assert "1 retard (5 min)" in told.replace("\u00a0", " ")


def test_the_report_says_everything_and_ranks_nobody(client, db, login_as, term, course):
    teacher, _, french, _ = course
    login_as(teacher)
    client.post(address(term, french), data=table(["De beaux #progrès [à l’oral]."]))
    login_as(Role.DIRECTOR)
    client.post(f"/bulletins/{term.id}/CAP1/conseil", data=table(["Félicitations"]))
    paper = read_pdf(client.get(f"/bulletins/{term.id}/CAP1/bulletins.pdf?eleve=E00").content)
    assert len(paper.pages) == 1
    assert paper.tagged
    for words in (
        "Noa Nom00", "Bulletin, 1er trimestre 2026-2027", "Français", "12,25", "De beaux #progrès [à l’oral].",
        "Félicitations", "2 demi-journées d’absence : 1 excusée, 1 non excusée", "1 retard", "1 sur 1", "Projet",
    ):  # fmt: skip
        assert words in paper.text, words
    assert "rang" not in paper.text.lower()
    assert len(read_pdf(client.get(f"/bulletins/{term.id}/CAP1/bulletins.pdf").content).pages) == 23


def test_what_was_issued_stays_word_for_word_and_a_correction_is_a_new_edition(client, db, login_as, term, course):
    teacher, _, french, pupils = course
    login_as(teacher)
    client.post(address(term, french), data=table(["Avant"]))
    login_as(Role.OFFICE)
    issue = f"/bulletins/{term.id}/CAP1/emission"
    assert client.post(issue, data={}).status_code == 303
    assert len(db.scalars(select(IssuedReport)).all()) == 23
    login_as(teacher)
    client.post(address(term, french), data=table(["Après"], seen={0: 1}))
    login_as(Role.OFFICE)
    first = db.scalar(select(IssuedReport.id).where(IssuedReport.pupil_id == pupils[0].id))
    told = read_pdf(client.get(f"/bulletins/emis/{first}.pdf").content).text
    assert "Avant" in told
    assert "édition 1" in told
    refused = client.post(issue, data={})
    assert refused.status_code == 422
    assert "édition 1 : dites pourquoi il change" in refused.text
    assert client.post(issue, data={"reason": "Erreur de saisie"}).status_code == 303
    db.expire_all()
    editions = db.scalars(select(IssuedReport).where(IssuedReport.pupil_id == pupils[0].id)).all()
    assert [read_report(one.content)["subjects"][0]["comment"] for one in editions] == ["Avant", "Après"]
    assert len(db.scalars(select(IssuedReport)).all()) == 24
    assert "édition 2, qui remplace la précédente : Erreur de saisie" in read_pdf(
        client.get(f"/bulletins/{term.id}/CAP1/bulletins.pdf?eleve=E00").content
    ).text  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), [
    ("skills", ("Livret de compétences", "C1", "Acquis", "exercice Cotation")),
    ("schooling", ("Livret scolaire", "D337-16", "1er trimestre 2026-2027", "12,25", "Avis de l’équipe")),
])  # fmt: skip
def test_a_booklet_is_printed_and_frozen_for_the_jury(client, db, login_as, term, course, kind, words):
    login_as(Role.DIRECTOR)
    paper = read_pdf(client.get(f"/eleves/E00/livrets/{kind}.pdf").content)
    for one in words:
        assert one in paper.text, one
    assert client.post(f"/eleves/E00/livrets/{kind}", data={}).status_code == 303
    record_evidence(db, course[3][0].id, {"C1": 4}, source=Source("exercise", "Deux"))
    db.add(CouncilOpinion(term_id=term.id, pupil_id=course[3][0].id, text="Vu", at=now()))
    db.flush()
    assert client.post(f"/eleves/E00/livrets/{kind}", data={}).status_code == 422
    issued = db.scalars(select(IssuedReport)).one()
    frozen = read_pdf(client.get(f"/bulletins/emis/{issued.id}.pdf").content).text
    assert "Deux" not in frozen
    assert "Émis le 24/11/2026, édition 1" in frozen
    assert "édition" not in client.get("/eleves/E00/livrets").text.split("Émis le")[0]
    login_as(Role.TEACHER)
    assert client.post(f"/eleves/E00/livrets/{kind}", data={}).status_code == 403


def test_the_page_of_a_term_needs_as_many_statements_whatever_the_size(client, db, login_as, term, record_queries):
    login_as(Role.DIRECTOR)
    group = make_group(db, code="CAP9")
    make_session(db, group)

    def count():
        with record_queries() as statements:
            assert client.get(f"/bulletins?groupe=CAP9&periode={term.id}").status_code == 200
        return len(statements)

    make_pupil(db, group)
    few = count()
    for _ in range(9):
        make_pupil(db, group)
    assert count() == few


def test_without_a_term_the_page_says_what_to_do(client, login_as):
    login_as(Role.OFFICE)
    assert "Aucune période" in client.get("/bulletins").text


# A skills booklet as version 2026.11 of the program stored it, before forms had numbers.
OLD = {
    "pupil": "Inès Haddad", "born_on": "04/05/2010", "group": "CAP 1", "diploma": "CAP Conducteur d’installations",
    "school": ["École de la Marne"], "framework": "Arrêté du 30 mars 2012", "head": "Hélène Roux", "own": [],
    "blocks": [{"title": "EP1 Conduite", "held": "1 sur 1", "skills": [
        {"code": "A3", "label": "Préparer la machine", "level": "Acquis", "seen": "2 fois", "proofs": ["12/10/2026"]},
    ]}],
}  # fmt: skip


class TestForms:
    def test_every_form_ever_stored_has_its_reader(self):
        assert sorted(READERS) == list(range(1, FORM + 1))

    def test_what_was_stored_before_forms_had_numbers_still_opens(self, client, db, login_as, course):
        pupil = course[3][0]
        report = IssuedReport(
            kind=ReportKind.SKILLS, pupil_id=pupil.id, edition=1, content=json.dumps(OLD, sort_keys=True), at=now()
        )
        db.add(report)
        db.flush()
        login_as(Role.DIRECTOR)
        paper = read_pdf(client.get(f"/bulletins/emis/{report.id}.pdf").content)
        for words in ("Inès Haddad", "Préparer la machine", "Acquis", "École de la Marne"):
            assert words in paper.text, words
        assert pupil.last_name not in paper.text

    def test_the_words_come_back_as_they_went_in(self):
        assert read_report(write_report(OLD)) == OLD == read_report(json.dumps(OLD))
        assert read_report(write_report({"form": "a", "words": "b"})) == {"form": "a", "words": "b"}

    def test_a_form_of_a_later_version_is_told_not_guessed(self):
        with pytest.raises(LookupError, match="form 99"):
            read_report('{"form": 99, "words": {}}')

    def test_the_same_words_under_an_old_form_are_no_new_edition(self, client, db, login_as, course):
        login_as(Role.DIRECTOR)
        client.post("/eleves/E00/livrets/skills", data={})
        report = db.scalars(select(IssuedReport)).one()
        report.content = json.dumps(read_report(report.content))
        db.flush()
        assert client.post("/eleves/E00/livrets/skills", data={}).status_code == 303
        assert len(db.scalars(select(IssuedReport)).all()) == 1


def test_a_framework_renamed_later_changes_no_issued_booklet(client, db, login_as):
    group = make_group(db, code="CAP1")
    framework = make_framework(db, group.diploma, "C1", label="Arrêté de 2012")
    pupil = make_pupil(db, group, code="E00", first_name="Inès", last_name="Haddad")
    make_evidence(db, pupil, "C1", framework_id=framework.id)
    login_as(Role.DIRECTOR)
    assert client.post("/eleves/E00/livrets/skills", data={}).status_code == 303
    issued = db.scalars(select(IssuedReport)).one()
    before = read_pdf(client.get(f"/bulletins/emis/{issued.id}.pdf").content).text
    framework.label, group.label, pupil.last_name = "Arrêté de 2030", "Autre groupe", "Martin"
    for skill in db.scalars(select(FrameworkSkill).where(FrameworkSkill.framework_id == framework.id)):
        skill.label, skill.block_title = "Autrement dit", "Autre unité"
    db.add(SkillLevel(level=3, label="Acquis, en d’autres mots"))
    db.flush()
    db.expire_all()
    assert "Savoir C1" in before
    assert read_pdf(client.get(f"/bulletins/emis/{issued.id}.pdf").content).text == before
    assert "Autrement dit" in read_pdf(client.get("/eleves/E00/livrets/skills.pdf").content).text
