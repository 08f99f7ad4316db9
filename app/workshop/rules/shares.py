"""Shared time: a pair has two clocks and one machine, a batch has one clock and several tickets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from app.workshop.rules.flow import NBSP
from app.workshop.rules.words import SessionWork

WHOLE = Decimal(100)
CENT = Decimal("0.01")
SMALLEST_BATCH, LARGEST_BATCH = 2, 6
ON_THE_MACHINE = frozenset({SessionWork.SETUP, SessionWork.RUN})


@dataclass(frozen=True, slots=True)
class Timed:
    """Closed time of one pupil on one ticket that counts, as far as the machine is concerned."""

    start: datetime
    end: datetime
    share: Decimal = WHOLE


def person_seconds(times: Iterable[Timed]) -> int:
    """People's time: every session by its share, a pair twice; rounded once, half up."""
    hundredths = sum(int((t.end - t.start).total_seconds()) * t.share for t in times)
    return int((Decimal(hundredths) / WHOLE).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def machine_seconds(times: Sequence[Timed]) -> int:
    """The machine's time: however many work on a ticket at once it is taken once, in a batch by the ticket's share."""
    edges = sorted({edge for t in times for edge in (t.start, t.end)})
    hundredths = Decimal(0)
    for start, end in pairwise(edges):
        share = max((t.share for t in times if t.start <= start and t.end >= end), default=Decimal(0))
        hundredths += share * int((end - start).total_seconds())
    return int((hundredths / WHOLE).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def default_shares(planned: Sequence[int]) -> list[Decimal]:
    """Shares of a batch by planned time, to the hundredth of a percent, adding up to exactly 100."""
    weights = [max(1, seconds) for seconds in planned]
    if not weights:
        return []
    whole = sum(weights)
    shares = [max(CENT, (WHOLE * weight / whole).quantize(CENT, rounding=ROUND_HALF_UP)) for weight in weights]
    shares[shares.index(max(shares))] += WHOLE - sum(shares)
    return shares


def why_not_shares(shares: Sequence[Decimal]) -> str | None:
    """Two tickets at least, each with a part of the time, a hundred percent in all."""
    if len(shares) < SMALLEST_BATCH:
        return "Choisissez au moins deux bons à mener ensemble."
    if len(shares) > LARGEST_BATCH:
        return f"Au plus {LARGEST_BATCH} bons se mènent ensemble."
    if any(share <= 0 for share in shares):
        return "Chaque bon reçoit une part du temps."
    total = sum(shares)
    if total == WHOLE:
        return None
    shown = f"{total:f}".replace(".", ",")
    return f"Les parts font {shown}{NBSP}%{NBSP}: il faut 100{NBSP}%."
