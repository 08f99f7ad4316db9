"""The fourteen scenarios every version of the gate must answer alike, as our own data."""

from dataclasses import dataclass
from datetime import date

DAY = date(2026, 11, 24)
LATHE, WELDER, BRAKE = "Tour parallèle conventionnel", "Poste à souder TIG (141)", "Presse plieuse"
DANGEROUS, CHEMICAL, OPTICAL = "D4153-28", "D4153-17", "D4153-22"


@dataclass(frozen=True)
class Scenario:
    """A pupil, a machine with one article, a day, and what is on record. `codes`: the checks that must fail."""

    id: str
    born_on: date = date(2010, 5, 10)
    machine: str = LATHE
    article: str = DANGEROUS
    sent_on: date = date(2025, 9, 2)
    articles: tuple[str, ...] = (CHEMICAL, DANGEROUS)
    names_machine: bool = True
    diploma: bool = True
    assessed: bool = True
    trained: bool = True
    passed: bool = True
    medical_on: date | None = date(2026, 9, 15)
    fit: bool = True
    excluded: tuple[str, ...] = ()
    supervised: bool = True
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.id


SCENARIOS = (
    Scenario("S01"),
    Scenario("S02", born_on=date(2011, 12, 1), codes=("G02_AGE",)),
    Scenario("S03", born_on=date(2011, 11, 24)),
    Scenario("S04", sent_on=date(2023, 11, 24), codes=("G03_DECLARATION",)),
    Scenario("S05", sent_on=date(2023, 11, 25)),
    Scenario("S06", machine=WELDER, article=OPTICAL, names_machine=False, codes=("G04_PERIMETRE",)),
    Scenario("S07", machine=BRAKE, names_machine=False, codes=("G05_MACHINE",)),
    Scenario("S08", trained=False, passed=False, codes=("G07_FORMATION",)),
    Scenario("S09", passed=False, codes=("G08_EVALUATION_FORMATION",)),
    Scenario("S10", medical_on=None, codes=("G09_AVIS_MEDICAL",)),
    Scenario("S11", medical_on=date(2025, 11, 23), codes=("G09_AVIS_MEDICAL",)),
    Scenario("S12", fit=False, codes=("G09_AVIS_MEDICAL",)),
    Scenario(
        "S13", machine=WELDER, article=OPTICAL, articles=(CHEMICAL, OPTICAL, DANGEROUS), names_machine=False,
        excluded=(OPTICAL,), codes=("G09_AVIS_MEDICAL",),
    ),
    Scenario("S14", excluded=(OPTICAL,)),
)  # fmt: skip
