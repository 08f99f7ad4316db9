"""What goes out to the tablets' script. These fields and no others (a test compares)."""

from pydantic import BaseModel


class AnswerOut(BaseModel):
    """What became of a tap: carried out, and the page to go on to; or the sentence for the pupil and its field."""

    done: bool
    sentence: str
    field: str = ""
    next: str = ""


class CallOut(BaseModel):
    """What became of the pupil's call: none, open, coming, and the first name of who comes."""

    state: str
    who: str
