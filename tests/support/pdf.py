"""A second reader of the papers we write: pages, texts, faces and QR codes of a PDF, by PDFium and ZXing."""

import ctypes
from dataclasses import dataclass

import pypdfium2 as pdfium
import zxingcpp
from pypdfium2 import raw

POINTS = 72 / 25.4


@dataclass(frozen=True)
class PaperPage:
    """One page: its text in reading order, its size in millimetres, what its QR codes say."""

    text: str
    size: tuple[int, int]
    codes: list[str]


@dataclass(frozen=True)
class Paper:
    """A PDF as a reader finds it. `faces` says of each face whether its drawings are in the file."""

    pages: list[PaperPage]
    title: str
    language: str
    tagged: bool
    faces: dict[str, bool]

    @property
    def text(self) -> str:
        """All pages, in one line: where a line breaks is the layout's business."""
        return " ".join(" ".join(page.text for page in self.pages).split())

    @property
    def codes(self) -> list[str]:
        """All codes."""
        return [code for page in self.pages for code in page.codes]


def read_pdf(content: bytes) -> Paper:
    """Open the file as any reader would."""
    document = pdfium.PdfDocument(content)
    try:
        faces: dict[str, bool] = {}
        pages = [_read_page(page, faces) for page in document]
        return Paper(
            pages, document.get_metadata_value("Title"), _language(document),
            bool(raw.FPDFCatalog_IsTagged(document)), faces,
        )  # fmt: skip
    finally:
        document.close()


def _read_page(page: pdfium.PdfPage, faces: dict[str, bool]) -> PaperPage:
    text = page.get_textpage()
    words = text.get_text_bounded()
    text.close()
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(each)
        name = ctypes.create_string_buffer(200)
        raw.FPDFFont_GetBaseFontName(font, name, 200)
        faces[name.value.decode().partition("+")[2]] = raw.FPDFFont_GetIsEmbedded(font) == 1
    width, height = page.get_size()
    codes = _codes(page)
    page.close()
    return PaperPage(words, (round(width / POINTS), round(height / POINTS)), codes)


def _codes(page: pdfium.PdfPage) -> list[str]:
    """What a telephone reads of the page as printed at 150 dots an inch, in black and white."""
    bitmap = page.render(scale=150 / 72, grayscale=True)
    lines = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
    found = [each.text for each in zxingcpp.read_barcodes(lines, formats=zxingcpp.BarcodeFormat.QRCode)]
    bitmap.close()
    return found


def _language(document: pdfium.PdfDocument) -> str:
    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFCatalog_GetLanguage(document, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le")
