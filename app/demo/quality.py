"""Quality of the demonstration workshop: points to check, work handed in and released, sheets of what went wrong."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.errors import Refused
from app.machines.models import WorkCenter
from app.pedagogy.models import SelfAssessment
from app.pedagogy.queries import skills_on
from app.workshop.models import CheckPoint, Job, Operation, QuantityReport, Ticket
from app.workshop.queries.checks import check_sheet, trained_skills
from app.workshop.queries.routing import routing_of_operation
from app.workshop.queries.tickets import get_ticket
from app.workshop.rules import (
    LIVE_STATES,
    CheckKind,
    CheckStage,
    DefectDecision,
    PointDraft,
    Spec,
    TicketState,
    due_pieces,
)
from app.workshop.service import (
    Decision,
    Finding,
    Reading,
    change_points,
    decide_defect,
    open_defect,
    record_check,
    release,
    report_quantity,
    submit,
)

M, A = CheckKind.MEASURE, CheckKind.ATTRIBUTE
HANDED_IN, RELEASED, LONGEST_SERIES = 5, 2, 60
# What goes wrong, as often as here; nothing: nobody said why.
USUAL = ("Réglage", "Lecture de plan", "Outil", "Réglage", "Manipulation", "Outil", "Réglage", "Matière", "", "Machine")
BEFORE = timedelta(minutes=12)
SENTENCES = (
    "J’ai pris mes origines sans qu’on me montre.",
    "Le micromètre, ça va mieux.",
    "J’ai changé la plaquette moi-même.",
)


def _measure(label: str, figures: str, gauge: str, *, every: int = 0, key: bool = False) -> PointDraft:
    """`figures`: nominal and deviations, as « 24 -0.05 0.05 »."""
    nominal, lower, upper = (Decimal(figure) for figure in figures.split())
    return PointDraft(label, M, nominal, lower, upper, gauge=gauge, every=every, is_key=key)


_ROUGHNESS = PointDraft("Rugosité Ra", M, upper=Decimal("1.6"), unit="µm", gauge="Rugotest")
_DEBURRED = PointDraft("Ébavurage", A, every=10)
POINTS: dict[str, tuple[PointDraft, ...]] = {
    "SCIE": (_measure("Longueur de débit", "64 0 1", "Réglet"),),
    "TOUR-P": (
        _measure("Ø24", "24 -0.05 0.05", "Micromètre 0-25", every=5, key=True),
        _measure("Longueur", "40 -0.1 0.1", "Pied à coulisse"), _ROUGHNESS,
    ),
    "TOUR-CN": (
        _measure("Ø16 h9", "16 -0.043 0", "Micromètre 0-25", every=10, key=True),
        _measure("Longueur", "32 -0.1 0.1", "Pied à coulisse", every=10), _DEBURRED,
    ),
    "FRAIS": (
        _measure("Largeur", "30 -0.1 0.1", "Pied à coulisse", every=5, key=True),
        PointDraft("Planéité", M, upper=Decimal("0.05"), gauge="Comparateur"), _DEBURRED,
    ),
    "CU-3X": (
        _measure("Entraxe", "80 -0.05 0.05", "Colonne de mesure", key=True),
        _measure("Profondeur de poche", "12 0 0.2", "Jauge de profondeur", every=5), _DEBURRED,
    ),
    "PERC": (
        _measure("Ø8,5", "8.5 0 0.1", "Tampon lisse", every=10), PointDraft("Position des trous", A),
    ),
    "RECT": (_measure("Épaisseur", "12 -0.01 0.01", "Micromètre 0-25", every=5, key=True), _ROUGHNESS),
    "METRO": (PointDraft("Passe au tampon", A, every=10), PointDraft("Marquage", A)),
    "EBAV": (_DEBURRED, PointDraft("Aspect", A)),
}  # fmt: skip


def show_quality(db: Session, by: Actor) -> None:
    """Points on every operation under way; work handed in, some of it released; a sheet decided, one to decide."""
    _say_causes(db)
    _ask_for_checks(db)
    begun = _begun(db)
    handed = [number for number in begun if _hand_in(db, number, leave_out=number == begun[-1])]
    for number in handed[:RELEASED]:
        _release(db, number, by)
    _find_faults(db, by)
    _show_first_piece(db)


def _say_causes(db: Session) -> None:
    """What pupils said when they scrapped pieces: files have no column for it."""
    scrapped = select(QuantityReport.id).where(QuantityReport.scrap > 0, QuantityReport.reason.is_(None))
    ids = db.execute(scrapped.order_by(QuantityReport.id)).scalars().all()
    for place, cause in enumerate(USUAL):
        some = ids[place :: len(USUAL)]
        if cause:
            db.execute(update(QuantityReport).where(QuantityReport.id.in_(some)).values(reason=cause))


def _ask_for_checks(db: Session) -> None:
    """The check points of the operations whose pieces are in somebody's hands, by the machine they are made on."""
    live = select(Ticket.operation_id).where(Ticket.state.in_(LIVE_STATES))
    has_points = select(CheckPoint.operation_id)
    rows = db.execute(
        select(Operation, WorkCenter.code)
        .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
        .where(Operation.id.in_(live), Operation.id.not_in(has_points))
        .order_by(Operation.id)
    ).all()
    for operation, code in rows:
        if code in POINTS:
            change_points(db, db.get_one(Job, operation.job_id), operation, points=POINTS[code], by=SYSTEM)
    db.flush()  # the points, before anything is checked


