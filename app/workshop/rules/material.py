"""Material: what a lot holds follows from its moves alone; which move may come next. Nothing here reads a database.

A job consumes what is reserved for it; consuming more reserves the rest first, as a move of its own. So every sum is
a plain sum of moves, in whatever order they came.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.workshop.rules.checks import figure
from app.workshop.rules.flow import NBSP
from app.workshop.rules.words import MoveKind

LOT_SERIES = "material"
UNITS = ("m", "m²", "kg", "l", "pièce", "barre", "plaque")
WHOLE_UNITS = {"pièce": "pièces", "barre": "barres", "plaque": "plaques"}
CERTIFICATES = {"": "Pas demandé", "2.2": "2.2, relevé de contrôle", "3.1": "3.1, certificat de réception"}
OF_A_JOB = frozenset({MoveKind.RESERVE, MoveKind.FREE, MoveKind.CONSUME, MoveKind.OFFCUT})
ZERO = Decimal(0)


class Proof(StrEnum):
    """What is there of the certificate that was asked for."""

    NOT_ASKED = "not_asked"
    MISSING = "missing"
    NO_FILE = "no_file"
    COMPLETE = "complete"

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return PROOF_LABELS[self]


PROOF_LABELS = {
    Proof.NOT_ASKED: "Pas demandé",
    Proof.MISSING: "Manquant",
    Proof.NO_FILE: "Fichier à joindre",
    Proof.COMPLETE: "Complet",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A move as it counts: negative when it takes an earlier one back. `child`: on an off-cut of this lot."""

    kind: MoveKind
    quantity: Decimal
    job_id: int | None = None
    child: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """What a lot holds; `reserved`, `consumed` and `cut` (off-cuts put back into stock) by job, `moved` by kind."""

    stock: Decimal
    moved: dict[MoveKind, Decimal]
    reserved: dict[int, Decimal]
    consumed: dict[int, Decimal]
    cut: dict[int, Decimal]

    @property
    def all_reserved(self) -> Decimal:
        """Reserved for any job."""
        return sum(self.reserved.values(), ZERO)

    @property
    def free(self) -> Decimal:
        """Neither gone nor promised to a job."""
        return self.stock - self.all_reserved

    def reserved_for(self, job_id: int | None) -> Decimal:
        """Set aside for a job and not consumed yet."""
        return ZERO if job_id is None else self.reserved.get(job_id, ZERO)

    def usable_by(self, job_id: int | None) -> Decimal:
        """What a job may consume."""
        return self.reserved_for(job_id) + self.free

    def uncut(self, job_id: int | None) -> Decimal:
        """Consumed by a job, without the off-cuts already put back."""
        return ZERO if job_id is None else self.consumed.get(job_id, ZERO) - self.cut.get(job_id, ZERO)


@dataclass(frozen=True, slots=True)
class LotTerms:
    """A lot as far as its moves are concerned; `owner`: the client's name when it is not the school's own."""

    unit: str
    company_id: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class JobTerms:
    """A job that wants material: for which client, and whether it is still to be made."""

    id: int
    number: str
    company_id: int
    done: bool = False
    cancelled: bool = False


def lot_number(year: int, serial: int) -> str:
    """« LOT2026-0001 »: gap-free within the year, given at reception."""
    return f"LOT{year}-{serial:04d}"


def offcut_code(parent: str, place: int) -> str:
    """« LOT2026-0001-C2 »: an off-cut bears the lot it comes from."""
    return f"{parent}-C{place}"


def amount(quantity: Decimal, unit: str) -> str:
    """« 3,5 m », « 12 pièces »."""
    return f"{figure(quantity)}{NBSP}{WHOLE_UNITS.get(unit, unit) if abs(quantity) >= 2 else unit}"


def proof(kind: str, number: str | None, *, filed: bool) -> Proof:
    """What is missing of the certificate asked for with the lot."""
    if not kind:
        return Proof.NOT_ASKED
    if not number:
        return Proof.MISSING
    return Proof.COMPLETE if filed else Proof.NO_FILE


def holding(entries: Iterable[Entry]) -> Holding:
    """What a lot holds after these moves; those of its off-cuts count as cut, not as stock."""
    moved = dict.fromkeys(MoveKind, ZERO)
    by_job: dict[MoveKind, dict[int, Decimal]] = {kind: {} for kind in MoveKind}
    for entry in entries:
        if not entry.child:
            moved[entry.kind] += entry.quantity
        if entry.job_id is not None and (entry.child or entry.kind != MoveKind.OFFCUT):
            sums = by_job[entry.kind]
            sums[entry.job_id] = sums.get(entry.job_id, ZERO) + entry.quantity
    freed, consumed = by_job[MoveKind.FREE], by_job[MoveKind.CONSUME]
    jobs = [*by_job[MoveKind.RESERVE], *freed, *consumed]
    reserved = {
        job: by_job[MoveKind.RESERVE].get(job, ZERO) - freed.get(job, ZERO) - consumed.get(job, ZERO) for job in jobs
    }
    stock = sum((IN_STOCK[kind] * total for kind, total in moved.items()), ZERO)
    return Holding(stock, moved, reserved, consumed, by_job[MoveKind.OFFCUT])


