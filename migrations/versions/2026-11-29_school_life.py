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
        "session_catch_up",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("missed_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["missed_id"], ["timetable_session.id"], name=op.f("fk_session_catch_up_missed_id_timetable_session")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["timetable_session.id"], name=op.f("fk_session_catch_up_session_id_timetable_session")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_catch_up")),
    )
    with op.batch_alter_table("session_catch_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_catch_up_missed_id"), ["missed_id"], unique=False)

    op.create_table(
        "timetable_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("earlier_end", sa.Date(), nullable=True),
        sa.Column("closure_id", sa.Integer(), nullable=True),
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
    with op.batch_alter_table("session_catch_up", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_catch_up_missed_id"))

    op.drop_table("session_catch_up")
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
    for name in ("roll_call_event", "attendance"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("minutes_early", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.add_column(sa.Column("call_grace", sa.Integer(), server_default="15", nullable=False))
        batch_op.add_column(sa.Column("whole_half_days", sa.Boolean(), server_default=sa.false(), nullable=False))
    _outbox()
    op.create_table(
        "absence_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("legitimate", sa.Boolean(), nullable=True),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("proof_seen", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_absence_reason_by_id_staff")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_absence_reason_file_id_stored_file")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_absence_reason_pupil_id_pupil")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["absence_reason.id"], name=op.f("fk_absence_reason_replaces_id_absence_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_reason")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_absence_reason_replaces_id")),
    )
    with op.batch_alter_table("absence_reason", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_reason_ends_on"), ["ends_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_reason_pupil_id_starts_on"), ["pupil_id", "starts_on"], unique=False)
    _notices()


def _outbox() -> None:
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("to_name", sa.String(), nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("about_type", sa.String(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mail_message_id")),
    )
    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mail_about_type_about_id"), ["about_type", "about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_mail_state_next_try_at"), ["state", "next_try_at"], unique=False)


def _notices() -> None:
    op.create_table(
        "absence_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_absence_notice_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_absence_notice_pupil_id_pupil")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["timetable_session.id"], name=op.f("fk_absence_notice_session_id_timetable_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_notice")),
        sa.UniqueConstraint("pupil_id", "session_id", name=op.f("uq_absence_notice_pupil_id_session_id")),
    )
    op.create_table(
        "absence_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_absence_letter_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_absence_letter_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_letter")),
        sa.UniqueConstraint("number", name=op.f("uq_absence_letter_number")),
        sa.UniqueConstraint("pupil_id", "month", "kind", name=op.f("uq_absence_letter_pupil_id_month_kind")),
    )
    with op.batch_alter_table("absence_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_letter_month"), ["month"], unique=False)


def _ledger() -> None:
    """Files of a lesson, statements of hours, what counts as what."""
    with op.batch_alter_table("timetable_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("homework_due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("project_label", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("project_url", sa.String(), nullable=True))
    op.create_table(
        "log_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("homework", sa.Text(), nullable=True),
        sa.Column("homework_due_on", sa.Date(), nullable=True),
        sa.Column("taught_minutes", sa.Integer(), nullable=False),
        sa.Column("project_label", sa.String(), nullable=True),
        sa.Column("project_url", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_log_entry_by_id_staff")),
        sa.ForeignKeyConstraint(["replaces_id"], ["log_entry.id"], name=op.f("fk_log_entry_replaces_id_log_entry")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["timetable_session.id"], name=op.f("fk_log_entry_session_id_timetable_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_log_entry_replaces_id")),
    )
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_entry_session_id_id"), ["session_id", "id"], unique=False)
    op.create_table(
        "log_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_log_file_by_id_staff")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_log_file_file_id_stored_file")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["staff.id"], name=op.f("fk_log_file_removed_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["timetable_session.id"], name=op.f("fk_log_file_session_id_timetable_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_file")),
    )
    with op.batch_alter_table("log_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_file_session_id"), ["session_id"], unique=False)
    _hours_statements()
    _issued_papers()
    op.create_table(
        "counting_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("counts_as", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_counting_rule_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counting_rule")),
    )


def _hours_statements() -> None:
    op.create_table(
        "hours_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["staff.id"], name=op.f("fk_hours_statement_closed_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["staff.id"], name=op.f("fk_hours_statement_confirmed_by_id_staff")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_hours_statement_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_statement")),
        sa.UniqueConstraint("number", name=op.f("uq_hours_statement_number")),
        sa.UniqueConstraint("staff_id", "month", name=op.f("uq_hours_statement_staff_id_month")),
    )
    with op.batch_alter_table("hours_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hours_statement_month"), ["month"], unique=False)
    op.create_table(
        "hours_statement_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["timetable_session.id"], name=op.f("fk_hours_statement_line_session_id_timetable_session")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["hours_statement.id"], name=op.f("fk_hours_statement_line_statement_id_hours_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_statement_line")),
    )
    with op.batch_alter_table("hours_statement_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hours_statement_line_statement_id"), ["statement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_statement_line_session_id"), ["session_id"], unique=False)


