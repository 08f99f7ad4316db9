"""Routings: templates to start from, the frozen copy each job takes, its check points and its drawings."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.documents import StoredFile
from app.core.types import Percent, Quantity, UtcDateTime, Versioned, Word
from app.machines.models import WorkCenter
from app.orders.models import OrderLine
from app.workshop.rules import CheckKind, JobState


class Step:
    """What a template and a job say alike of one operation.

    Times are professional seconds. `factor_1` to `factor_3` multiply them for a pupil in the first, second, third year:
    the learning time to plan. `difficulty` 1 to 4. `skills` and `ppe` add to `skill_code` and to what the work centre
    asks for, joined by « + » and « ; ». `first_article`: the first piece is released before the series.
    """

    seq: Mapped[int]
    label: Mapped[str]
    setup_seconds: Mapped[int]
    unit_seconds: Mapped[int]
    skill_code: Mapped[str | None]
    factor_1: Mapped[Decimal] = mapped_column(Percent, default=Decimal(3), server_default="300")
    factor_2: Mapped[Decimal] = mapped_column(Percent, default=Decimal("2.5"), server_default="250")
    factor_3: Mapped[Decimal] = mapped_column(Percent, default=Decimal(2), server_default="200")
    difficulty: Mapped[int] = mapped_column(default=1, server_default="1")
    skills: Mapped[str] = mapped_column(default="", server_default="")
    instruction: Mapped[str] = mapped_column(Text, default="", server_default="")
    ppe: Mapped[str] = mapped_column(default="", server_default="")
    qualification: Mapped[str] = mapped_column(default="", server_default="")
    first_article: Mapped[bool] = mapped_column(default=False, server_default=false())


class Point:
    """What a template and a job say alike of one check point. Figures are those of the drawing, in `unit`.

    With a `nominal`, `lower` and `upper` are the deviations the drawing writes (12, -0.05, +0.05); without one they are
    the limits themselves (no less than 40; no more than 3.2). One that is missing does not bind.
    `every`: on each piece 1, on every tenth 10; 0 on the first piece only. `is_key` flags an important dimension.
    """

    seq: Mapped[int]
    label: Mapped[str]
    kind: Mapped[CheckKind] = mapped_column(Word(CheckKind))
    nominal: Mapped[Decimal | None] = mapped_column(Quantity)
    lower: Mapped[Decimal | None] = mapped_column(Quantity)
    upper: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(10), default="mm", server_default="mm")
    gauge: Mapped[str] = mapped_column(default="", server_default="")
    every: Mapped[int] = mapped_column(default=0, server_default="0")
    is_key: Mapped[bool] = mapped_column(default=False, server_default=false())


class RoutingTemplate(Versioned, Base):
    """A routing (*gamme*) kept for the next order of the same article; `revision` rises with every change."""

    __tablename__ = "routing_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sort_key: Mapped[str] = mapped_column(index=True)
    search_key: Mapped[str]

    operations: Mapped[list["TemplateOperation"]] = relationship(
        back_populates="template", lazy="raise_on_sql", order_by="TemplateOperation.seq", cascade="all, delete-orphan"
    )


class TemplateOperation(Step, Base):
    """One operation of a template."""

    __tablename__ = "template_operation"
    __table_args__ = (UniqueConstraint("template_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("routing_template.id"))
    work_center_id: Mapped[int] = mapped_column(ForeignKey("work_center.id"))

    template: Mapped[RoutingTemplate] = relationship(back_populates="operations")
    work_center: Mapped[WorkCenter] = relationship()
    points: Mapped[list["TemplateCheckPoint"]] = relationship(
        lazy="raise_on_sql", order_by="TemplateCheckPoint.seq", cascade="all, delete-orphan"
    )


class TemplateCheckPoint(Point, Base):
    """One check point of a template's operation."""

    __tablename__ = "template_check_point"
    __table_args__ = (UniqueConstraint("operation_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("template_operation.id"))


class Drawing(Base):
    """A drawing of an order line at one index. A new index never replaces the file: it is another row.

    Tickets that are under way when it arrives are blocked until a master confirms (`confirmed_at`). One that came by
    mistake, or was overtaken before it was confirmed, is withdrawn.
    """

    __tablename__ = "drawing"
    __table_args__ = (
        Index("uq_drawing_index", "line_id", "name", "index_letter", unique=True,
              sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL")),
        Index("ix_drawing_pending", "line_id",
              sqlite_where=text("confirmed_at IS NULL AND withdrawn_at IS NULL"),
              postgresql_where=text("confirmed_at IS NULL AND withdrawn_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    name: Mapped[str]
    index_letter: Mapped[str] = mapped_column(String(5))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    line: Mapped[OrderLine] = relationship()
    file: Mapped[StoredFile] = relationship()


class Job(Versioned, Base):
    """An *ordre de fabrication*: what must be made for one order line.

    `template_id` and `template_revision` tell which template its routing was copied from; the copy is its own.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    quantity: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[JobState] = mapped_column(Word(JobState), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("routing_template.id"))
    template_revision: Mapped[int | None]

    line: Mapped[OrderLine] = relationship()
    operations: Mapped[list["Operation"]] = relationship(
        back_populates="job", lazy="raise_on_sql", order_by="Operation.seq"
    )


class Operation(Step, Versioned, Base):
    """One step of a job's routing (*gamme*), in order of `seq`.

    `good`, `scrap`, `booked_seconds` (people) and `machine_seconds` sum the facts of its tickets: derived, written in
    the same transaction, recounted by a test. So are `isolated`, the pieces whose non-conformance is not decided yet,
    and `extra`, pieces to be made beyond the job's quantity in place of some that were scrapped further down.
    """

    __tablename__ = "operation"
    __table_args__ = (UniqueConstraint("job_id", "seq"), Index(None, "work_center_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    work_center_id: Mapped[int] = mapped_column(ForeignKey("work_center.id"))
    good: Mapped[int] = mapped_column(default=0)
    scrap: Mapped[int] = mapped_column(default=0)
    isolated: Mapped[int] = mapped_column(default=0, server_default="0")
    extra: Mapped[int] = mapped_column(default=0, server_default="0")
    booked_seconds: Mapped[int] = mapped_column(default=0)
    machine_seconds: Mapped[int] = mapped_column(default=0, server_default="0")

    job: Mapped[Job] = relationship(back_populates="operations")
    work_center: Mapped[WorkCenter] = relationship()
    points: Mapped[list["CheckPoint"]] = relationship(lazy="raise_on_sql", order_by="CheckPoint.seq")


class CheckPoint(Point, Base):
    """One check point of a job's operation. With results it is never edited, only retired."""

    __tablename__ = "check_point"
    __table_args__ = (UniqueConstraint("operation_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id"))
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
