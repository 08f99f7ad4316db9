"""Exams, placements, visits: changed instead of made again; what counts is not rewritten, what was held is named."""

from datetime import date, datetime

import pytest

from app.core.clock import PARIS
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy.queries.activities import counted
from app.pedagogy.rules import Attendance
from app.pedagogy.rules.activities import CountsAs
from app.pedagogy.service.counting import set_counting
from app.timetable import queries, service
from app.timetable.models import ActivityPeriod
from app.timetable.rules import ActivityKind
from tests.factories import actor_of, make_attendance, make_group, make_pupil, make_session, make_staff
from tests.factories.timetable import make_activity
from tests.support.html import errors, parse, submit

FIRST, LAST = date(2026, 12, 7), date(2026, 12, 11)


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


@pytest.fixture
def pupil(db):
    return make_pupil(db, make_group(db, label="CAP1"))


def values(period, **other):
    names = ("kind", "label", "starts_on", "ends_on", "minutes_per_day")
    return {name: getattr(period, name) for name in names} | other


def change(db, by, period, version=None, **other):
    return service.change_activity(db, period, values=values(period, **other), seen_version=version, by=by)


class TestChanging:
    def test_days_minutes_and_words_with_the_journal(self, db, office, pupil):
        period = make_activity(db, group_id=pupil.group_id)
        change(db, office, period, 1, ends_on=date(2026, 12, 18), minutes_per_day=360, kind=ActivityKind.VISIT)
        assert (period.version, period.ends_on, period.minutes_per_day) == (2, date(2026, 12, 18), 360)
        assert history(db, "activity_period", period.id)[0].changes == (
            ("Nature", "Stage", "Sortie"), ("Dernier jour", "11/12/2026", "18/12/2026"),
            ("Minutes par jour", "420", "360"),
        )  # fmt: skip

    def test_nothing_changed_writes_nothing(self, db, office, pupil):
        assert change(db, office, make_activity(db, group_id=pupil.group_id)).version == 1

    def test_the_second_of_two_is_told_with_both_values(self, db, office, pupil):
        period = make_activity(db, group_id=pupil.group_id)
        change(db, office, period, 1, label="Stage d’usinage")
        with pytest.raises(Stale) as stale:
            change(db, office, period, 1, label="Autre")
        assert stale.value.changes == (("Intitulé", "Autre", "Stage d’usinage"),)
        assert office.name in stale.value.sentence

    def test_over_another_of_the_same_group_it_is_refused_naming_it(self, db, office, pupil):
        make_activity(db, group_id=pupil.group_id, label="Examen blanc", starts_on=date(2026, 12, 14),
                      ends_on=date(2026, 12, 15))  # fmt: skip
        period = make_activity(db, group_id=pupil.group_id)
        with pytest.raises(Refused, match="« Examen blanc » couvre déjà ces jours") as refused:
            change(db, office, period, ends_on=date(2026, 12, 14))
        assert refused.value.field == "starts_on"
        with pytest.raises(Refused) as refused:
            change(db, office, period, ends_on=date(2026, 12, 1))
        assert refused.value.field == "ends_on"
        assert period.ends_on == LAST


class TestHoursThatCount:
    """On Wednesday of a placement that counts as practice."""

    @pytest.fixture
    def period(self, db, office, pupil, clock):
        set_counting(db, ActivityKind.PLACEMENT, counts_as=CountsAs.PRACTICE, starts_on=date(2026, 9, 1), by=office)
        period = make_activity(db, pupil_id=pupil.id)
        clock.set(datetime(2026, 12, 9, 9, 30, tzinfo=PARIS))
        return period

    def held(self, db):
        db.flush()
        return [(one.day, one.minutes) for one in counted(db, {"start": FIRST, "end": date(2026, 12, 9)}, "")]

    @pytest.mark.parametrize(
        ("other", "field"),
        [
            ({"kind": ActivityKind.VISIT}, "kind"), ({"minutes_per_day": 300}, "minutes_per_day"),
            ({"starts_on": date(2026, 12, 8)}, "starts_on"), ({"starts_on": date(2026, 12, 1)}, "starts_on"),
            ({"ends_on": date(2026, 12, 8)}, "ends_on"),
        ],
    )  # fmt: skip
    def test_are_not_rewritten(self, db, office, period, other, field):
        before = self.held(db)
        with pytest.raises(Refused, match="comptent déjà, jusqu’au 09/12/2026") as refused:
            change(db, office, period, **other)
        assert refused.value.field == field
        assert self.held(db) == before
        assert len(before) == 3

    def test_its_words_and_a_last_day_to_come_change(self, db, office, period):
        before = self.held(db)
        change(db, office, period, label="Stage chez Martin", ends_on=date(2026, 12, 9))
        assert self.held(db) == before

    def test_a_period_that_is_over_keeps_its_last_day(self, db, office, period, clock):
        clock.set(datetime(2026, 12, 16, 9, 30, tzinfo=PARIS))
        with pytest.raises(Refused) as refused:
            change(db, office, period, ends_on=date(2026, 12, 14))
        assert refused.value.field == "ends_on"
        assert change(db, office, period, label="Stage fini").label == "Stage fini"

    def test_it_is_not_removed(self, db, office, period):
        with pytest.raises(Refused, match="comptent déjà"):
            service.remove_activity(db, period, by=office)

    def test_what_counts_as_nothing_is_still_free(self, db, office, pupil, clock):
        period = make_activity(db, group_id=pupil.group_id, kind=ActivityKind.VISIT)
        clock.set(datetime(2026, 12, 9, 9, 30, tzinfo=PARIS))
        change(db, office, period, minutes_per_day=300)
        service.remove_activity(db, period, by=office)
        db.flush()
        assert db.query(ActivityPeriod).count() == 0


