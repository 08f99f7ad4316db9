"""Somebody away: a day, a half, several days or some sessions, held by another; what clashes is named and stays."""

from datetime import date, timedelta

import pytest

from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy.rules import HalfDay, SessionState
from app.timetable import queries, service
from app.timetable.rules.replacements import Span
from tests.factories import actor_of, make_attendance, make_group, make_pupil, make_session, make_staff
from tests.support.html import errors, parse, submit

MONDAY = date(2026, 11, 30)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


class Week:
    """Morning and afternoon sessions of one person on three days, and who may stand in."""

    def __init__(self, db):
        self.db, self.group = db, make_group(db, label="CAP1 usinage")
        self.away, self.other = (make_staff(db, Role.MASTER) for _ in range(2))
        self.office = actor_of(make_staff(db, Role.OFFICE))
        self.sessions = {
            (day, start): make_session(
                db, self.group, on_date=day, start_minute=start, end_minute=start + 120, staff=self.away
            )
            for day in (MONDAY, TUESDAY, WEDNESDAY) for start in (480, 780)
        }  # fmt: skip

    def replace(self, span, substitute="", seen=None):
        code = self.other.code if substitute == "" else substitute
        return service.replace_person(
            self.db, self.away, span=span, substitute=code, reason="Malade", seen=seen, by=self.office
        )

    def held_by_other(self):
        self.db.flush()
        self.db.expire_all()
        return [key for key, one in self.sessions.items() if one.staff_id == self.other.id]


@pytest.fixture
def week(db):
    return Week(db)


class TestSpans:
    @pytest.mark.parametrize(
        ("span", "expected"),
        [
            (Span(MONDAY, MONDAY), [(MONDAY, 480), (MONDAY, 780)]),
            (Span(MONDAY, MONDAY, HalfDay.MORNING), [(MONDAY, 480)]),
            (Span(MONDAY, TUESDAY, HalfDay.AFTERNOON), [(MONDAY, 780), (TUESDAY, 780)]),
            (Span(TUESDAY, WEDNESDAY), [(day, start) for day in (TUESDAY, WEDNESDAY) for start in (480, 780)]),
        ],
    )
    def test_a_day_a_half_several_days(self, week, span, expected):
        week.replace(span)
        assert week.held_by_other() == expected

    def test_chosen_sessions_alone_and_the_rest_by_somebody_else(self, week):
        chosen = week.sessions[(TUESDAY, 780)]
        week.replace(Span(MONDAY, WEDNESDAY, chosen=frozenset([chosen.id])))
        assert week.held_by_other() == [(TUESDAY, 780)]
        third = make_staff(week.db, Role.MASTER)
        change = week.replace(Span(MONDAY, WEDNESDAY), third.code)
        assert len(queries.lines_of(week.db, change.id)) == 5
        assert week.held_by_other() == [(TUESDAY, 780)]

    def test_what_clashes_is_named_and_stays(self, week):
        busy = make_session(week.db, make_group(week.db, label="CAP2"), on_date=TUESDAY, staff=week.other)
        span = Span(MONDAY, WEDNESDAY, HalfDay.MORNING)
        plan = service.plan_replacement(week.db, week.away, span=span, substitute=week.other.code, reason="x")
        (told,) = plan.clashes
        assert told.placed.on_date == TUESDAY
        assert f"{week.other.full_name} a déjà {busy.subject.label} avec CAP2" in told.sentence
        week.replace(span, seen=plan.fingerprint)
        assert week.held_by_other() == [(MONDAY, 480), (WEDNESDAY, 480)]

    def test_without_anybody_the_half_is_cancelled_with_the_reason_and_undone(self, week):
        change = week.replace(Span(MONDAY, MONDAY, HalfDay.AFTERNOON), None)
        gone = week.sessions[(MONDAY, 780)]
        assert (gone.state, gone.cancel_reason) == (SessionState.CANCELLED, "Malade")
        assert week.sessions[(MONDAY, 480)].state == SessionState.PLANNED
        assert "Absence de" in history(week.db, "timetable_session", gone.id)[0].note
        assert change.label.endswith("le 30/11/2026 à l’après-midi")
        assert service.undo(week.db, change, by=week.office) == []
        week.db.expire_all()
        assert gone.state == SessionState.PLANNED

    def test_what_was_called_stays(self, week, clock):
        session = make_session(week.db, week.group, staff=week.away, start_minute=480, end_minute=540)
        make_attendance(week.db, session, make_pupil(week.db, week.group))
        week.replace(Span(session.on_date, MONDAY))
        week.db.expire_all()
        assert session.staff_id == week.away.id
        assert week.held_by_other() == [(MONDAY, 480), (MONDAY, 780)]

    def test_another_preview_is_not_carried_out(self, week):
        with pytest.raises(Stale, match="depuis l’aperçu"):
            week.replace(Span(MONDAY, MONDAY), seen="autre")

    @pytest.mark.parametrize(
        ("span", "field"),
        [
            (Span(TUESDAY, MONDAY), "until"),
            (Span(MONDAY, date(2028, 11, 30)), "until"),
            (Span(date(2026, 12, 5), date(2026, 12, 6)), "on_date"),
            (Span(MONDAY, MONDAY, chosen=frozenset([999_999])), "sessions"),
        ],
    )
    def test_wrong_spans_are_refused_at_their_field(self, week, span, field):
        if field == "sessions":
            span = Span(MONDAY, MONDAY, chosen=frozenset([999_999, week.sessions[(MONDAY, 480)].id]))
        with pytest.raises(Refused) as refused:
            week.replace(span)
        assert refused.value.field == field
        assert week.held_by_other() == []


class TestThePage:
    def asked(self, week, **other):
        return {"voir": "1", "staff": week.away.code, "substitute": week.other.code, "on_date": "30/11/2026"} | other

    def test_a_half_is_previewed_chosen_from_and_stored(self, client, login_as, week):
        login_as(Role.OFFICE)
        page = client.get("/semaine/remplacement", params=self.asked(week, until="02/12/2026", half="morning"))
        assert page.status_code == 200
        assert "3 séances à modifier" in parse(page.text).text.replace("\u00a0", " ")
        boxes = parse(page.text).all("input", type="checkbox", name="sessions")
        assert len(boxes) == 3
        chosen = week.sessions[(TUESDAY, 480)].id
        asked = self.asked(week, until="02/12/2026", half="morning", sessions=str(chosen))
        page = client.get("/semaine/remplacement", params=asked)
        assert "1 séance à modifier" in parse(page.text).text.replace("\u00a0", " ")
        assert submit(client, page, action="/semaine/remplacement").status_code == 303
        assert week.held_by_other() == [(TUESDAY, 480)]

    @pytest.mark.parametrize(
        ("other", "field"),
        [
            ({"until": "29/11/2026"}, "until"), ({"half": "soir"}, "half"), ({"staff": "NUL"}, "staff"),
            ({"substitute": "NUL"}, "substitute"), ({"until": "hier"}, "until"), ({"on_date": "05/12/2026"}, "on_date"),
        ],
    )  # fmt: skip
    def test_wrong_fields(self, client, login_as, week, other, field):
        login_as(Role.OFFICE)
        answer = client.get("/semaine/remplacement", params=self.asked(week, **other))
        assert (answer.status_code, set(errors(answer))) == (422, {field})

    def test_who_may_not_edit(self, client, login_as, week):
        login_as(Role.TEACHER)
        assert client.get("/semaine/remplacement").status_code == 403
        assert client.post("/semaine/remplacement").status_code == 403
