"""Reads about orders. Lists select columns; every one costs the same number of statements whatever its size."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, contains_eager

from app.clients.models import Company
from app.core.actor import Actor
from app.core.clock import today
from app.core.db import Base, run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.core.money import Totals, totals
from app.core.paging import COUNT_LIMIT, ListRequest, Page
from app.core.permissions import Permission
from app.core.text import like_pattern
from app.core.workflow import Action
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OPEN_STATES, ORDER, STATE_LABELS, OrderState, Progress, is_late, why_late

Order, Line = CustomerOrder, OrderLine
EXPORT_LIMIT = 100_000
GROUPS = {"ouvertes": "Ouvertes", "livrer": "À livrer", "facturer": "À facturer", "toutes": "Toutes"}
_IN_ORDER = case({state.value: place for place, state in enumerate(OrderState)}, value=Order.state, else_=9)
SORTS: dict[str, Any] = {
    "numero": Order.number, "client": Company.sort_key, "echeance": Order.due_on, "montant": Order.net,
    "etat": _IN_ORDER, "recue": Order.ordered_on,
}  # fmt: skip
PRICED_SORTS = frozenset({"montant"})
FILTERS = ("etat", "statut", "client", "retard", "du", "au")
_COLUMNS: tuple[Any, ...] = (
    Order.id, Order.number, Order.state, Order.ordered_on, Order.due_on, Order.delivered_on, Order.net, Order.vat,
    Order.customer_reference, Company.code.label("client"), Company.name.label("client_name"),
)  # fmt: skip
_IS_OPEN = Order.state.in_([literal(state) for state in sorted(OPEN_STATES)])
_IS_LATE = and_(_IS_OPEN, Order.due_on < bindparam("day"))
_WORK = (
    select(Line.order_id, Line.label, type_coerce(Line.quantity, BigInteger), Line.unit, Line.good)
    .where(Line.order_id.in_(bindparam("orders", expanding=True)))
    .order_by(Line.line_no)
)
_BY_CLIENT = (
    select(
        Order.company_id, func.count().label("orders"), func.sum(Order.net).label("net"),
        func.sum(case((Order.due_on < bindparam("day"), 1), else_=0)).label("late"),
    )
    .where(_IS_OPEN)
    .group_by(Order.company_id)
    .subquery()
)  # fmt: skip
_BOOK = (
    select(Company.code, Company.name, _BY_CLIENT.c.orders, _BY_CLIENT.c.late, _BY_CLIENT.c.net)
    .join(_BY_CLIENT, _BY_CLIENT.c.company_id == Company.id)
    .order_by(Company.sort_key, Company.id)
)
_ONE = (
    select(Order).join(Order.company).options(contains_eager(Order.company)).where(Order.number == bindparam("number"))
)
_ONE_HELD = _ONE.with_for_update(of=Order)
_LINES = select(Line).where(Line.order_id == bindparam("order")).order_by(Line.line_no)
_CLIENT = select(Company).where(Company.code == bindparam("code"))
_TAKEN = select(Order.id).where(Order.number == bindparam("number"))


@dataclass(slots=True)
class Work:
    """What an order is about, for one row of a list: its first line, how many, and how far the pieces are.

    Kept in ten-thousandths of a unit, as stored: a list reads 150 lines for one page.
    """

    label: str
    first: int
    unit: str
    lines: int = 0
    ordered: int = 0
    good: int = 0

    @property
    def quantity(self) -> Decimal:
        """Of the first line, in its unit."""
        return Decimal(self.first).scaleb(-4)

    @property
    def percent(self) -> int:
        """Good pieces in percent of those ordered; 100 only when nothing is missing."""
        return 100 * self.good // self.ordered if self.ordered else 0


@dataclass(slots=True)
class Row:
    """One order of a list. Amounts in euros."""

    id: int
    number: str
    state: OrderState
    ordered_on: date
    due_on: date
    delivered_on: date | None
    net: Decimal
    vat: Decimal
    reference: str | None
    client: str
    client_name: str
    late: bool


@dataclass(frozen=True, slots=True)
class OrderList:
    """A page of the list. `net` sums all filtered rows, None when there are more of them than are counted."""

    page: Page[Row]
    net: Decimal | None
    work: dict[int, Work]


@dataclass(frozen=True, slots=True)
class Book:
    """The open orders: how many, how many late, their euros excluding VAT, and (code, name) of their clients."""

    open: int
    late: int
    net: Decimal
    clients: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What the page of an order shows. `money` is None for those who see no prices."""

    order: CustomerOrder
    lines: list[OrderLine]
    money: Totals | None
    late: bool
    cause: str
    journal: list[Deed]
    actions: list[Action[OrderState]] = field(default_factory=list)


