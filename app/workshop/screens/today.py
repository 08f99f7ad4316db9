"""*Aujourd’hui*: the master's home. Work on the left, pupils on the right, a ticket in hand in the address."""

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.rules import CurrentUser
from app.core.errors import Refused, Stale
from app.core.permissions import Permission
from app.machines.rules.fixes import FIXES
from app.pedagogy.queries import count_calls_to_do
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import policies, queries, service
from app.workshop.forms import GiveForm, ReplaceForm, UndoForm
from app.workshop.models import Ticket
from app.workshop.queries.alerts import alerts
from app.workshop.rules import Presence
from app.workshop.screens.week import week_page

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, GIVE = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_GIVE)]
NEXT = re.compile(r"(bon|operation):([\w-]{1,60})")
LEAVE, QUEUE = "garder", "file"


def _asked(me: CurrentUser, values: dict[str, str]) -> queries.Asked:
    """What the address asks for; what it cannot mean is left out."""
    mine = {"moi": True, "tous": False}.get(values.get("vue", ""))
    operation = values.get("operation", "")
    return queries.Asked(
        me.staff_id, mine, values.get("file", "prets"), values.get("bon", ""),
        int(operation) if operation.isdecimal() and len(operation) <= 9 else None, values.get("refus", ""),
    )  # fmt: skip


def board_page(request: Request, db: Db, me: CurrentUser, values: dict[str, str], trouble: str = "") -> Response:
    """The board; after a refused gesture with the sentence under the pupil's row, and the ticket still in hand."""
    found = queries.today_board(db, _asked(me, values))
    kept = {name: values.get(name, "") for name in ("vue", "file")}
    # Looked at when the day opens, not at each of its gestures.
    coming = [] if found.hand or trouble else queries.coming_refusals(db, found.day)
    return page(
        request, "workshop/today.html", status=409 if trouble else 200, board=found, kept=kept, trouble=trouble,
        coming=coming, calls_owed=0 if trouble or found.hand else count_calls_to_do(db, staff_id=me.staff_id),
        form=blank_form(), alerts=alerts(db, me), presence=Presence, refusal_title=policies.refusal_title,
        next=_next_value(found.next_item), fixes={check.value: fix for check, fix in FIXES.items()},
    )  # fmt: skip


def _next_value(item: Any) -> str:
    if item is None:
        return ""
    name, value = next(iter(item.key.items()))
    return f"{name}:{value}"


