"""What each home page shows: gathered here from the domains, in a constant number of statements."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from app.absences.queries import absence_watch
from app.accounts.queries import find_band
from app.board import queries
from app.board.queries import OrderCounts, Turnover
from app.board.rules import Todo, months_back, school_year_start
from app.core.actor import Actor
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.graduates.queries import figures_by_session, offers_since
from app.graduates.rules import CohortFigures
from app.machines.queries import watched
from app.orders.queries import Book, OrderList, count_book, list_orders
from app.pedagogy.queries import overdue_calls
from app.pedagogy.queries.forecasts import school_forecast
from app.pedagogy.queries.summary import SchoolShare, shares_by_month, since
from app.pedagogy.rules import Minutes
from app.pedagogy.rules.forecast import Forecast
from app.workshop.queries import count_open_defects

WATCHED = 6


@dataclass(frozen=True, slots=True)
class DirectorHome:
    """One page: what to decide, the four figures, how they came about."""

    todos: list[Todo]
    starts_on: date
    share: SchoolShare
    forecast: Forecast | None
    band: tuple[Decimal, Decimal]
    months: list[SchoolShare]
    cohorts: list[tuple[int, CohortFigures]]
    year_offers: int
    pupils: int
    book: Book
    watched: OrderList
    turnover: list[Turnover]
    year_turnover: Decimal


@dataclass(frozen=True, slots=True)
class OfficeHome:
    """What the office must do now, and the order book."""

    todos: list[Todo]
    counts: OrderCounts
    book: Book
    watched: OrderList
    turnover: list[Turnover]


URGENCY = {"late": 0, "caution": 1, "blocked": 2, "running": 3}  # what is only good to know comes last


def director_home(db: Session, actor: Actor, today: date) -> DirectorHome:
    """The director's page. Figures run from 1 September to today."""
    starts_on = school_year_start(today)
    band = find_band(db) or (Decimal(62), Decimal(72))
    counts = queries.order_counts(db, today)
    delivered = queries.turnover(db, today)
    months = shares_by_month(db, months_back(today, 12), today)
    share = since(months, starts_on)
    return DirectorHome(
        todos=_todos(db, actor, counts, today), starts_on=starts_on, share=share,
        forecast=school_forecast(db, Minutes(share.practice_minutes, share.theory_minutes)),
        band=band, months=months,
        cohorts=sorted(figures_by_session(db, today.year - 4).items()), year_offers=offers_since(db, starts_on),
        pupils=queries.present_pupils(db, today), book=count_book(db), watched=_watched(db), turnover=delivered,
        year_turnover=sum((month.net for month in delivered if month.month >= starts_on), Decimal(0)),
    )  # fmt: skip


def office_home(db: Session, actor: Actor, today: date) -> OfficeHome:
    """The office's page."""
    counts = queries.order_counts(db, today)
    return OfficeHome(
        _todos(db, actor, counts, today), counts, count_book(db), _watched(db), queries.turnover(db, today)
    )


def _watched(db: Session) -> OrderList:
    request = ListRequest(sort="echeance", size=WATCHED, filters={"etat": "ouvertes"})
    return list_orders(db, request)


def _todos(db: Session, actor: Actor, counts: OrderCounts, today: date) -> list[Todo]:
    """The things to do, most urgent first; nothing that this person may not do."""
    found = [
        *_starting(db, actor, counts),
        *_order_todos(actor, counts),
        *_call_todos(db, actor, today),
        *_absence_todos(db, actor, today),
        *_safety_todos(db, actor, today),
        *_quality_todos(db, actor),
        *_staff_todos(db, actor),
    ]
    return sorted(found, key=lambda one: URGENCY.get(one.tone, len(URGENCY)))


def _starting(db: Session, actor: Actor, counts: OrderCounts) -> list[Todo]:
    begun = counts.late or counts.to_invoice or counts.due_this_week or counts.quotes
    if begun or not actor.can(Permission.SCHOOL_IMPORT) or not queries.is_empty(db):
        return []
    return [
        Todo("info", "L’école est encore vide.", "Reprenez vos tableurs en une fois, ou commencez par les clients.",
             "exchange.new_import", (), (), "Reprendre mes fichiers")
    ]  # fmt: skip


def _order_todos(actor: Actor, counts: OrderCounts) -> list[Todo]:
    found = []
    if counts.late:
        found.append(_orders("late", _count(counts.late, "commande en retard", "commandes en retard"),
                             "La date promise est passée.", "ouvertes", "Voir les retards", retard="1"))  # fmt: skip
    if counts.to_invoice and actor.can(Permission.ORDER_EDIT):
        words = _count(counts.to_invoice, "commande livrée à facturer", "commandes livrées à facturer")
        found.append(_orders("caution", words, "", "facturer", "Voir à facturer"))
    if counts.due_this_week:
        words = _count(counts.due_this_week, "commande promise", "commandes promises")
        found.append(_orders("running", words, "Pour cette semaine.", "ouvertes", "Voir les dates"))
    if counts.quotes and actor.can(Permission.ORDER_EDIT):
        words = _count(counts.quotes, "devis sans réponse", "devis sans réponse")
        found.append(_orders("info", words, "", "quote", "Voir les devis"))
    return found


