"""One-shot messages: said once, never an error, never somebody else's words."""

import base64
import json

import pytest
from starlette.requests import Request

from app.core.permissions import Role
from app.web.flash import COOKIE, Flash, encode_flash, read_flashes


def request(value):
    return Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={value}".encode())]})


def packed(thing):
    return base64.urlsafe_b64encode(json.dumps(thing).encode()).decode()


def test_what_was_said_is_read():
    flash = Flash("Client créé. « É »", "ok", "/clients/1/retour")
    assert read_flashes(request(encode_flash(flash))) == [flash]


@pytest.mark.parametrize(
    "value", ["", "x", "%%%", "é", packed([]), packed({"a": 1}), packed(5), packed([1, 2]), "A" * 5000]
)  # fmt: skip
def test_what_is_not_ours_says_nothing(value):
    assert read_flashes(request(value)) == []


@pytest.mark.parametrize("target", ["//ailleurs.example", "https://ailleurs.example", "javascript:x", 5, None])
def test_the_way_back_stays_here(target):
    assert read_flashes(request(packed(["Fait.", "ok", target])))[0].undo_url is None


def test_a_tone_is_one_of_two():
    assert read_flashes(request(packed(["Fait.", ["error"], None]))) == []
    assert read_flashes(request(packed(["Fait.", "error", None])))[0].tone == "ok"


def test_it_is_shown_once(client, login_as):
    login_as(Role.DIRECTOR)
    client.post("/compte/apparence", data={"theme": "light"})
    assert "Apparence enregistrée." in client.get("/compte").text
    assert "Apparence enregistrée." not in client.get("/compte").text


def test_what_is_shown_is_escaped(client, login_as):
    login_as(Role.DIRECTOR)
    client.cookies.set(COOKIE, packed(["<script>x</script>", "ok", None]), domain="127.0.0.1")
    text = client.get("/compte").text
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text
