"""The order book: years of finished orders, and around today a chosen mix of late, due, fresh, quoted and cancelled."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from app.demo import calendar
from app.demo.catalogue import Part, parts
from app.demo.companies import Company, clients
from app.demo.frame import Frame, Row

ORDERS_A_YEAR = 120
SCHOOL_DAYS_NEEDED = 5  # nothing is promised sooner, whatever the holidays
CANCELLED, DELIVERED_LATE = 0.04, 0.12
INVOICED_AFTER = timedelta(days=10)
FUTURE_DAYS = 250  # as far ahead as any promised date
IN_WORKSHOP = {"run", "fresh", "special"}
SPECIAL = "Poinçon de découpe"  # waits for the new machine: never in the past


@dataclass(frozen=True, slots=True)
class Story:
    """An order near today: ordered so many school days ago, aimed to be finished so many ahead, due in so many days."""

    kind: str  # run, fresh, new, special, quote, cancelled
    ordered: int
    finish: int
    due: int
    lines: int = 1


STORIES = (
    # Late today.
    Story("run", 34, 14, -13, 2), Story("run", 30, 18, -9), Story("run", 24, 12, -5, 2), Story("run", 22, 6, -2),
    # Due within a week.
    Story("run", 16, 5, 0), Story("run", 15, 8, 2, 2), Story("run", 20, 5, 4), Story("run", 12, 9, 6, 3),
    # Under way, with time left.
    Story("run", 14, 10, 13, 2), Story("run", 10, 12, 15), Story("run", 6, 12, 17), Story("run", 8, 14, 19, 2),
    Story("run", 6, 20, 30, 3), Story("run", 12, 16, 24),
    # Delivered these days, not invoiced yet.
    Story("fresh", 26, -7, -6), Story("fresh", 22, -5, -4, 2), Story("fresh", 19, -3, -1),
    Story("fresh", 24, -4, -9, 2), Story("fresh", 17, -2, 3),
    # Confirmed, not begun.
    Story("new", 4, 22, 33), Story("new", 3, 20, 27, 2), Story("new", 2, 18, 24), Story("new", 1, 25, 34, 2),
    Story("special", 18, 12, 26), Story("new", 0, 30, 41),
    # Quotes waiting for an answer, one forgotten; one order called off.
    Story("quote", 1, 30, 40, 2), Story("quote", 3, 28, 38), Story("quote", 6, 25, 33, 3), Story("quote", 9, 24, 30),
    Story("quote", 13, 20, 28, 2), Story("quote", 27, 10, 14), Story("cancelled", 11, 12, 18),
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """A line: so many of a part, the price in cents."""

    number: int
    part: Part
    quantity: int
    cents: int
    discount: str


@dataclass(slots=True)
class Order:
    """An order. `days` are the school days between its release to the workshop and the day it should be finished."""

    kind: str
    client: Company
    reference: str
    ordered: date
    due: date
    finish: date
    section: int
    lines: list[Line]
    days: list[date] = field(default_factory=list)
    number: str = ""
    state: str = "confirmee"
    delivered: date | None = None

    def day_at(self, line: Line, place: int, steps: int) -> date:
        """When the operation at `place` of a line may begin: work is spread evenly, one line after the other."""
        if not self.days:
            return date.max
        first, last = 0.8 * (line.number - 1) / len(self.lines), 0.2 + 0.8 * line.number / len(self.lines)
        reached = int(len(self.days) * (first + (last - first) * place / steps))
        return self.days[reached] if reached < len(self.days) else self.finish

    def settle(self, frame: Frame, begun: bool, completed: date | None) -> None:  # noqa: FBT001
        """Give the order the state that follows from what the workshop did up to yesterday."""
        self.state = {"quote": "devis", "cancelled": "annulee"}.get(self.kind, "confirmee")
        if self.state != "confirmee" or not begun:
            return
        self.state = "en_production"
        if completed is None:
            return
        ready = max(calendar.working_day(completed + calendar.DAY), calendar.working_day(self.finish))
        if ready < frame.today:
            self.delivered = ready
            self.state = "livree" if self.kind == "fresh" or ready + INVOICED_AFTER >= frame.today else "facturee"


class OrderBook:
    """Every order, by date and numbered by calendar year."""

    def __init__(self, frame: Frame, past_days: list[date]) -> None:
        self.frame = frame
        self._past = past_days
        self._rng = frame.rng("orders")
        self._clients = clients(frame)
        self._parts = [part for part in parts() if part.label != SPECIAL]
        ahead = calendar.days_between(frame.today, frame.today + timedelta(days=FUTURE_DAYS))
        self._school_days = past_days + [day for day in ahead if calendar.is_school_day(day)]
        self.orders = sorted(self._history() + self._around_today(), key=lambda order: order.ordered)
        self._number()

    def rows(self) -> dict[str, list[Row]]:
        """The files `commandes`, `lignes` and `operations`."""
        return {
            "commandes": [_order_row(order) for order in self.orders],
            "lignes": [_line_row(order, line) for order in self.orders for line in order.lines],
            "operations": [
                row for order in self.orders for line in order.lines for row in _operation_rows(order, line)
            ],
        }

    @cached_property
    def _favourites(self) -> dict[str, list[Part]]:
        """Clients come back for the same few parts."""
        return {c.code: self.frame.rng("parts", c.code).sample(self._parts, 5) for c in self._clients}

    def _number(self) -> None:
        counters: dict[int, int] = {}
        for order in self.orders:
            year = order.ordered.year
            counters[year] = counters.get(year, 0) + 1
            order.number = f"C{year}-{counters[year]:04d}"

    def _history(self) -> list[Order]:
        """Orders old enough to be finished well before today."""
        if len(self._past) < 6:
            return []
        found = []
        for year in range(self.frame.first_year, self.frame.year + 1):
            first, last = date(year, 9, 1), date(year + 1, 7, 3)
            for number in range(ORDERS_A_YEAR * self.frame.scale):
                self._rng = self.frame.rng("order", year, number)
                ordered = calendar.working_day(first + (last - first) * self._rng.random())
                if ordered < self._past[-6]:
                    found.append(self._past_order(ordered, number % self.frame.scale))
        return [order for order in found if order.finish <= self._past[-6] and order.due < self.frame.today]

    def _past_order(self, ordered: date, section: int) -> Order:
        rng = self._rng
        lines = self._make_lines(rng.choices((1, 2, 3), (55, 30, 15))[0], client := self._client(), ordered)
        weeks = max(line.part.weeks for line in lines)
        due = self._promised(ordered + timedelta(days=weeks * 7 + rng.randint(-2, 5)))
        if rng.random() < DELIVERED_LATE:
            finish = calendar.working_days_later(due, rng.randint(1, 8))
        else:
            finish = calendar.working_days_later(due, -rng.randint(1, 6))
        kind = "cancelled" if rng.random() < CANCELLED else "run"
        release = calendar.working_days_later(ordered, 2)
        soonest = self._school_days[bisect_left(self._school_days, release) + SCHOOL_DAYS_NEEDED]
        due, finish = max(due, soonest), max(finish, soonest)
        days = self._days(release, finish)
        return Order(kind, client, self._reference(client, ordered), ordered, due, finish, section, lines, days)

    def _promised(self, day: date) -> date:
        """Dates are promised on school days; nothing in the summer or in the first week of September."""
        if not calendar.is_school_day(day) and day.month in {7, 8}:
            day = date(day.year, 9, 4) + timedelta(days=self._rng.randint(0, 9))
        return calendar.school_day(day)

    def _around_today(self) -> list[Order]:
        return [self._near_order(story, section) for section in range(self.frame.scale) for story in STORIES]

    def _near_order(self, story: Story, section: int) -> Order:
        ordered, finish = self._back(story.ordered), self._ahead(story.finish)
        due = calendar.working_day(self.frame.today + timedelta(days=story.due), -1 if story.due < 0 else 1)
        client = self._client()
        lines = self._make_lines(story.lines, client, ordered)
        if story.kind == "special":
            lines = [self._line(1, next(part for part in parts() if part.label == SPECIAL), ordered)]
        days = self._days(self._back(story.ordered - 2), finish) if story.kind in IN_WORKSHOP else []
        reference = "" if story.kind == "quote" else self._reference(client, ordered)
        return Order(story.kind, client, reference, ordered, max(due, ordered), finish, section, lines, days)

    def _back(self, count: int) -> date:
        """So many school days before today, or working days where the timetable does not reach back so far."""
        if count <= 0:
            return calendar.working_day(self.frame.today, -1)
        if count <= len(self._past):
            return self._past[-count]
        return calendar.working_days_later(self.frame.today, -count)

    def _ahead(self, count: int) -> date:
        return self._back(-count) if count < 0 else self._school_days[len(self._past) + count]

    def _days(self, first: date, last: date) -> list[date]:
        return self._school_days[bisect_left(self._school_days, first) : bisect_left(self._school_days, last)]

    def _client(self) -> Company:
        weights = [1 / (place % 24 + 4) for place in range(len(self._clients))]
        return self._rng.choices(self._clients, weights)[0]

    def _reference(self, client: Company, ordered: date) -> str:
        """Each client numbers his own orders in his own way, some not at all."""
        number = self._rng.randrange(1000, 9999)
        style = client.number % 4
        return ("", f"BC{ordered:%y}-{number}", f"45000{number}", f"PO {number}")[style]

    def _make_lines(self, count: int, client: Company, ordered: date) -> list[Line]:
        chosen = self._rng.sample(self._favourites[client.code], count)
        return [self._line(number, part, ordered) for number, part in enumerate(chosen, 1)]

    def _line(self, number: int, part: Part, ordered: date) -> Line:
        rng = self._rng
        quantity = rng.randrange(part.low, part.high + 1, part.step)
        drift = 1 + 0.02 * (ordered.year - self.frame.year)
        discount = rng.choices(("", "2.5", "5"), (90, 4, 6))[0]
        return Line(number, part, quantity, round(part.cents * drift * rng.uniform(0.97, 1.05)), discount)


def _order_row(order: Order) -> Row:
    return {
        "numero": order.number,
        "client": order.client.code,
        "reference_client": order.reference,
        "date_commande": order.ordered.isoformat(),
        "date_livraison_prevue": order.due.isoformat(),
        "etat": order.state,
        "date_livraison": order.delivered.isoformat() if order.delivered else "",
    }


def _line_row(order: Order, line: Line) -> Row:
    return {
        "commande": order.number,
        "ligne": str(line.number),
        "designation": f"{line.part.label}, plan {line.part.drawing}",
        "quantite": str(line.quantity),
        "unite": line.part.unit,
        "prix_unitaire_ht": f"{line.cents // 100}.{line.cents % 100:02d}",
        "remise_pct": line.discount,
        "taux_tva": "0" if order.client.foreign else "20",
    }


def _operation_rows(order: Order, line: Line) -> list[Row]:
    return [
        {
            "commande": order.number, "ligne": str(line.number), "operation": str(10 * place),
            "intitule": step.label, "poste": step.center, "temps_preparation_min": f"{step.setup:g}",
            "temps_unitaire_min": f"{step.unit:g}", "competence": step.skill,
        }
        for place, step in enumerate(line.part.route, 1)
    ]  # fmt: skip
