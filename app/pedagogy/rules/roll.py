"""What a roll call says of a pupil: present, late, gone early, absent; whose word holds, and the minutes attended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar


class Attendance(StrEnum):
    """What a roll call says of a pupil. Who left early was there: present or late, with the minutes missing."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"


ATTENDANCE_LABELS = {
    Attendance.PRESENT: "Présent",
    Attendance.LATE: "Retard",
    Attendance.ABSENT: "Absent",
    Attendance.EXCUSED: "Excusé",
}
HERE = frozenset({Attendance.PRESENT, Attendance.LATE})


def attended_minutes(status: Attendance, length: int, minutes_late: int = 0, minutes_early: int = 0) -> int:
    """Minutes of a session a pupil attended: its length less the delay and what was left early; none when absent."""
    if status not in HERE:
        return 0
    late = minutes_late if status == Attendance.LATE else 0
    return max(0, length - late - minutes_early)


def why_not_state(status: Attendance, minutes_late: int, length: int, minutes_early: int = 0) -> tuple[str, str] | None:
    """A delay is told of a late pupil only, a departure of who was there; both fit into the session.

    The field that is wrong (`minutes_late`, `minutes_early`) and the sentence.
    """
    if minutes_late and status != Attendance.LATE:
        return "minutes_late", "Les minutes ne se notent que pour un retard."
    if minutes_late > length:
        return "minutes_late", f"Ce retard ({minutes_late} min) est plus long que la séance ({length} min)."
    if minutes_early and status not in HERE:
        return "minutes_early", "Un départ ne se note que pour qui était là."
    if minutes_late + minutes_early > length:
        told = f"{minutes_late + minutes_early} min" if minutes_late else f"{minutes_early} min"
        return "minutes_early", f"Avec ce départ, il manque {told} : plus que la séance ({length} min)."
    return None


class Statement(Protocol):
    """One thing said of a pupil in a session. `official`: said by the office, the direction or an import."""

    @property
    def official(self) -> bool: ...


S = TypeVar("S", bound=Statement)


def effective(statements: Sequence[S]) -> S:
    """What holds, of all that was said in order: the latest, but a statement of the office outweighs a teacher's."""
    official = [statement for statement in statements if statement.official]
    return (official or list(statements))[-1]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of one pupil in a session, before it is stored."""

    pupil_id: int
    status: Attendance
    minutes_late: int = 0
    minutes_early: int = 0

    @property
    def facts(self) -> tuple[Attendance, int, int]:
        """What is said, whoever says it of whom."""
        return (self.status, self.minutes_late, self.minutes_early)


def said_label(status: Attendance, minutes_late: int, minutes_early: int = 0) -> str:
    """« Présent », « Retard 17 min », « Présent, parti 20 min avant la fin »."""
    words = ATTENDANCE_LABELS[status]
    if status == Attendance.LATE and minutes_late:
        words = f"{words} {minutes_late} min"
    return f"{words}, parti {minutes_early} min avant la fin" if minutes_early and status in HERE else words


def tally_label(statuses: Iterable[Attendance]) -> str:
    """« 10 présents, 1 retard, 1 absent »: only what there is, those who are there first."""
    listed = list(statuses)
    words = {
        Attendance.PRESENT: "présent", Attendance.LATE: "retard", Attendance.ABSENT: "absent",
        Attendance.EXCUSED: "excusé",
    }  # fmt: skip
    counts = [(listed.count(status), word) for status, word in words.items()]
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count) or "personne"
