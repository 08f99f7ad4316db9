"""Files over HTTP: refused at their field, shown as what they are, never run."""

import io

import pytest
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from app.core import documents
from app.core.errors import NotFound, Refused
from app.core.filetypes import DRAWINGS
from app.web import uploads
from app.web.forms import Posted
from tests.factories import files


@pytest.fixture
def request_(app):
    return Request({"type": "http", "app": app, "headers": []})


def posted(*sent):
    parts = [("photo", UploadFile(io.BytesIO(data), filename=name)) for name, data in sent]
    return Posted(FormData([("quantity", "4"), *parts]))


class TestReceiving:
    def test_a_photo_is_kept_under_its_real_type(self, request_, data_dir):
        kept = uploads.receive(request_, posted(("photo.png", files.jpeg())), "photo")
        assert (kept.name, kept.media_type, kept.size) == ("photo.jpg", "image/jpeg", len(files.jpeg()))
        assert documents.path_of(data_dir, kept.sha256).read_bytes() == files.jpeg()

    def test_none_is_none_where_none_is_needed(self, request_):
        assert uploads.receive(request_, posted(), "photo", optional=True) is None
        assert uploads.receive(request_, posted(("", b"")), "photo", optional=True) is None

    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            ([], "Choisissez un fichier."),
            ([("a.png", files.png()), ("b.png", files.png())], "Un seul fichier à la fois."),
            ([("a.png", b"")], "Ce fichier est vide."),
            ([("a.png", b"<html>")], documents.NOT_A_PHOTO),
            ([("a.png", bytes(documents.MAX_BYTES + 1))], documents.TOO_HEAVY),
        ],
    )
    def test_a_refusal_lies_at_the_field(self, request_, sent, sentence):
        with pytest.raises(Refused) as refused:
            uploads.receive(request_, posted(*sent), "photo")
        assert (refused.value.sentence, refused.value.field) == (sentence, "photo")

    def test_a_drawing_may_be_a_pdf(self, request_):
        assert uploads.receive(request_, posted(("p.pdf", files.pdf())), "photo", kinds=DRAWINGS).name == "p.pdf"


class TestShowing:
    def shown(self, db, request_, data_dir, name, data, **options):
        stored = documents.store(db, documents.keep(data_dir, name, data, kinds=DRAWINGS))
        return uploads.show_file(request_, stored, **options)

    def test_an_image_runs_nothing_and_is_not_kept(self, db, request_, data_dir):
        answer = self.shown(db, request_, data_dir, "pièce “4”.png", files.png())
        assert answer.body == files.png()
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["content-disposition"] == (
            "inline; filename=\"pi_ce _4_.png\"; filename*=UTF-8''pi%C3%A8ce%20%E2%80%9C4%E2%80%9D.png"
        )

    def test_a_pdf_may_be_saved(self, db, request_, data_dir):
        answer = self.shown(db, request_, data_dir, "plan.pdf", files.pdf(), download=True)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith('attachment; filename="plan.pdf"')
        assert "default-src 'none'" in answer.headers["content-security-policy"]

    def test_bytes_that_are_gone_are_said(self, db, request_, data_dir):
        stored = documents.store(db, documents.keep(data_dir, "a.png", files.png()))
        documents.path_of(data_dir, stored.sha256).unlink()
        with pytest.raises(NotFound):
            uploads.show_file(request_, stored)