def _orders(tone: str, text: str, note: str, state: str, label: str, **query: str) -> Todo:
    return Todo(tone, text, note, "orders.list_orders", (), (("etat", state), *query.items()), label)


def _call_todos(db: Session, actor: Actor, today: date) -> list[Todo]:
    late = overdue_calls(db) if actor.can(Permission.ROLL_CALL) else []
    if not late:
        return []
    text = _count(len(late), "appel non fait", "appels non faits")
    now = [f"{one.first_name} {one.last_name} ({one.label})" for one in late if one.on_date == today]
    waiting = f"Aujourd’hui : {', '.join(dict.fromkeys(now))}. " if now else ""
    note = f"{waiting}Ces heures ne comptent pour personne tant que l’appel manque."
    return [Todo("caution", text, note, "pedagogy.list_calls", (), (), "Voir les appels")]


def _absence_todos(db: Session, actor: Actor, today: date) -> list[Todo]:
    """Guardians to tell, months over the threshold without a letter, messages that failed, reasons to decide."""
    if not actor.can(Permission.ABSENCE_READ):
        return []
    seen, found = absence_watch(db, today), []
    if seen.to_tell and actor.can(Permission.MAIL_SEND):
        text = _count(seen.to_tell, "absence sans motif", "absences sans motif")
        found.append(_absence("caution", text, "Les responsables ne sont pas encore prévenus.", "absences.show_day",
                              "Prévenir"))  # fmt: skip
    if seen.flagged:
        text = _count(
            seen.flagged, "élève a quatre demi-journées sans motif", "élèves ont quatre demi-journées sans motif"
        )
        found.append(
            _absence("late", text, "Le courrier de ce mois n’est pas fait.", "absences.show_month", "Voir le mois")
        )
    if seen.to_decide and actor.can(Permission.ABSENCE_DECIDE):
        text = _count(seen.to_decide, "motif d’absence à décider", "motifs d’absence à décider")
        found.append(_absence("info", text, "", "absences.list_absences", "Décider", ("motif", "pending")))
    if seen.failed and actor.can(Permission.MAIL_SEND):
        text = _count(seen.failed, "message n’est pas parti", "messages ne sont pas partis")
        found.append(_absence("late", text, "", "absences.show_outbox", "Voir les messages", ("etat", "failed")))
    return found


def _absence(tone: str, text: str, note: str, route: str, label: str, *query: tuple[str, str]) -> Todo:
    return Todo(tone, text, note, route, (), query, label)


def _safety_todos(db: Session, actor: Actor, today: date) -> list[Todo]:
    """Papers that end, and machines that are out of service: one statement for both."""
    if not actor.can(Permission.SAFETY_READ):
        return []
    seen, found = watched(db, today), []
    if seen.ending:
        over = seen.over(today)
        text = _count(len(seen.ending), "échéance de sécurité", "échéances de sécurité")
        note = f"Dont {over} dépassée{'s' if over > 1 else ''}." if over else "Dans les 60 jours."
        found.append(
            Todo("late" if over else "caution", text, note, "machines.list_deadlines", (), (), "Voir les échéances")
        )
    if seen.out:
        text = _count(len(seen.out), "machine hors service", "machines hors service")
        note = ", ".join(one.label for one in seen.out) + "."
        found.append(Todo("blocked", text, note, "workshop.list_work_centers", (), (), "Voir les machines"))
    return found


def _quality_todos(db: Session, actor: Actor) -> list[Todo]:
    waiting = count_open_defects(db) if actor.can(Permission.TICKET_GIVE) else 0
    if not waiting:
        return []
    text = _count(waiting, "fiche de non-conformité à décider", "fiches de non-conformité à décider")
    note = "Ces pièces attendent : retouche, rebut ou accord du client."
    return [Todo("caution", text, note, "workshop.list_defects", (), (("etat", "ouvertes"),), "Voir les fiches")]


def _staff_todos(db: Session, actor: Actor) -> list[Todo]:
    waiting = queries.staff_without_access(db) if actor.can(Permission.STAFF_MANAGE) else 0
    if not waiting:
        return []
    text = _count(waiting, "personne sans accès", "personnes sans accès")
    note = "Invitez-les : un lien, un mot de passe, et c’est fait."
    return [Todo("info", text, note, "accounts.list_staff", (), (), "Inviter")]


def _count(number: int, one: str, many: str) -> str:
    return f"{number}\u00a0{many if number > 1 else one}."


@dataclass(frozen=True, slots=True)
class Lesson:
    """One of the teacher's sessions today."""

    id: int
    start_minute: int
    end_minute: int
    group: str
    subject: str
    room: str | None
    called: bool
    logged: bool


@dataclass(frozen=True, slots=True)
class TeacherHome:
    """What a teacher does today, what is missing, and the hours held."""

    today: list[Lesson]
    calls: int
    logs: int
    month_minutes: int
    year_minutes: int
    year_sessions: int


def teacher_home(db: Session, actor: Actor, today: date) -> TeacherHome:
    """The teacher's page, three statements."""
    staff_id = actor.staff_id or 0
    lessons = [Lesson(*row) for row in queries.lessons_of(db, staff_id, today)]
    calls, logs = queries.lessons_missing(db, staff_id, today)
    month, year, count = queries.minutes_held(db, staff_id, today)
    return TeacherHome(lessons, calls, logs, month, year, count)
