"""Rules of the pupil's file: documents that are due, notes and whom they concern, photos, the change of year."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ENDS_SOON = timedelta(days=60)


class DocumentKind(StrEnum):
    """What a school keeps of a pupil on paper."""

    CONTRACT = "contract"
    IDENTITY = "identity"
    INSURANCE = "insurance"
    IMAGE_RIGHTS = "image_rights"
    HOUSE_RULES = "house_rules"
    CENSUS = "census"
    SCHOOL_REPORT = "school_report"
    PLACEMENT = "placement"
    CUSTODY = "custody"
    OTHER = "other"


DOCUMENT_LABELS = {
    DocumentKind.CONTRACT: "Contrat de scolarité", DocumentKind.IDENTITY: "Pièce d’identité",
    DocumentKind.INSURANCE: "Assurance scolaire", DocumentKind.IMAGE_RIGHTS: "Autorisation de photo signée",
    DocumentKind.HOUSE_RULES: "Règlement intérieur signé", DocumentKind.CENSUS: "Recensement ou journée défense",
    DocumentKind.SCHOOL_REPORT: "Bulletins précédents", DocumentKind.PLACEMENT: "Convention de stage",
    DocumentKind.CUSTODY: "Jugement de garde", DocumentKind.OTHER: "Autre document",
}  # fmt: skip
# What every pupil's file must hold until the school sets it; the insurance is asked for again each year by its end.
REQUIRED = (DocumentKind.CONTRACT, DocumentKind.IDENTITY, DocumentKind.INSURANCE, DocumentKind.HOUSE_RULES)


class DocumentState(StrEnum):
    """Where a document of a pupil stands on a day."""

    MISSING = "missing"
    OVER = "over"
    ENDING = "ending"
    GOOD = "good"


STATE_LABELS = {
    DocumentState.MISSING: "Manque", DocumentState.OVER: "Périmé", DocumentState.ENDING: "Bientôt périmé",
    DocumentState.GOOD: "En ordre",
}  # fmt: skip


def document_state(ends_on: date | None, day: date) -> DocumentState:
    """Over after its last day, ending within 60 days of it, good otherwise or without an end."""
    if ends_on is None:
        return DocumentState.GOOD
    if ends_on < day:
        return DocumentState.OVER
    return DocumentState.ENDING if ends_on <= day + ENDS_SOON else DocumentState.GOOD


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as somebody hands it in."""

    kind: DocumentKind
    label: str
    on: date
    ends_on: date | None

    def why_not(self, day: date) -> tuple[str, str] | None:
        """(field, sentence): it is dated by `day` at the latest, and does not end before."""
        if self.on > day:
            return "on_date", "La date du document est à venir."
        if self.ends_on is not None and self.ends_on < self.on:
            return "ends_on", f"La fin ({self.ends_on:%d/%m/%Y}) vient avant la date du document ({self.on:%d/%m/%Y})."
        return None


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to ask a pupil for: a document that is missing, over, or ends soon."""

    kind: DocumentKind
    state: DocumentState
    ends_on: date | None


def documents_due(
    held: Iterable[tuple[DocumentKind, date | None]], day: date, required: Iterable[DocumentKind] = REQUIRED
) -> list[Due]:
    """What is to be asked for: of each kind the document that lasts longest speaks; other kinds only when they end."""
    best: dict[DocumentKind, date | None] = {}
    for kind, ends_on in held:
        if kind not in best or (best[kind] is not None and (ends_on is None or ends_on > best[kind])):  # type: ignore[operator]
            best[kind] = ends_on
    due = [Due(kind, DocumentState.MISSING, None) for kind in required if kind not in best]
    for kind, ends_on in best.items():
        state = document_state(ends_on, day)
        if state != DocumentState.GOOD:
            due.append(Due(kind, state, ends_on))
    return due


# ------------------------------------------------------------------------------------------------------------- notes
class Audience(StrEnum):
    """Whom a private note concerns; its author always reads it."""

    AUTHOR = "author"
    DIRECTION = "direction"
    SUPPORT = "support"


AUDIENCE_LABELS = {
    Audience.AUTHOR: "Moi seulement", Audience.DIRECTION: "La direction et moi",
    Audience.SUPPORT: "La direction, le suivi socio-éducatif et moi",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Who wants to read notes."""

    staff_id: int
    is_director: bool
    in_support: bool

    @property
    def audiences(self) -> frozenset[Audience]:
        """The audiences this person belongs to, beside being an author."""
        if self.is_director:
            return frozenset({Audience.DIRECTION, Audience.SUPPORT})
        return frozenset({Audience.SUPPORT}) if self.in_support else frozenset()


