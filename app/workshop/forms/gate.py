"""What a master says when going past a rule of the school's own."""

from app.web.fields import Code, Input, Line, Version
from app.workshop.forms.tickets import Why


class OverrideForm(Input):
    """A rule of the school's own is passed over for one pupil, with a reason."""

    pupil: Code
    reason: Why
    version: Version | None = None
    vue: Line = ""
    file: Line = ""
    next: Line = ""
