"""School years, holidays of the zones, activities, rooms, settings: on their pages, wrong input at its field."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.core.permissions import Role
from app.pedagogy.models import Closure
from app.pedagogy.queries import holidays_of_year
from app.timetable.models import ActivityPeriod, Room, SchoolHoliday, SchoolYear, TimetableSetting
from app.timetable.rules.holidays import read_holidays
from tests.factories import make_group, make_pupil, make_school
from tests.factories.timetable import make_activity, make_room
from tests.support.html import errors, parse, submit

TABLE = "zone;libellé;début;fin\nA;Hiver;13/02/2027;28/02/2027\nB;Hiver;2027-02-20;2027-03-07\n"


def text(page):
    return parse(page.text).text


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def first_id(db, model):
    return db.scalar(select(func.min(model.id)))


@pytest.fixture
def office(login_as):
    return login_as(Role.OFFICE)


class TestReadingHolidays:
    def test_semicolons_commas_and_the_state_s_own_heads(self):
        assert len(read_holidays(TABLE).lines) == 2
        other = "Description,Zones,Date de début,Date de fin\nHiver,Zone C,2027-02-06T00:00:00,2027-02-21\n"
        (line,) = read_holidays(other).lines
        assert (line.zone, line.label, line.starts_on) == ("C", "Hiver", date(2027, 2, 6))

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ("D;Hiver;13/02/2027;28/02/2027", "« D » n’est pas une zone"),
            ("A;;13/02/2027;28/02/2027", "Le libellé manque"),
            ("A;Hiver;31/02/2027;28/02/2027", "« 31/02/2027 » n’est pas une date"),
            ("A;Hiver;13/02/2027", "« » n’est pas une date"),
            ("A;Hiver;28/02/2027;13/02/2027", "avant le premier"),
            ("B;Autre;21/02/2027;22/02/2027", "déjà à la ligne 3 : Hiver"),
        ],
    )
    def test_each_wrong_line_is_told_with_its_number(self, row, words):
        ((line, sentence),) = read_holidays(TABLE + row).problems
        assert line == 4
        assert words in sentence.replace("«  »", "« »")

    @pytest.mark.parametrize("table", ["", "a;b;c", "zone;libellé;début;fin\n", "x\n" * 600])
    def test_what_is_no_table_is_told(self, table):
        assert read_holidays(table).problems


class TestHolidays:
    def test_checked_then_stored_then_changed_then_removed(self, client, office, db):
        page = submit(client, client.get("/calendrier/vacances"), action="/calendrier/vacances", text=TABLE)
        assert page.status_code == 200
        assert "Aperçu" in text(page)
        assert count(db, SchoolHoliday) == 0
        where = "/calendrier/vacances"
        assert client.post(where, data={"text": TABLE, "apply": "true"}).status_code == 303
        longer = TABLE.replace("28/02/2027", "01/03/2027")
        assert client.post(where, data={"text": longer, "apply": "true"}).status_code == 303
        assert count(db, SchoolHoliday) == 2
        db.expire_all()
        assert db.scalars(select(SchoolHoliday.ends_on).where(SchoolHoliday.zone == "A")).one() == date(2027, 3, 1)
        gone = f"{where}/{first_id(db, SchoolHoliday)}/retrait"
        assert client.post(gone).status_code == 303
        assert client.post(gone).status_code == 404
        assert count(db, SchoolHoliday) == 1

    def test_a_wrong_line_stores_nothing(self, client, office, db):
        wrong = {"text": TABLE + "D;X;13/02/2027;14/02/2027", "apply": "true"}
        answer = client.post("/calendrier/vacances", data=wrong)
        assert answer.status_code == 422
        assert "Ligne 4 : « D » n’est pas une zone" in text(answer)
        assert count(db, SchoolHoliday) == 0

    def test_a_line_over_a_stored_one_is_refused_naming_it(self, client, office, db):
        client.post("/calendrier/vacances", data={"text": TABLE, "apply": "true"})
        other = {"text": "zone;libellé;début;fin\nA;Pont;20/02/2027;21/02/2027", "apply": "true"}
        answer = client.post("/calendrier/vacances", data=other)
        assert "déjà dans « Hiver », du 13/02/2027 au 28/02/2027" in text(answer)
        assert count(db, SchoolHoliday) == 2

    def test_a_file_is_read_in_windows_letters_too(self, client, office, db):
        files = {"file": ("vacances.csv", TABLE.encode("cp1252"), "text/csv")}
        assert "Aperçu" in text(client.post("/calendrier/vacances", data={"text": ""}, files=files))


class TestCalendar:
    def test_the_east_has_two_more_holidays(self, db):
        school = make_school(db)
        school.postal_code = "57000"
        db.flush()
        labels = {label for _, label in holidays_of_year(db, 2026)}
        assert {"Vendredi saint", "Saint-Étienne"} <= labels
        school.postal_code = "52000"
        db.flush()
        assert "Vendredi saint" not in {label for _, label in holidays_of_year(db, 2026)}

    def test_a_year_with_its_weeks(self, client, office, db):
        page = client.get("/calendrier/annee")
        answer = submit(client, page, starts_on="01/09/2026", ends_on="01/09/2025")
        assert set(errors(answer)) == {"ends_on"}
        answer = submit(client, answer, ends_on="16/07/2027", week_a_on="01/08/2027")
        assert set(errors(answer)) == {"week_a_on"}
        assert submit(client, answer, week_a_on="07/09/2026").status_code == 303
        assert count(db, SchoolYear) == 1
        assert "07/09/2026 (A)" in text(client.get("/calendrier"))
        assert "semaine B" in text(client.get(f"/semaine?groupe={make_group(db).code}"))
        first, second = client.get("/calendrier/annee"), client.get("/calendrier/annee")
        assert submit(client, first, week_a_on="").status_code == 303
        assert submit(client, second, week_a_on="").status_code == 409

    def test_the_setting_warns_or_blocks(self, client, office, db):
        page = client.get("/calendrier/reglages")
        assert submit(client, page, hours="bloque").status_code == 303
        db.expire_all()
        assert db.get(TimetableSetting, 1).hours_block


class TestActivities:
    def typed(self, **other):
        return {
            "kind": "placement", "label": "Stage", "starts_on": "07/12/2026", "ends_on": "11/12/2026",
            "minutes_per_day": "420",
        } | other  # fmt: skip

    def test_of_a_group_then_of_a_pupil_then_gone(self, client, office, db):
        group = make_group(db)
        pupil = make_pupil(db, group)
        where = "/calendrier/periodes"
        assert client.post(where, data=self.typed(group=group.code)).status_code == 303
        assert client.post(where, data=self.typed(pupil=pupil.code)).status_code == 303
        assert "Stage" in text(client.get(where))
        again = client.post(where, data=self.typed(group=group.code, starts_on="11/12/2026", ends_on="12/12/2026"))
        assert "« Stage » couvre déjà ces jours" in errors(again)["starts_on"]
        assert client.post(f"{where}/{first_id(db, ActivityPeriod)}/retrait").status_code == 303
        assert count(db, ActivityPeriod) == 1

    @pytest.mark.parametrize(
        ("other", "field"),
        [
            ({}, "group"),
            ({"group": "NUL"}, "group"),
            ({"pupil": "NUL"}, "pupil"),
            ({"pupil": "X", "ends_on": "01/12/2026"}, "pupil"),
            ({"kind": "vacances"}, "kind"),
            ({"minutes_per_day": "9999"}, "minutes_per_day"),
        ],
    )
    def test_wrong_fields(self, client, office, db, other, field):
        answer = client.post("/calendrier/periodes", data=self.typed(**other))
        assert (answer.status_code, set(errors(answer))) == (422, {field})
        assert count(db, ActivityPeriod) == 0


class TestRooms:
    def test_added_changed_removed(self, client, office, db):
        assert client.post("/salles", data={"name": "Salle 1", "capacity": "12"}).status_code == 303
        assert set(errors(client.post("/salles", data={"name": "Salle 1"}))) == {"name"}
        assert set(errors(client.post("/salles", data={"name": "Salle 2", "capacity": "0"}))) == {"capacity"}
        where = f"/salles/{first_id(db, Room)}"
        page = client.get(f"{where}/modifier")
        assert submit(client, page, capacity="14").status_code == 303
        assert submit(client, page, capacity="15").status_code == 409
        assert client.post(f"{where}/retrait").status_code == 303
        assert count(db, Room) == 0
        assert client.get(f"{where}/modifier").status_code == 404


class TestExports:
    def rows(self, answer):
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        if answer.headers["content-type"].startswith("text/csv"):
            return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        return [[str(cell) for cell in row] for row in load_workbook(io.BytesIO(answer.content)).active.values]

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_rooms_periods_and_closures_as_they_are_listed(self, client, office, db, kind):
        group = make_group(db, label="CAP1")
        for name, capacity in (("Atelier", 30), ("Salle 1", None), ("Salle 2", 16)):
            make_room(db, name=name, capacity=capacity)
        make_activity(db, group_id=group.id, label="=1+1")
        make_activity(db, pupil_id=make_pupil(db, group).id, label="Examen", kind="exam")
        db.add(Closure(starts_on=date(2026, 12, 19), ends_on=date(2027, 1, 3), label="Noël"))
        db.flush()
        rooms = self.rows(client.get(f"/salles/export.{kind}?tri=-places"))
        assert [row[0] for row in rooms] == ["Salle", "Atelier", "Salle 2", "Salle 1"]
        periods = self.rows(client.get(f"/calendrier/periodes/export.{kind}?nature=placement"))
        assert [periods[1][1], periods[1][2], periods[1][6], len(periods)] == ["Stage", "CAP1", "420", 2]
        assert periods[1][0] in ("'=1+1", "=1+1")
        closures = self.rows(client.get(f"/calendrier/fermetures/export.{kind}"))
        assert closures[1][0] == "Noël"
        assert closures[1][1].startswith({"csv": "19/12/2026", "xlsx": "2026-12-19"}[kind])

    def test_the_heads_sort_and_say_so(self, client, office, db):
        make_room(db, name="Atelier")
        page = parse(client.get("/salles?tri=-nom").text)
        assert page.one("th", aria_sort="descending").text == "Salle"
        assert "tri=places" in client.get("/salles").text
        assert parse(client.get("/calendrier?tri=fin").text).one("h1").text == "Calendrier 2026-2027"
        assert client.get("/calendrier/periodes?tri=n’importe quoi&nature=rien").status_code == 200
