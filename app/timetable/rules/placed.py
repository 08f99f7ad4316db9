"""A session as it is compared with others, whom it is about, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.pedagogy.rules import SessionKind, SessionState

NAMED = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """A session as it stands, or as somebody wants it (`id` None), with the words to name it by."""

    group_id: int
    group: str
    staff_id: int
    staff: str
    subject_id: int
    subject: str
    room: str | None
    kind: SessionKind
    on_date: date
    start_minute: int
    end_minute: int
    id: int | None = None
    state: SessionState = SessionState.PLANNED
    called: bool = False
    cancel_reason: str | None = None
    version: int = 1

    @property
    def key(self) -> tuple[int, date, int]:
        """The school's own key: group, day, start."""
        return self.group_id, self.on_date, self.start_minute

    @property
    def on(self) -> date:
        """As working time reads it."""
        return self.on_date

    @property
    def start(self) -> int:
        """As working time reads it."""
        return self.start_minute

    @property
    def end(self) -> int:
        """As working time reads it."""
        return self.end_minute

    @property
    def what(self) -> tuple[int, int, int, str | None, SessionKind]:
        """What a rule says of it beside its day and start: end, subject, person, room, kind."""
        return self.end_minute, self.subject_id, self.staff_id, self.room, self.kind

    @property
    def span(self) -> str:
        """« de 08:00 à 10:00 »."""
        return f"de {clock(self.start_minute)} à {clock(self.end_minute)}"


@dataclass(frozen=True, slots=True)
class MemberStay:
    """Somebody's stay in a group, with the birth date that tells minors; `pupil_id` None: nobody in particular."""

    group_id: int
    starts_on: date
    ends_on: date | None
    born_on: date
    pupil_id: int | None = None
    name: str = ""

    def holds(self, day: date) -> bool:
        """Whether the day lies inside, both ends included."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class AwayDay:
    """A day of an exam, a placement, a visit: minutes without an hour, of a group or of one pupil."""

    day: date
    label: str
    minutes: int
    group_id: int | None
    pupil_id: int | None


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a session: the sentence, the field it belongs to, whether it refuses or only warns."""

    sentence: str
    field: str
    blocks: bool = True


def clock(minute: int) -> str:
    """« 08:00 »."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def held_sentence(held: Sequence[Placed]) -> str:
    """Sessions whose roll was called and that stand in the way, the first of them by name."""
    names = [f"{one.subject} avec {one.group} le {one.on_date:%d/%m/%Y} {one.span}" for one in held[:NAMED]]
    more = f", et {len(held) - NAMED} de plus" if len(held) > NAMED else ""
    return f"L’appel a été fait ces jours-là : {' ; '.join(names)}{more}."
