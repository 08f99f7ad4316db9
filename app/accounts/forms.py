"""What a person may type to get in, about themselves, about staff and about the school."""

from typing import Annotated, Literal

from pydantic import StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.web.fields import Blank, Code, Email, Input, Line, Name

# As it was typed: a space at either end is part of a password (V01).
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1000)]


class NewPassword(Input):
    """A password to be, typed twice since nobody sees it."""

    password: Password
    password_again: Password

    @field_validator("password_again")
    @classmethod
    def _same(cls, again: str, info: ValidationInfo) -> str:
        if "password" in info.data and again != info.data["password"]:
            raise PydanticCustomError("rule", "Les deux saisies ne sont pas les mêmes.")
        return again


class SignInForm(Input):
    """E-mail and password; `suite` is the page that was asked for."""

    email: Email
    password: Password
    suite: Line = ""


class FirstRunForm(NewPassword):
    """The printed code and the first director."""

    code: Line
    staff_code: Code
    last_name: Name
    first_name: Name
    email: Email
    school_name: Annotated[Name | None, Blank] = None


class ChangePasswordForm(NewPassword):
    """A new password, with the old one."""

    current_password: Password


class ThemeForm(Input):
    """How pages look; blank follows the device."""

    theme: Literal["", "light", "dark"] = ""
