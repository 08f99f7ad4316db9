"""What a pupil says of himself stands beside the master's level, told apart, and counts for none."""

import pytest

from app.core.permissions import Role
from app.learning.queries.coverage import coverage_page
from app.learning.queries.pupils import pupil_skills
from app.pedagogy.rules.skills import level_of
from app.pedagogy.service import Source, record_evidence
from tests.factories import make_group, make_pupil, make_skill, make_ticket
from tests.factories.learning import make_evidence, make_own_word
from tests.support.html import parse
from tests.support.pdf import read_pdf


@pytest.fixture
def group(db):
    made = make_group(db, code="CAP1")
    for code in ("C1", "C2"):
        make_skill(db, made.diploma, code=code)
    return made


@pytest.fixture
def ines(db, group):
    return make_pupil(db, group, code="E1", first_name="Inès", last_name="Adam")


@pytest.fixture
def ticket(db, ines):
    return make_ticket(db, pupil=ines)


def state_of(db, pupil, code="C1"):
    return next(s for block in pupil_skills(db, pupil).blocks for s in block.skills if s.skill.code == code)


def test_the_word_of_the_tablet_stands_beside_the_level_and_changes_nothing_of_it(db, ines, ticket):
    make_evidence(db, ines, "C1", level=2)
    before = state_of(db, ines)
    make_own_word(db, ines, ticket, "C1", level=1)
    make_own_word(db, ines, ticket, "C1", level=2, sentence="J’ai réglé.")
    after = state_of(db, ines)
    assert [(one.words, one.source_label) for one in after.said] == [
        ("Tout seul", ticket.number), ("Avec de l’aide", ticket.number),
    ]  # fmt: skip
    assert after.cell == before.cell
    assert after.cell.level == 2


def test_a_skill_only_the_pupil_spoke_of_is_still_never_seen(db, ines, ticket):
    make_own_word(db, ines, ticket, "C2")
    record_evidence(db, ines.id, {"C2": None}, source=Source("check", ticket.number), self_assessed=True)
    db.flush()
    state = state_of(db, ines, "C2")
    assert (state.cell.times, state.cell.level, state.own_checks) == (0, None, 1)
    assert coverage_page(db, "CAP1").rows[0].cells[1].times == 0
    assert level_of([]) is None


def test_the_page_tells_both_apart_with_the_ticket(client, db, login_as, ines, ticket):
    make_evidence(db, ines, "C1", level=2)
    make_own_word(db, ines, ticket, "C1", sentence="J’ai réglé <b>seule</b>.")
    make_own_word(db, ines, ticket, None, level=0, sentence="C’était bien.")
    login_as(Role.MASTER)
    page = client.get("/eleves/E1/competences")
    row = parse(page.text).one("tr", id="C1")
    cells = [cell.text for cell in row.all("td")]
    assert "En cours d’acquisition" in cells[0]
    assert cells[1].split(":")[1].strip() == "Tout seul"
    assert "jamais compté dans le niveau" in cells[3]
    assert f"/atelier/bons/{ticket.number}" in page.text
    assert "« J’ai réglé &lt;b&gt;seule&lt;/b&gt;. »" in page.text
    assert "« C’était bien. »" in page.text


def test_who_reads_no_tickets_gets_the_number_without_a_link(client, db, login_as, ines, ticket):
    make_own_word(db, ines, ticket, "C1")
    login_as(Role.TEACHER)
    text = client.get("/eleves/E1/competences").text
    assert ticket.number in text
    assert "Tout seul" in text


def test_words_cost_one_statement_however_many(client, db, login_as, ines, ticket, record_queries):
    login_as(Role.MASTER)

    def count():
        with record_queries() as statements:
            assert client.get("/eleves/E1/competences").status_code == 200
        return len(statements)

    make_own_word(db, ines, ticket, "C1")
    few = count()
    for _ in range(6):
        make_own_word(db, ines, ticket, "C2", sentence="Encore.")
    assert count() == few


def test_what_waits_for_a_level_shows_what_the_pupil_says(client, db, login_as, ines, ticket):
    make_evidence(db, ines, "C1", level=None, source="release", source_label=ticket.number)
    make_own_word(db, ines, ticket, "C1", level=1)
    login_as(Role.MASTER)
    field = parse(client.get("/competences/a-evaluer").text).one("fieldset")
    assert "Le jeune dit : avec de l’aide" in field.text


def test_the_booklet_tells_the_pupil_s_words_apart(client, db, login_as, ines, ticket):
    make_evidence(db, ines, "C1", level=2)
    make_own_word(db, ines, ticket, "C1", sentence="J’ai réglé.")
    record_evidence(db, ines.id, {"C1": None}, source=Source("check", ticket.number), self_assessed=True)
    db.flush()
    login_as(Role.DIRECTOR)
    told = read_pdf(client.get("/eleves/E1/livrets/skills.pdf").content).text
    apart = told.split("Ce que l’élève dit de lui-même")[1]
    assert f"bon {ticket.number} : tout seul" in apart
    assert "J’ai réglé." in apart
    assert "1 autocontrôle" in apart
    assert "tout seul" not in told.split("Ce que l’élève dit de lui-même")[0]
