"""Reads of the workshop, by noun. Screens and services say `queries.get_ticket`."""

from app.workshop.queries.board import Asked, TodayBoard, today_board
from app.workshop.queries.centers import center_ids, center_page, list_work_centers
from app.workshop.queries.checks import (
    Checked,
    CheckSheet,
    Released,
    asks_first_article,
    check_sheet,
    checks_page,
    missing_checks_of,
    photo_of_check,
    trained_skills,
)
from app.workshop.queries.choosing import pupils_of_today
from app.workshop.queries.clocks import (
    day_end,
    open_session,
    open_sessions_of,
    slot_end,
    time_of,
    work_windows,
    worked_seconds,
)
from app.workshop.queries.costs import job_cost, order_costs
from app.workshop.queries.crowds import crowds, takers
from app.workshop.queries.day import DaySheet, day_sheet
from app.workshop.queries.defects import (
    DEFECT_FILTERS,
    DEFECT_SORTS,
    DEFECT_STATES,
    DefectPage,
    DefectRow,
    count_open_defects,
    defect_page,
    defect_rows,
    defects_of_ticket,
    get_defect,
    list_defects,
    photo_of_defect,
    remade_pieces,
    remakable_pieces,
)
from app.workshop.queries.drafts import drafts_of_job, drafts_of_template, skill_codes
from app.workshop.queries.drawings import (
    Confirmation,
    DrawingRow,
    DrawingSet,
    LineDrawings,
    NewIndex,
    confirmation,
    drawing_row,
    drawing_sets,
    frozen_tickets,
    get_drawing,
    line_drawings,
    list_drawings,
    live_ticket_numbers,
    main_drawing,
    pending_drawings,
    ticket_given_with,
    waiting_drawings,
)
from app.workshop.queries.foresight import Coming, coming_refusals
from app.workshop.queries.gate import (
    ask_gate,
    gate_answers,
    gate_known,
    judge,
    planned_work,
    vibrations,
    with_verdicts,
    work_on,
)
from app.workshop.queries.halfday import HalfSheet, free_time, half_day_sheet
from app.workshop.queries.handouts import HandoutPage, handout_page
from app.workshop.queries.help import Call, OwnCall, open_calls, own_call
from app.workshop.queries.job_page import JobPage, job_page
from app.workshop.queries.jobs import (
    get_job,
    get_line,
    job_of_line,
    job_operation,
    operations_of_order,
    order_jobs,
    similar_job,
    tickets_of_job,
)
from app.workshop.queries.learning import outlooks
from app.workshop.queries.load import LoadPage, load_page, template_options
from app.workshop.queries.material import (
    LOT_FILTERS,
    LOT_SORTS,
    LotPage,
    MoveRow,
    count_offcuts,
    descendants,
    get_lot,
    get_move,
    holding_of,
    is_taken_back,
    list_lots,
    lot_code_taken,
    lot_page,
    lots_by_id,
    moves_of,
)
from app.workshop.queries.material_uses import (
    MaterialCost,
    Use,
    choices_for,
    job_material,
    job_terms,
    lot_proof,
    lots_of_line,
    lots_of_order,
    material_costs,
    material_of_jobs,
    trace_of_order,
)
from app.workshop.queries.overrides import OverrideQuestion, override_question
from app.workshop.queries.papers import SlipFacts, slip, slips_of_day, traveller
from app.workshop.queries.people import center_options, people_of, practice_slots, presences, pupil_ids
from app.workshop.queries.rates import Quality, quality_of
from app.workshop.queries.releases import ReleasePage, SkillOf, Waiting, count_releases, release_list, release_page
from app.workshop.queries.replacements import Move, replacement
from app.workshop.queries.rotation import rotation_hints
from app.workshop.queries.rotation_page import RotationPage, rotation_page
from app.workshop.queries.routing import (
    Routing,
    find_operation_id,
    lock_operations,
    routing_of_job,
    routing_of_operation,
)
from app.workshop.queries.siblings import part_of, siblings_of
from app.workshop.queries.templates import (
    TEMPLATE_SORTS,
    Proposal,
    TemplatePage,
    TemplateRow,
    differences_of_job,
    get_template,
    list_templates,
    proposals,
    template_of_job,
    template_operation,
    template_page,
)
from app.workshop.queries.ticket_page import (
    TicketFacts,
    TicketPage,
    pupil_for_time,
    ticket_facts,
    ticket_in_the_way,
    ticket_page,
)
from app.workshop.queries.tickets import (
    FILTERS,
    GROUPS,
    SORTS,
    TicketRow,
    get_report,
    get_session,
    get_ticket,
    holders_of,
    list_tickets,
)
from app.workshop.queries.times import SessionRow, session_is, session_rows
from app.workshop.queries.together import Together, together
from app.workshop.queries.twoclocks import (
    clocks_of_job,
    clocks_of_order,
    clocks_of_ticket,
    own_trend,
    years_of_training,
)
from app.workshop.queries.weekboard import WeekAsked, WeekBoard, week_board

