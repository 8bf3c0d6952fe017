"""Domain errors as answers: a problem (RFC 9457) for programs, a page for people."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from monitor.errors import DomainError, SignInNeeded

log = structlog.get_logger(__name__)

TYPE_BASE = "/problems/"


def wants_page() -> bool:
    """A person's browser asks for HTML; the form, the desk and other programs do not."""
    if request.path.startswith("/api/"):
        return False
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return (
        best == "text/html"
        and request.accept_mimetypes["text/html"] > request.accept_mimetypes["application/json"]
    )


def problem(status: int, kind: str, title: str, detail: str, **more: Any) -> Response:
    body = {"type": TYPE_BASE + kind, "title": title, "status": status, "detail": detail}
    response = jsonify(body | {"instance": request.path} | more)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def register(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unknown_error)


def _domain_error(error: DomainError) -> Response:
    if wants_page():
        if isinstance(error, SignInNeeded):
            return make_response(redirect(url_for("people.sign_in", next=request.full_path.rstrip("?"))))
        return _page(error.status, error.title, error.detail)
    more = {name: error.facts[name] for name in error.members}
    response = problem(error.status, error.type, error.title, error.detail, **more)
    if more.get("wipe"):
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    if "offset" in more:
        response.headers["Upload-Offset"] = str(more["offset"])
    return response


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    if wants_page():
        return _page(status, status.phrase, status.description)
    return problem(status, f"http-{status.value}", status.phrase, status.description)


def _unknown_error(error: Exception) -> Response:
    log.exception("web.unknown_error", method=request.method, endpoint=request.endpoint)
    detail = "Something went wrong on our side. It has been recorded; nothing you sent was kept half."
    if wants_page():
        return _page(500, "Our mistake", detail)
    return problem(500, "unknown", "Our mistake", detail)


def _page(status: int, title: str, detail: str) -> Response:
    return make_response(
        render_template("problem.html", status=int(status), title=title, detail=detail), status
    )
