"""What the school asks for."""

import json
from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused, Stale
from app.records import queries
from app.records.models import DocumentSetting
from app.records.queries.settings import find_setting
from app.records.rules import DOCUMENT_LABELS, DocumentKind

STALE = "Les documents demandés ont été modifiés pendant votre saisie. Rien n’a été écrasé."


def set_required(
    db: Session, everyone: Collection[DocumentKind], beside: Mapping[str, Collection[DocumentKind]], *,
    seen_version: int, by: Actor,
) -> None:  # fmt: skip
    """Which documents are asked for of everybody, and beside them per diploma. Both versions are told when stale."""
    known = dict(queries.diplomas(db))
    if unknown := next((code for code in beside if code not in known), None):
        raise Refused(f"Le diplôme « {unknown} » n’existe pas.", field="beside")
    row, before = find_setting(db), queries.required(db)
    pairs = [("Tous les élèves", before.everyone, everyone)]
    pairs += [(known[code], before.beside.get(code, ()), beside.get(code, ())) for code in known]
    changes = {label: (_words(old), _words(new)) for label, old, new in pairs if set(old) != set(new)}
    if not changes:
        return
    if seen_version != before.version:
        told = tuple((label, new, old) for label, (old, new) in changes.items())
        raise Stale(STALE, told, version=before.version)
    row = row or DocumentSetting(id=1, version=0)
    kept = {code: _sorted(kinds) for code, kinds in beside.items() if kinds}
    row.content = json.dumps({"everyone": _sorted(everyone), "beside": kept})
    row.version += 1
    db.add(row)
    db.flush()  # its id, for the journal
    journal.record(db, row, "change", "Documents demandés modifiés", by=by, changes=changes)


def _sorted(kinds: Collection[DocumentKind]) -> list[str]:
    return [kind.value for kind in DocumentKind if kind in kinds]


def _words(kinds: Collection[DocumentKind]) -> str:
    return ", ".join(DOCUMENT_LABELS[kind] for kind in DocumentKind if kind in kinds)
