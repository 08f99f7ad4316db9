"""Writes of the workshop: each verb checks first, writes after, journals always, recounts in the same transaction."""

from app.workshop.rules import Draft, PointDraft
from app.workshop.service.batch import Done, finish_batch, pause_batch, start_batch
from app.workshop.service.blocks import block_ticket, unblock_ticket
from app.workshop.service.calloff import call_off, free_material
from app.workshop.service.checks import Doubtful, Reading, record_check, record_checks, withdraw_check
from app.workshop.service.clocks import start_help, stop_forgotten, stop_help, switch_work
from app.workshop.service.days import Confirm, validate_day
from app.workshop.service.decisions import Decision, decide_defect, remake
from app.workshop.service.defects import Finding, open_defect, refuse_first_article
from app.workshop.service.drawings import add_drawing, confirm_drawing, withdraw_drawing
from app.workshop.service.gate import pass_over
from app.workshop.service.halves import Quarters, enter_half_day
from app.workshop.service.handout import Gift, hand_out_all
from app.workshop.service.help import answer_help, ask_help, get_call
from app.workshop.service.jobs import PLANNABLE, Origin, change_routing, create_job, origin_of_job, origin_of_template
from app.workshop.service.material import (
    LOT_LABELS,
    Described,
    Reception,
    change_lot,
    move_material,
    put_back,
    receive,
    take_back_move,
)
from app.workshop.service.parts import merge_tickets, share_operation, share_ticket, split_ticket, undo_merge
from app.workshop.service.points import change_points
from app.workshop.service.quantities import correct_report, report_quantity, reverse_report
from app.workshop.service.releases import (
    finish_ticket,
    reject,
    release,
    release_first_article,
    submit,
    why_not_released,
)
from app.workshop.service.sums import recompute_sums
from app.workshop.service.templates import (
    adopt_template,
    change_template,
    change_template_points,
    create_template,
    duplicate_template,
    keep_routing,
    restore_template,
    retire_template,
)
from app.workshop.service.tickets import (
    cancel_live_tickets,
    cancel_ticket,
    create_ticket,
    give_operation,
    give_past,
    give_ticket,
    reopen_ticket,
    replace_all,
    replace_holder,
    take_back,
)
from app.workshop.service.time import Span, correct_session, enter_time, pause_ticket, reverse_session, start_ticket

__all__ = [
    "LOT_LABELS",
    "PLANNABLE",
    "Confirm",
    "Decision",
    "Described",
    "Done",
    "Doubtful",
    "Draft",
    "Finding",
    "Gift",
    "Origin",
    "PointDraft",
    "Quarters",
    "Reading",
    "Reception",
    "Span",
    "add_drawing",
    "adopt_template",
    "answer_help",
    "ask_help",
    "block_ticket",
    "call_off",
    "cancel_live_tickets",
    "cancel_ticket",
    "change_lot",
    "change_points",
    "change_routing",
    "change_template",
    "change_template_points",
    "confirm_drawing",
    "correct_report",
    "correct_session",
    "create_job",
    "create_template",
    "create_ticket",
    "decide_defect",
    "duplicate_template",
    "enter_half_day",
    "enter_time",
    "finish_batch",
    "finish_ticket",
    "free_material",
    "get_call",
    "give_operation",
    "give_past",
    "give_ticket",
    "hand_out_all",
    "keep_routing",
    "merge_tickets",
    "move_material",
    "open_defect",
    "origin_of_job",
    "origin_of_template",
    "pass_over",
    "pause_batch",
    "pause_ticket",
    "put_back",
    "receive",
    "recompute_sums",
    "record_check",
    "record_checks",
    "refuse_first_article",
    "reject",
    "release",
    "release_first_article",
    "remake",
    "reopen_ticket",
    "replace_all",
    "replace_holder",
    "report_quantity",
    "restore_template",
    "retire_template",
    "reverse_report",
    "reverse_session",
    "share_operation",
    "share_ticket",
    "split_ticket",
    "start_batch",
    "start_help",
    "start_ticket",
    "stop_forgotten",
    "stop_help",
    "submit",
    "switch_work",
    "take_back",
    "take_back_move",
    "unblock_ticket",
    "undo_merge",
    "validate_day",
    "why_not_released",
    "withdraw_check",
    "withdraw_drawing",
]  # fmt: skip
