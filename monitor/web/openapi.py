"""The API's own description (OpenAPI 3.1), made from the schemas that judge what arrives."""

import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, current_app, render_template

from monitor.access import PUBLIC
from monitor.access.permissions import PERMISSIONS
from monitor.door import Door
from monitor.web.blueprint import Blueprint, RouteFacts

bp = Blueprint("openapi", __name__, url_prefix="/api/v1", template_folder="templates")

API = "/api/"
CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {"type": "object"},
    },
}


def describe(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of every route below /api/."""
    spec = APISpec(
        title="Truceline",
        version="1",
        openapi_version="3.1.0",
        info={
            "description": "Observations, incidents, alerts and summaries of a ceasefire-monitoring mission."
        },
        plugins=[MarshmallowPlugin()],
    )
    spec.components.schema("Problem", PROBLEM)
    spec.components.security_scheme("device", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "truceline"})
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        facts = getattr(app.view_functions[rule.endpoint], "route_facts", None)
        if facts and rule.rule.startswith(API):
            for verb in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                spec.path(
                    CONVERTER.sub(r"{\1}", rule.rule),
                    operations={verb.lower(): _operation(rule, verb, facts)},
                )
    return spec.to_dict()


def _operation(rule: Any, verb: str, facts: RouteFacts) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{rule.endpoint.replace('.', '_')}_{verb.lower()}",
        "summary": facts.summary or rule.endpoint.rpartition(".")[2].replace("_", " "),
        "tags": [rule.endpoint.partition(".")[0]],
        "responses": _responses(facts),
    }
    if rule.arguments:
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in sorted(rule.arguments)
        ]
    if facts.permission != PUBLIC:
        operation["description"] = f"Needs `{facts.permission}`: {PERMISSIONS[facts.permission]}."
        operation["security"] = [{"session": []}, {"device": []}]
    if facts.takes is not None:
        content = {kind: {"schema": facts.takes} for kind in facts.media_types}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(facts: RouteFacts) -> dict[str, Any]:
    gives = facts.gives if isinstance(facts.gives, dict) else {200: facts.gives}
    responses: dict[str, Any] = {
        str(status): {"description": "As asked"}
        | ({"content": {"application/json": {"schema": schema}}} if schema is not None else {})
        for status, schema in gives.items()
    }
    problem = {"content": {"application/problem+json": {"schema": "Problem"}}}
    responses["default"] = {"description": "A problem (RFC 9457) that says what to mend", **problem}
    return responses


@bp.route("/openapi.json", methods=["GET"], permission=PUBLIC, summary="This description")
def openapi_json(door: Door) -> Any:
    return describe(current_app)


@bp.route("/", methods=["GET"], permission=PUBLIC, summary="This description, to read")
def openapi_page(door: Door) -> str:
    described = describe(current_app)
    return render_template("openapi.html", described=described)
