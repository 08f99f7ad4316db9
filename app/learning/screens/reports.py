"""Term reports: where they stand, the tables of comments, what is issued; the booklets of one pupil."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.learning import papers
from app.learning.forms import CommentsForm, IssueForm
from app.learning.models import Term
from app.learning.queries import courses
from app.learning.queries import reports as queries
from app.learning.queries.frameworks import group_with_diploma
from app.learning.queries.pupils import pupil_skills
from app.learning.rules.marks import REPORT_LABELS, ReportKind
from app.learning.service import reports as service
from app.pedagogy.models import Pupil, PupilGroup, Subject
from app.pedagogy.queries import get_pupil_by_code, level_names, pupil_folder
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, WRITE = [allow(Permission.MARK_READ)], [allow(Permission.MARK_WRITE)]
ISSUE = [allow(Permission.REPORT_ISSUE)]
SKILLS_AND_MARKS = [allow(Permission.SKILL_READ)]


@router.get("/bulletins", name="learning.list_reports", dependencies=READ)
def list_reports(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """Where the reports of a group stand in a term: the latest that has begun, the first group by default."""
    chosen = queries.choose(db, listing.values.get("periode", ""), listing.values.get("groupe", ""), today())
    return _state_page(request, db, me, blank_form(), chosen)


@router.get("/bulletins/{term_id}/{group}/conseil", name="learning.edit_opinions", dependencies=ISSUE)
def edit_opinions(request: Request, db: Db, term_id: Id, group: str) -> Response:
    """The table of the class council."""
    term, found = courses.get_term(db, term_id), group_with_diploma(db, group)
    return _table_page(request, db, (term, found, None), blank_form())


@router.post("/bulletins/{term_id}/{group}/conseil", name="learning.save_opinions", dependencies=ISSUE)
def save_opinions(request: Request, db: Db, me: Me, posted: PostedForm, *, term_id: Id, group: str) -> Response:
    """What the class council says, the lines that changed."""
    term, found = courses.get_term(db, term_id, lock=True), group_with_diploma(db, group)
    form = posted.read(CommentsForm)
    with form.refusals():
        if form.ok:
            count = service.save_opinions(db, term, found, typed=_lines(form.valid), by=me)
            here = url(request, "learning.edit_opinions", term_id=term_id, group=group)
            return redirect(request, here, flash=_saved(form.valid, count))
    return _table_page(request, db, (term, found, None), form, status=form.status)


@router.get("/bulletins/{term_id}/{group}/matieres/{subject_id}", name="learning.edit_comments", dependencies=WRITE)
def edit_comments(request: Request, db: Db, *, term_id: Id, group: str, subject_id: Id) -> Response:
    """The table of comments of a course."""
    term, found = courses.get_term(db, term_id), group_with_diploma(db, group)
    return _table_page(request, db, (term, found, courses.get_subject(db, subject_id)), blank_form())


@router.post("/bulletins/{term_id}/{group}/matieres/{subject_id}", name="learning.save_comments", dependencies=WRITE)
def save_comments(
    request: Request, db: Db, me: Me, posted: PostedForm, *, term_id: Id, group: str, subject_id: Id
) -> Response:  # fmt: skip
    """What a teacher says, the lines that changed; one line alone when it was just left."""
    term, found = courses.get_term(db, term_id, lock=True), group_with_diploma(db, group)
    subject = courses.get_subject(db, subject_id)
    form = posted.read(CommentsForm)
    with form.refusals():
        if form.ok:
            count = service.save_comments(db, term, found, subject, typed=_lines(form.valid), by=me)
            here = url(request, "learning.edit_comments", term_id=term_id, group=group, subject_id=subject_id)
            return redirect(request, here, flash=_saved(form.valid, count))
    return _table_page(request, db, (term, found, subject), form, status=form.status)


@router.get("/bulletins/{term_id}/{group}/bulletins.pdf", name="learning.print_reports", dependencies=READ)
def print_reports(db: Db, me: Me, term_id: Id, group: str, listing: Listing) -> Response:
    """The reports of a group, or of one pupil: as issued where they are, else as they stand now."""
    found = queries.group_term(db, courses.get_term(db, term_id), group_with_diploma(db, group))
    asked = listing.values.get("eleve", "")
    people = [one for one in found.pupils if asked in ("", one.code)]
    told = [_edition(found, one, now=bool(listing.values.get("projet"))) for one in people]
    name = f"{found.group.label}, {found.term.label}"
    drawn = papers.draw_reports(ReportKind.TERM, told, school=me.school_name, number_of=name)
    return show_pdf(f"bulletins {name}", drawn)


@router.post("/bulletins/{term_id}/{group}/emission", name="learning.issue_reports", dependencies=ISSUE)
def issue_reports(request: Request, db: Db, me: Me, posted: PostedForm, *, term_id: Id, group: str) -> Response:
    """Issue the reports of a group: those that changed since their last edition."""
    term, found = courses.get_term(db, term_id, lock=True), group_with_diploma(db, group)
    form = posted.read(IssueForm)
    with form.refusals():
        if form.ok:
            count = _issue_all(db, me, term, found, form.valid.reason)
            here = url(request, "learning.list_reports", query={"periode": term_id, "groupe": group})
            return redirect(request, here, flash=f"Bulletins émis : {count}.")
    chosen = queries.choose(db, str(term_id), group, today())
    return _state_page(request, db, me, form, chosen, status=form.status)


@router.get("/bulletins/emis/{report_id}.pdf", name="learning.print_issued", dependencies=READ)
def print_issued(db: Db, me: Me, report_id: Id) -> Response:
    """A report as it was issued, word for word."""
    found = queries.get_issued(db, report_id)
    edition = papers.issued(found)
    pupil = edition.report["pupil"]
    drawn = papers.draw_reports(found.kind, [edition], school=me.school_name, number_of=pupil)
    return show_pdf(f"{REPORT_LABELS[found.kind]} {pupil}", drawn)


@router.get("/eleves/{code}/livrets", name="learning.show_booklets", dependencies=SKILLS_AND_MARKS)
def show_booklets(request: Request, db: Db, code: str) -> Response:
    """The booklets of a pupil, and what was issued."""
    return _booklets_page(request, db, code, blank_form())


@router.get("/eleves/{code}/livrets/{kind}.pdf", name="learning.print_booklet", dependencies=SKILLS_AND_MARKS)
def print_booklet(db: Db, me: Me, code: str, kind: ReportKind) -> Response:
    """A booklet as it stands now, not issued."""
    pupil = get_pupil_by_code(db, code)
    told = papers.draft(_booklet(db, pupil, kind))
    drawn = papers.draw_reports(kind, [told], school=me.school_name, number_of=pupil.full_name)
    return show_pdf(f"{REPORT_LABELS[kind]} {pupil.full_name}", drawn)


@router.post("/eleves/{code}/livrets/{kind}", name="learning.issue_booklet", dependencies=ISSUE)
def issue_booklet(request: Request, db: Db, me: Me, posted: PostedForm, *, code: str, kind: ReportKind) -> Response:
    """Issue a booklet for a jury: frozen as it stands."""
    pupil = get_pupil_by_code(db, code, lock=True)
    form = posted.read(IssueForm)
    with form.refusals():
        if form.ok:
            made = service.issue(db, kind, pupil.id, _booklet(db, pupil, kind), reason=form.valid.reason, by=me)
            words = f"{REPORT_LABELS[kind]} émis." if made else "Rien n’a changé depuis la dernière édition."
            return redirect(request, url(request, "learning.show_booklets", code=code), flash=words)
    return _booklets_page(request, db, code, form, status=form.status)


def _booklet(db: Db, pupil: Pupil, kind: ReportKind) -> Any:
    school, head = queries.school_and_head(db)
    if kind == ReportKind.SKILLS:
        return papers.fill_skills(pupil_skills(db, pupil), level_names(db), school, head)
    terms = [queries.pupil_term(db, term, group, pupil.id) for term, group in queries.terms_of_pupil(db, pupil.id)]
    return papers.fill_schooling(terms, pupil, school, head)


def _edition(found: queries.GroupTerm, one: queries.PupilTerm, *, now: bool) -> papers.Edition:
    if one.issued is not None and not now:
        return papers.issued(one.issued)
    return papers.draft(papers.fill_term(found, one, one.pupil))


def _issue_all(db: Db, me: Me, term: Term, group: PupilGroup, reason: str) -> int:
    found = queries.group_term(db, term, group)
    made = [
        service.issue(
            db, ReportKind.TERM, one.pupil_id, papers.fill_term(found, one, one.pupil), term_id=term.id, reason=reason,
            by=me,
        )
        for one in found.pupils
    ]  # fmt: skip
    return sum(one is not None for one in made)


def _lines(typed: CommentsForm) -> list[service.Line]:
    return [service.Line(row.pupil, row.text, row.seen) for row in typed.rows]


def _saved(typed: CommentsForm, count: int) -> str:
    """Nothing is told of one line alone: the page that sent it says so beside the line."""
    if len(typed.rows) == 1:
        return ""
    return f"{count} lignes enregistrées." if count > 1 else "Enregistré."


def _state_page(
    request: Request, db: Db, me: Me, form: Form[Any], chosen: queries.Choice, *, status: int = 200
) -> Response:
    term, group = chosen.term, chosen.group
    found = queries.group_term(db, term, group_with_diploma(db, group)) if term and group else None
    mine = {one.key for one in courses.courses_of(db, me, term.school_year)} if term else set()
    return page(
        request, "learning/report_list.html", status=status, found=found, term=term, group=group, terms=chosen.terms,
        groups=chosen.groups, form=form, mine=mine if me.can(Permission.MARK_WRITE) else set(),
    )  # fmt: skip


def _table_page(
    request: Request, db: Db, of: tuple[Term, PupilGroup, Subject | None], form: Form[Any], *, status: int = 200
) -> Response:
    term, group, subject = of
    lines = queries.comment_lines(db, term, group, subject.id) if subject else queries.opinion_lines(db, term, group)
    return page(
        request, "learning/comments_edit.html", status=status, term=term, group=group, subject=subject, lines=lines,
        form=form,
    )  # fmt: skip


def _booklets_page(request: Request, db: Db, code: str, form: Form[Any], status: int = 200) -> Response:
    folder = pupil_folder(db, code)
    return page(
        request, "learning/booklets.html", status=status, folder=folder, tab="competences", form=form,
        issued=queries.issued_of(db, folder.pupil.id), kinds=REPORT_LABELS,
    )  # fmt: skip
