"""One request with what follows from it at once: minor or not, which articles, which declarations hold."""

from dataclasses import dataclass, replace
from datetime import date

from app.machines.rules.articles import AT_LEAST, Article, Status, article
from app.machines.rules.checks import SETTINGS, SHEETS, Check, Severity
from app.machines.rules.facts import Declaration, Facts, Finding, Machine, Request, Settings, Young
from app.machines.rules.spans import DECLARATION_YEARS, birthday, holds

ADULT = 18


@dataclass(frozen=True, slots=True)
class Case:
    """A request as the checks read it. `declared`: the machine's articles that need a declaration."""

    request: Request
    facts: Facts
    settings: Settings
    minor: bool
    articles: tuple[Article, ...]
    declared: tuple[Article, ...]
    valid: tuple[Declaration, ...]

    @property
    def day(self) -> date:
        """The day of the work."""
        return self.request.day

    @property
    def young(self) -> Young:
        """The pupil."""
        return self.request.young

    @property
    def machine(self) -> Machine:
        """The work centre."""
        return self.request.machine

    @property
    def regulated(self) -> bool:
        """Whether the conditions of a declaration (G03 to G10) are asked: a minor, on derogable work."""
        return self.minor and bool(self.declared)

    @property
    def min_age(self) -> int:
        """The age this machine asks for."""
        return max((one.min_age for one in self.articles), default=AT_LEAST)

    def has(self, code: str) -> bool:
        """Whether the machine bears an article."""
        return code in self.machine.articles

    def covering(self) -> tuple[Declaration, ...]:
        """The valid declarations that hold every article, the diploma and the place."""
        return tuple(one for one in self.valid if not missing(self, one))

    def passes(self, check: Check, reason: str, article: str = "") -> Finding:
        """Nothing against it."""
        sheet = SHEETS[check]
        severity = self.settings.severity(check) if check in SETTINGS else sheet.severity
        return Finding(check, True, severity, article or sheet.law, reason)

    def fails(
        self, check: Check, reason: str, short: str, told: str, *, article: str = "", severity: Severity | None = None
    ) -> Finding:
        """Something against it: for staff, for the board, for the pupil."""
        weight = severity or self.settings.severity(check)
        return Finding(check, False, weight, article or SHEETS[check].law, reason, short, told)


def open_case(request: Request, facts: Facts, settings: Settings) -> Case:
    """Read the request once; the checks share what is found."""
    minor = request.day < birthday(request.young.born_on, ADULT)
    articles = tuple(article(code) for code in request.machine.articles)
    declared = tuple(one for one in articles if one.status == Status.DEROGABLE)
    asked = minor and bool(declared)
    valid = [_with_changes(one, request.day) for one in facts.declarations if _valid(one, request.day)] if asked else []
    return Case(request, facts, settings, minor, articles, declared, tuple(valid))


def _valid(declaration: Declaration, day: date) -> bool:
    withdrawn = declaration.withdrawn_on is not None and declaration.withdrawn_on <= day
    return holds(declaration.sent_on, DECLARATION_YEARS, day) and not withdrawn


def _with_changes(declaration: Declaration, day: date) -> Declaration:
    """The declaration as it stands that day: what was added counts from its own sending."""
    added = [change for change in declaration.changes if change.sent_on <= day]
    if not added:
        return declaration
    return replace(
        declaration,
        articles=declaration.articles + tuple(code for change in added for code in change.articles),
        machines=declaration.machines + tuple(code for change in added for code in change.machines),
        diplomas=declaration.diplomas + tuple(code for change in added for code in change.diplomas),
        places=declaration.places + tuple(place for change in added for place in change.places),
        qualities=declaration.qualities + tuple(one for change in added for one in change.qualities),
    )


def missing(case: Case, declaration: Declaration) -> list[tuple[str, str]]:
    """What a declaration lacks for this work: (few words, the rest of « La déclaration … »), articles first."""
    lacks = [
        ("Article non déclaré", f"ne vise pas l’article {one.code}")
        for one in case.declared if one.code not in declaration.articles
    ]  # fmt: skip
    if case.young.diploma not in declaration.diplomas:
        lacks.append(("Diplôme non déclaré", f"ne vise pas le diplôme {case.young.diploma}"))
    place = case.machine.place
    if place and declaration.places and place not in declaration.places:
        lacks.append(("Lieu non déclaré", f"ne nomme pas le lieu «\u00a0{place}\u00a0»"))
    return lacks
