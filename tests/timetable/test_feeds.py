"""Calendars of one person, read by a real client library."""

from dataclasses import replace
from datetime import date, timedelta
from datetime import datetime as moment

import icalendar
import pytest

from app.core.clock import PARIS, today
from app.core.permissions import Role
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable import service
from app.timetable.models import CalendarFeed
from app.timetable.rules.feeds import FeedEvent, calendar_text, follow_moves
from tests.factories import actor_of, make_group, make_membership, make_pupil, make_session, make_staff, make_subject
from tests.support.html import errors, parse, submit


def address(page):
    return parse(page.text).one("input", id="adresse").attributes["value"].split("8000", 1)[-1]


def events(answer):
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(one["summary"]): one for one in calendar.walk("VEVENT")}


def path_of(page):
    link = parse(page.text).one("input", id="adresse").attributes["value"]
    assert link.startswith("http"), "a telephone subscribes to a whole address"
    return "/agenda/" + link.rsplit("/agenda/", 1)[1]


class TestOwn:
    def test_one_reads_ones_own_sessions_and_nobody_else_s(self, client, login_as, db):
        teacher = login_as(Role.TEACHER)
        group = make_group(db, label="CAP1")
        subject = make_subject(db, group.diploma, SessionKind.THEORY, label="Français")
        own = make_session(db, group, SessionKind.THEORY, staff=teacher, subject=subject, room="Salle 2")
        gone = make_session(
            db, group, SessionKind.THEORY, staff=teacher, subject=subject, on_date=today() + timedelta(days=1)
        )
        gone.state, gone.cancel_reason = SessionState.CANCELLED, "Sortie"
        make_session(db, group, on_date=today() + timedelta(days=2))
        db.flush()
        path = path_of(submit(client, client.get("/semaine/agenda"), action="/semaine/agenda"))
        client.cookies.clear()
        answer = client.get(path)
        assert answer.headers["content-type"].startswith("text/calendar")
        found = events(answer)
        assert set(found) == {"Français, CAP1", "Annulé : Français, CAP1"}
        one = found["Français, CAP1"]
        assert (one.decoded("dtstart"), one.decoded("dtend")) == (
            moment(2026, 11, 24, 8, tzinfo=PARIS), moment(2026, 11, 24, 12, tzinfo=PARIS)
        )  # fmt: skip
        assert str(one["uid"]).startswith(f"seance-{own.id}@")
        assert str(one["location"]) == "Salle 2"
        assert str(found["Annulé : Français, CAP1"]["status"]) == "CANCELLED"
        own.room = "Salle 3"
        db.flush()
        assert str(events(client.get(path))["Français, CAP1"]["uid"]) == str(one["uid"])

    def test_only_the_hash_is_kept_and_a_revoked_link_is_gone_in_french(self, client, login_as, db):
        login_as(Role.TEACHER)
        path = path_of(submit(client, client.get("/semaine/agenda"), action="/semaine/agenda"))
        feed = db.query(CalendarFeed).one()
        assert path[len("/agenda/") : -4] not in (feed.token_hash, feed.holder)
        assert submit(client, client.get("/semaine/agenda"), action="/retrait").status_code == 303
        for gone in (path, "/agenda/inconnu.ics"):
            answer = client.get(gone)
            assert answer.status_code == 404
            assert "Ce lien d’agenda n’existe pas, ou il a été retiré." in parse(answer.text).text

    def test_who_left_the_school_reads_no_more(self, client, login_as, db):
        teacher = login_as(Role.TEACHER)
        path = path_of(submit(client, client.get("/semaine/agenda"), action="/semaine/agenda"))
        teacher.disabled_at = moment(2026, 11, 24, tzinfo=PARIS)
        db.flush()
        assert client.get(path).status_code == 404

    def test_another_s_link_is_not_revoked(self, client, login_as, db):
        login_as(Role.TEACHER)
        submit(client, client.get("/semaine/agenda"), action="/semaine/agenda")
        feed = db.query(CalendarFeed).one()
        login_as(Role.MASTER)
        assert client.post(f"/semaine/agenda/{feed.id}/retrait").status_code == 403
        assert client.post("/semaine/agenda/99/retrait").status_code == 404


