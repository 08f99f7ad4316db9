"""Badges: what their code is made of, which PIN is too easy, how a pupil is called in front of others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

# Letters that lie on the same key of a French and of an English keyboard: a hand scanner that takes our keyboard for
# the other one still types the same code. 30 of 21 letters: 131 bits (S16).
LETTERS = "BCDEFGHIJKLNOPRSTUVXY"
SECRET_LENGTH = 30
PIN_LENGTH = 4
FOUR_FIGURES = "Il faut 4 chiffres."
_RUN = "01234567890123456789"


def as_scanned(typed: str) -> str | None:
    """The code as it was printed, whatever case the scanner typed; None for what cannot be one of our badges."""
    bare = "".join(typed.split()).upper()
    return bare if len(bare) == SECRET_LENGTH and set(bare) <= set(LETTERS) else None


def why_trivial_pin(pin: str, born_on: date | None = None) -> str | None:
    """Why a PIN is refused: what a comrade tries first. The sentence is for the pupil who chose it."""
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        return FOUR_FIGURES
    pairs = pin[:2] == pin[2:]
    if len(set(pin)) == 1 or pairs or pin in _RUN or pin[::-1] in _RUN:
        return "Ce code est trop facile. Choisis-en un autre."
    if born_on and pin in {f"{born_on:%Y}", f"{born_on:%d%m}", f"{born_on:%m%d}", f"{born_on:%d%y}", f"{born_on:%m%y}"}:
        return "Pas ta date de naissance. Choisis un autre code."
    return None


def short_names(people: Mapping[int, tuple[str, str, str]]) -> dict[int, str]:
    """« Inès H. » for each id of (first name, last name, group): nobody reads more of a comrade than that.

    Two who share it are told apart by their group, then by a number in the order given.
    """
    plain = {id_: f"{first} {last[:1].upper()}." for id_, (first, last, _) in people.items()}
    shared = _shared(plain.values())
    named = {id_: f"{name} ({people[id_][2]})" if name in shared else name for id_, name in plain.items()}
    shared = _shared(named.values())
    seen: Counter[str] = Counter()
    for id_, name in named.items():
        if name in shared:
            seen[name] += 1
            named[id_] = f"{name} {seen[name]}"
    return named


def _shared(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}
