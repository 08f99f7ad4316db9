"""Assignments that were made before the gate: stored as they are, and named with what it would have said."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rich.console import Console

from app.core.actor import SYSTEM
from app.core.permissions import Role
from app.exchange import queries
from app.exchange.apply import Work, compare_all
from app.exchange.checks import check
from app.exchange.command import run_import
from app.exchange.doubts import find_doubts
from app.exchange.service import apply_import, read_source
from app.exchange.stored import Database as Store
from tests.exchange.folder import Folder
from tests.factories import make_school, make_staff
from tests.support.html import parse

CHAUMONT = Path(__file__).resolve().parents[2].parent / "shared" / "schools" / "chaumont"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "ecole")


def take_over(db, folder):
    make_school(db)
    report = apply_import(db, read_source(folder.write()), by=SYSTEM)
    assert report.ok, report.problems
    return report


def test_an_assignment_is_judged_on_the_day_of_its_first_booked_time(db, folder):
    (doubt,) = take_over(db, folder).doubts
    assert (doubt.order, doubt.line, doubt.operation, doubt.pupil) == ("CDE-2026-0001", 1, 20, "E2")
    assert (doubt.center, doubt.day) == ("P1", date(2026, 9, 7))
    assert doubt.codes == ("G07_FORMATION", "G09_AVIS_MEDICAL")
    assert str(doubt) == (
        "CDE-2026-0001/1/20 E2, P1, 07/09/2026\u00a0: G07_FORMATION, G09_AVIS_MEDICAL. Aucune formation à la sécurité"
        " sur «\u00a0Tour 1\u00a0» au 07/09/2026. Aucun avis médical au 07/09/2026."
    )


def test_without_booked_time_it_is_judged_today(db, folder):
    folder.add("affectations", 3, eleve="E1")
    doubts = take_over(db, folder).doubts
    assert [(one.pupil, one.day, one.codes) for one in doubts if one.pupil == "E1"] == [
        ("E1", date(2026, 11, 24), ("G10_ENCADRANT",))
    ]


def test_a_second_import_of_the_same_folder_says_the_same(db, folder):
    first = take_over(db, folder)
    again = apply_import(db, read_source(folder.write()), by=SYSTEM)
    assert again.doubts == first.doubts
    assert queries.get_run(db, again.run_id).doubts == first.doubts


def test_papers_that_come_later_answer_the_doubts(db, folder):
    take_over(db, folder)
    folder.add("aptitudes", 2, eleve="E2")
    folder.add("aptitudes", 3, eleve="E2")
    assert take_over(db, folder).doubts == ()


def tell(database, folder, **options):
    out = io.StringIO()
    assert run_import(database, folder.write(), console=Console(file=out, width=40), **options) == 0
    return out.getvalue().splitlines()


def test_the_command_names_them_before_its_table(own_database, folder):
    lines = tell(own_database, folder)
    assert lines[0] == "À relire, affectations à vérifier\u00a0: 1"
    assert lines[1].startswith("- CDE-2026-0001/1/20 E2, P1, 07/09/2026")
    assert lines[2].startswith("fichier")
    assert len(lines) == 3 + len(folder.rows)


def test_the_command_says_so_when_there_is_none(own_database, folder):
    folder.change("postes", 2, travaux_reglementes="")
    assert tell(own_database, folder)[0] == "À relire, affectations à vérifier\u00a0: aucune."
    assert tell(own_database, folder.only("clients"))[0].startswith("fichier")


def test_a_trial_judges_nothing(own_database, folder):
    assert tell(own_database, folder, dry_run=True)[0].startswith("fichier")


class TestScreen:
    @pytest.fixture
    def done(self, client, db, login_as, folder):
        login_as(Role.OFFICE)
        folder.drop("personnel", "ecole")
        make_staff(db, Role.MASTER, code="M1")
        make_staff(db, Role.TEACHER, code="F1")
        files = [("files", (path.name, path.read_bytes())) for path in sorted(folder.write().glob("*.csv"))]
        where = client.post("/reprise", files=files).headers["location"]
        answer = client.post(where)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def test_they_are_listed_with_their_reasons(self, client, done):
        text = parse(client.get(done).text).text
        assert "Affectations à vérifier" in text
        assert "Aucun avis médical au 07/09/2026." in text
        assert "Contrôles 7 et 9" in text

    def test_and_as_a_table_file(self, client, done):
        answer = client.get(f"{done}/affectations.xlsx")
        rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
        assert rows[0][:5] == ("Commande", "Ligne", "Opération", "Élève", "Poste")
        assert rows[1][:5] == ("CDE-2026-0001", 1, 20, "E2", "P1")
        assert rows[1][6] == "G07_FORMATION, G09_AVIS_MEDICAL"

    def test_where_none_is_in_doubt_the_page_says_nothing_of_it(self, client, db, login_as, folder):
        login_as(Role.DIRECTOR)
        folder.change("postes", 2, travaux_reglementes="")
        where = client.post("/reprise", files=[("files", ("e.zip", folder.zip().read_bytes()))]).headers["location"]
        done = client.post(where).headers["location"]
        assert "vérifier" not in parse(client.get(done).text).one("main").text


@pytest.mark.skipif(not CHAUMONT.is_dir(), reason=f"THE EXAMPLE SCHOOL IS NOT THERE: {CHAUMONT.parent.name}")
class TestExampleSchool:
    """Against a second reading of the rule, straight from the school's files."""

    def rows(self, name):
        with (CHAUMONT / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    def expected(self):
        centers = {row["code"]: row for row in self.rows("postes")}
        pupils = {row["code"]: row for row in self.rows("eleves")}
        place = {(r["commande"], r["ligne"], r["operation"]): r["poste"] for r in self.rows("operations")}
        first = {}
        for row in sorted(self.rows("pointages"), key=lambda r: r["date"]):
            first.setdefault((row["commande"], row["ligne"], row["operation"], row["eleve"]), row["date"])
        facts = self.rows("aptitudes")
        for row in self.rows("affectations"):
            key = tuple(row[name] for name in ("commande", "ligne", "operation", "eleve"))
            day = date.fromisoformat(first.get(key, "2026-11-24"))
            born = date.fromisoformat(pupils[row["eleve"]]["date_naissance"])
            center = place[key[:3]]
            if codes := tuple(self.against(facts, row["eleve"], center, day, born, centers[center])):
                yield (*key, str(day)), codes

    def against(self, facts, pupil, center, day, born, machine):
        if (born.year + 18, born.month, born.day) <= (day.year, day.month, day.day):
            return
        if (born.year + 15, born.month, born.day) > (day.year, day.month, day.day):
            yield "G02_AGE"
        if not machine["travaux_reglementes"]:
            return
        mine = [fact for fact in facts if fact["eleve"] == pupil and fact["date"] <= str(day)]
        trained = [f["resultat"] for f in sorted(mine, key=lambda f: f["date"]) if f["poste"] == center]
        if not trained:
            yield "G07_FORMATION"
        elif trained[-1] != "reussie":
            yield "G08_EVALUATION_FORMATION"
        seen = sorted((f["date"], f["resultat"]) for f in mine if f["type"] == "avis_medical")
        if not seen or seen[-1][1] != "apte" or day - date.fromisoformat(seen[-1][0]) >= timedelta(days=365):
            yield "G09_AVIS_MEDICAL"

    def test_its_past_is_judged_alike_and_at_no_cost(self, db, record_queries):
        source = read_source(CHAUMONT)
        report = apply_import(db, source, by=SYSTEM)
        found = {
            (one.order, str(one.line), str(one.operation), one.pupil, str(one.day)): one.codes
            for one in report.doubts
        }  # fmt: skip
        assert found == dict(self.expected())
        assert len(found) > 100
        known = Store(db)
        merged, _ = check(source, known)
        work = Work(merged, compare_all(merged, known))
        with record_queries() as statements:
            assert find_doubts(db, known, work) == report.doubts
        assert len(statements) <= 12
