"""The papers of the workshop: the traveller that follows a job's pieces, the slips that pupils take to the machine.

They lie about where clients and visitors pass: no client, no price, no full name of a pupil.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.core.pdf import draw, qr_svg
from app.web.filters import NBSP, UNKNOWN, date_fr, day_fr, duration, number
from app.web.papers import new_sheet
from app.workshop.queries.papers import DrawingFacts, LotFacts, PointFacts, SlipFacts, StepFacts, TravellerFacts
from app.workshop.rules import (
    CheckKind,
    JobState,
    Spec,
    TicketKind,
    TicketState,
    minutes,
    open_pieces,
    planned_seconds,
)

SHOWN_STATES = frozenset({TicketState.BLOCKED, TicketState.REJECTED, TicketState.DONE, TicketState.CANCELLED})


@dataclass(frozen=True, slots=True)
class DrawingLine:
    """« PL-4471 », « B »"""

    name: str
    index: str


@dataclass(frozen=True, slots=True)
class PointLine:
    """A check point as a line to fill in."""

    seq: str
    label: str
    key: bool
    wanted: str
    gauge: str
    every: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """An operation as a line to fill in."""

    seq: str
    label: str
    note: str
    center: str
    time: str


@dataclass(frozen=True, slots=True)
class LotLine:
    """Material set aside for the job."""

    code: str
    label: str
    owned: bool
    certificate: str
    heat: str
    quantity: str


@dataclass(frozen=True, slots=True)
class Traveller:
    """Everything that a traveller says."""

    number: str
    article: str
    order: str
    line_no: str
    standing: str
    quantity: str
    due: str
    qr: str
    drawings: list[DrawingLine]
    steps: list[StepLine]
    points: list[PointLine]
    lots: list[LotLine]


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything that a slip says. `hold` is why not to begin, or what kind of work it is."""

    number: str
    center: str
    center_label: str
    hold: str
    operation: str
    article: str
    job: str
    seq: str
    who: str
    day: str
    quantity: str
    qr: str
    drawings: list[DrawingLine]
    ppe: list[str]
    instruction: str
    note: str
    points: list[PointLine]


@dataclass(frozen=True, slots=True)
class Slips:
    """One slip, or those of a day."""

    slips: list[Slip]


def draw_traveller(facts: TravellerFacts, *, address: str, school: str) -> bytes:
    """The traveller of a job; its code leads to `address`."""
    paper = Traveller(
        number=facts.number, article=facts.article, order=facts.order_number, line_no=str(facts.line_no),
        standing=facts.state.label if facts.state == JobState.CANCELLED else "", quantity=number(facts.quantity),
        due=date_fr(facts.due_on), qr=qr_svg(address), drawings=_drawings(facts.drawings),
        steps=[_step(each, facts.quantity) for each in facts.steps], points=[_point(each) for each in facts.points],
        lots=[_lot(each) for each in facts.lots],
    )  # fmt: skip
    sheet = new_sheet("Fiche suiveuse", facts.number, school=school)
    return draw("workshop/templates/pdf/traveller.typ", sheet, paper)


def draw_slips(slips: Sequence[SlipFacts], *, address: Callable[[str], str], school: str) -> bytes:
    """One A5 sheet or more for each ticket; the code of each leads to its `address`."""
    paper = Slips([_slip(each, address(each.ticket.number)) for each in slips])
    about, several = (slips[0].ticket.number, "") if len(slips) == 1 else ("", "Bons de travail")
    sheet = new_sheet("Bon de travail", about, school=school, several=several)
    return draw("workshop/templates/pdf/slips.typ", sheet, paper)


def _slip(facts: SlipFacts, address: str) -> Slip:
    ticket = facts.ticket
    return Slip(
        number=ticket.number, center=ticket.center, center_label=ticket.center_label, hold=_hold(facts),
        operation=ticket.operation, article=ticket.article, job=ticket.job, seq=str(ticket.seq),
        who=" et ".join(facts.holders), day=_day(facts), quantity=_to_make(facts), qr=qr_svg(address),
        drawings=_drawings(facts.drawings), ppe=_ppe(ticket.center_ppe, ticket.ppe), instruction=ticket.instruction,
        note=ticket.note or "", points=[_point(each) for each in facts.points],
    )  # fmt: skip


def _hold(facts: SlipFacts) -> str:
    ticket = facts.ticket
    words = [ticket.kind.label] if ticket.kind != TicketKind.NORMAL else []
    if ticket.state in SHOWN_STATES:
        words.append(ticket.state.label)
    if ticket.state == TicketState.BLOCKED and ticket.blocked_reason:
        words.append(ticket.blocked_reason)
    return ". ".join(words)


def _day(facts: SlipFacts) -> str:
    if facts.ticket.for_day is None:
        return ""
    half = facts.ticket.for_half
    return day_fr(facts.ticket.for_day) + (f", {half.label.lower()}" if half else "")


def _to_make(facts: SlipFacts) -> str:
    """All pieces, or those left of all."""
    ticket = facts.ticket
    left = open_pieces(ticket.quantity, ticket.good, ticket.scrap, ticket.aside)
    return number(left) if left in {0, ticket.quantity} else f"{number(left)}{NBSP}sur{NBSP}{number(ticket.quantity)}"


def _ppe(*lists: str) -> list[str]:
    """What to wear, of the machine and of the operation, each once: « Lunettes »."""
    words = [word.strip() for each in lists for word in each.split(";") if word.strip()]
    return list({word.casefold(): word[0].upper() + word[1:] for word in words}.values())


def _step(facts: StepFacts, quantity: int) -> StepLine:
    seconds = planned_seconds(facts.setup_seconds, facts.unit_seconds, quantity)
    note = "1re pièce à faire libérer" if facts.first_article else ""
    return StepLine(str(facts.seq), facts.label, note, facts.center, duration(minutes(seconds)))


def _point(facts: PointFacts) -> PointLine:
    spec = facts.spec
    wanted = spec.tolerance or ("Photo" if spec.kind == CheckKind.PHOTO else "Conforme")
    return PointLine(str(facts.seq), spec.label, spec.is_key, wanted, spec.gauge, _pieces(spec))


def _pieces(spec: Spec) -> str:
    """Which pieces are checked: always the first, of an important point the last too."""
    if spec.every == 1:
        return "Chaque pièce"
    words = f"1re, puis 1 sur {spec.every}" if spec.every else "1re pièce"
    return f"{words}, dernière" if spec.is_key else words


def _lot(facts: LotFacts) -> LotLine:
    certificate = " ".join(part for part in (facts.certificate_kind, facts.certificate) if part)
    return LotLine(
        facts.code, facts.label, facts.owned, certificate or UNKNOWN, facts.heat or UNKNOWN,
        f"{number(facts.allotted)}{NBSP}{facts.unit}",
    )  # fmt: skip


def _drawings(facts: Iterable[DrawingFacts]) -> list[DrawingLine]:
    return [DrawingLine(each.name, each.index) for each in facts]
