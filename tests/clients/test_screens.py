"""The pages of companies, through the browser's door."""

from sqlalchemy import func, select

from app.clients.models import Company, Contact
from app.core.journal import history
from app.core.permissions import Role
from tests.factories import make_company


def test_the_office_creates_a_company_and_lands_on_its_page(client, db, login_as):
    login_as(Role.OFFICE)
    answer = client.post("/clients", data={"name": "Mécanique du Der", "country": "FR", "payment_days": "45"})
    assert answer.status_code == 303
    company = db.execute(select(Company)).scalar_one()
    assert (company.code, company.name, company.payment_days) == ("C001", "Mécanique du Der", 45)
    assert [deed.label for deed in history(db, "company", company.id)] == ["Client C001 créé"]
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Mécanique du Der" in page.text
    assert "Client créé." in page.text


def test_a_wrong_siret_is_told_at_its_field_and_nothing_is_stored(client, db, login_as):
    login_as(Role.OFFICE)
    answer = client.post("/clients", data={"name": "Forge <b>", "country": "FR", "payment_days": "999", "siret": "123"})
    assert answer.status_code == 422
    assert "Ce SIRET n’est pas valable" in answer.text
    assert "Ce nombre ne peut pas être plus grand que 120." in answer.text
    assert "Forge &lt;b&gt;" in answer.text
    assert db.scalar(select(func.count()).select_from(Company)) == 0


def test_a_code_is_never_used_twice(client, db, login_as):
    login_as(Role.OFFICE)
    make_company(db, code="C777")
    answer = client.post("/clients", data={"name": "Autre", "code": "C777", "country": "FR", "payment_days": "30"})
    assert answer.status_code == 422
    assert "déjà pris par un autre client" in answer.text


def test_two_people_on_one_company_the_second_is_told_and_keeps_what_they_typed(client, db, login_as):
    login_as(Role.OFFICE)
    company = make_company(db, code="C001", name="Ancien nom")
    typed = {"name": "Nom de Marc", "country": "FR", "payment_days": "30", "version": str(company.version)}
    assert client.post("/clients/C001/modifier", data=typed | {"name": "Nom de Léa"}).status_code == 303
    answer = client.post("/clients/C001/modifier", data=typed)
    assert answer.status_code == 409
    assert "Nom de Marc" in answer.text
    assert "Nom de Léa" in answer.text
    db.expire_all()
    assert db.get(Company, company.id).name == "Nom de Léa"


def test_a_contact_is_added_once_and_removed_without_being_lost(client, db, login_as):
    login_as(Role.OFFICE)
    company = make_company(db, code="C001")
    person = {"last_name": "Perrin", "first_name": "Louna"}
    assert client.post("/clients/C001/contacts", data=person).status_code == 303
    again = client.post("/clients/C001/contacts", data=person)
    assert again.status_code == 422
    assert "est déjà un contact" in again.text
    contact = db.execute(select(Contact)).scalar_one()
    assert client.post(f"/clients/C001/contacts/{contact.id}/retrait").status_code == 303
    db.expire_all()
    assert db.get(Contact, contact.id).archived_at is not None
    assert "Perrin ajouté" in client.get("/clients/C001").text
    assert company.code == "C001"


def test_an_archived_company_leaves_the_list_and_comes_back(client, db, login_as):
    login_as(Role.OFFICE)
    make_company(db, code="C001", name="Fonderie de la Suize")
    assert client.post("/clients/C001/archive").status_code == 303
    assert "Fonderie de la Suize" not in client.get("/clients").text
    assert "Fonderie de la Suize" in client.get("/clients?etat=archives").text


def test_the_search_finds_without_accents(client, db, login_as):
    login_as(Role.OFFICE)
    make_company(db, code="C001", name="Mécanique Générale")
    make_company(db, code="C002", name="Tuyauteries")
    page = client.get("/clients?q=mecanique gene").text
    assert "Mécanique Générale" in page
    assert "Tuyauteries" not in page


def test_a_teacher_has_no_business_with_clients(client, db, login_as):
    login_as(Role.TEACHER)
    assert client.get("/clients").status_code == 403


def test_an_unknown_company_is_not_found(client, login_as):
    login_as(Role.OFFICE)
    assert client.get("/clients/C999").status_code == 404


def test_the_list_costs_the_same_with_three_times_the_companies(client, db, login_as, record_queries):
    login_as(Role.OFFICE)
    make_company(db)
    with record_queries() as few:
        client.get("/clients")
    for _ in range(60):
        make_company(db)
    with record_queries() as many:
        client.get("/clients")
    assert len(many) == len(few) <= 4


def test_the_export_holds_the_filtered_rows_only(client, db, login_as):
    login_as(Role.OFFICE)
    make_company(db, code="C001", name="=HYPERLINK(1)")
    make_company(db, code="C002", name="Suize")
    answer = client.get("/clients/export.csv?q=hyper")
    text = answer.content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert "Suize" not in text
