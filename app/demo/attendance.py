"""Roll calls: done for every past session but three, and for the first workshop session of each class today."""

from dataclasses import dataclass
from datetime import date

from app.demo.frame import Frame, Row
from app.demo.people import Pupil, Roster
from app.demo.timetable import Session, Timetable, clock

AFTERNOON = 12 * 60
ABSENT_TODAY, LATE_TODAY = 10, 6  # places in the class
SPELL = (1, 1, 2, 2, 3, 5)  # days an illness lasts


@dataclass(frozen=True, slots=True)
class Call:
    """What the roll call says of a pupil."""

    pupil: Pupil
    status: str
    late: int = 0


class Register:
    """All roll calls. `calls` has an entry for each session that was called."""

    def __init__(self, frame: Frame, roster: Roster, timetable: Timetable) -> None:
        self.frame, self.roster, self.timetable = frame, roster, timetable
        self._rng = frame.rng("attendance")
        self._away: dict[str, tuple[date, str]] = {}
        self._half_day: dict[tuple[str, date, bool], str] = {}
        self.calls: dict[Session, list[Call]] = {}
        forgotten = self._forgotten()
        for session in timetable.past:
            if session not in forgotten:
                self.calls[session] = self._call(session)
        for session in self._called_today():
            self.calls[session] = _with_a_gap(self._call(session))

    def present(self, session: Session) -> list[Call]:
        """Who was there, late or not."""
        return [call for call in self.calls.get(session, ()) if call.status in {"present", "retard"}]

    def rows(self) -> list[Row]:
        """The file `presences`."""
        return [row for session, calls in self.calls.items() for row in self._session_rows(session, calls)]

    def _session_rows(self, session: Session, calls: list[Call]) -> list[Row]:
        day, start = session.day.isoformat(), clock(session.start)
        return [
            {
                "date": day, "debut": start, "groupe": session.group, "eleve": call.pupil.code, "statut": call.status,
                "minutes_retard": str(call.late) if call.late else "",
            }
            for call in calls
        ]  # fmt: skip

    def _forgotten(self) -> set[Session]:
        """Two lessons and one workshop session of the last weeks whose roll nobody called.

        One of the lessons is the latest of the teacher who teaches first today.
        """
        recent = self.timetable.past[-90 * self.frame.scale :]
        teacher = next(session.staff for session in self.timetable.of_today if not session.practice)
        own = [s for s in recent if s.staff == teacher]
        others = [s for s in recent if not s.practice and s.staff != teacher]
        workshop = [s for s in recent if s.practice]
        return {pile[-n] for pile, n in ((own, 1), (others, 9), (workshop, 7)) if len(pile) >= n}

    def _called_today(self) -> list[Session]:
        first: dict[str, Session] = {}
        for session in self.timetable.of_today:
            if session.practice:
                first.setdefault(session.group, session)
        return list(first.values())

    def _call(self, session: Session) -> list[Call]:
        return [self._judge(pupil, session) for pupil in self.roster.members(session.group, session.day)]

    def _judge(self, pupil: Pupil, session: Session) -> Call:
        half = (pupil.code, session.day, session.start >= AFTERNOON)
        known = self._half_day.get(half)
        if known is None:
            known = self._half_day[half] = self._half_day_status(pupil, session)
            if known == "present" and self._rng.random() < pupil.lateness:
                return Call(pupil, "retard", self._rng.choice((5, 5, 8, 10, 10, 12, 15, 20, 25, 35)))
        return Call(pupil, known)

    def _half_day_status(self, pupil: Pupil, session: Session) -> str:
        until, status = self._away.get(pupil.code, (date.min, ""))
        if session.day <= until:
            return status
        if self._rng.random() < pupil.absence:
            return self._falls_ill(pupil, session)
        return "absent" if self._rng.random() < pupil.absence / 2 else "present"

    def _falls_ill(self, pupil: Pupil, session: Session) -> str:
        status = "excuse" if self._rng.random() < 0.75 else "absent"
        days = self._rng.choice(SPELL)
        self._away[pupil.code] = (date.fromordinal(session.day.toordinal() + days - 1), status)
        return status


def _with_a_gap(calls: list[Call]) -> list[Call]:
    """Today somebody is missing and somebody comes late in every class, so that the masters have to rearrange."""
    return [
        Call(call.pupil, "absent")
        if call.pupil.place == ABSENT_TODAY
        else Call(call.pupil, "retard", 10)
        if call.pupil.place == LATE_TODAY
        else call
        for call in calls
    ]
