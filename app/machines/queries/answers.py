"""The journal of the gate's answers: who asked, what was said and on what facts; one answer judged again."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.errors import NotFound
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern
from app.machines.models import GateDecision, WorkCenter
from app.machines.rules import Check, Facts, Finding, Request, Verdict, from_json, replay, split_codes
from app.pedagogy.models import Pupil

SORTS = ("date",)
FILTERS = ("reponse", "code", "poste", "eleve", "depuis")
_GIVEN: Any = (
    select(
        GateDecision.id, GateDecision.at, GateDecision.by_name, GateDecision.asked_for, GateDecision.subject,
        GateDecision.on_date, GateDecision.allowed, GateDecision.codes, GateDecision.override_reason,
        Pupil.code.label("pupil"), Pupil.first_name, Pupil.last_name, WorkCenter.code.label("center"),
        WorkCenter.label.label("center_label"),
    )
    .join(Pupil, Pupil.id == GateDecision.pupil_id)
    .join(WorkCenter, WorkCenter.id == GateDecision.work_center_id)
)  # fmt: skip
_ONE = _GIVEN.add_columns(GateDecision.facts, GateDecision.rules_version).where(GateDecision.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as a list shows it."""

    row: Any

    @property
    def codes(self) -> list[Check]:
        """The checks that stopped it, or that a master went past."""
        return [Check(code) for code in split_codes(self.row.codes) if code in set(Check)]

    @property
    def pupil_name(self) -> str:
        """First name then last name."""
        return f"{self.row.first_name} {self.row.last_name}"


@dataclass(frozen=True, slots=True)
class GivenPage:
    """One answer in full: the facts as they were, and the same question asked again of the rules of that day."""

    given: Given
    request: Request
    facts: Facts
    verdict: Verdict

    @property
    def findings(self) -> list[tuple[Check, Finding | None]]:
        """Every check in its order, with what it found if it was asked."""
        return [(check, self.verdict.finding(check)) for check in Check]

    @property
    def same(self) -> bool:
        """Whether judging again gives the answer that was given."""
        kept = set(split_codes(self.given.row.codes))
        if self.given.row.override_reason is not None:
            return kept <= set(self.verdict.codes)
        return kept == set(self.verdict.codes)


def list_answers(db: Session, request: ListRequest) -> Page[Given]:
    """The answers, the latest first; two statements."""
    filters, since = request.filters, _day(request.filters.get("depuis", ""))
    used = {name for name in ("code", "poste", "eleve") if filters.get(name)}
    used |= {name for name, value in (("q", request.q), ("depuis", since)) if value}
    query = _query(frozenset(used), filters.get("reponse", ""), descending=request.descending)
    values = {
        "pattern": like_pattern(request.q), "code": f"%{filters.get('code', '')}%",
        "center": filters.get("poste", ""), "pupil": filters.get("eleve", ""), "since": since,
    }  # fmt: skip
    found = fetch_page(db, query, request, values)
    return Page([Given(row) for row in found.items], found.total, found.page, found.size, found.capped)


_SAID = {
    "refuse": (GateDecision.allowed.is_(False),), "outre": (GateDecision.override_reason.is_not(None),),
    "oui": (GateDecision.allowed.is_(True), GateDecision.override_reason.is_(None)),
}  # fmt: skip
_KEPT = {
    "q": Pupil.search_key.like(bindparam("pattern"), escape="\\"), "code": GateDecision.codes.like(bindparam("code")),
    "poste": WorkCenter.code == bindparam("center"), "eleve": Pupil.code == bindparam("pupil"),
    "depuis": GateDecision.on_date >= bindparam("since"),
}  # fmt: skip


@cache
def _query(used: frozenset[str], answer: str, *, descending: bool) -> Select[Any]:
    query: Select[Any] = _GIVEN.where(*_SAID.get(answer, ()), *(_KEPT[name] for name in sorted(used)))
    # By the moment first: what a tablet tells late was asked earlier.
    order = (GateDecision.at, GateDecision.id)
    return query.order_by(*((one.desc() for one in order) if descending else order))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def answer_given(db: Session, number: int) -> GivenPage:
    """One answer, with its facts as they were, judged again."""
    row = run(db, _ONE, {"id": number}).one_or_none()
    if row is None:
        raise NotFound("Cette réponse n’existe pas.")
    request, facts, _ = from_json(row.facts)
    return GivenPage(Given(row), request, facts, replay(row.facts))
