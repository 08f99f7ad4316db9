"""What the API says of documents. Private notes, adjustments and files are not in it."""

from datetime import date

from pydantic import BaseModel

from app.records.rules import DocumentKind, DocumentState


class DocumentOut(BaseModel):
    """A document of a pupil as it stands today; `on` and `ends_on` are null where it is missing."""

    kind: DocumentKind
    state: DocumentState
    on: date | None
    ends_on: date | None


class PupilDocuments(BaseModel):
    """What the file of a pupil holds, and what is to be asked for."""

    pupil: str
    held: list[DocumentOut]
    due: list[DocumentOut]


class DueOut(BaseModel):
    """A document to ask a pupil for."""

    pupil: str
    kind: DocumentKind
    state: DocumentState
    ends_on: date | None
