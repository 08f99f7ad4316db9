"""The next half-day suggested: what there is to do, who is there, and what the rules make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.core.clock import local_minute, now, today
from app.workshop.queries.dayfacts import read_day, read_days
from app.workshop.queries.handing import Item, read_queue
from app.workshop.queries.judging import Choice, choices, place, read_judge, there
from app.workshop.queries.people import Person
from app.workshop.rules import HalfDay, Handout

AHEAD = timedelta(days=14)
UPSTREAM = "Attend l’opération d’avant"
TOO_LATE = 60  # minutes before its end a half-day is not suggested any more


@dataclass(frozen=True, slots=True)
class Line:
    """One suggestion: what, for whom, how long of it fits, why; and who else may have it."""

    item: Item
    person: Person
    minutes: int
    needed: int
    reason: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class HandoutPage:
    """What is suggested for one half-day, and why the rest is not, by cause."""

    day: date
    half: HalfDay
    lines: list[Line]
    causes: list[tuple[str, list[Item]]]
    halves: list[tuple[date, HalfDay]]
    idle: list[str]

    @property
    def slot(self) -> str:
        """As forms say it."""
        return f"{self.day.isoformat()}/{self.half}"


def half_days_ahead(db: Session) -> list[tuple[date, HalfDay]]:
    """The half-days with practice that may still be filled, of the next two weeks."""
    day, minute = today(), local_minute(now())
    found = []
    for facts in read_days(db, day, day + AHEAD).values():
        for when in facts.lengths:
            ends = max(slot.end for slot in facts.slots if slot.half == when[1])
            if when[0] > day or ends > minute + TOO_LATE:
                found.append(when)
    return found


def handout_page(db: Session, when: tuple[date, HalfDay] | None, *, staff_id: int | None) -> HandoutPage | None:
    """The half-day asked for, or the next one; the master's own pupils when he has any then. None without practice."""
    halves = half_days_ahead(db)
    chosen = when if when in halves else next(iter(halves), None)
    if chosen is None:
        return None
    day, half = chosen
    facts, queue = read_day(db, day), read_queue(db, today())
    ready = [item for item in queue.items if item.for_day is None or item.for_day <= day]
    judge = read_judge(db, facts, half, ready)
    mine = {slot.group_id for slot in facts.slots if slot.half == half and slot.staff_id == staff_id}
    people = [one for one in there(facts, half) if not mine or one.group_id in mine]
    found = place(judge, ready, people, queue)
    by_key, by_id = {item.key_word: item for item in ready}, {one.id: one for one in people}
    lines = [
        Line(
            (item := by_key[one.chore.key]), (person := by_id[one.pupil_id]), one.minutes, judge.needed(item, person),
            one.reason, choices(judge, item, people),
        )
        for one in found.suggestions
    ]  # fmt: skip
    busy = {line.person.id for line in lines}
    idle = [one.name for one in people if one.id not in busy and judge.free(one) == facts.lengths[chosen]]
    return HandoutPage(day, half, lines, _by_cause(found, by_key), halves[:10], idle)


def _by_cause(found: Handout, by_key: Mapping[str, Item]) -> list[tuple[str, list[Item]]]:
    causes: dict[str, list[Item]] = {}
    for left in found.leftovers:
        cause = UPSTREAM if left.cause.startswith("Attend «") else left.cause
        causes.setdefault(cause, []).append(by_key[left.chore.key])
    return sorted(causes.items(), key=lambda pair: (pair[0] == UPSTREAM, -len(pair[1]), pair[0]))
