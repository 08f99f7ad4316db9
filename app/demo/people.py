"""Staff, groups and pupils: who belongs where, and since when."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from app.demo import names
from app.demo.calendar import school_year_label, shift_years
from app.demo.frame import Frame, Row
from app.demo.lessons import DIPLOMA

MASTERS, TEACHERS = 3, 4
# Places in the class that carry a story; the others are ordinary pupils.
COMES_OF_AGE, YOUNGEST, LATE_COMER = 0, 11, 4
_EMAIL = str.maketrans("àâäéèêëîïôöûüçÀÂÉÈÊÎÔ’ ", "aaaeeeeiioouucAAEEEIO--")


@dataclass(frozen=True, slots=True)
class Stay:
    """A pupil's time in a group, both ends included."""

    group: str
    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        """Whether the pupil belongs to the group on that day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(slots=True)
class Pupil:
    """A pupil with what the simulation needs: pace at work, care, reliability."""

    code: str
    last_name: str
    first_name: str
    born: date
    cohort: int
    section: int
    place: int
    entered: date
    left: date | None
    stays: list[Stay]
    pace: float  # pupil minutes for one professional minute
    scrap_rate: float
    absence: float
    lateness: float
    opinions: list[tuple[date, str]] = field(default_factory=list)
    trainings: list[tuple[str, date, str]] = field(default_factory=list)

    def group_on(self, day: date) -> str | None:
        """The group of that day."""
        return next((stay.group for stay in self.stays if stay.covers(day)), None)


def staff_code(kind: str, number: int, section: int) -> str:
    """M1 to M3 are the masters of the first section, M4 to M6 of the second; teachers F likewise."""
    return f"{kind}{number + section * (MASTERS if kind == 'M' else TEACHERS)}"


def group_code(frame: Frame, level: int, year: int, section: int) -> str:
    """« CAP1-2026 »."""
    return f"CAP{level}-{year}{frame.section_suffix(section)}"


def email(first: str, last: str, domain: str) -> str:
    """Addresses end in .example: no mail ever reaches anybody."""
    return f"{first}.{last}@{domain}".translate(_EMAIL).lower()


class Roster:
    """Everybody of the school."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._taken: set[tuple[str, str]] = set()
        self.pupils: list[Pupil] = []
        years = frame.group_years
        for cohort in range(years.start - 1, years.stop):
            for section in range(frame.scale):
                self._add_cohort(cohort, section)
        self._number()

    @cached_property
    def by_group(self) -> dict[str, list[tuple[Stay, Pupil]]]:
        """Who was ever in a group."""
        groups: dict[str, list[tuple[Stay, Pupil]]] = {}
        for pupil in self.pupils:
            for stay in pupil.stays:
                groups.setdefault(stay.group, []).append((stay, pupil))
        return groups

    def members(self, group: str, day: date) -> list[Pupil]:
        """Who belongs to a group on a day."""
        return [pupil for stay, pupil in self.by_group.get(group, ()) if stay.covers(day)]

    def _number(self) -> None:
        width = max(3, len(str(len(self.pupils))))
        for number, pupil in enumerate(self.pupils, 1):
            pupil.code = f"E{number:0{width}d}"

    def _size(self, cohort: int) -> int:
        """The school began small; last June's class was a full one, and one of this year's second gave up."""
        return {-4: 8, -3: 10, -2: 14, -1: 13}.get(cohort - self.frame.year, 12)

    def _add_cohort(self, cohort: int, section: int) -> None:
        rng = self.frame.rng("cohort", cohort, section)
        size = self._size(cohort)
        girls = rng.sample(names.GIRLS, 3)
        firsts = [*girls, *rng.sample(names.BOYS, size - len(girls))]
        rng.shuffle(firsts)
        lasts = rng.sample(names.FAMILIES, len(names.FAMILIES))
        for place, first in enumerate(firsts):
            last = next(name for name in lasts if (name, first) not in self._taken)
            lasts.remove(last)
            self._taken.add((last, first))
            entered, left = self._dates(cohort, place)
            self.pupils.append(
                Pupil(
                    code="", last_name=last, first_name=first, born=self._birth(cohort, place, rng.random()),
                    cohort=cohort, section=section, place=place, entered=entered, left=left,
                    stays=self._stays(cohort, section, entered, left), pace=rng.uniform(1.7, 2.9),
                    scrap_rate=rng.uniform(0.005, 0.035), absence=rng.choice((0.006, 0.008, 0.01, 0.012, 0.03)),
                    lateness=rng.choice((0.01, 0.015, 0.02, 0.03, 0.08)),
                )
            )  # fmt: skip

    def _dates(self, cohort: int, place: int) -> tuple[date, date | None]:
        frame = self.frame
        entered, late = date(cohort, 9, 1), date(cohort, 10, 13)
        if cohort == frame.year and place == LATE_COMER and frame.today >= late:
            entered = late
        if cohort == frame.year - 1 and place == 12:
            return entered, date(frame.year, 2, 12)  # gave up after one winter
        finished = date(cohort + 2, 8, 31)
        gone = cohort + 1 < frame.year or frame.last_year > cohort + 1
        return entered, finished if gone else None

    def _birth(self, cohort: int, place: int, chance: float) -> date:
        if cohort == self.frame.year - 1 and place == COMES_OF_AGE:
            return shift_years(self.frame.today + timedelta(days=6), -18)
        if place == YOUNGEST:
            return date(cohort - 15, 12, 20)  # fourteen until the Christmas holidays
        return date(cohort - 15, 8, 31) - timedelta(days=int(chance**1.6 * 900))

    def _stays(self, cohort: int, section: int, entered: date, left: date | None) -> list[Stay]:
        frame, stays = self.frame, []
        for level, year in ((1, cohort), (2, cohort + 1)):
            first = max(entered, date(year, 9, 1))
            if year not in frame.group_years or (left is not None and left < first):
                continue
            last = date(year + 1, 8, 31) if year < frame.last_year else None
            if left is not None and (last is None or left < last):
                last = left
            stays.append(Stay(group_code(frame, level, year, section), first, last))
        return stays

    def group_rows(self) -> list[Row]:
        """The file `groupes`."""
        return [
            {
                "code": group_code(self.frame, level, year, section),
                "intitule": f"CAP {level}{'re' if level == 1 else 'e'} année{self._class_name(section)}",
                "diplome": DIPLOMA,
                "annee_scolaire": school_year_label(year),
            }
            for year in self.frame.group_years
            for section in range(self.frame.scale)
            for level in (1, 2)
        ]

    def _class_name(self, section: int) -> str:
        return f", classe {section + 1}" if self.frame.scale > 1 else ""

    def pupil_rows(self) -> list[Row]:
        """The file `eleves`."""
        rng = self.frame.rng("guardians")
        return [self._pupil_row(pupil, rng.choice(names.GUARDIANS), rng.randrange(100_000)) for pupil in self.pupils]

    def _pupil_row(self, pupil: Pupil, guardian: str, line: int) -> Row:
        current = [stay for stay in pupil.stays if stay.first <= self.frame.today] or pupil.stays[:1]
        return {
            "code": pupil.code,
            "nom": pupil.last_name,
            "prenom": pupil.first_name,
            "date_naissance": pupil.born.isoformat(),
            "groupe": current[-1].group,
            "date_entree": pupil.entered.isoformat(),
            "date_sortie": pupil.left.isoformat() if pupil.left else "",
            "responsable_nom": f"{guardian} {pupil.last_name}",
            "responsable_email": email(guardian, f"{pupil.last_name}.{pupil.code}", "famille.example"),
            # 06 39 98 is kept by the regulator for works of fiction.
            "responsable_telephone": f"063998{line % 10_000:04d}",
        }

    def membership_rows(self) -> list[Row]:
        """The file `inscriptions`; a newcomer in his first group needs none."""
        return [
            {
                "eleve": pupil.code,
                "groupe": stay.group,
                "date_debut": stay.first.isoformat(),
                "date_fin": stay.last.isoformat() if stay.last else "",
            }
            for pupil in self.pupils
            if [(stay.first, stay.last) for stay in pupil.stays] != [(pupil.entered, pupil.left)]
            for stay in pupil.stays
        ]


