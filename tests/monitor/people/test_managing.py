"""An administrator gives roles to others, ends sign-ins and devices, and all of it is on record."""

from typing import Any

from cast_of_people import cast_member
from sqlalchemy import select

from monitor.audit import AuditEntry
from monitor.door import App
from monitor.people.model import Device


def person_id(parts: App, role: str, which: str = "first") -> str:
    with parts.transaction() as door:
        return cast_member(door, role, which).id


def test_people_are_listed_with_their_roles(client: Any) -> None:
    rows = client("administrator").get("/api/v1/people").json["people"]
    assert {row["sign_in_name"]: row["roles"] for row in rows} == {"administrator.first": ["administrator"]}
    assert "password_hash" not in rows[0]


def test_a_role_is_given_and_taken_and_both_are_on_record(client: Any, parts: App) -> None:
    admin, analyst = client("administrator"), person_id(parts, "analyst")
    address = f"/api/v1/people/{analyst}/roles"
    given = admin.post(address, json={"role": "liaison", "granted": True})
    taken = admin.post(address, json={"role": "analyst", "granted": False})
    assert (given.json["roles"], taken.json["roles"]) == (["analyst", "liaison"], ["liaison"])
    about_them = select(AuditEntry.facts).where(AuditEntry.subject == f"person:{analyst}")
    with parts.reading() as door:
        found = door.session.scalars(about_them.order_by(AuditEntry.leaf_index)).all()
    assert [(facts["role"], facts["granted"]) for facts in found] == [
        ("analyst", 1),
        ("liaison", 1),
        ("analyst", 0),
    ]


def test_nobody_gives_a_role_to_themselves(client: Any, parts: App) -> None:
    admin = client("administrator")
    own = f"/api/v1/people/{person_id(parts, 'administrator')}/roles"
    refused = admin.post(own, json={"role": "duty_officer", "granted": True})
    assert refused.status_code == 403
    assert "another administrator" in refused.json["detail"]


def test_a_person_nobody_knows_is_told_as_such(client: Any) -> None:
    admin = client("administrator")
    assert admin.post("/api/v1/people/x/roles", json={"role": "liaison", "granted": True}).status_code == 404
    assert admin.post("/api/v1/people/x/sign-ins/end").status_code == 404
    assert admin.post("/api/v1/devices/x/revoke").status_code == 404


def test_ended_sign_ins_are_asked_to_sign_in_again(client: Any, parts: App) -> None:
    officer, admin = client("duty_officer"), client("administrator")
    assert officer.get("/api/v1/places").status_code == 200
    ended = admin.post(f"/api/v1/people/{person_id(parts, 'duty_officer')}/sign-ins/end")
    assert ended.json["ended"] == 1
    assert officer.get("/api/v1/places").status_code == 401


def test_a_revoked_phone_hands_in_no_more(client: Any, parts: App) -> None:
    phone, admin = client.device(), client("administrator")
    assert phone.get("/api/v1/places").status_code == 200
    with parts.reading() as door:
        device_id = door.session.scalars(select(Device.id)).one()
    assert admin.post(f"/api/v1/devices/{device_id}/revoke").status_code == 200
    assert phone.get("/api/v1/places").status_code == 401