class TestPupils:
    @pytest.fixture
    def pupil(self, db):
        group = make_group(db, label="CAP1")
        return make_pupil(db, group, first_name="Noa", last_name="Bernard", code="E1")

    def test_it_follows_the_stays_and_names_nobody(self, client, login_as, db, pupil):
        login_as(Role.OFFICE)
        other = make_group(db, label="CAP2")
        make_pupil(db, pupil.group, first_name="Zélie", last_name="Autre")
        stays = make_membership(db, pupil, other, starts_on=today() + timedelta(days=1))
        first = make_session(db, pupil.group)
        make_session(db, pupil.group, on_date=today() + timedelta(days=3))
        second = make_session(db, other, on_date=today() + timedelta(days=1))
        make_session(db, other, on_date=today())
        db.query(type(stays)).filter_by(pupil_id=pupil.id, group_id=pupil.group_id).one().ends_on = today()
        db.flush()
        answer = submit(client, client.get("/eleves/E1/agenda"), action="/agenda", holder="Salma Bernard")
        text = client.get(path_of(answer))
        assert set(events(text)) == {first.subject.label, second.subject.label}
        for name in ("Autre", "Zélie", "Bernard", first.staff.last_name, "CAP1", "CAP2"):
            assert name not in text.text

    def test_the_office_says_whom_it_is_for(self, client, login_as, pupil):
        login_as(Role.OFFICE)
        answer = submit(client, client.get("/eleves/E1/agenda"), action="/agenda", holder="")
        assert (answer.status_code, set(errors(answer))) == (422, {"holder"})
        assert client.get("/eleves/NUL/agenda").status_code == 404
        login_as(Role.TEACHER)
        assert client.get("/eleves/E1/agenda").status_code == 403

    def test_a_revoked_link_leads_back_to_the_pupil(self, client, login_as, pupil):
        login_as(Role.OFFICE)
        path = path_of(submit(client, client.get("/eleves/E1/agenda"), action="/agenda", holder="Salma Bernard"))
        answer = submit(client, client.get("/eleves/E1/agenda"), action="/retrait")
        assert answer.headers["location"] == "/eleves/E1/agenda"
        assert client.get(path).status_code == 404


