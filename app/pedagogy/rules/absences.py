"""Absences counted by the law: runs of missed sessions, half-days, the four of a month. Units: half-days, minutes.

Code de l'éducation: absences are noted at each roll call and their reason is asked for without delay (R131-5), the
file of a pupil's absences is kept for the school year only (R131-6), and from four half-days without legitimate reason
nor valid excuse in a month on the head of the school tells the authority (L131-8, R131-7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from app.pedagogy.rules import HalfDay
from app.pedagogy.rules.halves import half_of
from app.pedagogy.rules.reasons import REASON_CODES, Counts, Span

THRESHOLD = 4


class Standing(StrEnum):
    """How missed time stands before the law; the worst first."""

    NONE = "none"
    REFUSED = "refused"
    PENDING = "pending"
    LEGITIMATE = "legitimate"
    APART = "apart"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        """The French word of screens."""
        return STANDING_LABELS[self]

    @property
    def counts(self) -> bool:
        """Whether it is an absence at all."""
        return self not in {Standing.APART, Standing.NOTHING}

    @property
    def against(self) -> bool:
        """Whether it counts towards the four half-days of R131-7."""
        return self in {Standing.NONE, Standing.REFUSED}


STANDING_LABELS = {
    Standing.NONE: "Sans motif", Standing.REFUSED: "Motif refusé", Standing.PENDING: "À décider",
    Standing.LEGITIMATE: "Motif légitime", Standing.APART: "Exclusion", Standing.NOTHING: "Pas une absence",
}  # fmt: skip
WORST = list(Standing)


@dataclass(frozen=True, slots=True)
class Given:
    """A reason that stands: when, which code, whether it is legitimate (None: the direction decides)."""

    id: int
    span: Span
    code: str
    legitimate: bool | None

    @property
    def standing(self) -> Standing:
        """What it makes of the time it speaks of."""
        counts = REASON_CODES[self.code].counts if self.code in REASON_CODES else Counts.ABSENCE
        if counts != Counts.ABSENCE:
            return Standing.APART if counts == Counts.APART else Standing.NOTHING
        if self.legitimate is None:
            return Standing.PENDING
        return Standing.LEGITIMATE if self.legitimate else Standing.REFUSED


@dataclass(frozen=True, slots=True)
class Missed:
    """A session that a roll call says a pupil missed.

    `rank` is its place among all called sessions of the pupil, so that neighbours are known; `in_half` how many of
    them lie in its half-day. `excused`: the roll call itself knew a reason.
    """

    session_id: int
    on_date: date
    start_minute: int
    end_minute: int
    rank: int
    in_half: int
    excused: bool = False

    @property
    def half(self) -> HalfDay:
        """Morning or afternoon, by when it begins."""
        return half_of(self.start_minute)

    @property
    def minutes(self) -> int:
        """Length."""
        return self.end_minute - self.start_minute


@dataclass(frozen=True, slots=True)
class Judged:
    """A missed session with the reason that speaks of it, the one given last when there are several."""

    missed: Missed
    given: Given | None

    @property
    def standing(self) -> Standing:
        """A reason decides; without one the roll call's own « excusé » does."""
        if self.given is not None:
            return self.given.standing
        return Standing.LEGITIMATE if self.missed.excused else Standing.NONE


def judge(missed: Iterable[Missed], reasons: Sequence[Given]) -> list[Judged]:
    """Each missed session of one pupil with its reason, in order of time. `reasons` in the order they were given."""
    found = []
    for one in sorted(missed, key=lambda each: (each.on_date, each.start_minute)):
        told = [r for r in reasons if r.span.meets(one.on_date, one.start_minute, one.end_minute)]
        found.append(Judged(one, told[-1] if told else None))
    return found


def _worst(sessions: Iterable[Judged]) -> Standing:
    return min((one.standing for one in sessions), key=WORST.index)


