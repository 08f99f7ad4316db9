"""The twenty-three files of the import contract: columns, allowed words, keys and references, declared once.

French words stand here beside the stored ones; nothing else in the package knows both.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from app.core.permissions import Role
from app.graduates.rules import Contract, ExamVerdict, OfferState, Situation
from app.orders.rules import OrderState
from app.pedagogy.rules import Attendance, SessionKind

NO_WORDS: Mapping[str, Any] = MappingProxyType({})


class Kind(StrEnum):
    """What a cell may hold."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    WORD = "word"
    MINUTES = "minutes"
    CODES = "codes"
    YEAR = "year"
    SCHOOL_YEAR = "school_year"
    COUNTRY = "country"
    EMAIL = "email"
    SIRET = "siret"
    VAT = "vat"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `most` bounds numbers, `length` texts; `words` maps the French word to what is stored.

    `empty` is what an empty cell stands for. Where `kept`, an empty cell leaves what is stored: people write there in
    the product (a teacher's log, the address somebody signs in with, the school's bank account).
    """

    name: str
    kind: Kind = Kind.TEXT
    optional: bool = False
    words: Mapping[str, Any] = field(default_factory=lambda: NO_WORDS)
    decimals: int = 0
    most: int = 1_000_000
    length: int = 200
    empty: Any = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """These columns name a row of `table`. A mistake is said of the last one."""

    columns: tuple[str, ...]
    table: str

    @property
    def named(self) -> str:
        """The column a report names."""
        return self.columns[-1]


@dataclass(frozen=True)
class Table:
    """One file. `key` holds the columns that identify a row; `title` and `about` are read on the screen."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    by_name: Mapping[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        """Index the columns by name."""
        object.__setattr__(self, "by_name", MappingProxyType({column.name: column for column in self.columns}))

    @cached_property
    def record(self) -> Callable[..., Any]:
        """The tuple type of a row's typed cells, one field per column."""
        return namedtuple(f"{self.name.title()}Cells", [column.name for column in self.columns])  # noqa: PYI024

    @cached_property
    def key_of(self) -> Callable[[Any], Any]:
        """The key of a tuple of cells: the bare value when the key has one column."""
        return self.picker(self.key)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """Columns where an empty cell leaves what is stored."""
        return tuple(column.name for column in self.columns if column.kept)

    def picker(self, columns: tuple[str, ...]) -> Callable[[Any], Any]:
        """A fast function from cells to the values of these columns."""
        names = [column.name for column in self.columns]
        return itemgetter(*(names.index(name) for name in columns))


def text(name: str, length: int = 200) -> Column:
    """A required text."""
    return Column(name, length=length)


def maybe(name: str, kind: Kind = Kind.TEXT, length: int = 200, **more: Any) -> Column:
    """A column that may be empty or left out."""
    return Column(name, kind, optional=True, length=length, **more)


def word(name: str, words: Mapping[str, Any]) -> Column:
    """A required word out of a closed list."""
    return Column(name, Kind.WORD, words=MappingProxyType(dict(words)))


def day(name: str) -> Column:
    """A required date."""
    return Column(name, Kind.DATE)


def clock(name: str) -> Column:
    """A required local time."""
    return Column(name, Kind.TIME)


def whole(name: str, most: int = 1_000_000) -> Column:
    """A required whole number."""
    return Column(name, Kind.WHOLE, most=most)


def number(name: str, decimals: int = 4, most: int = 10_000_000) -> Column:
    """A required number with at most so many decimals."""
    return Column(name, Kind.NUMBER, decimals=decimals, most=most)


def minutes(name: str) -> Column:
    """Required professional minutes, read as whole seconds."""
    return Column(name, Kind.MINUTES, decimals=4)


def to(table: str, *columns: str) -> Reference:
    """A reference to `table`."""
    return Reference(columns, table)


ROLES = {"directeur": Role.DIRECTOR, "maitre": Role.MASTER, "formateur": Role.TEACHER, "gestion": Role.OFFICE}
KINDS = {"theorie": SessionKind.THEORY, "pratique": SessionKind.PRACTICE}
STATUSES = {
    "present": Attendance.PRESENT, "absent": Attendance.ABSENT, "retard": Attendance.LATE, "excuse": Attendance.EXCUSED,
}  # fmt: skip
STATES = {
    "devis": OrderState.QUOTE, "confirmee": OrderState.CONFIRMED, "en_production": OrderState.IN_PRODUCTION,
    "livree": OrderState.DELIVERED, "facturee": OrderState.INVOICED, "annulee": OrderState.CANCELLED,
}  # fmt: skip
CLEARANCE_KINDS = {"avis_medical": "medical", "formation_securite": "safety"}
MEDICAL_RESULTS = {"apte": "fit", "inapte": "unfit"}
SAFETY_RESULTS = {"reussie": "passed", "echouee": "failed", "non_evaluee": "not_assessed"}
CONTRACTS = {
    "CDI": Contract.PERMANENT, "CDD": Contract.FIXED_TERM, "apprentissage": Contract.APPRENTICESHIP,
    "interim": Contract.TEMP,
}  # fmt: skip
OFFERS = {"promesse": OfferState.ANNOUNCED, "acceptee": OfferState.ACCEPTED, "declinee": OfferState.DECLINED}
SITUATIONS = {
    "emploi": Situation.JOB, "apprentissage": Situation.APPRENTICESHIP, "etudes": Situation.STUDIES,
    "recherche": Situation.SEARCHING,
}  # fmt: skip

