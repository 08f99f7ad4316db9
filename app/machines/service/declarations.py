"""Declarations: prepared, sent and from then on frozen; changed by additions of their own, renewed, withdrawn."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.core.numbering import next_number
from app.machines import queries
from app.machines.models import Declaration, DeclarationChange
from app.machines.rules import declaring, join_codes
from app.machines.rules.declaring import AT_DISPOSAL, CODE_SERIES, Content
from app.machines.rules.papers import join_words

LABELS = {
    "sector": "Secteur d’activité", "articles": "Travaux", "machines": "Machines", "diplomas": "Formations",
    "places": "Lieux", "qualities": "Qualités des encadrants",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeclarationDraft:
    """A declaration as asked for."""

    content: Content
    sector: str = ""


def create_declaration(db: Session, draft: DeclarationDraft, *, code: str = "", by: Actor) -> Declaration:
    """A declaration in preparation: it covers nothing before it is sent."""
    code = code or _free_code(db)
    if queries.has_declaration(db, code):
        raise Refused(f"La référence « {code} » est déjà prise.", field="code")
    _require_known(db, draft.content)
    declaration = Declaration(code=code, version=1, sent_by_means="", sent_on=None)
    _fill(declaration, draft.content)
    declaration.sector = draft.sector
    db.add(declaration)
    db.flush()  # its id, for the journal
    journal.record(db, declaration, "create", f"Déclaration {code} préparée", by=by)
    return declaration


def change_draft(
    db: Session, declaration: Declaration, draft: DeclarationDraft, *, seen_version: int | None, by: Actor
) -> Declaration:
    """Change a declaration that is still in preparation."""
    _require_draft(declaration)
    before, after = _shown(declaration.sector, queries.content_of(declaration)), _shown(draft.sector, draft.content)
    changes = {LABELS[name]: (before[name], after[name]) for name in LABELS if before[name] != after[name]}
    if seen_version is not None and seen_version != declaration.version:
        rows = tuple((label, typed or "–", stored or "–") for label, (stored, typed) in changes.items())
        raise Stale("Cette déclaration a été modifiée pendant votre saisie. Rien n’a été écrasé.", rows,
                    version=declaration.version)  # fmt: skip
    _require_known(db, draft.content)
    if changes:
        _fill(declaration, draft.content)
        declaration.sector = draft.sector
        declaration.version += 1
        journal.record(db, declaration, "change", "Préparation modifiée", by=by, changes=changes)
    return declaration


def send_declaration(
    db: Session, declaration: Declaration, *, on: date, means: str, seen_version: int | None, by: Actor
) -> Declaration:
    """It was sent to the inspector on a day, by means that prove it. From then on it is never edited."""
    _require_draft(declaration)
    if seen_version is not None and seen_version != declaration.version:
        raise Stale("Cette déclaration a été modifiée. Relisez-la avant de noter l’envoi.", version=declaration.version)
    if why := declaring.why_not_complete(queries.content_of(declaration)):
        raise Refused(f"{why[0]} Complétez d’abord la préparation.", field="sent_on")
    if sentence := declaring.why_not_sent_on(on, today=today()):
        raise Refused(sentence, field="sent_on")
    declaration.sent_on, declaration.sent_by_means = on, means
    declaration.version += 1
    journal.record(db, declaration, "send", f"Envoyée le {on:%d/%m/%Y}", by=by, note=means)
    return declaration


def drop_draft(db: Session, declaration: Declaration, *, by: Actor) -> None:
    """A preparation that comes to nothing; it was never anybody's fact."""
    _require_draft(declaration)
    journal.record(db, declaration, "drop", f"Préparation {declaration.code} abandonnée", by=by)
    db.delete(declaration)


def withdraw_declaration(db: Session, declaration: Declaration, *, on: date, reason: str, by: Actor) -> Declaration:
    """The school takes it back: from that day on it covers nothing."""
    if declaration.sent_on is None:
        raise Refused("Cette déclaration n’est pas encore envoyée : abandonnez la préparation.")
    if declaration.withdrawn_on is not None:
        raise Refused(f"Elle est déjà retirée depuis le {declaration.withdrawn_on:%d/%m/%Y}.")
    if sentence := declaring.why_not_sent_on(on, today=today(), earliest=declaration.sent_on):
        raise Refused(sentence, field="withdrawn_on")
    declaration.withdrawn_on = on
    declaration.version += 1
    journal.record(db, declaration, "withdraw", f"Retirée le {on:%d/%m/%Y}", by=by, note=reason)
    return declaration


