"""A framework from a file: what each line says, what is wrong with it, what a version changes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.core.tabular import Line, Table

NEEDED = ("diploma", "unit", "unit_title_fr", "competence_code", "competence_fr")
# Where a line of the file comes from may stand beside it; it is read by people only.
MAYBE = ("indicator", "confidence")
MAX_CODE, MAX_TEXT = 30, 400


@dataclass(frozen=True, slots=True)
class SkillLine:
    """A skill as a version words it, in its block; a file without units is one unnamed block."""

    code: str
    label: str
    block_code: str = ""
    block_title: str = ""
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of the file."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The skills of each diploma of the file, in its order, and everything that is wrong with it."""

    skills: dict[str, list[SkillLine]]
    problems: list[Problem]


@dataclass(slots=True)
class _Reader:
    """Reads line by line, and remembers where each code and each unit was first said."""

    diplomas: Collection[str]
    skills: dict[str, dict[str, SkillLine]] = field(default_factory=dict)
    said_at: dict[tuple[str, str], int] = field(default_factory=dict)
    titles: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, line: Line) -> None:
        diploma, code = line.get("diploma"), line.get("competence_code")
        if not self._sound(line):
            return
        unit, title = line.get("unit"), line.get("unit_title_fr")
        known = self.titles.setdefault((diploma, unit), (title, line.number))
        if known[0] != title:
            said = f"L’unité « {unit} » s’intitule déjà « {known[0]} » à la ligne {known[1]}."
            self.problems.append(Problem(line.number, "unit_title_fr", said))
            return
        listed = self.skills.setdefault(diploma, {})
        new = SkillLine(code, line.get("competence_fr"), unit, title, tuple(filter(None, [line.get("indicator")])))
        before = listed.get(code)
        if before is None:
            listed[code], self.said_at[diploma, code] = new, line.number
        elif new.indicators and replace(before, indicators=()) == replace(new, indicators=()):
            listed[code] = replace(before, indicators=(*before.indicators, *new.indicators))
        else:
            said = f"Le code « {code} » est déjà à la ligne {self.said_at[diploma, code]}."
            self.problems.append(Problem(line.number, "competence_code", said))

    def _sound(self, line: Line) -> bool:
        count = len(self.problems)
        if not line.get("diploma"):
            self.problems.append(Problem(line.number, "diploma", "Le diplôme manque."))
        elif line.get("diploma") not in self.diplomas:
            said = f"Aucun diplôme n’a le code « {line.get('diploma')} »."
            self.problems.append(Problem(line.number, "diploma", said))
        for column, most in (("competence_code", MAX_CODE), ("competence_fr", MAX_TEXT)):
            if not line.get(column):
                self.problems.append(Problem(line.number, column, "Cette case est vide."))
            elif len(line.get(column)) > most:
                self.problems.append(Problem(line.number, column, f"{most} caractères au plus."))
        return len(self.problems) == count


def read_framework(table: Table, diplomas: Collection[str]) -> Reading:
    """Read the file; `diplomas` are the codes the school knows. All problems are told, each at its line and column."""
    reader = _Reader(diplomas)
    missing = [name for name in NEEDED if name not in table.columns]
    reader.problems += [Problem(1, name, "Cette colonne manque.") for name in missing]
    unknown = [name for name in table.columns if name not in NEEDED + MAYBE]
    reader.problems += [Problem(1, name, "Cette colonne n’est pas attendue.") for name in unknown]
    if not missing:
        for line in table.lines:
            reader.read(line)
        if not table.lines:
            reader.problems.append(Problem(2, "diploma", "Le fichier n’a aucune ligne."))
    return Reading({code: list(listed.values()) for code, listed in reader.skills.items()}, reader.problems)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version changes against the one before: skills begun, reworded (before and after), gone."""

    new: list[SkillLine]
    changed: list[tuple[SkillLine, SkillLine]]
    gone: list[SkillLine]

    @property
    def nothing(self) -> bool:
        """The same, word for word."""
        return not (self.new or self.changed or self.gone)


def difference(before: Sequence[SkillLine], after: Sequence[SkillLine]) -> Difference:
    """Compare two versions code by code."""
    old, now = _by_code(before), _by_code(after)
    return Difference(
        [skill for skill in after if skill.code not in old],
        [(old[skill.code], skill) for skill in after if skill.code in old and old[skill.code] != skill],
        [skill for skill in before if skill.code not in now],
    )


def _by_code(skills: Iterable[SkillLine]) -> Mapping[str, SkillLine]:
    return {skill.code: skill for skill in skills}


def blocks_of(skills: Sequence[SkillLine]) -> list[tuple[str, str, list[SkillLine]]]:
    """The skills by block, each with its code and title, in the order of the file."""
    found: dict[str, tuple[str, str, list[SkillLine]]] = {}
    for skill in skills:
        found.setdefault(skill.block_code, (skill.block_code, skill.block_title, []))[2].append(skill)
    return list(found.values())
