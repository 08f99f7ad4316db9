"""Why a pupil is not there: the codes of the register, and the stretch of time a reason speaks of."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Counts(StrEnum):
    """What a code makes of missed time: an absence, something apart from it, or no absence at all."""

    ABSENCE = "absence"
    APART = "apart"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """A code of the register. `legitimate`: None is to be decided by the direction. `health`: only the code is kept."""

    code: str
    label: str
    counts: Counts
    legitimate: bool | None
    source: str
    health: bool = False


TO_DECIDE = "AUT"
_A, _N = Counts.ABSENCE, Counts.NOTHING
# Code de l'éducation, L131-8 (the five legitimate reasons), R131-5 (others are judged), R131-7 (none).
REASON_CODES = {
    one.code: one
    for one in (
        ReasonCode("MAL", "Maladie de l’élève", _A, True, "L131-8", health=True),
        ReasonCode("MCF", "Maladie contagieuse dans la famille", _A, True, "L131-8", health=True),
        ReasonCode("RSF", "Réunion solennelle de famille", _A, True, "L131-8"),
        ReasonCode("TRA", "Difficulté accidentelle de transport", _A, True, "L131-8"),
        ReasonCode("RES", "Absence temporaire des responsables, que l’élève suit", _A, True, "L131-8"),
        ReasonCode(TO_DECIDE, "Autre motif, à apprécier", _A, None, "L131-8 ; R131-5"),
        ReasonCode("INJ", "Sans motif, ou motif refusé", _A, False, "R131-7"),
        ReasonCode("EXC", "Exclusion temporaire", Counts.APART, None, "règlement intérieur"),
        ReasonCode("STG", "Stage en entreprise", _N, None, "convention"),
        ReasonCode("EXA", "Examen", _N, None, "convocation"),
        ReasonCode("VIS", "Visite médicale ou infirmerie", _N, None, "registre", health=True),
        ReasonCode("ENT", "Visite ou entretien en entreprise", _N, None, "registre"),
    )
}


class Channel(StrEnum):
    """How somebody told, or was told."""

    PHONE = "phone"
    MAIL = "mail"
    PAPER = "paper"
    IN_PERSON = "in_person"

    @property
    def label(self) -> str:
        """The French word of screens."""
        return CHANNEL_LABELS[self]


CHANNEL_LABELS = {
    Channel.PHONE: "Téléphone", Channel.MAIL: "E-mail", Channel.PAPER: "Papier", Channel.IN_PERSON: "De vive voix",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time from a local minute of a day to a minute of another, the last one not included."""

    starts_on: date
    start_minute: int
    ends_on: date
    end_minute: int

    def meets(self, day: date, start_minute: int, end_minute: int) -> bool:
        """Whether a session shares a minute with it: a roll call speaks of whole sessions, so a part explains it."""
        begins = (self.starts_on, self.start_minute) < (day, end_minute)
        return begins and (day, start_minute) < (self.ends_on, self.end_minute)
