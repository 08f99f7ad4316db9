"""What the API says of applicants. Remarks and what came of an observation week are not in it."""

from datetime import date
from typing import Any

from pydantic import BaseModel

from app.admissions.queries import File
from app.admissions.rules import Step


class ApplicantLine(BaseModel):
    """An application in a list."""

    number: str
    last_name: str
    first_name: str
    step: Step
    school_year: str
    received_on: date
    last_contact_on: date


class ApplicantList(BaseModel):
    """A page of applications."""

    items: list[ApplicantLine]
    total: int
    page: int
    size: int


class WeekOut(BaseModel):
    """An observation week that holds."""

    starts_on: date
    ends_on: date
    group: str


class ApplicantOut(ApplicantLine):
    """An application; `pupil` is the code of the pupil it became."""

    born_on: date | None
    diploma: str
    pupil: str | None
    weeks: list[WeekOut]


def applicant_line(row: Any) -> ApplicantLine:
    """One of the list."""
    return ApplicantLine.model_validate(row, from_attributes=True)


def applicant_out(file: File) -> ApplicantOut:
    """One application."""
    line = applicant_line(file.applicant).model_dump()
    weeks = [WeekOut(starts_on=one.starts_on, ends_on=one.ends_on, group=one.group_label) for one in file.weeks]
    return ApplicantOut(
        **line, born_on=file.applicant.born_on, diploma=file.diploma, pupil=file.pupil_code or None, weeks=weeks
    )
