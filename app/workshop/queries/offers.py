"""What is in hand, offered to each pupil for each half-day: may they have it, how long it takes them, what to know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.machines.queries import NOTHING, Answer, Passed
from app.workshop.policies import Candidate, Refusal, Work, why_not_assignable
from app.workshop.queries.crowds import Crowds
from app.workshop.queries.handing import Item
from app.workshop.rules import HalfDay


@dataclass(frozen=True, slots=True)
class Offer:
    """One half-day of a pupil for the work in hand; without a half-day, the rest of the day.

    `moves`: the pupil has it already, for another one. `master` runs the pupil's practice then.
    """

    day: date
    half: HalfDay | None
    free: int
    refusal: Refusal | None = None
    moves: bool = False
    master: str = ""

    @property
    def slot(self) -> str:
        """« 2026-11-24/morning », what the button says back."""
        return f"{self.day.isoformat()}/{self.half}" if self.half else ""


@dataclass(frozen=True, slots=True)
class Asking:
    """The work in hand as the gate sees it, and what its answers depend on."""

    item: Item
    day: date
    crowds: Crowds
    answers: Mapping[tuple[int, HalfDay | None], Answer] = field(default_factory=dict)
    passed: Mapping[int, Passed] = field(default_factory=dict)

    def judge(self, pupil_id: int, candidate: Candidate, half: HalfDay | None = None) -> Candidate:
        """The candidate with what the gate says, and what a master went past for that very work."""
        answer = self.answers.get((pupil_id, half))
        return replace(
            candidate, gate=answer.verdict if answer else None, passed=self.passed.get(pupil_id, NOTHING).codes
        )  # fmt: skip

    def offer(
        self, candidate: Candidate, pupil_id: int, half: HalfDay | None, free: int, *, laid: HalfDay | None = None
    ) -> Offer:
        """May this pupil have it for that half-day? In the same hands: for another than it is `laid` in."""
        item = self.item
        crowd = self.crowds.of(pupil_id, half, ticket_id=item.ticket_id)
        work = replace(work_for(item, self.day), half=half)
        moves = candidate.holds and half is not None and half != laid
        judged = self.judge(pupil_id, candidate, half)
        asked = replace(judged, crowd=crowd, holds=candidate.holds and not moves)
        return Offer(self.day, half, free, why_not_assignable(work, asked), moves, crowd.master if crowd else "")


def work_for(item: Item, day: date) -> Work:
    """What is in hand as the one door sees it."""
    return Work(
        item.name, item.order_number, item.order_state, day, center_id=item.center_id, minutes=item.minutes,
        operation_id=item.operation_id,
    )  # fmt: skip


def best_offer(offers: Iterable[Offer], needed: int) -> Offer | None:
    """Where the button of the row puts it: the first half-day with room for all of it, else the one with the most."""
    open_ = [offer for offer in offers if offer.refusal is None]
    fitting = next((offer for offer in open_ if offer.free >= max(1, needed)), None)
    return fitting or max(open_, key=lambda offer: offer.free, default=None)
