"""What a person may type of a routing: of a job, of a template; and of the check points of an operation."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.web.fields import Blank, Code, Count, Hours, Input, Line, Name, Text, Version, french_decimal
from app.web.forms import Form, Posted, blank_form
from app.workshop.forms.tickets import Pieces
from app.workshop.rules import FACTORS, MAX_OPERATIONS, MAX_POINTS, CheckKind, joined
from app.workshop.service import Draft, PointDraft

BLANK_ROWS = 3
Minutes = Hours  # professional minutes of a routing: at most two decimals
Factor = Annotated[
    Decimal, BeforeValidator(french_decimal), Field(ge=Decimal("0.1"), le=20, decimal_places=2, allow_inf_nan=False)
]
Figure = Annotated[
    Decimal,
    BeforeValidator(french_decimal),
    Field(ge=-1_000_000, le=1_000_000, decimal_places=4, allow_inf_nan=False),
]
Seq = Annotated[Annotated[Count, Field(le=100_000)] | None, Blank]


def _listed(mark: str) -> Any:
    """Words between marks, or a list of them; kept joined."""

    def read(value: Any) -> Any:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            value = mark.join(value)
        return joined(value, mark) if isinstance(value, str) else value

    return BeforeValidator(read)


def _plain_code(code: str) -> str:
    """A code stands in addresses."""
    if "/" in code:
        raise PydanticCustomError("rule", "Un code ne contient pas de barre oblique.")
    return code


NewCode = Annotated[Code, AfterValidator(_plain_code)]


class PointForm(Input):
    """A check point. `every`: 0 the first piece only, 1 each piece, 10 one in ten."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"kind", "unit", "every", "seq"})
    seq: Seq = None
    label: Name
    kind: CheckKind = CheckKind.MEASURE
    nominal: Annotated[Figure | None, Blank] = None
    lower: Annotated[Figure | None, Blank] = None
    upper: Annotated[Figure | None, Blank] = None
    unit: Annotated[str, Field(max_length=10)] = "mm"
    gauge: Line = ""
    every: Annotated[Count, Field(le=10_000)] = 0
    is_key: bool = False

    @property
    def draft(self) -> PointDraft:
        """As the service knows it."""
        return PointDraft(
            self.label, self.kind, self.nominal, self.lower, self.upper, self.unit, self.gauge, self.every, self.is_key,
            self.seq,
        )  # fmt: skip


class PointsForm(Input):
    """The check points of an operation, all of them."""

    points: Annotated[list[PointForm], Field(max_length=MAX_POINTS, default_factory=list)]
    version: Version | None = None

    @property
    def drafts(self) -> list[PointDraft]:
        """As the service knows them."""
        return [point.draft for point in self.points]


class OperationForm(Input):
    """An operation of a routing; times in professional minutes. Without a number it follows by ten.

    `factor_1` to `factor_3`: how much longer it takes a pupil of each year. What is left out stays as it is.
    """

    prefilled: ClassVar[frozenset[str]] = frozenset({"factor_1", "factor_2", "factor_3", "difficulty"})
    seq: Seq = None
    label: Name
    work_center: Code
    setup_minutes: Minutes = Decimal(0)
    unit_minutes: Minutes = Decimal(0)
    skill: Annotated[Code | None, Blank] = None
    factor_1: Annotated[Factor | None, Blank] = None
    factor_2: Annotated[Factor | None, Blank] = None
    factor_3: Annotated[Factor | None, Blank] = None
    difficulty: Annotated[Annotated[Count, Field(ge=1, le=4)] | None, Blank] = None
    skills: Annotated[Line | None, _listed("+")] = None
    instruction: Text | None = None
    ppe: Annotated[Line | None, _listed(";")] = None
    qualification: Line | None = None
    first_article: bool | None = None
    check_points: Annotated[list[PointForm] | None, Field(max_length=MAX_POINTS)] = None

    def draft(self, *, whole: bool = False) -> Draft:
        """As the service knows it, in whole seconds. `whole`: what was left out is empty, not left as it is."""
        setup, unit = round(self.setup_minutes * 60), round(self.unit_minutes * 60)
        points = None if self.check_points is None else tuple(point.draft for point in self.check_points)
        blank = (*FACTORS, 1, "", "", "", "", False) if whole else (None,) * 9
        said = (
            self.factor_1, self.factor_2, self.factor_3, self.difficulty, self.skills, self.instruction, self.ppe,
            self.qualification, self.first_article,
        )  # fmt: skip
        rest: Any = [given if given is not None else other for given, other in zip(said, blank, strict=True)]
        return Draft(*(self.label, self.work_center, setup, unit, self.seq, self.skill, *rest, points))


class RoutingForm(Input):
    """A routing. `whole`: a page sends every field, so that what it leaves out is empty."""

    operations: Annotated[list[OperationForm], Field(min_length=1, max_length=MAX_OPERATIONS)]
    version: Version | None = None
    whole: bool = False

    @property
    def drafts(self) -> list[Draft]:
        """The operations as the service knows them."""
        return [operation.draft(whole=self.whole) for operation in self.operations]


class JobForm(RoutingForm):
    """A job: pieces to make (those of the line without a number) and its routing.

    `template` and `revision`: what the page was filled from; `copied`: the job it was filled from.
    """

    quantity: Annotated[Pieces | None, Blank] = None
    template: Annotated[Code | None, Blank] = None
    revision: Annotated[Version | None, Blank] = None
    copied: Annotated[Code | None, Blank] = None


