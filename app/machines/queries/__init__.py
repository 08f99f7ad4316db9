"""Reads of machines: work centres, and the facts of the gate for many pupils and work centres at once."""

from app.machines.queries.centers import center_options, find_work_center, get_work_center, known_places
from app.machines.queries.decisions import NOTHING, Passed, passed_over
from app.machines.queries.facts import Span, facts_for
from app.machines.queries.known import Answer, Exposures, Known

__all__ = [
    "NOTHING", "Answer", "Exposures", "Known", "Passed", "Span", "center_options", "facts_for", "find_work_center",
    "get_work_center", "known_places", "passed_over",
]  # fmt: skip
