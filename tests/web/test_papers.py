"""The head of a paper and the answer that a browser shows."""

import pytest

from app.web.papers import new_sheet, show_pdf


def test_a_paper_says_when_it_was_printed_by_the_school_s_clock(clock):
    sheet = new_sheet("Fiche suiveuse", "OF2026-0203", school="École de Chaumont")
    assert sheet.printed == "24/11/2026 à 09:30"
    assert sheet.title == "Fiche suiveuse OF2026-0203"


def test_two_prints_of_one_minute_are_the_same_moment(clock):
    first = new_sheet("Bon", "1", school="École")
    clock.advance(seconds=29)
    assert new_sheet("Bon", "1", school="École") == first


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("Fiche suiveuse OF2026-0203", "fiche-suiveuse-of2026-0203.pdf"),
        ('Évil"\r\nX: 1 ../..', "evil-x-1.pdf"),
        ("日本", "document.pdf"),
    ],
)
def test_a_browser_shows_it_and_keeps_nothing(name, file_name):
    answer = show_pdf(name, b"%PDF-1.7")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="{file_name}"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body == b"%PDF-1.7"
