"""Where the practice share will stand at the end of a period, at this pace."""

from dataclasses import dataclass

from app.pedagogy.rules import Minutes


@dataclass(frozen=True, slots=True)
class Forecast:
    """Minutes expected at the end of a period. `remaining`: what the timetable still plans; none of it: nothing to say.

    `expected` is what was attended so far and the remaining minutes that will be attended at this pace.
    """

    attended: Minutes
    remaining: Minutes
    expected: Minutes

    @property
    def planned(self) -> bool:
        """Whether anything remains planned: without it a forecast would only repeat what was attended."""
        return self.remaining.total > 0


def forecast(attended: Minutes, held: Minutes, remaining: Minutes) -> Forecast:
    """Attended so far + what remains planned × the attendance rate so far, for practice and theory apart, in minutes.

    The rate of a kind is attended ÷ held; of a kind not yet held it is that of both kinds, of nothing held at all it is
    one: who has never been called is expected to come. Minutes are rounded half up.
    """
    rates = (held.practice, attended.practice), (held.theory, attended.theory)
    practice, theory = (
        _coming(left, *_rate(held_of, came, held, attended))
        for left, (held_of, came) in zip((remaining.practice, remaining.theory), rates, strict=True)
    )
    return Forecast(attended, remaining, attended + Minutes(practice, theory))


def _rate(held_of: int, came: int, held: Minutes, attended: Minutes) -> tuple[int, int]:
    """The rate as a fraction: attended, held."""
    if held_of:
        return came, held_of
    return (attended.total, held.total) if held.total else (1, 1)


def _coming(left: int, came: int, held: int) -> int:
    return (2 * left * came + held) // (2 * held)
