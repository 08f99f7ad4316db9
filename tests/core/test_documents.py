"""Files that are handed in: told by their bytes, written whole before their row, refused when something else."""

import hashlib
import struct

import pytest

from app.core import documents
from app.core.errors import Busy, NotFound, Refused
from app.core.filetypes import DRAWINGS, PHOTOS, MediaType, recognise
from tests.factories import files

NOT_A_PHOTO = "Ce fichier n’est pas une photo. Attendu\u00a0: JPEG, PNG ou WebP."
ZIP = b"PK\x03\x04" + b"x" * 40 + b"PK\x05\x06" + bytes(18)


class TestWhatAFileIs:
    @pytest.mark.parametrize(
        ("data", "kind", "size"),
        [
            (files.png(40, 30), MediaType.PNG, (40, 30)),
            (files.jpeg(800, 600), MediaType.JPEG, (800, 600)),
            (files.webp(), MediaType.WEBP, (1, 1)),
            (files.webp_of(b"VP8X", bytes(4) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")),
             MediaType.WEBP, (640, 480)),
            (files.webp_of(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 320, 240)),
             MediaType.WEBP, (320, 240)),
            (files.pdf(), MediaType.PDF, (0, 0)),
        ],
    )  # fmt: skip
    def test_it_is_told_by_its_bytes(self, data, kind, size):
        found = recognise(data)
        assert (found.media_type, (found.width, found.height), found.end) == (kind, size, len(data))

    @pytest.mark.parametrize(
        "data",
        [
            b"", b"x", b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", ZIP, b"GIF89a",
            b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>", files.png() + ZIP, files.png()[:-4], files.png()[:20],
            files.jpeg()[:-2], files.jpeg()[:30], b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe0\x00\x04ab<html>",
            files.webp() + ZIP, files.webp()[:-1], b"RIFF\x04\x00\x00\x00WAVE", files.webp_of(b"VP9 ", bytes(20)),
            b"%PDF-1.4 and nothing more", b"  %PDF-1.4\n%%EOF", ZIP + files.pdf(), files.png(declared=(0, 5)),
        ],
    )  # fmt: skip
    def test_anything_else_is_nothing(self, data):
        assert recognise(data) is None

    def test_what_a_phone_writes_behind_a_photo_does_not_belong_to_it(self):
        assert recognise(files.jpeg(behind=ZIP)).end == len(files.jpeg())
        assert recognise(files.pdf(behind=b"<html>")).end == len(files.pdf()) - 1


class TestKeeping:
    def test_bytes_are_written_once_for_their_owner_alone(self, db, data_dir):
        kept = documents.keep(data_dir, "pièce.png", files.png())
        again = documents.keep(data_dir, "autre.png", files.png())
        first, second = documents.store(db, kept), documents.store(db, again)
        assert first.id != second.id
        assert (first.name, first.media_type, first.size) == ("pièce.png", "image/png", len(files.png()))
        assert first.sha256 == second.sha256 == hashlib.sha256(files.png()).hexdigest()
        (path,) = [each for each in (data_dir / "files").rglob("*") if each.is_file()]
        assert path == documents.path_of(data_dir, first.sha256)
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        assert documents.read(data_dir, first) == files.png()

    def test_only_the_image_of_a_photo_is_kept(self, db, data_dir):
        kept = documents.store(db, documents.keep(data_dir, "photo.jpg", files.jpeg(behind=ZIP)))
        assert documents.read(data_dir, kept) == files.jpeg()

    @pytest.mark.parametrize(
        ("data", "kinds", "sentence"),
        [
            (b"", PHOTOS, "Ce fichier est vide."),
            (b"<html>", PHOTOS, NOT_A_PHOTO),
            (files.png() + ZIP, PHOTOS, NOT_A_PHOTO),
            (files.pdf(), PHOTOS, NOT_A_PHOTO),
            (b"<svg/>", DRAWINGS, documents.NOT_A_DRAWING),
            (bytes(documents.MAX_BYTES + 1), PHOTOS, "Ce fichier dépasse 12\u00a0Mo."),
            (files.png(declared=(5001, 5000)), PHOTOS, documents.TOO_MANY_PIXELS),
        ],
    )  # fmt: skip
    def test_what_is_refused_is_refused_at_its_field_and_leaves_nothing(self, data_dir, data, kinds, sentence):
        with pytest.raises(Refused) as refused:
            documents.keep(data_dir, "photo.png", data, kinds=kinds, field="photo")
        assert (refused.value.sentence, refused.value.field) == (sentence, "photo")
        assert list(data_dir.iterdir()) == []

    def test_twenty_five_million_pixels_are_taken(self, data_dir):
        assert documents.keep(data_dir, "a.png", files.png(declared=(5000, 5000))).media_type == MediaType.PNG

    def test_a_disk_that_takes_nothing_is_said_and_leaves_no_half_file(self, data_dir):
        (data_dir / "files").write_text("in the way")
        with pytest.raises(Busy):
            documents.keep(data_dir, "a.png", files.png())

    def test_half_a_file_of_before_is_written_again(self, db, data_dir):
        kept = documents.keep(data_dir, "a.png", files.png())
        documents.path_of(data_dir, kept.sha256).write_bytes(b"half")
        stored = documents.store(db, documents.keep(data_dir, "a.png", files.png()))
        assert documents.read(data_dir, stored) == files.png()
        assert [path.name for path in (data_dir / "files").rglob(".*")] == []

    def test_rows_without_their_bytes_are_found(self, db, data_dir):
        whole = documents.store(db, documents.keep(data_dir, "a.png", files.png()))
        torn = documents.store(db, documents.keep(data_dir, "b.jpg", files.jpeg()))
        assert documents.missing(db, data_dir) == []
        documents.path_of(data_dir, torn.sha256).unlink()
        assert documents.missing(db, data_dir) == [torn]
        assert documents.read(data_dir, whole)
        with pytest.raises(NotFound):
            documents.read(data_dir, torn)

    def test_copies_add_what_is_new(self, data_dir, tmp_path):
        target = tmp_path / "copy"
        documents.keep(data_dir, "a.png", files.png())
        assert documents.copy_all(data_dir, target) == 1
        documents.keep(data_dir, "b.jpg", files.jpeg())
        assert documents.copy_all(data_dir, target) == 2
        assert sorted(path.read_bytes() for path in target.glob("??/*")) == sorted([files.png(), files.jpeg()])


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("plan.pdf", "plan.png"), ("../../etc/passwd", "passwd.png"), ("C:\\Temp\\Pièce n° 4.JPG", "Pièce n° 4.png"),
        ("", "fichier.png"), ("...", "fichier.png"), ("a\r\nSet-Cookie: x", "a Set-Cookie x.png"),
        ("photo\u202egnp.exe", "photo gnp.png"), ("x" * 300 + ".png", "x" * 100 + ".png"), ('a"b;c.png', "a b;c.png"),
        ("plan v1.2", "plan v1.2.png"),
    ],
)  # fmt: skip
def test_a_name_is_safe_to_show_and_to_save(given, name):
    assert documents.clean_name(given, MediaType.PNG) == name
