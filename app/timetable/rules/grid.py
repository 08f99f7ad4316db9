"""Sessions side by side: what a new one would disturb, and what it does to the working time of minors."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.worktime import Limit, hours_of, passed_limits
from app.pedagogy.rules import SessionKind, SessionState, adult_from, age_on, clash, overlaps

FIELDS = {"group": "start", "staff": "staff", "room": "room"}
YOUNGER = 16
NAMED = 2  # other sessions that a sentence about working time names


@dataclass(frozen=True, slots=True)
class Placed:
    """A session as it stands, or as somebody wants it (`id` None), with the words to name it by."""

    group_id: int
    group: str
    staff_id: int
    staff: str
    subject_id: int
    subject: str
    room: str | None
    kind: SessionKind
    on_date: date
    start_minute: int
    end_minute: int
    id: int | None = None
    state: SessionState = SessionState.PLANNED
    called: bool = False
    cancel_reason: str | None = None
    version: int = 1

    @property
    def key(self) -> tuple[int, date, int]:
        """The school's own key: group, day, start."""
        return self.group_id, self.on_date, self.start_minute

    @property
    def on(self) -> date:
        """As working time reads it."""
        return self.on_date

    @property
    def start(self) -> int:
        """As working time reads it."""
        return self.start_minute

    @property
    def end(self) -> int:
        """As working time reads it."""
        return self.end_minute

    @property
    def what(self) -> tuple[int, int, int, str | None, SessionKind]:
        """What a rule says of it beside its day and start: end, subject, person, room, kind."""
        return self.end_minute, self.subject_id, self.staff_id, self.room, self.kind

    @property
    def span(self) -> str:
        """« de 08:00 à 10:00 »."""
        return f"de {clock(self.start_minute)} à {clock(self.end_minute)}"


@dataclass(frozen=True, slots=True)
class MemberStay:
    """Somebody's stay in a group, with the birth date that tells minors."""

    group_id: int
    starts_on: date
    ends_on: date | None
    born_on: date

    def holds(self, day: date) -> bool:
        """Whether the day lies inside, both ends included."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a session: the sentence, the field it belongs to, whether it refuses or only warns."""

    sentence: str
    field: str
    blocks: bool = True


def clock(minute: int) -> str:
    """« 08:00 »."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


class Grid:
    """The sessions of some weeks, the groups' members, the rooms that are counted."""

    def __init__(
        self, placed: Iterable[Placed], stays: Sequence[MemberStay], capacities: Mapping[str, int], *, hours_block: bool
    ) -> None:
        self.by_key: dict[tuple[int, date, int], Placed] = {}
        self._days: dict[date, list[Placed]] = defaultdict(list)
        self._stays: dict[int, list[MemberStay]] = defaultdict(list)
        self._capacities = capacities
        self._hours_block = hours_block
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

    def objections(self, plan: Placed, *, but: int | None = None) -> list[Objection]:
        """What speaks against a session: clashes and places, and only without any the hours of minors.

        `but` is the session that it replaces.
        """
        beside = [
            one for one in self._days[plan.on_date]
            if one.state == SessionState.PLANNED and overlaps(plan, one) and (but is None or one.id != but)
        ]  # fmt: skip
        beside.sort(key=lambda one: (one.start_minute, one.id or 0))
        found = [Objection(_clash_sentence(what, one), FIELDS[what]) for one in beside if (what := clash(plan, one))]
        found += self._crowded(plan, [one for one in beside if plan.room and one.room == plan.room])
        return found or list(self._too_long(plan, but))

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
        """Limits that this session makes the group's minors pass; those passed before it are not its doing."""
        born = [stay.born_on for stay in self._stays[plan.group_id] if stay.holds(plan.on_date)]
        minors = [one for one in born if plan.on_date < adult_from(one)]
        if not minors:
            return
        younger = any(age_on(one, plan.on_date) < YOUNGER for one in minors)
        before = self._group_week(plan, but)
        known = {one.limit for one in passed_limits(before, plan.on_date, younger=younger)}
        for passed in passed_limits([*before, plan], plan.on_date, younger=younger):
            if passed.limit in known and passed.limit not in (Limit.DAY, Limit.WEEK):
                continue
            others = _others(plan, before, passed.limit)
            yield Objection(f"{plan.group}, des mineurs : {passed.sentence}{others}", "start", blocks=self._hours_block)

    def _group_week(self, plan: Placed, but: int | None) -> list[Placed]:
        monday = plan.on_date - timedelta(days=plan.on_date.weekday())
        days = [monday + timedelta(days=step) for step in range(-1, 8)]
        return [
            one for day in days for one in self._days[day]
            if one.group_id == plan.group_id and one.state == SessionState.PLANNED and (but is None or one.id != but)
        ]  # fmt: skip


def _others(plan: Placed, before: Sequence[Placed], limit: Limit) -> str:
    """« Avec Français de 08:00 à 10:00. »: the sessions that count together with this one."""
    day = plan.on_date - timedelta(days=1) if limit == Limit.REST else plan.on_date
    same = hours_of(before, day)
    if limit in (Limit.WEEK, Limit.DAYS_OFF):
        same = sorted(before, key=lambda one: (one.on != plan.on_date, one.on, one.start))
    named = [one for one in same if isinstance(one, Placed)][-NAMED if limit == Limit.REST else None :][:NAMED]
    if not named:
        return ""
    return " Avec " + " et ".join(f"{one.subject} le {one.on_date:%d/%m} {one.span}" for one in named) + "."


def _clash_sentence(disputed: str, other: Placed) -> str:
    who = {"group": "Ce groupe", "staff": other.staff, "room": f"« {other.room} »"}[disputed]
    what = f"{other.subject} avec {other.staff if disputed == 'group' else other.group}"
    taken = "est déjà prise pour" if disputed == "room" else "a déjà"
    return f"{who} {taken} {what}, {other.span}."
