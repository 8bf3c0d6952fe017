"""Signing in and out, and what administrators do about people."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request, session

from monitor.access import PUBLIC, Subject, require
from monitor.audit import audit
from monitor.door import Door
from monitor.people import service
from monitor.people.queries import all_people, roles_of
from monitor.people.schema import GrantSchema, PeopleSchema, SignInSchema
from monitor.people.service import check_password, grant_role
from monitor.web.blueprint import Blueprint

bp = Blueprint(
    "people", __name__, template_folder="templates", static_folder="static", static_url_path="/people/static"
)


@bp.route("/sign-in", methods=["GET"], permission=PUBLIC)
def sign_in(door: Door) -> str:
    return render_template("people/sign_in.html", next=_local(request.args.get("next", "/")))


@bp.route("/sign-in", methods=["POST"], permission=PUBLIC, endpoint="do_sign_in")
def do_sign_in(door: Door) -> Any:
    given = door.load(SignInSchema)
    person_id = check_password(door, given["sign_in_name"], given["password"])
    if person_id is None:
        # 200, not 4xx: the door rolls back what it refuses, and this try must be counted.
        page = render_template(
            "people/sign_in.html",
            next=_local(given["next"]),
            problem="Name and password do not go together.",
            sign_in_name=given["sign_in_name"],
        )
        return make_response(page, 200)
    session.clear()
    session.rotates = True  # type: ignore[attr-defined]
    session["person_id"] = person_id
    return redirect(_local(given["next"]), 303)


@bp.route("/sign-out", methods=["POST"], permission=PUBLIC)
def sign_out(door: Door) -> Response:
    if door.actor.kind == "person":
        audit(door, "signed_out", f"person:{door.actor.id}")
    session.clear()
    response = make_response(redirect("/sign-in", 303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.route(
    "/api/v1/people",
    methods=["GET"],
    permission="monitor:people:read",
    gives=PeopleSchema,
    summary="Who serves in the mission, and with which roles",
)
def people(door: Door) -> Any:
    return PeopleSchema().dump({"people": all_people(door.session)})


@bp.route(
    "/api/v1/people/<person_id>/roles",
    methods=["POST"],
    permission="monitor:people:manage",
    takes=GrantSchema,
    summary="Give a role to somebody else, or take it",
)
def change_role(door: Door, person_id: str) -> Any:
    given = door.load(GrantSchema)
    require(door.actor, "monitor:people:manage", Subject(makers=frozenset({person_id})))
    grant_role(door, person_id, given["role"], given["granted"])
    return {"person_id": person_id, "roles": sorted(roles_of(door.session, person_id))}


@bp.route(
    "/api/v1/people/<person_id>/sign-ins/end",
    methods=["POST"],
    permission="monitor:people:manage",
    summary="End every sign-in of a person, at once",
)
def end_sign_ins(door: Door, person_id: str) -> Any:
    return {"person_id": person_id, "ended": service.end_sign_ins(door, person_id)}


def _local(address: str) -> str:
    """An address on this site, whatever was asked for: nobody is sent elsewhere after signing in."""
    parts = urlsplit(address.replace("\\", "/"))
    is_local = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return address if is_local and not address.startswith("//") else "/"
