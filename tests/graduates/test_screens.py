"""The pages of results and offers."""

from datetime import date

from sqlalchemy import func, select

from app.core.clock import now
from app.core.permissions import Role
from app.graduates.models import ExamResult, JobOffer, Outcome
from app.graduates.rules import Contract, ExamVerdict, OfferState
from tests.factories import make_group, make_pupil

OFFER = {"company_name": "Forges de Bologne", "offered_on": "2026-11-20", "contract": "permanent", "state": "announced"}


def graduate(db, group, session=2026, verdict=ExamVerdict.PASSED, **other):
    pupil = make_pupil(db, group, **other)
    db.add(ExamResult(pupil_id=pupil.id, diploma_id=group.diploma_id, session=session, verdict=verdict))
    db.flush()
    return pupil


def offer(db, pupil, company, day=date(2026, 3, 1)):
    db.add(JobOffer(pupil_id=pupil.id, company_name=company, offered_on=day, contract=Contract.PERMANENT,
                    state=OfferState.ANNOUNCED, created_at=now()))  # fmt: skip
    db.flush()


def test_the_director_reads_offers_per_graduate_and_pass_rate(client, db, login_as):
    login_as(Role.DIRECTOR)
    group = make_group(db)
    first, _second = graduate(db, group), graduate(db, group)
    graduate(db, group, verdict=ExamVerdict.FAILED)
    for company in ("A", "A", "B", "C"):
        offer(db, first, company, date(2026, 3, len(company) + db.scalar(select(func.count(JobOffer.id)))))
    page = client.get("/debouches").text
    assert "1,5" in page
    assert "66,7" in page
    assert "3\u00a0promesses pour 2\u00a0diplômés" in page


def test_without_a_result_the_page_says_what_to_do(client, login_as):
    login_as(Role.DIRECTOR)
    page = client.get("/debouches")
    assert page.status_code == 200
    assert "Saisir des résultats" in page.text


def test_an_offer_is_noted_and_shown_on_the_pupil_s_page(client, db, login_as):
    login_as(Role.MASTER)
    pupil = make_pupil(db, make_group(db), code="E042")
    answer = client.post("/debouches/promesses", data=OFFER | {"pupil": "E042"})
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "Forges de Bologne" in page
    assert "Promesse de Forges de Bologne notée" in page
    assert pupil.code == "E042"


def test_the_same_offer_again_is_refused_at_its_field(client, db, login_as):
    login_as(Role.OFFICE)
    make_pupil(db, make_group(db), code="E042")
    client.post("/debouches/promesses", data=OFFER | {"pupil": "E042"})
    again = client.post("/debouches/promesses", data=OFFER | {"pupil": "E042"})
    assert again.status_code == 422
    assert "déjà notée" in again.text
    assert "Forges de Bologne" in again.text
    assert db.scalar(select(func.count(JobOffer.id))) == 1


def test_a_date_ahead_and_an_unknown_contract_are_refused(client, db, login_as):
    login_as(Role.OFFICE)
    make_pupil(db, make_group(db), code="E042")
    answer = client.post("/debouches/promesses", data=OFFER | {"pupil": "E042", "contract": "stage"})
    assert answer.status_code == 422
    assert "Choisissez dans la liste." in answer.text
    answer = client.post("/debouches/promesses", data=OFFER | {"pupil": "E042", "offered_on": "2027-01-01"})
    assert answer.status_code == 422
    assert "à venir" in answer.text


def test_results_of_a_group_are_written_in_one_sheet_and_journaled(client, db, login_as):
    login_as(Role.OFFICE)
    group = make_group(db, code="CAP2")
    pupils = [make_pupil(db, group, code=f"E{n:03}") for n in range(3)]
    rows = {"rows-0-pupil": "E000", "rows-0-verdict": "passed", "rows-1-pupil": "E001", "rows-1-verdict": "failed",
            "rows-2-pupil": "E002", "rows-2-verdict": ""}  # fmt: skip
    assert client.post("/debouches/resultats/2026/CAP2", data=rows).status_code == 303
    assert dict(db.execute(select(ExamResult.pupil_id, ExamResult.verdict)).all()) == {
        pupils[0].id: ExamVerdict.PASSED, pupils[1].id: ExamVerdict.FAILED,
    }  # fmt: skip
    client.post("/debouches/resultats/2026/CAP2", data=rows | {"rows-1-verdict": "passed"})
    page = client.get("/debouches/eleves/E001").text
    assert "Ajourné → Admis" in page


def test_a_situation_is_noted_and_corrected(client, db, login_as):
    login_as(Role.OFFICE)
    make_pupil(db, make_group(db), code="E042")
    said = {"as_of": "2026-10-01", "situation": "job", "company_name": "Forges"}
    assert client.post("/debouches/eleves/E042/situation", data=said).status_code == 303
    assert client.post("/debouches/eleves/E042/situation", data=said | {"situation": "studies"}).status_code == 303
    assert db.scalar(select(func.count(Outcome.id))) == 1
    assert "Emploi → Études" in client.get("/debouches/eleves/E042").text


def test_the_cohort_page_costs_the_same_with_more_candidates(client, db, login_as, record_queries):
    login_as(Role.DIRECTOR)
    group = make_group(db)
    offer(db, graduate(db, group), "A")
    with record_queries() as few:
        client.get("/debouches")
    for n in range(20):
        offer(db, graduate(db, group, session=2026 - n % 3), f"Entreprise {n}")
    with record_queries() as many:
        client.get("/debouches")
    assert len(many) == len(few)


def test_a_teacher_reads_the_figures_but_writes_none(client, login_as):
    login_as(Role.TEACHER)
    assert client.get("/debouches").status_code == 200
    assert client.get("/debouches/promesses/nouvelle").status_code == 403
