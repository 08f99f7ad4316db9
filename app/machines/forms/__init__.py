"""What a person may type about machines and papers: the same models for the pages and for JSON."""

from app.machines.forms.centers import CenterForm, NewCenterForm, StateForm, center_form
from app.machines.forms.declarations import (
    ChangeForm,
    DeclarationForm,
    SendForm,
    WithdrawForm,
    content_values,
    declaration_form,
)
from app.machines.forms.papers import FactForm, TrainingForm, VisitsForm, VoidForm
from app.machines.forms.people import AbsenceForm, EndForm, QualityForm, SettingsForm, SubstituteForm

__all__ = [
    "AbsenceForm", "CenterForm", "ChangeForm", "DeclarationForm", "EndForm", "FactForm", "NewCenterForm",
    "QualityForm", "SendForm", "SettingsForm", "StateForm", "SubstituteForm", "TrainingForm", "VisitsForm",
    "VoidForm", "WithdrawForm", "center_form", "content_values", "declaration_form",
]  # fmt: skip
