"""Reads of machines: work centres, and the facts of the gate for many pupils and work centres at once."""

from app.machines.queries.answers import Given, GivenPage, answer_given, list_answers
from app.machines.queries.centers import center_options, find_work_center, get_work_center, known_places
from app.machines.queries.classes import Class, class_of, giver_options, opinions_of, staff_options, trained_on
from app.machines.queries.deadlines import MachineOut, Watched, deadlines, watched
from app.machines.queries.decisions import NOTHING, Passed, passed_over
from app.machines.queries.declarations import (
    DeclarationPage,
    Declared,
    Names,
    articles_of,
    asked_of_declaration,
    content_of,
    current_declaration,
    declaration_page,
    declared,
    get_change,
    get_declaration,
    has_declaration,
    list_declarations,
    names_of,
)
from app.machines.queries.facts import Span, facts_for
from app.machines.queries.known import Answer, Exposures, Known
from app.machines.queries.matrix import AnswerPage, Matrix, answer_page, matrix
from app.machines.queries.papers import PaperRow, get_clearance, lock_pupils, papers_of, recorded_beside
from app.machines.queries.pupil_page import MachineRow, PupilPage, ends_on, pupil_page
from app.machines.queries.settings import ceiling_blocks, setting_decisions
from app.machines.queries.supervisors import (
    AbsenceRow,
    SupervisorRow,
    SupervisorsPage,
    absences_meeting,
    get_absence,
    get_quality,
    supervisors_page,
    times_of_quality,
)

__all__ = [
    "NOTHING", "AbsenceRow", "Answer", "AnswerPage", "Class", "DeclarationPage", "Declared", "Exposures", "Given",
    "GivenPage", "Known", "MachineOut", "MachineRow", "Matrix", "Names", "PaperRow", "Passed", "PupilPage", "Span",
    "SupervisorRow", "SupervisorsPage", "Watched", "absences_meeting", "answer_given", "answer_page", "articles_of",
    "asked_of_declaration", "ceiling_blocks", "center_options", "class_of", "content_of", "current_declaration",
    "deadlines", "declaration_page", "declared", "ends_on", "facts_for", "find_work_center", "get_absence",
    "get_change", "get_clearance", "get_declaration", "get_quality", "get_work_center", "giver_options",
    "has_declaration", "known_places", "list_answers", "list_declarations", "lock_pupils", "matrix", "names_of",
    "opinions_of", "papers_of", "passed_over", "pupil_page", "recorded_beside", "setting_decisions",
    "staff_options", "supervisors_page", "times_of_quality", "trained_on", "watched",
]  # fmt: skip
