"""Signed attendance sheets and certificates: issued with a number, shown again as they were."""

import json
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import monday_of, today
from app.core.permissions import Permission
from app.ledger import queries, service
from app.ledger.forms import PAPER_FIELDS, CertificateForm, SheetForm
from app.ledger.papers import CertificatePaper, SheetPaper, draw_issued, fill_certificate, fill_sheet
from app.ledger.rules import PAPER_LABELS, PaperKind
from app.pedagogy.queries import group_options
from app.pedagogy.rules import school_year_of
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
PAPER = [allow(Permission.HOURS_PAPER)]
SHAPES = {PaperKind.SHEET: SheetPaper, PaperKind.CERTIFICATE: CertificatePaper}


@router.get("/heures/papiers", name="ledger.list_papers", dependencies=PAPER)
def list_papers(request: Request, db: Db) -> Response:
    """The papers issued, the latest first."""
    return page(request, "ledger/papers.html", rows=queries.list_papers(db))


@router.get("/heures/papiers/feuilles", name="ledger.new_sheet", dependencies=PAPER)
def new_sheet(request: Request, db: Db, listing: Listing) -> Response:
    """Ask for a group's sheet: this week, unless changed."""
    monday = monday_of(today())
    friday = date.fromordinal(monday.toordinal() + 4)
    typed = {"group": listing.values.get("groupe", ""), "starts_on": monday, "ends_on": friday}
    return _ask(request, db, PaperKind.SHEET, blank_form(typed))


@router.get("/heures/papiers/attestations", name="ledger.new_certificate", dependencies=PAPER)
def new_certificate(request: Request, db: Db, listing: Listing) -> Response:
    """Ask for a pupil's certificate: this school year so far, unless changed."""
    year = school_year_of(today())
    typed = {"pupil": listing.values.get("eleve", ""), "starts_on": year.start, "ends_on": today()}
    return _ask(request, db, PaperKind.CERTIFICATE, blank_form(typed))


@router.post("/heures/papiers/feuilles", name="ledger.issue_sheet", dependencies=PAPER)
def issue_sheet(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Freeze a group's register of a week or a day, with room to sign."""
    form = posted.read(SheetForm)
    with form.refusals():
        if form.ok:
            asked = form.valid
            register = queries.register_of(db, asked.group, asked.starts_on, asked.ends_on)
            paper = service.issue_paper(
                db, PaperKind.SHEET, fill_sheet(register, asked.starts_on, asked.ends_on),
                about={"group_id": register.group.id}, period=(asked.starts_on, asked.ends_on),
                school=me.school_name, by=me,
            )  # fmt: skip
            return _to_list(request, paper.number)
    return _ask(request, db, PaperKind.SHEET, form, form.status)


@router.post("/heures/papiers/attestations", name="ledger.issue_certificate", dependencies=PAPER)
def issue_certificate(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Freeze what a pupil attended."""
    form = posted.read(CertificateForm)
    with form.refusals():
        if form.ok:
            asked = form.valid
            told = queries.assiduity(db, asked.pupil, asked.starts_on, asked.ends_on)
            paper = service.issue_paper(
                db, PaperKind.CERTIFICATE, fill_certificate(told, asked.starts_on, asked.ends_on),
                about={"pupil_id": told.pupil.id}, period=(asked.starts_on, asked.ends_on), school=me.school_name,
                by=me,
            )  # fmt: skip
            return _to_list(request, paper.number)
    return _ask(request, db, PaperKind.CERTIFICATE, form, form.status)


@router.get("/heures/papiers/{number}/papier.pdf", name="ledger.show_paper", dependencies=PAPER)
def show_paper(db: Db, number: str) -> Response:
    """A paper as it was issued."""
    paper = queries.get_paper(db, number)
    content = SHAPES[paper.kind](**json.loads(paper.content))
    drawn = draw_issued(
        paper.kind.value, number, PAPER_LABELS[paper.kind], content, school=paper.school, at=paper.issued_at
    )
    return show_pdf(paper.number, drawn)


def _to_list(request: Request, number: str) -> Response:
    return redirect(request, url(request, "ledger.list_papers"), flash=f"Papier {number} émis.")


def _ask(request: Request, db: Db, kind: PaperKind, form: Form[Any], status: int = 200) -> Response:
    options = group_options(db) if kind == PaperKind.SHEET else queries.pupil_options(db)
    return page(
        request, "ledger/paper_new.html", status=status, form=form, sheet=kind == PaperKind.SHEET,
        title=PAPER_LABELS[kind], fields=PAPER_FIELDS, options=options,
    )  # fmt: skip
