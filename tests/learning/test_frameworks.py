"""A framework from its file: previewed, refused at the line, stored as a version, never edited once used."""

import io

import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.core.tabular import read_table
from app.learning.rules.frameworks import difference, read_framework
from app.pedagogy.models import Framework, FrameworkSkill, Skill
from app.pedagogy.queries import skills_on
from app.pedagogy.service import Source, record_evidence
from tests.factories import make_diploma, make_group, make_pupil, make_skill

HEAD = "diploma;unit;unit_title_fr;competence_code;competence_fr;indicator\n"
GOOD = HEAD + (
    "CAP-X;EP1;Conduite;A1;Prendre le poste;Lit la consigne\n"
    "CAP-X;EP1;Conduite;A1;Prendre le poste;Vérifie l’état du poste\n"
    "CAP-X;EP2;Intervention;A2;Réagir aux aléas;\n"
)


@pytest.fixture
def diploma(db):
    """A diploma whose plain list holds A1 by another name, and A9."""
    made = make_diploma(db, code="CAP-X")
    make_skill(db, made, code="A1", label="Poste")
    make_skill(db, made, code="A9", label="Ancienne")
    return made


def send(client, text, path="/referentiels/apercu", **other):
    data = {"label": "Arrêté 2026", "from_session": "2027"} | other
    return client.post(path, data=data, files={"file": ("r.csv", io.BytesIO(text.encode()), "text/csv")})


def problems(text, *diplomas):
    return [(p.line, p.column, p.sentence) for p in read_framework(read_table(text.encode()), diplomas).problems]


def test_each_mistake_is_told_at_its_line_and_column():
    told = problems(
        HEAD + "CAP-X;EP1;Conduite;A1;Un;\nCAP-X;EP1;Conduire;A2;Deux;\nCAP-X;EP1;Conduite;A1;Autre;\n"
        "CAP-Z;EP1;Conduite;A3;Trois;\nCAP-X;EP1;Conduite;;Quatre;\n",
        "CAP-X",
    )  # fmt: skip
    assert told == [
        (3, "unit_title_fr", "L’unité « EP1 » s’intitule déjà « Conduite » à la ligne 2."),
        (4, "competence_code", "Le code « A1 » est déjà à la ligne 2."),
        (5, "diploma", "Aucun diplôme n’a le code « CAP-Z »."),
        (6, "competence_code", "Cette case est vide."),
    ]


def test_columns_that_are_missing_or_unknown_are_told_in_the_head():
    assert problems("diploma;competence_code;couleur\nCAP-X;A1;bleu\n", "CAP-X") == [
        (1, "unit", "Cette colonne manque."), (1, "unit_title_fr", "Cette colonne manque."),
        (1, "competence_fr", "Cette colonne manque."), (1, "couleur", "Cette colonne n’est pas attendue."),
    ]  # fmt: skip


def test_a_file_without_units_is_one_unnamed_block_and_commas_do_as_well():
    text = 'diploma,unit,unit_title_fr,competence_code,competence_fr\nCAP-X,,,A1,"Lire, dire"\n'
    (skill,) = read_framework(read_table(text.encode("cp1252")), ["CAP-X"]).skills["CAP-X"]
    assert (skill.block_code, skill.label) == ("", "Lire, dire")


def test_two_versions_are_compared_code_by_code():
    skills = read_framework(read_table(GOOD.encode()), ["CAP-X"]).skills["CAP-X"]
    change = difference(skills, skills[1:])
    assert [s.code for s in change.gone] == ["A1"]
    assert difference(skills, skills).nothing


def test_the_preview_shows_new_changed_and_gone_and_stores_nothing(client, db, login_as, diploma):
    login_as(Role.OFFICE)
    make_group(db, diploma, label="Les CAP 1")
    page = send(client, GOOD)
    assert page.status_code == 200
    for word in ("Nouvelle", "Modifiée", "Avant : Poste", "Retirée", "A9", "Les CAP 1 (session 2027)"):
        assert word in page.text
    assert db.scalar(select(func.count(Framework.id))) == 0


