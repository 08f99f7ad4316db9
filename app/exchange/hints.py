"""What each column wants, in the words of a person: read on the screen and in the notes of the empty workbook."""

from app.exchange.problems import typeset
from app.exchange.tables import TABLES, Column, Kind, Table

KINDS = {
    Kind.TEXT: "Texte", Kind.WHOLE: "Nombre entier, par exemple 12", Kind.NUMBER: "Nombre, par exemple 12,5",
    Kind.MINUTES: "Minutes, par exemple 2,5", Kind.DATE: "Date, par exemple 01/09/2026",
    Kind.TIME: "Heure, par exemple 08:00", Kind.CODES: "Codes séparés par +, par exemple A+B",
    Kind.YEAR: "Année, par exemple 2026", Kind.SCHOOL_YEAR: "Année scolaire, par exemple 2026-2027",
    Kind.COUNTRY: "Pays en deux lettres, par exemple FR", Kind.EMAIL: "Adresse de messagerie",
    Kind.SIRET: "SIRET, 14 chiffres", Kind.VAT: "Numéro de TVA, par exemple FR23334175221",
}  # fmt: skip
OWN = {
    ("ecole", "part_pratique_cible"): "Part d'atelier visée, par exemple 0,6667",
    ("eleves", "groupe"): "Groupe actuel, ou dernier groupe : un code de groupes",
    ("lignes", "remise_pct"): "Remise en %, par exemple 2,5",
    ("lignes", "taux_tva"): "Taux de TVA en %, par exemple 20",
    ("lignes", "prix_unitaire_ht"): "Euros hors taxes, par exemple 41,50",
    ("postes", "evaluation_risques"): "Date de l'évaluation des risques pour les jeunes, vide si elle n'est pas faite",
    ("postes", "travaux_reglementes"): "Articles du Code du travail séparés par +, par exemple D4153-28",
    ("presences", "minutes_retard"): "Minutes de retard, vide pour 0",
    ("presences", "minutes_depart"): "Minutes qui manquent à la fin, de qui est parti avant",
}  # fmt: skip


def hint(table: Table, column: Column) -> str:
    """One line: what to write, and whether it may stay empty."""
    text = OWN.get((table.name, column.name)) or _by_reference(table, column) or _by_kind(column)
    return typeset(f"{text}{' (facultatif)' if column.optional else ''}")


def _by_reference(table: Table, column: Column) -> str:
    found = next((reference for reference in table.references if reference.named == column.name), None)
    if found is None or found.table == "seances":
        return ""
    if len(found.columns) > 1:
        return f"Comme dans {found.table}, avec {', '.join(found.columns[:-1])}"
    many = "Codes" if column.kind is Kind.CODES else "Un code"
    return f"{many} de {found.table}{', séparés par +' if column.kind is Kind.CODES else ''}"


def _by_kind(column: Column) -> str:
    if column.words:
        return f"L'un de ces mots : {', '.join(column.words)}"
    return KINDS[column.kind]


def columns_of(name: str) -> list[tuple[str, str]]:
    """(column, hint) pairs of a file."""
    table = TABLES[name]
    return [(column.name, hint(table, column)) for column in table.columns]
