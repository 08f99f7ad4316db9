"""What a person may type about hours."""

from typing import Annotated

from app.web.fields import Blank, Code, Input


class ProjectForm(Input):
    """The job a lesson was about; none takes the link away."""

    number: Annotated[Code | None, Blank] = None