def _issued_papers() -> None:
    op.create_table(
        "issued_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("school", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["pupil_group.id"], name=op.f("fk_issued_paper_group_id_pupil_group")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["staff.id"], name=op.f("fk_issued_paper_issued_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_issued_paper_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_paper")),
        sa.UniqueConstraint("number", name=op.f("uq_issued_paper_number")),
    )
    with op.batch_alter_table("issued_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issued_paper_issued_at"), ["issued_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_issued_paper_pupil_id"), ["pupil_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issued_paper_group_id"), ["group_id"], unique=False)


def _drop_ledger() -> None:
    for table in ("counting_rule", "issued_paper", "hours_statement_line", "hours_statement", "log_file", "log_entry"):
        op.drop_table(table)
    with op.batch_alter_table("timetable_session", schema=None) as batch_op:
        for column in ("project_url", "project_label", "homework_due_on"):
            batch_op.drop_column(column)


def _own_words() -> None:
    """What a pupil said names its ticket, as evidence does: learning knows no tickets."""
    with op.batch_alter_table("self_assessment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_label", sa.String(), server_default="", nullable=False))
    said = sa.table("self_assessment", *_named("ticket_id", "source_label"))
    ticket = sa.table("ticket", *_named("id", "number"))
    number = sa.select(ticket.c.number).where(ticket.c.id == said.c.ticket_id).scalar_subquery()
    op.execute(said.update().values(source_label=number))


def _drop_own_words() -> None:
    with op.batch_alter_table("self_assessment", schema=None) as batch_op:
        batch_op.drop_column("source_label")


