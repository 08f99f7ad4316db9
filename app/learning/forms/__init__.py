"""What a person may type of skills, marks and reports: the same models for the pages and for JSON."""

from app.learning.forms.marks import EvaluationForm, MarksForm, NewEvaluationForm, TermForm
from app.learning.forms.reports import CommentsForm, IssueForm
from app.learning.forms.skills import EvidenceForm, FrameworkForm, LevelNamesForm, SeenForm, SessionForm, VoidForm

__all__ = [
    "CommentsForm", "EvaluationForm", "EvidenceForm", "FrameworkForm", "IssueForm", "LevelNamesForm", "MarksForm",
    "NewEvaluationForm", "SeenForm", "SessionForm", "TermForm", "VoidForm",
]  # fmt: skip
