"""The drawing on the tablet: its index in big, what matters on it, and PDF as a picture."""

from datetime import timedelta

import pytest

from app.core.clock import now
from app.core.documents import keep, store
from app.core.filetypes import DRAWINGS
from app.core.pdf import first_page
from app.workshop.models import Drawing
from tests.factories import make_point, make_ticket
from tests.factories.files import pdf, png
from tests.support.html import parse


@pytest.fixture
def given(stage):
    scene = stage.scene
    return make_ticket(stage.db, scene.operations[0], pupil=scene.ines, master=scene.master, quantity=4).number


@pytest.fixture
def draw(stage, db, data_dir):
    """`draw("A", pdf())`: a drawing of the line at an index, confirmed an hour ago."""

    def add(index, data, *, name="Axe", **other):
        stored = store(db, keep(data_dir, f"{name}.pdf", data, kinds=DRAWINGS))
        values = {"confirmed_at": now() - timedelta(hours=1), "at": now()} | other
        drawing = Drawing(line_id=stage.scene.job.line_id, name=name, index_letter=index, file_id=stored.id, **values)
        db.add(drawing)
        db.flush()
        return drawing

    return add


def _page(tablet, number, query=""):
    return tablet.get(f"/tablette/bons/{number}/plan{query}")


def test_the_index_that_counts_is_shown_in_big_with_the_dimensions_that_matter(sit, stage, given, draw, db):
    make_point(db, stage.scene.operations[0], is_key=True)
    make_point(db, stage.scene.operations[0], label="Longueur")
    draw("A", pdf("A"))
    draw("B", pdf("B"))
    draw("C", pdf("C"), confirmed_at=None)
    draw("D", pdf("D"), withdrawn_at=now())
    page = parse(_page(sit("Inès"), given).text)
    assert page.one(class_="kiosk__index").text == "Indice B"
    assert [each.text for each in page.all(class_="kiosk__dimension")] == ["Ø12 ±0,05"]


def test_a_pdf_comes_as_a_picture_and_whole(sit, given, draw):
    drawing = draw("A", pdf("Bride"))
    tablet = sit("Inès")
    image = parse(_page(tablet, given).text).one("main").one("img").attributes["src"]
    answer = tablet.get(image)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert "sandbox" in answer.headers["content-security-policy"]
    whole = tablet.get(f"/tablette/bons/{given}/plan/fichier?plan={drawing.id}")
    assert whole.headers["content-type"] == "application/pdf"


def test_a_picture_comes_as_it_is_and_is_enlarged(sit, given, draw):
    draw("A", png(40, 30))
    tablet = sit("Inès")
    page = _page(tablet, given, "?zoom=2")
    assert parse(page.text).one(class_="kiosk__plan").attributes["data-zoom"] == "2"
    image = parse(page.text).one("main").one("img").attributes["src"]
    assert tablet.get(image).content == png(40, 30)
    assert parse(_page(tablet, given, "?zoom=99").text).one(class_="kiosk__plan").attributes["data-zoom"] == "1"


def test_several_drawings_are_chosen_by_name(sit, given, draw):
    draw("A", pdf("1"), name="Axe")
    other = draw("C", pdf("2"), name="Moyeu")
    tablet = sit("Inès")
    assert "Indice C" in parse(_page(tablet, given, f"?plan={other.id}").text).one("main").text
    assert "Indice A" in parse(_page(tablet, given, "?plan=99999").text).one("main").text


def test_a_file_of_another_line_or_none_is_not_served(sit, given, draw):
    draw("A", pdf())
    tablet = sit("Inès")
    for asked in ("0", "99999", "x", ""):
        assert tablet.get(f"/tablette/bons/{given}/plan/fichier?plan={asked}").status_code == 404


def test_without_a_drawing_it_says_whom_to_ask(sit, given):
    assert "Demande le plan à Karim" in parse(_page(sit("Inès"), given).text).one("main").text


def test_a_broken_pdf_gives_no_picture(tmp_path):
    broken = tmp_path / "broken.pdf"
    for content in (b"%PDF-1.4\nnothing", pdf()[:200], b"", b"%PDF-1.4\n" + b"\x00" * 5000):
        broken.write_bytes(content)
        first_page.__globals__["_drawn"].cache_clear()
        assert first_page(broken) is None