class NewJobForm(Input):
    """A job of an order line, for programs: with its operations, or those of a template."""

    order: Code
    line: Pieces
    quantity: Pieces | None = None
    template: Code | None = None
    version: Version | None = None
    operations: Annotated[list[OperationForm] | None, Field(min_length=1, max_length=MAX_OPERATIONS)] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "NewJobForm":
        if self.operations is None and self.template is None:
            raise PydanticCustomError("rule", "Donnez les opérations, ou la gamme à copier.")
        return self

    @property
    def drafts(self) -> list[Draft] | None:
        """The operations as the service knows them; None: those of the template."""
        return None if self.operations is None else [operation.draft() for operation in self.operations]


class TemplateForm(RoutingForm):
    """A template."""

    label: Name


class NewTemplateForm(TemplateForm):
    """A new template needs a code."""

    code: NewCode


class NamingForm(Input):
    """A template made of another one, or of a job's routing."""

    code: NewCode
    label: Name


class AdoptForm(Input):
    """The operations of which a job takes over what its template says today."""

    seqs: Annotated[list[Count], Field(max_length=MAX_OPERATIONS, default_factory=list)]
    version: Version | None = None


def routing_form(drafts: list[Draft], **values: Any) -> Form[Any]:
    """A routing as it stands, or three blank operations."""
    form = blank_form(values | {"whole": True})
    for place in range(len(drafts) or BLANK_ROWS):
        row = _row(drafts[place]) if drafts else {"label": ""}
        form.values |= blank_form({f"operations-{place}-{name}": value for name, value in row.items()}).values
    return form


def _row(draft: Draft) -> dict[str, Any]:
    names = (
        "seq", "label", "work_center", "skill", "factor_1", "factor_2", "factor_3", "difficulty", "skills",
        "instruction", "ppe", "qualification", "first_article",
    )  # fmt: skip
    return {name: getattr(draft, name) for name in names} | {
        "setup_minutes": round(Decimal(draft.setup_seconds) / 60, 2),
        "unit_minutes": round(Decimal(draft.unit_seconds) / 60, 2),
    }


def points_form(points: tuple[PointDraft, ...], version: int) -> Form[PointsForm]:
    """The check points as they stand, or three blank ones."""
    form = blank_form({"version": version})
    names = ("seq", "label", "kind", "nominal", "lower", "upper", "unit", "gauge", "every", "is_key")
    for place in range(len(points) or BLANK_ROWS):
        row = {name: getattr(points[place], name) for name in names} if points else {"label": "", "unit": "mm"}
        form.values |= blank_form({f"points-{place}-{name}": value for name, value in row.items()}).values
    return form


def with_rows_changed(posted: Posted, prefix: str = "operations") -> Form[Any] | None:
    """The form with one row more or less when a row button was pressed; None for a real submission."""
    values = {name: value for name, value in posted.form.multi_items() if isinstance(value, str)}
    add, remove = values.pop("add", ""), values.pop("remove", "")
    if not add and not remove:
        return None
    kept = {n: v for n, v in values.items() if not remove or not n.startswith(f"{prefix}-{remove}-")}
    form: Form[Any] = Form(values=kept)
    form.key = values.get("_key") or form.key
    if add:
        form.values[f"{prefix}-{max(form.rows(prefix), default=-1) + 1}-label"] = ""
    return form


OPERATION_WORDS = {
    "seq": "numéro", "label": "intitulé", "work_center": "machine", "setup_minutes": "réglage",
    "unit_minutes": "temps par pièce", "skill": "compétence", "factor_1": "coefficient de 1re année",
    "factor_2": "coefficient de 2e année", "factor_3": "coefficient de 3e année", "difficulty": "difficulté",
    "skills": "autres compétences", "instruction": "consigne", "ppe": "protections",
    "qualification": "qualification", "first_article": "première pièce",
}  # fmt: skip
POINT_WORDS = {
    "seq": "numéro", "label": "intitulé", "kind": "type", "nominal": "cote nominale", "lower": "écart inférieur",
    "upper": "écart supérieur", "unit": "unité", "gauge": "moyen de contrôle", "every": "fréquence",
    "is_key": "cote clé",
}  # fmt: skip


def routing_labels(form: Form[Any]) -> dict[str, str]:
    """What each field is called in the summary of errors: « Opération 2, machine »."""
    head = {
        "quantity": "Pièces à faire", "operations": "Gamme", "label": "Article", "code": "Code", "template": "Gamme",
    }  # fmt: skip
    return head | _inside(form, "operations", "Opération", OPERATION_WORDS)


def point_labels(form: Form[Any]) -> dict[str, str]:
    """What each field is called in the summary of errors: « Contrôle 2, maxi »."""
    return {"points": "Points de contrôle"} | _inside(form, "points", "Contrôle", POINT_WORDS)


def _inside(form: Form[Any], prefix: str, noun: str, words: dict[str, str]) -> dict[str, str]:
    rows = enumerate(form.rows(prefix), start=1)
    return {f"{prefix}-{place}-{name}": f"{noun} {n}, {word}" for n, place in rows for name, word in words.items()}
