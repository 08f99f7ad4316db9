"""What the API says of the gate."""

from pydantic import BaseModel

from app.machines.rules import Severity, Verdict


class GateCheckOut(BaseModel):
    """What one check of the gate found. `severity`: blocking, or warning."""

    code: str
    ok: bool
    severity: Severity
    article: str
    reason: str


class GateOut(BaseModel):
    """The gate's answer: `codes` are the failing checks that block, in their order."""

    allowed: bool
    codes: list[str]
    checks: list[GateCheckOut]


def gate_out(verdict: Verdict) -> GateOut:
    """The document of a verdict."""
    checks = [
        GateCheckOut(
            code=one.check.value, ok=one.ok, severity=one.severity, article=one.article, reason=one.reason
        )
        for one in verdict.findings
    ]  # fmt: skip
    return GateOut(allowed=verdict.allowed, codes=list(verdict.codes), checks=checks)
