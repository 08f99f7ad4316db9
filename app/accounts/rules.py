"""Rules of signing in: how long a session lives, what a password must be, how guessing is slowed down."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from stdnum.fr import siret as siret_numbers

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
DAY = timedelta(hours=24)
LOCK = timedelta(minutes=15)
ADDRESS_TRIES_PER_HOUR = 100
STAFF_CODE_OF_THE_FIRST = "D1"
COMMON = frozenset(
    {
        "motdepasse", "azerty", "azertyuiop", "qwerty", "qwertyuiop", "password", "passwort", "bonjour", "soleil",
        "doudou", "loulou", "chouchou", "marseille", "football", "iloveyou", "welcome", "letmein", "monkey", "dragon",
        "sunshine", "princess", "superman", "batman", "pokemon", "starwars", "liverpool", "chelsea", "arsenal",
        "ecole", "ecoledeproduction", "compagnon", "admin", "administrateur", "administrator", "unbelievable",
        "1qaz2wsx3edc", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "a1b2c3d4e5f6", "123qweasdzxc", "qazwsxedcrfv", "zxcvbnm",
        "qweasdzxc", "qwerasdfzxcv", "1234qwerasdf", "wxcvbn", "azertyuiopqsdfghjklm", "manchesterunited", "abcd",
        "michaeljordan", "mypassword", "secret", "changeme", "changezmoi", "trustno", "bienvenue", "jetaime",
    }
)  # fmt: skip
RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "azertyuiopqsdfghjklmwxcvbn",
        "qwertyuiopasdfghjklzxcvbnm")  # fmt: skip
THEMES = {"": "Appareil", "light": "Clair", "dark": "Sombre"}
STAFF_LABELS = {"last_name": "Nom", "first_name": "Prénom", "role": "Rôle", "email": "Adresse électronique"}
SENSITIVE = frozenset({"role", "email"})
SCHOOL_LABELS = {
    "name": "Nom de l’école", "siret": "SIRET", "uai": "Code UAI", "address": "Adresse", "postal_code": "Code postal",
    "city": "Ville", "zone": "Zone de vacances", "share_low": "Pratique, au moins", "share_high": "Pratique, au plus",
    "practice_target": "Pratique visée", "daily_breaks": "Pauses de chaque jour",
    "order_share": "Part de l’atelier pour les commandes", "call_grace": "Appel à relancer après",
    "whole_half_days": "Demi-journée comptée si toute manquée",
}  # fmt: skip
WRONG_SIGN_IN = "Adresse ou mot de passe incorrect. Vérifiez les deux, puis recommencez."


class StaffState(StrEnum):
    """Where a member of staff stands with signing in; derived, never stored."""

    WAITING = "waiting"
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        """The French word of screens."""
        return STAFF_STATES[self][0]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return STAFF_STATES[self][1]


STAFF_STATES = {
    StaffState.WAITING: ("En attente d’invitation", "caution"),
    StaffState.INVITED: ("Invité", "info"),
    StaffState.ACTIVE: ("Actif", "ok"),
    StaffState.DISABLED: ("Désactivé", "blocked"),
}


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
    def first_name(self) -> str:
        """For a greeting; a compound first name keeps its hyphen."""
        return self.name.split(" ")[0]

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
    if _is_common(bare):
        return "Ce mot de passe est trop courant. Choisissez une phrase à vous."
    for name in names:
        part = fold(name).replace(" ", "")
        if len(part) >= 4 and part in bare and len(bare) - len(part) < 8:
            return "Ce mot de passe ressemble à votre nom ou à celui de l’école."
    return None


def _is_common(bare: str) -> bool:
    """Known by every guesser: a listed word with figures after it, a word repeated, a walk along the keyboard."""
    stem = bare.rstrip("0123456789!.?*")
    if bare in COMMON or stem in COMMON or len(set(bare)) < 4 or any(bare in run for run in RUNS):
        return True
    repeated = re.fullmatch(r"(.{1,10}?)\1+", bare)
    return repeated is not None and (len(repeated[1]) < 6 or repeated[1] in COMMON)


def delay_after(failures: Sequence[datetime], at: datetime) -> timedelta:
    """How long the next try must still wait, from the failures of the last 24 hours (newest last).

    The delay doubles from the fifth failure, is 15 minutes from the tenth, and 25 in a day end the day (T27). Waiting
    that long is always enough.
    """
    recent = [failure for failure in failures if at - failure < DAY]
    if len(recent) <= FREE_TRIES:
        return timedelta(0)
    pause = LOCK if len(recent) >= LOCK_TRIES else timedelta(seconds=2 ** (len(recent) - FREE_TRIES))
    free_at = recent[-1] + pause
    if len(recent) >= DAY_TRIES:
        free_at = max(free_at, recent[-DAY_TRIES] + DAY)
    return max(free_at - at, timedelta(0))


def wait_in_words(delay: timedelta) -> str:
    """« 40 secondes », « 15 minutes », « 3 heures »: rounded up, so that waiting that long is enough."""
    seconds = max(1, -(-delay // timedelta(seconds=1)))
    for size, word in ((3600, "heure"), (60, "minute"), (1, "seconde")):
        if seconds >= 2 * size or size == 1:
            count = -(-seconds // size)
            return f"{count} {word}{'s' if count > 1 else ''}"
    raise AssertionError


def local_path(target: str) -> str:
    """Where to go after signing in: a path of ours, or home. Never another site, however it is written (V56)."""
    if not target.startswith("/") or target.startswith("//") or re.search(r"[\\\x00-\x20\x7f]", target):
        return "/"
    return "/" if target.startswith(("/connexion", "/deconnexion")) else target


def staff_state(*, disabled: bool, has_password: bool, invited: bool) -> StaffState:
    """Disabled beats all; whoever has a password may sign in; else an open invitation, or the wait for one."""
    if disabled:
        return StaffState.DISABLED
    if has_password:
        return StaffState.ACTIVE
    return StaffState.INVITED if invited else StaffState.WAITING


def device_name(user_agent: str) -> str:
    """« Firefox, Windows »: enough to know one's own devices in the list of sessions."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((name for mark, name in browsers if mark in user_agent), "")
    system = next((name for mark, name in systems if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or "Appareil inconnu"


def why_last_director(*, is_director: bool, other_directors: int) -> str | None:
    """Why somebody may not stop being the director: the school must keep one who can sign in."""
    if is_director and other_directors == 0:
        return "C’est la seule personne de la direction qui peut se connecter. Donnez d’abord ce rôle à une autre."
    return None


def why_odd_band(low: Decimal, high: Decimal, aim: Decimal) -> str | None:
    """Why a band of the practice share, in percent, cannot be: turned round, or its aim outside."""
    if low >= high:
        return "Le bas de la fourchette doit être plus petit que le haut."
    return None if low <= aim <= high else "La part visée doit être dans la fourchette."


def bare_siret(typed: str) -> str | None:
    """The fourteen figures of a SIRET however they are spaced; None when the check digits are wrong."""
    bare = "".join(typed.split())
    return bare if not bare or siret_numbers.is_valid(bare) else None


def daily_breaks(text: str) -> list[tuple[int, int]]:
    """« 10:00-10:15 ; 15:00-15:10 » in local minutes; a part that is no such span raises ValueError."""
    return [_span(part) for part in text.split(";") if part.strip()]


def _span(text: str) -> tuple[int, int]:
    first, last = (_minute(part) for part in text.split("-"))
    if last <= first:
        raise ValueError(text)
    return first, last


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in text.strip().split(":"))
    if not (0 <= hour < 24 and 0 <= minute < 60):
        raise ValueError(text)
    return hour * 60 + minute


def why_odd_breaks(text: str) -> str | None:
    """Why this is no list of daily breaks."""
    try:
        found = sorted(daily_breaks(text))
    except ValueError:
        return "Des pauses comme « 10:00-10:15 ; 15:00-15:10 » sont attendues."
    if any(end > start for (_, end), (start, _) in pairwise(found)):
        return "Deux pauses se chevauchent."
    return None
