"""What the labour inspector is sent or shown, read back from the PDF."""

import dataclasses

from app.core.clock import today
from app.machines.papers import (
    DeclarationPaper,
    DeclaredMachine,
    DeclaredWork,
    YoungWorker,
    YoungWorkers,
    draw_declaration,
    draw_young_workers,
    fill_declaration,
)
from app.machines.queries.printing import declaration_facts
from tests.factories import make_declaration, make_school
from tests.support.pdf import read_pdf

SCHOOL = "École de production de Chaumont"
DECLARATION = DeclarationPaper(
    code="DER-2026-1",
    address=["12 rue des Ateliers", "52000 Chaumont"],
    siret="999 800 014 00012",
    uai="0520000X",
    city="Chaumont",
    standing="Envoyée le 01/09/2026, valable jusqu’au 31/08/2029.",
    signed_on="01/09/2026",
    sector="Usinage",
    diplomas=["CAP Conducteur d’installations de production"],
    places=["Atelier, 12 rue des Ateliers"],
    works=[DeclaredWork("D4153-17", "Agents chimiques dangereux"), DeclaredWork("D4153-28", "Machines dangereuses")],
    machines=[DeclaredMachine("TOUR-1", "Tour parallèle", "D4153-28")],
    supervisors=["Maître professionnel, usinage"],
    changes=[],
)
INES = YoungWorker(
    last_name="Haddad",
    first_name="Inès",
    born_on="12/03/2010",
    diploma="CAP Usinage",
    length="2 ans",
    places=["Atelier"],
    medical="Apte le 10/09/2026",
    safety=["TOUR-1 : le 12/09/2026, évaluée"],
    supervisors=["Karim Benali, maître professionnel"],
)


class TestDeclaration:
    def test_it_holds_the_five_points_of_the_article_in_their_order(self):
        text = read_pdf(draw_declaration(DECLARATION, school=SCHOOL)).text
        points = ["1° Secteur", "2° Formations", "3° Lieux", "4° Travaux et machines", "5° Qualité ou fonction"]
        places = [text.index(point) for point in points]
        assert places == sorted(places)
        for words in ("R4153-40", "D4153-28 Machines dangereuses", "TOUR-1 Tour parallèle", "SIRET 999 800 014 00012"):
            assert words in text
        assert "Fait à Chaumont, le 01/09/2026" in text

    def test_the_school_is_named_once_above_its_address_and_its_siret_is_in_groups(self, db):
        school = make_school(db, name="École du Val", siret="99980001400012")
        record = make_declaration(db)
        told = fill_declaration(declaration_facts(db, record.code, today()))
        assert told.siret == "999\u202f800\u202f014\u202f00012"
        assert school.name not in told.address

    def test_its_head_names_school_number_and_day_of_printing(self):
        paper = read_pdf(draw_declaration(DECLARATION, school=SCHOOL))
        assert paper.title == "Déclaration de dérogation DER-2026-1"
        assert SCHOOL in paper.pages[0].text
        assert "Imprimé le 24/11/2026 à 09:30" in paper.text

    def test_a_workshop_of_many_machines_goes_over_several_pages_with_the_heads_again(self):
        machines = [DeclaredMachine(f"P-{number:03d}", "Tour parallèle", "D4153-28") for number in range(120)]
        paper = read_pdf(draw_declaration(dataclasses.replace(DECLARATION, machines=machines), school=SCHOOL))
        assert len(paper.pages) > 2
        assert all(f"P-{number:03d}" in paper.text for number in range(120))
        assert "Machine ou équipement" in paper.pages[1].text
        assert f"page {len(paper.pages)} / {len(paper.pages)}" in paper.pages[-1].text

    def test_what_is_not_there_yet_is_said_and_left_open_for_the_pen(self):
        empty = dataclasses.replace(
            DECLARATION, sector="", diplomas=[], places=[], works=[], machines=[], supervisors=[], city="", signed_on=""
        )
        text = read_pdf(draw_declaration(empty, school=SCHOOL)).text
        assert text.count("Non renseigné.") == 4
        assert "Aucun travail déclaré." in text
        assert "Aucune machine nommée." in text
        assert "Fait à ...." in text


class TestYoungWorkers:
    def test_it_holds_what_the_article_asks_for(self):
        paper = read_pdf(draw_young_workers(YoungWorkers("24/11/2026", [INES]), school=SCHOOL))
        for words in (
            "R4153-45",
            "Haddad",
            "Inès",
            "12/03/2010",
            "2 ans",
            "Apte le 10/09/2026",
            "TOUR-1",
            "Karim Benali",
        ):
            assert words in paper.text
        assert paper.pages[0].size == (297, 210)

    def test_a_pupil_with_a_long_file_loses_nothing_of_it(self):
        safety = [f"POSTE-{number:03d} : le 12/09/2026" for number in range(90)]
        long = dataclasses.replace(INES, safety=safety)
        paper = read_pdf(draw_young_workers(YoungWorkers("24/11/2026", [INES, long, INES]), school=SCHOOL))
        assert all(line in paper.text for line in safety)

    def test_nobody_is_said_too(self):
        text = read_pdf(draw_young_workers(YoungWorkers("24/11/2026", []), school=SCHOOL)).text
        assert "Aucun jeune de moins de dix-huit ans ce jour." in text
