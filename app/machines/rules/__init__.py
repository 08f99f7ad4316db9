"""Rules of the gate: pure, dated, answered with the article and the fact."""

from app.machines.rules.kinds import CenterState, ClearanceKind, ClearanceResult

__all__ = ["CenterState", "ClearanceKind", "ClearanceResult"]
