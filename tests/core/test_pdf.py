"""The engine of the papers: what it draws is read back by a second reader."""

import dataclasses
import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.core.pdf import BadPaper, Sheet, draw, engine, qr_svg
from app.core.pdf.engine import FACES, characters
from app.core.pdf.glyphs import MISSING, drawn_by, legible
from tests.support.pdf import read_pdf

BADGES = "kiosk/templates/pdf/badges.typ"
HOSTILE = '#let x = 1 $a^2$ \\ [b] {{7*191}} *gras* _bas_ @ref <etiquette> `code` // /* */ = titre ~ "q" l\'un -- ... #'


@dataclasses.dataclass(frozen=True)
class Badge:
    name: str
    group: object = "CAP1"
    qr: str = qr_svg("compagnon")


@dataclasses.dataclass(frozen=True)
class Badges:
    badges: list[Badge]


def sheet(at=datetime(2026, 11, 24, 8, 30, tzinfo=UTC), school="École de Chaumont"):
    return Sheet("Badges", "CAP1", school, "24/11/2026 à 09:30", at)


def badge(name, **other):
    return draw(BADGES, sheet(), Badges([Badge(name, **other)]))


class TestDrawing:
    def test_the_file_says_what_it_is_to_a_screen_reader(self):
        paper = read_pdf(badge("Inès H."))
        assert paper.title == "Badges CAP1"
        assert paper.language == "fr-FR"
        assert paper.tagged
        assert b"<pdfuaid:part>1<" in badge("Inès H.")

    def test_only_the_faces_of_the_house_and_all_of_them_inside(self):
        faces = read_pdf(badge("Inès H.")).faces
        assert set(faces) <= {name.partition(".")[0] for names in FACES.values() for name in names}
        assert all(faces.values())

    def test_the_same_data_give_the_same_bytes(self):
        assert badge("Inès H.") == badge("Inès H.")

    def test_another_minute_gives_another_file(self):
        later = draw(BADGES, sheet(at=datetime(2026, 11, 24, 8, 31, tzinfo=UTC)), Badges([Badge("Inès H.")]))
        assert later != badge("Inès H.")
        assert len(later) == len(badge("Inès H."))

    def test_what_people_type_comes_out_as_typed(self):
        assert HOSTILE in read_pdf(badge(HOSTILE)).text

    def test_what_people_type_reaches_neither_files_nor_functions(self):
        text = read_pdf(badge('#read("/settings.py") #sys.inputs #import "/core/pdf/house.typ"')).text
        assert '#read("/settings.py")#sys.inputs' in text.replace(" ", "")
        assert "COMPAGNON" not in text

    def test_a_long_reference_breaks_and_stays_one_word(self):
        reference = "REF-" + "0123456789ABCDEF" * 6
        found = read_pdf(badge(reference)).pages[0].text.replace("\r\n", "").replace("\n", "")
        assert reference in found

    def test_threads_draw_at_once(self):
        drawn, failed = {}, []

        def work(number):
            try:
                drawn[number] = badge(f"Élève {number}")
            except BaseException as trouble:  # noqa: BLE001 - told to the test
                failed.append(trouble)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert [f"Élève {number}" in read_pdf(drawn[number]).text for number in range(8)] == [True] * 8


class TestCharacters:
    def test_every_character_that_we_think_known_is_drawn(self):
        rows = sorted(characters() - {"\n"})
        lines = ["x".join(rows[start : start + 40]) for start in range(0, len(rows), 40)]
        assert len(rows) > 1200
        assert draw(BADGES, sheet(), Badges([Badge(line) for line in lines])).startswith(b"%PDF")

    def test_both_weights_of_the_text_draw_the_same(self):
        package, names = next(iter(FACES.items()))
        regular, semibold = (drawn_by(engine._face(package, name)) for name in names)
        assert regular == semibold

    @pytest.mark.parametrize(
        ("typed", "shown"),
        [
            ("Ébavurage 😀", f"Ébavurage {MISSING}"),
            ("日本", MISSING * 2),
            ("⚠️", MISSING),
            ("⌀25 h7", "Ø25 h7"),
            ("12 ㎜", "12 mm"),
            ("a\x00b\x07c\u202ed", "abcd"),
            ("e\u0301tabli", "établi"),
            ("une\r\ndeux", "une\ndeux"),
            ("1\u202f042,50\u202f€", "1\u202f042,50\u202f€"),
            ("\ud800", ""),
        ],
    )
    def test_what_cannot_be_drawn_is_replaced(self, typed, shown):
        assert legible(typed, characters()) == shown

    def test_an_emoji_does_not_stop_the_paper(self):
        assert f"Ébavurage {MISSING}" in read_pdf(badge("Ébavurage 😀")).text

    @given(st.text(max_size=40))
    @hypothesis_settings(max_examples=25)
    def test_any_text_gives_a_paper(self, text):
        assert badge(text).startswith(b"%PDF")


class TestMistakes:
    @pytest.mark.parametrize("value", [1.5, Decimal("1.50"), datetime(2026, 11, 24, tzinfo=UTC), b"x"])
    def test_a_paper_takes_texts_only(self, value):
        with pytest.raises(BadPaper) as refused:
            badge("Inès H.", group=value)
        assert type(value).__name__ in str(refused.value)

    def test_a_template_that_does_not_fit_its_data_is_a_failure(self):
        with pytest.raises(BadPaper) as refused:
            draw("workshop/templates/pdf/traveller.typ", sheet(), Badges([]))
        assert "traveller.typ" in str(refused.value)

    def test_a_warning_is_a_failure(self, tmp_path, monkeypatch):
        (tmp_path / "paper.typ").write_text('#set document(title: "T")\n#text(font: "Absent")[a]', encoding="utf-8")
        monkeypatch.setattr(engine, "ROOT", tmp_path)
        with pytest.raises(BadPaper) as refused:
            draw("paper.typ", sheet(), Badges([]))
        assert "absent" in str(refused.value)

    def test_no_template_reads_outside_the_application(self, tmp_path, monkeypatch):
        folder = tmp_path / "app"
        folder.mkdir()
        (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
        source = '#set document(title: "T")\n#read("../secret.txt")'
        (folder / "paper.typ").write_text(source, encoding="utf-8")
        monkeypatch.setattr(engine, "ROOT", folder)
        with pytest.raises(BadPaper):
            draw("paper.typ", sheet(), Badges([]))


class TestCode:
    @pytest.mark.parametrize(
        "payload",
        ["1", "T123", "https://compagnon.ecole.example/atelier/bons/BT2026-00012", "C%2F2026%20n%C2%B0", "x" * 300],
    )
    def test_a_code_says_what_it_was_made_of(self, payload):
        assert read_pdf(badge("Inès H.", qr=qr_svg(payload))).codes == [payload]

    def test_a_code_holds_what_no_reader_has_to_guess_at(self):
        with pytest.raises(ValueError, match="C/2026 n°"):
            qr_svg("C/2026 n°")
