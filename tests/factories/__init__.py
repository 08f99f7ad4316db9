"""Typed makers of test data, one file per domain. Each adds and flushes one consistent thing, and takes any column."""

from tests.factories.absences import make_letter, make_mail, make_notice, make_reason
from tests.factories.accounts import actor_of, make_actor, make_school, make_staff
from tests.factories.clients import make_company, make_contact
from tests.factories.graduates import make_offer, make_outcome, make_result
from tests.factories.machines import make_absence, make_declaration_change, make_quality, make_setting, open_machine
from tests.factories.material import make_lot, make_move
from tests.factories.numbers import serial
from tests.factories.orders import make_line, make_order
from tests.factories.pedagogy import (
    make_attendance,
    make_diploma,
    make_group,
    make_guardian,
    make_membership,
    make_pupil,
    make_session,
    make_skill,
    make_subject,
)
from tests.factories.quality import make_point
from tests.factories.routings import make_template
from tests.factories.workshop import (
    make_assignment,
    make_clearance,
    make_declaration,
    make_job,
    make_operation,
    make_quantity_report,
    make_ticket,
    make_work_center,
    make_work_session,
    operations_of,
)

__all__ = [
    "actor_of", "make_absence", "make_actor", "make_assignment", "make_attendance", "make_clearance", "make_company",
    "make_contact", "make_declaration", "make_declaration_change", "make_diploma", "make_group", "make_guardian",
    "make_job", "make_letter", "make_line", "make_lot", "make_mail", "make_membership", "make_move", "make_notice",
    "make_offer", "make_operation", "make_order", "make_outcome", "make_point", "make_pupil", "make_quality",
    "make_quantity_report", "make_reason", "make_result", "make_school", "make_session", "make_setting", "make_skill",
    "make_staff", "make_subject", "make_template", "make_ticket", "make_work_center", "make_work_session",
    "open_machine", "operations_of", "serial",
]  # fmt: skip