class TestHeldSessions:
    @pytest.fixture
    def held(self, db, pupil):
        session = make_session(db, pupil.group)
        make_attendance(db, session, pupil)
        return session

    def typed(self, held, **whose):
        return {"kind": ActivityKind.PLACEMENT, "label": "Stage", "starts_on": held.on_date, "ends_on": held.on_date,
                "minutes_per_day": 420, "group": None, "pupil": None} | whose  # fmt: skip

    def test_a_new_period_over_one_is_refused_naming_it(self, db, office, pupil, held):
        for whose in ({"group": pupil.group.code}, {"pupil": pupil.code}):
            with pytest.raises(Refused) as refused:
                service.add_activity(db, values=self.typed(held, **whose), by=office)
            assert refused.value.field == "starts_on"
            assert f"{held.subject.label} avec CAP1 le 24/11/2026 de 08:00 à 12:00" in refused.value.sentence

    def test_who_was_not_there_may_have_been_elsewhere(self, db, office, pupil, held):
        away = make_pupil(db, pupil.group)
        make_attendance(db, held, away, status=Attendance.EXCUSED)
        assert service.add_activity(db, values=self.typed(held, pupil=away.code), by=office).pupil_id == away.id

    def test_a_known_period_does_not_grow_over_one(self, db, office, pupil, held):
        period = make_activity(db, group_id=pupil.group_id)
        with pytest.raises(Refused, match="L’appel a été fait ces jours-là") as refused:
            change(db, office, period, starts_on=held.on_date)
        assert refused.value.field == "starts_on"


class TestThePages:
    def test_edited_refused_stale_and_kept(self, client, login_as, db, pupil):
        login_as(Role.OFFICE)
        period = make_activity(db, pupil_id=pupil.id)
        where = f"/calendrier/periodes/{period.id}/modifier"
        page = client.get(where)
        answer = submit(client, page, action=where, ends_on="01/12/2026", label="Autre")
        assert (answer.status_code, set(errors(answer))) == (422, {"ends_on"})
        assert parse(answer.text).one("input", name="label").attributes["value"] == "Autre"
        assert submit(client, answer, action=where, ends_on="18/12/2026").status_code == 303
        answer = submit(client, page, action=where, label="Encore autre")
        assert answer.status_code == 409
        assert "Encore autre" in answer.text
        assert client.get("/calendrier/periodes/999/modifier").status_code == 404

    def test_who_may_only_read(self, client, login_as, db, pupil):
        login_as(Role.TEACHER)
        period = make_activity(db, pupil_id=pupil.id)
        assert "Modifier" not in parse(client.get("/calendrier/periodes").text).text
        assert client.get(f"/calendrier/periodes/{period.id}/modifier").status_code == 403

    def test_listed_in_any_order_and_of_one_kind(self, db, pupil):
        from app.web.listing import ListQuery

        make_activity(db, group_id=pupil.group_id, label="B", kind=ActivityKind.EXAM)
        make_activity(db, pupil_id=pupil.id, label="A", starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 5))

        def labels(**asked):
            request = ListQuery("/", asked).request(
                sorts=queries.ACTIVITY_SORTS, default="-debut", filters=("nature",)
            )  # fmt: skip
            return [one.label for one in queries.list_activities(db, request)]

        assert (labels(), labels(tri="debut"), labels(tri="-intitule")) == (["A", "B"], ["B", "A"], ["B", "A"])
        assert (labels(nature="exam"), labels(nature="rien")) == (["B"], ["A", "B"])
