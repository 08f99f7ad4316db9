"""Applicants: young people who ask to come. They are no pupils and stand in no list of pupils."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.admissions.rules import Step
from app.core.db import Base
from app.core.types import UtcDateTime, Versioned, Word
from app.pedagogy.rules.guardians import Relation


class RetentionSetting(Versioned, Base):
    """One row: after how many months a closed application is anonymised, and what is kept how long in the school's own
    words, as a JSON list of {data, in_use, then, source}.
    """

    __tablename__ = "retention_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    months: Mapped[int]
    content: Mapped[str] = mapped_column(Text)


class Applicant(Versioned, Base):
    """One application for one school year. Admitted, it names the pupil; anonymised, nobody is named any more."""

    __tablename__ = "applicant"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    last_name: Mapped[str]
    first_name: Mapped[str]
    born_on: Mapped[date | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    present_school: Mapped[str | None]
    origin: Mapped[str | None]
    school_year: Mapped[str]
    diploma_id: Mapped[int | None] = mapped_column(ForeignKey("diploma.id"))
    step: Mapped[Step] = mapped_column(Word(Step), default=Step.RECEIVED, index=True)
    received_on: Mapped[date]
    last_contact_on: Mapped[date]
    comment: Mapped[str | None] = mapped_column(Text)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id"), unique=True)
    anonymised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sort_key: Mapped[str] = mapped_column(index=True)
    search_key: Mapped[str]

    @property
    def full_name(self) -> str:
        """First name then last name."""
        return f"{self.first_name} {self.last_name}"


class ApplicantGuardian(Base):
    """Who answers for an applicant; becomes a guardian of the pupil."""

    __tablename__ = "applicant_guardian"

    id: Mapped[int] = mapped_column(primary_key=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    rank: Mapped[int]
    name: Mapped[str]
    relation: Mapped[Relation] = mapped_column(Word(Relation), default=Relation.GUARDIAN)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]


class ObservationWeek(Base):
    """Days an applicant spends in a workshop beside pupils, watching: no machine, no ticket, no roll call."""

    __tablename__ = "observation_week"

    id: Mapped[int] = mapped_column(primary_key=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    group_id: Mapped[int] = mapped_column(ForeignKey("pupil_group.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    agreed_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
