"""The JSON door to tickets and machines: the same services as the screens."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.deps import Me, allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Code, Id
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, schemas, service
from app.workshop.forms import (
    AssignmentForm,
    CountsForm,
    FinishForm,
    GestureForm,
    NoteForm,
    ReasonForm,
    SplitForm,
    TicketForm,
    TimeForm,
)
from app.workshop.models import Ticket
from app.workshop.rules import TicketState
from app.workshop.schemas import (
    CenterList,
    TicketList,
    TicketOut,
)

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])
READ, GIVE = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_GIVE)]
REPORT = [allow(Permission.TICKET_REPORT)]


def _document(db: Db, me: Me, number: str) -> TicketOut:
    db.flush()  # what was just written, so that the document read again shows it
    return schemas.ticket_out(queries.ticket_page(db, number, by=me))


def _pupil(db: Db, code: str | None) -> int | None:
    return queries.pupil_ids(db, [code], field="pupil")[0] if code else None


def _locked(db: Db, number: str) -> Ticket:
    return queries.get_ticket(db, number, lock=True)


@router.get("/tickets", name="workshop.api_list_tickets", dependencies=READ)
def list_tickets(
    db: Db,
    *,
    state: Annotated[TicketState | None, Query()] = None,
    order: Annotated[Code | None, Query()] = None,
    pupil: Annotated[Code | None, Query()] = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TicketList:
    """Tickets by number; a pupil's are those held now or before."""
    filters = {"etat": state.value if state else "tous", "commande": order or "", "jeune": pupil or ""}
    request = ListRequest(sort="numero", page=page, size=size, filters=filters)
    found = queries.list_tickets(db, request, exact=True)
    items = [schemas.line_out(row) for row in found.items]
    return TicketList(items=items, total=found.total, page=page, size=size)


@router.get("/tickets/{number}", name="workshop.api_show_ticket", dependencies=READ)
def show_ticket(db: Db, me: Me, number: str) -> TicketOut:
    """One ticket with all that was booked on it."""
    return _document(db, me, number)


@router.post("/tickets", name="workshop.api_create_ticket", status_code=201, dependencies=GIVE)
def create_ticket(request: Request, db: Db, me: Me, body: TicketForm, response: Response) -> TicketOut:
    """A ticket on an operation, given at once when pupils are named. Without a quantity it takes all that is left."""
    operation_id = queries.find_operation_id(db, body.order, body.line, body.operation)
    ids = queries.pupil_ids(db, body.pupils)
    ticket = service.create_ticket(
        db, operation_id, quantity=body.quantity, for_day=body.for_day, note=body.note, by=me
    )  # fmt: skip
    if ids:
        service.give_ticket(db, ticket, pupil_ids=ids, day=body.for_day, half=body.for_half, by=me)
    response.headers["Location"] = url(request, "workshop.api_show_ticket", number=ticket.number)
    return _document(db, me, ticket.number)


@router.put("/tickets/{number}/assignment", name="workshop.api_assign_ticket", dependencies=GIVE)
def assign_ticket(db: Db, me: Me, number: str, body: AssignmentForm) -> TicketOut:
    """Who holds the ticket: one pupil, a pair, or nobody."""
    ticket, ids = _locked(db, number), queries.pupil_ids(db, body.pupils)
    if ids:
        service.give_ticket(
            db, ticket, pupil_ids=ids, day=body.for_day, half=body.for_half, seen_version=body.version, by=me
        )
    else:
        service.take_back(db, ticket, seen_version=body.version, by=me)
    return _document(db, me, number)


@router.post("/tickets/{number}/start", name="workshop.api_start_ticket", dependencies=REPORT)
def start_ticket(db: Db, me: Me, number: str, body: GestureForm | None = None) -> TicketOut:
    """A holder starts to work; of a pair, say which `pupil`."""
    given = body or GestureForm()
    ticket = _locked(db, number)
    service.start_ticket(db, ticket, pupil_id=_pupil(db, given.pupil), seen_version=given.version, by=me)
    return _document(db, me, number)


@router.post("/tickets/{number}/pause", name="workshop.api_pause_ticket", dependencies=REPORT)
def pause_ticket(db: Db, me: Me, number: str, body: GestureForm | None = None) -> TicketOut:
    """A holder stops for now."""
    given = body or GestureForm()
    ticket = _locked(db, number)
    service.pause_ticket(db, ticket, pupil_id=_pupil(db, given.pupil), seen_version=given.version, by=me)
    return _document(db, me, number)


@router.post("/tickets/{number}/finish", name="workshop.api_finish_ticket", dependencies=REPORT)
def finish_ticket(db: Db, me: Me, number: str, body: FinishForm | None = None) -> TicketOut:
    """The work is over: clocks stop, the last pieces are stated."""
    given, ticket = body or FinishForm(), _locked(db, number)
    service.finish_ticket(
        db, ticket, counts=given.counts, reason=given.reason, pupil_id=_pupil(db, given.pupil),
        override=given.override,
        seen_version=given.version, by=me,
    )  # fmt: skip
    return _document(db, me, number)


