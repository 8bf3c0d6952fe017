import pytest
from flask import Flask

from monitor.web.blueprint import Blueprint


def test_a_route_without_a_permission_cannot_be_registered():
    with pytest.raises(TypeError, match="names no permission"):
        Blueprint("bare", __name__).route("/x", methods=["GET"])


def test_a_route_with_a_permission_nobody_declared_cannot_be_registered():
    with pytest.raises(KeyError):
        Blueprint("bare", __name__).route("/x", methods=["GET"], permission="made:up:now")


def test_a_view_that_refuses_leaves_nothing_behind(app: Flask, client, parts):
    from monitor.access import PUBLIC
    from monitor.events import JobFailed
    from monitor.outbox import events_after, record

    bp = Blueprint("trial", __name__)

    @bp.route("/trial/<int:status>", methods=["POST"], permission=PUBLIC)
    def trial(door, status):
        record(door.session, JobFailed("x"), door.now)
        return {}, status

    app.register_blueprint(bp)
    desk = client("analyst")
    desk.post("/trial/409")
    with parts.reading() as door:
        assert events_after(door.session, 0) == []
    desk.post("/trial/201")
    with parts.reading() as door:
        assert len(events_after(door.session, 0)) == 1


def test_every_answer_carries_the_browser_policy_and_is_not_kept(client):
    answer = client.nobody().get("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_stranger_is_led_to_the_sign_in_and_a_program_gets_a_problem(client):
    page = client.nobody().get("/desk", headers={"Accept": "text/html"})
    assert (page.status_code, page.location) == (302, "/sign-in?next=/desk")
    program = client.nobody().get("/api/v1/observations")
    assert program.status_code == 401
    assert program.json["type"] == "/problems/sign-in-needed"


def test_a_refusal_names_the_permission_and_the_reason(client):
    refused = client("administrator").get("/api/v1/observations")
    assert refused.status_code == 403
    assert "incidents:observation:read" in refused.json["detail"]
    assert "administrator" in refused.json["detail"]


def test_our_own_mistakes_tell_a_client_nothing(app: Flask, client):
    from monitor.access import PUBLIC

    bp = Blueprint("broken", __name__)

    @bp.route("/api/broken", methods=["GET"], permission=PUBLIC)
    def broken(door):
        raise RuntimeError("the secret is 42")

    app.register_blueprint(bp)
    answer = client.nobody().get("/api/broken")
    assert answer.status_code == 500
    assert "42" not in answer.get_data(as_text=True)
