"""Learning time and the projected end: the rules alone, then from the records."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.permissions import Role
from app.machines.rules import CenterState
from app.orders.rules import OrderState
from app.workshop import queries, rules
from app.workshop.rules import Need, OpenDay
from tests.factories import make_job, make_line, make_operation, make_order, make_session
from tests.support.html import parse

H = 3600
MONDAY = date(2026, 11, 23)
WEEK = [OpenDay(MONDAY + timedelta(days=n), 4 * H, 10) for n in range(5)]
FRIDAY = MONDAY + timedelta(days=4)


class TestWhatIsLeft:
    def test_setting_up_counts_until_somebody_has_worked(self):
        assert rules.remaining_seconds(600, 60, 10, 4, begun=False) == 600 + 360
        assert rules.remaining_seconds(600, 60, 10, 4, begun=True) == 360
        assert rules.remaining_seconds(600, 60, 10, 12, begun=False) == 0

    @pytest.mark.parametrize(
        ("spans", "minutes"),
        [([], 0), ([(480, 720)], 240), ([(480, 720), (500, 600)], 240), ([(780, 1020), (480, 720)], 480),
         ([(480, 600), (540, 720)], 240), ([(700, 600)], 0)],
    )  # fmt: skip
    def test_hours_of_two_classes_at_once_count_once(self, spans, minutes):
        assert rules.covered_seconds(spans) == minutes * 60


class TestOutlook:
    def ends(self, *needs, before=None, days=WEEK, due_on=FRIDAY):
        return rules.outlook(needs, days, before or {}, due_on, MONDAY)

    def test_work_fills_the_first_free_hours(self):
        found = self.ends(Need("T", "Tour", 6 * H, 1))
        assert (found.end, found.slack, found.needed) == (MONDAY + timedelta(days=1), 3, 6 * H)
        assert [(room.needed, room.free, room.short) for room in found.rooms] == [(6 * H, 20 * H, False)]

    def test_places_count_as_far_as_there_are_pupils(self):
        assert self.ends(Need("T", "Tour", 8 * H, 2)).end == MONDAY
        few = [OpenDay(day.day, day.seconds, 1) for day in WEEK]
        assert self.ends(Need("T", "Tour", 8 * H, 2), days=few).end == MONDAY + timedelta(days=1)

    def test_who_was_promised_earlier_is_served_first(self):
        found = self.ends(Need("T", "Tour", 4 * H, 1), before={"T": 10 * H})
        assert found.end == MONDAY + timedelta(days=3)
        assert found.rooms[0].free == 10 * H

    def test_an_operation_begins_when_the_one_before_ends(self):
        found = self.ends(Need("S", "Scie", 6 * H, 1), Need("T", "Tour", 2 * H, 1))
        assert found.end == MONDAY + timedelta(days=1)
        longer = self.ends(Need("S", "Scie", 6 * H, 1), Need("T", "Tour", 2 * H + 1, 1))
        assert longer.end == MONDAY + timedelta(days=2)
        again = self.ends(Need("S", "Scie", 6 * H, 1), Need("T", "Tour", 4 * H, 1), Need("S", "Scie", 4 * H, 1))
        assert again.end == MONDAY + timedelta(days=3)
        assert [(room.center, room.needed) for room in again.rooms] == [("S", 10 * H), ("T", 4 * H)]

    def test_too_much_for_the_known_timetable_has_no_end(self):
        found = self.ends(Need("T", "Tour", 21 * H, 1))
        assert (found.end, found.slack) == (None, None)
        assert found.rooms[0].short
        assert self.ends(Need("T", "Tour", H, 0)).end is None
        assert self.ends(Need("T", "Tour", H, 1), days=[]).end is None

    def test_an_end_after_the_promise_is_late_and_free_hours_stop_at_it(self):
        found = self.ends(Need("T", "Tour", 10 * H, 1), due_on=MONDAY)
        assert (found.slack, found.rooms[0].free) == (-2, 4 * H)

    def test_nothing_left_ends_today(self):
        assert self.ends().end == MONDAY

    @given(
        st.lists(st.tuples(st.sampled_from("STF"), st.integers(0, 9 * H)), max_size=5),
        st.dictionaries(st.sampled_from("STF"), st.integers(0, 30 * H)), st.integers(0, 5 * H),
    )  # fmt: skip
    def test_more_work_never_ends_earlier_and_what_is_used_was_free(self, work, before, more):
        needs = [Need(center, center, seconds, 2) for center, seconds in work]
        first = self.ends(*needs, before=before)
        second = self.ends(*needs, Need("T", "T", more, 2), before=before)
        last = FRIDAY + timedelta(days=1)
        assert (second.end or last) >= (first.end or last)
        for room in first.rooms:
            assert 0 <= room.free <= 40 * H


class TestFromTheRecords:
    def outlook(self, scene, job=None):
        scene.db.flush()
        routing = queries.routing_of_job(scene.db, (job or scene.job).id)
        return queries.outlooks(scene.db, [routing]).get(routing.job_id)

    def test_fifty_spacers_are_eighteen_pupil_hours(self, scene):
        """U01 of the sample orders: one hour to set up, six minutes a piece, three times as long in the first year."""
        scene.tom.entered_on = scene.ines.entered_on = date(2026, 9, 1)
        job = make_job(scene.db, make_line(scene.db, scene.order), operations=0, quantity=50)
        make_operation(scene.db, job, setup_seconds=H, unit_seconds=360)
        assert self.outlook(scene, job).needed == 18 * H

    def test_pupils_nobody_has_chosen_yet_are_the_mean_of_who_is_here(self, scene):
        """Ten pieces through three operations of 10 + 5 minutes: 3 hours of a professional."""
        scene.tom.entered_on, scene.ines.entered_on = date(2026, 9, 1), date(2024, 9, 1)
        assert self.outlook(scene).needed == 7.5 * H

    def test_what_is_over_has_none(self, scene):
        scene.order.state = OrderState.DELIVERED
        assert self.outlook(scene) is None

    def test_what_is_made_is_no_longer_left(self, scene):
        scene.tom.entered_on = scene.ines.entered_on = date(2026, 9, 1)
        operation = scene.operations[0]
        operation.good = 10
        assert self.outlook(scene).needed == 6 * H

    def test_today_counts_from_now_on_and_cancelled_sessions_do_not(self, scene):
        """Half past nine, practice until noon and from one to five: 6 h 30 on one place."""
        scene.tom.entered_on = scene.ines.entered_on = date(2026, 9, 1)
        scene.job.due_on = date(2026, 11, 24)
        outlook = self.outlook(scene)
        assert [room.free for room in outlook.rooms] == [6.5 * H] * 3
        assert (outlook.end, outlook.slack) == (None, None)

    def test_jobs_promised_earlier_take_their_hours_first(self, scene):
        scene.tom.entered_on = scene.ines.entered_on = date(2026, 9, 1)
        scene.job.due_on = date(2026, 12, 4)
        saw = scene.operations[0].work_center
        for day, wanted in ((date(2026, 12, 1), 12), (date(2026, 12, 9), 50)):
            order = make_order(scene.db, due_on=day, state=scene.order.state)
            job = make_job(scene.db, make_line(scene.db, order), operations=0, quantity=wanted)
            make_operation(scene.db, job, work_center=saw, setup_seconds=0, unit_seconds=300)
        rooms = {room.label: room.free for room in self.outlook(scene).rooms}
        assert rooms["Débit"] == 6.5 * H - 3 * H
        assert rooms["Tournage"] == 6.5 * H

    def test_a_machine_out_of_service_has_no_room(self, scene):
        scene.operations[1].work_center.state = next(s for s in CenterState if s != CenterState.IN_SERVICE)
        outlook = self.outlook(scene)
        assert outlook.end is None
        assert [room.free > 0 for room in outlook.rooms] == [True, False, True]

    def test_days_to_come_are_used(self, scene):
        scene.tom.entered_on = scene.ines.entered_on = date(2026, 9, 1)
        scene.job.due_on = date(2026, 12, 4)
        for day in (25, 26, 27):
            make_session(scene.db, scene.group, staff=scene.master, on_date=date(2026, 11, day))
        outlook = self.outlook(scene)
        assert outlook.end == date(2026, 11, 25)
        assert outlook.slack == 9

    def test_it_costs_the_same_however_many_jobs(self, scene, query_budget):
        jobs = [scene.job, *(make_job(scene.db, make_line(scene.db, scene.order)) for _ in range(3))]
        routings = [queries.routing_of_job(scene.db, job.id) for job in jobs]
        with query_budget(5):
            assert len(queries.outlooks(scene.db, routings)) == 4
        with query_budget(0):
            assert queries.outlooks(scene.db, []) == {}


def test_the_pages_tell_what_is_left_and_when_it_ends(client, scene, login_as):
    login_as(scene.master)
    scene.job.due_on = date(2026, 11, 30)
    make_session(scene.db, scene.group, staff=scene.master, on_date=date(2026, 11, 25))
    job = parse(client.get(f"/atelier/of/{scene.job.number}").text).text
    order = parse(client.get(f"/atelier/commandes/{scene.order.number}").text).text
    for words in (job, order):
        assert "Fin prévue le 25/11/2026, 5 j de marge" in words
    assert "libres avant l’échéance" in job


def test_programs_read_them_too(client, scene, bearer):
    found = client.get(f"/api/v1/jobs/{scene.job.number}", headers=bearer(Role.OFFICE)).json()
    assert found["planned_minutes"] == 180
    assert found["pupil_minutes"] >= 360
    assert found["pupil_minutes_left"] == found["pupil_minutes"]
