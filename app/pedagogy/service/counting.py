"""What exams, placements and visits count as, from a day on."""

from datetime import date

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused
from app.pedagogy.models.activities import CountingRule
from app.pedagogy.queries.activities import KNOWN, list_rules
from app.pedagogy.rules.activities import COUNTS_LABELS, ActivityKind, CountsAs, counts_on


def set_counting(db: Session, kind: ActivityKind, *, counts_as: CountsAs, starts_on: date, by: Actor) -> CountingRule:
    """From a day on a kind counts as something else; the days before keep what they count."""
    rules = list_rules(db)
    if counts_on(kind, starts_on, rules) == counts_as and not any(
        rule.kind == kind and rule.starts_on > starts_on for rule in rules
    ):
        raise Refused("C’est déjà ce qui compte ce jour-là.", field="starts_on")
    rule = CountingRule(kind=kind, counts_as=counts_as, starts_on=starts_on, at=now(), by_id=by.staff_id)
    db.add(rule)
    db.flush()  # its id, for the journal
    db.info.pop(KNOWN, None)
    words = f"{kind.value} : {COUNTS_LABELS[counts_as]} à partir du {starts_on:%d/%m/%Y}"
    journal.record(db, rule, "set", words, by=by)
    return rule