def add_change(
    db: Session, declaration: Declaration, content: Content, *, changed_on: date, by: Actor
) -> DeclarationChange:
    """Something is added to a declaration in force: to be told within eight days when it is work, machine or training.

    It counts from its own sending. Places and qualities alone are kept at the inspector's disposal, and count at once.
    """
    found = queries.declared(db, declaration, today())
    if not found.standing.holds:
        raise Refused(f"La déclaration {declaration.code} est {found.standing.label.lower()} : préparez-en une autre.")
    new = content.beyond(found.all)
    if new.is_empty:
        raise Refused("Tout cela est déjà dans la déclaration.", field=_first_field(content))
    if sentence := declaring.why_not_sent_on(changed_on, today=today(), earliest=declaration.sent_on):
        raise Refused(sentence, field="changed_on")
    _require_known(db, new)
    kept_here = not new.must_be_told
    change = DeclarationChange(
        declaration_id=declaration.id, changed_on=changed_on, sent_on=changed_on if kept_here else None,
        sent_by_means=AT_DISPOSAL if kept_here else "", at=now(), by_id=by.staff_id,
    )  # fmt: skip
    _fill(change, new)
    db.add(change)
    db.flush()  # its number, for the page
    words = "Complétée, tenue à disposition" if kept_here else "Complétée, à dire sous huit jours"
    added = {LABELS[name]: ("", said) for name, said in _shown("", new).items() if said}
    journal.record(db, declaration, "add_change", words, by=by, changes=added)
    return change


def send_change(db: Session, change: DeclarationChange, *, on: date, means: str, by: Actor) -> DeclarationChange:
    """The inspector was told of a change; it counts from that day."""
    if change.sent_on is not None:
        raise Refused(f"Ce changement est déjà envoyé le {change.sent_on:%d/%m/%Y}.")
    if sentence := declaring.why_not_sent_on(on, today=today(), earliest=change.declaration.sent_on):
        raise Refused(sentence, field="sent_on")
    change.sent_on, change.sent_by_means = on, means
    words = f"Changement du {change.changed_on:%d/%m/%Y} envoyé le {on:%d/%m/%Y}"
    if declaring.days_left_to_tell(change.changed_on, on) < 0:
        words += ", après les huit jours"
    journal.record(db, change.declaration, "send_change", words, by=by, note=means)
    return change


def drop_change(db: Session, change: DeclarationChange, *, by: Actor) -> None:
    """An addition that was not told yet and is not one after all."""
    if change.sent_on is not None:
        raise Refused("Ce changement est envoyé : il ne s’efface plus.")
    words = f"Changement du {change.changed_on:%d/%m/%Y} abandonné"
    journal.record(db, change.declaration, "drop_change", words, by=by)
    db.delete(change)


def _free_code(db: Session) -> str:
    year = today().year
    while queries.has_declaration(db, code := f"{CODE_SERIES}-{year}-{next_number(db, CODE_SERIES, year)}"):
        continue
    return code


def _require_draft(declaration: Declaration) -> None:
    if declaration.sent_on is not None:
        raise Refused(
            f"Cette déclaration est envoyée depuis le {declaration.sent_on:%d/%m/%Y} : elle ne change plus. "
            "Ajoutez un changement."
        )


def _require_known(db: Session, content: Content) -> None:
    names = queries.names_of(db)
    if strange := [code for code in content.machines if code not in names.machines]:
        raise Refused(f"Aucune machine n’a le code « {strange[0]} ».", field="machines")
    if strange := [code for code in content.diplomas if code not in names.diplomas]:
        raise Refused(f"Aucun diplôme n’a le code « {strange[0]} ».", field="diplomas")


def _fill(record: Declaration | DeclarationChange, content: Content) -> None:
    record.articles, record.work_centers = join_codes(content.articles), join_codes(content.machines)
    record.diplomas = join_codes(content.diplomas)
    record.places, record.supervisor_qualities = join_words(content.places), join_words(content.qualities)


def _shown(sector: str, content: Content) -> dict[str, str]:
    return {"sector": sector} | {each.name: ", ".join(getattr(content, each.name)) for each in fields(Content)}


def _first_field(content: Content) -> str:
    return next((each.name for each in fields(Content) if getattr(content, each.name)), "machines")
