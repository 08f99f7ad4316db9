"""One pupil, one machine, one day in the database, with everything in order or as a scenario says."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.machines.models import Declaration, WorkCenter
from app.machines.queries import Answer, facts_for
from app.pedagogy.models import Membership, Pupil, PupilGroup, TimetableSession
from tests.factories import (
    make_clearance,
    make_declaration,
    make_diploma,
    make_group,
    make_pupil,
    make_session,
    make_staff,
    make_work_center,
)
from tests.machines.scenarios import DAY, SCENARIOS, Scenario


@dataclass
class Stage:
    """What a test changes one thing of."""

    group: PupilGroup
    pupil: Pupil
    stay: Membership
    center: WorkCenter
    declaration: Declaration
    master: Staff
    session: TimetableSession

    def answer(self, db: Session, center: WorkCenter | None = None, day: date = DAY) -> Answer:
        """The gate's answer."""
        db.flush()
        place = (center or self.center).id
        return facts_for(db, [self.pupil.id], [place], day).ask(self.pupil.id, place, day)


def stage(db: Session, scenario: Scenario = SCENARIOS[0], *, code: str = "M-01") -> Stage:
    """Arrange a scenario; the default one is in order."""
    group = make_group(db, make_diploma(db, code="CAP-CIP"))
    pupil = make_pupil(db, group, born_on=scenario.born_on, first_name="Noa", last_name="Bernard")
    center = make_work_center(
        db, code=code, label=scenario.machine, regulated_articles=scenario.article,
        risk_assessed_on=date(2025, 9, 1) if scenario.assessed else None,
    )  # fmt: skip
    declaration = make_declaration(
        db, sent_on=scenario.sent_on, articles="+".join(scenario.articles),
        work_centers=code if scenario.names_machine else "", diplomas="CAP-CIP" if scenario.diploma else "",
    )  # fmt: skip
    if scenario.trained:
        result = "passed" if scenario.passed else "failed"
        make_clearance(db, pupil, work_center=center, on_date=date(2026, 9, 10), result=result)
    if scenario.medical_on:
        result = "fit" if scenario.fit else "unfit"
        make_clearance(
            db, pupil, on_date=scenario.medical_on, result=result, restriction="+".join(scenario.excluded)
        )  # fmt: skip
    master = make_staff(db, first_name="Karim", last_name="Benali")
    session = make_session(db, group, on_date=DAY, staff=master)
    if not scenario.supervised:
        db.delete(session)
    stay = db.execute(select(Membership).where(Membership.pupil_id == pupil.id)).scalar_one()
    return Stage(group, pupil, stay, center, declaration, master, session)
