"""The JSON door to orders: the same services as the screens."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.deps import Me, allow
from app.core.actor import Actor
from app.core.clock import today
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.orders import queries, service
from app.orders.forms import ActionForm, OrderForm, PatchOrderForm
from app.orders.models import CustomerOrder
from app.orders.rules import OrderState, is_late
from app.orders.schemas import OrderList, OrderOut, PricedOrderOut, order_out, row_out
from app.web.deps import Db
from app.web.fields import Code, Day
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["orders"])
READ, EDIT = [allow(Permission.ORDER_READ)], [allow(Permission.ORDER_EDIT)]
Out = PricedOrderOut | OrderOut


@router.get("/orders", name="orders.api_list_orders", dependencies=READ)
def list_orders(
    db: Db,
    me: Me,
    *,
    late_on: Annotated[Day | None, Query()] = None,
    state: Annotated[OrderState | None, Query()] = None,
    client: Annotated[Code | None, Query()] = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OrderList:
    """Orders by number. `late_on` keeps those late on that day; without it `late` is said of today."""
    request = ListRequest(page=page, size=size)
    found = queries.orders_for_api(db, request, state=state, client=client, late_on=late_on)
    prices = me.can(Permission.ORDER_PRICES)
    return OrderList(
        items=[row_out(row, prices=prices) for row in found.items], total=found.total, page=page, size=size
    )


@router.get("/orders/{number}", name="orders.api_show_order", dependencies=READ)
def show_order(db: Db, me: Me, number: str) -> Out:
    """One order with its lines."""
    return _document(db, me, queries.get_order(db, number))


@router.post("/orders", name="orders.api_create_order", status_code=201, dependencies=EDIT)
def create_order(request: Request, db: Db, me: Me, body: OrderForm, response: Response) -> Out:
    """A new order, confirmed unless `state` says quote; the number is given here."""
    order = service.create_order(db, body.draft(), state=OrderState(body.state), by=me)
    response.headers["Location"] = url(request, "orders.api_show_order", number=order.number)
    return order_out(order, order.lines, late=_late(order), prices=me.can(Permission.ORDER_PRICES))


@router.patch("/orders/{number}", name="orders.api_change_order", dependencies=EDIT)
def change_order(db: Db, me: Me, number: str, body: PatchOrderForm) -> Out:
    """Change some fields; `version` is the one that was read."""
    order = queries.get_order(db, number, lock=True)
    service.change_order(db, order, values=body.values(), seen_version=body.version, by=me)
    db.flush()  # new and removed lines, which the answer reads again
    return _document(db, me, order)


@router.post("/orders/{number}/actions/{name}", name="orders.api_perform", dependencies=READ)
def perform(db: Db, me: Me, number: str, name: str, body: ActionForm | None = None) -> Out:
    """confirm, launch, deliver, invoice or cancel; each asks for its own right."""
    order = queries.get_order(db, number, lock=True)
    given = body or ActionForm()
    service.perform(db, order, name, delivered_on=given.delivered_on, note=given.note, by=me)
    return _document(db, me, order)


def _document(db: Db, me: Actor, order: CustomerOrder) -> Out:
    lines = queries.order_lines(db, order)
    return order_out(order, lines, late=_late(order), prices=me.can(Permission.ORDER_PRICES))


def _late(order: CustomerOrder) -> bool:
    return is_late(order.state, order.due_on, today())
