"""What a demonstration school is made for: a day, a seed, a number of years, a size."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.calendar import is_school_day, school_year_of

LOOK_AHEAD = timedelta(days=14)
SESSIONS_KNOWN = 3  # exam sessions told of at least, before this school year
RESULTS_OUT = (7, 6)  # exam results are known on 6 July

Row = dict[str, str]


@dataclass(frozen=True)
class Frame:
    """The limits of a generated school. All chance comes from `rng`, so the same frame gives the same school."""

    today: date
    seed: int
    years: int
    scale: int

    @property
    def year(self) -> int:
        """The school year of today."""
        return school_year_of(self.today)

    @property
    def first_year(self) -> int:
        """The first school year with a timetable."""
        return self.year - self.years + 1

    @property
    def horizon(self) -> date:
        """The last day of the timetable."""
        return self.today + LOOK_AHEAD

    @property
    def last_year(self) -> int:
        """The last school year with groups: the next one as soon as its timetable shows."""
        return school_year_of(self.horizon)

    @property
    def group_years(self) -> range:
        """School years with groups: those with a timetable, and those the last three classes of leavers finished."""
        return range(min(self.first_year, self.year - SESSIONS_KNOWN), self.last_year + 1)

    @property
    def open_today(self) -> bool:
        """Whether the weekly timetable runs today."""
        return is_school_day(self.today)

    def graduated(self, cohort: int) -> bool:
        """Whether the results of those who entered in September of `cohort` are out."""
        return self.today >= date(cohort + 2, *RESULTS_OUT)

    def rng(self, *name: object) -> random.Random:
        """A stream of its own for each purpose: more pupils do not change the prices of orders."""
        return random.Random("/".join(map(str, (self.seed, *name))))  # noqa: S311 - a story, not a secret

    def section_suffix(self, section: int) -> str:
        """Parallel classes are told apart by a number; a school of one class per year has none."""
        return f"-{section + 1}" if self.scale > 1 else ""
