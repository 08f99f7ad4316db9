"""What the gate judges by: the request and the facts on record, plain values that can be kept and judged again."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.machines.rules.checks import SETTINGS, SHEETS, Check, Severity
from app.machines.rules.kinds import ClearanceResult


@dataclass(frozen=True, slots=True)
class Young:
    """The pupil on the day of the work. `diploma` is the one their class prepares; empty outside any class."""

    born_on: date
    diploma: str = ""
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """A work centre. `exceeds` holds the threshold articles whose limit may be passed here, says the assessment."""

    code: str
    label: str
    articles: tuple[str, ...] = ()
    assessed_on: date | None = None
    exceeds: tuple[str, ...] = ()
    place: str = ""
    driving_permit: bool = False
    electrical: str = ""
    load_kg: Decimal | None = None
    vibration: Decimal | None = None
    permit: bool = True
    ppe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """May this pupil do this work on this machine that day? `minute` (local) when they are about to start."""

    day: date
    young: Young
    machine: Machine
    minute: int | None = None
    planned_minutes: int = 0
    ppe_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What was added to a declaration later. It counts from its own sending, and prolongs nothing (R4153-42)."""

    sent_on: date
    articles: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    diplomas: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """The school's letter to the labour inspector. No `places` or `qualities`: it names none, and none is asked.

    From `withdrawn_on` on it counts no more.
    """

    code: str
    sent_on: date
    articles: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    diplomas: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """A safety training of the pupil on the machine."""

    on: date
    result: ClearanceResult


@dataclass(frozen=True, slots=True)
class Opinion:
    """A doctor's opinion: its conclusion and the articles it excludes, nothing else."""

    on: date
    fit: bool
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A dated paper of the pupil: driving training, permit or attestation, electrical level, fitness to carry.

    `level` is the symbol of an electrical paper; `until` its last day, open when it has none. `good` is false when it
    says no: failed, unfit, withdrawn.
    """

    on: date
    until: date | None = None
    level: str = ""
    good: bool = True

    def in_force(self, day: date) -> bool:
        """Whether it opens something that day."""
        return self.good and self.on <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Permit:
    """What a master lets the pupil do on the machine from a day on: alone, with him beside, nothing any more."""

    on: date
    level: ClearanceResult
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Supervision:
    """A practice session of the pupil's class on that day (local minutes) and whoever leads it."""

    name: str
    start: int
    end: int
    absent: bool = False
    qualities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """A session, practice or theory, on the day or around it: school time is working time (L3162-2)."""

    on: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """Minutes of the day already spent on a vibrating tool, and how strongly it vibrates (m/s²)."""

    level: Decimal
    minutes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is on record about the pupil, the machine and the school, as far as this request is concerned."""

    declarations: tuple[Declaration, ...] = ()
    trainings: tuple[Training, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    permits: tuple[Permit, ...] = ()
    driving_trainings: tuple[Paper, ...] = ()
    driving_permits: tuple[Paper, ...] = ()
    driving_attestations: tuple[Paper, ...] = ()
    electrical: tuple[Paper, ...] = ()
    handling: tuple[Paper, ...] = ()
    hours: tuple[Hours, ...] = ()
    holiday: str = ""
    exposures: tuple[Exposure, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the school has decided where it may: the checks of its own that block. A new school only warns."""

    blocking: tuple[Check, ...] = ()

    def severity(self, check: Check) -> Severity:
        """How a failure of this check counts."""
        if check in SETTINGS:
            return Severity.BLOCKING if check in self.blocking else Severity.WARNING
        return SHEETS[check].severity


class Finding(NamedTuple):
    """What one check found. `reason` for staff, `short` for a row of the board, `told` for the pupil."""

    check: Check
    ok: bool
    severity: Severity
    article: str
    reason: str
    short: str = ""
    told: str = ""

    @property
    def blocks(self) -> bool:
        """Whether it stops the work."""
        return not self.ok and self.severity == Severity.BLOCKING


@dataclass(frozen=True, slots=True)
class Verdict:
    """The findings of every check that was asked, in order."""

    findings: tuple[Finding, ...]
    supervised: bool = False

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """What stops the work, in order."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is wrong without stopping anything."""
        return tuple(finding for finding in self.findings if not finding.ok and not finding.blocks)

    @property
    def allowed(self) -> bool:
        """Whether nothing stops the work."""
        return not self.refusals

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of what stops the work, in order."""
        return tuple(finding.check.value for finding in self.refusals)

    @property
    def refusal(self) -> Finding | None:
        """The first thing that stops the work."""
        return next((finding for finding in self.findings if finding.blocks), None)

    @property
    def overridable(self) -> bool:
        """Refused by nothing but the school's own rules: a master may pass over it with a reason."""
        refusals = self.refusals
        return bool(refusals) and all(finding.check.is_setting for finding in refusals)

    def finding(self, check: Check) -> Finding | None:
        """What one check found, None when it was not asked."""
        return next((finding for finding in self.findings if finding.check == check), None)