@router.get("/atelier", name="workshop.show_today", dependencies=READ)
def show_today(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """The day: who is there, what is ready, who may have what is in hand."""
    return board_page(request, db, me, listing.values)


@router.post("/atelier/bons/{number}/affectation", name="workshop.give_ticket", dependencies=GIVE)
def give_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """A ticket goes to a pupil or a pair, from the board, from the week or from its own page."""
    form, undo = posted.read(GiveForm), ""
    try:
        given = _read(form)
        ids = queries.pupil_ids(db, given.pupils, field="pupil")
        ticket = queries.get_ticket(db, number, lock=True)
        undo = hands_of(ticket)
        service.give_ticket(db, ticket, pupil_ids=ids, seen_version=given.version, by=me, **given.when)
    except (Refused, Stale) as trouble:
        if form.raw("retour") == "bon":
            return assignment_page(request, db, number, form, trouble)
        return _refused(request, db, me, _again(form) | {"bon": number}, trouble.sentence)
    return _given(request, ticket, form, undo)


@router.post("/atelier/operations/{operation_id}/bon", name="workshop.give_operation", dependencies=GIVE)
def give_operation(request: Request, db: Db, me: Me, operation_id: Id, posted: PostedForm) -> Response:
    """An operation's pieces go to a pupil: its ticket is made and given in one gesture."""
    form = posted.read(GiveForm)
    try:
        given = _read(form)
        ids = queries.pupil_ids(db, given.pupils, field="pupil")
        ticket = service.give_operation(db, operation_id, pupil_ids=ids, by=me, **given.when)
    except Refused as refused:
        again = _again(form) | {"operation": str(operation_id)}
        return _refused(request, db, me, again, refused.sentence)
    return _given(request, ticket, form, "")


def _read(form: Form[GiveForm]) -> GiveForm:
    if not form.ok:
        raise Refused(form.error("slot") or "Choisissez un jeune.", field="pupil")
    return form.valid


def _again(form: Form[GiveForm]) -> dict[str, str]:
    """The same board; the reason opens under the pupil who was meant."""
    names = ("vue", "file", "semaine")
    return {name: form.raw(name) for name in names} | {"refus": form.raw("pupil")}


def _refused(request: Request, db: Db, me: CurrentUser, values: dict[str, str], sentence: str) -> Response:
    """The page the gesture came from, with the reason; what is in hand stays there."""
    show = week_page if values["semaine"] else board_page
    return show(request, db, me, values, sentence)


def hands_of(ticket: Ticket) -> str:
    """In whose hands a ticket is and for when, as `undo_gift` reads it; nothing when nobody holds it."""
    codes = [assignment.pupil.code for assignment in ticket.assignments if assignment.ended_at is None]
    slot = f"{ticket.for_day}/{ticket.for_half}" if ticket.for_day and ticket.for_half else ""
    return urlencode({"jeunes": codes, "moment": slot}, doseq=True) if codes else ""


def _given(request: Request, ticket: Ticket, form: Form[GiveForm], hands: str) -> Response:
    """Back to where the gesture came from; on the board the next ready work is already in hand."""
    words = f"{ticket.number} donné."
    if form.raw("retour") == "bon":
        return redirect(request, url(request, "workshop.show_ticket", number=ticket.number), flash=words)
    undo = url(request, "workshop.undo_gift", number=ticket.number, query={"version": ticket.version})
    query: dict[str, Any] = {"vue": form.raw("vue"), "file": form.raw("file")}
    if found := NEXT.fullmatch(form.raw("next")):
        query[found[1]] = found[2]
    undo += f"&{hands}" if hands else ""
    home = "workshop.show_today"
    if week := form.raw("semaine"):
        home, query = "workshop.show_week", {"semaine": week, "vue": form.raw("vue")}
    return redirect(request, url(request, home, query=query) + "#bons", flash=words, undo_url=undo)


@router.post("/atelier/bons/{number}/retour", name="workshop.undo_gift", dependencies=GIVE)
def undo_gift(request: Request, db: Db, me: Me, number: str, asked: Annotated[UndoForm, Query()]) -> Response:
    """Undo a gift: the ticket is in the hands it was in, or in the queue; in hand again on the board."""
    ticket = queries.get_ticket(db, number, lock=True)
    try:
        if asked.jeunes:
            ids = queries.pupil_ids(db, asked.jeunes)
            service.give_ticket(db, ticket, pupil_ids=ids, seen_version=asked.version, by=me, **asked.when)
        else:
            service.take_back(db, ticket, seen_version=asked.version, by=me)
    except (Refused, Stale) as trouble:
        return board_page(request, db, me, {"bon": number}, trouble.sentence)
    return redirect(
        request, url(request, "workshop.show_today", query={"bon": number}) + "#bons", flash="C’est annulé."
    )


@router.get("/atelier/bons/{number}/affectation", name="workshop.ask_assignment", dependencies=GIVE)
def ask_assignment(request: Request, db: Db, number: str) -> Response:
    """To whom? One pupil or a pair, of today's practice."""
    return assignment_page(request, db, number, None, None)


def assignment_page(
    request: Request, db: Db, number: str, form: Form[GiveForm] | None, trouble: Refused | Stale | None
) -> Response:
    """The form that gives a ticket, with today's pupils."""
    ticket = queries.get_ticket(db, number)
    shown: Form[Any] = form or blank_form({"version": ticket.version})
    if isinstance(trouble, Stale):
        shown.stale = trouble
        shown.values["version"] = str(trouble.version or "")
    elif trouble is not None:
        shown.refuse(trouble.sentence, "pupil")
    status = 200 if trouble is None else shown.status
    options = queries.pupils_of_today(db)
    return page(request, "workshop/ticket_give.html", status=status, ticket=ticket, form=shown, options=options)


@router.get("/atelier/absents/{code}", name="workshop.ask_replacement", dependencies=GIVE)
def ask_replacement(request: Request, db: Db, code: str) -> Response:
    """Where do an absent pupil's tickets go? All moves are proposed at once."""
    return _replacement_page(request, db, code, blank_form())


@router.post("/atelier/absents/{code}", name="workshop.replace_tickets", dependencies=GIVE)
def replace_tickets(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """The moves that were kept are carried out, all or none."""
    form = posted.read(ReplaceForm)
    with form.refusals():
        if form.ok:
            moves = [move for move in form.valid.moves if move.pupil != LEAVE]
            takers = {move.pupil for move in moves if move.pupil != QUEUE}
            ids = dict(zip(sorted(takers), queries.pupil_ids(db, sorted(takers)), strict=True))
            tickets = [(queries.get_ticket(db, m.ticket, lock=True), ids.get(m.pupil)) for m in moves]
            service.replace_all(db, tickets, pupil_id=queries.pupil_ids(db, [code])[0], by=me)
            words = f"{len(moves)} bons replacés." if len(moves) > 1 else f"{len(moves)} bon replacé."
            return redirect(request, url(request, "workshop.show_today"), flash=words)
    return _replacement_page(request, db, code, form, status=form.status)


def _replacement_page(request: Request, db: Db, code: str, form: Form[Any], status: int = 200) -> Response:
    person, moves = queries.replacement(db, code)
    return page(request, "workshop/replace.html", status=status, person=person, moves=moves, form=form)
