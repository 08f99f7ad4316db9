"""What a master decides of pieces that do not conform: reworked, scrapped, accepted. Each ends once."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import local, now, today
from app.core.errors import Refused, Stale
from app.workshop import queries, rules
from app.workshop.models import Defect, Ticket
from app.workshop.queries import Routing
from app.workshop.rules import DefectDecision, TicketKind
from app.workshop.service.defects import maker_of, take_back_good
from app.workshop.service.ledger import add_report, require_seen, require_workable
from app.workshop.service.settle import close
from app.workshop.service.sums import refresh
from app.workshop.service.tickets import add_ticket


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of the pieces: reworked on an operation, scrapped (and made again), accepted by the client."""

    kind: DefectDecision
    note: str | None = None
    operation_id: int | None = None
    remake: bool = False
    agreed_by: str = ""
    agreed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A sheet as it is being decided, with its ticket and the routing that is held."""

    db: Session
    defect: Defect
    ticket: Ticket
    routing: Routing
    decision: Decision
    by: Actor


def decide_defect(
    db: Session, defect: Defect, decision: Decision, *, seen_version: int | None = None, by: Actor
) -> Defect:
    """A master says what becomes of the pieces: good, scrap, or on a ticket that will say so."""
    require_seen_defect(db, defect, seen_version)
    ticket = queries.get_ticket(db, defect.ticket.number, lock=True)
    before, after = defect.state, rules.DEFECT.require("decide", defect.state)
    _require_decision(defect, decision)
    routing = queries.routing_of_operation(db, ticket.operation_id)
    require_workable(routing)
    defect.state, defect.decision, defect.decision_note = after, decision.kind, decision.note or None
    defect.decided_at, defect.decided_by_id = now(), by.staff_id
    defect.version += 1
    words = _CARRY_OUT[decision.kind](Case(db, defect, ticket, routing, decision, by))
    journal.record(db, defect, journal.Move("decide", before, after), words, by=by, note=decision.note)
    ticket.version += 1
    journal.record(db, ticket, "defect", f"{defect.number} : {words[:1].lower()}{words[1:]}", by=by)
    refresh(db, ticket, by=by)
    if defect.rework_ticket_id is None and defect.remake_ticket_id is None:
        close(db, defect, "Close", by=by)
    return defect


def _require_decision(defect: Defect, decision: Decision) -> None:
    problem = rules.why_not_decided(
        decision.kind, agreed_by=decision.agreed_by, agreed_on=decision.agreed_on,
        opened_on=local(defect.at).date(), day=today(),
    )  # fmt: skip
    if problem:
        raise Refused(problem[1], field=problem[0])


def require_seen_defect(db: Session, defect: Defect, seen_version: int | None) -> None:
    """Somebody was faster: say who and what."""
    if seen_version is None or seen_version == defect.version:
        return
    last = journal.history(db, "defect", defect.id, limit=1)
    deed = f" : {last[0].label}, par {last[0].who} à {local(last[0].at):%H:%M}" if last else ""
    rows = (("État", "–", defect.state.label),)
    raise Stale(f"La {defect.number} a changé entre-temps{deed}. Rien n’a été écrasé.", rows, version=defect.version)


def _rework(case_: Case) -> str:
    """The pieces go on a ticket of their own; sent back further up, the operations between must make them again."""
    db, defect, ticket, routing = case_.db, case_.defect, case_.ticket, case_.routing
    place = routing.index(ticket.operation_id)
    target = place if case_.decision.operation_id is None else _place(routing, case_.decision.operation_id)
    if target > place:
        raise Refused("Une retouche se fait sur cette opération, ou sur une d’avant.", field="operation")
    db.flush()  # the sheet as decided: its pieces are no longer held here
    for earlier in range(place - 1, target - 1, -1):
        _send_back(case_, routing.operations[earlier].id)
    step = routing.operations[target]
    made = add_ticket(
        db, step.id, defect.pieces, kind=TicketKind.REWORK, parent_id=ticket.id, drawing_id=ticket.drawing_id,
        note=f"Retouche {defect.number} : {defect.description or defect.cause}"[:200],
    )  # fmt: skip
    label = f"Retouche de la {defect.number} : {rules.pieces(defect.pieces)}"
    journal.record(db, made, "create", label, by=case_.by)
    defect.rework_ticket_id = made.id
    refresh(db, made, by=case_.by)
    return f"Retouche sur le {made.number}, opération {step.step.seq}"


def _place(routing: Routing, operation_id: int) -> int:
    found = [place for place, each in enumerate(routing.operations) if each.id == operation_id]
    if not found:
        raise Refused("Cette opération n’est pas de la même gamme.", field="operation")
    return found[0]


def _send_back(case_: Case, operation_id: int) -> None:
    """The pieces are no longer good out of an operation they must go through again."""
    db, defect, by = case_.db, case_.defect, case_.by
    numbers = {
        row.id: row.number
        for row in db.execute(select(Ticket.id, Ticket.number).where(Ticket.operation_id == operation_id))
    }
    for id_ in sorted(take_back_good(db, list(numbers), defect.pieces, defect, by=by)):
        ticket = queries.get_ticket(db, numbers[id_])
        ticket.version += 1
        label = f"{rules.pieces(defect.pieces)} à reprendre : {defect.number}"
        journal.record(db, ticket, "defect", label, by=by)
        refresh(db, ticket, by=by)


def _scrap(case_: Case) -> str:
    """The pieces are lost; the same number may be made again from the first operation on."""
    _state(case_, (0, case_.defect.pieces))
    words = f"{rules.pieces(case_.defect.pieces)} au rebut"
    if not case_.decision.remake:
        return words
    refresh(case_.db, case_.ticket, by=case_.by)
    made = _remake(case_.db, case_.ticket, case_.defect.pieces, f"À refaire, {case_.defect.number}", by=case_.by)
    case_.defect.remake_ticket_id = made.id
    return f"{words}, à refaire sur le {made.number}"


def _accept(case_: Case) -> str:
    """The client takes them as they are: they are good."""
    decision, defect = case_.decision, case_.defect
    _state(case_, (defect.pieces, 0))
    defect.agreed_by, defect.agreed_on = decision.agreed_by, decision.agreed_on
    return f"Acceptée : accord écrit de {decision.agreed_by} du {decision.agreed_on:%d/%m/%Y}"


_CARRY_OUT = {DefectDecision.REWORK: _rework, DefectDecision.SCRAP: _scrap, DefectDecision.ACCEPT: _accept}


def _state(case_: Case, counts: tuple[int, int]) -> None:
    defect = case_.defect
    pupil_id = maker_of(case_.ticket, defect.pupil_id)
    report = add_report(case_.db, case_.ticket, pupil_id, counts, reason=defect.cause, by=case_.by)
    report.defect_id = defect.id


def remake(
    db: Session, ticket: Ticket, *, quantity: int, seen_version: int | None = None, by: Actor
) -> Ticket:  # fmt: skip
    """Make pieces again that were scrapped on a ticket, from the first operation on; each is made again once."""
    require_seen(db, ticket, seen_version, (("Pièces à refaire", str(quantity), "–"),))
    if sentence := rules.why_not_remake(quantity, ticket.scrap - queries.remade_pieces(db, ticket.id)):
        raise Refused(sentence, field="quantity")
    made = _remake(db, ticket, quantity, f"À refaire, {ticket.number}", by=by)
    ticket.version += 1
    journal.record(db, ticket, "remake", f"{rules.pieces(quantity)} à refaire sur le {made.number}", by=by)
    return made


def _remake(db: Session, ticket: Ticket, count: int, label: str, *, by: Actor) -> Ticket:
    routing = queries.routing_of_operation(db, ticket.operation_id)
    require_workable(routing)
    made = add_ticket(
        db, routing.operations[0].id, count, kind=TicketKind.REMAKE, parent_id=ticket.id, note=label,
        drawing_id=ticket.drawing_id,
    )  # fmt: skip
    journal.record(db, made, "create", f"{label} : {rules.pieces(count)}", by=by)
    refresh(db, made, by=by)
    return made
