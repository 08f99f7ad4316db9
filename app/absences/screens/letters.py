"""Letters of a month over the threshold: looked at, issued, printed."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.absences import papers, queries, service
from app.absences.forms import LetterForm
from app.absences.rules import LETTER_LABELS
from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.pedagogy.queries import get_pupil_by_code
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.ABSENCE_READ)], [allow(Permission.ABSENCE_EDIT)]
KINDS = [(kind.value, label) for kind, label in LETTER_LABELS.items()]


@router.get("/absences/courriers/nouveau", name="absences.new_letter", dependencies=EDIT)
def new_letter(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """What the letter will say, before it is issued."""
    given = {"pupil": listing.values.get("eleve", ""), "month": listing.values.get("mois", ""), "kind": "letter"}
    form = blank_form(given)
    return _letter_page(request, db, me, form, 200)


@router.post("/absences/courriers", name="absences.issue_letter", dependencies=EDIT)
def issue_letter(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Issue it: from now on it says what it says."""
    form = posted.read(LetterForm)
    with form.refusals():
        if form.ok:
            pupil = get_pupil_by_code(db, form.valid.pupil, lock=True)
            letter = service.issue_letter(db, pupil, form.valid.first, form.valid.kind, by=me)
            where = url(request, "absences.show_pupil", code=pupil.code)
            return redirect(request, where, flash=f"{letter.number} est prêt à imprimer.")
    return _letter_page(request, db, me, form, form.status)


@router.get("/absences/courriers/{number}/courrier.pdf", name="absences.print_letter", dependencies=READ)
def print_letter(db: Db, me: Me, number: str) -> Response:
    """An issued letter as PDF, always the same."""
    letter = queries.get_letter(db, number)
    return show_pdf(number, papers.draw_letter(letter, school=me.school_name))


def _letter_page(request: Request, db: Db, me: Me, form: Form[LetterForm], status: int) -> Response:
    pupil = get_pupil_by_code(db, form.raw("pupil"))
    month = queries.asked_month(form.raw("month"))
    facts = queries.letter_facts(db, pupil, month, me.name)
    return page(
        request, "absences/letter.html", status=status, form=form, pupil=pupil, month=month, facts=facts, kinds=KINDS
    )  # fmt: skip
