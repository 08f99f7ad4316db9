"""The dated timetable: the 24 h + 11 h week, the yearly open day, and always something today."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from app.demo.calendar import days_between, is_school_day, open_day, school_year_of
from app.demo.frame import Frame, Row
from app.demo.lessons import CONTENT, PRACTICE
from app.demo.people import TEACHERS, group_code, staff_code

SUBSTITUTION = 0.04  # share of a master's sessions that the third master takes over
UNLOGGED = 0.03  # share of past lessons whose theory log stayed empty


@dataclass(frozen=True, slots=True)
class Slot:
    """A session of the weekly template: class level, minutes after midnight, subject, who, where."""

    level: int
    start: int
    end: int
    subject: str
    staff: tuple[str, int]
    room: str


@dataclass(frozen=True, slots=True)
class Session:
    """A dated session."""

    day: date
    start: int
    end: int
    group: str
    section: int
    subject: str
    staff: str
    room: str
    content: str = ""

    @property
    def practice(self) -> bool:
        """Workshop, not class."""
        return self.subject == PRACTICE

    def row(self) -> Row:
        """A line of the file `seances`."""
        return {
            "date": self.day.isoformat(), "debut": clock(self.start), "fin": clock(self.end), "groupe": self.group,
            "type": "pratique" if self.practice else "theorie", "matiere": self.subject, "intervenant": self.staff,
            "salle": self.room, "contenu": self.content,
        }  # fmt: skip


_TEACHERS = {"FR": 1, "HG": 1, "MATH": 2, "PC": 2, "ANG": 3, "PSE": 4, "EPS": 4}
_ROOMS = {"EPS": "Gymnase"}


def clock(minute: int) -> str:
    """« 08:00 »."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _workshop(level: int, start: int, end: int, master: int) -> Slot:
    return Slot(level, start * 60, end * 60, PRACTICE, ("M", master), "Atelier")


def _lesson(level: int, start: float, end: float, subject: str) -> Slot:
    room = _ROOMS.get(subject, f"Salle {level}")
    return Slot(level, int(start * 60), int(end * 60), subject, ("F", _TEACHERS[subject]), room)


# Monday to Friday. 24 h of workshop and 11 h of general subjects for each class; one class is always at the machines.
WEEK = (
    (_lesson(1, 8, 10, "FR"), _lesson(1, 10, 12, "MATH"), _workshop(1, 13, 17, 1), _workshop(2, 8, 12, 2),
     _workshop(2, 13, 17, 2)),
    (_lesson(1, 8, 9.5, "HG"), _lesson(1, 9.5, 11, "ANG"), _lesson(1, 11, 12, "PC"), _workshop(1, 13, 17, 1),
     _workshop(2, 8, 12, 2), _workshop(2, 13, 17, 2)),
    (_workshop(1, 8, 12, 1), _lesson(1, 13, 14, "PSE"), _lesson(1, 14, 16, "EPS"), _lesson(2, 8, 10, "FR"),
     _lesson(2, 10, 12, "MATH"), _workshop(2, 13, 17, 3)),
    (_workshop(1, 8, 12, 1), _workshop(1, 13, 17, 3), _lesson(2, 8, 9.5, "ANG"), _lesson(2, 9.5, 11, "HG"),
     _lesson(2, 11, 12, "PC")),
    (_workshop(1, 8, 12, 1), _lesson(2, 8, 10, "EPS"), _lesson(2, 10, 11, "PSE"), _workshop(2, 13, 17, 3)),
)  # fmt: skip
# The open day, and what is taught on a day when the school would be closed: it is caught up in both classes.
EXTRA_DAY = (
    _workshop(1, 8, 12, 1), _lesson(1, 13, 14.5, "ANG"), _lesson(1, 14.5, 16, "HG"),
    _lesson(2, 8, 10, "FR"), _lesson(2, 10, 12, "MATH"), _workshop(2, 13, 16, 2),
)  # fmt: skip


class Timetable:
    """Every session from the first September to two weeks ahead, in order of time."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._rng = frame.rng("timetable")
        self._lessons: dict[tuple[str, str], int] = {}
        self.sessions = self._leave_last_lessons_open(
            session
            for day in days_between(date(frame.first_year, 9, 1), frame.horizon)
            for session in self._sessions_of(day)
        )

    @cached_property
    def past(self) -> list[Session]:
        """Sessions of the days before today."""
        return [session for session in self.sessions if session.day < self.frame.today]

    @cached_property
    def of_today(self) -> list[Session]:
        """Today's sessions."""
        return [session for session in self.sessions if session.day == self.frame.today]

    @cached_property
    def past_days(self) -> list[date]:
        """The days before today with a timetable."""
        return sorted({session.day for session in self.past})

    def rows(self) -> list[Row]:
        """The file `seances`."""
        return [session.row() for session in self.sessions]

    def _leave_last_lessons_open(self, sessions: Iterable[Session]) -> list[Session]:
        """Each teacher still has to write down the latest lesson."""
        found = list(sessions)
        seen = set()
        for place in range(len(found) - 1, -1, -1):
            session = found[place]
            if session.day < self.frame.today and not session.practice and session.staff not in seen:
                seen.add(session.staff)
                found[place] = replace(session, content="")
            if len(seen) == TEACHERS * self.frame.scale:
                break
        return found

    def _slots(self, day: date) -> tuple[Slot, ...]:
        if is_school_day(day):
            return WEEK[day.weekday()]
        opened = day == self.frame.today or day == open_day(school_year_of(day))
        return tuple(replace(slot, room=f"{slot.room} (portes ouvertes)") for slot in EXTRA_DAY) if opened else ()

    def _sessions_of(self, day: date) -> Iterator[Session]:
        year = school_year_of(day)
        for section in range(self.frame.scale):
            for slot in sorted(self._slots(day), key=lambda s: (s.start, s.level)):
                group = group_code(self.frame, slot.level, year, section)
                staff = staff_code(*self._who(slot), section)
                content = self._content(day, group, slot.subject)
                yield Session(day, slot.start, slot.end, group, section, slot.subject, staff, slot.room, content)

    def _who(self, slot: Slot) -> tuple[str, int]:
        """The third master, who has no class in the morning, sometimes stands in for the first."""
        if slot.staff == ("M", 1) and slot.start < 12 * 60 and self._rng.random() < SUBSTITUTION:
            return ("M", 3)
        return slot.staff

    def _content(self, day: date, group: str, subject: str) -> str:
        """What was done, for past lessons only; the workshop writes down one session in six."""
        number = self._lessons[group, subject] = self._lessons.get((group, subject), -1) + 1
        chance = self._rng.random()
        if day >= self.frame.today or chance < UNLOGGED or (subject == PRACTICE and number % 6):
            return ""
        texts = CONTENT[subject]
        return texts[number // (6 if subject == PRACTICE else 1) % len(texts)]
