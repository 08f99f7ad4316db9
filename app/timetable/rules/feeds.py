"""A person's sessions as a calendar program reads them (iCalendar, RFC 5545)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from icalendar import Calendar, Event

from app.core.clock import PARIS, instant, local

PRODUCT = "-//Compagnon//Emploi du temps//FR"
_MOVED = re.compile(r"Déplacée au (\d\d)/(\d\d)/(\d{4}) à (\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One session for one reader. `lines`: what the reader may know beside title and room."""

    session_id: int
    version: int
    on_date: date
    start_minute: int
    end_minute: int
    title: str
    room: str | None
    lines: tuple[str, ...] = ()
    cancelled: bool = False
    group: str = ""
    moved_to: tuple[date, int] | None = None


def moved_reason(on_date: date, start_minute: int) -> str:
    """Why a session is cancelled that takes place elsewhere: « Déplacée au 30/11/2026 à 10:00 »."""
    return f"Déplacée au {on_date:%d/%m/%Y} à {start_minute // 60:02d}:{start_minute % 60:02d}"


def moved_to(reason: str | None) -> tuple[date, int] | None:
    """Where such a session takes place instead; None for any other reason."""
    found = _MOVED.fullmatch(reason or "")
    if found is None:
        return None
    day, month, year, hour, minute = (int(part) for part in found.groups())
    return date(year, month, day), 60 * hour + minute


def follow_moves(events: Sequence[FeedEvent]) -> list[FeedEvent]:
    """A session that was moved is one event that moved, not one that ended and one that began.

    It bears the number of the first of its places, and as sequence all their versions together, so that each move
    raises it. Places whose ways cross (two sessions moved to one place, one after the other) stay events of their own.
    """
    there = {(one.group, one.on_date, one.start_minute): one for one in events}
    ways = {
        one.session_id: target.session_id for one in events
        if one.moved_to and (target := there.get((one.group, *one.moved_to))) and target.session_id != one.session_id
    }  # fmt: skip
    chains: dict[int, list[FeedEvent]] = {}
    for one in events:
        chains.setdefault(_last(one.session_id, ways), []).append(one)
    found = [one for last, chain in chains.items() for one in _as_one(last, chain, ways)]
    return sorted(found, key=lambda one: (one.on_date, one.start_minute, one.session_id))


def _last(number: int, ways: dict[int, int]) -> int:
    seen = {number}
    while (following := ways.get(number)) is not None and following not in seen:
        number = following
        seen.add(number)
    return number


def _as_one(last: int, chain: list[FeedEvent], ways: dict[int, int]) -> list[FeedEvent]:
    targets = [ways[one.session_id] for one in chain if one.session_id in ways]
    if last in ways or len(targets) != len(set(targets)):
        return chain
    end = next(one for one in chain if one.session_id == last)
    first, versions = min(one.session_id for one in chain), sum(one.version for one in chain)
    return [replace(end, session_id=first, version=versions)]


def calendar_text(name: str, events: Sequence[FeedEvent], *, host: str, stamp: datetime) -> bytes:
    """The calendar as a file. A session keeps its UID, moved or cancelled, with a higher sequence each time.

    Times are local with the zone's own rules beside them, so that both changes of clock come out right.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(PARIS))
    for one in follow_moves(events):
        calendar.add_component(_event(one, host, stamp))
    if events:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(one: FeedEvent, host: str, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"seance-{one.session_id}@{host}")
    event.add("dtstamp", stamp)
    event.add("sequence", one.version)
    event.add("dtstart", local(instant(one.on_date, one.start_minute)))
    event.add("dtend", local(instant(one.on_date, one.end_minute)))
    event.add("summary", f"Annulé : {one.title}" if one.cancelled else one.title)
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    if one.room:
        event.add("location", one.room)
    if one.lines:
        event.add("description", "\n".join(one.lines))
    return event
