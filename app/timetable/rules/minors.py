"""Working time of minors around one session: all that each of them does that day and that week, in whatever group.

Those who do the same are one case, so that a class is told once and only who does otherwise is named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.worktime import Limit, Passed, hours_of, lasting, passed_limits
from app.timetable.rules.placed import AwayDay, MemberStay, Objection, Placed

NAMED = 2  # other sessions, and pupils, that a sentence names


@dataclass(frozen=True, slots=True)
class Case:
    """What some minors do around a session, beside it. `pupils`: who they are, nobody for the class as a whole."""

    pupils: tuple[str, ...]
    younger: bool
    hours: Sequence[Placed]
    away: Sequence[AwayDay]


class Whereabouts:
    """In which groups each pupil is, day by day, and what they do outside the timetable."""

    def __init__(self, stays: Sequence[MemberStay], away: Sequence[AwayDay]) -> None:
        self._stays: dict[int, list[MemberStay]] = {}
        self._away = away
        for stay in stays:
            if stay.pupil_id is not None:
                self._stays.setdefault(stay.pupil_id, []).append(stay)

    def groups(self, stay: MemberStay, days: Sequence[date]) -> tuple[frozenset[int], ...]:
        """The groups of somebody on each of these days."""
        known = self._stays.get(stay.pupil_id, [stay]) if stay.pupil_id is not None else [stay]
        return tuple(frozenset(one.group_id for one in known if one.holds(day)) for day in days)

    def away(self, stay: MemberStay, days: Sequence[date]) -> tuple[AwayDay, ...]:
        """What somebody does outside the timetable on these days, alone or with a group of that day."""
        if not self._away:
            return ()
        among = dict(zip(days, self.groups(stay, days), strict=True))
        return tuple(
            one for one in self._away
            if one.day in among and (
                one.group_id in among[one.day] or (one.pupil_id is not None and one.pupil_id == stay.pupil_id)
            )
        )  # fmt: skip


def too_long(plan: Placed, case: Case, *, blocks: bool) -> Iterator[Objection]:
    """Limits that a session makes a case pass; those passed before it are not its doing.

    Together with somebody's own placement or exam of that day it is only told: that pupil may be away from it.
    """
    untimed: dict[date, int] = {}
    for one in case.away:
        untimed[one.day] = untimed.get(one.day, 0) + one.minutes
    known = {one.limit for one in _passed(case.hours, plan, case, untimed)}
    alone = any(one.pupil_id is not None and one.day == plan.on_date for one in case.away)
    for passed in _passed([*case.hours, plan], plan, case, untimed):
        if passed.limit not in known or passed.limit in (Limit.DAY, Limit.WEEK):
            yield Objection(_sentence(plan, case, passed), "start", blocks=blocks and not alone)


def _passed(hours: Sequence[Placed], plan: Placed, case: Case, untimed: Mapping[date, int]) -> Iterator[Passed]:
    return passed_limits(hours, plan.on_date, younger=case.younger, untimed=untimed)


def _sentence(plan: Placed, case: Case, passed: Passed) -> str:
    others = _others(plan, case, passed.limit)
    if not case.pupils:
        return f"{plan.group}, des mineurs : {passed.sentence}{others and f' Avec {others}.'}"
    named = " et ".join(case.pupils[:NAMED])
    more = f" et {len(case.pupils) - NAMED} de plus" if len(case.pupils) > NAMED else ""
    here = f"{plan.subject} avec {plan.group} le {plan.on_date:%d/%m} {plan.span}"
    return f"{named}{more}, moins de 18 ans : {passed.sentence} {here}{others and f', avec {others}'}."


def _others(plan: Placed, case: Case, limit: Limit) -> str:
    """« Français le 30/11 de 08:00 à 10:00 »: what counts together with the session, the nearest first."""
    day = plan.on_date - timedelta(days=1) if limit == Limit.REST else plan.on_date
    wide = limit in (Limit.WEEK, Limit.DAYS_OFF)
    same = [one for one in hours_of(case.hours, day) if isinstance(one, Placed)]
    if wide:
        same = sorted(case.hours, key=lambda one: (one.on != plan.on_date, one.on, one.start))
    if case.pupils:  # what makes it these pupils' case comes first
        same = sorted(same, key=lambda one: one.group_id == plan.group_id)
    counted = (Limit.DAY, Limit.WEEK, Limit.DAYS_OFF)
    away = [one for one in case.away if limit in counted and (wide or one.day == day)]
    words = [f"{one.label} le {one.day:%d/%m} ({lasting(one.minutes)})" for one in away[:1]]
    chosen = same[-NAMED if limit == Limit.REST else None :][: NAMED - len(words)]
    words += [f"{one.subject}{_group(one, plan)} le {one.on_date:%d/%m} {one.span}" for one in chosen]
    return " et ".join(words)


def _group(one: Placed, plan: Placed) -> str:
    return "" if one.group_id == plan.group_id else f" avec {one.group}"
