"""The import contract checked from scratch: what FORMAT.md says, without a line of the application's own code."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise

Row = dict[str, str]
Tables = dict[str, list[Row]]
Check = Callable[[Tables], Iterator[str]]

# Table: number of key columns, then columns; `?` may be empty.
FORMAT = {
    "ecole": (1, ("nom siret uai? adresse code_postal ville zone part_pratique_cible regime_tva tva_intracom? iban? "
              "bic?")),
    "personnel": (1, "code nom prenom role email?"),
    "diplomes": (1, "code intitule niveau rncp?"),
    "competences": (2, "diplome code intitule"),
    "matieres": (2, "diplome code intitule type heures_annuelles"),
    "groupes": (1, "code intitule diplome annee_scolaire"),
    "eleves": (1, ("code nom prenom date_naissance groupe date_entree date_sortie? responsable_nom? "
               "responsable_email? responsable_telephone?")),
    "inscriptions": (3, "eleve groupe date_debut date_fin?"),
    "postes": (1, "code intitule capacite travaux_reglementes? evaluation_risques?"),
    "declarations": (1, "code date_envoi articles postes diplomes"),
    "aptitudes": (4, "eleve type poste? date resultat restriction?"),
    "clients": (1, ("code raison_sociale siret? tva_intracom? adresse code_postal ville pays email? telephone? "
                "delai_paiement_jours")),
    "contacts": (3, "client nom prenom? fonction? email? telephone?"),
    "commandes": (1, "numero client reference_client? date_commande date_livraison_prevue etat date_livraison?"),
    "lignes": (2, "commande ligne designation quantite unite prix_unitaire_ht remise_pct? taux_tva"),
    "operations": (3, "commande ligne operation intitule poste temps_preparation_min temps_unitaire_min competence?"),
    "affectations": (4, "commande ligne operation eleve maitre"),
    "pointages": (0, "commande ligne operation eleve date debut fin bonnes rebuts"),
    "seances": (0, "date debut fin groupe type matiere intervenant salle? contenu?"),
    "presences": (0, "date debut groupe eleve statut minutes_retard?"),
    "resultats": (3, "eleve diplome session resultat"),
    "promesses": (0, "eleve entreprise siret? date contrat statut"),
    "devenirs": (2, "eleve date situation entreprise?"),
}  # fmt: skip
OTHER_KEYS = {
    "pointages": "eleve date debut", "seances": "groupe date debut", "presences": "groupe date debut eleve",
    "promesses": "eleve entreprise date",
}  # fmt: skip
WORDS = {
    "zone": "A B C", "role": "directeur maitre formateur gestion", "niveau": "3 4", "regime_tva": "assujetti franchise",
    "etat": "devis confirmee en_production livree facturee annulee", "statut": "present absent retard excuse",
    "contrat": "CDI CDD apprentissage interim", "situation": "emploi apprentissage etudes recherche",
}  # fmt: skip
TABLE_WORDS = {
    ("matieres", "type"): "theorie pratique", ("seances", "type"): "theorie pratique",
    ("aptitudes", "type"): "avis_medical formation_securite",
    ("aptitudes", "resultat"): "apte inapte reussie echouee non_evaluee",
    ("resultats", "resultat"): "admis ajourne", ("promesses", "statut"): "promesse acceptee declinee",
}  # fmt: skip
SHAPES = {
    r"\d{4}-\d\d-\d\d": "date date_naissance date_entree date_sortie date_debut date_fin evaluation_risques date_envoi "
    "date_commande date_livraison_prevue date_livraison",
    r"([01]\d|2[0-3]):[0-5]\d": "debut fin",
    r"\d+": "bonnes rebuts minutes_retard ligne operation capacite delai_paiement_jours",
    r"\d+(\.\d{1,2})?": "taux_tva remise_pct",
    r"\d+(\.\d{1,4})?": "quantite part_pratique_cible",
    r"\d+(\.\d{1,6})?": "prix_unitaire_ht",
    r"\d+(\.\d+)?": "temps_preparation_min temps_unitaire_min heures_annuelles",
    r"\d{4}-\d{4}": "annee_scolaire",
    r"\d{4}": "session",
    r"[^@\s]+@[a-z0-9.-]+\.example": "email responsable_email",
}
# Table: column, target table, target key.
REFERENCES = {
    "competences": (("diplome", "diplomes"),),
    "matieres": (("diplome", "diplomes"),),
    "groupes": (("diplome", "diplomes"),),
    "eleves": (("groupe", "groupes"),),
    "inscriptions": (("eleve", "eleves"), ("groupe", "groupes")),
    "aptitudes": (("eleve", "eleves"), ("poste", "postes")),
    "contacts": (("client", "clients"),),
    "commandes": (("client", "clients"),),
    "lignes": (("commande", "commandes"),),
    "operations": (("commande ligne", "lignes"), ("poste", "postes")),
    "affectations": (("commande ligne operation", "operations"), ("eleve", "eleves"), ("maitre", "personnel")),
    "pointages": (("commande ligne operation", "operations"), ("eleve", "eleves")),
    "seances": (("groupe", "groupes"), ("intervenant", "personnel")),
    "presences": (("groupe date debut", "seances"), ("eleve", "eleves")),
    "resultats": (("eleve", "eleves"), ("diplome", "diplomes")),
    "promesses": (("eleve", "eleves"),),
    "devenirs": (("eleve", "eleves"),),
}


def problems(tables: Tables) -> list[str]:
    """Every breach of the contract; an empty list for a sound folder."""
    return [f"{check.__name__}: {problem}" for check in CHECKS for problem in check(tables)]


def key_columns(table: str) -> list[str]:
    count, columns = FORMAT[table]
    return OTHER_KEYS[table].split() if table in OTHER_KEYS else columns.replace("?", "").split()[:count]


def values(row: Row, columns: list[str]) -> tuple[str, ...]:
    return tuple(row[column] for column in columns)


def minute(text: str) -> int:
    moment = time.fromisoformat(text)
    return moment.hour * 60 + moment.minute


def columns_are_those_of_the_contract(tables: Tables) -> Iterator[str]:
    if list(tables) != list(FORMAT):
        yield "tables missing, unknown or out of order"
    for table, rows in tables.items():
        expected = FORMAT[table][1].replace("?", "").split()
        yield from (f"{table}: {sorted(row)}" for row in rows if list(row) != expected and set(row) != set(expected))


def cells_have_their_type(tables: Tables) -> Iterator[str]:
    shapes = {column: re.compile(shape) for shape, columns in SHAPES.items() for column in columns.split()}
    for table, rows in tables.items():
        for column in FORMAT[table][1].split():
            name, optional = column.rstrip("?"), column.endswith("?")
            words = TABLE_WORDS.get((table, name), WORDS.get(name, "")).split()
            shape = shapes.get(name)
            for cell in {row[name] for row in rows}:
                if cell == "" and optional:
                    continue
                wrong = cell != cell.strip() or cell == "" or (words and cell not in words)
                if wrong or (shape and not shape.fullmatch(cell)):
                    yield f"{table}.{name}: {cell!r}"


def dates_exist(tables: Tables) -> Iterator[str]:
    dates = next(columns for shape, columns in SHAPES.items() if shape.startswith(r"\d{4}-\d\d-")).split()
    for rows in tables.values():
        for column in dates:
            for cell in {row.get(column, "") for row in rows} - {""}:
                date.fromisoformat(cell)
    yield from ()


def keys_are_unique(tables: Tables) -> Iterator[str]:
    for table, rows in tables.items():
        seen = set()
        for row in rows:
            key = values(row, key_columns(table))
            if key in seen:
                yield f"{table}: {key}"
            seen.add(key)


def references_exist(tables: Tables) -> Iterator[str]:
    known = {table: {values(row, key_columns(table)) for row in rows} for table, rows in tables.items()}
    for table, references in REFERENCES.items():
        for columns, target in references:
            for row in tables[table]:
                key = values(row, columns.split())
                if any(key) and key not in known[target]:
                    yield f"{table}: {columns} {key}"


def lists_and_subjects_exist(tables: Tables) -> Iterator[str]:
    centers = {row["code"] for row in tables["postes"]}
    diplomas = {row["code"] for row in tables["diplomes"]}
    for row in tables["declarations"]:
        if not set(row["postes"].split("+")) <= centers or not set(row["diplomes"].split("+")) <= diplomas:
            yield f"declarations: {row}"
    skills = {row["code"] for row in tables["competences"]}
    yield from (f"operations: {row}" for row in tables["operations"] if row["competence"] not in skills | {""})
    subjects = {(row["diplome"], row["code"]) for row in tables["matieres"]}
    diploma_of = {row["code"]: row["diplome"] for row in tables["groupes"]}
    for row in tables["seances"]:
        if (diploma_of[row["groupe"]], row["matiere"]) not in subjects:
            yield f"seances: {row}"


def one_school(tables: Tables) -> Iterator[str]:
    if len(tables["ecole"]) != 1:
        yield "exactly one row"


def luhn(digits: str) -> bool:
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def identifiers_have_their_check_digits(tables: Tables) -> Iterator[str]:
    for table in ("ecole", "clients", "promesses"):
        for row in tables[table]:
            siret, vat = row["siret"], row.get("tva_intracom", "")
            if siret and not (re.fullmatch(r"9998\d{10}", siret) and luhn(siret) and luhn(siret[:9])):
                yield f"{table}: SIRET {siret}"
            if vat.startswith("FR") and int(vat[2:4]) != (12 + 3 * (int(vat[4:]) % 97)) % 97:
                yield f"{table}: TVA {vat}"


def clearances_hold_together(tables: Tables) -> Iterator[str]:
    for row in tables["aptitudes"]:
        medical = row["type"] == "avis_medical"
        if medical != (row["resultat"] in {"apte", "inapte"}) or (not medical and not row["poste"]):
            yield str(row)


def times_end_after_they_start(tables: Tables) -> Iterator[str]:
    for table in ("seances", "pointages"):
        yield from (f"{table}: {row}" for row in tables[table] if minute(row["fin"]) <= minute(row["debut"]))


def nobody_is_in_two_places(tables: Tables) -> Iterator[str]:
    for table, who in (("pointages", "eleve"), ("seances", "groupe"), ("seances", "intervenant")):
        by_day = defaultdict(list)
        for row in tables[table]:
            by_day[row[who], row["date"]].append((minute(row["debut"]), minute(row["fin"])))
        for key, spans in by_day.items():
            if any(later[0] < earlier[1] for earlier, later in pairwise(sorted(spans))):
                yield f"{table}: {key}"


def memberships(tables: Tables) -> dict[str, list[tuple[str, date, date]]]:
    stays = defaultdict(list)
    for row in tables["inscriptions"]:
        end = date.fromisoformat(row["date_fin"]) if row["date_fin"] else date.max
        stays[row["eleve"]].append((row["groupe"], date.fromisoformat(row["date_debut"]), end))
    for row in tables["eleves"]:
        if row["code"] not in stays:
            end = date.fromisoformat(row["date_sortie"]) if row["date_sortie"] else date.max
            stays[row["code"]] = [(row["groupe"], date.fromisoformat(row["date_entree"]), end)]
    return stays


def group_of(stays: dict[str, list[tuple[str, date, date]]], pupil: str, day: str) -> str | None:
    on = date.fromisoformat(day)
    return next((group for group, first, last in stays[pupil] if first <= on <= last), None)


def memberships_do_not_overlap(tables: Tables) -> Iterator[str]:
    for pupil, stays in memberships(tables).items():
        spans = sorted((first, last) for _, first, last in stays)
        if any(last < first for first, last in spans) or any(b[0] <= a[1] for a, b in pairwise(spans)):
            yield pupil


def roll_calls_name_members(tables: Tables) -> Iterator[str]:
    stays = memberships(tables)
    length = {
        (row["groupe"], row["date"], row["debut"]): minute(row["fin"]) - minute(row["debut"])
        for row in tables["seances"]
    }
    for row in tables["presences"]:
        if group_of(stays, row["eleve"], row["date"]) != row["groupe"]:
            yield f"not a member: {row}"
        if int(row["minutes_retard"] or 0) > length[row["groupe"], row["date"], row["debut"]]:
            yield f"too late: {row}"
        if row["minutes_retard"] and row["statut"] != "retard":
            yield f"late but {row['statut']}: {row}"


def work_lies_in_sessions_attended(tables: Tables) -> Iterator[str]:
    stays = memberships(tables)
    there = {
        (row["groupe"], row["date"], row["debut"], row["eleve"])
        for row in tables["presences"]
        if row["statut"] in {"present", "retard"}
    }
    practice = defaultdict(list)
    for row in tables["seances"]:
        if row["type"] == "pratique":
            practice[row["groupe"], row["date"]].append(row)
    for row in tables["pointages"]:
        group = group_of(stays, row["eleve"], row["date"])
        if group is None or not any(
            session["debut"] <= row["debut"] and row["fin"] <= session["fin"]
            and (group, row["date"], session["debut"], row["eleve"]) in there
            for session in practice[group, row["date"]]
        ):  # fmt: skip
            yield str(row)


def pieces_come_from_upstream(tables: Tables) -> Iterator[str]:
    """Stricter than the contract: at no moment had an operation more good pieces than the one before it."""
    before: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    routes = defaultdict(list)
    for row in tables["operations"]:
        routes[row["commande"], row["ligne"]].append(row["operation"])
    for (order, line), numbers in routes.items():
        for upstream, number in pairwise(sorted(numbers, key=int)):
            before[order, line, number] = (order, line, upstream)
    good: dict[tuple[str, ...], int] = defaultdict(int)
    for row in sorted(tables["pointages"], key=lambda row: (row["date"], row["fin"])):
        key = (row["commande"], row["ligne"], row["operation"])
        good[key] += int(row["bonnes"])
        if key in before and good[key] > good[before[key]]:
            yield str(row)


def work_was_assigned(tables: Tables) -> Iterator[str]:
    columns = key_columns("affectations")
    assigned = {values(row, columns) for row in tables["affectations"]}
    yield from (str(row) for row in tables["pointages"] if values(row, columns) not in assigned)


def deliveries_have_their_dates(tables: Tables) -> Iterator[str]:
    for row in tables["commandes"]:
        delivered = row["date_livraison"]
        if bool(delivered) != (row["etat"] in {"livree", "facturee"}):
            yield f"date missing or too much: {row}"
        if (delivered and delivered < row["date_commande"]) or row["date_livraison_prevue"] < row["date_commande"]:
            yield f"before it was ordered: {row}"


def orders_have_lines_and_lines_a_routing(tables: Tables) -> Iterator[str]:
    lined = {row["commande"] for row in tables["lignes"]}
    routed = {(row["commande"], row["ligne"]) for row in tables["operations"]}
    yield from (f"no line: {row}" for row in tables["commandes"] if row["numero"] not in lined)
    yield from (f"no routing: {row}" for row in tables["lignes"] if (row["commande"], row["ligne"]) not in routed)
    yield from (f"no price: {row}" for row in tables["lignes"] if Decimal(row["prix_unitaire_ht"]) <= 0)


def regulated_work_was_allowed(tables: Tables) -> Iterator[str]:
    """Every assignment passes the gate of FORMAT.md on the day of its first booking."""
    born = {row["code"]: date.fromisoformat(row["date_naissance"]) for row in tables["eleves"]}
    centers = {row["code"]: row for row in tables["postes"]}
    center_of = {values(row, key_columns("operations")): row["poste"] for row in tables["operations"]}
    facts = defaultdict(list)
    for row in tables["aptitudes"]:
        facts[row["eleve"]].append(row)
    first: dict[tuple[str, ...], str] = {}
    for row in tables["pointages"]:
        key = values(row, key_columns("affectations"))
        first[key] = min(first.get(key, "9999-12-31"), row["date"])
    for (order, line, operation, pupil), day in first.items():
        on, center = date.fromisoformat(day), centers[center_of[order, line, operation]]
        codes = gate_codes(tables["declarations"], facts[pupil], born[pupil], center, on)
        if codes:
            yield f"{order}/{line}/{operation} {pupil} on {day}: {codes}"


def gate_codes(declarations: list[Row], facts: list[Row], born: date, center: Row, on: date) -> list[str]:
    if years_after(born, 18, leap_day=3) <= on:
        return []
    codes = ["G02"] if on < years_after(born, 15, leap_day=3) else []
    articles = set(filter(None, center["travaux_reglementes"].split("+")))
    if not articles:
        return codes
    valid = [d for d in declarations if sent(d) <= on < years_after(sent(d), 3, leap_day=2)]
    if not any(articles <= set(d["articles"].split("+")) and center["code"] in d["postes"].split("+") for d in valid):
        codes.append("G03")
    if not center["evaluation_risques"] or center["evaluation_risques"] > on.isoformat():
        codes.append("G06")
    known = sorted((f for f in facts if f["date"] <= on.isoformat()), key=lambda fact: fact["date"])
    trainings = [f["resultat"] for f in known if f["poste"] == center["code"]]
    opinions = [f for f in known if f["type"] == "avis_medical"]
    codes += [] if trainings and trainings[-1] == "reussie" else ["G07"]
    fit = opinions and opinions[-1]["resultat"] == "apte" and not articles & set(opinions[-1]["restriction"].split("+"))
    if not fit or years_after(date.fromisoformat(opinions[-1]["date"]), 1, leap_day=2) <= on:
        codes.append("G09")
    return codes


def sent(declaration: Row) -> date:
    return date.fromisoformat(declaration["date_envoi"])


def years_after(day: date, years: int, *, leap_day: int) -> date:
    """29 February becomes 1 March (`leap_day=3`) or 28 February (2)."""
    if (day.month, day.day) != (2, 29) or (day.year + years) % 4 == 0:
        return day.replace(year=day.year + years)
    return date(day.year + years, 3, 1) - timedelta(days=3 - leap_day)


CHECKS: tuple[Check, ...] = (
    columns_are_those_of_the_contract, cells_have_their_type, dates_exist, keys_are_unique, references_exist,
    lists_and_subjects_exist, one_school, identifiers_have_their_check_digits, clearances_hold_together,
    times_end_after_they_start, nobody_is_in_two_places, memberships_do_not_overlap, roll_calls_name_members,
    work_lies_in_sessions_attended, pieces_come_from_upstream, work_was_assigned, deliveries_have_their_dates,
    orders_have_lines_and_lines_a_routing, regulated_work_was_allowed,
)  # fmt: skip
