"""Reads of machines: the facts of the gate for many pupils and work centres at once."""

from app.machines.queries.facts import Span, facts_for, split_words
from app.machines.queries.known import Answer, Exposures, Known

__all__ = ["Answer", "Exposures", "Known", "Span", "facts_for", "split_words"]
