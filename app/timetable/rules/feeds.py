"""A person's sessions as a calendar program reads them (iCalendar, RFC 5545)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from icalendar import Calendar, Event

from app.core.clock import PARIS, instant, local

PRODUCT = "-//Compagnon//Emploi du temps//FR"


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


def calendar_text(name: str, events: Sequence[FeedEvent], *, host: str, stamp: datetime) -> bytes:
    """The calendar as a file. A session keeps its UID whatever becomes of it; a cancelled one says so.

    Times are local with the zone's own rules beside them, so that both changes of clock come out right.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(PARIS))
    for one in events:
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
