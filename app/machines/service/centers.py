"""Work centres: created and changed, put out of service and back, never deleted."""

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused, Stale
from app.core.permissions import Permission
from app.core.text import fold
from app.machines import queries
from app.machines.models import WorkCenter
from app.machines.rules import CenterState
from app.machines.rules.articles import split_codes

LABELS = {
    "label": "Intitulé", "capacity": "Capacité", "regulated_articles": "Travaux réglementés",
    "risk_assessed_on": "Évaluation des risques", "exceeding_articles": "Limites qui peuvent être dépassées",
    "place": "Lieu", "vibration": "Vibrations", "load_kg": "Charge la plus lourde",
    "electrical": "Habilitation électrique", "needs_driving_authorisation": "Autorisation de conduite",
    "needs_permit": "Permis machine", "ppe": "Protections (EPI)", "safety_sheet_url": "Fiche de sécurité",
    "hourly_rate": "Taux horaire de marché",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CenterDraft:
    """A work centre as asked for; articles joined by « + » (empty when the work is free for minors), PPE by « ; »."""

    label: str
    capacity: int
    regulated_articles: str = ""
    risk_assessed_on: date | None = None
    exceeding_articles: str = ""
    place: str = ""
    vibration: Decimal | None = None
    load_kg: Decimal | None = None
    electrical: str = ""
    needs_driving_authorisation: bool = False
    needs_permit: bool | None = None
    ppe: str = ""
    safety_sheet_url: str | None = None
    hourly_rate: Decimal | None = None


def draft_of(center: WorkCenter) -> CenterDraft:
    """What is known of a work centre, as a draft to change a part of."""
    return CenterDraft(**{each.name: getattr(center, each.name) for each in fields(CenterDraft)})


def create_work_center(db: Session, code: str, draft: CenterDraft, *, by: Actor) -> WorkCenter:
    """A new machine or bench under a code of the school's own, never used twice."""
    if queries.find_work_center(db, code) is not None:
        raise Refused(f"Le code « {code} » est déjà pris par une autre machine.", field="code")
    _require_sound(draft)
    center = WorkCenter(code=code, version=1, state=CenterState.IN_SERVICE)
    _fill(center, _within_rights(draft, None, by))
    db.add(center)
    db.flush()  # its id, for the journal
    journal.record(db, center, "create", f"Machine {code} créée", by=by)
    return center


def change_work_center(
    db: Session, center: WorkCenter, draft: CenterDraft, *, seen_version: int | None, by: Actor
) -> WorkCenter:
    """Change what is known of a work centre; its code never changes."""
    before = draft_of(center)
    draft = _in_known_order(_within_rights(draft, center.hourly_rate, by), before)
    changes = {
        label: (_shown(getattr(before, name)), _shown(getattr(draft, name)))
        for name, label in LABELS.items()
        if getattr(before, name) != getattr(draft, name)
    }
    _require_seen(db, center, seen_version, changes)
    _require_sound(draft)
    if changes:
        _fill(center, draft)
        center.version += 1
        journal.record(db, center, "change", "Machine modifiée", by=by, changes=changes)
    return center


def set_state(
    db: Session, center: WorkCenter, state: CenterState, *, note: str, seen_version: int | None, by: Actor
) -> WorkCenter:
    """Put a machine out of service with its reason, or back into service. Nothing is started on one that is out."""
    note = "" if state == CenterState.IN_SERVICE else note
    said = {"État": (center.state.label, state.label), "Raison": (center.state_note or "", note)}
    _require_seen(db, center, seen_version, {label: pair for label, pair in said.items() if pair[0] != pair[1]})
    if state != CenterState.IN_SERVICE and not note:
        raise Refused("Dites en quelques mots ce qui ne va pas.", field="note")
    if (center.state, center.state_note or "") == (state, note):
        return center
    move = journal.Move("state", center.state.value, state.value)
    center.state, center.state_note = state, note or None
    center.version += 1
    journal.record(db, center, move, f"Machine {state.label.lower()}", by=by, note=note)
    return center


def _within_rights(draft: CenterDraft, rate: Decimal | None, by: Actor) -> CenterDraft:
    """The market rate is known to those who see prices; whoever does not leaves it as it is."""
    return draft if by.can(Permission.ORDER_PRICES) else replace(draft, hourly_rate=rate)


def _in_known_order(draft: CenterDraft, known: CenterDraft) -> CenterDraft:
    """The same articles in another order are no change."""
    kept = {
        name: getattr(known, name)
        for name in ("regulated_articles", "exceeding_articles")
        if set(split_codes(getattr(known, name))) == set(split_codes(getattr(draft, name)))
    }
    return replace(draft, **kept)


def _require_sound(draft: CenterDraft) -> None:
    borne = split_codes(draft.regulated_articles)
    if strange := [code for code in split_codes(draft.exceeding_articles) if code not in borne]:
        raise Refused(
            f"{strange[0]} n’est pas dans les travaux réglementés de la machine : ajoutez-le d’abord.",
            field="exceeding_articles",
        )


def _require_seen(
    db: Session, center: WorkCenter, seen_version: int | None, changes: dict[str, tuple[str, str]]
) -> None:
    if seen_version is None or seen_version == center.version:
        return
    last = journal.history(db, "work_center", center.id, limit=1)
    who = f" par {last[0].who}" if last else ""
    rows = tuple((label, typed or "–", stored or "–") for label, (stored, typed) in changes.items())
    sentence = f"Cette machine a été modifiée{who} pendant votre saisie. Rien n’a été écrasé."
    raise Stale(sentence, rows, version=center.version)


def _fill(center: WorkCenter, draft: CenterDraft) -> None:
    for name in LABELS:
        setattr(center, name, getattr(draft, name))
    center.sort_key = fold(center.label)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    return "" if value is None else str(value)
