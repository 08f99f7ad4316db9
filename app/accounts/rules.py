"""Rules of signing in: how long a session lives, what a password must be, how guessing is slowed down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.actor import Actor
from app.core.permissions import ROLE_LABELS
from app.core.text import fold

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
INVITATION_LIFE = timedelta(hours=72)
SETUP_LIFE = timedelta(hours=72)
PASSWORD_MIN = 12
PASSWORD_MAX = 128
FREE_TRIES = 4
LOCK_TRIES = 10
DAY_TRIES = 25
ADDRESS_TRIES_PER_HOUR = 100
COMMON = frozenset(
    {
        "motdepasse", "azertyuiop", "qwertyuiop", "123456789012", "1234567890", "password", "passwordpassword",
        "motdepassemotdepasse", "bonjourbonjour", "azertyazerty", "azertyuiop123", "000000000000", "111111111111",
        "ecoledeproduction", "compagnon", "compagnoncompagnon", "administrateur", "administrator", "iloveyou",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CurrentUser(Actor):
    """The member of staff behind a request, with what every page shows of them."""

    code: str
    theme: str
    school_name: str
    is_demo: bool
    session_id: int | None

    @property
    def full_name(self) -> str:
        """As said aloud."""
        return self.name

    @property
    def initials(self) -> str:
        """Two letters at most."""
        return "".join(part[0] for part in self.name.replace("-", " ").split()[:2]).upper()

    @property
    def role_label(self) -> str:
        """The French word of the role."""
        return ROLE_LABELS[self.role] if self.role else ""


def session_alive(created_at: datetime, last_seen_at: datetime, at: datetime) -> bool:
    """A session ends after 30 minutes without a request and 12 hours in all (S6)."""
    return at - last_seen_at < IDLE and at - created_at < ABSOLUTE


def why_weak(password: str, *, names: Sequence[str] = ()) -> str | None:
    """Why a password is refused: 12 to 128 characters of any kind, not a common one, not the person's or school's name.

    CNIL 2022-100, case 2: 12 characters with a throttle (`delay_after`).
    """
    if len(password) < PASSWORD_MIN:
        return f"Il faut au moins {PASSWORD_MIN} caractères. Une phrase courte convient très bien."
    if len(password) > PASSWORD_MAX:
        return f"{PASSWORD_MAX} caractères au plus."
    bare = fold(password).replace(" ", "")
    stem = bare.rstrip("0123456789!.?*")
    if bare in COMMON or stem in COMMON or len(set(bare)) < 4:
        return "Ce mot de passe est trop courant. Choisissez une phrase à vous."
    for name in names:
        part = fold(name).replace(" ", "")
        if len(part) >= 4 and part in bare and len(bare) - len(part) < 8:
            return "Ce mot de passe ressemble à votre nom ou à celui de l’école."
    return None


def delay_after(failures: Sequence[datetime], at: datetime) -> timedelta:
    """How long the next try must still wait, from the failures of the last 24 hours (newest last).

    The delay doubles from the fifth failure, is at least 15 minutes from the tenth, and 25 in a day end the day (T27).
    """
    recent = [failure for failure in failures if at - failure < timedelta(hours=24)]
    if not recent:
        return timedelta(0)
    count = len(recent)
    if count >= DAY_TRIES:
        wait = recent[-DAY_TRIES] + timedelta(hours=24) - at
        return max(wait, timedelta(0))
    if count <= FREE_TRIES:
        return timedelta(0)
    pause = timedelta(seconds=2 ** (count - FREE_TRIES))
    if count >= LOCK_TRIES:
        pause = max(pause, timedelta(minutes=15))
    return max(recent[-1] + pause - at, timedelta(0))
