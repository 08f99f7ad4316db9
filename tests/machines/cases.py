"""Requests and facts for tests of the pure gate: everything in order, until a test says otherwise."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.machines.rules import (
    ClearanceResult,
    Declaration,
    Facts,
    Finding,
    Machine,
    Opinion,
    Permit,
    Request,
    Settings,
    Supervision,
    Training,
    Verdict,
    Young,
    verdict,
)
from app.machines.rules.checks import Check
from tests.machines.scenarios import DANGEROUS, DAY, Scenario

CAP = "CAP-CIP"
SIXTEEN = date(2010, 5, 10)
ADULT = date(2008, 11, 24)
LATHE = Machine("TOUR", "Tour", (DANGEROUS,), date(2025, 9, 1))
BENCH = Machine("ETABLI", "Établi")
DECLARED = Declaration("DEC-1", date(2025, 9, 2), (DANGEROUS,), ("TOUR",), (CAP,))
TRAINED = Training(date(2026, 9, 10), ClearanceResult.PASSED)
FIT = Opinion(date(2026, 9, 15), fit=True)
KARIM = Supervision("Karim Haddad", 480, 720)
PERMIT = Permit(date(2026, 9, 20), ClearanceResult.ALONE)
GOOD = Facts((DECLARED,), (TRAINED,), (FIT,), (KARIM,), (PERMIT,))
SETTINGS = Settings()
STRICT = Settings((Check.HOURS, Check.PERMIT))


def young(born_on: date = SIXTEEN, **other: Any) -> Young:
    """A pupil of 16 in the machinists' class."""
    return Young(**({"born_on": born_on, "diploma": CAP} | other))


def ask(machine: Machine = LATHE, facts: Facts = GOOD, settings: Settings = SETTINGS, **other: Any) -> Verdict:
    """The verdict for a pupil of 16 that day; `machine_…` and `fact_…` keywords change one field."""
    who = other.pop("who", None) or young()
    for name in [name for name in other if name.startswith("machine_")]:
        machine = replace(machine, **{name.removeprefix("machine_"): other.pop(name)})
    for name in [name for name in other if name.startswith("fact_")]:
        facts = replace(facts, **{name.removeprefix("fact_"): other.pop(name)})
    return verdict(Request(**({"day": DAY, "young": who, "machine": machine} | other)), facts, settings)


def found(check: Check, machine: Machine = LATHE, facts: Facts = GOOD, **other: Any) -> Finding:
    """What one check found."""
    finding = ask(machine, facts, **other).finding(check)
    assert finding is not None, f"{check} was not asked"
    return finding


def of(scenario: Scenario) -> tuple[Request, Facts]:
    """A row of the table as a request with its facts."""
    machine = Machine(
        "M", scenario.machine, (scenario.article,), date(2025, 9, 1) if scenario.assessed else None
    )  # fmt: skip
    declaration = Declaration(
        "DEC", scenario.sent_on, scenario.articles, ("M",) if scenario.names_machine else (),
        (CAP,) if scenario.diploma else (),
    )  # fmt: skip
    result = ClearanceResult.PASSED if scenario.passed else ClearanceResult.FAILED
    trainings = (Training(date(2026, 9, 10), result),) if scenario.trained else ()
    on = scenario.medical_on
    opinions = (Opinion(on, scenario.fit, scenario.excluded),) if on else ()
    facts = Facts((declaration,), trainings, opinions, (KARIM,) if scenario.supervised else ())
    return Request(DAY, young(scenario.born_on), machine), facts
