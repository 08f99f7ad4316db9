"""Checks that need nothing but the row itself, or its own table."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from app.exchange.checks.merged import Merged
from app.exchange.problems import quoted
from app.exchange.sheets import NO_COLUMN, Row, Sheet
from app.exchange.tables import MEDICAL_RESULTS, SAFETY_RESULTS
from app.orders.rules import OrderState
from app.pedagogy.rules import HERE

LINE_LIMIT = Decimal(1_000_000_000)
Found = Iterator[tuple[str, str]]


def clock(minute: int) -> str:
    """480 is 08:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def check_rows(merged: Merged) -> None:
    """Blame every row that contradicts itself."""
    for name, check in CHECKS.items():
        sheet = merged.source.sheets.get(name)
        for row in sheet.rows if sheet else ():
            for column, why in list(check(row)):
                sheet.blame(row.line, column, why, _said(row, column))  # type: ignore[union-attr]
                # What is wrong here is not held against other rows.
                row.mark(column)
    if school := merged.source.sheets.get("ecole"):
        _check_one_school(school, known=bool(merged["ecole"].stored))
    _check_emails(merged)


def _said(row: Row, column: str) -> object:
    value = getattr(row.cells, column, "")
    return clock(value) if column in ("debut", "fin") and isinstance(value, int) else value or ""


def _usable(row: Row, *columns: str) -> bool:
    return not row.bad or not row.bad.intersection(columns)


def _ends_after_start(row: Row) -> Found:
    if _usable(row, "debut", "fin") and row.cells.fin <= row.cells.debut:
        yield "fin", f"La fin ne vient pas après le début, {clock(row.cells.debut)} : sont-ils inversés ?"


def _order(row: Row) -> Found:
    cells = row.cells
    if not _usable(row, "date_livraison"):
        return
    if cells.date_livraison is None:
        if _usable(row, "etat") and cells.etat in (OrderState.DELIVERED, OrderState.INVOICED):
            yield (
                "date_livraison",
                "Une commande livrée ou facturée a une date de livraison : attendu par exemple 2026-09-01.",
            )
    elif _usable(row, "date_commande") and cells.date_livraison < cells.date_commande:
        yield "date_livraison", f"La livraison vient avant la commande, qui est du {cells.date_commande:%d/%m/%Y}."


def _line(row: Row) -> Found:
    if _usable(row, "quantite", "prix_unitaire_ht") and row.cells.quantite * row.cells.prix_unitaire_ht > LINE_LIMIT:
        yield "prix_unitaire_ht", "Le total de la ligne dépasse un milliard d'euros : vérifiez la quantité et le prix."


def _clearance(row: Row) -> Found:
    cells = row.cells
    if not _usable(row, "type"):
        return
    medical = cells.type == "medical"
    allowed = MEDICAL_RESULTS if medical else SAFETY_RESULTS
    if _usable(row, "resultat") and cells.resultat not in allowed.values():
        subject = "Un avis médical" if medical else "Une formation à la sécurité"
        yield "resultat", f"{subject} a un autre résultat : attendu {', '.join(allowed)}."
    if not medical and _usable(row, "poste") and cells.poste is None:
        yield "poste", "Une formation à la sécurité porte sur un poste : donnez son code."


def _membership(row: Row) -> Found:
    if _usable(row, "date_debut", "date_fin") and row.cells.date_fin and row.cells.date_fin < row.cells.date_debut:
        yield "date_fin", f"L'inscription finit avant son début, le {row.cells.date_debut:%d/%m/%Y}."


def _pupil(row: Row) -> Found:
    cells = row.cells
    if _usable(row, "date_entree", "date_sortie") and cells.date_sortie and cells.date_sortie < cells.date_entree:
        yield "date_sortie", f"La sortie vient avant l'entrée, le {cells.date_entree:%d/%m/%Y}."


def _presence(row: Row) -> Found:
    if _usable(row, "statut", "minutes_depart") and row.cells.minutes_depart and row.cells.statut not in HERE:
        yield "minutes_depart", "Un départ avant la fin ne se dit que d'un élève présent ou en retard."


CHECKS: dict[str, Callable[[Row], Found]] = {
    "seances": _ends_after_start,
    "pointages": _ends_after_start,
    "commandes": _order,
    "lignes": _line,
    "aptitudes": _clearance,
    "inscriptions": _membership,
    "eleves": _pupil,
    "presences": _presence,
}


def _check_one_school(sheet: Sheet, *, known: bool) -> None:
    """Exactly one row; an empty file says nothing new of a school that is known."""
    if not sheet.rows and sheet.complete and not known:
        sheet.blame(1, NO_COLUMN, "Le fichier est vide : il décrit l'école sur une seule ligne.")
    for row in sheet.rows[1:]:
        sheet.blame(row.line, "nom", "Il n'y a qu'une école : gardez une seule ligne.", row.cells.nom or "")


def _check_emails(merged: Merged) -> None:
    """Staff sign in with their address, so two people cannot share one."""
    if not merged.gives("personnel"):
        return
    staff = merged["personnel"]
    owners: dict[str, Row] = {}
    for row in sorted(staff.rows, key=lambda row: row.line):
        address = row.cells.email.lower() if row.cells.email else None
        owner = owners.setdefault(address, row) if address else row
        if owner is not row:
            why = f"Cette adresse est déjà celle de {quoted(owner.cells.code)} : chacun se connecte avec la sienne."
            staff.blame(row, "email", why, row.cells.email)
