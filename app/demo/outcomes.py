"""Exam results, job offers and what became of the leavers."""

from datetime import date, timedelta
from random import Random

from app.demo.calendar import working_day
from app.demo.companies import Company, companies
from app.demo.frame import Frame, Row
from app.demo.lessons import DIPLOMA
from app.demo.people import Pupil, Roster

# Offers per graduate, dealt out in this order: 5.5 on average.
OFFERS = (6, 5, 7, 4, 6, 5, 8, 5, 6, 4, 7, 3, 6)
FAILED = 7  # the place in each class of the one who must sit the exam again
SITUATIONS = ("emploi",) * 8 + ("apprentissage",) * 3 + ("etudes",) * 2 + ("recherche",)
CONTRACTS = ("CDI", "CDI", "CDD", "CDD", "interim", "apprentissage")


class Outcomes:
    """Offers reach a pupil from the autumn of the second year on; only what is dated up to today is known."""

    def __init__(self, frame: Frame, roster: Roster) -> None:
        self.frame = frame
        self._companies = companies(frame)
        self.results: list[Row] = []
        self.offers: list[Row] = []
        self.situations: list[Row] = []
        for pupil in roster.pupils:
            if pupil.cohort < frame.year and (pupil.left is None or pupil.left >= date(pupil.cohort + 2, 7, 1)):
                self._add(pupil, frame.rng("outcomes", pupil.cohort, pupil.section, pupil.place))

    def _add(self, pupil: Pupil, rng: Random) -> None:
        failed = pupil.place == FAILED
        # Companies came to know the school: each class before the last had an offer less per head, down to two less.
        fewer = max(0, min(2, self.frame.year - 2 - pupil.cohort))
        count = 2 if failed else OFFERS[pupil.place % len(OFFERS)] - fewer
        employers = rng.sample(self._companies, count)
        days = sorted(self._offer_day(pupil, rng) for _ in employers)
        situation = rng.choice(SITUATIONS)
        taken = employers[-1] if situation in {"emploi", "apprentissage"} and not failed else None
        for employer, day in zip(employers, days, strict=True):
            if day <= self.frame.today:
                self.offers.append(self._offer(pupil, employer, day, taken, rng.choice(CONTRACTS)))
        if not self.frame.graduated(pupil.cohort):
            return
        self.results.append(_result(pupil, "ajourne" if failed else "admis"))
        self._follow(pupil, "etudes" if failed else situation, taken)

    def _offer_day(self, pupil: Pupil, rng: Random) -> date:
        """Between the autumn holidays and the end of June, most of them in spring."""
        start = date(pupil.cohort + 1, 11, 3)
        return working_day(start + timedelta(days=int(235 * rng.random() ** 0.6)), -1)

    def _offer(self, pupil: Pupil, employer: Company, day: date, taken: Company | None, contract: str) -> Row:
        accepted = employer is taken and self.frame.graduated(pupil.cohort)
        over = taken is not None and self.frame.graduated(pupil.cohort)
        return {
            "eleve": pupil.code,
            "entreprise": employer.name,
            "siret": employer.siret,
            "date": day.isoformat(),
            "contrat": contract,
            "statut": "acceptee" if accepted else "declinee" if over else "promesse",
        }

    def _follow(self, pupil: Pupil, situation: str, taken: Company | None) -> None:
        """Asked once after three months and again after six."""
        for day in (date(pupil.cohort + 2, 10, 1), date(pupil.cohort + 3, 1, 15)):
            if day <= self.frame.today:
                self.situations.append({
                    "eleve": pupil.code, "date": day.isoformat(), "situation": situation,
                    "entreprise": taken.name if taken else "",
                })  # fmt: skip


def _result(pupil: Pupil, verdict: str) -> Row:
    return {"eleve": pupil.code, "diplome": DIPLOMA, "session": str(pupil.cohort + 2), "resultat": verdict}
