"""Reads of the hours ledger, by subject."""

from app.ledger.queries.gaps import GapRow, list_gaps, page_of_gaps
from app.ledger.queries.papers import (
    Assiduity,
    Register,
    assiduity,
    get_paper,
    list_papers,
    pupil_options,
    region_rows,
    register_of,
)
from app.ledger.queries.projects import find_project, list_projects
from app.ledger.queries.pupils import DayOfPupil, Ledger, day_of_pupil, pupil_ledger
from app.ledger.queries.statements import (
    StatementPage,
    StatementRow,
    get_statement,
    list_statements,
    statement_page,
)
from app.ledger.queries.volumes import Volume, volumes

__all__ = [
    "Assiduity",
    "DayOfPupil",
    "GapRow",
    "Ledger",
    "Register",
    "StatementPage",
    "StatementRow",
    "Volume",
    "assiduity",
    "day_of_pupil",
    "find_project",
    "get_paper",
    "get_statement",
    "list_gaps",
    "list_papers",
    "list_projects",
    "list_statements",
    "page_of_gaps",
    "pupil_ledger",
    "pupil_options",
    "region_rows",
    "register_of",
    "statement_page",
    "volumes",
]  # fmt: skip
