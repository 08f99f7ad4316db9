"""Work centres, the school's declarations, the dated facts about pupils, and every answer the gate gave."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Staff
from app.core.db import Base
from app.core.types import Cents, Percent, UtcDateTime, Versioned, Word
from app.machines.rules import CenterState, permit_asked
from app.pedagogy.models import Pupil


class WorkCenter(Versioned, Base):
    """A machine or bench (*poste*). `regulated_articles` holds article codes joined by « + », empty when free.

    `exceeding_articles`: the threshold articles whose limit the risk assessment says may be exceeded here.
    `vibration` is the hand-arm acceleration in m/s²; `load_kg` the heaviest load moved by hand; `electrical` the
    habilitation symbol it asks for; `needs_permit`: a master first gives each pupil one, not said: where the work is
    regulated; `ppe` what to wear, joined by « ; ». `hourly_rate` is the professional market rate in euros an hour,
    excluding VAT.
    """

    __tablename__ = "work_center"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    capacity: Mapped[int]
    regulated_articles: Mapped[str] = mapped_column(default="")
    risk_assessed_on: Mapped[date | None]
    sort_key: Mapped[str] = mapped_column(index=True)
    state: Mapped[CenterState] = mapped_column(
        Word(CenterState), default=CenterState.IN_SERVICE, server_default=CenterState.IN_SERVICE.value
    )
    state_note: Mapped[str | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    exceeding_articles: Mapped[str] = mapped_column(default="", server_default="")
    vibration: Mapped[Decimal | None] = mapped_column(Percent)
    load_kg: Mapped[Decimal | None] = mapped_column(Percent)
    electrical: Mapped[str] = mapped_column(default="", server_default="")
    needs_driving_authorisation: Mapped[bool] = mapped_column(default=False, server_default=false())
    needs_permit: Mapped[bool | None]
    ppe: Mapped[str] = mapped_column(default="", server_default="")
    safety_sheet_url: Mapped[str | None]
    hourly_rate: Mapped[Decimal | None] = mapped_column(Cents)

    @property
    def asks_permit(self) -> bool:
        """Whether a pupil needs the machine permit of the school."""
        return permit_asked(needs=self.needs_permit, articles=self.regulated_articles)


class Declaration(Versioned, Base):
    """A declaration of derogation for minors, valid three years less a day from sending (R4153-40, R4153-44).

    Lists are joined by « + », free words (`places`, `supervisor_qualities`) by « ; ». Once sent it is never edited:
    what changes is a `DeclarationChange`. Not yet sent, and so in preparation: `sent_on` is empty; it covers nothing.
    """

    __tablename__ = "declaration"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    sent_on: Mapped[date | None]
    articles: Mapped[str]
    work_centers: Mapped[str]
    diplomas: Mapped[str]
    sector: Mapped[str] = mapped_column(default="", server_default="")
    places: Mapped[str] = mapped_column(default="", server_default="")
    supervisor_qualities: Mapped[str] = mapped_column(default="", server_default="")
    sent_by_means: Mapped[str] = mapped_column(default="", server_default="")
    withdrawn_on: Mapped[date | None]


class DeclarationChange(Base):
    """What was added to a declaration: to be told within eight days of `changed_on` (R4153-42); it counts from
    `sent_on`, strictly, and does not prolong the three years. Not yet sent: `sent_on` is empty.
    """

    __tablename__ = "declaration_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"), index=True)
    changed_on: Mapped[date]
    sent_on: Mapped[date | None]
    sent_by_means: Mapped[str] = mapped_column(default="", server_default="")
    articles: Mapped[str] = mapped_column(default="", server_default="")
    work_centers: Mapped[str] = mapped_column(default="", server_default="")
    diplomas: Mapped[str] = mapped_column(default="", server_default="")
    places: Mapped[str] = mapped_column(default="", server_default="")
    supervisor_qualities: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    declaration: Mapped[Declaration] = relationship()


class Clearance(Base):
    """A dated fact about a pupil: an opinion (its conclusion only), a training, a permit (`ClearanceKind`).

    Never edited: a later row says what is new, a row entered in error is voided with its reason.
    `restriction` holds the articles an opinion excludes, joined by « + »; `detail` a symbol or a figure.
    """

    __tablename__ = "clearance"
    __table_args__ = (Index(None, "pupil_id", "kind", "on_date"), Index(None, "kind", "on_date"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    kind: Mapped[str] = mapped_column(String(25))
    work_center_id: Mapped[int | None] = mapped_column(ForeignKey("work_center.id"))
    on_date: Mapped[date]
    result: Mapped[str] = mapped_column(String(15))
    restriction: Mapped[str] = mapped_column(default="", server_default="")
    detail: Mapped[str] = mapped_column(default="", server_default="")
    ends_on: Mapped[date | None]
    given_by: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    void_reason: Mapped[str | None]

    pupil: Mapped[Pupil] = relationship()
    work_center: Mapped[WorkCenter | None] = relationship()


class SupervisorQuality(Base):
    """A quality or function of a member of staff, as a declaration names it (R4153-41 5°); both days included."""

    __tablename__ = "supervisor_quality"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    quality: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    staff: Mapped[Staff] = relationship()


class StaffAbsence(Base):
    """Days a member of staff is away, both included, and the competent person who stands in, if any."""

    __tablename__ = "staff_absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    substitute: Mapped[Staff | None] = relationship(foreign_keys=[substitute_id])


class GateSetting(Base):
    """From a day on, whether a check that the law leaves to the school warns or blocks; the latest row decides."""

    __tablename__ = "gate_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    check: Mapped[str] = mapped_column(String(30))
    blocks: Mapped[bool]
    starts_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class GateDecision(Base):
    """One answer of the gate, with the facts it was given on, so that it can be replayed years later.

    `asked_for`: assign, start, plan, tablet. `subject` is what it was about (« BT2026-00012 »). `override_reason`: a
    master went past a check that is a setting. Never edited.
    """

    __tablename__ = "gate_decision"
    __table_args__ = (Index(None, "pupil_id", "on_date"), Index(None, "subject"), Index(None, "at", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    by_name: Mapped[str]
    asked_for: Mapped[str] = mapped_column(String(10))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    work_center_id: Mapped[int] = mapped_column(ForeignKey("work_center.id"))
    subject: Mapped[str] = mapped_column(default="", server_default="")
    on_date: Mapped[date]
    allowed: Mapped[bool]
    codes: Mapped[str] = mapped_column(default="", server_default="")
    override_reason: Mapped[str | None]
    facts: Mapped[str] = mapped_column(Text)
    rules_version: Mapped[int]
