"""Writes about machines and papers: each verb checks first, writes after, journals always."""

from app.machines.service.centers import LABELS as CENTER_LABELS
from app.machines.service.centers import (
    CenterDraft,
    change_work_center,
    create_work_center,
    draft_of,
    set_state,
)
from app.machines.service.decisions import Asked, keep_answers, keep_override, keep_refusal

__all__ = [
    "CENTER_LABELS", "Asked", "CenterDraft", "change_work_center", "create_work_center", "draft_of", "keep_answers",
    "keep_override", "keep_refusal", "set_state",
]  # fmt: skip
