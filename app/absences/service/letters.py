"""Letters of a month with four half-days without legitimate reason: what they say is frozen when they are issued."""

import json
from datetime import date

from sqlalchemy.orm import Session

from app.absences import queries
from app.absences.models import AbsenceLetter
from app.absences.rules import LETTER_SERIES, LetterKind
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused
from app.core.numbering import next_number
from app.pedagogy.models import Pupil


def issue_letter(db: Session, pupil: Pupil, month: date, kind: LetterKind, *, by: Actor) -> AbsenceLetter:
    """Issue the letter or the report about a pupil's month (R131-7). Load the pupil locked; refused below four
    half-days, and a second time.
    """
    facts = queries.letter_facts(db, pupil, month, by.name)
    if not facts.flagged:
        raise Refused(f"Ce mois compte {facts.without} demi-journées sans motif légitime : il en faut quatre.")
    if queries.find_letter(db, pupil.id, month, kind) is not None:
        raise Refused(f"« {kind.label} » est déjà fait pour ce mois.")
    number = f"ABS{today().year}-{next_number(db, LETTER_SERIES, today().year):04d}"
    letter = AbsenceLetter(
        number=number, pupil_id=pupil.id, month=month, kind=kind, at=now(), by_id=by.staff_id,
        content=json.dumps(facts.content, ensure_ascii=False),
    )  # fmt: skip
    db.add(letter)
    db.flush()  # its id, for the journal
    journal.record(db, letter, "issue", f"{kind.label} {number}", by=by, note=f"{pupil.full_name}, {month:%m/%Y}")
    return letter