def _learning() -> None:
    """Frameworks, marks, reports, exams."""
    _own_words()
    op.create_table(
        "skill_level",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("level", name=op.f("pk_skill_level")),
    )
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_year", sa.String(length=9), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("school_year", "label", name=op.f("uq_term_school_year_label")),
    )
    op.create_table(
        "exam_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("diploma_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["diploma_id"], ["diploma.id"], name=op.f("fk_exam_session_diploma_id_diploma")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_session")),
        sa.UniqueConstraint("diploma_id", "session", name=op.f("uq_exam_session_diploma_id_session")),
    )
    op.create_table(
        "exam_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("diploma_id", sa.Integer(), nullable=False),
        sa.Column("from_session", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("coefficient", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("optional", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["diploma_id"], ["diploma.id"], name=op.f("fk_exam_unit_diploma_id_diploma")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_unit")),
        sa.UniqueConstraint(
            "diploma_id", "from_session", "code", name=op.f("uq_exam_unit_diploma_id_from_session_code")
        ),
    )
    op.create_table(
        "framework",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("diploma_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("from_session", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["diploma_id"], ["diploma.id"], name=op.f("fk_framework_diploma_id_diploma")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework")),
        sa.UniqueConstraint("diploma_id", "from_session", name=op.f("uq_framework_diploma_id_from_session")),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("out_of", sa.BigInteger(), nullable=False),
        sa.Column("coefficient", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["pupil_group.id"], name=op.f("fk_evaluation_group_id_pupil_group")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_evaluation_staff_id_staff")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_evaluation_subject_id_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evaluation_group_id_subject_id_on_date"), ["group_id", "subject_id", "on_date"], unique=False
        )

    op.create_table(
        "framework_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("block_code", sa.String(), nullable=False),
        sa.Column("block_title", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("indicators", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["framework.id"], name=op.f("fk_framework_skill_framework_id_framework")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_skill")),
        sa.UniqueConstraint("framework_id", "code", name=op.f("uq_framework_skill_framework_id_code")),
    )
    op.create_table(
        "council_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_council_opinion_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_council_opinion_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_council_opinion_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_opinion")),
        sa.UniqueConstraint("term_id", "pupil_id", name=op.f("uq_council_opinion_term_id_pupil_id")),
    )
    with op.batch_alter_table("council_opinion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_council_opinion_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "exam_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_session_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_session_id"], ["exam_session.id"], name=op.f("fk_exam_entry_exam_session_id_exam_session")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_exam_entry_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_entry")),
        sa.UniqueConstraint("exam_session_id", "pupil_id", name=op.f("uq_exam_entry_exam_session_id_pupil_id")),
    )
    with op.batch_alter_table("exam_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exam_entry_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "issued_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_issued_report_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_issued_report_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_issued_report_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_report")),
    )
    with op.batch_alter_table("issued_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issued_report_pupil_id_kind"), ["pupil_id", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_issued_report_term_id_kind"), ["term_id", "kind"], unique=False)

    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_mark_by_id_staff")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_mark_evaluation_id_evaluation")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_mark_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["replaces_id"], ["mark.id"], name=op.f("fk_mark_replaces_id_mark")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_mark_replaces_id")),
    )
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_evaluation_id_pupil_id"), ["evaluation_id", "pupil_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mark_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "report_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_report_comment_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_report_comment_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_report_comment_subject_id_subject")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_report_comment_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_comment")),
        sa.UniqueConstraint(
            "term_id", "subject_id", "pupil_id", name=op.f("uq_report_comment_term_id_subject_id_pupil_id")
        ),
    )
    with op.batch_alter_table("report_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_comment_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "evidence_void",
        sa.Column("evidence_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_evidence_void_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["skill_evidence.id"], name=op.f("fk_evidence_void_evidence_id_skill_evidence")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_void")),
    )
    op.create_table(
        "exam_entry_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["exam_entry.id"], name=op.f("fk_exam_entry_unit_entry_id_exam_entry")),
        sa.ForeignKeyConstraint(["unit_id"], ["exam_unit.id"], name=op.f("fk_exam_entry_unit_unit_id_exam_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_entry_unit")),
        sa.UniqueConstraint("entry_id", "unit_id", name=op.f("uq_exam_entry_unit_entry_id_unit_id")),
    )
    with op.batch_alter_table("exam_entry_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exam_entry_unit_unit_id"), ["unit_id"], unique=False)

    with op.batch_alter_table("diploma", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ccf_allowed", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("pupil_group", schema=None) as batch_op:
        batch_op.add_column(sa.Column("exam_session", sa.Integer(), nullable=True))

    with op.batch_alter_table("skill_evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("framework_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_skill_evidence_framework_id"), ["framework_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_skill_evidence_framework_id_framework"), "framework", ["framework_id"], ["id"]
        )


def _drop_learning() -> None:
    _drop_own_words()
    with op.batch_alter_table("skill_evidence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_skill_evidence_framework_id_framework"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_skill_evidence_framework_id"))
        batch_op.drop_column("framework_id")

    with op.batch_alter_table("pupil_group", schema=None) as batch_op:
        batch_op.drop_column("exam_session")

    with op.batch_alter_table("diploma", schema=None) as batch_op:
        batch_op.drop_column("ccf_allowed")

    with op.batch_alter_table("exam_entry_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exam_entry_unit_unit_id"))

    op.drop_table("exam_entry_unit")
    op.drop_table("evidence_void")
    with op.batch_alter_table("report_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_comment_pupil_id"))

    op.drop_table("report_comment")
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_pupil_id"))
        batch_op.drop_index(batch_op.f("ix_mark_evaluation_id_pupil_id"))

    op.drop_table("mark")
    with op.batch_alter_table("issued_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issued_report_term_id_kind"))
        batch_op.drop_index(batch_op.f("ix_issued_report_pupil_id_kind"))

    op.drop_table("issued_report")
    with op.batch_alter_table("exam_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exam_entry_pupil_id"))

    op.drop_table("exam_entry")
    with op.batch_alter_table("council_opinion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_council_opinion_pupil_id"))

    op.drop_table("council_opinion")
    op.drop_table("framework_skill")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluation_group_id_subject_id_on_date"))

    op.drop_table("evaluation")
    op.drop_table("framework")
    op.drop_table("exam_unit")
    op.drop_table("exam_session")
    op.drop_table("term")
    op.drop_table("skill_level")


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
    _records_tables()


