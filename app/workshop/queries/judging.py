"""Many pieces of work and many pupils of one half-day: who may, how long, what to know; read once, asked freely."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.clock import spare
from app.machines.queries import Known
from app.workshop.policies import Candidate
from app.workshop.queries.crowds import Crowds, ceiling_of
from app.workshop.queries.dayfacts import DayFacts, machines_of
from app.workshop.queries.dayplan import minute_of
from app.workshop.queries.gate import gate_known
from app.workshop.queries.handing import Item, Queue, Step, steps_of
from app.workshop.queries.offers import Asking
from app.workshop.queries.people import Person
from app.workshop.queries.rotation import Rotation, rotation_of
from app.workshop.rules import Bench, Chore, HalfDay, Hand, Handout, Hint, Presence, hand_out, minutes_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A pupil who may have a piece of work, in a few words for a list."""

    code: str
    words: str


class Judge:
    """Who may do which work in one half-day, how long it takes them, what to know: asked as often as needed."""

    def __init__(
        self, facts: DayFacts, half: HalfDay, known: tuple[Known, Rotation, Mapping[int, Step]], crowds: Crowds
    ) -> None:
        self.facts, self.half = facts, half
        self._gate, self._rotation, self._steps = known
        self._crowds = crowds
        self._verdicts: dict[tuple[int, str, int, int], str | None] = {}

    def verdict(self, item: Item, person: Person) -> str | None:
        """Why not, in a few words; of the same machine and length the gate is asked once."""
        needed = self.needed(item, person)
        key = (item.center_id, item.order_state, person.id, needed)
        if key not in self._verdicts:
            self._verdicts[key] = self._judge(item, person, needed)
        return self._verdicts[key]

    def _judge(self, item: Item, person: Person, needed: int) -> str | None:
        answer = self._gate.ask(person.id, item.center_id, self.facts.day, planned=needed)
        asking = Asking(item, self.facts.day, self._crowds, {(person.id, self.half): answer})
        candidate = Candidate(person.first_name, self.facts.here[person.id], is_member=True, holds=False)
        refusal = asking.offer(candidate, person.id, self.half, 0).refusal
        return refusal.short if refusal else None

    def needed(self, item: Item, person: Person) -> int:
        """Minutes for this pupil."""
        return self._steps[item.operation_id].minutes(item.pieces, person.year(self.facts.day))

    def needs(self, item: Item) -> tuple[int, int, int]:
        """Minutes by year of training."""
        step = self._steps[item.operation_id]
        return step.minutes(item.pieces, 1), step.minutes(item.pieces, 2), step.minutes(item.pieces, 3)

    def hint(self, item: Item, person: Person) -> Hint:
        """What to know of this pupil and this work."""
        difficulty = self._steps[item.operation_id].difficulty
        return self._rotation.hint(
            person.id, person.year(self.facts.day), center_id=item.center_id, label=item.title, difficulty=difficulty
        )

    def free(self, person: Person) -> int:
        """Minutes of the half-day without work."""
        return self.facts.laid[person.id][self.half].free(minute_of(self.facts.day))

    def masters(self) -> tuple[dict[int, int], dict[int, int]]:
        """Each pupil's master, and how many more pupils each may have at work."""
        masters: dict[int, int] = {}
        for slot in self.facts.slots:
            if slot.half == self.half:
                masters |= {
                    one.id: slot.staff_id for one in self.facts.people.values() if one.group_id == slot.group_id
                }
        at_work = {each.pupil_id for each in self._crowds.work if each.half in {None, self.half}} - self._crowds.absent
        left = dict.fromkeys(masters.values(), self._crowds.ceiling)
        for pupil_id in at_work & masters.keys():
            left[masters[pupil_id]] -= 1
        return masters, left


def read_judge(db: Session, facts: DayFacts, half: HalfDay, items: Iterable[Item]) -> Judge:
    """Everything the judge needs, in a number of statements that neither pupils nor work change."""
    listed = list(items)
    centers = {item.center_id for item in listed}
    gate = gate_known(db, list(facts.people), centers, facts.day).during(minutes_of(half))
    rotation = rotation_of(db, facts.people, centers)
    steps = steps_of(db, (item.operation_id for item in listed))
    return Judge(facts, half, (gate, rotation, steps), facts.crowds(ceiling_of(db)))


def there(facts: DayFacts, half: HalfDay, *, but: int | None = None) -> list[Person]:
    """Who is at practice in that half-day and not known to be absent."""
    minute = minute_of(facts.day)
    return [
        person for person in facts.people.values()
        if person.id != but and facts.here[person.id] != Presence.ABSENT
        and facts.laid[person.id][half].open(minute)
    ]  # fmt: skip


def place(judge: Judge, items: Sequence[Item], people: Sequence[Person], queue: Queue) -> Handout:
    """The pure rules on these facts."""
    by_key = {item.key_word: item for item in items}
    by_id = {person.id: person for person in people}
    when = (judge.facts.day, judge.half)
    benches = {
        one.center.id: Bench(one.center.label, one.loads[when].free)
        for one in machines_of([judge.facts], queue.centers) if when in one.loads
    }  # fmt: skip
    hands = [
        Hand(one.id, one.name, one.year(judge.facts.day), judge.free(one),
             len(judge.facts.laid[one.id][judge.half].slips))
        for one in people
    ]  # fmt: skip
    chores = [Chore(item.key_word, item.center_id, item.due_on, judge.needs(item), item.waiting) for item in items]
    return hand_out(
        judge.facts.day, chores, hands, benches, slots=judge.masters(),
        verdict=lambda chore, hand: judge.verdict(by_key[chore.key], by_id[hand.pupil_id]),
        hint=lambda chore, hand: judge.hint(by_key[chore.key], by_id[hand.pupil_id]),
    )  # fmt: skip


def choices(judge: Judge, item: Item, people: Iterable[Person]) -> tuple[Choice, ...]:
    """Who may have it, those with time first."""
    able = [one for one in people if judge.verdict(item, one) is None]
    able.sort(key=lambda one: (judge.free(one) == 0, judge.hint(item, one).order, one.name))
    return tuple(Choice(one.code, _words(judge, item, one)) for one in able)


def _words(judge: Judge, item: Item, person: Person) -> str:
    free = judge.free(person)
    return f"{person.name}, {spare(free) if free else 'occupé'}, {judge.hint(item, person).words}"
