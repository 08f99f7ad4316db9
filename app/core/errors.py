"""The five kinds of failure the domain knows. Numbers of HTTP live in `app.web.errors` alone."""

from collections.abc import Mapping


class AppError(Exception):
    """Base of every failure that a person is told about; `sentence` is French and ready to show."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(AppError):
    """The thing does not exist, or lies outside what this person may see."""

    def __init__(self, sentence: str = "Cette page n’existe pas, ou n’existe plus.") -> None:
        super().__init__(sentence)


class Forbidden(AppError):
    """The person is known but may not do this."""


class Unauthenticated(AppError):
    """Nobody is signed in, or the session has ended. `door` is where one signs in; empty: where the staff does."""

    def __init__(self, sentence: str = "Connectez-vous pour continuer.", *, door: str = "") -> None:
        super().__init__(sentence)
        self.door = door


class Refused(AppError):
    """A rule of the trade says no. `field` names the form field the sentence belongs to.

    `told`: what the pupil is told where the sentence is for staff; never a fact about health. `setting`: a rule of the
    school's own, which somebody may go past with a reason. `also`: further sentences by field, where a whole table is
    refused for several of its cells.
    """

    def __init__(
        self, sentence: str, *, field: str = "", told: str = "", setting: bool = False,
        also: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(sentence)
        self.also = dict(also or {})
        self.field = field
        self.told = told
        self.setting = setting


class Stale(AppError):
    """Somebody changed the document since this person read it.

    `changes` lists (label, what the person typed, what is stored now), so that nothing typed is lost; `version` is
    the present one, so that saving again is a choice made with both values in view.
    """

    def __init__(
        self, sentence: str, changes: tuple[tuple[str, str, str], ...] = (), *, version: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.changes = changes
        self.version = version


class Busy(AppError):
    """The database cannot take the write just now; the same request may be sent again."""

    def __init__(
        self, sentence: str = "Le serveur est très occupé. Rien n’a été enregistré : renvoyez dans un instant."
    ) -> None:
        super().__init__(sentence)