__all__ = [
    "DEFECT_FILTERS", "DEFECT_SORTS", "DEFECT_STATES", "FILTERS", "GROUPS", "LOT_FILTERS", "LOT_SORTS", "SORTS",
    "TEMPLATE_SORTS", "Asked", "Call", "CheckSheet", "Checked", "Coming", "Confirmation", "DaySheet", "DefectPage",
    "DefectRow", "DrawingRow", "DrawingSet", "HalfSheet", "HandoutPage", "JobPage", "LineDrawings", "LoadPage",
    "LotPage", "MaterialCost", "Move", "MoveRow", "NewIndex", "OverrideQuestion", "OwnCall", "Proposal", "Quality",
    "ReleasePage", "Released", "RotationPage", "Routing", "SessionRow", "SkillOf", "SlipFacts", "TemplatePage",
    "TemplateRow", "TicketFacts", "TicketPage", "TicketRow", "TodayBoard", "Together", "Use", "Waiting", "WeekAsked",
    "WeekBoard", "ask_gate", "asks_first_article", "center_ids", "center_options", "center_page", "check_sheet",
    "checks_page", "choices_for", "clocks_of_job", "clocks_of_order", "clocks_of_ticket", "coming_refusals",
    "confirmation", "count_offcuts", "count_open_defects", "count_releases", "crowds", "day_end", "day_sheet",
    "defect_page", "defect_rows", "defects_of_ticket", "descendants", "differences_of_job", "drafts_of_job",
    "drafts_of_template", "drawing_row", "drawing_sets", "find_operation_id", "free_time", "frozen_tickets",
    "gate_answers", "gate_known", "get_defect", "get_drawing", "get_job", "get_line", "get_lot", "get_move",
    "get_report", "get_session", "get_template", "get_ticket", "half_day_sheet", "handout_page", "holders_of",
    "holding_of", "is_taken_back", "job_cost", "job_material", "job_of_line", "job_operation", "job_page",
    "job_terms", "judge", "line_drawings", "list_defects", "list_drawings", "list_lots", "list_templates",
    "list_tickets", "list_work_centers", "live_ticket_numbers", "load_page", "lock_operations", "lot_code_taken",
    "lot_page", "lot_proof", "lots_by_id", "lots_of_line", "lots_of_order", "main_drawing", "material_costs",
    "material_of_jobs", "missing_checks_of", "moves_of", "open_calls", "open_session", "open_sessions_of",
    "operations_of_order", "order_costs", "order_jobs", "outlooks", "override_question", "own_call", "own_trend",
    "part_of", "pending_drawings", "people_of", "photo_of_check", "photo_of_defect", "planned_work", "practice_slots",
    "presences", "proposals", "pupil_for_time", "pupil_ids", "pupils_of_today", "quality_of", "release_list",
    "release_page", "remade_pieces", "remakable_pieces", "replacement", "rotation_hints", "rotation_page",
    "routing_of_job", "routing_of_operation", "session_is", "session_rows", "siblings_of", "similar_job",
    "skill_codes", "slip", "slips_of_day", "slot_end", "takers", "template_of_job", "template_operation",
    "template_options", "template_page", "ticket_facts", "ticket_given_with", "ticket_in_the_way", "ticket_page",
    "tickets_of_job", "time_of", "today_board", "together", "trace_of_order", "trained_skills", "traveller",
    "vibrations", "waiting_drawings", "week_board", "with_verdicts", "work_on", "work_windows", "worked_seconds",
    "years_of_training",
]  # fmt: skip
