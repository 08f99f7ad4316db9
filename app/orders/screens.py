"""The pages of orders. Thin: read, ask the service, show."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.queries import find_school
from app.clients.queries import company_options
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Refused
from app.core.paging import SCREEN_SIZE, ListRequest
from app.core.permissions import Permission
from app.orders import forms, queries, rules, service
from app.orders.forms import CancelForm, ChangeOrderForm, DeliverForm, OrderForm
from app.orders.models import CustomerOrder
from app.orders.rules import ORDER, OrderState
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.ORDER_READ)], [allow(Permission.ORDER_EDIT)]
ADVANCE = [allow(Permission.ORDER_ADVANCE)]
ROUTES = {
    "confirm": "orders.confirm_order", "launch": "orders.launch_order", "deliver": "orders.ask_delivery",
    "invoice": "orders.invoice_order", "cancel": "orders.ask_cancellation",
}  # fmt: skip
COLUMNS = (
    Column("Numéro", lambda row: row.number), Column("Code client", lambda row: row.client),
    Column("Client", lambda row: row.client_name), Column("Leur référence", lambda row: row.reference),
    Column("Reçue le", lambda row: row.ordered_on), Column("Promise le", lambda row: row.due_on),
    Column("Livrée le", lambda row: row.delivered_on), Column("État", lambda row: row.state.label),
    Column("En retard", lambda row: row.late),
)  # fmt: skip
PRICES = (
    Column("Total HT", lambda row: row.net), Column("TVA", lambda row: row.vat),
    Column("Total TTC", lambda row: row.net + row.vat),
)  # fmt: skip


def _asked(listing: ListQuery, me: Actor, dues: Form[forms.DueForm], size: int = SCREEN_SIZE) -> ListRequest:
    """What the list is asked for. Open orders by due date, so late before everything; a search looks everywhere."""
    values = listing.values
    state = values.get("statut", "") if values.get("statut") in rules.STATE_LABELS else ""
    group = "" if state else values.get("etat", "")
    if not state and group not in queries.GROUPS:
        group = "toutes" if values.get("q", "").strip() else "ouvertes"
    pressing = group in {"ouvertes", "livrer"} or state in rules.OPEN_STATES or bool(values.get("retard"))
    sorts = set(queries.SORTS) - (set() if me.can(Permission.ORDER_PRICES) else queries.PRICED_SORTS)
    default = "echeance" if pressing else "-recue"
    asked = listing.request(sorts=sorts, default=default, filters=queries.FILTERS, size=size)
    period = dues.valid.model_dump(mode="json", exclude_none=True) if dues.ok else {}
    kept = {name: asked.filters.get(name, "") for name in ("client", "retard")}
    return replace(asked, filters=kept | {"etat": group, "statut": state, "du": "", "au": ""} | period)


@router.get("/commandes", name="orders.list_orders", dependencies=READ)
def list_orders(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """The orders: open ones first, late before everything."""
    dues = forms.read_dues(listing.values)
    asked = _asked(listing, me, dues)
    return page(
        request, "orders/order_list.html", status=422 if dues.errors else 200, listing=listing, asked=asked, dues=dues,
        found=queries.list_orders(db, asked), book=queries.count_book(db),
        groups=queries.GROUPS, states=OrderState, delay=rules.delay, in_units=rules.in_units,
    )  # fmt: skip


@router.get("/commandes/export.{kind}", name="orders.export_orders", dependencies=READ)
def export_orders(db: Db, me: Me, listing: Listing, kind: str) -> Response:
    """The filtered orders as a table file, with amounts for those who see prices."""
    asked = _asked(listing, me, forms.read_dues(listing.values))
    columns = COLUMNS + (PRICES if me.can(Permission.ORDER_PRICES) else ())
    return export("commandes", kind, columns, queries.all_orders(db, asked))


@router.get("/commandes/nouvelle", name="orders.new_order", dependencies=EDIT)
def new_order(request: Request, db: Db, listing: Listing) -> Response:
    """A blank order, for a client when the address names one."""
    form = forms.new_order_form(listing.values.get("client", ""), today(), _vat(db))
    return _new_page(request, db, form, status=200)


@router.post("/commandes/nouvelle", name="orders.create_order", dependencies=EDIT)
def create_order(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Create an order; the buttons of rows only show the form again."""
    if changed := forms.with_rows_changed(posted, _vat(db)):
        return _new_page(request, db, changed)
    form = posted.read(OrderForm)
    with form.refusals():
        if form.ok:
            state = OrderState(form.valid.state)
            order = service.create_order(db, form.valid.draft(), state=state, by=me)
            words = "Devis enregistré." if state == OrderState.QUOTE else "Commande enregistrée."
            return redirect(request, url(request, "orders.show_order", number=order.number), flash=words)
    return _new_page(request, db, form, status=form.status)