def list_orders(db: Session, request: ListRequest, *, day: date | None = None) -> OrderList:
    """One page of orders as of `day`, late ones marked; three statements."""
    day = day or today()
    shape, values = _shape(request), _values(request, day)
    counted, net = run(db, _measure(*shape), values).one()
    values |= {"size": request.size, "offset": request.offset}
    rows = rows_of(run(db, _page(*shape, request.sort, descending=request.descending), values).all(), day)
    capped = counted > COUNT_LIMIT
    page = Page(rows, min(counted, COUNT_LIMIT), request.page, request.size, capped)
    return OrderList(page, None if capped else Decimal(net), _work(db, [row.id for row in rows]))


def all_orders(db: Session, request: ListRequest) -> list[Row]:
    """Every filtered row, for an export."""
    day = today()
    values = _values(request, day) | {"size": EXPORT_LIMIT, "offset": 0}
    return rows_of(run(db, _page(*_shape(request), request.sort, descending=request.descending), values).all(), day)


def orders_for_api(
    db: Session, request: ListRequest, *, state: OrderState | None, client: str | None, late_on: date | None
) -> Page[Row]:
    """Orders by number with an exact total. With `late_on` only those late on that day, and `late` is said of it."""
    day = late_on or today()
    query = select(*_COLUMNS).join(Company, Company.id == Order.company_id)
    if state is not None:
        query = query.where(Order.state == state)
    if client is not None:
        query = query.where(Company.code == client)
    if late_on is not None:
        query = query.where(_IS_LATE)
    values = {"day": day}
    total = int(run(db, query.with_only_columns(func.count(), maintain_column_froms=True), values).scalar_one())
    page = query.order_by(Order.number, Order.id).limit(request.size).offset(request.offset)
    rows = rows_of(run(db, page, values).all(), day)
    return Page(rows, total, request.page, request.size)


def rows_of(found: Iterable[Any], day: date) -> list[Row]:
    """Rows of `_COLUMNS`, with their lateness on a day."""
    return [Row(*(*columns, is_late(columns[2], columns[4], day))) for columns in found]


def count_book(db: Session) -> Book:
    """The order book, from open orders only: their number does not grow with the years."""
    rows = run(db, _BOOK, {"day": today()}).all()
    net = sum((row.net for row in rows), Decimal(0))
    clients = [(row.code, row.name) for row in rows]
    return Book(sum(int(row.orders) for row in rows), sum(int(row.late) for row in rows), net, clients)


def get_order(db: Session, number: str, *, lock: bool = False) -> CustomerOrder:
    """An order with its client, its lines apart (`order_lines`)."""
    found = db.execute(_ONE_HELD if lock else _ONE, {"number": number}).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucune commande n’a le numéro « {number} ».")
    return found


def order_lines(db: Session, order: CustomerOrder) -> list[OrderLine]:
    """The lines, in order."""
    return list(db.scalars(_LINES, {"order": order.id}))


def find_client(db: Session, code: str) -> Company | None:
    """The company an order is for, without its contacts."""
    return db.execute(_CLIENT, {"code": code}).scalar_one_or_none()


def number_taken(db: Session, number: str) -> bool:
    """Whether an order already has this number."""
    return run(db, _TAKEN, {"number": number}).first() is not None


def order_page(db: Session, number: str, *, actor: Actor, deeds: int = 6) -> OrderPage:
    """An order with its lines, why it is late, the latest deeds and what this person may do; three statements."""
    order = get_order(db, number)
    lines = order_lines(db, order)
    prices = actor.can(Permission.ORDER_PRICES)
    late = is_late(order.state, order.due_on, today())
    cause = why_late(order.state, [Progress(line.label, line.quantity, line.good) for line in lines]) if late else ""
    return OrderPage(
        order, lines, totals((line.net, line.vat_rate) for line in lines) if prices else None, late, cause,
        order_journal(db, order, prices=prices, limit=deeds), ORDER.available(order.state, actor.permissions),
    )  # fmt: skip


