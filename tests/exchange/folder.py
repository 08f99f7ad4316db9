"""A small school's import folder, right in every cell, for tests to spoil."""

import copy
import csv
import io
import zipfile
from pathlib import Path

import xlsxwriter

Rows = dict[str, list[dict[str, str]]]


def table(head: str, *lines: str) -> list[dict[str, str]]:
    """Rows from « a b c » and « 1|2|3 »."""
    names = head.split()
    return [dict(zip(names, line.split("|"), strict=True)) for line in lines]


SCHOOL: Rows = {
    "ecole": table(
        "nom siret uai adresse code_postal ville zone part_pratique_cible regime_tva tva_intracom iban bic",
        "École du Val|73282932000074|0521234X|1 rue Haute|52000|Chaumont|B|0.6667|assujetti|FR44732829320||",
    ),
    "personnel": table(
        "code nom prenom role email",
        "D1|Idoux|Noé|directeur|d1@ecole.example", "M1|Colin|Karim|maitre|m1@ecole.example",
        "F1|Arnould|Lise|formateur|",
    ),
    "diplomes": table("code intitule niveau rncp", "CAP|CAP usinage|3|", "BAC|Bac pro usinage|4|"),
    "competences": table("diplome code intitule", "CAP|C1|Préparer", "BAC|C2|Régler"),
    "matieres": table(
        "diplome code intitule type heures_annuelles",
        "CAP|ATELIER|Atelier|pratique|800", "CAP|FR|Français|theorie|90,5", "BAC|MATHS|Mathématiques|theorie|80",
    ),
    "groupes": table(
        "code intitule diplome annee_scolaire", "G1|Première année|CAP|2026-2027", "G2|Deuxième année|CAP|2026-2027"
    ),
    "eleves": table(
        "code nom prenom date_naissance groupe date_entree date_sortie responsable_nom responsable_email "
        "responsable_telephone",
        "E1|Jeanpierre|Élise|2009-01-14|G1|2026-09-01||Léa Jeanpierre|lea@mail.example|0300000000",
        "E2|Klein|Zoé|11/12/2008|G2|2025-09-01||||",
    ),
    "inscriptions": table(
        "eleve groupe date_debut date_fin", "E2|G1|2025-09-01|2026-08-31", "E2|G2|2026-09-01|"
    ),
    "postes": table(
        "code intitule capacite travaux_reglementes evaluation_risques",
        "P1|Tour 1|1|D4153-28|2026-07-01", "P2|Établi|4||",
    ),
    "declarations": table("code date_envoi articles postes diplomes", "DEC|2026-08-28|D4153-28|P1+P2|CAP"),
    "aptitudes": table(
        "eleve type poste date resultat restriction",
        "E1|avis_medical||2026-09-02|apte|", "E1|formation_securite|P1|2026-09-03|reussie|",
    ),
    "clients": table(
        "code raison_sociale siret tva_intracom adresse code_postal ville pays email telephone delai_paiement_jours",
        "C1|Précision du Bassigny|73282932000074|FR44732829320|2 rue Basse|52000|Chaumont|FR|||45",
        "C2|Tôlerie des Ardennes||BE0123456749|3 rue Neuve|6800|Libramont|BE|||30",
    ),
    "contacts": table("client nom prenom fonction email telephone", "C1|Perrin|Louna|Achats||", "C1|Claudel||||"),
    "commandes": table(
        "numero client reference_client date_commande date_livraison_prevue etat date_livraison",
        "CDE-2026-0001|C1|PO1|2026-09-01|2026-10-15|en_production|",
        "CDE-2026-0002|C2||2026-09-02|2026-09-20|livree|2026-09-18",
    ),
    "lignes": table(
        "commande ligne designation quantite unite prix_unitaire_ht remise_pct taux_tva",
        "CDE-2026-0001|1|Entretoise|10|pièce|41.50|2.5|20", "CDE-2026-0002|1|Bague|3,5|kg|1,950001||5,5",
    ),
    "operations": table(
        "commande ligne operation intitule poste temps_preparation_min temps_unitaire_min competence",
        "CDE-2026-0001|1|10|Débit|P2|10|2|C1", "CDE-2026-0001|1|20|Tournage|P1|45|6,5|C2",
        "CDE-2026-0001|1|30|Contrôle|P2|5|1|",
    ),
    "affectations": table(
        "commande ligne operation eleve maitre", "CDE-2026-0001|1|10|E1|M1", "CDE-2026-0001|1|20|E2|M1"
    ),
    "pointages": table(
        "commande ligne operation eleve date debut fin bonnes rebuts",
        "CDE-2026-0001|1|10|E1|2026-09-07|08:00|09:00|8|1", "CDE-2026-0001|1|20|E2|2026-09-07|13:00|14:30|5|0",
        "CDE-2026-0001|1|20|E2|2026-09-07|14:30|15:00|3|0", "CDE-2026-0001|1|30|E1|2026-09-08|08:30|09:00|7|1",
    ),
    "seances": table(
        "date debut fin groupe type matiere intervenant salle contenu",
        "2026-09-07|08:00|12:00|G1|pratique|ATELIER|M1|Atelier|", "2026-09-07|13:00|15:00|G1|theorie|FR|F1||Dictée",
        "2026-09-07|13:00|17:00|G2|pratique|ATELIER|M1|Atelier|",
        "2026-09-08|08:00|12:00|G1|pratique|ATELIER|M1|Atelier|",
        "2026-12-01|08:00|12:00|G1|pratique|ATELIER|M1|Atelier|",
    ),
    "presences": table(
        "date debut groupe eleve statut minutes_retard",
        "2026-09-07|08:00|G1|E1|present|", "2026-09-07|13:00|G1|E1|absent|", "2026-09-07|13:00|G2|E2|retard|10",
        "2026-09-08|08:00|G1|E1|retard|",
    ),
    "resultats": table("eleve diplome session resultat", "E2|CAP|2026|admis"),
    "promesses": table(
        "eleve entreprise siret date contrat statut", "E2|Précision du Bassigny|73282932000074|2026-05-04|CDI|acceptee"
    ),
    "devenirs": table("eleve date situation entreprise", "E2|2026-10-01|emploi|Précision du Bassigny"),
}  # fmt: skip


