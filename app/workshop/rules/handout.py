"""The next half-day suggested: who could do which work, one piece of work after the other, each with its reason.

Late work goes to who has done it before; the rest to who never ran that machine, then to who is most rested from it,
never beyond what a pupil can do yet. Nothing is decided here: what comes out is a proposal, and every piece of work
that finds no place says why.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.workshop.rules.flow import NBSP
from app.workshop.rules.rotation import Fit, Hint

WORTHWHILE = 15  # minutes: less free time than that is not filled
MOST_EACH = 2
URGENT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Chore:
    """A piece of work. `needs`: minutes it takes by year of training; `waiting`: what it waits for, if anything."""

    key: str
    center_id: int
    due_on: date
    needs: tuple[int, int, int]
    waiting: str | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """A pupil of the half-day: minutes free, year of training, tickets already held for it."""

    pupil_id: int
    name: str
    year: int
    free: int
    held: int = 0


@dataclass(frozen=True, slots=True)
class Bench:
    """A machine in the half-day: minutes still to give, over all its places."""

    label: str
    free: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Work for a pupil: the minutes of it that fit in the half-day, and why this pupil."""

    chore: Chore
    pupil_id: int
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """Work that found no place, and why."""

    chore: Chore
    cause: str


@dataclass(frozen=True, slots=True)
class Handout:
    """What is proposed, and what is not."""

    suggestions: tuple[Suggestion, ...]
    leftovers: tuple[Leftover, ...]


Verdicts = Callable[[Chore, Hand], str | None]
Hints = Callable[[Chore, Hand], Hint]


@dataclass(slots=True)
class _State:
    """What is still free as work is placed."""

    day: date
    hands: dict[int, Hand]
    benches: dict[int, Bench]
    ceilings: dict[int, int]
    masters: Mapping[int, int]
    free: dict[int, int] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)
    room: dict[int, int] = field(default_factory=dict)

    def idle(self, hand: Hand) -> bool:
        """Time left, and not too many tickets for one half-day."""
        return self.free[hand.pupil_id] >= WORTHWHILE and self.given[hand.pupil_id] < MOST_EACH

    def crowded(self, hand: Hand) -> bool:
        """One pupil more than the master may have at work."""
        master = self.masters.get(hand.pupil_id)
        return not self.given[hand.pupil_id] and master is not None and self.ceilings.get(master, 1) < 1

    def place(self, chore: Chore, hand: Hand) -> int:
        """Minutes that this work takes from the pupil and from the machine."""
        minutes = min(chore.needs[hand.year - 1], self.free[hand.pupil_id], self.room[chore.center_id])
        self.free[hand.pupil_id] -= minutes
        self.room[chore.center_id] -= minutes
        if not self.given[hand.pupil_id] and (master := self.masters.get(hand.pupil_id)) is not None:
            self.ceilings[master] = self.ceilings.get(master, 1) - 1
        self.given[hand.pupil_id] += 1
        return minutes


def hand_out(
    day: date, chores: Iterable[Chore], hands: Sequence[Hand], benches: Mapping[int, Bench], *,
    slots: tuple[Mapping[int, int], Mapping[int, int]] = ({}, {}), verdict: Verdicts, hint: Hints,
) -> Handout:  # fmt: skip
    """Place the work of one half-day, the most urgent first.

    `slots`: each pupil's master, and how many more pupils each master may have at work. `verdict` says in a few words
    why a pupil may not have some work; `hint` what is known of the pupil and that kind of work.
    """
    masters, ceilings = slots
    state = _State(day, {hand.pupil_id: hand for hand in hands}, dict(benches), dict(ceilings), masters)
    state.free = {hand.pupil_id: hand.free for hand in hands}
    state.given = {hand.pupil_id: hand.held for hand in hands}
    state.room = {center_id: bench.free for center_id, bench in benches.items()}
    found: list[Suggestion] = []
    left: list[Leftover] = []
    for chore in sorted(chores, key=lambda one: (one.waiting is not None, one.due_on, one.key)):
        answer = _place(chore, state, verdict, hint)
        if isinstance(answer, Suggestion):
            found.append(answer)
        else:
            left.append(Leftover(chore, answer))
    return Handout(tuple(found), tuple(left))


def _place(chore: Chore, state: _State, verdict: Verdicts, hint: Hints) -> Suggestion | str:
    """Who has it, or why nobody does."""
    free = _free(chore, state)
    if isinstance(free, str):
        return free
    refusals = {hand.pupil_id: verdict(chore, hand) for hand in free}
    able = [hand for hand in free if refusals[hand.pupil_id] is None]
    if not able:
        return _nobody(refusals.values())
    hints = {hand.pupil_id: hint(chore, hand) for hand in able}
    fitting = [hand for hand in able if hints[hand.pupil_id].fit != Fit.HARD]
    if not fitting:
        return "Trop difficile encore pour ceux qui sont libres"
    best = min(fitting, key=lambda hand: _order(chore, hand, hints[hand.pupil_id], state))
    return Suggestion(chore, best.pupil_id, state.place(chore, best), _reason(chore, hints[best.pupil_id], state.day))


def _free(chore: Chore, state: _State) -> list[Hand] | str:
    """Those who have time for it, or what is in the way whoever they are."""
    if chore.waiting:
        return chore.waiting
    if not state.hands:
        return "Aucun jeune en atelier cette demi-journée"
    if state.room.get(chore.center_id, 0) < WORTHWHILE:
        bench = state.benches.get(chore.center_id)
        return f"{bench.label if bench else 'Machine'}{NBSP}: plus de place cette demi-journée"
    idle = [hand for hand in state.hands.values() if state.idle(hand)]
    within = [hand for hand in idle if not state.crowded(hand)]
    return within or ("Plafond de jeunes par maître atteint" if idle else "Tous les jeunes ont du travail")


def _nobody(refusals: Iterable[str | None]) -> str:
    """« Personne de libre ne le peut : avis médical échu, formation non évaluée », the most frequent first."""
    counts: dict[str, int] = {}
    for words in refusals:
        if words:
            counts[words] = counts.get(words, 0) + 1
    listed = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = ", ".join(f"{words[:1].lower()}{words[1:]}" for words, _ in listed[:3])
    return f"Personne de libre ne le peut{NBSP}: {told}"


def urgent(due_on: date, day: date) -> bool:
    """Late, or due within two days: then it goes to who knows it."""
    return due_on <= day + URGENT


def _order(chore: Chore, hand: Hand, hint: Hint, state: _State) -> tuple[object, ...]:
    """Who comes first: the practised for urgent work, the beginner otherwise; then the longest ago, the most free."""
    learning = (hint.times > 0, hint.fit == Fit.KNOWN, hint.last_on or date.min)
    knowing = (hint.same == 0, hint.times == 0, -hint.times)
    first = knowing if urgent(chore.due_on, state.day) else learning
    return (*first, state.given[hand.pupil_id], -state.free[hand.pupil_id], hand.name)


def _reason(chore: Chore, hint: Hint, day: date) -> str:
    if urgent(chore.due_on, day):
        pressed = "En retard" if chore.due_on < day else "À livrer bientôt"
        return f"{pressed}, {hint.words}"
    if hint.never:
        return "Jamais fait"
    return hint.words[:1].upper() + hint.words[1:]
