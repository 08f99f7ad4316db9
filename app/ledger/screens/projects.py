"""Which order's job a lesson was about."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.errors import Refused
from app.core.permissions import Permission
from app.ledger import queries
from app.ledger.forms import ProjectForm
from app.pedagogy import queries as school
from app.pedagogy.service import logs
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
LOG = [allow(Permission.THEORY_LOG)]


@router.get("/cahier/{session_id}/projet", name="ledger.choose_project", dependencies=LOG)
def choose_project(request: Request, db: Db, session_id: Id, listing: Listing) -> Response:
    """The latest jobs of the workshop, or those that a word finds."""
    return _page(request, db, session_id, blank_form(), words=listing.values.get("q", ""))


@router.post("/cahier/{session_id}/projet", name="ledger.link_project", dependencies=LOG)
def link_project(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """Link the lesson to a job, or to none."""
    form, session = posted.read(ProjectForm), school.get_session(db, session_id, lock=True)
    with form.refusals():
        if form.ok:
            number = form.valid.number or ""
            label = queries.find_project(db, number) if number else ""
            if label is None:
                raise Refused(f"Aucun ordre de fabrication n’a le numéro « {number} ».", field="number")
            address = url(request, "workshop.show_job", number=number) if number else ""
            logs.link_project(db, session, label=label, url=address, by=me)
            words = f"Séance liée à {label}." if label else "La séance n’est plus liée à une commande."
            return redirect(request, url(request, "pedagogy.show_log", session_id=session_id), flash=words)
    return _page(request, db, session_id, form, status=form.status)


def _page(
    request: Request, db: Db, session_id: int, form: Form[ProjectForm], *, words: str = "", status: int = 200
) -> Response:
    found = queries.list_projects(db, words)
    return page(
        request, "ledger/project_choose.html", status=status, session=school.get_session(db, session_id), rows=found,
        words=words, form=form,
    )  # fmt: skip