PEOPLE_TABLES = (
    Table(
        "ecole", "L’école", "Son nom, ses identifiants et sa TVA : une seule ligne.",
        (
            text("nom"), Column("siret", Kind.SIRET), maybe("uai", kept=True), text("adresse"), text("code_postal", 20),
            text("ville"), word("zone", {"A": "A", "B": "B", "C": "C"}), number("part_pratique_cible", 4, most=1),
            word("regime_tva", {"assujetti": "assujetti", "franchise": "franchise"}),
            maybe("tva_intracom", Kind.VAT, kept=True), maybe("iban", length=50, kept=True),
            maybe("bic", length=20, kept=True),
        ),
        key=("nom",),
    ),
    Table(
        "personnel", "Le personnel", "Direction, maîtres professionnels, formateurs et gestion.",
        (text("code"), text("nom"), text("prenom"), word("role", ROLES), maybe("email", Kind.EMAIL, kept=True)),
        key=("code",),
    ),
    Table(
        "diplomes", "Les diplômes", "Les diplômes que l’école prépare.",
        (text("code"), text("intitule"), word("niveau", {"3": 3, "4": 4}), maybe("rncp")),
        key=("code",),
    ),
    Table(
        "competences", "Les compétences", "Le référentiel de chaque diplôme.",
        (text("diplome"), text("code"), text("intitule", 500)),
        key=("diplome", "code"),
        references=(to("diplomes", "diplome"),),
    ),
    Table(
        "matieres", "Les matières", "Les matières de chaque diplôme, en atelier ou en cours.",
        (text("diplome"), text("code"), text("intitule"), word("type", KINDS), number("heures_annuelles")),
        key=("diplome", "code"),
        references=(to("diplomes", "diplome"),),
    ),
    Table(
        "groupes", "Les groupes", "Une classe pour une année scolaire.",
        (text("code"), text("intitule"), text("diplome"), Column("annee_scolaire", Kind.SCHOOL_YEAR)),
        key=("code",),
        references=(to("diplomes", "diplome"),),
    ),
    Table(
        "eleves", "Les élèves", "Les jeunes, leur groupe et leurs responsables.",
        (
            text("code"), text("nom"), text("prenom"), day("date_naissance"), text("groupe"), day("date_entree"),
            maybe("date_sortie", Kind.DATE), maybe("responsable_nom"), maybe("responsable_email"),
            maybe("responsable_telephone"),
        ),
        key=("code",),
        references=(to("groupes", "groupe"),),
    ),
    Table(
        "inscriptions", "Les inscriptions", "Les groupes successifs d’un élève, quand il en a changé.",
        (text("eleve"), text("groupe"), day("date_debut"), maybe("date_fin", Kind.DATE)),
        key=("eleve", "groupe", "date_debut"),
        references=(to("eleves", "eleve"), to("groupes", "groupe")),
    ),
)  # fmt: skip

SAFETY_TABLES = (
    Table(
        "postes", "Les postes de travail", "Machines et établis, avec leurs travaux réglementés.",
        (
            text("code"), text("intitule"), whole("capacite", 10_000),
            maybe("travaux_reglementes", Kind.CODES, length=500, empty=()), maybe("evaluation_risques", Kind.DATE),
        ),
        key=("code",),
    ),
    Table(
        "declarations", "Les déclarations de dérogation", "Celles que l’école a envoyées pour les travaux réglementés.",
        (
            text("code"), day("date_envoi"), Column("articles", Kind.CODES, length=2000),
            Column("postes", Kind.CODES, length=5000), Column("diplomes", Kind.CODES, length=2000),
        ),
        key=("code",),
        references=(to("postes", "postes"), to("diplomes", "diplomes")),
    ),
    Table(
        "aptitudes", "Les aptitudes", "Avis médicaux et formations à la sécurité.",
        (
            text("eleve"), word("type", CLEARANCE_KINDS), maybe("poste"), day("date"),
            word("resultat", MEDICAL_RESULTS | SAFETY_RESULTS), maybe("restriction", Kind.CODES, length=500, empty=()),
        ),
        key=("eleve", "type", "poste", "date"),
        references=(to("eleves", "eleve"), to("postes", "poste")),
    ),
)  # fmt: skip

