"""What a person may type to get in, about themselves, about staff and about the school."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from app.core.permissions import Role
from app.web.fields import Blank, Code, Count, Email, Input, Line, Name, Pct, Version

# As it was typed: a space at either end is part of a password (V01).
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1000)]


def _same(again: str, info: ValidationInfo) -> str:
    if "password" in info.data and again != info.data["password"]:
        raise PydanticCustomError("rule", "Les deux saisies ne sont pas les mêmes.")
    return again


# A password to be is typed twice, since nobody sees it.
Again = Annotated[Password, AfterValidator(_same)]


class SignInForm(Input):
    """E-mail and password; `suite` is the page that was asked for."""

    email: Email
    password: Password
    suite: Line = ""


class FirstRunForm(Input):
    """The printed code and the first director."""

    code: Line
    school_name: Annotated[Name | None, Blank] = None
    first_name: Name
    last_name: Name
    staff_code: Code
    email: Email
    password: Password
    password_again: Again


class ChangePasswordForm(Input):
    """A new password, with the old one."""

    current_password: Password
    password: Password
    password_again: Again


class ThemeForm(Input):
    """How pages look; blank follows the device."""

    theme: Literal["", "light", "dark"] = ""


class InvitationForm(Input):
    """The password that a link lets somebody choose."""

    password: Password
    password_again: Again


class StaffForm(Input):
    """A member of staff. Changing role or e-mail needs `own_password`, that of the person who changes them."""

    first_name: Name
    last_name: Name
    role: Role
    email: Annotated[Email | None, Blank] = None
    own_password: Annotated[Password | None, Blank] = None
    version: Version | None = None


class NewStaffForm(Input):
    """Somebody new, under the school's own code."""

    first_name: Name
    last_name: Name
    code: Code
    role: Role
    email: Annotated[Email | None, Blank] = None


class StaffPatch(Input):
    """What programs may change of a member of staff; what is left out stays."""

    last_name: Name | None = None
    first_name: Name | None = None
    role: Role | None = None
    email: Email | None = None
    own_password: Password | None = None
    version: Version


class SchoolForm(Input):
    """The school's sheet; shares in percent."""

    name: Name
    siret: Line = ""
    uai: Annotated[Line | None, Blank] = None
    address: Line = ""
    postal_code: Line = ""
    city: Line = ""
    zone: Literal["A", "B", "C"] = "B"
    share_low: Pct
    share_high: Pct
    practice_target: Pct
    daily_breaks: Line = ""
    order_share: Annotated[Pct, Field(ge=1)] = Decimal(50)
    call_grace: Annotated[Count, Field(le=240)] = 15
    whole_half_days: bool = False
    version: Version | None = None