def _records_tables() -> None:
    """Photos, documents, notes, changes of year, applicants, the school-life product."""
    op.create_table(
        "school_life_setting",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_school_life_setting")),
    )
    op.create_table(
        "support_member",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_support_member_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_support_member")),
    )
    op.create_table(
        "document_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_setting")),
    )
    op.create_table(
        "retention_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_setting")),
    )
    op.create_table(
        "year_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_year", sa.String(), nullable=False),
        sa.Column("to_year", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_year_change_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_change")),
    )
    with op.batch_alter_table("year_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_year_change_to_year_undone_at"), ["to_year", "undone_at"], unique=False
        )

    op.create_table(
        "applicant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("present_school", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("school_year", sa.String(), nullable=False),
        sa.Column("diploma_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("last_contact_on", sa.Date(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("pupil_id", sa.Integer(), nullable=True),
        sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["diploma_id"], ["diploma.id"], name=op.f("fk_applicant_diploma_id_diploma")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_applicant_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant")),
        sa.UniqueConstraint("number", name=op.f("uq_applicant_number")),
        sa.UniqueConstraint("pupil_id", name=op.f("uq_applicant_pupil_id")),
    )
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_applicant_sort_key"), ["sort_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_applicant_step"), ["step"], unique=False)

    op.create_table(
        "external_number",
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_external_number_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("pupil_id", name=op.f("pk_external_number")),
        sa.UniqueConstraint("number", name=op.f("uq_external_number_number")),
    )
    op.create_table(
        "photo_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(length=20), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_photo_consent_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_photo_consent_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_consent")),
    )
    with op.batch_alter_table("photo_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_consent_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "pupil_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_pupil_adjustment_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_pupil_adjustment_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupil_adjustment")),
    )
    with op.batch_alter_table("pupil_adjustment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pupil_adjustment_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "pupil_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_pupil_document_by_id_staff")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_pupil_document_file_id_stored_file")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_pupil_document_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupil_document")),
    )
    with op.batch_alter_table("pupil_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pupil_document_ends_on"), ["ends_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_pupil_document_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "pupil_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_pupil_note_author_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_pupil_note_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupil_note")),
    )
    with op.batch_alter_table("pupil_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pupil_note_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "pupil_photo",
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_pupil_photo_file_id_stored_file")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_pupil_photo_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("pupil_id", name=op.f("pk_pupil_photo")),
    )
    op.create_table(
        "told_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("justified", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_told_absence_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_told_absence_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_absence")),
    )
    with op.batch_alter_table("told_absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_told_absence_on_date"), ["on_date"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_told_absence_pupil_id_on_date_start_minute"),
            ["pupil_id", "on_date", "start_minute"],
            unique=False,
        )

    op.create_table(
        "applicant_guardian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_applicant_guardian_applicant_id_applicant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_guardian")),
    )
    with op.batch_alter_table("applicant_guardian", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_applicant_guardian_applicant_id"), ["applicant_id"], unique=False)

    op.create_table(
        "observation_week",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_observation_week_applicant_id_applicant")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["pupil_group.id"], name=op.f("fk_observation_week_group_id_pupil_group")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_observation_week_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_week")),
    )
    with op.batch_alter_table("observation_week", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_observation_week_applicant_id"), ["applicant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_observation_week_starts_on"), ["starts_on"], unique=False)


def _drop_records_tables() -> None:
    """All of it away."""

    with op.batch_alter_table("observation_week", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_observation_week_starts_on"))
        batch_op.drop_index(batch_op.f("ix_observation_week_applicant_id"))

    op.drop_table("observation_week")
    with op.batch_alter_table("applicant_guardian", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_applicant_guardian_applicant_id"))

    op.drop_table("applicant_guardian")
    with op.batch_alter_table("told_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_told_absence_pupil_id_on_date_start_minute"))
        batch_op.drop_index(batch_op.f("ix_told_absence_on_date"))

    op.drop_table("told_absence")
    op.drop_table("pupil_photo")
    with op.batch_alter_table("pupil_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pupil_note_pupil_id"))

    op.drop_table("pupil_note")
    with op.batch_alter_table("pupil_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pupil_document_pupil_id"))
        batch_op.drop_index(batch_op.f("ix_pupil_document_ends_on"))

    op.drop_table("pupil_document")
    with op.batch_alter_table("pupil_adjustment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pupil_adjustment_pupil_id"))

    op.drop_table("pupil_adjustment")
    with op.batch_alter_table("photo_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_consent_pupil_id"))

    op.drop_table("photo_consent")
    op.drop_table("external_number")
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_applicant_step"))
        batch_op.drop_index(batch_op.f("ix_applicant_sort_key"))

    op.drop_table("applicant")
    with op.batch_alter_table("year_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_year_change_to_year_undone_at"))

    op.drop_table("year_change")
    op.drop_table("retention_setting")
    op.drop_table("document_setting")
    op.drop_table("support_member")
    op.drop_table("school_life_setting")


_OLD = ("guardian_name", "guardian_email", "guardian_phone")
_NEW = ("name", "email", "phone")


def _named(*names: str) -> list[sa.ColumnClause[str]]:
    return [sa.column(name) for name in names]


def _drop_records() -> None:
    """The first guardian of each pupil goes back into the pupil; the others are lost."""
    _drop_records_tables()
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
    _drop_learning()
    _drop_ledger()
    _drop_absences()


def _drop_absences() -> None:
    for name in ("absence_letter", "absence_notice", "absence_reason", "outgoing_mail"):
        op.drop_table(name)
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_column("whole_half_days")
        batch_op.drop_column("call_grace")
    for name in ("attendance", "roll_call_event"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column("minutes_early")
