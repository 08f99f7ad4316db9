"""Writes about offers, results and leavers; each is journaled on the pupil's future as well as on the record."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clients.queries import find_company_by_name
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.graduates import queries, rules
from app.graduates.models import ExamResult, JobOffer, Outcome
from app.graduates.rules import ExamVerdict
from app.pedagogy.models import Pupil, PupilGroup

CHANGEABLE = ("company_name", "siret", "offered_on", "contract", "state")


def create_offer(db: Session, *, values: Mapping[str, Any], by: Actor) -> JobOffer:
    """Note an offer: one pupil, one company, one day; the same three again are the same offer."""
    pupil = _pupil(db, values["pupil"])
    _check(db, pupil, values, known=None)
    offer = JobOffer(pupil_id=pupil.id, created_at=now(), **{name: values[name] for name in CHANGEABLE})
    _link_company(db, offer)
    db.add(offer)
    db.flush()  # its id, for the journal
    journal.record(db, offer, "create", f"Promesse de {offer.company_name} notée", by=by)
    _note_on_pupil(db, pupil, "offer", f"Promesse de {offer.company_name} notée", by=by)
    return offer


def change_offer(db: Session, offer: JobOffer, *, values: Mapping[str, Any], by: Actor) -> JobOffer:
    """Change an offer; it stays with its pupil."""
    changes = {
        rules.OFFER_FIELDS[name]: (getattr(offer, name), values[name])
        for name in CHANGEABLE
        if getattr(offer, name) != values[name]
    }
    if values.get("version") is not None and values["version"] != offer.version:
        rows = tuple((label, str(typed), str(stored)) for label, (stored, typed) in changes.items())
        raise Stale("Cette promesse a été modifiée pendant votre saisie. Rien n’a été écrasé.", rows,
                    version=offer.version)  # fmt: skip
    if not changes:
        return offer
    _check(db, offer.pupil, values, known=offer)
    for name in CHANGEABLE:
        setattr(offer, name, values[name])
    _link_company(db, offer)
    offer.version += 1
    journal.record(db, offer, "change", "Promesse modifiée", by=by, changes=changes)
    _note_on_pupil(db, offer.pupil, "offer", f"Promesse de {offer.company_name} modifiée", by=by)
    return offer


def record_results(
    db: Session, group: PupilGroup, session: int, *, verdicts: Mapping[str, ExamVerdict | None], by: Actor
) -> int:
    """Write the results of a group's pupils at its diploma; returns how many changed. An empty one is left alone."""
    sheet = {pupil.code: pupil for pupil, _ in queries.result_sheet(db, group.code, session)}
    changed = 0
    for code, verdict in verdicts.items():
        if code not in sheet:
            raise Refused(f"L’élève « {code} » n’est pas dans le groupe {group.code}.", field="rows")
        if verdict is not None:
            changed += record_verdict(db, sheet[code], group.diploma_id, session, verdict, by=by)
    return changed


def record_outcome(db: Session, pupil: Pupil, *, values: Mapping[str, Any], by: Actor) -> Outcome:
    """Note what a leaver does on a date; the same date again corrects it, and the journal keeps what was said."""
    if values["as_of"] > today():
        raise Refused("Une situation se note une fois connue : cette date est à venir.", field="as_of")
    found = db.execute(
        select(Outcome).where(Outcome.pupil_id == pupil.id, Outcome.as_of == values["as_of"])
    ).scalar_one_or_none()
    before = rules.SITUATION_LABELS[found.situation] if found else None
    outcome = found or Outcome(pupil_id=pupil.id, as_of=values["as_of"])
    outcome.situation, outcome.company_name = values["situation"], values["company_name"]
    db.add(outcome)
    after = rules.SITUATION_LABELS[outcome.situation]
    label = f"Situation au {outcome.as_of:%d/%m/%Y}"
    _note_on_pupil(db, pupil, "outcome", label, by=by, changes={"Situation": (before, after)})
    return outcome


def record_verdict(db: Session, pupil: Pupil, diploma_id: int, session: int, verdict: ExamVerdict, *, by: Actor) -> int:
    """The jury's word on one pupil; 1 when it is news, else 0. The journal keeps the word before."""
    found = queries.find_result(db, pupil.id, diploma_id, session)
    if found is not None and found.verdict == verdict:
        return 0
    before = rules.VERDICT_LABELS[found.verdict] if found else None
    if found is None:
        db.add(ExamResult(pupil_id=pupil.id, diploma_id=diploma_id, session=session, verdict=verdict))
    else:
        found.verdict = verdict
    changes = {"Résultat": (before, rules.VERDICT_LABELS[verdict])}
    _note_on_pupil(db, pupil, "result", f"Résultat de la session {session}", by=by, changes=changes)
    return 1


def _pupil(db: Session, code: str) -> Pupil:
    found = db.execute(select(Pupil).where(Pupil.code == code)).scalar_one_or_none()
    if found is None:
        raise Refused(f"Aucun élève n’a le code « {code} ».", field="pupil")
    return found


def _check(db: Session, pupil: Pupil, values: Mapping[str, Any], *, known: JobOffer | None) -> None:
    if why := rules.why_not_offer(values["offered_on"], entered_on=pupil.entered_on, today=today()):
        raise Refused(why, field="offered_on")
    same = queries.same_offer(db, pupil.id, values["company_name"], values["offered_on"])
    if same is not None and same is not known:
        raise Refused("Cette promesse est déjà notée : même élève, même entreprise, même jour.", field="company_name")


def _link_company(db: Session, offer: JobOffer) -> None:
    company = find_company_by_name(db, offer.company_name)
    offer.company_id = company.id if company else None


def _note_on_pupil(
    db: Session, pupil: Pupil, action: str, label: str, *, by: Actor, changes: Mapping[str, Any] | None = None
) -> None:
    row = journal.entry_row("pupil_future", pupil.id, action, label, by=by, changes=changes)
    journal.record_many(db, [row])
