"""A declaration as the school writes it: what it holds on a day, what it lacks, when a change must be told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

from app.machines.rules.articles import article
from app.machines.rules.deadlines import DECLARATION_AHEAD, DECLARATION_SOON, told_by
from app.machines.rules.spans import DECLARATION_YEARS, last_day

MEANS = (
    "Lettre recommandée avec avis de réception", "Courriel avec accusé de réception", "Remise en main propre",
    "Dépôt sur le portail de l’inspection",
)  # fmt: skip
AT_DISPOSAL = "Tenue à disposition (R4153-43)"
CODE_SERIES = "DER"


class Standing(StrEnum):
    """Where a declaration stands on a day; computed, never stored."""

    DRAFT = "draft"
    CURRENT = "current"
    ENDING = "ending"
    SOON = "soon"
    OVER = "over"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return STANDINGS[self][0]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return STANDINGS[self][1]

    @property
    def holds(self) -> bool:
        """Whether it covers work on that day."""
        return self in {Standing.CURRENT, Standing.ENDING, Standing.SOON}


STANDINGS = {
    Standing.DRAFT: ("En préparation", "info"), Standing.CURRENT: ("En cours", "ok"),
    Standing.ENDING: ("À renouveler", "caution"), Standing.SOON: ("Finit bientôt", "caution"),
    Standing.OVER: ("Échue", "blocked"), Standing.WITHDRAWN: ("Retirée", "blocked"),
}  # fmt: skip


def standing(sent_on: date | None, withdrawn_on: date | None, day: date) -> Standing:
    """Where a declaration stands: 90 and 30 days before its end it says so."""
    if sent_on is None or sent_on > day:
        return Standing.DRAFT
    if withdrawn_on is not None and withdrawn_on <= day:
        return Standing.WITHDRAWN
    left = last_day(sent_on, DECLARATION_YEARS) - day
    if left < timedelta(0):
        return Standing.OVER
    if left <= DECLARATION_SOON:
        return Standing.SOON
    return Standing.ENDING if left <= DECLARATION_AHEAD else Standing.CURRENT


@dataclass(frozen=True, slots=True)
class Content:
    """What a declaration names (R4153-41 2° to 5°), or what a change adds to it."""

    articles: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    diplomas: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing at all."""
        return not any(getattr(self, each.name) for each in fields(self))

    @property
    def must_be_told(self) -> bool:
        """Whether the inspector is to be told within eight days (R4153-42): works, machines, trainings.

        Places and qualities are kept up to date, at the inspector's disposal (R4153-43).
        """
        return bool(self.articles or self.machines or self.diplomas)

    def plus(self, others: Iterable["Content"]) -> "Content":
        """With what later changes added."""
        listed = [self, *others]
        return Content(
            *(
                tuple(dict.fromkeys(value for one in listed for value in getattr(one, each.name)))
                for each in fields(self)
            )
        )

    def beyond(self, known: "Content") -> "Content":
        """Only what the other does not name yet."""
        return Content(
            *(
                tuple(value for value in getattr(self, each.name) if value not in getattr(known, each.name))
                for each in fields(self)
            )
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """A work centre as a declaration sees it."""

    code: str
    articles: tuple[str, ...]
    place: str = ""


def needed(benches: Sequence[Bench], diplomas: Sequence[str], qualities: Sequence[str]) -> Content:
    """What the school's machines, classes and masters of today ask a declaration to name."""
    articles = sorted({code for bench in benches for code in bench.articles if article(code).declared})
    regulated = [bench for bench in benches if any(article(code).declared for code in bench.articles)]
    named = [bench.code for bench in benches if any(article(code).names_machine for code in bench.articles)]
    places = dict.fromkeys(bench.place for bench in regulated if bench.place)
    return Content(tuple(articles), tuple(named), tuple(diplomas), tuple(places), tuple(qualities))


def missing(known: Content, asked: Content) -> Content:
    """What of `asked` a declaration lacks. Naming no place and no quality at all, it asks for none."""
    lacks = asked.beyond(known)
    return Content(
        lacks.articles, lacks.machines, lacks.diplomas, lacks.places if known.places else (),
        lacks.qualities if known.qualities else (),
    )  # fmt: skip


def why_not_complete(content: Content) -> tuple[str, str] | None:
    """Why a declaration cannot be sent as it stands: (sentence, field)."""
    if not content.articles:
        return "Une déclaration nomme au moins un travail.", "articles"
    if not content.diplomas:
        return "Une déclaration nomme les formations données.", "diplomas"
    if any(article(code).names_machine for code in content.articles) and not content.machines:
        return "Les travaux D4153-28 et D4153-29 demandent la liste des machines.", "machines"
    return None


def why_not_sent_on(day: date, *, today: date, earliest: date | None = None) -> str | None:
    """Why a sending cannot bear that day."""
    if day > today:
        return f"Cette date est à venir : aujourd’hui, c’est le {today:%d/%m/%Y}."
    if earliest is not None and day < earliest:
        return f"La déclaration a été envoyée le {earliest:%d/%m/%Y} : ceci vient après."
    return None


def days_left_to_tell(changed_on: date, day: date) -> int:
    """Days that remain to tell the inspector of a change; negative when they have gone by."""
    return (told_by(changed_on) - day).days
