"""*Proposition*: the next half-day suggested. Nothing is given before it is accepted, all at once or line by line."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.rules import CurrentUser
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, service
from app.workshop.forms import HandoutForm, LineForm, read_slot
from app.workshop.service import Gift

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
GIVE = [allow(Permission.TICKET_GIVE)]
LEAVE = "non"


@router.get("/atelier/proposition", name="workshop.show_handout", dependencies=GIVE)
def show_handout(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """Who could do what, and why; what finds no place, and why."""
    return _handout_page(request, db, me, blank_form({"slot": listing.values.get("moment", "")}))


def _handout_page(
    request: Request, db: Db, me: CurrentUser, form: Form[Any], told: dict[str, str] | None = None
) -> Response:  # fmt: skip
    found = queries.handout_page(db, _moment(form.raw("slot")), staff_id=me.staff_id)
    if told is not None:
        _show_again(form, found, told)
    status = form.status if form.errors else 200
    return page(request, "workshop/handout.html", status=status, found=found, form=form, leave=LEAVE)


def _moment(slot: str) -> Any:
    try:
        return read_slot(slot) if slot else None
    except ValueError:
        return None


def _show_again(form: Form[Any], found: queries.HandoutPage | None, told: dict[str, str]) -> None:
    """The proposal may be another now: what was chosen and refused finds its line by the work it is about."""
    chosen = {line.key: line.pupil for line in form.data.lines} if form.data else {}
    for name in [name for name in form.values if name.startswith("lines-")]:
        del form.values[name]
    left = dict(told)
    for place, line in enumerate(found.lines if found else ()):
        name = f"lines-{place}-pupil"
        if line.item.key_word in chosen:
            form.values[name] = chosen[line.item.key_word]
        if sentence := left.pop(line.item.key_word, ""):
            form.refuse(sentence, name)
    if left:
        form.refuse(" ".join(left.values()))


@router.post("/atelier/proposition", name="workshop.accept_handout", dependencies=GIVE)
def accept_handout(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Everything that was kept is given, or nothing: each refusal is told at its line."""
    form, told = posted.read(HandoutForm), None
    if form.ok and (wanted := _wanted(form.valid)):
        codes = list(dict.fromkeys(line.pupil for line in wanted))
        known = dict(zip(codes, queries.pupil_ids(db, codes), strict=True))
        given, refused = service.hand_out_all(db, [_gift(line, known, form.valid) for line in wanted], by=me)
        if not refused:
            words = f"{len(given)} bons donnés." if len(given) > 1 else f"{given[0].number} donné."
            return redirect(request, _after(request, form.valid), flash=words)
        told = {wanted[place].key: sentence for place, sentence in refused.items()}
    elif form.ok:
        form.refuse("Gardez au moins une ligne.")
    return _handout_page(request, db, me, form, told)


def _wanted(form: HandoutForm) -> list[LineForm]:
    """The lines that were kept; of one button, its line alone."""
    return [
        line for place, line in enumerate(form.lines)
        if line.pupil != LEAVE and form.only in {None, place}
    ]  # fmt: skip


def _gift(line: LineForm, known: dict[str, int], form: HandoutForm) -> Gift:
    day, half = form.when
    return Gift(known[line.pupil], day, half, line.ticket or "", line.version, line.operation)


def _after(request: Request, form: HandoutForm) -> str:
    """One line given, the others are still to look at; all given, to where they show."""
    if form.only is not None:
        return url(request, "workshop.show_handout", query={"moment": form.slot})
    return url(request, "workshop.show_today")
