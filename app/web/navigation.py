"""The entries of the navigation bar per role: six at most, nouns of one word. The only list of them."""

from dataclasses import dataclass

from app.core.permissions import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as declared: label, icon, route name; further routes whose pages lie under it."""

    label: str
    icon: str
    route: str
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry as shown."""

    label: str
    icon: str
    href: str
    current: bool
    count: int = 0


_ORDERS = Entry("Commandes", "orders", "orders.list_orders")
_WEEK = Entry("Semaine", "week", "timetable.show_week")
_PUPILS = Entry("Élèves", "people", "pedagogy.list_pupils")
_OFFERS = Entry("Débouchés", "offers", "graduates.show_cohort")

NAVIGATION: dict[Role, tuple[Entry, ...]] = {
    Role.MASTER: (
        Entry("Aujourd’hui", "today", "workshop.show_today"),
        Entry("Bons", "ticket", "workshop.list_tickets"),
        _ORDERS,
        Entry("Machines", "machine", "workshop.list_work_centers"),
        Entry("Jeunes", "people", "pedagogy.list_pupils"),
        _WEEK,
    ),
    Role.TEACHER: (
        Entry("Accueil", "today", "board.home"),
        Entry("Appel", "roll", "pedagogy.list_calls"),
        Entry("Cahier", "book", "pedagogy.list_logs"),
        Entry("Notes", "edit", "learning.list_marks"),
        _WEEK,
        _PUPILS,
    ),
    Role.DIRECTOR: (
        Entry("Pilotage", "home", "board.home"),
        _ORDERS,
        Entry("Atelier", "tool", "workshop.show_today"),
        _WEEK,
        _PUPILS,
        _OFFERS,
    ),
    Role.OFFICE: (
        Entry("Accueil", "today", "board.home"),
        _ORDERS,
        Entry("Clients", "company", "clients.list_companies"),
        _PUPILS,
        Entry("Absences", "roll", "absences.show_day", ("pedagogy.list_calls", "absences.show_outbox")),
        _OFFERS,
    ),
}
