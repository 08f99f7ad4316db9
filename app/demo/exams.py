"""The demonstration's exam: the units of the CAP with their coefficients, the session to come, and who is entered."""

from datetime import date

from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.tabular import read_table
from app.demo.lessons import DIPLOMA
from app.graduates.queries.exams import exam_page
from app.graduates.rules import session_of
from app.graduates.service.exams import enter_pupils, import_units, save_session

FROM_SESSION = 2014
# The rules of CAP CIP: EP1 8 and 1 for safety and health, EP2 4; the general units of every CAP.
UNITS = f"""diploma;unit;unit_title_fr;coefficient;optional
{DIPLOMA};EP1;Conduite en mode normal, prévention-santé-environnement comprise;9;
{DIPLOMA};EP2;Intervention durant la production;4;
{DIPLOMA};EG1;Français, histoire-géographie, enseignement moral et civique;3;
{DIPLOMA};EG2;Mathématiques et physique-chimie;2;
{DIPLOMA};EG3;Éducation physique et sportive;1;
{DIPLOMA};LV;Langue vivante;1;oui
"""


def enter_exams(db: Session) -> None:
    """Open the session of June and enter those who prepare it."""
    import_units(db, read_table(UNITS.encode()), FROM_SESSION, by=SYSTEM)
    year = session_of(today())
    values = {
        "diploma": DIPLOMA, "session": year, "starts_on": date(year, 6, 7), "ends_on": date(year, 6, 18),
    }  # fmt: skip
    db.flush()  # the units, before somebody is entered for them
    exam = save_session(db, None, values=values, seen_version=None, by=SYSTEM)
    codes = [one.code for one in exam_page(db, exam).candidates if one.group.code.startswith("CAP2")]
    enter_pupils(db, exam, codes, by=SYSTEM)
