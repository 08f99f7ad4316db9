"""Diplomas, groups, pupils with dated membership, the dated timetable and who attended it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Staff
from app.core.db import Base
from app.core.documents import StoredFile
from app.core.types import Quantity, UtcDateTime, Versioned, Word
from app.pedagogy.models.photos import PhotoConsent as PhotoConsent
from app.pedagogy.models.photos import PupilPhoto as PupilPhoto
from app.pedagogy.models.reasons import AbsenceReason as AbsenceReason
from app.pedagogy.models.words import SelfAssessment as SelfAssessment
from app.pedagogy.rules import Attendance, SessionKind, SessionState
from app.pedagogy.rules.guardians import Relation


class Diploma(Base):
    """A diploma the school prepares; level 3 is a CAP, 4 a bac pro."""

    __tablename__ = "diploma"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    level: Mapped[int]
    rncp: Mapped[str | None]
    ccf_allowed: Mapped[bool] = mapped_column(default=False, server_default=false())


class Framework(Base):
    """A version of a diploma's framework (*référentiel*), from an exam session on until the next one begins.

    Never edited once somebody was assessed by it. A diploma without any is held by its plain list of skills.
    """

    __tablename__ = "framework"
    __table_args__ = (UniqueConstraint("diploma_id", "from_session"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    diploma_id: Mapped[int] = mapped_column(ForeignKey("diploma.id"))
    label: Mapped[str]
    from_session: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    diploma: Mapped[Diploma] = relationship()


class FrameworkSkill(Base):
    """A skill as a version words it, in its block (*unité*). `indicators`: what shows it, one a line."""

    __tablename__ = "framework_skill"
    __table_args__ = (UniqueConstraint("framework_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id"))
    block_code: Mapped[str] = mapped_column(default="")
    block_title: Mapped[str] = mapped_column(default="")
    code: Mapped[str]
    label: Mapped[str]
    indicators: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]


class SkillLevel(Base):
    """The school's own word for one of the four steps, where it has one."""

    __tablename__ = "skill_level"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str]