def _begun(db: Session) -> list[str]:
    """Tickets on pause whose last pieces may be stated now, short series first."""
    numbers = db.execute(
        select(Ticket.number)
        .where(Ticket.state == TicketState.PAUSED, Ticket.quantity <= LONGEST_SERIES, Ticket.booked_seconds > 0)
        .order_by(Ticket.quantity - Ticket.good, Ticket.id)
    ).scalars()
    return list(numbers)[:HANDED_IN]


def _hand_in(db: Session, number: str, *, leave_out: bool) -> bool:
    """The pupil measures what is due and has it checked; `leave_out` forgets one measure."""
    ticket = get_ticket(db, number, lock=True)
    routing = routing_of_operation(db, ticket.operation_id)
    place = routing.index(ticket.operation_id)
    rest = max(0, ticket.quantity - ticket.good - ticket.scrap)
    more = min(rest, routing.available_at(place)) if place else rest
    pupil = next((each.pupil_id for each in ticket.assignments if each.ended_at is None), None)
    if pupil is None or ticket.good + more < 1:
        return False
    with clock.freeze(clock.now() - BEFORE), suppress(Refused):
        readings = _readings(check_sheet(db, ticket).points, ticket.good + more)
        for reading in readings[:-1] if leave_out else readings:
            record_check(db, ticket, reading, stage=CheckStage.SELF, pupil_id=pupil, by=SYSTEM)
        submit(db, ticket, counts=(more, 0), pupil_id=pupil, by=SYSTEM)
        _say_learnt(db, ticket, pupil)
        db.flush()  # the ticket handed in, before it is released
        return True
    return False


def _say_learnt(db: Session, ticket: Ticket, pupil: int) -> None:
    """What the pupil says of the work on the tablet, as `kiosk` keeps it."""
    own = skills_on(db, pupil, clock.today())
    codes = [code for code in trained_skills(db, ticket.operation_id) if code in own]
    for place, code in enumerate(codes):
        level, sentence = 1 + (ticket.id + place) % 2, SENTENCES[ticket.id % len(SENTENCES)] if not place else ""
        db.add(
            SelfAssessment(
                ticket_id=ticket.id, pupil_id=pupil, skill_code=code, level=level, sentence=sentence,
                source_label=ticket.number, at=clock.now(),
            )
        )  # fmt: skip


