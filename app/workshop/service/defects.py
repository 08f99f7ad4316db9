"""Non-conformances opened on a ticket: its pieces are set aside, those stated good by reversing entries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused
from app.core.numbering import next_number
from app.workshop import queries, rules
from app.workshop.models import Defect, QuantityReport, Ticket
from app.workshop.rules import DefectState, Held, ReleaseKind
from app.workshop.service.ledger import add_report, require_seen, require_workable, take_back_report
from app.workshop.service.releases import require_first_article, write_release
from app.workshop.service.sums import refresh


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with how many pieces. `counted`: how many of them were stated good (None: as it must be)."""

    pieces: int
    cause: str
    description: str = ""
    counted: int | None = None
    photo_id: int | None = None
    point_id: int | None = None
    pupil_id: int | None = None


def open_defect(db: Session, ticket: Ticket, finding: Finding, *, by: Actor) -> Defect:
    """Set pieces of a ticket aside: until it is decided they are neither good nor scrap, and nobody downstream uses
    them. The caller holds the ticket.
    """
    if sentence := rules.why_not_cause(finding.cause):
        raise Refused(sentence, field="cause")
    require_workable(queries.routing_of_operation(db, ticket.operation_id))
    pupil_id = maker_of(ticket, finding.pupil_id)
    counted = _require_held(db, ticket, finding)
    year = today().year
    defect = Defect(
        number=rules.defect_number(year, next_number(db, rules.DEFECT_SERIES, year)), ticket_id=ticket.id,
        pupil_id=pupil_id, pieces=finding.pieces, taken_good=counted, cause=finding.cause,
        description=finding.description, photo_id=finding.photo_id, point_id=finding.point_id,
        state=DefectState.OPEN, at=now(), by_id=by.staff_id, version=1,
    )  # fmt: skip
    db.add(defect)
    db.flush()  # its id, for the entries that take pieces back
    take_back_good(db, [ticket.id], counted, defect, by=by)
    label = f"{rules.pieces(finding.pieces)} : {finding.cause}"
    journal.record(db, defect, "open", label, by=by, note=finding.description)
    ticket.version += 1
    journal.record(db, ticket, "defect", f"{defect.number} : {label}", by=by)
    refresh(db, ticket, by=by)
    return defect


def maker_of(ticket: Ticket, pupil_id: int | None) -> int:
    """Whose pieces they are: the pupil named, else the one who holds the ticket or held it last."""
    ever = {each.pupil_id for each in ticket.assignments}
    if not ever:
        raise Refused("Personne n’a encore travaillé sur ce bon.")
    if pupil_id is not None and pupil_id not in ever:
        raise Refused("Ce jeune n’a jamais eu ce bon.", field="pupil")
    last = max(ticket.assignments, key=lambda each: (each.ended_at is None, each.id))
    return last.pupil_id if pupil_id is None else pupil_id


def _require_held(db: Session, ticket: Ticket, finding: Finding) -> int:
    """How many of the pieces were stated good; refused when the ticket or its neighbours do not have them."""
    live = ticket.state in rules.LIVE_STATES
    rest = rules.open_pieces(ticket.quantity, ticket.good, ticket.scrap, ticket.aside) if live else 0
    held = Held(rest, ticket.good)
    counted = rules.counted_good(finding.pieces, held) if finding.counted is None else finding.counted
    if sentence := rules.why_not_held(finding.pieces, counted, held):
        raise Refused(sentence, field="pieces")
    try:
        require_flow(db, ticket, new=finding.pieces - counted, gone=counted)
    except Refused as refused:
        raise Refused(refused.sentence, field="pieces") from refused
    return counted


def require_flow(db: Session, ticket: Ticket, *, new: int, gone: int) -> None:
    """Pieces not stated yet came from upstream; those taken from the good ones are not used downstream."""
    routing = queries.routing_of_operation(db, ticket.operation_id)
    place = routing.index(ticket.operation_id)
    if new and (sentence := rules.why_not_quantity(new, 0, routing.steps, place)):
        raise Refused(sentence)
    if sentence := rules.why_not_taken_back(gone, routing.steps, place):
        raise Refused(sentence)


def take_back_good(db: Session, ticket_ids: Sequence[int], count: int, defect: Defect, *, by: Actor) -> set[int]:
    """Take good pieces back from the latest entries of these tickets, each reversed and stated again without them;
    which tickets were touched.
    """
    touched = set()
    for report in _good_reports(db, ticket_ids):
        if count <= 0:
            break
        gone = min(count, report.good)
        taken = take_back_report(db, report, reason=defect.number, by=by)
        taken.defect_id = defect.id
        rest = (report.good - gone, report.scrap)
        if any(rest):
            ticket = db.get_one(Ticket, report.ticket_id)
            again = add_report(
                db, ticket, report.pupil_id, rest, reason=report.reason, by=by, session_id=report.work_session_id
            )
            again.defect_id = defect.id
        touched.add(report.ticket_id)
        count -= gone
    if count > 0:
        raise Refused("Ces pièces ne sont plus comptées bonnes.", field="pieces")
    return touched


def _good_reports(db: Session, ticket_ids: Sequence[int]) -> list[QuantityReport]:
    reversal = aliased(QuantityReport)
    query = (
        select(QuantityReport)
        .outerjoin(reversal, reversal.reverses_id == QuantityReport.id)
        .where(
            QuantityReport.ticket_id.in_(ticket_ids), QuantityReport.reverses_id.is_(None), reversal.id.is_(None),
            QuantityReport.good > 0,
        )
        .order_by(QuantityReport.id.desc())
    )  # fmt: skip
    return list(db.execute(query).scalars())


def refuse_first_article(
    db: Session, ticket: Ticket, finding: Finding, *, seen_version: int | None = None, by: Actor
) -> Defect:
    """A master refuses the first piece: it is set aside, and another first piece is asked for."""
    require_seen(db, ticket, seen_version)
    require_first_article(db, ticket)
    write_release(db, ticket, ReleaseKind.FIRST_ARTICLE, conforms=False, note=finding.description, by=by)
    journal.record(db, ticket, "first_article", "Première pièce refusée", by=by, note=finding.description)
    return open_defect(db, ticket, replace(finding, pieces=1, counted=min(1, ticket.good)), by=by)
