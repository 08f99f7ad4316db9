"""Files in every accepted form, and files that are none: real line numbers, sentences, never an exception."""

import datetime as dt
import io
import random
import re
import time
import zipfile

import pytest
import xlsxwriter

from app.exchange.checks import EmptyStore, check
from app.exchange.reading import NamedFile, read_source, read_uploads
from app.exchange.reading.package import MAX_UNPACKED
from tests.exchange.folder import Folder


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "ecole")


def rows_of(source):
    return {name: [(row.line, row.cells) for row in sheet.rows] for name, sheet in source.sheets.items()}


def all_problems(source):
    return [str(problem) for problem in check(source, EmptyStore())[1]]


def places(source):
    return [(problem.file, problem.line, problem.column) for problem in check(source, EmptyStore())[1]]


def upload(name, data):
    return read_uploads([NamedFile(name, lambda: data)])


class TestForms:
    @pytest.mark.parametrize("separator", [";", ","])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    def test_separator_and_encoding_make_no_difference(self, folder, tmp_path, separator, encoding):
        expected = rows_of(read_source(folder.write()))
        other = Folder(tmp_path / "autre")
        source = read_source(other.write(separator, encoding))
        assert rows_of(source) == expected
        assert all_problems(source) == []

    @pytest.mark.parametrize("top", ["", "ecole-du-val/"])
    def test_an_archive_is_the_folder(self, folder, top):
        expected = rows_of(read_source(folder.write()))
        assert rows_of(read_source(folder.zip(top))) == expected

    def test_what_a_mac_adds_to_an_archive_is_passed_over(self, folder):
        path = folder.zip("val/")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("__MACOSX/val/._eleves.csv", b"\x00\x05")
            archive.writestr("val/.DS_Store", b"\x00")
            archive.writestr("val/~$ecole.xlsx", b"\x00")
        assert all_problems(read_source(path)) == []

    @pytest.mark.parametrize("inside", [True, False])
    def test_a_workbook_is_the_folder(self, folder, tmp_path, inside):
        expected = rows_of(read_source(folder.write()))
        target = tmp_path / "classeur" / "ecole.xlsx"
        target.parent.mkdir()
        folder.workbook(target)
        source = read_source(target.parent if inside else target)
        assert rows_of(source) == expected
        assert all_problems(source) == []

    def test_a_workbook_with_numbers_dates_and_times_is_the_folder(self, folder):
        expected = rows_of(read_source(folder.write()))
        assert rows_of(read_source(folder.workbook(convert=as_typed))) == expected

    def test_a_mistake_in_a_workbook_is_said_of_the_sheet(self, folder):
        folder.change("eleves", 3, date_naissance="?")
        assert places(read_source(folder.workbook())) == [("eleves", 3, "date_naissance")]

    def test_several_files_at_once_are_a_folder(self, folder):
        files = [NamedFile(path.name, path.read_bytes) for path in sorted(folder.write().iterdir())]
        assert all_problems(read_uploads(files)) == []

    def test_columns_stand_in_any_order_and_optional_ones_may_be_missing(self, folder):
        folder.heads["eleves"] = ["groupe", "prenom", "nom", "date_entree", "code", "date_naissance"]
        folder.rows["eleves"] = [{name: row[name] for name in folder.heads["eleves"]} for row in folder.rows["eleves"]]
        source = read_source(folder.write())
        assert all_problems(source) == []
        assert source.sheets["eleves"].rows[0].cells.responsable_nom is None

    def test_a_missing_file_is_an_empty_table(self, folder):
        assert all_problems(read_source(folder.only("clients", "contacts").write())) == []

    def test_hidden_and_lock_files_are_passed_over(self, folder):
        path = folder.write()
        (path / ".notes").write_text("x")
        (path / "~$eleves.csv").write_text("x")
        assert all_problems(read_source(path)) == []

    def test_spaces_around_a_value_are_no_part_of_it(self, folder):
        folder.change("eleves", 2, code="  E1 ", groupe="\u00a0G1")
        assert all_problems(read_source(folder.write())) == []


