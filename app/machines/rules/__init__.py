"""Rules of the gate: pure, dated, answered with the article and the fact."""

from app.machines.rules.articles import ARTICLES, Article, Status, article, join_codes, split_codes
from app.machines.rules.checks import ORDER, SETTINGS, SHEETS, Check, Severity, source_line
from app.machines.rules.facts import (
    Change,
    Declaration,
    Exposure,
    Facts,
    Finding,
    Hours,
    Machine,
    Opinion,
    Paper,
    Permit,
    Request,
    Settings,
    Supervision,
    Training,
    Verdict,
    Young,
)
from app.machines.rules.gate import verdict
from app.machines.rules.kinds import ON_A_CENTER, RESULTS_OF, AskedFor, CenterState, ClearanceKind, ClearanceResult
from app.machines.rules.record import CURRENT, from_json, replay, to_json
from app.machines.rules.special import permit_asked

__all__ = [
    "ARTICLES", "CURRENT", "ON_A_CENTER", "ORDER", "RESULTS_OF", "SETTINGS", "SHEETS", "Article", "AskedFor",
    "CenterState", "Change", "Check", "ClearanceKind", "ClearanceResult", "Declaration", "Exposure", "Facts",
    "Finding", "Hours", "Machine", "Opinion", "Paper", "Permit", "Request", "Settings", "Severity", "Status",
    "Supervision", "Training", "Verdict", "Young", "article", "from_json", "join_codes", "permit_asked", "replay",
    "source_line", "split_codes", "to_json", "verdict",
]  # fmt: skip
