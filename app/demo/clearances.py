"""Work regulated for minors: declarations, medical opinions, safety trainings, and who may work where on a day."""

from datetime import date, timedelta

from app.demo.calendar import school_day, shift_years, working_day
from app.demo.catalogue import CENTERS, CHEMICAL, DANGEROUS, Center
from app.demo.frame import Frame, Row
from app.demo.lessons import DIPLOMA
from app.demo.people import LATE_COMER, Pupil, Roster

RENEWAL = timedelta(days=350)
# Second-year pupils by place: days from today to the end of the medical opinion.
OPINION_ENDS = {2: -1, 4: 12, 7: 40}
RESTRICTED, NOT_ASSESSED, NOT_TRAINED, FAILED = 6, 1, 8, 3  # places with a story
# Centre, then month and day of the training: first the manual machines, the others when hands are sure.
FIRST_YEAR = (
    ("PERC", 9, 14), ("SCIE", 9, 16), ("TOUR-P", 9, 18), ("FRAIS", 9, 25), ("TOUR-CN", 11, 16), ("CU-3X", 12, 7),
)  # fmt: skip
SECOND_YEAR = (("RECT", 10, 5),)


def fill_in(frame: Frame, roster: Roster) -> None:
    """Give every pupil the opinions and trainings dated up to today."""
    for pupil in roster.pupils:
        last_day = min(frame.today, pupil.left or frame.today)
        pupil.opinions = [(day, _restriction(frame, pupil)) for day in _opinion_days(frame, pupil) if day <= last_day]
        pupil.trainings = [fact for fact in _trainings(frame, pupil) if fact[1] <= last_day]


def allowed_centers(pupil: Pupil, day: date) -> frozenset[str]:
    """The work centres where this pupil may work that day: under 15 none, a minor only where every fact holds."""
    if day < shift_years(pupil.born, 15):
        return frozenset()
    free = {center.code for center in CENTERS if not center.articles}
    passed = {code: result for code, on, result in sorted(pupil.trainings, key=lambda t: t[1]) if on <= day}
    trained = {center.code for center in CENTERS if passed.get(center.code) == "reussie"}
    if day >= _majority(pupil.born):
        return frozenset(free | trained)
    return frozenset(free | {code for code in trained if _fit(pupil, code, day)})


def rows(frame: Frame, roster: Roster) -> dict[str, list[Row]]:
    """The files `postes`, `declarations` and `aptitudes`."""
    return {
        "postes": [_center_row(frame, center) for center in CENTERS],
        "declarations": _declaration_rows(frame),
        "aptitudes": [row for pupil in roster.pupils for row in _pupil_rows(pupil)],
    }


def _fit(pupil: Pupil, center: str, day: date) -> bool:
    known = [(on, restriction) for on, restriction in pupil.opinions if on <= day]
    if not known:
        return False
    on, restriction = max(known)
    articles = next(c.articles for c in CENTERS if c.code == center)
    return day < shift_years(on, 1) and restriction not in articles


def _majority(born: date) -> date:
    """The 18th birthday; who is born on 29 February comes of age on 1 March."""
    day = shift_years(born, 18)
    return day if day.day == born.day else day + timedelta(days=1)


def _is_second_year(frame: Frame, pupil: Pupil) -> bool:
    return pupil.cohort == frame.year - 1


def _is_first_year(frame: Frame, pupil: Pupil) -> bool:
    return pupil.cohort == frame.year


def _restriction(frame: Frame, pupil: Pupil) -> str:
    return CHEMICAL if _is_first_year(frame, pupil) and pupil.place == RESTRICTED else ""


def _opinion_days(frame: Frame, pupil: Pupil) -> list[date]:
    if _is_first_year(frame, pupil) and pupil.place == LATE_COMER:
        return []
    first = working_day(pupil.entered + timedelta(days=8 + pupil.place % 3))
    if _is_second_year(frame, pupil) and pupil.place in OPINION_ENDS:
        end = frame.today + timedelta(days=OPINION_ENDS[pupil.place])
        latest = working_day(shift_years(end, -1), -1)
        return [first, latest] if latest - first > timedelta(days=60) else [latest]
    days = [first]
    while days[-1] + RENEWAL <= frame.today:
        days.append(school_day(days[-1] + RENEWAL))
    return days


def _trainings(frame: Frame, pupil: Pupil) -> list[tuple[str, date, str]]:
    plan = [(center, date(pupil.cohort, month, day)) for center, month, day in FIRST_YEAR]
    plan += [(center, date(pupil.cohort + 1, month, day)) for center, month, day in SECOND_YEAR]
    rng = frame.rng("training", pupil.cohort, pupil.section, pupil.place)
    facts: list[tuple[str, date, str]] = []
    for number, (center, planned) in enumerate(plan):
        day = school_day(max(planned, pupil.entered + timedelta(days=10 + 2 * number)))
        story = _story(frame, pupil, center)
        if story == "absent":
            continue
        failed = story == "" and rng.random() < 0.05
        facts.append((center, day, story or ("echouee" if failed else "reussie")))
        if failed:
            facts.append((center, school_day(day + timedelta(days=15)), "reussie"))
    return facts


def _story(frame: Frame, pupil: Pupil, center: str) -> str:
    if _is_first_year(frame, pupil) and pupil.place == NOT_ASSESSED and center == "SCIE":
        return "non_evaluee"
    if _is_first_year(frame, pupil) and pupil.place == NOT_TRAINED and center == "PERC":
        return "absent"
    if _is_second_year(frame, pupil) and pupil.place == FAILED and center == "TOUR-CN":
        return "echouee"
    return ""


def _pupil_rows(pupil: Pupil) -> list[Row]:
    opinions = [
        _clearance(pupil, "avis_medical", "", day, "apte") | {"restriction": out} for day, out in pupil.opinions
    ]
    trainings = [_clearance(pupil, "formation_securite", *fact) for fact in pupil.trainings]
    return opinions + trainings


def _clearance(pupil: Pupil, kind: str, center: str, day: date, result: str) -> Row:
    return {
        "eleve": pupil.code, "type": kind, "poste": center, "date": day.isoformat(), "resultat": result,
        "restriction": "",
    }  # fmt: skip


def _center_row(frame: Frame, center: Center) -> Row:
    # The assessment is looked at again each summer; the first one is older than every booking.
    assessed = date(frame.group_years.start - 2, 7, 3)
    return {
        "code": center.code,
        "intitule": center.label,
        "capacite": str(center.capacity * frame.scale),
        "travaux_reglementes": "+".join(center.articles),
        "evaluation_risques": working_day(assessed).isoformat() if center.assessed else "",
    }


def _declaration_rows(frame: Frame) -> list[Row]:
    """One declaration every three years, on 2 September; the last one covers today."""
    named = "+".join(c.code for c in CENTERS if c.articles and c.assessed)
    newest, oldest = frame.year - 2, frame.group_years.start - 1
    years = [year for year in range(newest, oldest - 4, -3) if year + 3 > oldest]
    return [
        {
            "code": f"DEC-{year}",
            "date_envoi": date(year, 9, 2).isoformat(),
            "articles": f"{CHEMICAL}+{DANGEROUS}",
            "postes": named,
            "diplomes": DIPLOMA,
        }
        for year in sorted(years)
    ]