def order_journal(db: Session, order: CustomerOrder, *, prices: bool, limit: int) -> list[Deed]:
    """The latest deeds; who sees no prices does not read them here either (V26)."""
    found = history(db, Order.__tablename__, order.id, limit)
    if prices:
        return found
    return [
        Deed(deed.at, deed.who, deed.label, deed.note, tuple(one for one in deed.changes if not _tells_price(one[0])))
        for deed in found
    ]


def lines_in_use(db: Session, line_ids: Iterable[int]) -> set[int]:
    """Which of these lines something else already points to (an OF): asked of whatever table refers to a line."""
    ids, mine = list(line_ids), Line.__table__.c.id
    used: set[int] = set()
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if ids and key.column is mine:
                used |= set(db.scalars(select(key.parent).where(key.parent.in_(ids)).distinct()))
    return used


def _tells_price(label: str) -> bool:
    return label.endswith(("prix HT", "remise", "TVA", "total HT"))


def _complete() -> ColumnElement[bool]:
    """Every piece of every line is good; quantities are kept in ten-thousandths, pieces whole."""
    missing = type_coerce(Line.quantity, BigInteger) > cast(Line.good, BigInteger) * 10_000
    unfinished = exists().where(Line.order_id == Order.id, missing)
    return and_(_IS_OPEN, ~unfinished)


def _in_group(word: str) -> ColumnElement[bool] | None:
    """The condition of a segment (« À livrer ») or of a single state (« quote »)."""
    if word == "livrer":
        return _complete()
    if word == "facturer":
        return Order.state == OrderState.DELIVERED
    if word == "ouvertes":
        return _IS_OPEN
    return Order.state == OrderState(word) if word in STATE_LABELS else None


def _shape(request: ListRequest) -> tuple[str, frozenset[str]]:
    """What a list's statement depends on: its segment and the names of its conditions, without their values."""
    asked = request.filters
    given = frozenset(name for name in ("client", "retard", "du", "au") if asked.get(name))
    return asked.get("statut") or asked.get("etat", ""), given | ({"q"} if request.q else set())


def _values(request: ListRequest, day: date) -> dict[str, Any]:
    asked = request.filters
    return {
        "day": day, "client": asked.get("client"), "pattern": like_pattern(request.q),
        "start": date.fromisoformat(asked["du"]) if asked.get("du") else None,
        "end": date.fromisoformat(asked["au"]) if asked.get("au") else None,
    }  # fmt: skip


def _filtered(group: str, given: frozenset[str]) -> Select[Any]:
    query: Select[Any] = select(*_COLUMNS).join(Company, Company.id == Order.company_id)
    pattern = bindparam("pattern", type_=String)
    conditions = {
        "client": Company.code == bindparam("client"), "retard": _IS_LATE,
        "du": Order.due_on >= bindparam("start"), "au": Order.due_on <= bindparam("end"),
        "q": or_(Order.search_key.like(pattern, escape="\\"), Company.search_key.like(pattern, escape="\\")),
    }  # fmt: skip
    if (wanted := _in_group(group)) is not None:
        query = query.where(wanted)
    return query.where(*(condition for name, condition in conditions.items() if name in given))


@lru_cache(maxsize=500)
def _page(group: str, given: frozenset[str], sort: str, *, descending: bool) -> Select[Any]:
    """One page of such a list; put together once, as every list of its shape is the same statement."""
    columns = (SORTS[sort], Order.id)
    order = [column.desc() for column in columns] if descending else columns
    return _filtered(group, given).order_by(*order).limit(bindparam("size")).offset(bindparam("offset"))


@lru_cache(maxsize=500)
def _measure(group: str, given: frozenset[str]) -> Select[Any]:
    """How many rows and their net euros, in one statement that reads 1,001 rows at most."""
    query = _filtered(group, given).with_only_columns(Order.net, maintain_column_froms=True)
    inner = query.limit(COUNT_LIMIT + 1).subquery()
    return select(func.count(), func.coalesce(func.sum(inner.c.net), 0))


def _work(db: Session, order_ids: list[int]) -> dict[int, Work]:
    """What the rows of a page are about; one statement."""
    found: dict[int, Work] = {}
    for order_id, label, quantity, unit, good in run(db, _WORK, {"orders": order_ids}).all():
        work = found.get(order_id) or found.setdefault(order_id, Work(label, quantity, unit))
        work.lines += 1
        work.ordered += quantity
        work.good += min(quantity, good * 10_000)
    return found
