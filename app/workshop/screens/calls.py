"""Calls from the tablets, answered."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Id
from app.web.pages import redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import service

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)


@router.post("/atelier/appels/{call_id}/reponse", name="workshop.answer_call",
             dependencies=[allow(Permission.TICKET_GIVE)])  # fmt: skip
def answer_call(request: Request, db: Db, me: Me, call_id: Id) -> Response:
    """« J’y vais »: the pupil's tablet says who comes."""
    service.answer_help(db, service.get_call(db, call_id), by=me)
    return redirect(request, url(request, "workshop.show_today"), flash="La tablette annonce que vous arrivez.")
