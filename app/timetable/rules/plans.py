"""Mass changes before they are made: what will be created, changed, cancelled, what clashes and what is kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.pedagogy.rules import Minutes, SessionKind, SessionState
from app.timetable.rules import LineKind
from app.timetable.rules.grid import Grid
from app.timetable.rules.placed import Placed

UNDONE = "Modification annulée"  # why a session is cancelled that an undone change had made
ENDED, CHANGED, CLOSED = "La trame de la semaine s’arrête", "La trame de la semaine a changé", "École fermée : "
# Nobody cancelled these by hand: a rule may make them again.
OURS = (UNDONE, ENDED, CHANGED, CLOSED)


@dataclass(frozen=True, slots=True)
class Item:
    """One session of a plan. `rule_day`: the day of the rule that it stands for, when a rule makes it."""

    kind: LineKind
    before: Placed | None
    after: Placed | None
    rule_day: date | None = None
    reason: str = ""

    @property
    def shown(self) -> Placed:
        """The session as it will be, or as it was when it goes."""
        found = self.after or self.before
        if found is None:
            raise ValueError("an item without a session")
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """A session with a sentence about it: why it clashes, why it is kept, what to watch."""

    placed: Placed
    sentence: str


@dataclass(slots=True)
class Plan:
    """What a mass change would do. Sessions that clash are left out: only they, and by name."""

    items: list[Item] = field(default_factory=list)
    clashes: list[Told] = field(default_factory=list)
    warnings: list[Told] = field(default_factory=list)
    kept: list[Told] = field(default_factory=list)
    closed: dict[str, int] = field(default_factory=dict)

    def of(self, *kinds: LineKind) -> list[Item]:
        """The items of some kinds, in the order of time."""
        found = [one for one in self.items if one.kind in kinds]
        return sorted(found, key=lambda one: (one.shown.on_date, one.shown.start_minute))

    @property
    def fingerprint(self) -> str:
        """What was previewed: another plan has another one."""
        lines = [
            (one.kind.value, one.before and (one.before.id, one.before.version), one.shown.key, one.shown.what)
            for one in self.items
        ] + [(one.placed.key, one.sentence) for one in self.clashes]  # fmt: skip
        return hashlib.sha256(repr(lines).encode()).hexdigest()[:32]

    @property
    def effect(self) -> dict[tuple[int, str], Minutes]:
        """Planned minutes that come and go, per group (number, label)."""
        found: dict[tuple[int, str], Minutes] = {}
        for one in self.items:
            if one.kind != LineKind.ADOPTED:
                for placed, sign in ((one.before, -1), (one.after, 1)):
                    if placed is not None and placed.state == SessionState.PLANNED:
                        key = (placed.group_id, placed.group)
                        found[key] = found.get(key, Minutes()) + _minutes(placed, sign)
        return found


def _minutes(placed: Placed, sign: int) -> Minutes:
    length = sign * (placed.end_minute - placed.start_minute)
    return Minutes(length, 0) if placed.kind == SessionKind.PRACTICE else Minutes(0, length)


class Draft:
    """A plan being drawn up on a grid: each session that is planned counts for the next one."""

    def __init__(self, grid: Grid, closed: Mapping[date, str]) -> None:
        self.grid, self.plan = grid, Plan()
        self._closed = closed

    def create(self, after: Placed, rule_day: date | None = None) -> None:
        """A session more, unless the school is closed, something is there already, or it clashes.

        What somebody cancelled by hand a rule leaves cancelled; a copied week (no day of a rule) plans it again.
        """
        if reason := self._closed.get(after.on_date):
            self.plan.closed[reason] = self.plan.closed.get(reason, 0) + 1
            return
        old = self.grid.by_key.get(after.key)
        if old is not None and old.state == SessionState.PLANNED and old.what == after.what:
            if rule_day is not None:
                self.plan.items.append(Item(LineKind.ADOPTED, old, old, rule_day))
            return
        gone = old if old is not None and old.state == SessionState.CANCELLED else None
        if gone is not None and rule_day is not None and not (gone.cancel_reason or "").startswith(OURS):
            self.plan.kept.append(Told(gone, f"Annulée : {gone.cancel_reason or 'sans motif'}."))
            return
        if not self._fits(after):
            return
        if gone is not None:
            self.grid.remove(gone)
            self._put(Item(LineKind.REVIVED, gone, replace(after, id=gone.id, version=gone.version), rule_day))
            return
        self._put(Item(LineKind.CREATED, None, after, rule_day))

    def change(self, before: Placed, after: Placed, rule_day: date | None = None) -> bool:
        """The same session, otherwise; it stays as it is when that clashes. Whether it changes."""
        self.grid.remove(before)
        after = replace(after, id=before.id, version=before.version)
        if not self._fits(after, before):
            self.grid.add(before)
            return False
        self._put(Item(LineKind.CHANGED, before, after, rule_day))
        return True

    def cancel(self, before: Placed, reason: str) -> None:
        """A session less."""
        self.grid.remove(before)
        gone = replace(before, state=SessionState.CANCELLED, cancel_reason=reason)
        self.grid.add(gone)
        self.plan.items.append(Item(LineKind.CANCELLED, before, gone, reason=reason))

    def keep(self, placed: Placed, sentence: str) -> None:
        """A session that the change does not touch, and why."""
        self.plan.kept.append(Told(placed, sentence))

    def _fits(self, after: Placed, before: Placed | None = None) -> bool:
        objections = self.grid.objections(after, instead=before)
        blocking = [one for one in objections if one.blocks]
        if blocking:
            self.plan.clashes.append(Told(after, blocking[0].sentence))
            return False
        self.plan.warnings.extend(Told(after, one.sentence) for one in objections)
        return True

    def _put(self, item: Item) -> None:
        self.grid.add(item.shown)
        self.plan.items.append(item)
