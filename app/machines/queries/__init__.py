"""Reads of machines: work centres, and the facts of the gate for many pupils and work centres at once."""

from app.machines.queries.centers import center_options, find_work_center, get_work_center, known_places
from app.machines.queries.facts import Span, facts_for, split_words
from app.machines.queries.known import Answer, Exposures, Known

__all__ = [
    "Answer", "Exposures", "Known", "Span", "center_options", "facts_for", "find_work_center", "get_work_center",
    "known_places", "split_words",
]  # fmt: skip
