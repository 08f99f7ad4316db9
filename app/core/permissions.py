"""Who may do what: the only table of roles. `docs/permissions.md` is generated from it."""

from enum import StrEnum


class Role(StrEnum):
    """The four kinds of staff; a pupil has no login."""

    DIRECTOR = "director"
    MASTER = "master"
    TEACHER = "teacher"
    OFFICE = "office"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.DIRECTOR: "Direction",
    Role.MASTER: "Maître professionnel",
    Role.TEACHER: "Enseignement",
    Role.OFFICE: "Gestion",
}


class Permission(StrEnum):
    """domain.object.verb"""

    HOME_READ = "board.home.read"
    SEARCH = "board.search.read"
    FIGURES_READ = "board.figures.read"
    OWN_ACCOUNT = "accounts.own.edit"
    STAFF_READ = "accounts.staff.read"
    STAFF_MANAGE = "accounts.staff.manage"
    SCHOOL_MANAGE = "accounts.school.manage"
    SCHOOL_IMPORT = "exchange.school.import"
    JOURNAL_READ = "core.journal.read"
    API_SCHEMA = "api.schema.read"
    CLIENT_READ = "clients.company.read"
    CLIENT_EDIT = "clients.company.edit"
    ORDER_READ = "orders.order.read"
    ORDER_PRICES = "orders.prices.read"
    ORDER_EDIT = "orders.order.edit"
    ORDER_ADVANCE = "orders.order.advance"
    PUPIL_READ = "pedagogy.pupil.read"
    PUPIL_EDIT = "pedagogy.pupil.edit"
    PUPIL_CONTACTS = "pedagogy.guardian.read"
    NOTE_WRITE = "records.note.write"
    RECORD_EDIT = "records.file.edit"
    YEAR_CHANGE = "records.year.change"
    SUPPORT_MANAGE = "records.support.manage"
    ADMISSION_READ = "admissions.applicant.read"
    SCHOOL_LIFE = "exchange.school_life.use"
    DATA_EXPORT = "exchange.person.export"
    ADMISSION_EDIT = "admissions.applicant.edit"
    TIMETABLE_READ = "pedagogy.timetable.read"
    TIMETABLE_EDIT = "pedagogy.timetable.edit"
    ROLL_CALL = "pedagogy.roll.call"
    THEORY_LOG = "pedagogy.log.write"
    HOURS_READ = "pedagogy.hours.read"
    STATEMENT_CONFIRM = "ledger.statement.confirm"
    STATEMENT_CLOSE = "ledger.statement.close"
    HOURS_PAPER = "ledger.paper.issue"
    SKILL_READ = "learning.skill.read"
    SKILL_ASSESS = "learning.skill.assess"
    FRAMEWORK_EDIT = "learning.framework.edit"
    MARK_READ = "learning.mark.read"
    MARK_WRITE = "learning.mark.write"
    REPORT_ISSUE = "learning.report.issue"
    COUNTING_EDIT = "ledger.counting.edit"
    TICKET_READ = "workshop.ticket.read"
    TICKET_GIVE = "workshop.ticket.give"
    TICKET_REPORT = "workshop.ticket.report"
    JOB_EDIT = "workshop.job.edit"
    DRAWING_EDIT = "workshop.drawing.edit"
    MATERIAL_EDIT = "workshop.material.edit"
    COST_READ = "workshop.cost.read"
    WORK_CENTER_EDIT = "workshop.work_center.edit"
    ABSENCE_READ = "absences.absence.read"
    ABSENCE_EDIT = "absences.reason.edit"
    ABSENCE_DECIDE = "absences.reason.decide"
    MAIL_SEND = "core.mail.send"
    SAFETY_READ = "machines.safety.read"
    SAFETY_EDIT = "machines.safety.edit"
    DECLARATION_EDIT = "machines.declaration.edit"
    DEVICE_MANAGE = "kiosk.device.manage"
    BADGE_ISSUE = "kiosk.badge.issue"
    GRADUATE_READ = "graduates.result.read"
    GRADUATE_EDIT = "graduates.result.edit"
    OFFER_EDIT = "graduates.offer.edit"


P = Permission
_EVERYBODY = frozenset(
    {
        P.HOME_READ, P.SEARCH, P.OWN_ACCOUNT, P.API_SCHEMA, P.PUPIL_READ, P.TIMETABLE_READ, P.HOURS_READ, P.NOTE_WRITE,
        P.GRADUATE_READ, P.SKILL_READ, P.MARK_READ,
    }
)  # fmt: skip

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.DIRECTOR: frozenset(Permission),
    Role.MASTER: _EVERYBODY
    | {
        P.CLIENT_READ, P.ORDER_READ, P.ORDER_ADVANCE, P.ROLL_CALL, P.THEORY_LOG, P.TICKET_READ, P.TICKET_GIVE,
        P.TICKET_REPORT, P.JOB_EDIT, P.DRAWING_EDIT, P.WORK_CENTER_EDIT, P.OFFER_EDIT, P.SAFETY_READ,
        P.SAFETY_EDIT, P.DEVICE_MANAGE, P.BADGE_ISSUE,
        P.JOURNAL_READ, P.PUPIL_CONTACTS, P.MATERIAL_EDIT, P.STATEMENT_CONFIRM, P.SKILL_ASSESS, P.MARK_WRITE,
    },
    Role.TEACHER: _EVERYBODY
    | {P.ROLL_CALL, P.THEORY_LOG, P.PUPIL_CONTACTS, P.STATEMENT_CONFIRM, P.SKILL_ASSESS, P.MARK_WRITE},
    Role.OFFICE: _EVERYBODY
    | {
        P.CLIENT_READ, P.CLIENT_EDIT, P.ORDER_READ, P.ORDER_PRICES, P.ORDER_EDIT, P.ORDER_ADVANCE, P.PUPIL_EDIT,
        P.PUPIL_CONTACTS, P.RECORD_EDIT, P.YEAR_CHANGE, P.SCHOOL_LIFE, P.ADMISSION_READ, P.ADMISSION_EDIT,
        P.TIMETABLE_EDIT, P.ROLL_CALL, P.TICKET_READ, P.DRAWING_EDIT, P.GRADUATE_EDIT, P.OFFER_EDIT,
        P.COST_READ, P.FIGURES_READ, P.JOURNAL_READ, P.SCHOOL_IMPORT, P.STAFF_READ, P.SAFETY_READ, P.SAFETY_EDIT,
        P.DECLARATION_EDIT, P.MATERIAL_EDIT, P.BADGE_ISSUE, P.ABSENCE_READ, P.ABSENCE_EDIT, P.MAIL_SEND,
        P.STATEMENT_CLOSE, P.HOURS_PAPER,
        P.FRAMEWORK_EDIT, P.REPORT_ISSUE,
    },
}  # fmt: skip
