"""Sessions side by side: what a new one would disturb, and what it does to the working time of minors."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from app.pedagogy.rules import SessionState, adult_from, age_on, clash, overlaps
from app.timetable.rules.minors import Case, Whereabouts, too_long
from app.timetable.rules.placed import AwayDay, MemberStay, Objection, Placed

FIELDS = {"group": "start", "staff": "staff", "room": "room"}
YOUNGER = 16


class Grid:
    """The sessions of some weeks, the groups' members, the rooms that are counted."""

    def __init__(
        self, placed: Iterable[Placed], stays: Sequence[MemberStay], capacities: Mapping[str, int], *,
        hours_block: bool, away: Sequence[AwayDay] = (),
    ) -> None:  # fmt: skip
        self.by_key: dict[tuple[int, date, int], Placed] = {}
        self._days: dict[date, list[Placed]] = defaultdict(list)
        self._stays: dict[int, list[MemberStay]] = defaultdict(list)
        self._capacities = capacities
        self._hours_block = hours_block
        self._whereabouts = Whereabouts(stays, away)
        for stay in stays:
            self._stays[stay.group_id].append(stay)
        for one in placed:
            self.add(one)

    def add(self, one: Placed) -> None:
        """It stands there now."""
        self.by_key[one.key] = one
        self._days[one.on_date].append(one)

    def remove(self, one: Placed) -> None:
        """It stands there no more."""
        self.by_key.pop(one.key, None)
        self._days[one.on_date] = [other for other in self._days[one.on_date] if other.key != one.key]

    def heads(self, group_id: int, day: date) -> int:
        """How many belong to a group on a day."""
        return sum(1 for stay in self._stays[group_id] if stay.holds(day))

    def objections(self, plan: Placed, *, but: int | None = None, instead: Placed | None = None) -> list[Objection]:
        """What speaks against a session: clashes and places, and only without any the hours of minors.

        `but` is a session of the grid that does not count, as it is replaced. With `instead`, the one that stood there
        before, the hours of minors are asked only if they change: another person or room at the same hours does nothing
        to anybody's working time.
        """
        beside = [
            one for one in self._days[plan.on_date]
            if one.state == SessionState.PLANNED and overlaps(plan, one) and (but is None or one.id != but)
        ]  # fmt: skip
        beside.sort(key=lambda one: (one.start_minute, one.id or 0))
        found = [Objection(_clash_sentence(what, one), FIELDS[what]) for one in beside if (what := clash(plan, one))]
        found += self._crowded(plan, [one for one in beside if plan.room and one.room == plan.room])
        return found or ([] if _same_hours(plan, instead) else list(self._too_long(plan, but)))

    def _crowded(self, plan: Placed, beside: list[Placed]) -> Iterator[Objection]:
        places = self._capacities.get(plan.room or "")
        if places is None:
            return
        own = self.heads(plan.group_id, plan.on_date)
        if own > places:
            yield Objection(f"« {plan.room} » a {places} places : {plan.group} compte {own} élèves ce jour-là.", "room")
            return
        for moment in sorted({plan.start_minute, *(max(one.start_minute, plan.start_minute) for one in beside)}):
            there = [one for one in beside if one.start_minute <= moment < one.end_minute]
            together = own + sum(self.heads(one.group_id, plan.on_date) for one in there)
            if there and together > places:
                names = " et ".join(f"{one.subject} avec {one.group}, {one.span}" for one in there)
                yield Objection(
                    f"« {plan.room} » a {places} places : avec {names}, ils seraient {together} élèves.", "room"
                )
                return

    def _too_long(self, plan: Placed, but: int | None) -> Iterator[Objection]:
        """Limits that this session makes minors pass: the class as a whole, and by name who does otherwise."""
        told: set[str] = set()
        for case in self._cases(plan, but):
            for one in too_long(plan, case, blocks=self._hours_block):
                if one.sentence not in told:
                    told.add(one.sentence)
                    yield one

    def _cases(self, plan: Placed, but: int | None) -> list[Case]:
        """The group's minors of the day by what they do from the eve of its week to the morrow of it."""
        monday = plan.on_date - timedelta(days=plan.on_date.weekday())
        days = [monday + timedelta(days=step) for step in range(-1, 8)]
        own = self._hours(but, days, (frozenset([plan.group_id]),) * len(days))
        found: dict[tuple[tuple[int, ...], tuple[AwayDay, ...]], tuple[list[Placed], list[MemberStay]]] = {}
        for stay in self._stays[plan.group_id]:
            if stay.holds(plan.on_date) and plan.on_date < adult_from(stay.born_on):
                hours = self._hours(but, days, self._whereabouts.groups(stay, days))
                key = tuple(id(one) for one in hours), self._whereabouts.away(stay, days)
                found.setdefault(key, (hours, []))[1].append(stay)
        return [
            Case(
                () if hours == own and not any(one.pupil_id for one in away) else tuple(one.name for one in stays),
                any(age_on(one.born_on, plan.on_date) < YOUNGER for one in stays), hours, away,
            )
            for (_, away), (hours, stays) in found.items()
        ]  # fmt: skip

    def _hours(self, but: int | None, days: Sequence[date], groups: Sequence[frozenset[int]]) -> list[Placed]:
        return [
            one for day, here in zip(days, groups, strict=True) for one in self._days.get(day, ())
            if one.group_id in here and one.state == SessionState.PLANNED
            and (but is None or one.id != but)
        ]  # fmt: skip


def _same_hours(plan: Placed, before: Placed | None) -> bool:
    return (
        before is not None and before.state == SessionState.PLANNED
        and (before.key, before.end_minute) == (plan.key, plan.end_minute)
    )  # fmt: skip


def _clash_sentence(disputed: str, other: Placed) -> str:
    who = {"group": "Ce groupe", "staff": other.staff, "room": f"« {other.room} »"}[disputed]
    what = f"{other.subject} avec {other.staff if disputed == 'group' else other.group}"
    taken = "est déjà prise pour" if disputed == "room" else "a déjà"
    return f"{who} {taken} {what}, {other.span}."
