"""Where the three sources of hours do not agree: timetable, roll call, tickets. Pure; times are minutes of the day.

A roll call without a session of the timetable cannot be: every statement names its session.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

TOLERANCE = 5  # minutes: clocks at the bench and the bell are not the same


class Gap(StrEnum):
    """What does not agree."""

    NO_CALL = "no_call"
    NO_TICKET = "no_ticket"
    OUTSIDE = "outside"
    ABSENT = "absent"
    MORE = "more"


GAP_LABELS = {
    Gap.NO_CALL: "Séance sans appel",
    Gap.NO_TICKET: "Atelier suivi sans temps sur un bon",
    Gap.OUTSIDE: "Temps sur un bon hors d’une séance d’atelier",
    Gap.ABSENT: "Temps sur un bon pendant une absence",
    Gap.MORE: "Plus de temps sur les bons que de temps suivi",
}
ACTION_LABELS = {
    Gap.NO_CALL: "Faire l’appel", Gap.NO_TICKET: "Voir la séance", Gap.OUTSIDE: "Voir les pointages du jour",
    Gap.ABSENT: "Corriger l’appel", Gap.MORE: "Voir les pointages du jour",
}  # fmt: skip

Span = tuple[int, int]


class Attended(NamedTuple):
    """A practice session of a pupil's day: when, and the minutes attended; None when nobody called."""

    session_id: int
    start: int
    end: int
    minutes: int | None


class Found(NamedTuple):
    """One gap of a pupil's day: the session it is about (0: the day as a whole) and the minutes that are at odds."""

    gap: Gap
    session_id: int
    minutes: int


def gaps_of_day(sessions: Iterable[Attended], worked: Sequence[Span]) -> list[Found]:
    """The gaps of one pupil on one day, from the practice sessions and the spans worked on tickets (each minute once).

    Time in a session whose roll nobody called is no gap of its own: the missing call is, and it is told once for all.
    """
    found: list[Found] = []
    covered = attended = in_called = 0
    for one in sessions:
        inside = _inside(worked, one.start, one.end) if worked else 0
        covered += inside
        if one.minutes:
            attended, in_called = attended + one.minutes, in_called + inside
            if not inside:
                found.append(Found(Gap.NO_TICKET, one.session_id, one.minutes))
        elif one.minutes == 0 and inside > TOLERANCE:
            found.append(Found(Gap.ABSENT, one.session_id, inside))
    outside = sum(end - start for start, end in worked) - covered
    if outside > TOLERANCE:
        found.append(Found(Gap.OUTSIDE, 0, outside))
    if in_called - attended > TOLERANCE:
        found.append(Found(Gap.MORE, 0, in_called - attended))
    return found


def _inside(spans: Iterable[Span], first: int, last: int) -> int:
    """Minutes of the spans, which do not overlap, within a window."""
    return sum(max(0, min(end, last) - max(start, first)) for start, end in spans)
