"""The demonstration school as the tables of an import folder: pure, and the same for the same day and seed."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.demo import clearances, companies, lessons
from app.demo.attendance import Register
from app.demo.frame import Frame, Row
from app.demo.identifiers import french_vat, siret, uai
from app.demo.orders import OrderBook
from app.demo.outcomes import Outcomes
from app.demo.people import Roster, group_code, staff_rows
from app.demo.production import Workshop
from app.demo.timetable import Timetable

NAME = "Atelier-École du Val"
SEED = 52

# The columns of FORMAT.md, in its order.
COLUMNS = {
    "ecole": "nom siret uai adresse code_postal ville zone part_pratique_cible regime_tva tva_intracom iban bic",
    "personnel": "code nom prenom role email",
    "diplomes": "code intitule niveau rncp",
    "competences": "diplome code intitule",
    "matieres": "diplome code intitule type heures_annuelles",
    "groupes": "code intitule diplome annee_scolaire",
    "eleves": "code nom prenom date_naissance groupe date_entree date_sortie responsable_nom responsable_email "
    "responsable_telephone",
    "inscriptions": "eleve groupe date_debut date_fin",
    "postes": "code intitule capacite travaux_reglementes evaluation_risques",
    "declarations": "code date_envoi articles postes diplomes",
    "aptitudes": "eleve type poste date resultat restriction",
    "clients": "code raison_sociale siret tva_intracom adresse code_postal ville pays email telephone "
    "delai_paiement_jours",
    "contacts": "client nom prenom fonction email telephone",
    "commandes": "numero client reference_client date_commande date_livraison_prevue etat date_livraison",
    "lignes": "commande ligne designation quantite unite prix_unitaire_ht remise_pct taux_tva",
    "operations": "commande ligne operation intitule poste temps_preparation_min temps_unitaire_min competence",
    "affectations": "commande ligne operation eleve maitre",
    "pointages": "commande ligne operation eleve date debut fin bonnes rebuts",
    "seances": "date debut fin groupe type matiere intervenant salle contenu",
    "presences": "date debut groupe eleve statut minutes_retard",
    "resultats": "eleve diplome session resultat",
    "promesses": "eleve entreprise siret date contrat statut",
    "devenirs": "eleve date situation entreprise",
}


@dataclass(frozen=True)
class School:
    """The tables by the names of FORMAT.md; each row maps every column of its table to a cell as a CSV file holds it.

    `current_groups` are the classes of this school year.
    """

    today: date
    tables: dict[str, list[Row]]
    current_groups: tuple[str, ...]


def generate(today: date, *, seed: int = SEED, years: int = 2, scale: int = 1) -> School:
    """The school as it stands in the morning of `today`.

    `years` school years of history, this one included; `scale` parallel classes per year, each with its own staff,
    clients and orders. Every rule of FORMAT.md holds. Past rolls are called but for three sessions; today only the
    first workshop session of each class was called; nothing is booked today.
    """
    if years < 1 or scale < 1:
        raise ValueError("a school has at least one year and one class")
    frame = Frame(today, seed, years, scale)
    roster = Roster(frame)
    clearances.fill_in(frame, roster)
    timetable = Timetable(frame)
    register = Register(frame, roster, timetable)
    book = OrderBook(frame, timetable.past_days)
    workshop = Workshop(frame, register, book.orders)
    outcomes = Outcomes(frame, roster)
    found = {
        "ecole": [_school_row()],
        "personnel": staff_rows(frame),
        **_framework_rows(),
        "groupes": roster.group_rows(),
        "eleves": roster.pupil_rows(),
        "inscriptions": roster.membership_rows(),
        **clearances.rows(frame, roster),
        **companies.rows(frame),
        **book.rows(),
        "affectations": list(workshop.assignments.values()),
        "pointages": workshop.bookings,
        "seances": timetable.rows(),
        "presences": register.rows(),
        "resultats": outcomes.results,
        "promesses": outcomes.offers,
        "devenirs": outcomes.situations,
    }
    current = tuple(group_code(frame, level, frame.year, k) for k in range(scale) for level in (1, 2))
    return School(today, {name: found[name] for name in COLUMNS}, current)


def write_folder(school: School, folder: Path) -> None:
    """Write the tables as an import folder: one `NAME.csv` each, semicolons, UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in school.tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name].split(), delimiter=";", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _school_row() -> Row:
    number = siret(52)
    return {
        "nom": NAME, "siret": number, "uai": uai(529998), "adresse": "12 rue de la Forge", "code_postal": "52000",
        "ville": "Chaumont", "zone": "B", "part_pratique_cible": "0.6857", "regime_tva": "assujetti",
        "tva_intracom": french_vat(number), "iban": "", "bic": "",
    }  # fmt: skip


def _framework_rows() -> dict[str, list[Row]]:
    code = lessons.DIPLOMA
    return {
        "diplomes": [{"code": code, "intitule": lessons.DIPLOMA_LABEL, "niveau": "3", "rncp": ""}],
        "competences": [{"diplome": code, "code": key, "intitule": text} for key, text in lessons.SKILLS.items()],
        "matieres": [
            {"diplome": code, "code": key, "intitule": text, "type": kind, "heures_annuelles": str(hours)}
            for key, (text, kind, hours) in lessons.SUBJECTS.items()
        ],
    }
