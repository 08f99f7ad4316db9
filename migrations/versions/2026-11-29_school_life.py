"""school life: timetable, absences, learning, records, admissions

Revision ID: 2026_11_29_01
Revises: 2026_11_28_01
"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_29_01"
down_revision = "2026_11_28_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everything school life keeps beyond dated sessions and roll calls, by domain."""
    _timetable()
    _absences()
    _ledger()
    _learning()
    _records()


def _timetable() -> None:
    """Calendar, patterns, feeds."""
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("name", name=op.f("uq_room_name")),
    )
    op.create_table(
        "school_holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=1), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_holiday")),
        sa.UniqueConstraint("zone", "starts_on", name=op.f("uq_school_holiday_zone_starts_on")),
    )
    op.create_table(
        "school_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=9), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("week_a_on", sa.Date(), nullable=True),
        sa.Column("skips_closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_year")),
        sa.UniqueConstraint("label", name=op.f("uq_school_year_label")),
    )
    op.create_table(
        "timetable_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=1), nullable=True),
        sa.Column("hours_block", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_setting")),
    )
    op.create_table(
        "timetable_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("weeks", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["timetable_rule.id"], name=op.f("fk_timetable_rule_follows_id_timetable_rule")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["pupil_group.id"], name=op.f("fk_timetable_rule_group_id_pupil_group")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_timetable_rule_staff_id_staff")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_timetable_rule_subject_id_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_rule")),
    )
    with op.batch_alter_table("timetable_rule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_timetable_rule_group_id_starts_on"), ["group_id", "starts_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_timetable_rule_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "activity_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("pupil_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("minutes_per_day", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["pupil_group.id"], name=op.f("fk_activity_period_group_id_pupil_group")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_activity_period_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_period")),
    )
    with op.batch_alter_table("activity_period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_period_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_period_pupil_id"), ["pupil_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_activity_period_starts_on_ends_on"), ["starts_on", "ends_on"], unique=False
        )

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("pupil_id", sa.Integer(), nullable=True),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issued_by_id"], ["staff.id"], name=op.f("fk_calendar_feed_issued_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_calendar_feed_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_calendar_feed_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_pupil_id"), ["pupil_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calendar_feed_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "session_origin",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["timetable_rule.id"], name=op.f("fk_session_origin_rule_id_timetable_rule")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["timetable_session.id"], name=op.f("fk_session_origin_session_id_timetable_session")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_origin")),
        sa.UniqueConstraint("rule_id", "on_date", name=op.f("uq_session_origin_rule_id_on_date")),
    )
    op.create_table(
        "timetable_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_timetable_change_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["timetable_rule.id"], name=op.f("fk_timetable_change_rule_id_timetable_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_change")),
    )
    with op.batch_alter_table("timetable_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timetable_change_rule_id"), ["rule_id"], unique=False)

    op.create_table(
        "timetable_change_line",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["timetable_change.id"], name=op.f("fk_timetable_change_line_change_id_timetable_change")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["timetable_session.id"], name=op.f("fk_timetable_change_line_session_id_timetable_session")
        ),
        sa.PrimaryKeyConstraint("change_id", "session_id", name=op.f("pk_timetable_change_line")),
    )
    with op.batch_alter_table("timetable_change_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timetable_change_line_session_id"), ["session_id"], unique=False)


def _drop_timetable() -> None:
    with op.batch_alter_table("timetable_change_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timetable_change_line_session_id"))

    op.drop_table("timetable_change_line")
    with op.batch_alter_table("timetable_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timetable_change_rule_id"))

    op.drop_table("timetable_change")
    op.drop_table("session_origin")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_staff_id"))
        batch_op.drop_index(batch_op.f("ix_calendar_feed_pupil_id"))

    op.drop_table("calendar_feed")
    with op.batch_alter_table("activity_period", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_period_starts_on_ends_on"))
        batch_op.drop_index(batch_op.f("ix_activity_period_pupil_id"))
        batch_op.drop_index(batch_op.f("ix_activity_period_group_id"))

    op.drop_table("activity_period")
    with op.batch_alter_table("timetable_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timetable_rule_staff_id"))
        batch_op.drop_index(batch_op.f("ix_timetable_rule_group_id_starts_on"))

    op.drop_table("timetable_rule")
    op.drop_table("timetable_setting")
    op.drop_table("school_year")
    op.drop_table("school_holiday")
    op.drop_table("room")


def _absences() -> None:
    """Leaving early, reasons, notices, the outbox."""


def _ledger() -> None:
    """Files of a lesson, statements of hours, what counts as what."""


def _learning() -> None:
    """Frameworks, marks, reports, exams."""


def _records() -> None:
    """Guardians, documents, notes, applicants."""
    op.create_table(
        "guardian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("notified", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("custody_note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_guardian_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
    )
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardian_pupil_id"), ["pupil_id"], unique=False)
    pupil, guardian = (
        sa.table("pupil", *_named("id", *_OLD)),
        sa.table("guardian", *_named("pupil_id", *_NEW, "rank", "relation", "notified")),
    )
    known = sa.or_(*(pupil.c[name].is_not(None) for name in _OLD))
    op.execute(
        guardian.insert().from_select(
            ["pupil_id", *_NEW, "rank", "relation", "notified"],
            sa.select(
                pupil.c.id, sa.func.coalesce(pupil.c.guardian_name, ""), pupil.c.guardian_email,
                pupil.c.guardian_phone, sa.literal(1), sa.literal("guardian"), sa.true(),
            ).where(known),
        )
    )  # fmt: skip
    with op.batch_alter_table("pupil", schema=None) as batch_op:
        for name in _OLD:
            batch_op.drop_column(name)
        batch_op.add_column(sa.Column("email", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("phone", sa.String(), nullable=True))


_OLD = ("guardian_name", "guardian_email", "guardian_phone")
_NEW = ("name", "email", "phone")


def _named(*names: str) -> list[sa.ColumnClause[str]]:
    return [sa.column(name) for name in names]


def _drop_records() -> None:
    """The first guardian of each pupil goes back into the pupil; the others are lost."""
    with op.batch_alter_table("pupil", schema=None) as batch_op:
        batch_op.drop_column("phone")
        batch_op.drop_column("email")
        for name in _OLD:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
    pupil, guardian = sa.table("pupil", *_named("id", *_OLD)), sa.table("guardian", *_named("pupil_id", "rank", *_NEW))
    for old, new in zip(_OLD, _NEW, strict=True):
        told = sa.select(sa.func.max(guardian.c[new])).where(guardian.c.pupil_id == pupil.c.id, guardian.c.rank == 1)
        op.execute(pupil.update().values({old: told.scalar_subquery()}))
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guardian_pupil_id"))
    op.drop_table("guardian")


def downgrade() -> None:
    """Back to the schema before."""
    _drop_records()
    _drop_timetable()
