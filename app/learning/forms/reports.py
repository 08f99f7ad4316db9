"""The table of comments, what is issued."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.web.fields import Code, Count, Input, Line

Comment = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True)]


class CommentRow(Input):
    """One line of the table; an empty one takes what was said back."""

    pupil: Code
    seen: Count = 0
    text: Comment = ""


class CommentsForm(Input):
    """The table, or the one line that was left."""

    rows: Annotated[list[CommentRow], Field(min_length=1, max_length=200)]


class IssueForm(Input):
    """Why what was issued already changes; empty the first time."""

    reason: Line = ""