class TestMoving:
    """A calendar program follows a session: the same event, told again with a higher sequence."""

    @pytest.fixture
    def feed(self, client, login_as, db):
        """The path of a teacher's link, with one session the day after tomorrow and how to move it."""
        self.teacher = login_as(Role.TEACHER)
        self.group = make_group(db, label="CAP1")
        self.session = make_session(db, self.group, staff=self.teacher, on_date=date(2026, 11, 26))
        path = path_of(submit(client, client.get("/semaine/agenda"), action="/semaine/agenda"))
        self.office = actor_of(make_staff(db, Role.OFFICE))
        return path

    def one(self, client, path):
        (event,) = icalendar.Calendar.from_ical(client.get(path).content).walk("VEVENT")
        return str(event["uid"]), int(event["sequence"]), event.decoded("dtstart"), str(event["status"])

    def move(self, db, session, day, start):
        return service.move_session(
            db, session, on_date=day, start=start, seen_version=session.version, by=self.office
        )  # fmt: skip

    def test_moved_moved_again_and_back_it_is_one_event(self, client, db, feed):
        uid, sequence, start, status = self.one(client, feed)
        assert (uid.split("@")[0], start.hour, status) == (f"seance-{self.session.id}", 8, "CONFIRMED")
        session, places = (
            self.session,
            [(date(2026, 11, 27), 780), (date(2026, 11, 30), 480), (date(2026, 11, 26), 480)],
        )
        for day, minute in places:
            session = self.move(db, session, day, minute)
            db.flush()
            now_uid, now_sequence, start, status = self.one(client, feed)
            assert (now_uid, status) == (uid, "CONFIRMED")
            assert now_sequence > sequence
            assert (start.date(), start.hour * 60) == (day, minute)
            assert str(start.tzinfo) == "Europe/Paris"
            sequence = now_sequence

    def test_moved_then_cancelled_it_is_the_same_event_cancelled(self, client, db, feed):
        uid, sequence, _, _ = self.one(client, feed)
        moved = self.move(db, self.session, date(2026, 11, 27), 780)
        service.cancel_session(db, moved, reason="Malade", seen_version=moved.version, by=self.office)
        db.flush()
        now_uid, now_sequence, start, status = self.one(client, feed)
        assert (now_uid, status, start.day) == (uid, "CANCELLED", 27)
        assert now_sequence > sequence

    def test_moved_to_somebody_else_it_is_cancelled_here_and_the_same_there(self, client, db, feed):
        uid, sequence, _, _ = self.one(client, feed)
        other = make_staff(db, Role.TEACHER)
        plan = replace(service.moved_plan(self.session, date(2026, 11, 27), 780), staff_id=other.id)
        service.change_session(db, self.session, plan=plan, seen_version=1, by=self.office)
        db.flush()
        now_uid, now_sequence, _, status = self.one(client, feed)
        assert (now_uid, status) == (uid, "CANCELLED")
        assert now_sequence > sequence

    def test_another_room_raises_the_sequence(self, client, db, feed):
        uid, sequence, start, _ = self.one(client, feed)
        plan = replace(service.moved_plan(self.session, self.session.on_date, 480), room="Salle 9")
        service.change_session(db, self.session, plan=plan, seen_version=1, by=self.office)
        db.flush()
        assert self.one(client, feed) == (uid, sequence + 1, start, "CONFIRMED")

    def test_crossing_ways_stay_events_of_their_own(self):
        """One moved to a place, on from there; another moved to that place after it."""
        days = [date(2026, 11, 23 + n) for n in range(4)]
        events = [
            FeedEvent(1, 2, days[0], 480, 600, "A", None, cancelled=True, moved_to=(days[1], 480)),
            FeedEvent(2, 3, days[1], 480, 600, "B", None, cancelled=True, moved_to=(days[2], 480)),
            FeedEvent(3, 1, days[2], 480, 600, "B", None),
            FeedEvent(4, 2, days[3], 480, 600, "C", None, cancelled=True, moved_to=(days[1], 480)),
        ]
        assert [(one.session_id, one.version) for one in follow_moves(events)] == [(1, 2), (2, 3), (3, 1), (4, 2)]
        assert [(one.session_id, one.version) for one in follow_moves(events[:3])] == [(1, 6)]


class TestClockChanges:
    @pytest.mark.parametrize(
        ("day", "utc_hour"),
        [
            (date(2026, 10, 23), 6),
            (date(2026, 10, 26), 7),
            (date(2027, 3, 26), 7),
            (date(2027, 3, 29), 6),
        ],
    )
    def test_eight_o_clock_stays_eight_o_clock(self, day, utc_hour):
        event = FeedEvent(1, 1, day, 480, 720, "Atelier", None)
        text = calendar_text("x", [event], host="ecole.fr", stamp=moment(2026, 10, 1, tzinfo=PARIS))
        assert b"BEGIN:VTIMEZONE" in text
        read = next(iter(icalendar.Calendar.from_ical(text).walk("VEVENT")))
        start = read.decoded("dtstart")
        assert (start.hour, start.astimezone(moment.now(PARIS).astimezone().tzinfo) is not None) == (8, True)
        assert start.utctimetuple().tm_hour == utc_hour
        assert (read.decoded("dtend") - start) == timedelta(hours=4)
