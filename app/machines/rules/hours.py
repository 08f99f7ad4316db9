"""Check 14: working time of minors (L3162-1 and following). For pupils a rule of the house, so a setting."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from app.machines.rules.case import Case
from app.machines.rules.checks import Check
from app.machines.rules.facts import Finding, Hours
from app.machines.rules.spans import NBSP, birthday, lasting, said

DAY_LIMIT, WEEK_LIMIT, UNBROKEN, BREAK = 480, 2100, 270, 30
MORNING, NIGHT, NIGHT_OF_THE_YOUNGER = 360, 1320, 1200
REST, REST_OF_THE_YOUNGER = 720, 840
MIDNIGHT = 1440
OLDER = 16


def working_time(case: Case) -> Finding | None:
    """G14: the sessions of the day and its week keep to the limits for those under 18."""
    if not case.minor:
        return None
    broken = next(_broken(case), None)
    if broken is None:
        minutes = _minutes(_on(case.facts.hours, case.day))
        return case.passes(Check.HOURS, f"{lasting(minutes)} prévues ce jour{NBSP}: dans les limites.")
    reason, law = broken
    return case.fails(
        Check.HOURS, reason, "Horaire hors limites", "Ton horaire dépasse la limite. Demande à ton maître.", article=law
    )  # fmt: skip


def _broken(case: Case) -> Iterator[tuple[str, str]]:
    """(sentence, article) of each limit that is passed, in the order of the rules WT1 to WT10."""
    today = _on(case.facts.hours, case.day)
    younger = case.day < birthday(case.young.born_on, OLDER)
    yield from _length(case, today)
    yield from _breaks(today)
    yield from _night(today, younger=younger)
    yield from _rest(case, today, younger=younger)
    if case.facts.holiday and today:
        yield f"Le {said(case.day)} est férié{NBSP}: {case.facts.holiday}.", "L3164-6"


def _on(hours: tuple[Hours, ...], day: date) -> list[Hours]:
    return sorted((one for one in hours if one.on == day), key=lambda one: one.start)


def _minutes(hours: list[Hours]) -> int:
    return sum(one.end - one.start for one in hours)


def _length(case: Case, today: list[Hours]) -> Iterator[tuple[str, str]]:
    """WT1, WT2"""
    if (day := _minutes(today)) > DAY_LIMIT:
        yield f"Journée de {lasting(day)}{NBSP}: la limite est {lasting(DAY_LIMIT)}.", "L3162-1"
    monday = case.day - timedelta(days=case.day.weekday())
    sunday = monday + timedelta(days=6)
    week = _minutes([one for one in case.facts.hours if monday <= one.on <= sunday])
    if week > WEEK_LIMIT:
        yield f"Semaine de {lasting(week)}{NBSP}: la limite est {lasting(WEEK_LIMIT)}.", "L3162-1"


def _breaks(today: list[Hours]) -> Iterator[tuple[str, str]]:
    """WT3, WT4"""
    longest = run = 0
    for place, one in enumerate(today):
        touches = place > 0 and one.start <= today[place - 1].end
        run = run + one.end - one.start if touches else one.end - one.start
        longest = max(longest, run)
    if longest > UNBROKEN:
        yield f"{lasting(longest)} sans pause{NBSP}: la limite est {lasting(UNBROKEN)}.", "L3162-3"
    pauses = [later.start - earlier.end for earlier, later in pairwise(today)]
    if _minutes(today) > UNBROKEN and max(pauses, default=0) < BREAK:
        yield f"Aucune pause de {lasting(BREAK)} dans la journée.", "L3162-3"


def _night(today: list[Hours], *, younger: bool) -> Iterator[tuple[str, str]]:
    """WT5, WT6"""
    evening = NIGHT_OF_THE_YOUNGER if younger else NIGHT
    if any(one.start < MORNING or one.end > evening for one in today):
        yield f"Travail de nuit{NBSP}: rien avant 6{NBSP}h ni après {lasting(evening)}.", "L3163-2"


def _rest(case: Case, today: list[Hours], *, younger: bool) -> Iterator[tuple[str, str]]:
    """WT7, WT8, WT9"""
    if not today:
        return
    need = REST_OF_THE_YOUNGER if younger else REST
    before = _on(case.facts.hours, case.day - timedelta(days=1))
    if before and today[0].start + MIDNIGHT - max(one.end for one in before) < need:
        yield f"Moins de {lasting(need)} de repos depuis la veille.", "L3164-1"
    monday = case.day - timedelta(days=case.day.weekday())
    busy = {one.on for one in case.facts.hours}
    free = [monday + timedelta(days=step) not in busy for step in range(7)]
    if not any(one and other for one, other in pairwise(free)):
        yield "Pas deux jours de repos de suite dans la semaine.", "L3164-2"
