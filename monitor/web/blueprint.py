"""A blueprint whose routes name a permission, and the door that each request goes through.

GET and HEAD look through a read-only session. Other verbs run in one transaction that is committed when
the view answered below 400 and rolled back otherwise.
"""

import functools
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask
from flask import Response, current_app, g, make_response, request
from marshmallow import RAISE, Schema, ValidationError

from monitor.access import ANONYMOUS, PUBLIC, Actor, require
from monitor.access.permissions import PERMISSIONS
from monitor.door import App
from monitor.errors import BadRequest, Invalid, Refused, TooLarge, WrongMediaType
from monitor.parsing import strict_json
from monitor.settings import Settings

READING = {"GET", "HEAD", "OPTIONS"}
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
JSON_LIMIT = 1_048_576

View = Callable[..., Any]
SchemaKind = type[Schema] | Schema | None


@dataclass(frozen=True)
class RouteFacts:
    """What a route declared; the OpenAPI document and the house tests read it."""

    permission: str
    takes: SchemaKind
    gives: SchemaKind | dict[int, SchemaKind]
    summary: str
    media_types: tuple[str, ...] = ("application/json",)
    # Reads the body, up to so many bytes, before the transaction begins: a slow line must not hold the store.
    body_limit: Callable[[Settings], int] | None = None
    # Only looks, though it is asked by POST because the question is long.
    only_reads: bool = False
    # The body carries a secret of its own; what a browser would send by itself counts for nothing here.
    by_secret: bool = False


class Blueprint(flask.Blueprint):
    """`flask.Blueprint` with `route(..., permission=…)`; a route without one cannot be registered."""

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        if "permission" not in options:
            raise TypeError(f"{self.name}: the route {rule} names no permission")
        facts = RouteFacts(
            permission=options.pop("permission"),
            takes=options.pop("takes", None),
            gives=options.pop("gives", None),
            summary=options.pop("summary", ""),
            media_types=options.pop("media_types", ("application/json",)),
            body_limit=options.pop("body_limit", None),
            only_reads=options.pop("only_reads", False),
            by_secret=options.pop("by_secret", False),
        )
        if facts.permission != PUBLIC and facts.permission not in PERMISSIONS:
            raise KeyError(
                f"{self.name}: {rule} names {facts.permission}, which permissions.py does not list"
            )

        def register(view: View) -> View:
            endpoint = options.pop("endpoint", view.__name__)
            self.add_url_rule(rule, endpoint, through_the_door(view, facts), **options)
            return view

        return register


def through_the_door(view: View, facts: RouteFacts) -> View:
    """The view as Flask calls it: permission, then session, then the view, then commit or roll back."""

    @functools.wraps(view)
    def opened(**arguments: Any) -> Response:
        actor = current_actor()
        require(actor, facts.permission)
        app = current_app_parts()
        if request.method not in READING:
            check_origin(by_secret=facts.by_secret)
            if facts.body_limit:
                g.body = body_bytes(facts.body_limit(app.settings))
        if request.method in READING or facts.only_reads:
            with app.reading(actor) as door:
                g.door = door
                door.read_body = _read_body
                return make_response(view(door, **arguments))
        try:
            with app.transaction(actor) as door:
                g.door = door
                door.read_body = _read_body
                response = make_response(view(door, **arguments))
                if response.status_code >= 400:
                    raise _NotDone(response)
                return response
        except _NotDone as not_done:
            return not_done.response

    opened.route_facts = facts  # type: ignore[attr-defined]
    return opened


class _NotDone(Exception):
    """Carries an answer of 400 or above out of the transaction, so that it rolls back."""

    def __init__(self, response: Response) -> None:
        self.response = response


def current_app_parts() -> App:
    return current_app.extensions["truceline"]


def current_actor() -> Actor:
    """Who acts in this request; `monitor.people` sets it from the session or the token."""
    return g.get("actor", ANONYMOUS)


def check_origin(by_secret: bool = False) -> None:
    """Refuses what another site made the browser send. Tokens are never sent by a browser on its own."""
    if g.get("by_token"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Refused(permission="same-origin", reason="the request comes from another site")
    if by_secret:
        return
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(given.encode(), csrf_token().encode()):
        raise Refused(permission="same-origin", reason="the page is out of date; reload it and try again")


def csrf_token() -> str:
    """This session's token, which pages carry in a meta element and in forms."""
    if "csrf" not in flask.session:
        flask.session["csrf"] = secrets.token_urlsafe(24)
    return flask.session["csrf"]


def body_bytes(limit: int = JSON_LIMIT) -> bytes:
    """The request's body. Raises TooLarge before reading more than `limit` bytes."""
    if "body" in g:
        if len(g.body) > limit:
            raise TooLarge(limit=limit)
        return g.body
    if (request.content_length or 0) > limit:
        raise TooLarge(limit=limit)
    content = request.stream.read(limit + 1)
    if len(content) > limit:
        raise TooLarge(limit=limit)
    return content


def json_body(limit: int = JSON_LIMIT) -> Any:
    if request.mimetype != "application/json":
        raise WrongMediaType(wanted="application/json", found=request.mimetype or "nothing")
    return strict_json(body_bytes(limit))


def _read_body(schema: SchemaKind) -> dict[str, Any]:
    """JSON or form fields, judged by a schema that refuses what it does not know."""
    form = {key: value for key, value in request.form.items() if key != CSRF_FIELD}
    is_form = request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}
    content = form if is_form else json_body()
    if not isinstance(content, dict):
        raise BadRequest(reason="The body must be one JSON object.")
    judge = schema() if isinstance(schema, type) else schema
    assert judge is not None
    try:
        return judge.load(content, unknown=RAISE)
    except ValidationError as error:
        raise Invalid(errors=error.normalized_messages()) from error
