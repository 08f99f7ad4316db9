"""Serial numbers for unique codes, shared by all factories of one run."""

import itertools

_SERIAL = itertools.count(1)


def serial() -> int:
    """A number never given before in this run."""
    return next(_SERIAL)
