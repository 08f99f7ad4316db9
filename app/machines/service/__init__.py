"""Writes about machines and papers: each verb checks first, writes after, journals always."""

from app.machines.service.centers import LABELS as CENTER_LABELS
from app.machines.service.centers import (
    CenterDraft,
    change_work_center,
    create_work_center,
    draft_of,
    set_state,
)

__all__ = ["CENTER_LABELS", "CenterDraft", "change_work_center", "create_work_center", "draft_of", "set_state"]
