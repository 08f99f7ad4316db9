"""school life: timetable, absences, learning, records, admissions

Revision ID: 2026_11_29_01
Revises: 2026_11_28_01
"""

revision = "2026_11_29_01"
down_revision = "2026_11_28_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everything school life keeps beyond dated sessions and roll calls, by domain."""
    _timetable()
    _absences()
    _ledger()
    _learning()
    _records()


def _timetable() -> None:
    """Calendar, patterns, feeds."""


def _absences() -> None:
    """Leaving early, reasons, notices, the outbox."""


def _ledger() -> None:
    """Files of a lesson, statements of hours, what counts as what."""


def _learning() -> None:
    """Frameworks, marks, reports, exams."""


def _records() -> None:
    """Guardians, documents, notes, applicants."""


def downgrade() -> None:
    """Back to the schema before."""
