"""Marks: quarter points, words that are no zeros, averages half up, append-only, two at once, own courses only."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.clock import now
from app.core.journal import history
from app.core.permissions import Role
from app.learning.models import Evaluation, Mark, Term
from app.learning.queries.marks import Weighed, mark_sheet
from app.learning.rules.marks import MarkStanding, Said, average, points_words, read_mark, why_not_mark_of
from app.pedagogy.rules import SessionKind
from tests.factories import make_group, make_pupil, make_session, make_staff, make_subject
from tests.support.html import parse

M = MarkStanding.MARKED


def weighed(points, out_of="20", coefficient="1", standing=M):
    return Weighed(standing, Decimal(points) if points is not None else None, Decimal(out_of), Decimal(coefficient))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12", Said(M, Decimal(12))), ("12,25", Said(M, Decimal("12.25"))), (" 8.5 ", Said(M, Decimal("8.5"))),
        ("", Said(MarkStanding.NONE)), ("ABS", Said(MarkStanding.ABSENT)), ("disp", Said(MarkStanding.EXCUSED)),
        ("nr", Said(MarkStanding.MISSING)), ("douze", None), ("-3", None), ("1e3", None), ("१२", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_what_is_typed_is_a_mark_a_word_nothing_or_refused(typed, said):
    assert read_mark(typed) == said


def test_a_mark_lies_inside_the_scale_and_goes_by_quarters():
    assert why_not_mark_of(Said(M, Decimal("20.25")), Decimal(20)) == "Cette évaluation est notée sur 20."
    assert "quarts de point" in why_not_mark_of(Said(M, Decimal("12.3")), Decimal(20))
    assert why_not_mark_of(Said(M, Decimal("12.75")), Decimal(20)) is None
    assert why_not_mark_of(Said(MarkStanding.ABSENT), Decimal(20)) is None


def test_the_worked_example_of_an_average():
    # 14 coefficient 2; 7 out of 10 coefficient 1 (14 out of 20); 8.25 coefficient 3: (28 + 14 + 24.75) / 6 = 11.125.
    marks = [weighed("14", coefficient="2"), weighed("7", "10"), weighed("8.25", coefficient="3")]
    assert average(marks) == Decimal("11.13")
    words = [weighed(None, standing=s) for s in (MarkStanding.ABSENT, MarkStanding.EXCUSED, MarkStanding.MISSING)]
    assert average(marks + words) == Decimal("11.13")
    assert average(words) is None


quarters = st.integers(0, 80).map(lambda n: Decimal(n) / 4)
weights = st.integers(1, 40).map(lambda n: Decimal(n) / 4)


@given(st.lists(st.tuples(quarters, weights), min_size=1, max_size=12))
def test_an_average_lies_between_its_marks_and_does_not_hang_on_their_order(pairs):
    marks = [Weighed(M, points, Decimal(20), weight) for points, weight in pairs]
    found = average(marks)
    assert min(p for p, _ in pairs) <= found <= max(p for p, _ in pairs)
    assert found == average(reversed(marks))


@given(quarters)
def test_what_is_shown_is_read_back_as_it_was(points):
    assert read_mark(points_words(points)) == Said(M, points)


@pytest.fixture
def course(db):
    """Eleven pupils of a group in French with their teacher; an evaluation of last week."""
    group = make_group(db, code="CAP1")
    teacher = make_staff(db, Role.TEACHER)
    subject = make_subject(db, group.diploma, SessionKind.THEORY, label="Français")
    make_session(db, group, SessionKind.THEORY, staff=teacher, subject=subject)
    for n in range(11):
        make_pupil(db, group, code=f"E{n:02}", last_name=f"Nom{n:02}")
    one = Evaluation(
        group_id=group.id, subject_id=subject.id, title="Dictée", on_date=date(2026, 11, 17), out_of=Decimal(20),
        coefficient=Decimal(2), created_at=now(),
    )  # fmt: skip
    db.add(one)
    db.flush()
    return teacher, one


def table(*cells, seen=None):
    data = {}
    for n, cell in enumerate(cells):
        data |= {f"rows-{n}-pupil": f"E{n:02}", f"rows-{n}-mark": cell, f"rows-{n}-seen": (seen or {}).get(n, 0)}
    return data


def shown(db, one):
    db.expire_all()
    return [line.said.words for line in mark_sheet(db, one).lines]


def test_a_whole_group_is_marked_in_one_table(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    cells = ["12", "8,5", "abs", "15,25", "nr", "disp", "20", "0", "", "9.75", "13"]
    assert client.post(f"/notes/{one.id}", data=table(*cells)).status_code == 303
    assert shown(db, one) == ["12", "8,5", "Absent", "15,25", "Non rendu", "Dispensé", "20", "0", "", "9,75", "13"]
    assert history(db, "evaluation", one.id)[0].label == "10 notes saisies"
    page = client.get(f"/notes/{one.id}").text
    assert 'value="15,25"' in page
    assert "10 sur 11 saisies" in page
    assert client.post(f"/notes/{one.id}", data=table(*cells, seen=dict(enumerate(ids(db, one))))).status_code == 303
    assert db.scalar(select(func.count(Mark.id))) == 10


def ids(db, one):
    return [line.mark_id for line in mark_sheet(db, one).lines]


def test_a_correction_is_a_later_row_and_stands_in_the_journal_with_both_values(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    client.post(f"/notes/{one.id}", data=table("12"))
    seen = {0: ids(db, one)[0]}
    assert client.post(f"/notes/{one.id}", data=table("13", seen=seen)).status_code == 303
    assert client.post(f"/notes/{one.id}", data=table("", seen={0: ids(db, one)[0]})).status_code == 303
    assert shown(db, one)[0] == ""
    assert db.scalar(select(func.count(Mark.id))) == 3
    changes = [deed.changes for deed in history(db, "evaluation", one.id)[:2]]
    assert [change[0][1:] for change in changes] == [("13", "–"), ("12", "13")]


def test_a_wrong_cell_is_told_at_its_place_and_nothing_is_stored(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    for cell, words in (("21", "notée sur 20"), ("12,3", "quarts de point"), ("bof", "n’est ni une note")):
        answer = client.post(f"/notes/{one.id}", data=table("12", cell))
        assert answer.status_code == 422
        assert words in answer.text
        assert 'id="rows-1-mark-error"' in answer.text
        assert f'value="{cell}"' in answer.text
    stranger = {"rows-0-pupil": "E99", "rows-0-mark": "12", "rows-0-seen": "0"}
    assert client.post(f"/notes/{one.id}", data=stranger).status_code == 422
    assert db.scalar(select(func.count(Mark.id))) == 0


def test_every_wrong_cell_is_told_at_once_and_the_first_one_has_the_focus(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    answer = client.post(f"/notes/{one.id}", data=table("12", "21", "8", "bof", "12,3"))
    assert answer.status_code == 422
    page = parse(answer.text)
    wrong = [cell.attributes["id"] for cell in page.all("input") if cell.attributes.get("aria-invalid") == "true"]
    assert wrong == ["rows-1-mark", "rows-3-mark", "rows-4-mark"]
    assert [one.attributes["id"] for one in page.all("input") if "autofocus" in one.attributes] == ["rows-1-mark"]
    sentences = [page.one("p", id=f"{name}-error").text.strip() for name in wrong]
    assert "notée sur 20" in sentences[0]
    assert "« bof » n’est ni une note" in sentences[1]
    assert "quarts de point" in sentences[2]
    summary = page.one("div", id="erreurs")
    assert "3 points à corriger" in summary.text
    assert "Nom01" in summary.text
    assert 'value="8"' in answer.text
    assert db.scalar(select(func.count(Mark.id))) == 0


def test_only_the_cell_that_both_changed_is_told_and_nothing_is_overwritten(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    client.post(f"/notes/{one.id}", data=table("12", "8", "9", "10"))
    read = dict(enumerate(ids(db, one)))
    # The other one corrects the first and the third; I, on the page read before, the first and the fourth.
    assert client.post(f"/notes/{one.id}", data=table("13", "8", "9,5", "10", seen=read)).status_code == 303
    late = client.post(f"/notes/{one.id}", data=table("14", "8", "9", "11", seen=read))
    assert late.status_code == 409
    assert shown(db, one)[:4] == ["13", "8", "9,5", "10"]
    page = parse(late.text)
    cells = [page.one("input", id=f"rows-{n}-mark").attributes["value"] for n in range(4)]
    assert cells == ["14", "8", "9,5", "11"]
    assert "Entre-temps : 13" in page.one("p", id="rows-0-mark-error").text
    assert not page.all("p", id="rows-2-mark-error")
    assert len(page.one("div", id="erreurs").all("tbody")[0].all("tr")) == 1
    again = {name: page.one("input", name=name).attributes["value"] for n in range(11)
             for name in (f"rows-{n}-pupil", f"rows-{n}-seen", f"rows-{n}-mark")}  # fmt: skip
    assert client.post(f"/notes/{one.id}", data=again).status_code == 303
    assert shown(db, one)[:4] == ["14", "8", "9,5", "11"]


def test_what_another_one_entered_in_cells_left_alone_stays(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    client.post(f"/notes/{one.id}", data=table("12", "8"))
    assert client.post(f"/notes/{one.id}", data=table("", "", "10")).status_code == 303
    assert shown(db, one)[:3] == ["12", "8", "10"]
    same = client.post(f"/notes/{one.id}", data=table("12"))
    assert same.status_code == 303  # both entered the same mark: nothing to tell
    assert db.scalar(select(func.count(Mark.id))) == 3


def test_a_wrong_cell_does_not_forget_which_marks_were_read(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    client.post(f"/notes/{one.id}", data=table("12"))
    wrong = parse(client.post(f"/notes/{one.id}", data=table("14", "bof")).text)
    assert wrong.one("input", name="rows-0-seen").attributes["value"] == "0"
    assert client.post(f"/notes/{one.id}", data=table("14", "15")).status_code == 409
    assert shown(db, one)[:2] == ["12", ""]


def test_a_pupil_who_came_meanwhile_moves_nobody_s_mark(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    make_pupil(db, one.group, code="A00", last_name="Aaa", first_name="Nouveau")
    answer = client.post(f"/notes/{one.id}", data=table("11", "bof"))
    page = parse(answer.text)
    rows = {row.one("th").text.strip(): row.all("input")[-1].attributes["value"] for row in page.one("tbody").all("tr")}
    assert [value for value in rows.values() if value] == ["11", "bof"]
    assert next(value for name, value in rows.items() if "Nom00" in name) == "11"
    assert len({cell.attributes["name"] for cell in page.one("tbody").all("input")}) == 36


def test_marks_are_of_who_teaches_the_course_the_direction_may_all(client, db, login_as, course):
    _, one = course
    login_as(Role.TEACHER)
    assert client.post(f"/notes/{one.id}", data=table("12")).status_code == 403
    assert "<input class" not in client.get(f"/notes/{one.id}").text.split("tbody")[1]
    login_as(Role.OFFICE)
    assert client.post(f"/notes/{one.id}", data=table("12")).status_code == 403
    login_as(Role.DIRECTOR)
    assert client.post(f"/notes/{one.id}", data=table("12")).status_code == 303


def test_an_evaluation_is_added_for_one_s_own_course_on_a_day_of_its_year(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    good = {
        "course": f"{one.group_id}-{one.subject_id}", "title": "Lettre", "on_date": "20/11/2026", "out_of": "10",
        "coefficient": "0,5",
    }  # fmt: skip
    assert "Français" in client.get("/notes/nouvelle").text
    assert client.post("/notes", data=good).status_code == 303
    for wrong, words in (
        ({"on_date": "01/08/2025"}, "n’est pas dans l’année"), ({"out_of": "0"}, "Notée sur"), ({"title": ""}, "Titre"),
        ({"course": "x"}, "Groupe et matière"), ({"course": "999-999"}, "n’est pas au programme"),
    ):  # fmt: skip
        answer = client.post("/notes", data=good | wrong)
        assert answer.status_code == 422, wrong
        assert words in answer.text
    other = make_subject(db, one.group.diploma, SessionKind.THEORY)
    answer = client.post("/notes", data=good | {"course": f"{one.group_id}-{other.id}"})
    assert answer.status_code == 422
    assert "Vous ne tenez pas de séance" in answer.text
    assert db.scalar(select(func.count(Evaluation.id))) == 2


def test_the_scale_may_not_go_under_a_mark_and_two_editors_see_both(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    client.post(f"/notes/{one.id}", data=table("15"))
    form = {"title": "Dictée", "on_date": "17/11/2026", "out_of": "10", "coefficient": "2", "version": "1"}
    answer = client.post(f"/notes/{one.id}/modifier", data=form)
    assert answer.status_code == 422
    assert "Une note de 15 est déjà saisie" in answer.text
    assert client.post(f"/notes/{one.id}/modifier", data=form | {"out_of": "40"}).status_code == 303
    assert client.post(f"/notes/{one.id}/modifier", data=form | {"out_of": "30"}).status_code == 409


def test_the_gradebook_lists_pupils_by_name_with_their_average_and_is_exported(client, db, login_as, course):
    teacher, one = course
    login_as(teacher)
    client.post(f"/notes/{one.id}", data=table("8", "17"))
    page = client.get(f"/notes/carnet/CAP1/{one.subject_id}").text
    assert page.index("Nom00") < page.index("Nom01")
    assert "17,00" in page
    text = client.get(f"/notes/carnet/CAP1/{one.subject_id}/export.csv").content.decode("utf-8-sig")
    assert text.splitlines()[0] == "Élève;Dictée (17/11);Moyenne"
    assert text.splitlines()[1] == "Nom00 Noa;8,00;8,00"


def test_terms_lie_in_their_year_and_never_overlap(client, db, login_as):
    login_as(Role.OFFICE)
    first = {"label": "1er trimestre", "school_year": "2026-2027", "starts_on": "01/09/2026", "ends_on": "27/11/2026"}
    assert client.post("/periodes", data=first).status_code == 303
    for wrong, words in (
        ({"starts_on": "20/11/2026", "ends_on": "10/03/2027", "label": "2e"}, "chevauche « 1er trimestre »"),
        ({"starts_on": "10/03/2027", "ends_on": "01/03/2027"}, "La fin vient après le début"),
        ({"starts_on": "01/12/2027", "ends_on": "01/03/2028"}, "n’est pas dans l’année 2026-2027"),
        ({"starts_on": "01/12/2026", "ends_on": "01/03/2027"}, "existe déjà"),
    ):  # fmt: skip
        answer = client.post("/periodes", data=first | wrong)
        assert answer.status_code == 422, wrong
        assert words in answer.text
    term = db.scalars(select(Term)).one()
    assert (
        client.post(f"/periodes/{term.id}", data=first | {"ends_on": "28/11/2026", "version": "1"}).status_code == 303
    )
    assert (
        client.post(f"/periodes/{term.id}", data=first | {"ends_on": "29/11/2026", "version": "1"}).status_code == 409
    )