ORDER_TABLES = (
    Table(
        "clients", "Les clients", "Les entreprises qui passent commande.",
        (
            text("code"), text("raison_sociale"), maybe("siret", Kind.SIRET), maybe("tva_intracom", Kind.VAT),
            text("adresse"), text("code_postal", 20), text("ville"), Column("pays", Kind.COUNTRY), maybe("email"),
            maybe("telephone"), whole("delai_paiement_jours", 1_000),
        ),
        key=("code",),
    ),
    Table(
        "contacts", "Les contacts", "Les personnes à qui parler chez un client.",
        (
            text("client"), text("nom"), maybe("prenom"), maybe("fonction"), maybe("email"), maybe("telephone"),
        ),
        key=("client", "nom", "prenom"),
        references=(to("clients", "client"),),
    ),
    Table(
        "commandes", "Les commandes", "Devis et commandes, avec leur état et leurs dates.",
        (
            text("numero"), text("client"), maybe("reference_client"), day("date_commande"),
            day("date_livraison_prevue"), word("etat", STATES), maybe("date_livraison", Kind.DATE),
        ),
        key=("numero",),
        references=(to("clients", "client"),),
    ),
    Table(
        "lignes", "Les lignes de commande", "Ce qui est commandé, à quel prix.",
        (
            text("commande"), whole("ligne"), text("designation", 500), number("quantite"), text("unite", 30),
            number("prix_unitaire_ht", 6), maybe("remise_pct", Kind.NUMBER, decimals=2, most=100, empty=Decimal(0)),
            number("taux_tva", 2, most=100),
        ),
        key=("commande", "ligne"),
        references=(to("commandes", "commande"),),
    ),
    Table(
        "operations", "Les opérations", "La gamme de fabrication de chaque ligne.",
        (
            text("commande"), whole("ligne"), whole("operation"), text("intitule"), text("poste"),
            minutes("temps_preparation_min"), minutes("temps_unitaire_min"),
            maybe("competence"),
        ),
        key=("commande", "ligne", "operation"),
        references=(to("lignes", "commande", "ligne"), to("postes", "poste")),
    ),
    Table(
        "affectations", "Les affectations", "Qui a reçu quelle opération, de quel maître.",
        (text("commande"), whole("ligne"), whole("operation"), text("eleve"), text("maitre")),
        key=("commande", "ligne", "operation", "eleve"),
        references=(
            to("operations", "commande", "ligne", "operation"), to("eleves", "eleve"), to("personnel", "maitre"),
        ),
    ),
)  # fmt: skip

LIFE_TABLES = (
    Table(
        "pointages", "Les pointages", "Le temps passé et les pièces faites, par élève et par opération.",
        (
            text("commande"), whole("ligne"), whole("operation"), text("eleve"), day("date"), clock("debut"),
            clock("fin"), whole("bonnes"), whole("rebuts"),
        ),
        key=("eleve", "date", "debut"),
        references=(to("operations", "commande", "ligne", "operation"), to("eleves", "eleve")),
    ),
    Table(
        "seances", "Les séances", "L’emploi du temps daté, passé et à venir.",
        (
            day("date"), clock("debut"), clock("fin"), text("groupe"), word("type", KINDS), text("matiere"),
            text("intervenant"), maybe("salle"), maybe("contenu", length=5000, kept=True),
        ),
        key=("groupe", "date", "debut"),
        references=(to("groupes", "groupe"), to("personnel", "intervenant")),
    ),
    Table(
        "presences", "Les présences", "L’appel de chaque séance.",
        (
            day("date"), clock("debut"), text("groupe"), text("eleve"), word("statut", STATUSES),
            maybe("minutes_retard", Kind.WHOLE, most=1_440, empty=0),
            maybe("minutes_depart", Kind.WHOLE, most=1_440, kept=True),
        ),
        key=("groupe", "date", "debut", "eleve"),
        references=(to("groupes", "groupe"), to("eleves", "eleve"), to("seances", "groupe", "date", "debut")),
    ),
    Table(
        "resultats", "Les résultats d’examen", "Admis ou ajourné, par session.",
        (
            text("eleve"), text("diplome"), Column("session", Kind.YEAR),
            word("resultat", {"admis": ExamVerdict.PASSED, "ajourne": ExamVerdict.FAILED}),
        ),
        key=("eleve", "diplome", "session"),
        references=(to("eleves", "eleve"), to("diplomes", "diplome")),
    ),
    Table(
        "promesses", "Les promesses d’embauche", "Les offres reçues par chaque jeune.",
        (
            text("eleve"), text("entreprise"), maybe("siret", Kind.SIRET), day("date"), word("contrat", CONTRACTS),
            word("statut", OFFERS),
        ),
        key=("eleve", "entreprise", "date"),
        references=(to("eleves", "eleve"),),
    ),
    Table(
        "devenirs", "Les devenirs", "Ce que font les jeunes sortis de l’école.",
        (text("eleve"), day("date"), word("situation", SITUATIONS), maybe("entreprise")),
        key=("eleve", "date"),
        references=(to("eleves", "eleve"),),
    ),
)  # fmt: skip

TABLES: Mapping[str, Table] = MappingProxyType(
    {table.name: table for table in (*PEOPLE_TABLES, *SAFETY_TABLES, *ORDER_TABLES, *LIFE_TABLES)}
)
RANK: Mapping[str, int] = MappingProxyType({name: rank for rank, name in enumerate(TABLES)})
