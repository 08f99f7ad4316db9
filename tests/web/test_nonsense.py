"""Every door × nonsense: whatever is sent, the answer is a refusal that can be read, never a failure."""

import pytest

from app.core.permissions import Role
from tests.factories import make_company, make_order, make_pupil, make_session, make_ticket
from tests.support.routes import doors

DOORS = [door for door in doors() if not door.path.startswith("/health")]
BIG = 2**63
VALUES = {
    "a huge number": BIG,
    "a negative number": -1,
    "no number": "NaN",
    "an endless number": "1e999",
    "a lone half of a sign": "\ud800",
    "a NUL": "a\x00b",
    "a long text": "é" * 6000,
    "markup": "<script>alert(1)</script>{{7*191}}",
    "a year before time": "0001-01-01",
    "a year after time": "9999-12-31",
    "a list": [[]],
    "an object": {"a": {"b": None}},
    "nothing": None,
    "a truth": True,
    "a quote": "' OR 1=1 --",
}
PATHS = ["1", "0", "-1", str(BIG), "é", "%00", "x" * 300, "..", "' OR 1=1"]
QUERIES = [
    f"page={10**18}", "page=-1", "page=x", "size=1000000", "q=%00", "q=" + "é" * 3000, "tri=%27", "etat=%ff",
    "from=0001-01-01&to=9999-12-31", "from=x&to=", "late_on=31/02/2026", "group=%00", "client=" + "x" * 300,
    "du=x&au=y", "session=x", "order=%00", "semaine=2026-W99", "jour=2026-13-01",
]  # fmt: skip

# A page reads what it knows and leaves the rest: all names at once, a few values each.
NAMES = [
    "page",
    "size",
    "q",
    "tri",
    "etat",
    "from",
    "to",
    "du",
    "au",
    "late_on",
    "group",
    "client",
    "session",
    "order",
    "semaine",
    "jour",
    "vue",
    "file",
    "poste",
    "jeune",
    "statut",
    "suite",
    "retour",
    "groupe",
    "personne",
    "salle",
    "mois",
    "annee",
]
MIXED = ["&".join(f"{name}={value}" for name in NAMES) for value in ("-1", "%00", "9999-12-31", "x'%22<b>")]


@pytest.fixture
def director(client, login_as, db):
    """Somebody who may do anything, in a school where the first of each thing exists."""
    make_company(db)
    make_order(db)
    pupil = make_pupil(db)
    make_session(db, pupil.group)
    make_ticket(db, pupil=pupil)
    login_as(Role.DIRECTOR)
    return client


def _filled(door, value):
    parts = door.path.split("/")
    return "/".join(value if part.startswith("{") else part for part in parts)


def _refused(answer):
    return answer.status_code < 500 or answer.status_code == 503


@pytest.mark.parametrize("door", [door for door in DOORS if not door.writes], ids=str)
def test_nonsense_in_an_address_is_refused(director, door):
    failed = []
    for value in PATHS if "{" in door.path else [""]:
        answer = director.get(_filled(door, value))
        if not _refused(answer):
            failed.append((value, answer.status_code))
    for query in QUERIES if door.path.startswith("/api/") else [f"page={10**18}", "q=" + "é" * 3000, *MIXED]:
        answer = director.get(f"{_filled(door, '1')}?{query}")
        if not _refused(answer):
            failed.append((query, answer.status_code))
    assert failed == []


def _fields(door):
    """The names of the fields that this door knows, from the model of its body or from usual names."""
    body = door.route.body_field
    known = getattr(getattr(body, "field_info", None), "annotation", None)
    return list(getattr(known, "model_fields", {})) or [
        "name",
        "code",
        "version",
        "note",
        "pupil_id",
        "lines-0-quantity",
    ]


@pytest.mark.parametrize("door", [door for door in DOORS if door.writes and door.path.startswith("/api/")], ids=str)
def test_nonsense_in_a_json_body_is_refused(director, door):
    method = min(door.methods)
    failed = []
    for kind, value in VALUES.items():
        body = dict.fromkeys(_fields(door), value)
        answer = director.request(
            method, door.example, content=_as_json(body), headers={"Content-Type": "application/json"}
        )
        if not _refused(answer):
            failed.append((kind, answer.status_code))
    for raw in (b"", b"{", b"[]", b"null", b"[" * 5000, b'{"a": 1e999}', b'{"name": NaN}', b"\xff\xfe"):
        answer = director.request(method, door.example, content=raw, headers={"Content-Type": "application/json"})
        if not _refused(answer):
            failed.append((raw[:10], answer.status_code))
    assert failed == []


def _as_json(body):
    import json

    return json.dumps(body).encode()


@pytest.mark.parametrize("door", [door for door in DOORS if door.writes and not door.path.startswith("/api/")], ids=str)
def test_nonsense_in_a_form_is_refused(director, door):
    failed = []
    names = [*_fields(door), "_key", "suite"]
    for kind, value in VALUES.items():
        if isinstance(value, list | dict) or value is None or kind == "a lone half of a sign":
            continue
        answer = director.post(door.example, data=dict.fromkeys(names, str(value)))
        if not _refused(answer):
            failed.append((kind, answer.status_code))
    for content_type in ("text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary=x"):
        answer = director.post(door.example, content=b"\xff\x00--x", headers={"Content-Type": content_type})
        if not _refused(answer):
            failed.append((content_type, answer.status_code))
    assert failed == []
