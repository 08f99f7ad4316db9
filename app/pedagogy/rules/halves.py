"""Half-days: the unit of absences and of the workshop's work."""

from enum import StrEnum

MORNING_ENDS, DAY_ENDS = 12 * 60 + 30, 24 * 60


class HalfDay(StrEnum):
    """Half a day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"

    @property
    def label(self) -> str:
        """« Matin », « Après-midi »."""
        return HALF_LABELS[self]

    @property
    def at(self) -> str:
        """« au matin », « à l’après-midi »."""
        return HALF_WHEN[self]


HALF_WHEN = {HalfDay.MORNING: "au matin", HalfDay.AFTERNOON: "à l’après-midi"}
HALF_LABELS = {HalfDay.MORNING: "Matin", HalfDay.AFTERNOON: "Après-midi"}


def half_of(minute: int) -> HalfDay:
    """The half-day that a session belongs to which begins at that local minute."""
    return HalfDay.MORNING if minute < MORNING_ENDS else HalfDay.AFTERNOON
