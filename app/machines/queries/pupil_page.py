"""The safety page of one pupil: what they may work on that day and why not, and the papers it rests on."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.journal import Deed, history
from app.machines.models import WorkCenter
from app.machines.queries.facts import facts_for
from app.machines.queries.papers import PaperRow, papers_of
from app.machines.rules import Check, ClearanceKind, Verdict
from app.machines.rules.answer import Word, answer, sign
from app.machines.rules.case import ADULT
from app.machines.rules.spans import ATTESTATION_YEARS, OPINION_YEARS, birthday, last_day
from app.pedagogy.queries.folders import PupilFolder, pupil_folder

READINGS = 5
_CENTERS = select(
    WorkCenter.id, WorkCenter.code, WorkCenter.label, WorkCenter.regulated_articles, WorkCenter.state
).order_by(WorkCenter.sort_key, WorkCenter.id)
YEARS = {
    ClearanceKind.MEDICAL: OPINION_YEARS, ClearanceKind.HANDLING: OPINION_YEARS,
    ClearanceKind.DRIVING_MEDICAL: ATTESTATION_YEARS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One machine on a pupil's page."""

    code: str
    label: str
    regulated: bool
    out: bool
    word: Word
    verdict: Verdict

    @property
    def signs(self) -> tuple[str, ...]:
        """Declared, assessed, trained, training assessed, permit."""
        found = self.verdict.finding
        declared = [found(check) for check in (Check.DECLARATION, Check.SCOPE, Check.MACHINE)]
        worst = next((one for one in declared if one is not None and not one.ok), declared[0])
        single = (Check.ASSESSMENT, Check.TRAINING, Check.TRAINING_ASSESSED, Check.PERMIT)
        return (sign(worst), *(sign(found(check)) for check in single))


@dataclass(frozen=True, slots=True)
class PupilPage:
    """What the page shows."""

    folder: PupilFolder
    day: date
    machines: list[MachineRow]
    papers: list[PaperRow]
    readings: list[Deed]

    @property
    def adult_since(self) -> date | None:
        """The 18th birthday once it has come by that day: from then on the law on minors asks nothing."""
        reached = birthday(self.folder.pupil.born_on, ADULT)
        return reached if reached <= self.day else None

    def latest(self, kind: ClearanceKind) -> PaperRow | None:
        """The paper of a kind that holds: the newest up to the day, void ones aside."""
        return next((p for p in self.papers if p.kind == kind and p.voided_at is None and p.on <= self.day), None)


def pupil_page(db: Session, code: str, day: date) -> PupilPage:
    """A pupil's page; the same few statements however many machines."""
    folder = pupil_folder(db, code)
    centers = run(db, _CENTERS).all()
    known = facts_for(db, [folder.pupil.id], [row.id for row in centers], day)
    rows = []
    for center in centers:
        verdict = known.ask(folder.pupil.id, center.id, day).verdict
        rows.append(
            MachineRow(
                center.code, center.label, bool(center.regulated_articles), center.state != "in_service",
                answer(verdict), verdict,
            )
        )  # fmt: skip
    papers = papers_of(db, folder.pupil.id)
    return PupilPage(folder, day, rows, papers, history(db, "pupil_health", folder.pupil.id, READINGS))


def ends_on(paper: PaperRow) -> date | None:
    """The last day of a paper that runs out by itself or by what is written on it."""
    if paper.until is not None:
        return paper.until
    years = YEARS.get(paper.kind)
    return last_day(paper.on, years) if years else None
