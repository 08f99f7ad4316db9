"""How the cells of a file become the columns of a table, for the tables that are plain records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.accounts.models import School, Staff
from app.clients.models import Company, Contact
from app.core.db import Base
from app.core.money import line_total
from app.core.text import fold, search_key
from app.exchange.stored import Database
from app.graduates.models import ExamResult, JobOffer, Outcome
from app.machines.models import Clearance, Declaration, WorkCenter
from app.orders.models import CustomerOrder, OrderLine
from app.pedagogy.models import Diploma, Membership, Pupil, PupilGroup, Skill, Subject, TimetableSession

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plain:
    """A table whose rows are written as they stand. When `dated`, a new row says when it was made."""

    model: type[Base]
    values: Callable[[Any, Database], Values]
    dated: bool = False
    journaled: bool = False


def _school(c: Any, _: Database) -> Values:
    return {
        "id": 1, "name": c.nom, "siret": c.siret, "uai": c.uai, "address": c.adresse, "postal_code": c.code_postal,
        "city": c.ville, "zone": c.zone, "practice_target": c.part_pratique_cible, "vat_regime": c.regime_tva,
        "vat_number": c.tva_intracom, "iban": c.iban, "bic": c.bic,
    }  # fmt: skip


def _staff(c: Any, _: Database) -> Values:
    return {
        "code": c.code, "last_name": c.nom, "first_name": c.prenom, "role": c.role, "email": c.email,
        "sort_key": fold(f"{c.nom} {c.prenom}"),
    }  # fmt: skip


def _diploma(c: Any, _: Database) -> Values:
    return {"code": c.code, "label": c.intitule, "level": c.niveau, "rncp": c.rncp}


def _skill(c: Any, known: Database) -> Values:
    return {"diploma_id": known.ids("diplomes")[c.diplome], "code": c.code, "label": c.intitule}


def _subject(c: Any, known: Database) -> Values:
    return {
        "diploma_id": known.ids("diplomes")[c.diplome], "code": c.code, "label": c.intitule, "kind": c.type,
        "yearly_hours": c.heures_annuelles,
    }  # fmt: skip


def _group(c: Any, known: Database) -> Values:
    return {
        "code": c.code, "label": c.intitule, "diploma_id": known.ids("diplomes")[c.diplome],
        "school_year": c.annee_scolaire,
    }  # fmt: skip


def _pupil(c: Any, known: Database) -> Values:
    return {
        "code": c.code, "last_name": c.nom, "first_name": c.prenom, "born_on": c.date_naissance,
        "group_id": known.ids("groupes")[c.groupe], "entered_on": c.date_entree, "left_on": c.date_sortie,
        "sort_key": fold(f"{c.nom} {c.prenom}"),
        "search_key": search_key(c.code, c.prenom, c.nom),
    }  # fmt: skip


def _membership(c: Any, known: Database) -> Values:
    return {
        "pupil_id": known.ids("eleves")[c.eleve], "group_id": known.ids("groupes")[c.groupe],
        "starts_on": c.date_debut, "ends_on": c.date_fin, "implied": False,
    }  # fmt: skip


def _work_center(c: Any, _: Database) -> Values:
    return {
        "code": c.code, "label": c.intitule, "capacity": c.capacite,
        "regulated_articles": "+".join(c.travaux_reglementes), "risk_assessed_on": c.evaluation_risques,
        "sort_key": fold(c.intitule),
    }  # fmt: skip


def _declaration(c: Any, _: Database) -> Values:
    return {
        "code": c.code, "sent_on": c.date_envoi, "articles": "+".join(c.articles), "work_centers": "+".join(c.postes),
        "diplomas": "+".join(c.diplomes),
    }  # fmt: skip


def _clearance(c: Any, known: Database) -> Values:
    return {
        "pupil_id": known.ids("eleves")[c.eleve], "kind": c.type,
        "work_center_id": known.ids("postes")[c.poste] if c.poste else None, "on_date": c.date, "result": c.resultat,
        "restriction": "+".join(c.restriction),
    }  # fmt: skip


def _company(c: Any, _: Database) -> Values:
    return {
        "code": c.code, "name": c.raison_sociale, "siret": c.siret, "vat_number": c.tva_intracom,
        "address": c.adresse, "postal_code": c.code_postal, "city": c.ville, "country": c.pays, "email": c.email,
        "phone": c.telephone, "payment_days": c.delai_paiement_jours, "sort_key": fold(c.raison_sociale),
        "search_key": search_key(c.code, c.raison_sociale, c.ville, c.siret, c.email),
    }  # fmt: skip


def _contact(c: Any, known: Database) -> Values:
    return {
        "company_id": known.ids("clients")[c.client], "last_name": c.nom, "first_name": c.prenom or "",
        "position": c.fonction, "email": c.email, "phone": c.telephone, "sort_key": fold(f"{c.nom} {c.prenom or ''}"),
    }  # fmt: skip


def _order(c: Any, known: Database) -> Values:
    return {
        "number": c.numero, "company_id": known.ids("clients")[c.client], "customer_reference": c.reference_client,
        "ordered_on": c.date_commande, "due_on": c.date_livraison_prevue, "delivered_on": c.date_livraison,
        "state": c.etat, "search_key": search_key(c.numero, c.reference_client),
    }  # fmt: skip


def _line(c: Any, known: Database) -> Values:
    return {
        "order_id": known.ids("commandes")[c.commande], "line_no": c.ligne, "label": c.designation,
        "quantity": c.quantite, "unit": c.unite, "unit_price": c.prix_unitaire_ht, "discount": c.remise_pct,
        "vat_rate": c.taux_tva, "net": line_total(c.quantite, c.prix_unitaire_ht, c.remise_pct),
    }  # fmt: skip


def _session(c: Any, known: Database) -> Values:
    diploma = known.cells("groupes")[c.groupe].diplome
    return {
        "group_id": known.ids("groupes")[c.groupe], "on_date": c.date, "start_minute": c.debut, "end_minute": c.fin,
        "kind": c.type, "subject_id": known.ids("matieres")[diploma, c.matiere],
        "staff_id": known.ids("personnel")[c.intervenant], "room": c.salle, "content": c.contenu,
    }  # fmt: skip


def _result(c: Any, known: Database) -> Values:
    return {
        "pupil_id": known.ids("eleves")[c.eleve], "diploma_id": known.ids("diplomes")[c.diplome],
        "session": c.session, "verdict": c.resultat,
    }  # fmt: skip


def _offer(c: Any, known: Database) -> Values:
    return {
        "pupil_id": known.ids("eleves")[c.eleve], "company_name": c.entreprise, "siret": c.siret,
        "offered_on": c.date, "contract": c.contrat, "state": c.statut,
    }  # fmt: skip


def _outcome(c: Any, known: Database) -> Values:
    return {
        "pupil_id": known.ids("eleves")[c.eleve], "as_of": c.date, "situation": c.situation,
        "company_name": c.entreprise,
    }  # fmt: skip


PLAIN: Mapping[str, Plain] = MappingProxyType(
    {
        "ecole": Plain(School, _school), "personnel": Plain(Staff, _staff, journaled=True),
        "diplomes": Plain(Diploma, _diploma), "competences": Plain(Skill, _skill),
        "matieres": Plain(Subject, _subject), "groupes": Plain(PupilGroup, _group),
        "eleves": Plain(Pupil, _pupil, journaled=True), "inscriptions": Plain(Membership, _membership),
        "postes": Plain(WorkCenter, _work_center, journaled=True), "declarations": Plain(Declaration, _declaration),
        "aptitudes": Plain(Clearance, _clearance), "clients": Plain(Company, _company, journaled=True),
        "contacts": Plain(Contact, _contact), "commandes": Plain(CustomerOrder, _order, dated=True, journaled=True),
        "lignes": Plain(OrderLine, _line), "seances": Plain(TimetableSession, _session),
        "resultats": Plain(ExamResult, _result), "promesses": Plain(JobOffer, _offer, dated=True),
        "devenirs": Plain(Outcome, _outcome),
    }
)  # fmt: skip
