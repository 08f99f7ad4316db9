"""Writes about machines and papers: each verb checks first, writes after, journals always."""

from app.machines.service.centers import LABELS as CENTER_LABELS
from app.machines.service.centers import CenterDraft, change_work_center, create_work_center, draft_of, set_state
from app.machines.service.clearances import (
    Training,
    record_fact,
    record_training,
    record_trainings,
    record_visits,
    void_fact,
)
from app.machines.service.decisions import Asked, keep_answers, keep_override, keep_refusal
from app.machines.service.declarations import LABELS as DECLARATION_LABELS
from app.machines.service.declarations import (
    DeclarationDraft,
    add_change,
    change_draft,
    create_declaration,
    drop_change,
    drop_draft,
    send_change,
    send_declaration,
    withdraw_declaration,
)
from app.machines.service.settings import change_settings
from app.machines.service.supervisors import Away, add_absence, add_quality, cancel_absence, end_quality, set_substitute

__all__ = [
    "CENTER_LABELS", "DECLARATION_LABELS", "Asked", "Away", "CenterDraft", "DeclarationDraft", "Training",
    "add_absence", "add_change", "add_quality", "cancel_absence", "change_draft", "change_settings",
    "change_work_center", "create_declaration", "create_work_center", "draft_of", "drop_change", "drop_draft",
    "end_quality", "keep_answers", "keep_override", "keep_refusal", "record_fact", "record_training",
    "record_trainings", "record_visits", "send_change", "send_declaration", "set_state", "set_substitute",
    "void_fact", "withdraw_declaration",
]  # fmt: skip
