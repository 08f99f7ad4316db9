"""Password hashes: argon2id, two at a time, the same time spent on a name nobody has (S7, V08).

Never call these while the write lock is held: a hash takes 19 MiB and some 25 ms.
"""

import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_PLACES = threading.Semaphore(2)


def hash_password(password: str) -> str:
    """What is stored of a password."""
    with _PLACES:
        return _HASHER.hash(_exact(password))


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password is the one behind the stored hash; without one the same work is done for nothing."""
    with _PLACES:
        try:
            return _HASHER.verify(stored or _dummy(), _exact(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters and should be made again at this sign-in (V12)."""
    return _HASHER.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _HASHER.hash(b"nobody has this password")


def _exact(password: str) -> bytes:
    """The password signs in only as it was typed: spaces and accents count (V01)."""
    return password.encode("utf-8", "surrogatepass")
