"""What a page says, as one line of plain words."""

import re
from typing import Any

from tests.support.html import parse


def text_of(page: Any) -> str:
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)
