"""What a company's code looks like and how a person's change is told."""

import re

LABELS = {
    "name": "Raison sociale", "siret": "SIRET", "vat_number": "TVA intracommunautaire", "address": "Adresse",
    "postal_code": "Code postal", "city": "Ville", "country": "Pays", "email": "E-mail", "phone": "Téléphone",
    "payment_days": "Délai de paiement (jours)",
}  # fmt: skip
CODE_SERIES = "company"
_CODE = re.compile(r"C(\d{1,6})")


def company_code(number: int) -> str:
    """The code of a company created here: « C042 »; the school's own imported codes are kept as they are."""
    return f"C{number:03d}"


def number_of_code(code: str) -> int:
    """The number inside a code of our own pattern, else 0."""
    found = _CODE.fullmatch(code)
    return int(found[1]) if found else 0


def contact_key(last_name: str, first_name: str) -> tuple[str, str]:
    """Two contacts of a company are the same person when both names are, letter by letter."""
    return last_name.strip(), first_name.strip()
