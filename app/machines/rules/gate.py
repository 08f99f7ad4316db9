"""The gate: may this pupil do this work on this machine that day? A pure function of the request and the facts."""

from collections.abc import Callable

from app.machines.rules import law, special
from app.machines.rules.case import Case, open_case
from app.machines.rules.facts import Facts, Finding, Request, Settings, Verdict
from app.machines.rules.hours import working_time

CHECKS: tuple[Callable[[Case], Finding | None], ...] = (
    law.age, law.declaration, law.scope, law.machine, law.assessment, law.training, law.training_assessed, law.opinion,
    law.supervisor, special.driving, special.electricity, special.load, working_time, special.vibration,
    special.permit, special.protections,
)  # fmt: skip


def verdict(request: Request, facts: Facts, settings: Settings) -> Verdict:
    """Every check that this request asks, in order. Work forbidden outright is refused alone: no paper opens it."""
    case = open_case(request, facts, settings)
    first = law.forbidden(case)
    if first is not None and not first.ok:
        return Verdict((first,))
    found = [first, *(check(case) for check in CHECKS)]
    return Verdict(tuple(one for one in found if one is not None), special.is_supervised(case))
