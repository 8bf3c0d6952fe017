"""The way about: grouped, for each role what it may open, and exactly one place that is here."""

import re

import pytest

from monitor.access import PUBLIC
from monitor.web.shell import ENTRIES, NAVIGATION

LINK = re.compile(r'<a href="([^"]+)"( aria-current="page")?>')


def nav_of(page: str) -> str:
    return page.split('<nav aria-label="Main">')[1].split("</nav>")[0]


def test_no_place_stands_in_the_menus_twice():
    assert len({entry.href for entry in ENTRIES}) == len(ENTRIES)
    assert len(NAVIGATION) <= 6


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.href)
def test_every_place_opens_for_whom_the_menu_shows_it(app, entry):
    endpoint = app.url_map.bind("").match(entry.href, return_rule=True)[0].endpoint
    facts = app.view_functions[endpoint].route_facts
    assert facts.permission in {entry.permission, PUBLIC}


@pytest.mark.parametrize(
    ("path", "here"), [("/desk", "/desk"), ("/desk/charts", "/desk/charts"), ("/coverage", "/coverage")]
)
def test_one_place_is_here(client, path, here):
    links = LINK.findall(nav_of(client("duty_officer").get(path).text))
    assert [href for href, is_here in links if is_here] == [here]


def test_a_group_of_one_is_that_place_and_an_empty_group_is_left_out(client):
    nav = nav_of(client("administrator").get("/devices").text)
    assert LINK.findall(nav) == [("/devices", ' aria-current="page"')]
    assert "<details" not in nav


@pytest.mark.parametrize(
    "role", ["duty_officer", "analyst", "head_of_mission", "reporting_officer", "monitor"]
)
def test_everybody_lands_on_a_page_they_may_open(client, role):
    answer = client(role).get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] in {entry.href for entry in ENTRIES}
