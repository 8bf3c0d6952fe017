"""Browser sessions kept on the server. The cookie holds a random token; the store holds only its hash.

Times here are the machine's, not the exercise's: a sign-in must not end because the exercise jumped.
"""

import datetime as dt
import secrets
from typing import Any

from flask import Flask, Request, Response, g, request
from flask import session as web_session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, update
from werkzeug.datastructures import CallbackDict

from monitor.access import ANONYMOUS, Actor
from monitor.clock import wall_now
from monitor.door import App
from monitor.errors import DeviceRevoked, SignInNeeded
from monitor.people.model import Device, WebSession
from monitor.people.queries import actor_of_person, actor_of_token, is_told_to_wipe, sha256

NOTE_EVERY = dt.timedelta(minutes=1)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    def __init__(self, token: str | None, data: dict[str, Any], seen_at: dt.datetime | None) -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(data, changed)
        self.token = token
        self.seen_at = seen_at
        self.modified = False
        self.rotates = False


class ServerSessions(SessionInterface):
    """Flask's session, held in `web_session`."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._idle = dt.timedelta(minutes=app.settings.session_idle_minutes)
        self._whole = dt.timedelta(hours=app.settings.session_hours)
        self._cookie = "__Host-truceline" if app.settings.is_secure else "truceline"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        token = request.cookies.get(self._cookie)
        if not token or request.headers.get("Authorization"):
            return ServerSession(None, {}, None)
        with self._app.store.reading() as session:
            row = session.get(WebSession, sha256(token))
            wall = wall_now()
            if row is None or wall - row.seen_at > self._idle or wall - row.started_at > self._whole:
                return ServerSession(None, {}, None)
            return ServerSession(token, dict(row.data), row.seen_at)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, ServerSession)
        is_noted = session.seen_at is None or wall_now() - session.seen_at < NOTE_EVERY
        if not session.modified and is_noted:
            return
        old, wall = session.token, wall_now()
        token = old if old and not session.rotates else secrets.token_urlsafe(32)
        with self._app.store.transaction() as store:
            started_at = wall
            if old and (row := store.get(WebSession, sha256(old))):
                started_at = wall if session.rotates else row.started_at
                store.execute(delete(WebSession).where(WebSession.token_sha256 == sha256(old)))
            if session:
                store.add(
                    WebSession(
                        token_sha256=sha256(token),
                        person_id=session.get("person_id"),
                        data=dict(session),
                        started_at=started_at,
                        seen_at=wall,
                    )
                )
        if not session:
            response.delete_cookie(self._cookie, path="/")
        elif token != old:
            response.set_cookie(
                self._cookie,
                token,
                secure=self._app.settings.is_secure,
                httponly=True,
                samesite="Lax",
                path="/",
            )


def _device(app: App, token: str) -> Actor:
    """The device that shows this token; once a minute it is noted that it was seen.

    Raises DeviceRevoked, which also tells the device whether to empty itself, or SignInNeeded.
    """
    wall = wall_now()
    with app.store.reading() as session:
        actor = actor_of_token(session, token, wall)
        if actor is None:
            wipe = is_told_to_wipe(session, token)
            if wipe is not None:
                raise DeviceRevoked(wipe=wipe)
            raise SignInNeeded(reason="The device's token is not valid any more. Enrol the device again.")
        device = session.get_one(Device, actor.id)
        is_noted = device.seen_at is not None and wall - device.seen_at < NOTE_EVERY
    if not is_noted:
        with app.store.transaction() as session:
            session.execute(update(Device).where(Device.id == actor.id).values(seen_at=wall))
    return actor


def register(flask_app: Flask, app: App) -> None:
    """Puts sessions in place and finds out, before each request, who acts."""
    flask_app.session_interface = ServerSessions(app)

    @flask_app.before_request
    def _find_actor() -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.casefold() == "bearer":
            g.by_token = True
            g.actor = _device(app, token.strip())
            return
        g.actor = ANONYMOUS
        if person_id := web_session.get("person_id"):
            with app.store.reading() as session:
                g.actor = actor_of_person(session, person_id) or ANONYMOUS