def test_a_file_with_one_bad_line_is_refused_whole(client, db, login_as, diploma):
    login_as(Role.DIRECTOR)
    bad = GOOD + "CAP-X;EP2;Autre titre;A3;Trois;\n"
    page = send(client, bad)
    assert page.status_code == 422
    assert "s’intitule déjà « Intervention » à la ligne 4" in page.text
    assert send(client, bad, "/referentiels").status_code == 422
    assert db.scalar(select(func.count(Framework.id))) == 0


def test_what_was_previewed_is_stored_as_a_version_and_exported_as_it_came(client, db, login_as, diploma):
    login_as(Role.OFFICE)
    pupil = make_pupil(db, make_group(db, diploma))
    answer = client.post("/referentiels", data={"label": "Arrêté 2026", "from_session": "2027", "table": GOOD})
    assert answer.status_code == 303
    db.expire_all()
    assert skills_on(db, pupil.id, pupil.entered_on) == {"A1": "Prendre le poste", "A2": "Réagir aux aléas"}
    assert set(db.scalars(select(Skill.code))) == {"A1", "A2", "A9"}
    back = client.get(answer.headers["location"] + "/export.csv").content.decode("utf-8-sig")
    assert back.replace("\r\n", "\n") == GOOD
    again = read_table(client.get(answer.headers["location"] + "/export.xlsx").content)
    assert [line.cells for line in again.lines] == [line.cells for line in read_table(GOOD.encode()).lines]


def test_a_version_in_use_is_never_edited_a_new_one_begins_with_a_session(client, db, login_as, diploma):
    login_as(Role.OFFICE)
    pupil = make_pupil(db, make_group(db, diploma))
    client.post("/referentiels", data={"label": "V1", "from_session": "2027", "table": GOOD})
    corrected = GOOD.replace("Réagir aux aléas", "Réagir aux dérives")
    assert (
        client.post("/referentiels", data={"label": "V1", "from_session": "2027", "table": corrected}).status_code
        == 303
    )
    db.expire_all()
    record_evidence(db, pupil.id, {"A2": 3}, source=Source("exercise", "Panne"))
    db.flush()
    refused = client.post("/referentiels", data={"label": "V1", "from_session": "2027", "table": GOOD})
    assert refused.status_code == 422
    assert "sert déjà à 1 évaluations" in refused.text
    later = client.post("/referentiels", data={"label": "V2", "from_session": "2028", "table": GOOD})
    assert later.status_code == 303
    labels = db.execute(select(FrameworkSkill.label).where(FrameworkSkill.code == "A2").order_by(FrameworkSkill.id))
    assert list(labels.scalars()) == ["Réagir aux dérives", "Réagir aux aléas"]


def test_no_file_an_empty_one_and_something_else_are_refused_at_the_field(client, login_as, diploma):
    login_as(Role.OFFICE)
    answer = client.post("/referentiels/apercu", data={"label": "V", "from_session": "2027"})
    assert answer.status_code == 422
    assert "Choisissez un fichier" in answer.text
    assert "Ce fichier est vide" in send(client, " ").text
    assert "tableau lisible" in send(client, "PK\x03\x04 rien").text


def test_the_school_s_words_for_the_levels_show_everywhere_and_two_may_not_be_the_same(client, db, login_as):
    login_as(Role.DIRECTOR)
    names = {"level_1": "Pas encore", "level_2": "En route", "level_3": "Acquis", "level_4": "Expert"}
    assert client.post("/referentiels/niveaux", data=names).status_code == 303
    assert "Pas encore" in client.get("/referentiels").text
    twice = client.post("/referentiels/niveaux", data=names | {"level_2": "pas encore"})
    assert twice.status_code == 422
    assert "même nom" in twice.text
