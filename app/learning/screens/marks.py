"""Evaluations, the table of marks of a whole group, the gradebook of a subject, terms."""

from datetime import date
from operator import itemgetter
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.learning.forms import EvaluationForm, MarksForm, NewEvaluationForm, TermForm
from app.learning.models import Evaluation, Term
from app.learning.policies import marks_all
from app.learning.queries import courses, marks
from app.learning.queries.frameworks import group_with_diploma
from app.learning.rules.marks import points_words
from app.learning.service import marks as service
from app.pedagogy.queries import group_options
from app.pedagogy.rules import school_year_label
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, WRITE = [allow(Permission.MARK_READ)], [allow(Permission.MARK_WRITE)]
ISSUE = [allow(Permission.REPORT_ISSUE)]


@router.get("/notes", name="learning.list_marks", dependencies=READ)
def list_marks(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """Evaluations, the latest first: one's own where one teaches, all of them on demand."""
    group, everything = listing.values.get("groupe", ""), listing.values.get("voir") == "toutes"
    mine = not everything and me.can(Permission.MARK_WRITE)
    found = marks.list_evaluations(db, me, mine=mine, group=group)
    return page(
        request, "learning/mark_list.html", found=found, listing=listing, group=group, mine=mine,
        groups=group_options(db), points=points_words,
    )  # fmt: skip


@router.get("/notes/nouvelle", name="learning.new_evaluation", dependencies=WRITE)
def new_evaluation(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """What, for whom, out of how many."""
    initial = {"on_date": today(), "out_of": 20, "coefficient": 1, "course": listing.values.get("cours", "")}
    return _evaluation_page(request, db, me, blank_form(initial), None)


@router.post("/notes", name="learning.create_evaluation", dependencies=WRITE)
def create_evaluation(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Add an evaluation and go on to its marks."""
    form = posted.read(NewEvaluationForm)
    with form.refusals():
        if form.ok:
            values = form.valid.model_dump()
            made = service.create_evaluation(db, course=form.valid.pair, values=values, by=me)
            return redirect(request, url(request, "learning.show_marks", evaluation_id=made.id))
    return _evaluation_page(request, db, me, form, None, status=form.status)


@router.get("/notes/{evaluation_id}", name="learning.show_marks", dependencies=READ)
def show_marks(request: Request, db: Db, me: Me, evaluation_id: Id) -> Response:
    """The table of a whole group."""
    return _marks_page(request, db, me, marks.get_evaluation(db, evaluation_id), blank_form())


@router.post("/notes/{evaluation_id}", name="learning.record_marks", dependencies=WRITE)
def record_marks(request: Request, db: Db, me: Me, evaluation_id: Id, posted: PostedForm) -> Response:
    """Store the cells that changed."""
    evaluation = marks.get_evaluation(db, evaluation_id, lock=True)
    form = posted.read(MarksForm)
    with form.refusals():
        if form.ok:
            typed = [service.Typed(row.pupil, row.mark, row.seen) for row in form.valid.rows]
            count = service.record_marks(db, evaluation, typed=typed, by=me)
            words = f"{count} notes enregistrées." if count > 1 else "Notes enregistrées."
            return redirect(request, url(request, "learning.show_marks", evaluation_id=evaluation_id), flash=words)
    return _marks_page(request, db, me, evaluation, form, status=form.status)


@router.get("/notes/{evaluation_id}/modifier", name="learning.edit_evaluation", dependencies=WRITE)
def edit_evaluation(request: Request, db: Db, me: Me, evaluation_id: Id) -> Response:
    """The form of an evaluation, filled."""
    found = marks.get_evaluation(db, evaluation_id)
    values = {name: getattr(found, name) for name in EvaluationForm.model_fields}
    return _evaluation_page(request, db, me, blank_form(values), found)


@router.post("/notes/{evaluation_id}/modifier", name="learning.change_evaluation", dependencies=WRITE)
def change_evaluation(request: Request, db: Db, me: Me, evaluation_id: Id, posted: PostedForm) -> Response:
    """Change title, day, scale or weight."""
    found = marks.get_evaluation(db, evaluation_id, lock=True)
    form = posted.read(EvaluationForm)
    with form.refusals():
        if form.ok:
            values, seen = form.valid.model_dump(), form.valid.version
            service.change_evaluation(db, found, values=values, seen_version=seen, by=me)
            target = url(request, "learning.show_marks", evaluation_id=evaluation_id)
            return redirect(request, target, flash="Évaluation enregistrée.")
    return _evaluation_page(request, db, me, form, found, status=form.status)


@router.get("/notes/carnet/{group}/{subject_id}", name="learning.show_gradebook", dependencies=READ)
def show_gradebook(request: Request, db: Db, listing: Listing, *, group: str, subject_id: Id) -> Response:
    """A group in a subject: every evaluation of the term, each pupil's average. In the order of names."""
    found = group_with_diploma(db, group)
    terms = courses.list_terms(db)
    chosen, start, end = _days(terms, found.school_year, listing.values.get("periode", ""))
    book = marks.gradebook(db, found.id, subject_id, start, end)
    subject = courses.get_subject(db, subject_id)
    return page(
        request, "learning/gradebook.html", group=found, subject=subject, book=book, terms=terms, chosen=chosen,
        listing=listing, points=points_words,
    )  # fmt: skip


@router.get("/notes/carnet/{group}/{subject_id}/export.{kind}", name="learning.export_gradebook", dependencies=READ)
def export_gradebook(db: Db, listing: Listing, *, group: str, subject_id: Id, kind: str) -> Response:
    """The gradebook as a table file."""
    found = group_with_diploma(db, group)
    _, start, end = _days(courses.list_terms(db), found.school_year, listing.values.get("periode", ""))
    book = marks.gradebook(db, found.id, subject_id, start, end)
    heads = ["Élève", *(f"{one.title} ({one.on_date:%d/%m})" for one in book.evaluations), "Moyenne"]
    rows = [[f"{one.last_name} {one.first_name}", *(_cell(said) for said in line), own] for one, line, own in book.rows]
    columns = [Column(label, itemgetter(place)) for place, label in enumerate(heads)]
    return export(f"notes-{found.code}", kind, columns, rows)


@router.get("/periodes", name="learning.list_terms", dependencies=READ)
def list_terms(request: Request, db: Db) -> Response:
    """The terms of the school years."""
    return _terms_page(request, db, blank_form({"school_year": school_year_label(today())}), None)


@router.post("/periodes", name="learning.create_term", dependencies=ISSUE)
def create_term(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Add a term."""
    return _save_term(request, db, me, posted, None)


@router.get("/periodes/{term_id}", name="learning.edit_term", dependencies=ISSUE)
def edit_term(request: Request, db: Db, term_id: Id) -> Response:
    """A term's form, filled."""
    term = courses.get_term(db, term_id)
    return _terms_page(request, db, blank_form({n: getattr(term, n) for n in TermForm.model_fields}), term)


@router.post("/periodes/{term_id}", name="learning.change_term", dependencies=ISSUE)
def change_term(request: Request, db: Db, me: Me, term_id: Id, posted: PostedForm) -> Response:
    """Change a term."""
    return _save_term(request, db, me, posted, courses.get_term(db, term_id, lock=True))


def _save_term(request: Request, db: Db, me: Me, posted: PostedForm, term: Term | None) -> Response:
    form = posted.read(TermForm)
    with form.refusals():
        if form.ok:
            values = form.valid.model_dump(exclude={"version"})
            service.save_term(db, term, values=values, seen_version=form.valid.version, by=me)
            return redirect(request, url(request, "learning.list_terms"), flash="Période enregistrée.")
    return _terms_page(request, db, form, term, status=form.status)


def _days(terms: list[Term], year: str, asked: str) -> tuple[Term | None, date, date]:
    chosen = next((term for term in terms if str(term.id) == asked), None)
    if chosen:
        return chosen, chosen.starts_on, chosen.ends_on
    return None, date(int(year[:4]), 9, 1), date(int(year[5:]), 8, 31)


def _cell(said: Any) -> Any:
    if said is None:
        return None
    return said.points if said.points is not None else said.words


def _evaluation_page(
    request: Request, db: Db, me: Me, form: Form[Any], found: Evaluation | None, *, status: int = 200
) -> Response:
    options = [(one.key, one.label) for one in courses.courses_of(db, me)]
    return page(
        request, "learning/evaluation_edit.html", status=status, form=form, found=found, options=options,
        labels=service.LABELS,
    )  # fmt: skip


def _marks_page(
    request: Request, db: Db, me: Me, evaluation: Evaluation, form: Form[Any], *, status: int = 200
) -> Response:
    may = me.can(Permission.MARK_WRITE) and (
        marks_all(me) or courses.teaches(db, me, evaluation.group_id, evaluation.subject_id)
    )
    sheet = marks.mark_sheet(db, evaluation)
    return page(
        request, "learning/marks_edit.html", status=status, sheet=sheet, form=form, may=may, points=points_words,
        cells=_cells(db, sheet, form),
    )  # fmt: skip


def _cells(db: Db, sheet: marks.MarkSheet, form: Form[Any]) -> list[marks.MarkCell]:
    if not form.values:
        return marks.fresh_cells(sheet)
    typed = {}
    for n in form.rows("rows"):
        seen = form.raw(f"rows-{n}-seen")
        was = int(seen) if seen.isdecimal() and seen.isascii() and len(seen) < 10 else 0
        typed[form.raw(f"rows-{n}-pupil")] = (n, form.raw(f"rows-{n}-mark"), was)
    before = marks.said_before(db, sheet.evaluation.id)
    return marks.typed_cells(sheet, typed, before, stale=form.stale is not None)


def _terms_page(request: Request, db: Db, form: Form[Any], term: Term | None, *, status: int = 200) -> Response:
    return page(
        request, "learning/term_list.html", status=status, found=courses.list_terms(db), form=form, term=term,
        labels=service.TERM_LABELS,
    )  # fmt: skip
