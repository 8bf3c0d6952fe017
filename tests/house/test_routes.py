"""Every route names a permission that exists, is granted and holds against those who lack it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from monitor.access import PUBLIC
from monitor.access.permissions import PERMISSIONS
from monitor.access.roles import ROLES
from monitor.web.blueprint import RouteFacts

ROOT = Path(__file__).parents[2]
ANY = {"int": "1", "uuid": "c0ffee00-0000-4000-8000-000000000000"}
DECLARING = {"monitor/access/permissions.py", "monitor/access/roles.py"}


def routes(app: Flask) -> Iterator[tuple[Rule, RouteFacts]]:
    for rule in app.url_map.iter_rules():
        if facts := getattr(app.view_functions[rule.endpoint], "route_facts", None):
            yield rule, facts


def asked(client: FlaskClient, rule: Rule) -> Iterator[tuple[str, Any]]:
    """What the route answers to each of its verbs, with any value in its place-holders."""
    address = re.sub(r"<(?:(\w+):)?\w+>", lambda found: ANY.get(found[1], "any"), rule.rule)
    for verb in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield f"{verb} {rule.rule}", client.open(address, method=verb)


def code_outside_the_declaration() -> str:
    files = (path for package in ("monitor", "incidents", "reports") for path in (ROOT / package).rglob("*"))
    return "".join(
        path.read_text(encoding="utf-8")
        for path in files
        if path.suffix in {".py", ".html"} and path.relative_to(ROOT).as_posix() not in DECLARING
    )


def test_every_route_went_through_the_door(app: Flask) -> None:
    past_it = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "route_facts")
    }
    assert {endpoint for endpoint in past_it if not endpoint.endswith(".static")} == set()


def test_every_permission_that_a_route_names_is_in_the_catalogue(app: Flask) -> None:
    named = {facts.permission for _, facts in routes(app)} - {PUBLIC}
    assert named <= PERMISSIONS.keys()


def test_every_permission_is_used_somewhere() -> None:
    code = code_outside_the_declaration()
    assert [permission for permission in PERMISSIONS if f'"{permission}"' not in code] == []


def test_every_permission_is_granted_to_some_role_and_no_role_grants_another_one() -> None:
    granted = frozenset().union(*ROLES.values())
    assert granted == PERMISSIONS.keys()


@pytest.mark.parametrize("kind", ["nobody", "administrator", "device"])
def test_who_lacks_the_permission_is_refused(kind: str, app: Flask, client: Any) -> None:
    """Everybody outside is asked to sign in; who runs the system reads no content; a phone only hands in."""
    asking = {"nobody": client.nobody, "device": client.device}.get(kind, lambda: client(kind))()
    held = {"nobody": frozenset[str](), **ROLES}[kind]
    open_doors = [
        f"{what}: {answer.status_code}"
        for rule, facts in routes(app)
        if facts.permission not in held | {PUBLIC}
        for what, answer in asked(asking, rule)
        if answer.status_code != (401 if kind == "nobody" else 403)
    ]
    assert open_doors == []


def test_who_may_review_does_not_review_by_the_link_of_another_site(client: Any) -> None:
    officer = client("duty_officer")
    del officer.environ_base["HTTP_X_CSRF_TOKEN"]
    answer = officer.post("/api/v1/observations/any/review", json={"verdict": "accepted", "comment": None})
    assert answer.status_code == 403
    assert answer.json["type"] == "/problems/refused"


def test_no_route_is_open_to_everybody_without_a_reason(app: Flask) -> None:
    """The front page, signing in and out, what the API is, the log's heads, which are hashes for all, the
    two steps of a phone that has nothing yet but its one-time code, and the form's page, which tells nothing.
    """
    assert {rule.rule for rule, facts in routes(app) if facts.permission == PUBLIC} <= {
        "/",
        "/field",
        "/field/<language>",
        "/field/<language>/app.webmanifest",
        "/field/<language>/words",
        "/field/sw.js",
        "/sign-in",
        "/sign-out",
        "/api/v1/",
        "/api/v1/openapi.json",
        "/api/v1/log/head",
        "/api/v1/log/consistency/<int:size>",
        "/api/v1/enrolments/claim",
        "/api/v1/enrolments/<enrolment_id>/collect",
    }
