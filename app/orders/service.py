"""Writes about orders: check first, write after, journal always."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clients.models import Company
from app.core import journal
from app.core.actor import SYSTEM, Actor
from app.core.clock import local, now, today
from app.core.errors import Forbidden, NotFound, Refused, Stale
from app.core.numbering import next_number
from app.orders import queries, rules
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import ORDER, LineDraft, OrderDraft, OrderState

Changes = dict[str, tuple[str | None, str | None]]


def create_order(db: Session, draft: OrderDraft, *, state: OrderState, by: Actor) -> CustomerOrder:
    """A new quote or confirmed order under the next number of its year. Totals are those of its lines."""
    if state not in rules.FIRST_STATES:
        raise Refused("Une commande commence en devis ou confirmée.", field="state")
    company = _client(db, draft.client)
    _check_content(draft)
    number = _free_number(db, draft.ordered_on.year)
    order = CustomerOrder(
        number=number, company=company, customer_reference=draft.reference, ordered_on=draft.ordered_on,
        due_on=draft.due_on, state=state, created_at=now(), version=1, search_key="",
        lines=[_new_line(place, line) for place, line in enumerate(draft.lines, start=1)],
    )  # fmt: skip
    _derive(order, draft.lines)
    db.add(order)
    db.flush()  # its id, for the journal
    what = "Devis" if state == OrderState.QUOTE else "Commande"
    journal.record(db, order, "create", f"{what} {number} créé{'e' if what == 'Commande' else ''}", by=by)
    return order


def change_order(
    db: Session, order: CustomerOrder, *, values: dict[str, Any], seen_version: int | None, by: Actor
) -> CustomerOrder:
    """Change what was agreed; what `values` leaves out of an `OrderDraft` stays.

    Delivered or cancelled orders never change; lines and client only before production. A line keeps its number; one
    that the workshop already works from keeps its quantity and unit.
    """
    lines = queries.order_lines(db, order)
    draft = replace(_draft_of(order, lines), **values)
    company = order.company if order.company.code == draft.client else _client(db, draft.client)
    changes = _head_changes(order, company, draft) | _line_changes(lines, draft.lines)
    if seen_version is not None and order.version != seen_version:
        raise _stale(db, order, changes)
    if not changes:
        return order
    _check_change(order, draft, changes)
    order.company, order.customer_reference = company, draft.reference
    order.ordered_on, order.due_on = draft.ordered_on, draft.due_on
    _write_lines(db, order, lines, draft.lines)
    before = order.net
    _derive(order, draft.lines)
    order.version += 1
    changes["Commande, total HT"] = (_euros(before), _euros(order.net))
    journal.record(db, order, "change", "Commande modifiée", by=by, changes=changes)
    return order


def confirm_order(db: Session, order: CustomerOrder, *, by: Actor) -> None:
    """The client agrees: the quote becomes a firm order."""
    _perform(db, order, "confirm", by=by)


def launch_order(db: Session, order: CustomerOrder, *, by: Actor) -> None:
    """The workshop starts: from here client and lines no longer change."""
    _perform(db, order, "launch", by=by)


def deliver_order(db: Session, order: CustomerOrder, *, delivered_on: date | None, by: Actor) -> None:
    """The goods have left on that day (today without one), neither before the order nor in the future."""
    _require(order, "deliver", by)
    day = delivered_on or today()
    if why := rules.why_not_delivered_on(day, order.ordered_on, today()):
        raise Refused(why, field="delivered_on")
    order.delivered_on = day
    _perform(db, order, "deliver", by=by, changes={"Livrée le": (None, _day(day))})


def invoice_order(db: Session, order: CustomerOrder, *, by: Actor) -> None:
    """The invoice has been sent; the day of delivery must be known."""
    _require(order, "invoice", by)
    if why := rules.why_not_invoiced(order.delivered_on):
        raise Refused(why)
    _perform(db, order, "invoice", by=by)


def cancel_order(db: Session, order: CustomerOrder, *, note: str | None, by: Actor) -> None:
    """Nothing will be delivered. The reason is kept; what the workshop already did stays counted."""
    _require(order, "cancel", by)
    if not note:
        raise Refused("Indiquez pourquoi la commande est annulée.", field="note")
    _perform(db, order, "cancel", by=by, note=note)


def perform(
    db: Session, order: CustomerOrder, name: str, *, delivered_on: date | None, note: str | None, by: Actor
) -> None:
    """The action of that name, for doors that name it as data; unknown names do not exist."""
    if name == "deliver":
        deliver_order(db, order, delivered_on=delivered_on, by=by)
    elif name == "cancel":
        cancel_order(db, order, note=note, by=by)
    elif name == "invoice":
        invoice_order(db, order, by=by)
    elif name in rules.DEEDS:
        _perform(db, order, name, by=by)
    else:
        raise NotFound(f"Une commande ne connaît pas l’action « {name} ».")


def record_progress(db: Session, line_id: int, good: int, *, by: Actor = SYSTEM) -> None:
    """Pieces of a line that are good now, counted by the workshop. The first work launches a confirmed order."""
    order_id = db.execute(
        update(OrderLine).where(OrderLine.id == line_id).values(good=good).returning(OrderLine.order_id)
    ).scalar_one_or_none()
    if order_id is None:
        raise NotFound("Cette ligne de commande n’existe pas.")
    launched = db.execute(
        update(CustomerOrder)
        .where(CustomerOrder.id == order_id, CustomerOrder.state == OrderState.CONFIRMED)
        .values(state=OrderState.IN_PRODUCTION, version=CustomerOrder.version + 1)
        .returning(CustomerOrder.id)
    ).scalar_one_or_none()
    if launched is not None:
        move = journal.Move("launch", OrderState.CONFIRMED, OrderState.IN_PRODUCTION)
        label = "Production lancée par le premier travail à l’atelier"
        row = journal.entry_row(CustomerOrder.__tablename__, order_id, move, label, by=by)
        journal.record_many(db, [row])


def _require(order: CustomerOrder, name: str, by: Actor) -> OrderState:
    action = ORDER.action(name)
    if not by.can(action.permission):
        raise Forbidden(f"Votre rôle ne permet pas ce geste : « {action.label} ».")
    return ORDER.require(name, order.state)


def _perform(
    db: Session, order: CustomerOrder, name: str, *, by: Actor, note: str | None = None, changes: Changes | None = None
) -> None:
    before, after = order.state, _require(order, name, by)
    order.state = after
    order.version += 1
    move = journal.Move(name, before, after)
    journal.record(db, order, move, rules.DEEDS[name], by=by, note=note, changes=changes)


def _client(db: Session, code: str) -> Company:
    company = queries.find_client(db, code)
    if company is None:
        raise Refused(f"Aucun client n’a le code « {code} ».", field="client")
    if company.archived_at is not None:
        raise Refused(f"Le client « {company.name} » est archivé. Remettez-le d’abord en activité.", field="client")
    return company


def _check_content(draft: OrderDraft) -> None:
    if why := rules.why_not_dates(draft.ordered_on, draft.due_on):
        raise Refused(why, field="due_on")
    if wrong := rules.why_not_lines(draft.lines):
        raise Refused(wrong[1], field=wrong[0])


def _check_change(order: CustomerOrder, draft: OrderDraft, changes: Changes) -> None:
    if why := rules.why_not_changed(order.state):
        raise Refused(why)
    about_lines = [label for label in changes if label == "Client" or label.startswith("Ligne ")]
    if about_lines and (why := rules.why_lines_fixed(order.state)):
        raise Refused(why, field="client" if about_lines == ["Client"] else "lines")
    if (order.ordered_on, order.due_on) != (draft.ordered_on, draft.due_on) and (
        why := rules.why_not_dates(draft.ordered_on, draft.due_on)
    ):
        raise Refused(why, field="due_on")
    if about_lines and (wrong := rules.why_not_lines(draft.lines)):
        raise Refused(wrong[1], field=wrong[0])


def _free_number(db: Session, year: int) -> str:
    number = rules.order_number(year, next_number(db, rules.SERIES, year))
    while queries.number_taken(db, number):
        number = rules.order_number(year, next_number(db, rules.SERIES, year))
    return number


def _new_line(line_no: int, draft: LineDraft) -> OrderLine:
    line = OrderLine(line_no=line_no)
    _fill_line(line, draft)
    return line


def _fill_line(line: OrderLine, draft: LineDraft) -> None:
    line.label, line.quantity, line.unit = draft.label, draft.quantity, draft.unit
    line.unit_price, line.discount, line.vat_rate = draft.unit_price, draft.discount, draft.vat_rate
    line.net = draft.net


def _derive(order: CustomerOrder, lines: Sequence[LineDraft]) -> None:
    sums = rules.order_totals(lines)
    order.net, order.vat = sums.net, sums.vat
    order.search_key = rules.order_search_key(order.number, order.customer_reference, [line.label for line in lines])


def _write_lines(db: Session, order: CustomerOrder, stored: list[OrderLine], wanted: Sequence[LineDraft]) -> None:
    by_number = {line.line_no: line for line in stored}
    kept = {line.line for line in wanted if line.line is not None}
    for place, draft in enumerate(wanted):
        if draft.line is not None and draft.line not in by_number:
            raise Refused(f"Cette commande n’a pas de ligne {draft.line}.", field=f"lines-{place}-line")
    _guard_used(db, stored, wanted)
    for line in stored:
        if line.line_no not in kept:
            db.delete(line)
    following = max(by_number, default=0)
    for draft in wanted:
        if draft.line is not None:
            _fill_line(by_number[draft.line], draft)
            continue
        following += 1
        line = _new_line(following, draft)
        line.order_id = order.id
        db.add(line)


def _guard_used(db: Session, stored: list[OrderLine], wanted: Sequence[LineDraft]) -> None:
    """A line that something is made from can neither go nor change its quantity."""
    drafts = {draft.line: (place, draft) for place, draft in enumerate(wanted) if draft.line is not None}
    touched = [
        line
        for line in stored
        if line.line_no not in drafts
        or (line.quantity, line.unit) != (drafts[line.line_no][1].quantity, drafts[line.line_no][1].unit)
    ]
    used = queries.lines_in_use(db, [line.id for line in touched])
    for line in touched:
        if line.id not in used:
            continue
        if line.line_no in drafts:
            raise Refused(
                f"La ligne {line.line_no} a déjà un OF : sa quantité ne change plus.",
                field=f"lines-{drafts[line.line_no][0]}-quantity",
            )
        raise Refused(f"La ligne {line.line_no} a déjà un OF : elle ne peut plus être retirée.", field="lines")


def _draft_of(order: CustomerOrder, lines: Sequence[OrderLine]) -> OrderDraft:
    return OrderDraft(
        order.company.code, order.ordered_on, order.due_on, order.customer_reference,
        tuple(
            LineDraft(line.line_no, line.label, line.quantity, line.unit, line.unit_price, line.discount, line.vat_rate)
            for line in lines
        ),
    )  # fmt: skip


def _head_changes(order: CustomerOrder, company: Company, draft: OrderDraft) -> Changes:
    pairs: Changes = {
        "Client": (order.company.name, company.name),
        "Leur référence": (order.customer_reference, draft.reference),
        "Reçue le": (_day(order.ordered_on), _day(draft.ordered_on)),
        "Promise le": (_day(order.due_on), _day(draft.due_on)),
    }
    return {label: pair for label, pair in pairs.items() if pair[0] != pair[1]}


def _line_changes(stored: Sequence[OrderLine], wanted: Sequence[LineDraft]) -> Changes:
    """What differs line by line; prices apart, so that they can be left out for those who see none."""
    before = {line.line_no: _line_words(line.line_no, line) for line in stored}
    following = max(before, default=0)
    after: dict[int, dict[str, str]] = {}
    for draft in wanted:
        if draft.line is None:
            following += 1
        number = draft.line or following
        after[number] = _line_words(number, draft)
    changes: Changes = {}
    for number in sorted(before.keys() | after.keys()):
        old, new = before.get(number, {}), after.get(number, {})
        for label in old | new:
            if old.get(label) != new.get(label):
                changes[label] = (old.get(label), new.get(label))
    return changes


def _line_words(number: int, line: OrderLine | LineDraft) -> dict[str, str]:
    return {
        f"Ligne {number}": f"{line.label}, {_plain(line.quantity)} {line.unit}",
        f"Ligne {number}, prix HT": f"{_plain(line.unit_price)} €",
        f"Ligne {number}, remise": f"{_plain(line.discount)} %",
        f"Ligne {number}, TVA": f"{_plain(line.vat_rate)} %",
    }


def _stale(db: Session, order: CustomerOrder, changes: Changes) -> Stale:
    last = journal.history(db, CustomerOrder.__tablename__, order.id, limit=1)
    who = f" par {last[0].who} à {local(last[0].at):%H:%M}" if last else ""
    rows = tuple((label, typed or "–", stored or "–") for label, (stored, typed) in changes.items())
    return Stale(
        f"La commande {order.number} a été modifiée{who}, pendant votre saisie. Rien n’a été écrasé.", rows,
        version=order.version,
    )  # fmt: skip


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _euros(value: Decimal) -> str:
    return f"{value:.2f} €".replace(".", ",")
