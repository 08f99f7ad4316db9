"""What the tablets' script asks: taps one by one in their order, a touch, and whether the master comes."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from app.core.errors import Unauthenticated
from app.kiosk import queries, service
from app.kiosk.deps import AS_PUPIL, DOOR, ON_TABLET, QUIETLY, At, Here, after_tap
from app.kiosk.forms import FORMS, TapIn
from app.kiosk.schemas import AnswerOut, CallOut
from app.web.deps import Db
from app.web.forms import Posted
from app.web.routing import UnitOfWorkRoute
from app.workshop.queries import own_call

router = APIRouter(prefix="/api/v1/tablet", tags=["tablets"], route_class=UnitOfWorkRoute, include_in_schema=False)


@router.post("/taps", name="kiosk.send_tap", dependencies=[ON_TABLET])
def send_tap(request: Request, db: Db, here: Here, tap: TapIn) -> AnswerOut:
    """Carry a tap out, once. It may have waited for the network while its pupil's seat was locked or left."""
    pupil = queries.pupil_of_tap(db, here.id, seat_id=tap.seat, seal=tap.seal, claimed=tap.at)
    if pupil is None:
        raise Unauthenticated("Tape ton code.", door=DOOR)
    items: list[tuple[str, Any]] = [(name, value) for name, values in tap.fields.items() for value in values]
    form = Posted(FormData(items)).read(FORMS[tap.kind])
    if not form.ok:
        return AnswerOut(done=False, sentence=next(iter(form.errors.values())), field=next(iter(form.errors)))
    gesture = service.Gesture(tap.key, tap.kind, tap.ticket, form.valid.content, tap.at)
    by = service.pupil_actor(pupil)
    outcome = service.carry_out(db, gesture, device_id=here.id, pupil=pupil, by=by)
    target = after_tap(request, tap.kind, tap.ticket, gesture.content) if outcome.done else ""
    return AnswerOut(done=outcome.done, sentence=outcome.sentence, field=outcome.field, next=target)


@router.post("/touch", name="kiosk.touch", dependencies=[AS_PUPIL], status_code=204)
def touch(_db: Db) -> Response:
    """The pupil reads, and touches the screen: the seat stays open."""
    return Response(status_code=204)


@router.get("/call", name="kiosk.show_call", dependencies=[QUIETLY])
def show_call(at: At) -> CallOut:
    """Whether somebody comes. Asked by the page itself, so it is no touch."""
    found = own_call(at.db, at.seat.pupil_id)
    return CallOut(state=found.state.value, who=found.who)
