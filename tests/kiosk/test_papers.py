"""The sheet of badges, read back from the PDF."""

from app.kiosk.papers import BadgeRow, draw_badges
from tests.support.pdf import read_pdf


def badges(count):
    return [BadgeRow(f"Élève {number}", "CAP1", f"badge:{number:040d}") for number in range(count)]


def test_each_badge_has_a_name_a_class_and_its_own_code():
    rows = [BadgeRow("Inès H.", "CAP1", "badge:one"), BadgeRow("Tom A.", "CAP2", "badge:two")]
    paper = read_pdf(draw_badges(rows, about="CAP1", school="École de Chaumont"))
    assert paper.title == "Badges CAP1"
    assert "Inès H. CAP1" in paper.text
    assert "Tom A. CAP2" in paper.text
    assert paper.text.count("École de Chaumont") == 2
    assert set(paper.codes) == {"badge:one", "badge:two"}


def test_ten_fit_on_a_page():
    assert len(read_pdf(draw_badges(badges(10), about="CAP1", school="École")).pages) == 1
    paper = read_pdf(draw_badges(badges(11), about="CAP1", school="École"))
    assert [len(page.codes) for page in paper.pages] == [10, 1]


def test_a_long_name_breaks_inside_its_card():
    rows = [BadgeRow("Marie-Antoinette-Joséphine-Charlotte L.", "Bac pro TRPM 3e année", f"b{n}") for n in range(10)]
    paper = read_pdf(draw_badges(rows, about="Tous", school="École de production de Saint-Étienne-du-Rouvray"))
    assert len(paper.pages) == 1
    assert len(paper.codes) == 10


def test_a_school_with_hyphens_breaks_at_one_of_them():
    rows = [BadgeRow("Inès H.", "CAP1", "badge:one")]
    page = read_pdf(draw_badges(rows, about="CAP1", school="École de production de Saint-Étienne-du-Rouvray")).pages[0]
    assert "Saint-Étienne-du-Rouvray" in page.text.replace("-\n", "-").replace("-\r\n", "-")
