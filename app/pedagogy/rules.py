"""Rules of school life: kinds of sessions, statuses of a roll call, attended minutes, the practice share."""

from enum import StrEnum


class SessionKind(StrEnum):
    """Two thirds of the time is practice in the workshop, one third theory in class."""

    PRACTICE = "practice"
    THEORY = "theory"


class SessionState(StrEnum):
    """A session stays planned until it is cancelled; « held » is derived from its roll call."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """What a roll call says of a pupil."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"


KIND_LABELS = {SessionKind.PRACTICE: "Atelier", SessionKind.THEORY: "Cours"}
ATTENDANCE_LABELS = {
    Attendance.PRESENT: "Présent",
    Attendance.LATE: "Retard",
    Attendance.ABSENT: "Absent",
    Attendance.EXCUSED: "Excusé",
}


def attended_minutes(status: Attendance, length: int, minutes_late: int = 0) -> int:
    """Minutes of a session a pupil attended: all when present, less the delay when late, none otherwise."""
    if status == Attendance.PRESENT:
        return length
    if status == Attendance.LATE:
        return max(0, length - minutes_late)
    return 0