class ExamSession(Versioned, Base):
    """When a diploma's exam of a year is sat, both days included."""

    __tablename__ = "exam_session"
    __table_args__ = (UniqueConstraint("diploma_id", "session"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    diploma_id: Mapped[int] = mapped_column(ForeignKey("diploma.id"))
    session: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    diploma: Mapped[Diploma] = relationship()


class Skill(Base):
    """A competence of a diploma, in any version of its framework: the codes that work and lessons are marked with."""

    __tablename__ = "skill"
    __table_args__ = (UniqueConstraint("diploma_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    diploma_id: Mapped[int] = mapped_column(ForeignKey("diploma.id"))
    code: Mapped[str]
    label: Mapped[str]


class Subject(Base):
    """A subject of a diploma, practice or theory, with its yearly hours."""

    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("diploma_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    diploma_id: Mapped[int] = mapped_column(ForeignKey("diploma.id"))
    code: Mapped[str]
    label: Mapped[str]
    kind: Mapped[SessionKind] = mapped_column(Word(SessionKind))
    yearly_hours: Mapped[Decimal] = mapped_column(Quantity)


class PupilGroup(Versioned, Base):
    """A class in one school year (« 2026-2027 »)."""

    __tablename__ = "pupil_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    diploma_id: Mapped[int] = mapped_column(ForeignKey("diploma.id"))
    school_year: Mapped[str] = mapped_column(String(9), index=True)
    # The exam session that its pupils prepare, where it is not the one that ends its school year.
    exam_session: Mapped[int | None]

    diploma: Mapped[Diploma] = relationship()


class Pupil(Versioned, Base):
    """A young person. `group_id` is the present or last group; which group when is told by `membership`.

    `email` and `phone` are their own: whom the school writes to from the 18th birthday.
    """

    __tablename__ = "pupil"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    last_name: Mapped[str]
    first_name: Mapped[str]
    born_on: Mapped[date]
    group_id: Mapped[int] = mapped_column(ForeignKey("pupil_group.id"), index=True)
    entered_on: Mapped[date]
    left_on: Mapped[date | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    sort_key: Mapped[str] = mapped_column(index=True)
    search_key: Mapped[str]

    group: Mapped[PupilGroup] = relationship()

    @property
    def full_name(self) -> str:
        """First name then last name."""
        return f"{self.first_name} {self.last_name}"


class Guardian(Versioned, Base):
    """Who answers for a pupil, from a day to a day, both included; None is no limit. Never two first ones on a day.

    `notified`: gets the notices. `custody_note` holds only what is needed to act (« ne pas remettre l’enfant à… »).
    """

    __tablename__ = "guardian"

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    rank: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    relation: Mapped[Relation] = mapped_column(Word(Relation), default=Relation.GUARDIAN)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    notified: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    custody_note: Mapped[str | None] = mapped_column(Text)


class Membership(Base):
    """A pupil's stay in a group, both ends included; never two at once.

    `implied` rows stand for a pupil without a declared membership: the present group from entry to exit.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("pupil_id", "group_id", "starts_on"), Index(None, "group_id", "starts_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("pupil_group.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    implied: Mapped[bool] = mapped_column(default=False)


class Closure(Base):
    """Days without school, both ends included: holidays, bridge days."""

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(unique=True)
    ends_on: Mapped[date]
    label: Mapped[str]


class TimetableSession(Versioned, Base):
    """One dated session of a group. Times are local minutes after midnight, 480 for 08:00.

    `content` to `project_url` are its theory log (*cahier de textes*) as its latest entry says; empty until written.
    """

    __tablename__ = "timetable_session"
    __table_args__ = (
        UniqueConstraint("group_id", "on_date", "start_minute"),
        Index(None, "on_date", "start_minute"),
        Index(None, "staff_id", "on_date"),
        # Calls still to do: few rows among all of history.
        Index(None, "called_at", "on_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("pupil_group.id"))
    on_date: Mapped[date]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    kind: Mapped[SessionKind] = mapped_column(Word(SessionKind))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    room: Mapped[str | None]
    state: Mapped[SessionState] = mapped_column(Word(SessionState), default=SessionState.PLANNED)
    cancel_reason: Mapped[str | None]
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    content: Mapped[str | None] = mapped_column(Text)
    homework: Mapped[str | None] = mapped_column(Text)
    homework_due_on: Mapped[date | None]
    taught_minutes: Mapped[int | None]
    project_label: Mapped[str | None]
    project_url: Mapped[str | None]
    logged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    group: Mapped[PupilGroup] = relationship()
    subject: Mapped[Subject] = relationship()
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])

    @property
    def minutes(self) -> int:
        """Length."""
        return self.end_minute - self.start_minute


class LogEntry(Base):
    """What was written of one session, as a whole. Never edited: a correction is a later row naming the one before.

    `project_label`, `project_url`: the order's job the lesson was about, as its name and page. `by_id` None: an import.
    """

    __tablename__ = "log_entry"
    __table_args__ = (Index(None, "session_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"))
    content: Mapped[str] = mapped_column(Text)
    homework: Mapped[str | None] = mapped_column(Text)
    homework_due_on: Mapped[date | None]
    taught_minutes: Mapped[int]
    project_label: Mapped[str | None]
    project_url: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("log_entry.id"), unique=True)


class LogFile(Base):
    """A file of a lesson: an exercise, a photo of the board. Taken out, it stays on record with who took it out."""

    __tablename__ = "log_file"
    __table_args__ = (Index(None, "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    file: Mapped[StoredFile] = relationship()


class RollCallEvent(Base):
    """One statement about one pupil in one session. Never edited: a correction is a later row naming the one before.

    `official`: said by the office, the direction or an import; such a word outweighs a teacher's, both are kept.
    """

    __tablename__ = "roll_call_event"
    __table_args__ = (Index(None, "session_id", "pupil_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    status: Mapped[Attendance] = mapped_column(Word(Attendance))
    minutes_late: Mapped[int] = mapped_column(default=0)
    minutes_early: Mapped[int] = mapped_column(default=0, server_default="0")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    official: Mapped[bool] = mapped_column(default=False)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("roll_call_event.id"), unique=True)


class AttendanceRecord(Base):
    """What holds now for a pupil in a session: the latest statement. Derived; a test recounts it from the events."""

    __tablename__ = "attendance"

    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"), primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), primary_key=True, index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("roll_call_event.id"))
    status: Mapped[Attendance] = mapped_column(Word(Attendance))
    minutes_late: Mapped[int]
    minutes_early: Mapped[int] = mapped_column(default=0, server_default="0")
    attended_minutes: Mapped[int]


class AttendanceDay(Base):
    """Attended minutes per pupil, group and day: the summary every ratio is read from. Derived, recounted by a test."""

    __tablename__ = "attendance_day"
    __table_args__ = (
        Index(None, "group_id", "on_date"),
        # Holds every column a report reads, so that it never visits the rows.
        Index("ix_attendance_day_sums", "on_date", "pupil_id", "group_id", "practice_minutes", "theory_minutes"),
    )

    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("pupil_group.id"), primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    practice_minutes: Mapped[int]
    theory_minutes: Mapped[int]


class SkillEvidence(Base):
    """One reason to believe that a pupil holds a skill; its source is always named, never edited.

    `source` is a key of `rules.skills.SOURCE_LABELS`; `self_assessed` rows are the pupil's own word, kept apart.
    `level` 1 to 4 (*non acquis, en cours d’acquisition, acquis, maîtrisé*), None: seen, not assessed.
    """

    __tablename__ = "skill_evidence"
    __table_args__ = (Index(None, "pupil_id", "skill_code", "on_date"), Index(None, "source", "source_label"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    # The version whose skill it is; None: of a diploma that had none.
    framework_id: Mapped[int | None] = mapped_column(ForeignKey("framework.id"), index=True)
    skill_code: Mapped[str]
    level: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(20))
    source_label: Mapped[str]
    source_url: Mapped[str] = mapped_column(default="")
    on_date: Mapped[date]
    assessor_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    self_assessed: Mapped[bool] = mapped_column(default=False, server_default=false())
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class EvidenceVoid(Base):
    """A piece of evidence that was wrong: it stays, with who took it back, when and why."""

    __tablename__ = "evidence_void"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("skill_evidence.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
