"""Load: work laid as early as it fits, in the order of dates; what does not fit; a date for new work."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.models import School
from app.core.clock import today
from app.core.errors import Refused
from app.core.permissions import Role
from app.machines.rules import CenterState
from app.orders.rules import OrderState
from app.pedagogy.models import Closure
from app.workshop import queries, rules
from app.workshop.rules import Chain, SchoolDay, Station, Task
from tests.factories import make_job, make_line, make_operation, make_order, make_school, make_session, make_work_center
from tests.factories.routings import make_template
from tests.support.html import errors, parse
from tests.workshop.scene import arrange

MONDAY = date(2026, 11, 23)
HOUR = 3600
LATHE, SAW = 1, 2


def day(n):
    """The nth working day from Monday."""
    return MONDAY + timedelta(days=n)


def week(hours=4, pupils=12, count=5):
    """School days of so many hours for so many pupils."""
    return [SchoolDay(day(n), hours * HOUR, hours * pupils * HOUR) for n in range(count)]


def chain(name, *tasks, due=MONDAY):
    """A job: (machine, hours) of each operation left."""
    return Chain(name, due, tuple(Task(0, station, round(hours * HOUR)) for station, hours in tasks))


def on(days=None, share=100, places=1, back_on=None):
    """A bench of a lathe and a saw."""
    stations = [Station(LATHE, places, back_on), Station(SAW, 1)]
    return rules.openings(days or week(), stations, Decimal(share))


class TestBench:
    def test_a_share_of_the_hours_goes_to_orders(self):
        bench = on(share=50, places=2)
        assert bench.free[LATHE][MONDAY] == 4 * HOUR
        assert bench.pupils[MONDAY] == 24 * HOUR

    def test_a_machine_out_of_service_takes_nothing_until_it_is_back(self):
        bench = on(back_on=day(2))
        assert [bench.free[LATHE][day(n)] for n in range(3)] == [0, 0, 4 * HOUR]

    def test_work_is_laid_as_early_as_it_fits(self):
        laid = on().lay(Task(0, LATHE, 6 * HOUR), MONDAY)
        assert laid.days == {day(0): 4 * HOUR, day(1): 2 * HOUR}
        assert (laid.first, laid.last, laid.left) == (day(0), day(1), 0)

    def test_the_pupils_hours_are_a_limit_too(self):
        laid = on(week(pupils=1), places=3).lay(Task(0, LATHE, 6 * HOUR), MONDAY)
        assert laid.days == {day(0): 4 * HOUR, day(1): 2 * HOUR}

    def test_an_operation_follows_the_one_before_it(self):
        bench = on()
        bench.lay(Task(0, SAW, 6 * HOUR), MONDAY)  # the saw is taken until Tuesday
        first, second = bench.lay_chain(chain("a", (SAW, 1), (LATHE, 1)))
        assert (first.last, second.first) == (day(1), day(1))

    def test_what_has_no_place_holds_up_what_follows(self):
        laid = on(week(count=1)).lay_chain(chain("a", (SAW, 9), (LATHE, 1)))
        assert [(one.left, one.last) for one in laid] == [(5 * HOUR, None), (HOUR, None)]
        assert rules.finished_on(laid) is None

    def test_what_is_due_first_is_served_first(self):
        late, soon = chain("a", (SAW, 4), due=day(9)), chain("b", (SAW, 4), due=day(1))
        laid = rules.lay_all(on(), [late, soon])
        assert (rules.finished_on(laid["b"]), rules.finished_on(laid["a"])) == (day(0), day(1))

    def test_an_operation_that_is_done_takes_nothing(self):
        laid = on().lay_chain(chain("a", (SAW, 0), (LATHE, 1)))
        assert [one.last for one in laid] == [day(0), day(0)]

    @given(st.lists(st.tuples(st.sampled_from([LATHE, SAW]), st.integers(0, 20)), max_size=12), st.integers(1, 6))
    def test_no_hour_is_given_twice_and_none_is_lost(self, works, pupils):
        bench, full = on(week(pupils=pupils)), on(week(pupils=pupils))
        laid = [bench.lay(Task(0, station, hours * HOUR), MONDAY) for station, hours in works]
        for station in (LATHE, SAW):
            for n in range(5):
                used = sum(one.days.get(day(n), 0) for one in laid if one.task.station_id == station)
                assert used == bench.taken.get(station, {}).get(day(n), 0)
                assert used + bench.free[station][day(n)] == full.free[station][day(n)]
        for n in range(5):
            assert sum(one.days.get(day(n), 0) for one in laid) + bench.pupils[day(n)] == full.pupils[day(n)]
        assert all(sum(one.days.values()) + one.left == one.task.learning for one in laid)


class TestPromise:
    def test_a_day_in_hand_after_the_last_operation(self):
        found = rules.promise(on(), chain("new", (SAW, 2), (LATHE, 6)))
        assert (found.ready_on, found.date) == (day(1), day(2))

    def test_beside_what_is_laid_already(self):
        bench = on()
        rules.lay_all(bench, [chain("old", (LATHE, 8), due=day(30))])
        assert rules.promise(bench, chain("new", (LATHE, 1))).ready_on == day(2)

    def test_too_far_off_there_is_no_date(self):
        found = rules.promise(on(), chain("new", (LATHE, 99)))
        assert (found.ready_on, found.date) == (None, None)
        assert rules.promise(on(), chain("new", (LATHE, 20))).date is None  # ready on the last day known


class TestAhead:
    def test_beyond_the_timetable_a_weekday_is_like_the_latest_one(self):
        known = {each.on: each for each in week(count=2)}
        pattern = rules.weekday_pattern(known.values())
        ahead = rules.fill_ahead(known, [day(n) for n in (0, 1, 7, 8, 9)], pattern)
        assert [(one.on, one.planned) for one in ahead] == [
            (day(0), True), (day(1), True), (day(7), False), (day(8), False),
        ]  # fmt: skip

    def test_weeks_begin_on_monday(self):
        assert rules.weeks_from(day(3), 2) == [MONDAY, day(7)]


@pytest.fixture
def scene(db, login_as):
    """Karim signed in; Tom and Inès at practice today and tomorrow."""
    found = arrange(db)
    make_session(db, found.group, staff=found.master, on_date=today() + timedelta(days=1))
    login_as(found.master)
    return found


def text_of(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


def make_routing(db, *operations):
    """The routing GAM-1: (machine, setup, unit) of each operation."""
    template = make_template(db, operations=len(operations), code="GAM-1", label="Bague")
    for step, (center, setup, unit) in zip(template.operations, operations, strict=True):
        step.work_center_id, step.setup_seconds, step.unit_seconds = center.id, setup, unit
    db.flush()


def station(page, code):
    """One machine of the page."""
    return next(one for one in page.stations if one.code == code)


class TestPage:
    def test_hours_come_from_the_timetable_from_now_on(self, db, scene):
        page = queries.load_page(db)
        # This morning from 09:30, this afternoon and tomorrow morning, half of it for orders.
        assert station(page, "SCIE").capacity[0] == (2.5 + 4 + 4) / 2 * HOUR
        assert page.pupils_capacity[0] == 2 * (2.5 + 4 + 4) / 2 * HOUR

    def test_breaks_are_no_capacity_and_the_share_is_the_schools(self, db, scene):
        school = db.get(School, 1) or make_school(db)
        school.daily_breaks, school.order_share = "15:00-15:30", Decimal(100)
        db.flush()
        assert station(queries.load_page(db), "SCIE").capacity[0] == 10 * HOUR

    def test_both_clocks_of_what_is_left(self, db, scene):
        page = queries.load_page(db)
        here = station(page, "SCIE")
        assert (here.professional, here.learning) == (HOUR, 3 * HOUR)  # two pupils in their first year
        assert (here.taken[0], here.free[0]) == (3 * HOUR, here.capacity[0] - 3 * HOUR)

    def test_beyond_the_timetable_the_last_week_repeats_without_closures(self, db, scene):
        page = queries.load_page(db)
        assert page.guessed_from == today() + timedelta(days=7)
        assert station(page, "SCIE").capacity[1] == (8 + 4) / 2 * HOUR
        db.add(Closure(starts_on=page.weeks[1], ends_on=page.weeks[1] + timedelta(days=6), label="Congés"))
        db.flush()
        assert station(queries.load_page(db), "SCIE").capacity[1] == 0

    def test_a_job_that_cannot_end_in_time_is_named(self, db, scene):
        order = make_order(db, state=OrderState.CONFIRMED, due_on=today() + timedelta(days=1))
        job = make_job(db, make_line(db, order), operations=0, quantity=2, due_on=order.due_on)
        make_operation(db, job, work_center=scene.operations[0].work_center, unit_seconds=3600)
        late = {one.number: one for one in queries.load_page(db).late}
        assert late[job.number].ends_on is None or late[job.number].ends_on > order.due_on
        assert scene.job.number not in late

    def test_a_machine_that_is_down_has_no_hours_this_week(self, db, scene):
        scene.operations[0].work_center.state = CenterState.DOWN
        db.flush()
        page = queries.load_page(db)
        assert station(page, "SCIE").capacity[0] == 0
        assert station(page, "SCIE").capacity[1] > 0

    def test_the_same_statements_for_any_number_of_jobs(self, db, scene, query_budget):
        for _ in range(8):
            make_operation(db, make_job(db, operations=2), work_center=make_work_center(db))
        with query_budget(6):
            queries.load_page(db)

    def test_a_promise_with_its_reasons(self, db, scene):
        make_routing(db, (scene.operations[0].work_center, 600, 60), (scene.operations[1].work_center, 0, 120))
        promised = queries.load_page(db, template="GAM-1", quantity=20).promised
        assert promised.professional == 600 + 20 * 60 + 20 * 120
        assert promised.learning == 3 * promised.professional
        assert [step.station for step in promised.steps] == ["Débit", "Tournage"]
        assert promised.found.date > promised.found.ready_on >= promised.steps[0].last

    def test_an_unknown_routing_is_refused(self, db, scene):
        with pytest.raises(Refused, match="Choisissez une gamme"):
            queries.load_page(db, template="GAM-9", quantity=1)


class TestScreen:
    def test_it_shows_hours_free_and_promises(self, client, db, scene):
        make_routing(db, (scene.operations[0].work_center, 600, 60))
        words = text_of(client.get("/atelier/charge"))
        assert "Tous les jeunes" in words
        assert "libres" in words
        words = text_of(client.get("/atelier/charge?gamme=GAM-1&pieces=10"))
        assert "Prêt le 25/11/2026" in words  # today’s hours go to what is due already
        assert "mardi 1er décembre" in words  # the next day of practice

    @pytest.mark.parametrize(
        ("query", "field", "words"),
        [
            ("gamme=GAM-1", "pieces", "combien de pièces"),
            ("pieces=4", "gamme", "Choisissez une gamme"),
            ("gamme=GAM-1&pieces=-4", "pieces", ""),
            ("gamme=GAM-9&pieces=4", "gamme", "Choisissez une gamme"),
        ],
    )
    def test_half_a_question_is_told_at_its_field(self, client, db, scene, query, field, words):
        make_routing(db, (scene.operations[0].work_center, 600, 60))
        answer = client.get(f"/atelier/charge?{query}")
        assert answer.status_code == 422
        assert words in errors(answer)[field]

    def test_an_empty_school_has_no_hours(self, client, login_as):
        login_as(Role.MASTER)
        assert client.get("/atelier/charge").status_code == 200


class TestApi:
    def test_the_load_and_a_promise(self, client, db, scene):
        make_routing(db, (scene.operations[0].work_center, 600, 60))
        load = client.get("/api/v1/load").json()
        saw = next(one for one in load["stations"] if one["work_center"] == "SCIE")
        assert (saw["professional_minutes"], saw["learning_minutes"]) == (60, 180)
        assert load["pupils"][0]["monday"] == "2026-11-23"
        promise = client.get("/api/v1/promise?template=GAM-1&quantity=10").json()
        assert (promise["ready_on"], promise["promise_on"]) == ("2026-11-25", "2026-12-01")
        assert client.get("/api/v1/promise?template=GAM-9&quantity=10").status_code in {409, 422}
        assert client.get("/api/v1/promise?template=GAM-1&quantity=0").status_code == 422
