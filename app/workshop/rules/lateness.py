"""Why a job is late: the first thing that keeps its first unfinished operation from going on, in a few words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.workshop.rules.flow import NBSP
from app.workshop.rules.words import TicketState

S = TicketState


@dataclass(frozen=True, slots=True)
class InHand:
    """A live ticket of the operation: its state, who has it, whether they are absent, the day it is for."""

    state: TicketState
    name: str = ""
    absent: bool = False
    for_day: date | None = None
    why_blocked: str = ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """The operation a late job stands at. `able`: how many pupils there today may do it, None when not asked."""

    label: str
    machine: str
    stopped: str | None
    waiting: str | None
    tickets: Sequence[InHand]
    machine_free: int
    able: int | None = None


def why_late(stuck: Stuck, day: date) -> str:
    """What somebody must act on comes before what goes on by itself."""
    found = _of_tickets(stuck.tickets, day)
    if found and stuck.tickets[0].state in {S.BLOCKED, S.TO_RELEASE}:
        return found
    if stuck.stopped:
        return f"{stuck.machine}{NBSP}: {stuck.stopped[:1].lower()}{stuck.stopped[1:]}"
    if found or stuck.waiting:
        return found or stuck.waiting or ""
    if stuck.able == 0:
        return f"«{NBSP}{stuck.label}{NBSP}»{NBSP}: aucun jeune présent ne peut le faire"
    if stuck.machine_free <= 0:
        return f"{stuck.machine}{NBSP}: pleine jusqu’à la fin de la journée"
    return f"«{NBSP}{stuck.label}{NBSP}» est prêt, à donner"


def lateness_order(ticket: InHand) -> int:
    """Blocked, then to check, then in absent hands, then given for later, then what goes on."""
    if ticket.state == S.BLOCKED:
        return 0
    if ticket.state == S.TO_RELEASE:
        return 1
    return 2 if ticket.absent else 4 if ticket.state == S.RUNNING else 3


def _of_tickets(tickets: Sequence[InHand], day: date) -> str:
    """What the ticket says that most needs somebody; `tickets` are sorted by `lateness_order`."""
    if not tickets:
        return ""
    first = tickets[0]
    who = first.name or "un jeune"
    if first.state == S.BLOCKED:
        return f"Bloqué{NBSP}: {first.why_blocked}" if first.why_blocked else "Bloqué"
    if first.state == S.TO_RELEASE:
        return f"À contrôler, fini par {who}"
    if first.absent:
        return f"{who} est absent"
    if first.for_day is not None and first.for_day > day:
        return f"Donné à {who} pour le {first.for_day:%d/%m/%Y}"
    return f"En cours, {who}" if first.state == S.RUNNING else f"Donné à {who}, pas en route"