def as_typed(_column, value):
    """What a person's spreadsheet would hold: numbers, dates, times."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return dt.date.fromisoformat(value)
    if re.fullmatch(r"\d\d/\d\d/\d{4}", value):
        return dt.datetime.strptime(value, "%d/%m/%Y").replace(tzinfo=None).date()  # noqa: DTZ007
    if re.fullmatch(r"\d\d:\d\d", value):
        return dt.time.fromisoformat(value)
    if re.fullmatch(r"[1-9]\d{0,13}([.,]\d+)?|0([.,]\d+)?", value):
        return float(value.replace(",", "."))
    return value


class TestLines:
    def test_a_row_is_named_by_the_line_it_starts_on(self, folder):
        folder.change("seances", 2, contenu="Une\r\ndeux\r\ntrois").change("seances", 4, contenu="a\nb")
        folder.change("seances", 5, fin="midi")
        assert places(read_source(folder.write())) == [("seances.csv", 8, "fin")]

    def test_empty_lines_are_passed_over_and_counted(self, folder):
        path = folder.write()
        lines = (path / "clients.csv").read_text(encoding="utf-8").splitlines()
        lines[2] = lines[2].replace("6800", "")
        (path / "clients.csv").write_text("\n".join([lines[0], "", ";;;;;;;;;;", lines[1], "", lines[2], ""]))
        assert places(read_source(path)) == [("clients.csv", 6, "code_postal")]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_kind_of_line_end(self, folder, end):
        folder.change("eleves", 3, date_naissance="?")
        path = folder.write()
        text = (path / "eleves.csv").read_bytes().decode().replace("\r\n", end)
        (path / "eleves.csv").write_bytes(text.encode())
        assert places(read_source(path)) == [("eleves.csv", 3, "date_naissance")]

    def test_a_broken_quote_hides_no_other_line(self, folder):
        folder.change("clients", 3, pays="")
        path = folder.write()
        lines = (path / "clients.csv").read_text(encoding="utf-8").splitlines()
        lines.insert(1, 'C9;"jamais fermé;;;a;b;c;FR;;;30')
        (path / "clients.csv").write_text("\n".join(lines))
        assert places(read_source(path)) == [("clients.csv", 2, "-"), ("clients.csv", 4, "pays")]

    def test_a_cell_too_many_is_said(self, folder):
        path = folder.write()
        with (path / "devenirs.csv").open("a") as file:
            file.write("E1;2026-10-01;emploi;X;encore;;\r\nE1;2026-10-02;emploi;X;;;\r\n")
        assert places(read_source(path)) == [("devenirs.csv", 3, "-")]


class TestHeaders:
    def head(self, folder, change):
        path = folder.write()
        file = path / "eleves.csv"
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
        return read_source(path)

    def test_an_unknown_column_is_a_mistake_on_line_1(self, folder):
        source = self.head(folder, lambda text: text.replace("responsable_nom;", "responsable;"))
        assert places(source) == [("eleves.csv", 1, "responsable")]
        assert "responsable_nom" in all_problems(source)[0]

    def test_a_missing_column_is_said_once(self, folder):
        source = self.head(folder, lambda text: text.replace(";date_naissance;", ";.;", 1))
        assert places(source) == [("eleves.csv", 1, "date_naissance")]

    def test_a_column_whose_name_is_set_aside(self, folder):
        folder.heads["devenirs"].append(".notes")
        for row in folder.rows["devenirs"]:
            row[".notes"] = "à revoir"
        assert all_problems(read_source(folder.write())) == []

    def test_a_missing_key_column_makes_no_other_mistake(self, folder):
        folder.heads["clients"].remove("code")
        for row in folder.rows["clients"]:
            del row["code"]
        assert places(read_source(folder.write())) == [("clients.csv", 1, "code")]

    def test_a_column_given_twice(self, folder):
        source = self.head(
            folder, lambda text: text.replace("responsable_nom;responsable_email", "responsable_nom;responsable_nom")
        )
        assert places(source) == [("eleves.csv", 1, "responsable_nom")]

    def test_an_empty_file(self, folder):
        path = folder.write()
        (path / "devenirs.csv").write_bytes(b"")
        assert places(read_source(path)) == [("devenirs.csv", 1, "-")]

    def test_a_million_columns(self, folder):
        path = folder.write()
        (path / "devenirs.csv").write_text(";" * 1_000_000)
        assert places(read_source(path)) == [("devenirs.csv", 1, "-")]


class TestStrangers:
    def test_an_unknown_file_is_named(self, folder):
        path = folder.write()
        (path / "couleurs.csv").write_text("a;b")
        (path / "lisez-moi.txt").write_text("a")
        (path / "photos").mkdir()
        assert places(read_source(path)) == [("couleurs.csv", 1, "-"), ("lisez-moi.txt", 1, "-"), ("photos", 1, "-")]

    def test_a_near_miss_gets_a_suggestion(self, folder):
        path = folder.write()
        (path / "devenirs.csv").rename(path / "Devenir.csv")
        assert "«\u202fdevenirs.csv\u202f»" in all_problems(read_source(path))[0]

    def test_an_unknown_sheet_is_named(self, folder):
        folder.heads["couleurs"], folder.rows["couleurs"] = ["a"], [{"a": "1"}]
        assert places(read_source(folder.workbook())) == [("couleurs", 1, "-")]

    def test_workbook_and_files_together_are_too_much(self, folder):
        path = folder.write()
        folder.workbook(path / "ecole.xlsx")
        assert places(read_source(path)) == [("ecole.xlsx", 1, "-")]

    def test_nothing_there(self, tmp_path):
        assert places(read_source(tmp_path / "absent")) == [("absent", 1, "-")]


class TestDamage:
    CASES = (
        (b"\xff\xfee\x00l\x00e\x00", 1), (b"code;nom\nE1;\x00\n", 2), (b"\xef\xbb\xbfcode\n\xe9\n", 2),
        (b"code;nom\nE1;\x81\n", 2), (b'"code;nom\n', 1), (b"\x00" * 10_000, 1),
    )  # fmt: skip

    @pytest.mark.parametrize(("data", "line"), CASES)
    def test_text_that_is_none(self, data, line):
        source = upload("eleves.csv", data)
        assert ("eleves.csv", line, "-") in places(source)

    def test_a_file_that_cannot_be_read_makes_no_other_mistake(self, folder):
        path = folder.write()
        (path / "eleves.csv").write_bytes(b"\xff\xfe")
        assert places(read_source(path)) == [("eleves.csv", 1, "-")]

    @pytest.mark.parametrize("name", ["ecole.zip", "ecole.xlsx"])
    @pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + b"x" * 100, b"%PDF-1.7"])
    def test_an_archive_that_is_none(self, name, data):
        assert places(upload(name, data)) == [(name, 1, "-")]

    def test_an_archive_that_unpacks_to_too_much(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("eleves.csv", b"0" * (MAX_UNPACKED + 1))
        assert len(buffer.getvalue()) < 100_000
        assert places(upload("ecole.zip", buffer.getvalue())) == [("ecole.zip", 1, "-")]

    def test_an_archive_of_next_to_nothing(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b"<c>" * 3_000_000)
        assert places(upload("ecole.xlsx", buffer.getvalue())) == [("ecole.xlsx", 1, "-")]

    def test_a_workbook_without_texts(self):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as book:
            book.add_worksheet("eleves").write(0, 0, 1)
        assert places(upload("ecole.xlsx", buffer.getvalue()))[0] == ("eleves", 1, "code")

    def test_endless_empty_lines(self):
        assert places(upload("eleves.csv", b"code;nom" + b"\n" * 2_000_000)) == [("eleves.csv", 1, "-")]

    def test_an_archive_of_ten_thousand_files(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for number in range(10_000):
                archive.writestr(f"{number}.csv", b"")
        assert places(upload("ecole.zip", buffer.getvalue())) == [("ecole.zip", 1, "-")]

    def test_a_name_that_climbs_out_is_only_a_name(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("../../eleves.csv", b"code")
            archive.writestr("ok.csv", b"code")
        assert [place[1:] for place in places(upload("ecole.zip", buffer.getvalue()))] == [(1, "-"), (1, "-")]

    def test_a_locked_archive(self, folder):
        data = bytearray(folder.zip().read_bytes())
        for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            start = -1
            while (start := data.find(header, start + 1)) >= 0:
                data[start + place] |= 1
        assert places(upload("ecole.zip", bytes(data))) == [("ecole.zip", 1, "-")]

    def test_a_workbook_with_a_far_away_cell(self):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as book:
            sheet = book.add_worksheet("eleves")
            sheet.write(0, 0, "code")
            sheet.write(1_048_575, 16_383, "x")
        assert places(upload("ecole.xlsx", buffer.getvalue())) == [("ecole.xlsx", 1, "-")]

    def test_a_workbook_that_repeats_one_long_text(self):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as book:
            sheet = book.add_worksheet("eleves")
            for line in range(5_000):
                sheet.write_string(line, 0, "x" * 32_000)
        assert places(upload("ecole.xlsx", buffer.getvalue())) == [("ecole.xlsx", 1, "-")]

    def test_a_workbook_with_an_entity_bomb(self, folder):
        source = zipfile.ZipFile(folder.workbook())
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for entry in source.infolist():
                data = source.read(entry)
                if entry.filename == "xl/sharedStrings.xml":
                    data = b'<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + data
                archive.writestr(entry.filename, data)
        assert places(upload("ecole.xlsx", buffer.getvalue())) == [("ecole.xlsx", 1, "-")]

    def test_a_calculation_error_in_a_cell_is_said(self, folder):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as book:
            sheet = book.add_worksheet("devenirs")
            sheet.write_row(0, 0, ["eleve", "date", "situation", "entreprise"])
            sheet.write_row(1, 0, ["E1", "2026-10-01", "emploi"])
            sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        source = upload("ecole.xlsx", buffer.getvalue())
        assert ("devenirs", 2, "entreprise") in places(source)

    @pytest.mark.slow
    @pytest.mark.parametrize("form", ["csv", "zip", "xlsx"])
    def test_mutated_files_never_raise(self, folder, form):
        path = {"csv": lambda: folder.write() / "eleves.csv", "zip": folder.zip, "xlsx": folder.workbook}[form]()
        data, dice = path.read_bytes(), random.Random(20261124)  # noqa: S311
        started = time.monotonic()
        for _ in range(300):
            source = upload(path.name, mutated(data, dice))
            assert all(re.fullmatch(r".+:\d+: .+?: .+", str(problem)) for problem in check(source, EmptyStore())[1])
        assert time.monotonic() - started < 60


def mutated(data, dice):
    """Bytes changed, cut out, doubled or moved."""
    found = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        start = dice.randrange(len(found))
        end = min(len(found), start + dice.randint(1, 40))
        kind = dice.randrange(4)
        if kind == 0:
            found[start:end] = bytes(dice.randrange(256) for _ in range(end - start))
        elif kind == 1 and len(found) > 100:
            del found[start:end]
        elif kind == 2:
            found[start:start] = found[start:end] * dice.randint(1, 30)
        else:
            found[start:start] = dice.choice((b";", b'"', b"\n", b"\x00", b"\xff", b"31/02/2026", b"1e999", b"=1+1"))
    return bytes(found)