class Folder:
    """The small school, to be spoilt, then written in any of the accepted forms."""

    def __init__(self, path: Path, rows: Rows = SCHOOL) -> None:
        self.path = path
        self.rows: Rows = copy.deepcopy(rows)
        self.heads = {name: list(listed[0]) for name, listed in rows.items()}

    def change(self, name: str, line: int, **cells: str) -> "Folder":
        """Other values in the row that stands on this line (the header is line 1)."""
        self.rows[name][line - 2].update(cells)
        return self

    def add(self, name: str, *like: int, **cells: str) -> int:
        """A row more, like the one of a line; its own line."""
        base = self.rows[name][like[0] - 2] if like else dict.fromkeys(self.heads[name], "")
        self.rows[name].append(base | cells)
        return len(self.rows[name]) + 1

    def widen(self, name: str, column: str) -> "Folder":
        """One more column, empty."""
        self.heads[name].append(column)
        for row in self.rows[name]:
            row[column] = ""
        return self

    def narrow(self, name: str, column: str) -> "Folder":
        """One column less."""
        self.heads[name].remove(column)
        for row in self.rows[name]:
            del row[column]
        return self

    def drop(self, *names: str) -> "Folder":
        """Leave files out."""
        for name in names:
            del self.rows[name]
        return self

    def only(self, *names: str) -> "Folder":
        """Keep these files."""
        return self.drop(*(name for name in list(self.rows) if name not in names))

    def text(self, name: str, separator: str = ";") -> str:
        """The file as text."""
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, self.heads[name], delimiter=separator, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(self.rows[name])
        return buffer.getvalue()

    def write(self, separator: str = ";", encoding: str = "utf-8") -> Path:
        """One CSV file per table."""
        self.path.mkdir(exist_ok=True)
        for old in self.path.glob("*.csv"):
            old.unlink()
        for name in self.rows:
            (self.path / f"{name}.csv").write_bytes(self.text(name, separator).encode(encoding))
        return self.path

    def zip(self, top: str = "") -> Path:
        """The same in an archive."""
        target = self.path.with_suffix(".zip")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self.rows:
                archive.writestr(f"{top}{name}.csv", self.text(name))
        return target

    def workbook(self, target: Path | None = None, convert=lambda _column, value: value) -> Path:
        """The same as a workbook; `convert` gives the cell (text, number, date, time) for a text."""
        target = target or self.path.with_suffix(".xlsx")
        book = xlsxwriter.Workbook(target, {"default_date_format": "dd/mm/yyyy"})
        clock = book.add_format({"num_format": "hh:mm"})
        for name, rows in self.rows.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, self.heads[name])
            for line, row in enumerate(rows, start=1):
                for place, column in enumerate(self.heads[name]):
                    write_cell(sheet, (line, place), convert(column, row[column]), clock)
        book.close()
        return target


def write_cell(sheet, place, value, clock) -> None:
    """A text stays a text; a time of day gets its format."""
    if isinstance(value, str):
        sheet.write_string(*place, value)
    elif hasattr(value, "hour") and not hasattr(value, "year"):
        sheet.write_datetime(*place, value, clock)
    elif hasattr(value, "year"):
        sheet.write_datetime(*place, value)
    else:
        sheet.write(*place, value)
