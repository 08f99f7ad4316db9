"""What comes in from the tablets, and from the staff about them."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.kiosk.rules import PIN_LENGTH, TapKind
from app.pedagogy.rules.skills import OWN_WORDS
from app.web.fields import Blank, Code, Count, Id, Input, Line, Name, french_decimal
from app.workshop.rules import MAX_PIECE, SCRAP_REASONS, HelpReason


def _four_figures(typed: str) -> str:
    if len(typed) != PIN_LENGTH or not (typed.isascii() and typed.isdigit()):
        raise PydanticCustomError("rule", "Il faut 4 chiffres.")
    return typed


Pin = Annotated[str, StringConstraints(max_length=20), AfterValidator(_four_figures)]


def _known_reason(typed: str | None) -> str | None:
    if typed is not None and typed not in SCRAP_REASONS:
        raise PydanticCustomError("rule", "Choisis dans la liste.")
    return typed


Measure = Annotated[
    Decimal, BeforeValidator(french_decimal), Field(ge=-100_000, le=100_000, decimal_places=4, allow_inf_nan=False)
]


def _measure_or_nothing(typed: object) -> object:
    """What was asked about and is no number was not asked about."""
    try:
        return french_decimal(typed) if typed else None
    except PydanticCustomError:
        return None


Scanned = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DeviceForm(Input):
    """A tablet: what it is called and where it hangs. `how`: the tablet that asks, or a link to open on another."""

    label: Name
    place: Line = ""
    how: Literal["here", "link"] = "here"


class IssueForm(Input):
    """Whose badges are made: a class, one pupil, or somebody of the staff."""

    group: Annotated[Code | None, Blank] = None
    pupil: Annotated[Code | None, Blank] = None
    staff: Annotated[Code | None, Blank] = None


class ScanForm(Input):
    """What the camera read or the hand scanner typed."""

    badge: Scanned


class PinForm(Input):
    """Four figures."""

    pin: Pin


class FirstPinForm(Input):
    """Four figures, twice, with the badge they are for."""

    badge: Scanned
    pin: Pin
    again: Pin


class TapForm(Input):
    """What every tap carries: the key that its page or its script made for it."""

    tap: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = ""

    @property
    def content(self) -> dict[str, Any]:
        """What it says, in plain values that can be kept."""
        return self.model_dump(mode="json", exclude={"tap"})


class StartForm(TapForm):
    """The protections that were ticked."""

    ppe: Annotated[list[Line], Field(max_length=30, default_factory=list)]


class PauseForm(TapForm):
    """Nothing else to say."""


class PiecesForm(TapForm):
    """Good, lost, and why."""

    good: Count = 0
    scrap: Count = 0
    reason: Annotated[Code | None, Blank, AfterValidator(_known_reason)] = None


class CheckRow(Input):
    """One point of one piece: a measure, or good or not. `sure`: the measure that was asked about already."""

    prefilled = frozenset({"point", "sure"})

    point: Id
    value: Annotated[Measure | None, Blank] = None
    conforms: Annotated[Literal["yes", "no"] | None, Blank] = None
    sure: Annotated[Decimal | None, BeforeValidator(_measure_or_nothing)] = None


class CheckForm(TapForm):
    """What was measured on a piece."""

    piece: Annotated[Count, Field(ge=1, le=MAX_PIECE)] = 1
    checks: Annotated[list[CheckRow], Field(max_length=60, default_factory=list)]


class CallForm(TapForm):
    """Why the pupil calls."""

    why: Literal[HelpReason.HELP, HelpReason.FIRST_ARTICLE, HelpReason.REFUSED] = HelpReason.HELP


class SkillRow(Input):
    """A skill that was tapped, and how it went: with help, or alone."""

    prefilled = frozenset({"code"})

    code: Code
    level: Annotated[Count, Field(ge=1, le=max(OWN_WORDS))]


class LearntForm(TapForm):
    """What was learnt."""

    skills: Annotated[list[SkillRow], Field(max_length=20, default_factory=list)]
    sentence: Line = ""

    @property
    def content(self) -> dict[str, Any]:
        """Skill by skill."""
        return {"levels": {row.code: row.level for row in self.skills}, "sentence": self.sentence}


class SignForm(Input):
    """A master signs on the pupil's tablet: badge, PIN, and what they say of the piece or the work."""

    badge: Scanned
    pin: Pin
    verdict: Literal["yes", "no"]
    note: Line = ""


FORMS: dict[TapKind, type[TapForm]] = {
    TapKind.START: StartForm, TapKind.PAUSE: PauseForm, TapKind.COUNT: PiecesForm, TapKind.FINISH: PiecesForm,
    TapKind.CHECK: CheckForm, TapKind.HELP: CallForm, TapKind.LEARNT: LearntForm,
}  # fmt: skip


class TapIn(Input):
    """A tap that a script sends, at once or when the network is back. `fields` are those of the form it stands for."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
    kind: TapKind
    ticket: Annotated[str, StringConstraints(max_length=40)] = ""
    at: AwareDatetime | None = None
    seat: Id
    seal: Annotated[str, StringConstraints(min_length=32, max_length=32)]
    fields: Annotated[
        dict[Annotated[str, StringConstraints(max_length=60)], list[Line]], Field(max_length=200, default_factory=dict)
    ]
