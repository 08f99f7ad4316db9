"""What a person may type about machines and papers: the same models for the pages and for JSON."""

from app.machines.forms.centers import CenterForm, NewCenterForm, StateForm, center_form

__all__ = ["CenterForm", "NewCenterForm", "StateForm", "center_form"]
