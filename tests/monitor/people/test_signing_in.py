import pytest
from cast_of_people import PASSWORD, cast_member, device_token
from sqlalchemy import func, select

from monitor.clock import wall_now
from monitor.errors import Invalid
from monitor.people.model import WebSession
from monitor.people.queries import actor_of_person, actor_of_token, all_people
from monitor.people.service import add_person, grant_role, revoke_device


def page_token(client):
    page = client.get("/sign-in").get_data(as_text=True)
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def sign_in(client, name, password, to="/api/v1/log/entries/0"):
    form = {"csrf_token": page_token(client), "sign_in_name": name, "password": password, "next": to}
    return client.post("/sign-in", data=form)


def test_who_signs_in_gets_a_fresh_session_and_the_page_they_wanted(client, parts):
    with parts.transaction() as door:
        cast_member(door, "administrator")
    browser = client.nobody()
    page_token(browser)
    before = browser.get_cookie("truceline").value
    answer = sign_in(browser, "Administrator.First", PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/api/v1/log/entries/0")
    assert browser.get_cookie("truceline").value != before
    assert browser.get("/api/v1/log/entries/0").status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_out_ends_the_session_on_the_server(client, parts):
    with parts.transaction() as door:
        cast_member(door, "administrator")
    browser = client.nobody()
    sign_in(browser, "administrator.first", PASSWORD)
    cookie = browser.get_cookie("truceline").value
    csrf = page_token(browser)
    assert browser.post("/sign-out", data={"csrf_token": csrf}).status_code == 303
    browser.set_cookie("truceline", cookie)
    assert browser.get("/api/v1/log/entries/0").status_code == 401
    with parts.reading() as door:
        assert door.session.scalar(select(func.count()).select_from(WebSession)) == 0


def test_nobody_is_sent_to_another_site(client, parts):
    with parts.transaction() as door:
        cast_member(door, "administrator")
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert sign_in(client.nobody(), "administrator.first", PASSWORD, elsewhere).location == "/"


def test_a_wrong_password_and_an_unknown_name_look_the_same(client, parts):
    with parts.transaction() as door:
        cast_member(door, "administrator")
    known = sign_in(client.nobody(), "administrator.first", "wrong").get_data(as_text=True)
    unknown = sign_in(client.nobody(), "nobody", "wrong").get_data(as_text=True)
    says = "Name and password do not go together."
    assert says in known
    assert says in unknown


def test_guessing_is_slowed_down(client):
    tries = [sign_in(client.nobody(), "somebody", "wrong").status_code for _ in range(9)]
    assert tries == [200] * 8 + [429]


def test_a_role_that_is_taken_away_is_gone_at_once_and_stays_on_record(door):
    actor = cast_member(door, "analyst")
    grant_role(door, actor.id, "analyst", granted=False)
    assert actor_of_person(door.session, actor.id).roles == frozenset()
    grant_role(door, actor.id, "analyst", granted=True)
    assert actor_of_person(door.session, actor.id).roles == {"analyst"}


def test_a_revoked_phone_may_do_nothing_from_the_next_request_on(door):
    holder = cast_member(door, "monitor")
    token = device_token(door, holder)
    actor = actor_of_token(door.session, token, wall_now())
    assert (actor.kind, actor.person_id, actor.roles) == ("device", holder.id, {"device"})
    revoke_device(door, actor.id)
    assert actor_of_token(door.session, token, wall_now()) is None


def test_a_person_with_a_short_password_or_an_unknown_role_is_not_added(door):
    with pytest.raises(Invalid) as refused:
        add_person(door, "new", "New", "short", ["emperor"])
    assert set(refused.value.facts["errors"]) == {"password", "roles"}
    assert all_people(door.session) == []
