"""What is on record about pupils and work centres over some days: read once, judged as often as asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from app.machines import rules
from app.machines.rules import Facts, Machine, Request, Settings, Verdict, Young
from app.pedagogy.rules import public_holidays

Minutes = tuple[int, int]  # from, to (not included), by the school's clock
Exposures = Mapping[tuple[int, date], tuple[rules.Exposure, ...]]


class Stay(NamedTuple):
    """A pupil in a class, both days included."""

    starts_on: date
    ends_on: date | None
    group_id: int
    diploma: str


class Lesson(NamedTuple):
    """A session of a class: local minutes, practice or theory, and who leads it."""

    start: int
    end: int
    practice: bool
    staff_id: int
    name: str


class Away(NamedTuple):
    """Days a member of staff is absent, and who stands in."""

    starts_on: date
    ends_on: date
    substitute_id: int | None
    substitute: str


class Held(NamedTuple):
    """A quality of a member of staff, and when it holds."""

    quality: str
    starts_on: date
    ends_on: date | None


@dataclass(slots=True)
class OfPupil:
    """The facts about one pupil; those about a work centre by its id."""

    born_on: date
    entered_on: date
    stays: list[Stay] = field(default_factory=list)
    weights: list[tuple[date, Any]] = field(default_factory=list)
    opinions: list[rules.Opinion] = field(default_factory=list)
    handling: list[rules.Paper] = field(default_factory=list)
    driving_trainings: list[rules.Paper] = field(default_factory=list)
    driving_attestations: list[rules.Paper] = field(default_factory=list)
    electrical: list[rules.Paper] = field(default_factory=list)
    trainings: dict[int, list[rules.Training]] = field(default_factory=dict)
    permits: dict[int, list[rules.Permit]] = field(default_factory=dict)
    driving_permits: dict[int, list[rules.Paper]] = field(default_factory=dict)

    def stay(self, day: date) -> Stay | None:
        """The class on a day."""
        return next((s for s in self.stays if s.starts_on <= day and (s.ends_on is None or day <= s.ends_on)), None)

    def weight(self, day: date) -> Any:
        """The last weight noted up to a day."""
        return max(((on, kilos) for on, kilos in self.weights if on <= day), default=(day, None))[1]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate said, and on what it said it."""

    pupil_id: int
    center_id: int
    request: Request
    facts: Facts
    settings: Settings
    verdict: Verdict