def _readings(points: tuple[Spec, ...], count: int) -> list[Reading]:
    """Good pieces, each a little off the nominal, as pieces are."""
    found = []
    for spec in points:
        for piece in due_pieces(spec, count):
            value = _value(spec, piece) if spec.kind == M else None
            found.append(Reading(spec.id, piece, value, None if spec.kind == M else True))
    return sorted(found, key=lambda each: each.piece)


def _value(spec: Spec, piece: int) -> Decimal:
    """Inside the tolerance, at a place of its own for each piece."""
    lower, upper = spec.limits
    if lower is None or upper is None:
        return ((upper or lower or Decimal(0)) * Decimal("0.6")).quantize(Decimal("0.01"))
    return (lower + (upper - lower) * Decimal(20 + piece * 37 % 60) / 100).quantize(Decimal("0.001"))


def _release(db: Session, number: str, by: Actor) -> None:
    """The master releases it and assesses the first skill."""
    ticket = get_ticket(db, number, lock=True)
    pupil = next(each.pupil_id for each in ticket.assignments if each.ended_at is None)
    own = skills_on(db, pupil, clock.today())
    skills = [code for code in trained_skills(db, ticket.operation_id) if code in own]
    levels = {(pupil, code): 3 for code in skills[:1]}
    with suppress(Refused):
        release(db, ticket, note="Travail soigné.", levels=levels, by=by)
        db.flush()  # the ticket as released


def _find_faults(db: Session, by: Actor) -> None:
    """Two sheets: one whose pieces are being put right, one that waits for the master's word."""
    shared = select(Ticket.operation_id).where(Ticket.state.in_(LIVE_STATES)).group_by(Ticket.operation_id)
    numbers = db.execute(
        select(Ticket.number)
        .where(
            Ticket.state.in_([TicketState.PAUSED, TicketState.ASSIGNED, TicketState.RUNNING]),
            Ticket.good >= 3,
            Ticket.operation_id.not_in(shared.having(func.count() > 1)),
        )
        .order_by(Ticket.good.desc(), Ticket.id)
    ).scalars()
    faults = iter(
        (
            Finding(2, "Outil", "Diamètre 0,04 mm trop grand : correcteur d’outil à reprendre."),
            Finding(1, "Lecture de plan", "Trou percé du mauvais côté."),
        )
    )
    fault = next(faults)
    for number in list(numbers):
        ticket = get_ticket(db, number, lock=True)
        defect = None
        with suppress(Refused):
            defect = open_defect(db, ticket, fault, by=by)
        if defect is None:
            continue
        if fault.pieces > 1:
            decide_defect(db, defect, Decision(DefectDecision.REWORK, "Reprendre au tour, passe de finition."), by=by)
        db.flush()  # the sheet, before the next number is given
        fault = next(faults, None) or fault
        if fault.pieces == 1 and defect.pieces == 1:
            return


def _show_first_piece(db: Session) -> None:
    """A series that waits for its first piece to be released."""
    numbers = db.execute(
        select(Ticket.number)
        .join(Operation, Operation.id == Ticket.operation_id)
        .where(
            Ticket.state.in_([TicketState.ASSIGNED, TicketState.RUNNING]), Ticket.good == 0, Ticket.scrap == 0,
            Ticket.quantity >= 4,
        )
        .order_by(Ticket.id.desc())
    ).scalars()  # fmt: skip
    for number in list(numbers):
        ticket = get_ticket(db, number, lock=True)
        pupil = next((each.pupil_id for each in ticket.assignments if each.ended_at is None), None)
        if pupil is None or not check_sheet(db, ticket).points:
            continue
        with suppress(Refused):
            report_quantity(db, ticket, counts=(1, 0), pupil_id=pupil, by=SYSTEM)
            db.get_one(Operation, ticket.operation_id).first_article = True
            db.flush()  # the sheet asks for it from now on
            for reading in _readings(check_sheet(db, ticket).points, 1):
                record_check(db, ticket, reading, stage=CheckStage.SELF, pupil_id=pupil, by=SYSTEM)
            return
