"""The way to absences: an entry of the office's bar, with the roll calls under it."""

import pytest

from app.core.permissions import Role
from tests.support.html import parse


@pytest.mark.parametrize("path", ["/absences", "/absences/mois", "/appels", "/envois"])
def test_the_office_is_in_absences_wherever_calls_and_messages_are(client, login_as, path):
    login_as(Role.OFFICE)
    page = parse(client.get(path).text)
    here = page.one("nav", aria_label="Navigation principale").all("a", aria_current="page")
    assert [link.attributes["href"] for link in here] == ["/absences"]
    tabs = page.one("nav", aria_label="Absences").all("a")
    assert [link.attributes["href"] for link in tabs][:2] == ["/appels", "/absences"]


def test_a_teacher_has_calls_without_the_tabs_of_absences(client, login_as):
    login_as(Role.TEACHER)
    page = parse(client.get("/appels").text)
    assert page.all("nav", aria_label="Absences") == []
