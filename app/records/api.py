"""The JSON door to documents: what is held, what is missing or over."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.accounts.deps import allow
from app.core.clock import today
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.pedagogy.queries import get_pupil_by_code
from app.records import queries, rules
from app.records.schemas import DocumentOut, DueOut, PupilDocuments
from app.web.deps import Db
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["records"])


@router.get("/documents/due", name="records.api_due", dependencies=[allow(Permission.RECORD_EDIT)])
def list_due(
    db: Db, group: Annotated[str, Query(max_length=60)] = "", state: rules.DocumentState | None = None
) -> list[DueOut]:
    """What every pupil of the school is to be asked for."""
    filters = ({"groupe": group} if group else {}) | ({"etat": state.value} if state else {})
    found = queries.due_list(db, today(), ListRequest(sort="eleve", filters=filters))
    return [
        DueOut(pupil=one.pupil.code, kind=one.due.kind, state=one.due.state, ends_on=one.due.ends_on) for one in found
    ]


@router.get("/pupils/{code}/documents", name="records.api_documents", dependencies=[allow(Permission.PUPIL_CONTACTS)])
def show_documents(db: Db, code: str) -> PupilDocuments:
    """What the file of a pupil holds and what is to be asked for."""
    pupil, day = get_pupil_by_code(db, code), today()
    rows = queries.documents_of(db, pupil.id)
    asked = queries.required(db).of(pupil.group.diploma.code)
    held = [
        DocumentOut(kind=row.kind, state=rules.document_state(row.ends_on, day), on=row.on_date, ends_on=row.ends_on)
        for row in rows
    ]
    due = [
        DocumentOut(kind=one.kind, state=one.state, on=None, ends_on=one.ends_on)
        for one in rules.documents_due([(row.kind, row.ends_on) for row in rows], day, asked)
    ]
    return PupilDocuments(pupil=pupil.code, held=held, due=due)
