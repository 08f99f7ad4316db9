"""What a person may type about declarations: what they name, when they were sent, what is added, when taken back."""

from typing import Annotated, Any

from pydantic import StringConstraints

from app.machines.forms.fields import Articles, Codes, FreeWords, NewCode
from app.machines.models import Declaration
from app.machines.queries import content_of
from app.machines.rules.declaring import Content
from app.machines.rules.papers import split_words
from app.machines.service import DeclarationDraft
from app.web.fields import Blank, Day, Input, Line, Text, Version
from app.web.forms import Form, blank_form

Means = Annotated[Line, StringConstraints(min_length=1, max_length=200)]


class ContentForm(Input):
    """What a declaration names, or what a change adds."""

    articles: Articles = ()
    machines: Codes = ()
    diplomas: Codes = ()
    places: FreeWords = ""
    qualities: FreeWords = ""

    @property
    def content(self) -> Content:
        """As the rules know it."""
        return Content(
            self.articles, self.machines, self.diplomas, split_words(self.places), split_words(self.qualities)
        )


class DeclarationForm(ContentForm):
    """A declaration in preparation."""

    code: Annotated[NewCode | None, Blank] = None
    sector: Line = ""
    version: Version | None = None

    @property
    def draft(self) -> DeclarationDraft:
        """As the service knows it."""
        return DeclarationDraft(self.content, self.sector)


class ChangeForm(ContentForm):
    """What is added to a declaration in force, and since when it is so."""

    changed_on: Day


class SendForm(Input):
    """When and how the inspector was told."""

    sent_on: Day
    means: Means
    version: Version | None = None


class WithdrawForm(Input):
    """From when a declaration covers nothing any more, and why."""

    withdrawn_on: Day
    reason: Annotated[Text, StringConstraints(min_length=1, max_length=500)]


def content_values(content: Content) -> dict[str, Any]:
    """What a declaration names as the form shows it: free words one a line."""
    return {
        "articles": content.articles, "machines": content.machines, "diplomas": content.diplomas,
        "places": "\n".join(content.places), "qualities": "\n".join(content.qualities),
    }  # fmt: skip


def declaration_form(declaration: Declaration) -> Form[DeclarationForm]:
    """The present values of a preparation."""
    values = {"sector": declaration.sector, "version": declaration.version}
    return blank_form(content_values(content_of(declaration)) | values)