class Day(NamedTuple):
    """A class on a day: who leads it, its hours that week, the public holiday if it is one, the school's settings."""

    supervisions: tuple[rules.Supervision, ...]
    hours: tuple[rules.Hours, ...]
    holiday: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Known:
    """All that is on record about some pupils and some work centres, for the days it was asked for.

    `between`: the work is for sessions that begin in these minutes; only who leads those counts as supervisor.
    """

    pupils: Mapping[int, OfPupil]
    machines: Mapping[int, Machine]
    declarations: tuple[rules.Declaration, ...]
    lessons: Mapping[tuple[int, date], Sequence[Lesson]]
    absences: Mapping[int, Sequence[Away]]
    qualities: Mapping[int, Sequence[Held]]
    settings: Sequence[tuple[date, rules.Check, bool]]
    exposures: Exposures = field(default_factory=dict)
    between: Minutes | None = None
    days: dict[tuple[int | None, date], Day] = field(default_factory=dict)

    def ask(
        self, pupil_id: int, center_id: int, day: date, *, minute: int | None = None, planned: int = 0,
        ppe: tuple[str, ...] | None = None, ppe_confirmed: bool = False,
    ) -> Answer:  # fmt: skip
        """May this pupil work on this machine that day? `minute` when they are about to start, `planned` minutes.

        `ppe` adds what the operation asks for to what the work centre does.
        """
        pupil, machine = self.pupils[pupil_id], self.machines[center_id]
        if ppe:
            machine = _with_ppe(machine, ppe)
        stay = pupil.stay(day)
        young = Young(pupil.born_on, stay.diploma if stay else "", pupil.weight(day))
        request = Request(day, young, machine, minute, planned, ppe_confirmed)
        of_day = self._day(stay, day)
        facts = self._facts(pupil, center_id, of_day, self.exposures.get((pupil_id, day), ()))
        verdict = rules.verdict(request, facts, of_day.settings)
        return Answer(pupil_id, center_id, request, facts, of_day.settings, verdict)

    def every(self, days: Iterable[date]) -> Iterator[Answer]:
        """The answer for each pupil on each machine on each of these days, for the plan: no statement more."""
        for day in days:
            for pupil_id in self.pupils:
                for center_id in self.machines:
                    yield self.ask(pupil_id, center_id, day)

    def exposed(self, exposures: Exposures) -> "Known":
        """The same, with the minutes that pupils have spent on vibrating tools."""
        return replace(self, exposures=exposures)

    def during(self, between: Minutes | None) -> "Known":
        """The same for work of a half-day."""
        return replace(self, between=between, days={})

    def works_on(self, pupil_id: int, day: date) -> bool:
        """Whether the pupil's class has practice that day."""
        stay = self.pupils[pupil_id].stay(day)
        return stay is not None and any(lesson.practice for lesson in self.lessons.get((stay.group_id, day), ()))

    def _facts(
        self, pupil: OfPupil, center_id: int, of_day: Day, exposures: tuple[rules.Exposure, ...]
    ) -> Facts:  # fmt: skip
        return Facts(
            self.declarations,
            tuple(pupil.trainings.get(center_id, ())),
            tuple(pupil.opinions),
            of_day.supervisions,
            tuple(pupil.permits.get(center_id, ())),
            tuple(pupil.driving_trainings),
            tuple(pupil.driving_permits.get(center_id, ())),
            tuple(pupil.driving_attestations),
            tuple(pupil.electrical),
            tuple(pupil.handling),
            of_day.hours,
            of_day.holiday,
            exposures,
        )

    def _day(self, stay: Stay | None, day: date) -> Day:
        """What is the same for everybody of a class on a day; worked out once."""
        key = (stay.group_id if stay else None, day)
        if key not in self.days:
            self.days[key] = Day(
                self._supervisions(stay, day), self._hours(stay, day), _holidays(day.year).get(day, ""),
                self._settings(day),
            )  # fmt: skip
        return self.days[key]

    def _settings(self, day: date) -> Settings:
        """The school's decisions in force that day, the latest of each check."""
        found = {check: blocks for starts_on, check, blocks in self.settings if starts_on <= day}
        return Settings(tuple(check for check, blocks in found.items() if blocks))

    def _hours(self, stay: Stay | None, day: date) -> tuple[rules.Hours, ...]:
        """The class's sessions of the week, and of the day before it begins."""
        if stay is None:
            return ()
        first = min(day - timedelta(days=day.weekday()), day - timedelta(days=1))
        last = day + timedelta(days=6 - day.weekday())
        return tuple(
            rules.Hours(on, lesson.start, lesson.end)
            for on in (first + timedelta(days=step) for step in range((last - first).days + 1))
            for lesson in self.lessons.get((stay.group_id, on), ())
        )

    def _supervisions(self, stay: Stay | None, day: date) -> tuple[rules.Supervision, ...]:
        """Who leads the class in the workshop that day; of somebody absent, also who stands in."""
        if stay is None:
            return ()
        found = []
        for lesson in self.lessons.get((stay.group_id, day), ()):
            if lesson.practice and self._is_then(lesson):
                away = self._away(lesson.staff_id, day)
                found.append(self._supervision(lesson, lesson.staff_id, lesson.name, day, absent=away is not None))
                if away and away.substitute_id:
                    stands_in = self._away(away.substitute_id, day) is None
                    found.append(
                        self._supervision(lesson, away.substitute_id, away.substitute, day, absent=not stands_in)
                    )
        return tuple(found)

    def _is_then(self, lesson: Lesson) -> bool:
        return self.between is None or self.between[0] <= lesson.start < self.between[1]

    def _supervision(self, lesson: Lesson, staff_id: int, name: str, day: date, *, absent: bool) -> rules.Supervision:
        qualities = tuple(
            held.quality for held in self.qualities.get(staff_id, ())
            if held.starts_on <= day and (held.ends_on is None or day <= held.ends_on)
        )  # fmt: skip
        return rules.Supervision(name, lesson.start, lesson.end, absent, qualities)

    def _away(self, staff_id: int, day: date) -> Away | None:
        return next((a for a in self.absences.get(staff_id, ()) if a.starts_on <= day <= a.ends_on), None)


@cache
def _holidays(year: int) -> dict[date, str]:
    return public_holidays(year)


@cache
def _with_ppe(machine: Machine, ppe: tuple[str, ...]) -> Machine:
    return replace(machine, ppe=tuple(dict.fromkeys((*machine.ppe, *ppe))))