def staff_rows(frame: Frame) -> list[Row]:
    """The file `personnel`: head, office, three masters and four teachers; more of these for more sections."""
    rng = frame.rng("staff")
    rows = [_staff_row(code, *person) for code, person in zip(_staff_codes(), names.STAFF, strict=True)]
    taken = {(last, first) for last, first, _ in names.STAFF}
    for section in range(1, frame.scale):
        for kind, count, role in (("M", MASTERS, "maitre"), ("F", TEACHERS, "formateur")):
            for number in range(1, count + 1):
                person = _new_person(rng.choice(names.FAMILIES), rng.choice(names.GUARDIANS), taken)
                rows.append(_staff_row(staff_code(kind, number, section), *person, role))
    return rows


def _new_person(last: str, first: str, taken: set[tuple[str, str]]) -> tuple[str, str]:
    for other in (last, *names.FAMILIES):
        if (other, first) not in taken:
            taken.add((other, first))
            return other, first
    raise ValueError("not enough family names for so large a school")


def _staff_codes() -> list[str]:
    return ["D1", "G1", *(f"M{n}" for n in range(1, MASTERS + 1)), *(f"F{n}" for n in range(1, TEACHERS + 1))]


def _staff_row(code: str, last: str, first: str, role: str) -> Row:
    return {
        "code": code, "nom": last, "prenom": first, "role": role, "email": email(first, last, "ecole-du-val.example"),
    }  # fmt: skip
