"""On which days to come an answer may turn: where a paper ends, and nowhere else."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.machines.rules.facts import Facts
from app.machines.rules.spans import ATTESTATION_YEARS, DECLARATION_YEARS, OPINION_YEARS, years_later

DAY = timedelta(days=1)


def turning_days(facts: Facts, first: date, last: date) -> list[date]:
    """The days after `first`, up to `last`, on which something on record begins or holds no more, in order."""
    return sorted({day for day in _turns(facts) if first < day <= last})


def _turns(facts: Facts) -> Iterator[date]:
    for declaration in facts.declarations:
        yield years_later(declaration.sent_on, DECLARATION_YEARS)
        yield declaration.withdrawn_on or declaration.sent_on
    for training in facts.trainings:
        yield training.on
    for opinion in facts.opinions:
        yield from (opinion.on, years_later(opinion.on, OPINION_YEARS))
    for paper in facts.handling:
        yield from (paper.on, years_later(paper.on, OPINION_YEARS))
    for paper in facts.driving_attestations:
        yield from (paper.on, years_later(paper.on, ATTESTATION_YEARS))
    for permit in facts.permits:
        yield from _ends(permit.on, permit.until)
    for paper in (*facts.driving_permits, *facts.driving_trainings, *facts.electrical):
        yield from _ends(paper.on, paper.until)


def _ends(on: date, until: date | None) -> Iterator[date]:
    """The day it begins, and the day after its last one."""
    yield on
    if until is not None:
        yield until + DAY