def may_read(reader: Reader, author_id: int, audience: Audience) -> bool:
    """A note is read by its author and by whom it concerns; nobody else, whatever the role."""
    return reader.staff_id == author_id or audience in reader.audiences


# ------------------------------------------------------------------------------------------------- the change of year
class Fate(StrEnum):
    """What becomes of a pupil at the end of the school year."""

    GOES_ON = "goes_on"
    REPEATS = "repeats"
    CHANGES = "changes"
    LEAVES = "leaves"
    SKIPPED = "skipped"


FATE_LABELS = {
    Fate.GOES_ON: "Passe", Fate.REPEATS: "Redouble", Fate.CHANGES: "Change de diplôme", Fate.LEAVES: "Quitte l’école",
    Fate.SKIPPED: "Plus tard",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupFact:
    """A group as the change of year knows it."""

    code: str
    label: str
    diploma: str
    school_year: str
    level: int


def level_of(code: str, label: str) -> int:
    """The year of training a group is in: the figure of its name (« CAP2 »), 1 without one."""
    for text in (code, label):
        if digits := [int(char) for char in text if char in "123"]:
            return digits[0]
    return 1


def following(group: GroupFact, coming: Collection[GroupFact]) -> GroupFact | None:
    """The group of next year a pupil of this one goes on to: same diploma, one level up."""
    return next((one for one in coming if one.diploma == group.diploma and one.level == group.level + 1), None)


def same_again(group: GroupFact, coming: Collection[GroupFact]) -> GroupFact | None:
    """The group of next year in which a year is repeated: same diploma, same level."""
    return next((one for one in coming if one.diploma == group.diploma and one.level == group.level), None)


def proposed(group: GroupFact, leaving: Collection[GroupFact], coming: Collection[GroupFact]) -> Fate:
    """What is proposed for a pupil: go on where there is a next level, leave after the last one.

    A group that is not made yet is no reason to leave: nothing is proposed before next year's groups of the diploma
    exist, nor where this year has a higher level, nor after a first year (every diploma takes two at least).
    """
    if following(group, coming) is not None:
        return Fate.GOES_ON
    last = group.level > 1 and all(one.level <= group.level for one in leaving if one.diploma == group.diploma)
    made = any(one.diploma == group.diploma for one in coming)
    return Fate.LEAVES if last and made else Fate.SKIPPED


def next_school_year(label: str) -> str:
    """« 2026-2027 » → « 2027-2028 »."""
    first = int(label[:4])
    return f"{first + 1}-{first + 2}"


def school_year_before(label: str) -> str:
    """« 2026-2027 » → « 2025-2026 »."""
    first = int(label[:4])
    return f"{first - 1}-{first}"


def next_code(code: str, year: str) -> str:
    """The code of the same group a year later: « CAP1-2026 » → « CAP1-2027 »; without a year the new one is added."""
    first = int(year[:4])
    for old in (f"{first - 1}-{first}", f"{(first - 1) % 100:02d}-{first % 100:02d}", str(first - 1)):
        if old in code:
            new = {9: f"{first}-{first + 1}", 5: f"{first % 100:02d}-{(first + 1) % 100:02d}", 4: str(first)}[len(old)]
            return code.replace(old, new)
    return f"{code}-{first}"


def tally(fates: Mapping[str, Fate]) -> dict[Fate, int]:
    """How many of each."""
    return {fate: sum(one == fate for one in fates.values()) for fate in Fate}
