"""workshop: gate, routings, checks, tablets

Revision ID: 2026_11_28_01
Revises: 2026_11_23_01
"""

import sqlalchemy as sa
from alembic import op


revision = "2026_11_28_01"
down_revision = "2026_11_23_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The gate’s facts, routings with check points, quality, material, tablets."""
    op.create_table(
        "routing_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_template")),
        sa.UniqueConstraint("code", name=op.f("uq_routing_template_code")),
    )
    with op.batch_alter_table("routing_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_routing_template_sort_key"), ["sort_key"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "declaration_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_by_means", sa.String(), server_default="", nullable=False),
        sa.Column("articles", sa.String(), server_default="", nullable=False),
        sa.Column("work_centers", sa.String(), server_default="", nullable=False),
        sa.Column("diplomas", sa.String(), server_default="", nullable=False),
        sa.Column("places", sa.String(), server_default="", nullable=False),
        sa.Column("supervisor_qualities", sa.String(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_declaration_change_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declaration.id"], name=op.f("fk_declaration_change_declaration_id_declaration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_change")),
    )
    with op.batch_alter_table("declaration_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declaration_change_declaration_id"), ["declaration_id"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["enrolled_by_id"], ["staff.id"], name=op.f("fk_device_enrolled_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    op.create_table(
        "gate_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check", sa.String(length=30), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_gate_setting_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_setting")),
    )
    op.create_table(
        "material_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("certificate", sa.String(), nullable=True),
        sa.Column("certificate_kind", sa.String(length=5), nullable=False),
        sa.Column("heat", sa.String(), nullable=True),
        sa.Column("certificate_file_id", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_file_id"], ["stored_file.id"], name=op.f("fk_material_lot_certificate_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_material_lot_company_id_company")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["material_lot.id"], name=op.f("fk_material_lot_parent_id_material_lot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_lot")),
        sa.UniqueConstraint("code", name=op.f("uq_material_lot_code")),
    )
    with op.batch_alter_table("material_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_lot_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_material_lot_sort_key"), ["sort_key"], unique=False)

    op.create_table(
        "staff_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_absence_staff_id_staff")),
        sa.ForeignKeyConstraint(["substitute_id"], ["staff.id"], name=op.f("fk_staff_absence_substitute_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_absence")),
    )
    with op.batch_alter_table("staff_absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_absence_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "supervisor_quality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("quality", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_supervisor_quality_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisor_quality")),
    )
    with op.batch_alter_table("supervisor_quality", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervisor_quality_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "template_operation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("work_center_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("setup_seconds", sa.Integer(), nullable=False),
        sa.Column("unit_seconds", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(), nullable=True),
        sa.Column("factor_1", sa.BigInteger(), server_default="300", nullable=False),
        sa.Column("factor_2", sa.BigInteger(), server_default="250", nullable=False),
        sa.Column("factor_3", sa.BigInteger(), server_default="200", nullable=False),
        sa.Column("difficulty", sa.Integer(), server_default="1", nullable=False),
        sa.Column("skills", sa.String(), server_default="", nullable=False),
        sa.Column("instruction", sa.Text(), server_default="", nullable=False),
        sa.Column("ppe", sa.String(), server_default="", nullable=False),
        sa.Column("qualification", sa.String(), server_default="", nullable=False),
        sa.Column("first_article", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["routing_template.id"], name=op.f("fk_template_operation_template_id_routing_template")
        ),
        sa.ForeignKeyConstraint(
            ["work_center_id"], ["work_center.id"], name=op.f("fk_template_operation_work_center_id_work_center")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_operation")),
        sa.UniqueConstraint("template_id", "seq", name=op.f("uq_template_operation_template_id_seq")),
    )
    op.create_table(
        "tap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_tap_device_id_device")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_tap_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["staff.id"], name=op.f("fk_tap_settled_by_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_tap_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tap")),
        sa.UniqueConstraint("key", name=op.f("uq_tap_key")),
    )
    with op.batch_alter_table("tap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tap_pupil_id_at"), ["pupil_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_tap_refused_settled_at"), ["refused", "settled_at"], unique=False)

    op.create_table(
        "template_check_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("nominal", sa.BigInteger(), nullable=True),
        sa.Column("lower", sa.BigInteger(), nullable=True),
        sa.Column("upper", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=10), server_default="mm", nullable=False),
        sa.Column("gauge", sa.String(), server_default="", nullable=False),
        sa.Column("every", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_key", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["template_operation.id"],
            name=op.f("fk_template_check_point_operation_id_template_operation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_check_point")),
        sa.UniqueConstraint("operation_id", "seq", name=op.f("uq_template_check_point_operation_id_seq")),
    )
    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issued_by_id"], ["staff.id"], name=op.f("fk_badge_issued_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_badge_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_badge_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_badge_token_hash")),
    )
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.create_index(
            "uq_badge_pupil_live",
            ["pupil_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.create_index(
            "uq_badge_staff_live",
            ["staff_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "drawing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("index_letter", sa.String(length=5), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_drawing_by_id_staff")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["staff.id"], name=op.f("fk_drawing_confirmed_by_id_staff")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_drawing_file_id_stored_file")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_drawing_line_id_order_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawing")),
    )
    with op.batch_alter_table("drawing", schema=None) as batch_op:
        batch_op.create_index(
            "uq_drawing_index",
            ["line_id", "name", "index_letter"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.create_index(
            "ix_drawing_pending",
            ["line_id"],
            unique=False,
            sqlite_where=sa.text("confirmed_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("confirmed_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "gate_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("asked_for", sa.String(length=10), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("work_center_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("codes", sa.String(), server_default="", nullable=False),
        sa.Column("override_reason", sa.String(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_gate_decision_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_gate_decision_pupil_id_pupil")),
        sa.ForeignKeyConstraint(
            ["work_center_id"], ["work_center.id"], name=op.f("fk_gate_decision_work_center_id_work_center")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_decision")),
    )
    with op.batch_alter_table("gate_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_decision_at_id"), ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gate_decision_pupil_id_on_date"), ["pupil_id", "on_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_gate_decision_subject"), ["subject"], unique=False)

    op.create_table(
        "kiosk_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_kiosk_session_device_id_device")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_kiosk_session_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosk_session_token_hash")),
    )
    with op.batch_alter_table("kiosk_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosk_session_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kiosk_session_pupil_id"), ["pupil_id"], unique=False)

    op.create_table(
        "skill_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_label", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=True),
        sa.Column("self_assessed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessor_id"], ["staff.id"], name=op.f("fk_skill_evidence_assessor_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_skill_evidence_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_evidence")),
    )
    with op.batch_alter_table("skill_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_skill_evidence_pupil_id_skill_code_on_date"),
            ["pupil_id", "skill_code", "on_date"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_skill_evidence_source_source_label"), ["source", "source_label"], unique=False
        )

    op.create_table(
        "material_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_material_move_by_id_staff")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_material_move_job_id_job")),
        sa.ForeignKeyConstraint(["lot_id"], ["material_lot.id"], name=op.f("fk_material_move_lot_id_material_lot")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["material_move.id"], name=op.f("fk_material_move_reverses_id_material_move")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_move")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_material_move_reverses_id")),
    )
    with op.batch_alter_table("material_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_move_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_material_move_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "check_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("nominal", sa.BigInteger(), nullable=True),
        sa.Column("lower", sa.BigInteger(), nullable=True),
        sa.Column("upper", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=10), server_default="mm", nullable=False),
        sa.Column("gauge", sa.String(), server_default="", nullable=False),
        sa.Column("every", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_key", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_check_point_operation_id_operation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_point")),
        sa.UniqueConstraint("operation_id", "seq", name=op.f("uq_check_point_operation_id_seq")),
    )
    op.create_table(
        "check_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("piece", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("conforms", sa.Boolean(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_check_result_by_id_staff")),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_check_result_photo_id_stored_file")),
        sa.ForeignKeyConstraint(["point_id"], ["check_point.id"], name=op.f("fk_check_result_point_id_check_point")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_check_result_pupil_id_pupil")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["check_result.id"], name=op.f("fk_check_result_reverses_id_check_result")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_check_result_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_result")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_check_result_reverses_id")),
    )
    with op.batch_alter_table("check_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_result_ticket_id_point_id"), ["ticket_id", "point_id"], unique=False)

    op.create_table(
        "defect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("taken_good", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=30), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=True),
        sa.Column("agreed_by", sa.String(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("rework_ticket_id", sa.Integer(), nullable=True),
        sa.Column("remake_ticket_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_defect_by_id_staff")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_defect_decided_by_id_staff")),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_defect_photo_id_stored_file")),
        sa.ForeignKeyConstraint(["point_id"], ["check_point.id"], name=op.f("fk_defect_point_id_check_point")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_defect_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["remake_ticket_id"], ["ticket.id"], name=op.f("fk_defect_remake_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["rework_ticket_id"], ["ticket.id"], name=op.f("fk_defect_rework_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_defect_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defect")),
        sa.UniqueConstraint("number", name=op.f("uq_defect_number")),
    )
    with op.batch_alter_table("defect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_defect_remake_ticket_id"), ["remake_ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_defect_rework_ticket_id"), ["rework_ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_defect_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_defect_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "help_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["staff.id"], name=op.f("fk_help_request_answered_by_id_staff")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_help_request_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_help_request_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
    )
    with op.batch_alter_table("help_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_help_request_answered_at_at"), ["answered_at", "at"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("conforms", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("override_reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_release_by_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_release_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "self_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("skill_code", sa.String(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_self_assessment_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_self_assessment_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessment")),
    )
    with op.batch_alter_table("self_assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_self_assessment_pupil_id_at"), ["pupil_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_self_assessment_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "time_validation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_time_validation_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_validation")),
    )
    with op.batch_alter_table("time_validation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_time_validation_on_date"), ["on_date"], unique=False)

    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("detail", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("given_by", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("voided_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("void_reason", sa.String(), nullable=True))
        batch_op.alter_column(
            "kind", existing_type=sa.VARCHAR(length=10), type_=sa.String(length=25), existing_nullable=False
        )
        batch_op.create_index(batch_op.f("ix_clearance_kind_on_date"), ["kind", "on_date"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_clearance_by_id_staff"), "staff", ["by_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_clearance_voided_by_id_staff"), "staff", ["voided_by_id"], ["id"])

    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sector", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("places", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("supervisor_qualities", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("sent_by_means", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.alter_column("sent_on", existing_type=sa.Date(), nullable=True)

    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("doubts", sa.Text(), server_default="[]", nullable=False))

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("template_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("template_revision", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_job_template_id_routing_template"), "routing_template", ["template_id"], ["id"]
        )

    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("isolated", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("extra", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("machine_seconds", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("factor_1", sa.BigInteger(), server_default="300", nullable=False))
        batch_op.add_column(sa.Column("factor_2", sa.BigInteger(), server_default="250", nullable=False))
        batch_op.add_column(sa.Column("factor_3", sa.BigInteger(), server_default="200", nullable=False))
        batch_op.add_column(sa.Column("difficulty", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("skills", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("instruction", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ppe", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("qualification", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("first_article", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pupils_per_master", sa.Integer(), server_default="12", nullable=False))
        batch_op.add_column(sa.Column("daily_breaks", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("order_share", sa.BigInteger(), server_default="5000", nullable=False))

    with op.batch_alter_table("quantity_report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("defect_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_quantity_report_defect_id"), ["defect_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_quantity_report_defect_id_defect"), "defect", ["defect_id"], ["id"]
        )

    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("aside", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("machine_seconds", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("for_half", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(length=20), server_default="normal", nullable=False))
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("drawing_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("blocked_reason", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("blocked_from", sa.String(length=20), nullable=True))
        batch_op.create_index(batch_op.f("ix_ticket_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_ticket_parent_id_ticket"), "ticket", ["parent_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_ticket_drawing_id_drawing"), "drawing", ["drawing_id"], ["id"])

    with op.batch_alter_table("work_center", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=20), server_default="in_service", nullable=False))
        batch_op.add_column(sa.Column("state_note", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("place", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("exceeding_articles", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("vibration", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("load_kg", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("electrical", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("needs_driving_authorisation", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("needs_permit", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("ppe", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("safety_sheet_url", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("hourly_rate", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("work_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=20), server_default="run", nullable=False))
        batch_op.add_column(sa.Column("share", sa.BigInteger(), server_default="10000", nullable=False))
        batch_op.add_column(sa.Column("batch", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("validation_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_work_session_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_session_started_at"), ["started_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_work_session_validation_id_time_validation"), "time_validation", ["validation_id"], ["id"]
        )
        batch_op.drop_index("uq_work_session_open")
        batch_op.create_index(
            "uq_work_session_open",
            ["pupil_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND batch IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND batch IS NULL"),
        )
    _fill_machine_seconds(op.get_bind())


def _fill_machine_seconds(connection: sa.Connection) -> None:
    """What was booked so far was work on the machine, taken once where a pair worked side by side."""
    connection.execute(sa.text("UPDATE ticket SET machine_seconds = booked_seconds"))
    rows = connection.execute(
        sa.text(
            "SELECT w.ticket_id, w.started_at, w.ended_at FROM work_session w"
            " LEFT JOIN work_session r ON r.reverses_id = w.id"
            " WHERE w.ended_at IS NOT NULL AND w.reverses_id IS NULL AND r.id IS NULL AND w.ticket_id IN"
            " (SELECT ticket_id FROM work_session GROUP BY ticket_id HAVING count(DISTINCT pupil_id) > 1)"
            " ORDER BY w.ticket_id, w.started_at"
        ).columns(started_at=sa.DateTime(), ended_at=sa.DateTime())
    )
    taken, until = {}, {}
    for ticket, start, end in rows:
        start = max(start, until.get(ticket, start))
        if end > start:
            taken[ticket] = taken.get(ticket, 0) + int((end - start).total_seconds())
            until[ticket] = end
    for ticket, seconds in taken.items():
        connection.execute(
            sa.text("UPDATE ticket SET machine_seconds = :seconds WHERE id = :id"), {"seconds": seconds, "id": ticket}
        )
    connection.execute(
        sa.text(
            "UPDATE operation SET machine_seconds ="
            " (SELECT coalesce(sum(t.machine_seconds), 0) FROM ticket t WHERE t.operation_id = operation.id)"
        )
    )


def downgrade() -> None:
    """Without them."""
    with op.batch_alter_table("work_session", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_work_session_validation_id_time_validation"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_work_session_started_at"))
        batch_op.drop_index(batch_op.f("ix_work_session_batch"))
        batch_op.drop_index("uq_work_session_open")
        batch_op.create_index(
            "uq_work_session_open",
            ["pupil_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_column("validation_id")
        batch_op.drop_column("batch")
        batch_op.drop_column("share")
        batch_op.drop_column("kind")

    with op.batch_alter_table("work_center", schema=None) as batch_op:
        batch_op.drop_column("hourly_rate")
        batch_op.drop_column("safety_sheet_url")
        batch_op.drop_column("ppe")
        batch_op.drop_column("needs_permit")
        batch_op.drop_column("needs_driving_authorisation")
        batch_op.drop_column("electrical")
        batch_op.drop_column("load_kg")
        batch_op.drop_column("vibration")
        batch_op.drop_column("exceeding_articles")
        batch_op.drop_column("place")
        batch_op.drop_column("state_note")
        batch_op.drop_column("state")

    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ticket_drawing_id_drawing"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_ticket_parent_id_ticket"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_ticket_parent_id"))
        batch_op.drop_column("blocked_from")
        batch_op.drop_column("blocked_reason")
        batch_op.drop_column("drawing_id")
        batch_op.drop_column("parent_id")
        batch_op.drop_column("kind")
        batch_op.drop_column("for_half")
        batch_op.drop_column("machine_seconds")
        batch_op.drop_column("aside")

    with op.batch_alter_table("quantity_report", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_quantity_report_defect_id_defect"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_quantity_report_defect_id"))
        batch_op.drop_column("defect_id")

    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_column("order_share")
        batch_op.drop_column("daily_breaks")
        batch_op.drop_column("pupils_per_master")

    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.drop_column("first_article")
        batch_op.drop_column("qualification")
        batch_op.drop_column("ppe")
        batch_op.drop_column("instruction")
        batch_op.drop_column("skills")
        batch_op.drop_column("difficulty")
        batch_op.drop_column("factor_3")
        batch_op.drop_column("factor_2")
        batch_op.drop_column("factor_1")
        batch_op.drop_column("machine_seconds")
        batch_op.drop_column("extra")
        batch_op.drop_column("isolated")

    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_column("doubts")

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_job_template_id_routing_template"), type_="foreignkey")
        batch_op.drop_column("template_revision")
        batch_op.drop_column("template_id")

    op.execute("DELETE FROM declaration WHERE sent_on IS NULL")
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.alter_column("sent_on", existing_type=sa.Date(), nullable=False)
        batch_op.drop_column("version")
        batch_op.drop_column("withdrawn_on")
        batch_op.drop_column("sent_by_means")
        batch_op.drop_column("supervisor_qualities")
        batch_op.drop_column("places")
        batch_op.drop_column("sector")

    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_clearance_voided_by_id_staff"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_clearance_by_id_staff"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_clearance_kind_on_date"))
        batch_op.alter_column(
            "kind", existing_type=sa.String(length=25), type_=sa.VARCHAR(length=10), existing_nullable=False
        )
        batch_op.drop_column("void_reason")
        batch_op.drop_column("voided_by_id")
        batch_op.drop_column("voided_at")
        batch_op.drop_column("by_id")
        batch_op.drop_column("at")
        batch_op.drop_column("given_by")
        batch_op.drop_column("ends_on")
        batch_op.drop_column("detail")

    with op.batch_alter_table("self_assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_self_assessment_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_self_assessment_pupil_id_at"))

    op.drop_table("self_assessment")
    with op.batch_alter_table("time_validation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_time_validation_on_date"))

    op.drop_table("time_validation")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_ticket_id"))

    op.drop_table("release")
    with op.batch_alter_table("help_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_help_request_answered_at_at"))

    op.drop_table("help_request")
    with op.batch_alter_table("defect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_defect_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_defect_state"))
        batch_op.drop_index(batch_op.f("ix_defect_rework_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_defect_remake_ticket_id"))

    op.drop_table("defect")
    with op.batch_alter_table("check_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_result_ticket_id_point_id"))

    op.drop_table("check_result")
    op.drop_table("check_point")
    with op.batch_alter_table("material_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_move_lot_id"))
        batch_op.drop_index(batch_op.f("ix_material_move_job_id"))

    op.drop_table("material_move")
    with op.batch_alter_table("skill_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_skill_evidence_source_source_label"))
        batch_op.drop_index(batch_op.f("ix_skill_evidence_pupil_id_skill_code_on_date"))

    op.drop_table("skill_evidence")
    with op.batch_alter_table("kiosk_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kiosk_session_pupil_id"))
        batch_op.drop_index(batch_op.f("ix_kiosk_session_device_id"))

    op.drop_table("kiosk_session")
    with op.batch_alter_table("gate_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_decision_subject"))
        batch_op.drop_index(batch_op.f("ix_gate_decision_pupil_id_on_date"))
        batch_op.drop_index(batch_op.f("ix_gate_decision_at_id"))

    op.drop_table("gate_decision")
    with op.batch_alter_table("drawing", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_drawing_pending",
            sqlite_where=sa.text("confirmed_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("confirmed_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_drawing_index",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.drop_table("drawing")
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_badge_staff_live",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_badge_pupil_live",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.drop_table("badge")
    op.drop_table("template_check_point")
    with op.batch_alter_table("tap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tap_refused_settled_at"))
        batch_op.drop_index(batch_op.f("ix_tap_pupil_id_at"))

    op.drop_table("tap")
    op.drop_table("template_operation")
    with op.batch_alter_table("supervisor_quality", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervisor_quality_staff_id"))

    op.drop_table("supervisor_quality")
    with op.batch_alter_table("staff_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_absence_staff_id"))

    op.drop_table("staff_absence")
    with op.batch_alter_table("material_lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_lot_sort_key"))
        batch_op.drop_index(batch_op.f("ix_material_lot_company_id"))

    op.drop_table("material_lot")
    op.drop_table("gate_setting")
    op.drop_table("device")
    with op.batch_alter_table("declaration_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_change_declaration_id"))

    op.drop_table("declaration_change")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_sha256"))

    op.drop_table("stored_file")
    with op.batch_alter_table("routing_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_routing_template_sort_key"))

    op.drop_table("routing_template")
