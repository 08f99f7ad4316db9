"""Every reference must exist, in the folder or in the database."""

from app.exchange.checks.merged import Merged, MergedTable
from app.exchange.problems import quoted
from app.exchange.sheets import Row
from app.exchange.tables import Kind, Reference


def check_references(merged: Merged) -> None:
    """Blame the column of each reference to a row that does not exist; a referring cell is then unusable."""
    for name, sheet in merged.source.sheets.items():
        for reference in sheet.table.references:
            target = merged[reference.table]
            if not target.complete:
                continue
            if sheet.table.by_name[reference.named].kind is Kind.CODES:
                _check_lists(merged[name], reference, target)
            else:
                _check_keys(merged[name], reference, target)
    _check_subjects(merged)
    _check_skills(merged)


def _check_keys(table: MergedTable, reference: Reference, target: MergedTable) -> None:
    pick = table.table.picker(reference.columns)
    columns = frozenset(reference.columns)
    optional = table.table.by_name[reference.named].optional
    for row in table.from_folder:
        if row.bad and row.bad & columns:
            continue
        key = pick(row.cells)
        if key in target.by_key or (optional and key is None):
            continue
        table.blame(row, reference.named, _why(reference, key), getattr(row.cells, reference.named))
        row.mark(reference.named)


def _why(reference: Reference, key: object) -> str:
    shown = " ".join(map(str, key)) if isinstance(key, tuple) else key
    if reference.table == "seances":
        return "Cette séance n'existe pas : attendu une ligne de seances avec ce groupe, cette date et ce début."
    return f"{quoted(shown)} ne se trouve pas dans {reference.table} : ajoutez cette ligne, ou corrigez le code."


def _check_lists(table: MergedTable, reference: Reference, target: MergedTable) -> None:
    for row in table.from_folder:
        if reference.named in row.bad:
            continue
        missing = [code for code in getattr(row.cells, reference.named) if code not in target.by_key]
        if missing:
            listed = ", ".join(quoted(code) for code in missing)
            why = f"{listed} ne se trouve pas dans {reference.table} : attendu des codes connus, séparés par +."
            table.blame(row, reference.named, why, "+".join(missing))


def _check_subjects(merged: Merged) -> None:
    """A session's subject is one of its group's diploma; where that is not known, of any."""
    if not merged.gives("seances", "groupes") or not merged["matieres"].complete:
        return
    sessions = merged["seances"]
    anywhere = {code for _diploma, code in merged["matieres"].by_key}
    for row in sessions.from_folder:
        if "matiere" in row.bad:
            continue
        subject, diploma = row.cells.matiere, _diploma(merged, row)
        known = (diploma, subject) in merged["matieres"].by_key if diploma else subject in anywhere
        if not known:
            of = f"du diplôme {quoted(diploma)}" if diploma else "d'aucun diplôme"
            sessions.blame(row, "matiere", f"{quoted(subject)} n'est pas une matière {of} : voyez matieres.", subject)
    _check_stored_subjects(merged)


def _diploma(merged: Merged, row: Row) -> str | None:
    group = None if "groupe" in row.bad else merged["groupes"].by_key.get(row.cells.groupe)
    return None if group is None or "diplome" in group.bad else group.cells.diplome


def _check_stored_subjects(merged: Merged) -> None:
    """A group may not move to a diploma that lacks the subjects of its stored sessions."""
    groups = merged["groupes"]
    moved = {
        row.cells.code: row
        for row in groups.changed()
        if not row.bad and row.cells.code in groups.stored
        and groups.stored[row.cells.code].diplome != row.cells.diplome
    }  # fmt: skip
    for row in merged["seances"].rows if moved else ():
        group = moved.get(row.cells.groupe) if not row.line else None
        if group and (group.cells.diplome, row.cells.matiere) not in merged["matieres"].by_key:
            subject = quoted(row.cells.matiere)
            why = f"Des séances enregistrées de ce groupe ont la matière {subject}, que ce diplôme n'a pas."
            groups.blame(group, "diplome", why, group.cells.diplome)


def _check_skills(merged: Merged) -> None:
    """An operation's skill is a code of any diploma."""
    if not merged.gives("operations") or not merged["competences"].complete:
        return
    operations = merged["operations"]
    codes = {code for _diploma, code in merged["competences"].by_key}
    for row in operations.from_folder:
        skill = row.cells.competence
        if skill is not None and "competence" not in row.bad and skill not in codes:
            operations.blame(row, "competence", f"{quoted(skill)} n'est un code d'aucune ligne de competences.", skill)
