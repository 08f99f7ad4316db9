"""The JSON door to clocks, batches and the day's times: the same services as the screens."""

from fastapi import APIRouter

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Day
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, schemas, service
from app.workshop.forms import BatchBody, BatchDoneBody, ConfirmBody, HelpForm, WorkForm
from app.workshop.schemas import BatchOut, DayOut, SessionOut, TicketsOut, ValidationOut

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])
READ, GIVE = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_GIVE)]
REPORT = [allow(Permission.TICKET_REPORT)]


def _pupil(db: Db, code: str) -> int:
    return queries.pupil_ids(db, [code], field="pupil")[0]


def _session(db: Db, session_id: int) -> SessionOut:
    db.flush()  # what was just started or stopped
    return schemas.session_out(queries.session_rows(db, queries.session_is(session_id))[0])


@router.get("/work-days/{day}", name="workshop.api_show_day", dependencies=READ)
def show_day(db: Db, day: Day) -> DayOut:
    """Every booked time that began that day, with what still waits to be confirmed."""
    return schemas.day_out(queries.day_sheet(db, day))


@router.post("/work-days/{day}/validation", name="workshop.api_validate_day", status_code=201, dependencies=GIVE)
def validate_day(db: Db, me: Me, day: Day, body: ConfirmBody) -> ValidationOut:
    """Confirm times of a day, all or none; `end` puts an automatic stop right."""
    return schemas.validation_out(service.validate_day(db, day, body.confirmed, by=me))


@router.post("/batches", name="workshop.api_start_batch", status_code=201, dependencies=REPORT)
def start_batch(db: Db, me: Me, body: BatchBody) -> BatchOut:
    """One pupil runs several tickets together; without shares they follow the planned time."""
    held = {number: queries.get_ticket(db, number, lock=True) for number in sorted(set(body.tickets))}
    tickets = [held[number] for number in body.tickets]
    pupil_id = _pupil(db, body.pupil)
    batch = service.start_batch(db, tickets, pupil_id=pupil_id, shares=body.shares, kind=body.kind, by=me)
    return BatchOut(batch=batch, pupil=body.pupil, tickets=[ticket.number for ticket in tickets])


@router.post("/batches/pause", name="workshop.api_pause_batch", dependencies=REPORT)
def pause_batch(db: Db, me: Me, body: HelpForm) -> TicketsOut:
    """All tickets a pupil runs together stop for now."""
    tickets = service.pause_batch(db, _pupil(db, body.pupil), by=me)
    return TicketsOut(tickets=[ticket.number for ticket in tickets])


@router.post("/batches/finish", name="workshop.api_finish_batch", dependencies=REPORT)
def finish_batch(db: Db, me: Me, body: BatchDoneBody) -> TicketsOut:
    """All tickets a pupil runs together are over, each with its pieces; all or none."""
    tickets = service.finish_batch(db, _pupil(db, body.pupil), done=body.made, by=me)
    return TicketsOut(tickets=[ticket.number for ticket in tickets])


@router.post("/tickets/{number}/kind", name="workshop.api_switch_work", dependencies=REPORT)
def switch_work(db: Db, me: Me, number: str, body: WorkForm) -> SessionOut:
    """A pupil at work goes over to setting up, making or checking; the time that runs is answered."""
    ticket = queries.get_ticket(db, number, lock=True)
    pupil_id = _pupil(db, body.pupil) if body.pupil else None
    return _session(db, service.switch_work(db, ticket, kind=body.kind, pupil_id=pupil_id, by=me).id)


@router.post("/tickets/{number}/help", name="workshop.api_start_help", status_code=201, dependencies=REPORT)
def start_help(db: Db, me: Me, number: str, body: HelpForm) -> SessionOut:
    """A pupil helps on the ticket of somebody else who is at work on it."""
    ticket = queries.get_ticket(db, number, lock=True)
    return _session(db, service.start_help(db, ticket, pupil_id=_pupil(db, body.pupil), by=me).id)


@router.post("/tickets/{number}/help/stop", name="workshop.api_stop_help", dependencies=REPORT)
def stop_help(db: Db, me: Me, number: str, body: HelpForm) -> SessionOut:
    """The helper goes."""
    ticket = queries.get_ticket(db, number, lock=True)
    return _session(db, service.stop_help(db, ticket, pupil_id=_pupil(db, body.pupil), by=me).id)
