"""Invented identifiers with right check digits. Every SIREN begins with 9998, which INSEE has given to nobody."""


def siret(number: int) -> str:
    """The SIRET of the head office of the invented company `number` (0 to 9999)."""
    siren = _with_luhn_key(f"9998{number:04d}")
    return siren[:9] + _with_luhn_key(f"{siren}0001")[9:]


def french_vat(siret_number: str) -> str:
    """The intra-community VAT number of a French company: FR, a key modulo 97, the SIREN."""
    siren = siret_number[:9]
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def belgian_vat(number: int) -> str:
    """A Belgian VAT number: eight digits then 97 less their remainder modulo 97."""
    base = 9990000 + number
    return f"BE0{base:07d}{97 - base % 97:02d}"


def uai(number: int) -> str:
    """The UAI of a school: seven digits then a control letter (no i, o or q)."""
    return f"{number:07d}{'ABCDEFGHJKLMNPRSTUVWXYZ'[number % 23]}"


def _with_luhn_key(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{digits}{-total % 10}"