@router.get("/commandes/{number}/modifier", name="orders.edit_order", dependencies=EDIT)
def edit_order(request: Request, db: Db, number: str) -> Response:
    """The order's form, filled; lines only while they may change."""
    order = queries.get_order(db, number)
    if why := rules.why_not_changed(order.state):
        raise Refused(why)
    return _edit_page(request, db, order, forms.filled_form(order, queries.order_lines(db, order)), status=200)


@router.post("/commandes/{number}/modifier", name="orders.change_order", dependencies=EDIT)
def change_order(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Change an order."""
    order = queries.get_order(db, number, lock=True)
    if changed := forms.with_rows_changed(posted, _vat(db)):
        return _edit_page(request, db, order, changed)
    form = posted.read(ChangeOrderForm)
    with form.refusals():
        if form.ok:
            values = form.valid.values(lines_shown=rules.why_lines_fixed(order.state) is None)
            service.change_order(db, order, values=values, seen_version=form.valid.version, by=me)
            return redirect(request, url(request, "orders.show_order", number=number), flash="Commande enregistrée.")
    return _edit_page(request, db, order, form, status=form.status)


@router.post("/commandes/{number}/confirmation", name="orders.confirm_order", dependencies=EDIT)
def confirm_order(request: Request, db: Db, me: Me, number: str) -> Response:
    """The client has agreed to the quote."""
    return _deed(request, db, me, number, deed=service.confirm_order, done="Commande confirmée.")


@router.post("/commandes/{number}/lancement", name="orders.launch_order", dependencies=ADVANCE)
def launch_order(request: Request, db: Db, me: Me, number: str) -> Response:
    """The workshop starts."""
    return _deed(request, db, me, number, deed=service.launch_order, done="Production lancée.")


@router.post("/commandes/{number}/facturation", name="orders.invoice_order", dependencies=EDIT)
def invoice_order(request: Request, db: Db, me: Me, number: str) -> Response:
    """The invoice has been sent."""
    return _deed(request, db, me, number, deed=service.invoice_order, done="Commande facturée.")


@router.get("/commandes/{number}/livraison", name="orders.ask_delivery", dependencies=ADVANCE)
def ask_delivery(request: Request, db: Db, number: str) -> Response:
    """Which day did it leave?"""
    return _ask(request, db, number, name="deliver", form=blank_form({"delivered_on": today()}))


@router.post("/commandes/{number}/livraison", name="orders.deliver_order", dependencies=ADVANCE)
def deliver_order(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The goods have left."""
    form = posted.read(DeliverForm)
    with form.refusals():
        if form.ok:
            order = queries.get_order(db, number, lock=True)
            service.deliver_order(db, order, delivered_on=form.valid.delivered_on, by=me)
            return redirect(request, url(request, "orders.show_order", number=number), flash="Commande livrée.")
    return _ask(request, db, number, name="deliver", form=form, status=form.status)


@router.get("/commandes/{number}/annulation", name="orders.ask_cancellation", dependencies=EDIT)
def ask_cancellation(request: Request, db: Db, number: str) -> Response:
    """Why will nothing be delivered?"""
    return _ask(request, db, number, name="cancel", form=blank_form())


@router.post("/commandes/{number}/annulation", name="orders.cancel_order", dependencies=EDIT)
def cancel_order(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Nothing will be delivered."""
    form = posted.read(CancelForm)
    with form.refusals():
        if form.ok:
            order = queries.get_order(db, number, lock=True)
            service.cancel_order(db, order, note=form.valid.note, by=me)
            return redirect(request, url(request, "orders.show_order", number=number), flash="Commande annulée.")
    return _ask(request, db, number, name="cancel", form=form, status=form.status)


@router.get("/commandes/{number}/journal", name="orders.show_order_journal", dependencies=READ)
def show_order_journal(request: Request, db: Db, me: Me, number: str) -> Response:
    """Everything that was done to an order."""
    return _order_page(request, db, me, number, template="orders/order_journal.html", deeds=200)


@router.get("/commandes/{number}", name="orders.show_order", dependencies=READ)
def show_order(request: Request, db: Db, me: Me, number: str) -> Response:
    """One order."""
    return _order_page(request, db, me, number)


def _order_page(
    request: Request, db: Db, me: Actor, number: str, *, template: str = "orders/order_show.html", deeds: int = 6,
    refusal: str = "",
) -> Response:  # fmt: skip
    """An order as it is now; after a refused button with its sentence, as 409."""
    found = queries.order_page(db, number, actor=me, deeds=deeds)
    return page(
        request, template, status=409 if refusal else 200, page=found, refusal=refusal, delay=rules.delay,
        in_units=rules.in_units, actions=_buttons(request, found, may_edit=me.can(Permission.ORDER_EDIT)),
    )  # fmt: skip


def _buttons(request: Request, found: queries.OrderPage, *, may_edit: bool) -> list[dict[str, Any]]:
    """What this person may do now; the next step of the order is the primary one."""
    number, state = found.order.number, found.order.state
    buttons = [
        {
            "name": action.name, "label": action.label, "url": url(request, ROUTES[action.name], number=number),
            "method": "get" if action.name in {"deliver", "cancel"} else "post", "danger": action.danger,
            "primary": False, "icon": action.icon,
        }
        for action in found.actions
    ]  # fmt: skip
    forward = [button for button in buttons if not button["danger"]]
    if forward:
        forward[-1 if state == OrderState.IN_PRODUCTION else 0]["primary"] = True
    if may_edit and rules.why_not_changed(state) is None:
        edit = url(request, "orders.edit_order", number=number)
        change = {"name": "edit", "label": "Modifier la commande", "url": edit, "method": "get", "icon": "edit"}
        buttons.insert(0, change | {"danger": False, "primary": False})
    return buttons


def _deed(request: Request, db: Db, me: Actor, number: str, *, deed: Callable[..., None], done: str) -> Response:
    """A button of the order's page; a refusal shows the page as it is now, with the sentence."""
    order = queries.get_order(db, number, lock=True)
    try:
        deed(db, order, by=me)
    except Refused as refused:
        return _order_page(request, db, me, number, refusal=refused.sentence)
    return redirect(request, url(request, "orders.show_order", number=number), flash=done)


def _ask(request: Request, db: Db, number: str, *, name: str, form: Form[Any], status: int = 200) -> Response:
    """The page of an action that needs a word; asked for in the wrong state it says so."""
    order = queries.get_order(db, number)
    if status == 200:
        ORDER.require(name, order.state)
    return page(request, f"orders/order_{name}.html", status=status, order=order, form=form)


def _new_page(request: Request, db: Db, form: Form[Any], status: int = 422) -> Response:
    return _form_page(request, db, form, status, order=None, fixed="")


def _edit_page(request: Request, db: Db, order: CustomerOrder, form: Form[Any], status: int = 422) -> Response:
    return _form_page(request, db, form, status, order=order, fixed=rules.why_lines_fixed(order.state) or "")


def _form_page(
    request: Request, db: Db, form: Form[Any], status: int, *, order: CustomerOrder | None, fixed: str
) -> Response:
    options = company_options(db)
    if order is not None and order.company.code not in dict(options):
        options = [(order.company.code, order.company.name), *options]
    return page(
        request, "orders/order_edit.html", status=status, form=form, order=order, fixed=fixed, clients=options,
        totals=forms.row_totals(form), labels=forms.labels_of(form),
    )  # fmt: skip


def _vat(db: Db) -> Any:
    school = find_school(db)
    return rules.usual_vat(school.vat_regime if school else "")
