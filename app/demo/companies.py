"""Client companies, their contacts, and the employers who make offers."""

from dataclasses import dataclass

from app.demo import names
from app.demo.frame import Frame, Row
from app.demo.identifiers import belgian_vat, french_vat, siret
from app.demo.people import email

FOREIGN = "Mécanique Ardenne-Gaume"
_DOMAIN = str.maketrans("àâéèêëîïôöûüçÀÉÈÊÎÔ’ ", "aaeeeeiioouucAEEEIO--")


@dataclass(frozen=True, slots=True)
class Company:
    """An invented company; `number` makes its SIRET."""

    code: str
    name: str
    postal_code: str
    city: str
    days: int
    number: int

    @property
    def foreign(self) -> bool:
        """Belgian: no SIRET, and goods leave without VAT."""
        return self.name.startswith(FOREIGN)

    @property
    def siret(self) -> str:
        """The invented SIRET."""
        return "" if self.foreign else siret(self.number)

    @property
    def domain(self) -> str:
        """Addresses end in .example: no mail ever reaches anybody."""
        return f"{self.name.translate(_DOMAIN).lower()}.example"


def companies(frame: Frame) -> list[Company]:
    """Clients first, then employers who are not clients; each further section brings the same names, numbered."""
    found = []
    for section in range(frame.scale):
        for place, (name, postal_code, city, days) in enumerate(names.COMPANIES):
            label = f"{name} {section + 1}" if section else name
            is_client = place < names.CLIENTS
            code = f"C{place + 1 + names.CLIENTS * section:03d}" if is_client else ""
            number = 100 + place + len(names.COMPANIES) * section
            found.append(Company(code, label, postal_code, city, days, number))
    return found


def clients(frame: Frame) -> list[Company]:
    """The companies that order parts."""
    return [company for company in companies(frame) if company.code]


def rows(frame: Frame) -> dict[str, list[Row]]:
    """The files `clients` and `contacts`."""
    rng = frame.rng("clients")
    client_rows, contact_rows = [], []
    for company in clients(frame):
        address = f"{rng.randint(1, 48)} {rng.choice(names.STREETS)}"
        phone = f"03530100{rng.randrange(100):02d}"  # kept by the regulator for works of fiction
        client_rows.append(_client_row(company, address, phone))
        people = rng.sample(names.GUARDIANS, rng.choice((1, 1, 2)))
        families = rng.sample(names.FAMILIES, len(people))
        jobs = rng.sample(names.POSITIONS, len(people))
        contact_rows += [_contact_row(company, *person, phone) for person in zip(families, people, jobs, strict=True)]
    return {"clients": client_rows, "contacts": contact_rows}


def _client_row(company: Company, address: str, phone: str) -> Row:
    return {
        "code": company.code,
        "raison_sociale": company.name,
        "siret": company.siret,
        "tva_intracom": belgian_vat(company.number) if company.foreign else french_vat(company.siret),
        "adresse": address,
        "code_postal": company.postal_code,
        "ville": company.city,
        "pays": "BE" if company.foreign else "FR",
        "email": f"achats@{company.domain}",
        "telephone": phone,
        "delai_paiement_jours": str(company.days),
    }


def _contact_row(company: Company, last: str, first: str, job: str, phone: str) -> Row:
    return {
        "client": company.code, "nom": last, "prenom": first, "fonction": job,
        "email": email(first, last, company.domain), "telephone": phone,
    }  # fmt: skip