@router.post("/tickets/{number}/cancel", name="workshop.api_cancel_ticket", dependencies=GIVE)
def cancel_ticket(db: Db, me: Me, number: str, body: NoteForm) -> TicketOut:
    """The ticket will not be done; what was booked on it stays."""
    service.cancel_ticket(db, _locked(db, number), note=body.note, seen_version=body.version, by=me)
    return _document(db, me, number)


@router.post("/tickets/{number}/reopen", name="workshop.api_reopen_ticket", dependencies=GIVE)
def reopen_ticket(db: Db, me: Me, number: str, body: NoteForm) -> TicketOut:
    """A finished ticket goes on."""
    service.reopen_ticket(db, _locked(db, number), note=body.note, seen_version=body.version, by=me)
    return _document(db, me, number)


@router.post("/tickets/{number}/block", name="workshop.api_block_ticket", dependencies=GIVE)
def block_ticket(db: Db, me: Me, number: str, body: NoteForm) -> TicketOut:
    """The ticket is held up: its clocks stop, nobody gives or starts it; `note` says why."""
    service.block_ticket(db, _locked(db, number), note=body.note, seen_version=body.version, by=me)
    return _document(db, me, number)


@router.post("/tickets/{number}/unblock", name="workshop.api_unblock_ticket", dependencies=GIVE)
def unblock_ticket(db: Db, me: Me, number: str, body: GestureForm | None = None) -> TicketOut:
    """The reason is gone: the ticket stands where it stood, work that ran then is paused."""
    given = body or GestureForm()
    service.unblock_ticket(db, _locked(db, number), seen_version=given.version, by=me)
    return _document(db, me, number)


@router.post("/tickets/{number}/split", name="workshop.api_split_ticket", status_code=201, dependencies=GIVE)
def split_ticket(request: Request, db: Db, me: Me, *, number: str, body: SplitForm, response: Response) -> TicketOut:
    """Some of its open pieces go on a second ticket, which is answered."""
    ticket = _locked(db, number)
    other = service.split_ticket(db, ticket, quantity=body.quantity, seen_version=body.version, by=me)
    response.headers["Location"] = url(request, "workshop.api_show_ticket", number=other.number)
    return _document(db, me, other.number)


@router.post(
    "/tickets/{number}/quantity-reports", name="workshop.api_report_quantity", status_code=201, dependencies=REPORT
)
def report_quantity(db: Db, me: Me, number: str, body: CountsForm) -> TicketOut:
    """Pieces good and scrapped, added to those stated before."""
    pupil_id = _pupil(db, body.pupil)
    service.report_quantity(
        db, _locked(db, number), counts=body.counts, reason=body.reason, pupil_id=pupil_id, by=me
    )  # fmt: skip
    return _document(db, me, number)


@router.post("/quantity-reports/{report_id}/reversal", name="workshop.api_reverse_report", dependencies=GIVE)
def reverse_report(db: Db, me: Me, report_id: Id, body: ReasonForm) -> TicketOut:
    """Take stated pieces back by an entry with the negative figures."""
    ticket = service.reverse_report(db, queries.get_report(db, report_id), note=body.reason, by=me)
    return _document(db, me, ticket.number)


@router.post("/tickets/{number}/work-sessions", name="workshop.api_enter_time", status_code=201, dependencies=REPORT)
def enter_time(db: Db, me: Me, number: str, body: TimeForm) -> TicketOut:
    """Time entered by hand, by the school's clock, with the pieces made in it if any."""
    ticket = _locked(db, number)
    service.enter_time(
        db, ticket, pupil_id=queries.pupil_for_time(db, ticket, body.pupil), span=body.span,
        counts=(body.good, body.scrap), reason=body.reason, by=me,
    )  # fmt: skip
    return _document(db, me, number)


@router.post("/work-sessions/{session_id}/reversal", name="workshop.api_reverse_session", dependencies=GIVE)
def reverse_session(db: Db, me: Me, session_id: Id, body: ReasonForm) -> TicketOut:
    """Take a booked time back: it counts for nothing."""
    ticket = service.reverse_session(db, queries.get_session(db, session_id), note=body.reason, by=me)
    return _document(db, me, ticket.number)


@router.get("/work-centers", name="workshop.api_list_work_centers", dependencies=READ)
def list_work_centers(db: Db) -> CenterList:
    """Every machine with its load."""
    items = [
        schemas.CenterLine(
            code=row.code, label=row.label, capacity=row.capacity, working=row.working, tickets=row.tickets,
            load_minutes=rules.minutes(row.load_seconds),
        )
        for row in queries.list_work_centers(db)
    ]  # fmt: skip
    return CenterList(items=items)