def move_steps(kind: MoveKind, quantity: Decimal, held: Holding, job_id: int | None) -> list[tuple[MoveKind, Decimal]]:
    """The moves to write: whoever consumes more than was set aside reserves the rest first."""
    missing = quantity - held.reserved_for(job_id)
    if kind == MoveKind.CONSUME and missing > 0:
        return [(MoveKind.RESERVE, missing), (kind, quantity)]
    return [(kind, quantity)]


def why_not_amount(quantity: Decimal, unit: str) -> str | None:
    """Why this is no quantity of that unit."""
    if unit not in UNITS:
        return "Choisissez une unité dans la liste."
    if quantity <= 0:
        return "Indiquez une quantité."
    if unit in WHOLE_UNITS and quantity != quantity.to_integral_value():
        return f"Comptez en {WHOLE_UNITS[unit]} entières."
    return None


def why_not_for_job(lot: LotTerms, job: JobTerms) -> str | None:
    """A client's material is for that client's orders and nobody else's."""
    if lot.company_id is None or lot.company_id == job.company_id:
        return None
    return f"Cette matière est à {lot.owner}. L’{job.number} est pour un autre client."


def why_not_move(
    kind: MoveKind, quantity: Decimal, lot: LotTerms, held: Holding, job: JobTerms | None = None
) -> tuple[str, str] | None:
    """Why this move cannot come next, as (field, sentence); an off-cut is asked of the lot it was cut from."""
    if found := _why_not_asked(kind, quantity, lot, job):
        return found
    if job is not None and (sentence := _why_not_reserved(kind, quantity, held, job)):
        return "job", sentence
    most, words = _limit(kind, held, job)
    if most is not None and quantity > most:
        return "quantity", words.format(amount(max(most, ZERO), lot.unit))
    return None


def _why_not_asked(kind: MoveKind, quantity: Decimal, lot: LotTerms, job: JobTerms | None) -> tuple[str, str] | None:
    """What is wrong with the move whatever the lot holds."""
    if sentence := why_not_amount(quantity, lot.unit):
        return "quantity", sentence
    if (kind in OF_A_JOB) != (job is not None):
        return "job", "Indiquez l’OF." if job is None else "Ce mouvement ne se fait pas pour un OF."
    if job is not None and (sentence := why_not_for_job(lot, job)):
        return "job", sentence
    if kind == MoveKind.RETURN and lot.company_id is None:
        return "kind", "Cette matière est à l’école : rien à rendre."
    return None


def why_not_move_back(entry: Entry, lot: LotTerms, held: Holding) -> str | None:
    """Why a move cannot be corrected: what came after builds on it. `held` is of the lot the entry belongs to."""
    stock = held.stock - IN_STOCK[entry.kind] * entry.quantity
    reserved = held.all_reserved - IN_RESERVED[entry.kind] * entry.quantity
    if reserved > stock:
        missing = amount(reserved - stock, lot.unit)
        return f"Il manquerait {missing} : corrigez d’abord ce qui a été fait ensuite."
    if held.reserved_for(entry.job_id) - IN_RESERVED[entry.kind] * entry.quantity < 0:
        return "Cette réservation a déjà servi : corrigez d’abord ce qui a été consommé ou libéré."
    if entry.kind == MoveKind.CONSUME and entry.quantity > held.uncut(entry.job_id):
        return "Une chute de cette matière est déjà remise en stock : corrigez-la d’abord."
    return None


def _why_not_reserved(kind: MoveKind, quantity: Decimal, held: Holding, job: JobTerms) -> str | None:
    """Nothing is set aside for a job that is over; what a finished one consumed may still be noted."""
    reserves = any(step == MoveKind.RESERVE for step, _ in move_steps(kind, quantity, held, job.id))
    if reserves and job.cancelled:
        return f"L’{job.number} est annulé : plus rien ne se réserve pour lui."
    if kind == MoveKind.RESERVE and job.done:
        return f"L’{job.number} est terminé : plus rien ne se réserve pour lui."
    return None


def _limit(kind: MoveKind, held: Holding, job: JobTerms | None) -> tuple[Decimal | None, str]:
    """How much at most, and what to say beyond."""
    job_id = job.id if job else None
    if kind == MoveKind.RECEIVE:
        return None, ""
    if kind == MoveKind.FREE:
        return held.reserved_for(job_id), "Réservé pour cet OF : {}."
    if kind == MoveKind.CONSUME:
        return held.usable_by(job_id), "Réservé pour cet OF ou libre : {}."
    if kind == MoveKind.OFFCUT:
        return held.uncut(job_id), "Consommé par cet OF : {}. Une chute ne peut pas être plus grande."
    return held.free, "Il en reste {} de libre."


IN_STOCK = {
    MoveKind.RECEIVE: 1, MoveKind.OFFCUT: 1, MoveKind.RESERVE: 0, MoveKind.FREE: 0, MoveKind.CONSUME: -1,
    MoveKind.RETURN: -1, MoveKind.LOSS: -1,
}  # fmt: skip
IN_RESERVED = {
    MoveKind.RECEIVE: 0, MoveKind.OFFCUT: 0, MoveKind.RESERVE: 1, MoveKind.FREE: -1, MoveKind.CONSUME: -1,
    MoveKind.RETURN: 0, MoveKind.LOSS: 0,
}  # fmt: skip
