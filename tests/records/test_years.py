"""The change of school year: seen first, done at once, refused at the row, undone until the first roll call."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.core.clock import PARIS
from app.core.errors import Refused
from app.core.permissions import Role
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import AttendanceDay, PupilGroup
from app.records import queries, service
from app.records.rules import Fate, GroupFact, next_code, next_school_year, proposed
from app.records.service import Choice
from tests.factories import (
    actor_of,
    make_attendance,
    make_diploma,
    make_group,
    make_pupil,
    make_session,
    make_staff,
)
from tests.support.html import parse, submit

ENDS, STARTS = date(2027, 8, 31), date(2027, 9, 1)


class Scene:
    """Two classes of a CAP this year, three groups next year."""

    def __init__(self, db):
        self.db = db
        self.by = actor_of(make_staff(db, Role.OFFICE))
        cap, other = make_diploma(db), make_diploma(db)
        self.first = make_group(db, cap, code="CAP1-2026", label="CAP1")
        self.second = make_group(db, cap, code="CAP2-2026", label="CAP2")
        self.lina, self.noa = make_pupil(db, self.first, last_name="Aubry"), make_pupil(db, self.second)
        self.cap1, self.cap2, self.bac = (
            make_group(db, diploma, code=code, label=code, school_year="2027-2028")
            for diploma, code in ((cap, "CAP1-2027"), (cap, "CAP2-2027"), (other, "BAC1-2027"))
        )

    def page(self):
        self.db.flush()
        return queries.year_page(self.db, "2026-2027", "2027-2028", ENDS)

    def change(self, *choices):
        page = self.page()
        done = service.change_year(self.db, page, choices, ends_on=ENDS, starts_on=STARTS, by=self.by)
        self.db.flush()
        return done

    def stays(self, pupil):
        return [(stay.group_id, stay.starts_on, stay.ends_on) for stay in pedagogy.memberships_of(self.db, pupil.id)]


@pytest.fixture
def scene(db):
    return Scene(db)


def test_the_names_of_next_year():
    assert next_school_year("2026-2027") == "2027-2028"
    assert [next_code(code, "2027-2028") for code in ("CAP1-2026", "CAP1-2026-2027", "CAP1_26-27", "CAP1")] == [
        "CAP1-2027", "CAP1-2027-2028", "CAP1_27-28", "CAP1-2027",
    ]  # fmt: skip


def test_what_is_proposed(scene):
    found = scene.page().candidates
    assert (found[scene.lina.code].fate, found[scene.lina.code].target) == (Fate.GOES_ON, "CAP2-2027")
    assert found[scene.noa.code].fate == Fate.LEAVES


def a_group(level, year="2026-2027"):
    return GroupFact(f"CAP{level}-{year}", f"CAP {level}", "CAP", year, level)


@pytest.mark.parametrize(
    ("coming", "fates"),
    [
        ([], [Fate.SKIPPED, Fate.SKIPPED]),
        ([1], [Fate.SKIPPED, Fate.LEAVES]),
        ([1, 2], [Fate.GOES_ON, Fate.LEAVES]),
    ],
)
def test_a_group_that_is_not_made_yet_is_no_reason_to_leave(coming, fates):
    leaving, new = [a_group(1), a_group(2)], [a_group(level, "2027-2028") for level in coming]
    assert [proposed(group, leaving, new) for group in leaving] == fates
    assert proposed(a_group(1), [a_group(1)], [a_group(1, "2027-2028")]) == Fate.SKIPPED


def test_stays_are_closed_and_opened_and_nothing_of_the_past_moves(scene, db):
    make_attendance(db, make_session(db, scene.first, on_date=date(2026, 11, 23)), scene.lina)
    before = [tuple(row) for row in db.execute(select(AttendanceDay.__table__))]
    scene.change(Choice(scene.lina.code, Fate.GOES_ON, "CAP2-2027"), Choice(scene.noa.code, Fate.LEAVES, None))
    assert scene.stays(scene.lina) == [
        (scene.first.id, date(2026, 9, 1), ENDS), (scene.cap2.id, STARTS, None)
    ]  # fmt: skip
    assert scene.stays(scene.noa) == [(scene.second.id, date(2026, 9, 1), ENDS)]
    assert scene.noa.left_on == ENDS
    assert (scene.lina.group_id, scene.lina.left_on) == (scene.first.id, None)
    assert [tuple(row) for row in db.execute(select(AttendanceDay.__table__))] == before


@pytest.mark.parametrize(
    ("fate", "group", "field", "words"),
    [
        (Fate.GOES_ON, None, "choices-0-group", "Choisissez un groupe"),
        (Fate.GOES_ON, "BAC1-2027", "choices-0-group", "autre diplôme"),
        (Fate.CHANGES, "CAP2-2027", "choices-0-group", "même diplôme"),
    ],
)
def test_refused_at_the_row_and_nothing_stored(scene, fate, group, field, words):
    with pytest.raises(Refused, match=words) as refused:
        scene.change(Choice(scene.lina.code, fate, group))
    assert refused.value.field == field
    assert scene.stays(scene.lina) == [(scene.first.id, date(2026, 9, 1), None)]


def test_repeats_and_changes_of_diploma(scene):
    scene.change(Choice(scene.lina.code, Fate.REPEATS, "CAP1-2027"), Choice(scene.noa.code, Fate.CHANGES, "BAC1-2027"))
    assert scene.stays(scene.lina)[-1][0] == scene.cap1.id
    assert scene.stays(scene.noa)[-1][0] == scene.bac.id


def test_the_second_of_two_is_told_of_the_pupil_whom_the_first_has_moved(scene):
    page = scene.page()
    scene.change(Choice(scene.lina.code, Fate.GOES_ON, "CAP2-2027"))
    both = [Choice(scene.noa.code, Fate.LEAVES, None), Choice(scene.lina.code, Fate.GOES_ON, "CAP2-2027")]
    with pytest.raises(Refused, match="déjà faite") as refused:
        service.change_year(scene.db, page, both, ends_on=ENDS, starts_on=STARTS, by=scene.by)
    assert refused.value.field == "choices-1-fate"
    assert len(scene.stays(scene.lina)) == 2
    assert scene.noa.left_on is None


def test_run_again_for_whoever_was_left_out_each_run_undone_by_itself(scene):
    first = scene.change(Choice(scene.lina.code, Fate.GOES_ON, "CAP2-2027"))
    assert list(scene.page().candidates) == [scene.noa.code]
    second = scene.change(Choice(scene.noa.code, Fate.LEAVES, None))
    page = scene.page()
    assert page.candidates == {}
    assert [(one.id, one.count) for one in page.runs] == [(second.id, 1), (first.id, 1)]
    service.undo_year(scene.db, first, by=scene.by)
    page = scene.page()
    assert list(page.candidates) == [scene.lina.code]
    assert [one.id for one in page.runs] == [second.id]
    assert scene.noa.left_on == ENDS
    assert scene.stays(scene.lina) == [(scene.first.id, date(2026, 9, 1), None)]


def test_a_roll_called_for_one_run_does_not_hold_the_other(scene, db):
    first = scene.change(Choice(scene.lina.code, Fate.GOES_ON, "CAP2-2027"))
    second = scene.change(Choice(scene.noa.code, Fate.REPEATS, "CAP2-2027"))
    make_attendance(db, make_session(db, scene.cap2, on_date=STARTS), scene.lina)
    with pytest.raises(Refused, match="01/09/2027"):
        service.undo_year(db, first, by=scene.by)
    service.undo_year(db, second, by=scene.by)
    db.flush()
    assert scene.stays(scene.noa) == [(scene.second.id, date(2026, 9, 1), None)]


def test_left_out_until_the_new_year_has_begun_they_are_still_found(scene, client, login_as, clock, db):
    scene.change(Choice(scene.lina.code, Fate.GOES_ON, "CAP2-2027"))
    clock.set(datetime(2027, 9, 14, 9, 30, tzinfo=PARIS))
    login_as(Role.OFFICE)
    home = parse(client.get("/dossiers/rentree").text)
    assert "encore dans un groupe de 2026-2027" in home.text
    page = client.get("/dossiers/rentree?annee=2026-2027")
    assert scene.noa.full_name in parse(page.text).text
    assert scene.lina.full_name not in parse(page.text).one("form", id="choix").text
    choice = {"choices-0-pupil": scene.noa.code, "choices-0-fate": "repeats", "choices-0-group": "CAP2-2027"}
    days = {"year": "2026-2027", "ends_on": "31/08/2027", "starts_on": "01/09/2027"}
    assert client.post("/dossiers/rentree", data=choice | days | {"act": "do"}).status_code == 303
    db.expire_all()
    assert scene.noa.group_id == scene.cap2.id
    assert client.get("/dossiers/rentree?annee=1999-2000").status_code == 200


def test_undone_it_is_as_before(scene):
    change = scene.change(
        Choice(scene.lina.code, Fate.GOES_ON, "CAP2-2027"), Choice(scene.noa.code, Fate.LEAVES, None)
    )  # fmt: skip
    service.undo_year(scene.db, change, by=scene.by)
    scene.db.flush()
    assert scene.stays(scene.lina) == [(scene.first.id, date(2026, 9, 1), None)]
    assert scene.stays(scene.noa) == [(scene.second.id, date(2026, 9, 1), None)]
    assert scene.noa.left_on is None
    with pytest.raises(Refused, match="déjà annulé"):
        service.undo_year(scene.db, change, by=scene.by)


def test_not_undone_once_the_roll_of_the_new_year_was_called(scene, db):
    change = scene.change(Choice(scene.lina.code, Fate.GOES_ON, "CAP2-2027"))
    make_attendance(db, make_session(db, scene.cap2, on_date=STARTS), scene.lina)
    with pytest.raises(Refused, match="01/09/2027"):
        service.undo_year(scene.db, change, by=scene.by)


def test_the_groups_of_next_year_are_made_once(scene, db):
    for group in (scene.cap1, scene.cap2):
        db.delete(group)
    db.flush()
    assert service.create_groups(db, from_year="2026-2027", by=scene.by) == 2
    db.flush()
    assert set(db.scalars(select(PupilGroup.code))) >= {"CAP1-2027", "CAP2-2027"}
    with pytest.raises(Refused):
        service.create_groups(db, from_year="2026-2027", by=scene.by)


def test_on_its_page_seen_done_and_undone(scene, client, login_as, db):
    login_as(Role.DIRECTOR)
    page = client.get("/dossiers/rentree")
    seen = submit(client, page, act="check")
    assert seen.status_code == 200
    assert "Voici ce qui va changer" in parse(seen.text).text
    assert scene.page().runs == []
    document = parse(seen.text)
    form = next(f for f in document.all("form") if any(b.attributes.get("value") == "do" for b in f.all("button")))
    values = [(i.attributes["name"], i.attributes.get("value", "")) for i in form.all("input")]
    answer = client.post("/dossiers/rentree", data=dict(values) | {"act": "do"})
    assert answer.status_code == 303
    page = client.get("/dossiers/rentree")
    assert "est préparée" in parse(page.text).text
    assert submit(client, page, "/annulation").status_code == 303
    db.expire_all()
    assert scene.page().runs == []


def test_wrong_choices_keep_the_page(scene, client, login_as):
    login_as(Role.OFFICE)
    page = client.get("/dossiers/rentree")
    answer = submit(client, page, **{"choices-0-group": "BAC1-2027", "act": "check"})
    assert answer.status_code == 422
    assert "autre diplôme" in parse(answer.text).text


def test_few_statements(scene, db, query_budget):
    for _ in range(4):
        make_pupil(db, scene.first)
    db.flush()
    with query_budget(6):
        assert len(scene.page().candidates) == 6