@dataclass(frozen=True, slots=True)
class Absence:
    """A run of missed sessions with no attended one between them. It stands as its worst session does."""

    sessions: tuple[Judged, ...]

    @property
    def first(self) -> Missed:
        """The session it begins with."""
        return self.sessions[0].missed

    @property
    def last(self) -> Missed:
        """The session it ends with, as far as rolls were called."""
        return self.sessions[-1].missed

    @property
    def standing(self) -> Standing:
        """The worst of its sessions."""
        return _worst(self.sessions)

    @property
    def minutes(self) -> int:
        """Minutes of school missed."""
        return sum(one.missed.minutes for one in self.sessions)

    @property
    def given(self) -> Given | None:
        """The reason of its last explained session."""
        return next((one.given for one in reversed(self.sessions) if one.given), None)

    @property
    def session_ids(self) -> tuple[int, ...]:
        """All of them."""
        return tuple(one.missed.session_id for one in self.sessions)


def absences_of(sessions: Sequence[Judged]) -> list[Absence]:
    """The absences of one pupil: runs of neighbouring missed sessions. What is no absence by its code parts a run."""
    counted = [one for one in sessions if one.standing.counts]
    runs = groupby(enumerate(counted), key=lambda pair: pair[1].missed.rank - pair[0])
    return [Absence(tuple(one for _, one in run)) for _, run in runs]


@dataclass(frozen=True, slots=True)
class MissedHalf:
    """A half-day that counts as missed, and how it stands: as the worst of its missed sessions."""

    on_date: date
    half: HalfDay
    standing: Standing
    codes: tuple[str, ...]

    @property
    def words(self) -> str:
        """« 24/11/2026, matin »."""
        return f"{self.on_date:%d/%m/%Y}, {self.half.label.lower()}"


def half_days(sessions: Sequence[Judged], *, whole: bool) -> list[MissedHalf]:
    """The half-days of one pupil that count as missed. Being late or leaving early never makes one.

    `whole`: only when every called session of the half-day was missed; otherwise one is enough, which is the default:
    the law speaks of half-days without saying how much of one, a count that is too high costs the office a look before
    a letter that a person issues, one that is too low lets a pupil drop out unseen.
    """
    found = []
    by_half = groupby(sessions, key=lambda one: (one.missed.on_date, one.missed.half))
    for (day, half), group in by_half:
        missed = list(group)
        counted = [one for one in missed if one.standing.counts]
        # What the code takes out of the absences takes its session out of the half-day too.
        called = missed[0].missed.in_half - (len(missed) - len(counted))
        if counted and (not whole or len(counted) >= called):
            codes = dict.fromkeys(one.given.code for one in counted if one.given)
            found.append(MissedHalf(day, half, _worst(counted), tuple(codes)))
    return found


@dataclass(frozen=True, slots=True)
class Tally:
    """Half-days of a stretch of time, by how they stand. Minutes late and left early are counted apart from them."""

    legitimate: int = 0
    pending: int = 0
    without: int = 0

    @property
    def total(self) -> int:
        """All half-days missed."""
        return self.legitimate + self.pending + self.without

    @property
    def flagged(self) -> bool:
        """Four half-days without legitimate reason: when the stretch is a calendar month, R131-7 applies."""
        return self.without >= THRESHOLD


def tally(halves: Iterable[MissedHalf]) -> Tally:
    """Count half-days. One whose reason is still to be decided counts for neither side."""
    standings = [one.standing for one in halves]
    return Tally(
        standings.count(Standing.LEGITIMATE), standings.count(Standing.PENDING), sum(one.against for one in standings)
    )


def by_month(halves: Iterable[MissedHalf]) -> dict[date, Tally]:
    """The tally of each calendar month, by its first day."""
    months: dict[date, list[MissedHalf]] = {}
    for one in halves:
        months.setdefault(one.on_date.replace(day=1), []).append(one)
    return {month: tally(found) for month, found in sorted(months.items())}
