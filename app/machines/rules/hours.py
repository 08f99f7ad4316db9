"""Check 14: working time of minors (L3162-1 and following). For pupils a rule of the house, so a setting."""

from collections.abc import Iterator

from app.core.worktime import hours_of, minutes_of, passed_limits
from app.machines.rules.case import Case
from app.machines.rules.checks import Check
from app.machines.rules.facts import Finding
from app.machines.rules.spans import NBSP, birthday, lasting, said

OLDER = 16


def working_time(case: Case) -> Finding | None:
    """G14: the sessions of the day and its week keep to the limits for those under 18."""
    if not case.minor:
        return None
    broken = next(_broken(case), None)
    if broken is None:
        minutes = minutes_of(hours_of(case.facts.hours, case.day))
        return case.passes(Check.HOURS, f"{lasting(minutes)} prévues ce jour{NBSP}: dans les limites.")
    reason, law = broken
    return case.fails(
        Check.HOURS, reason, "Horaire hors limites", "Ton horaire dépasse la limite. Demande à ton maître.", article=law
    )  # fmt: skip


def _broken(case: Case) -> Iterator[tuple[str, str]]:
    """(sentence, article) of each limit that is passed, in the order of the rules WT1 to WT10."""
    younger = case.day < birthday(case.young.born_on, OLDER)
    for passed in passed_limits(case.facts.hours, case.day, younger=younger):
        yield passed.sentence, passed.article
    if case.facts.holiday and hours_of(case.facts.hours, case.day):
        yield f"Le {said(case.day)} est férié{NBSP}: {case.facts.holiday}.", "L3164-6"
