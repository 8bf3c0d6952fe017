"""Plays the exercise's steps through the real HTTP API, as its devices and people would."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from reports.exercise.callers import Answer, DeviceCaller, FormFields, PersonCaller, Unexpected, Way
from reports.exercise.cast import SignIns
from reports.exercise.steps import Step

DONE = {200, 201, 204, 303}
ALREADY = 409


class Player:
    """Does one step after another.

    After a restart some steps come twice, and people at the desk may have done one already: such a step is
    answered "conflict". `may_be_done` says whether that can be; in a store of one's own it is a mistake.
    """

    def __init__(self, way: Way, sign_ins: SignIns, may_be_done: bool = False) -> None:
        self._may_be_done = may_be_done
        self._devices = {code: DeviceCaller(way, token) for code, token in sign_ins.tokens.items()}
        self._way, self._password = way, sign_ins.password
        self._people: dict[str, PersonCaller] = {}
        self._incidents: dict[str, str] = {}

    def play(self, step: Step) -> None:
        """Raises Unexpected where the mission does not take the step."""
        doing: dict[str, Callable[[str, Mapping[str, Any]], None]] = {
            "plan_watch": self._plan_watch,
            "watch_event": self._watch_event,
            "media": self._media,
            "observation": self._observation,
            "review": self._review,
            "open_incident": self._open_incident,
            "link": self._link,
            "step_incident": self._step_incident,
            "claim": self._claim,
            "acknowledge": self._acknowledge,
            "issue_edition": self._issue_edition,
        }
        doing[step.kind](step.actor, step.body)

    def person(self, code: str) -> PersonCaller:
        if code not in self._people:
            self._people[code] = PersonCaller(self._way, code, self._password)
        return self._people[code]

    def _plan_watch(self, actor: str, body: Mapping[str, Any]) -> None:
        self._post(actor, "/api/v1/watches", body)

    def _watch_event(self, actor: str, body: Mapping[str, Any]) -> None:
        told = {key: value for key, value in body.items() if key != "watch_id"}
        self._post(actor, f"/api/v1/watches/{body['watch_id']}/events", told)

    def _media(self, actor: str, body: Mapping[str, Any]) -> None:
        path, content = f"/api/v1/media/{body['media_id']}", body["content"]
        answer = self._devices[actor].put(path, body["mime"], hashlib.sha256(content).hexdigest(), content)
        self._judge(f"{actor}: PUT {path}", answer)

    def _observation(self, actor: str, body: Mapping[str, Any]) -> None:
        self._post(actor, "/api/v1/observations", body)

    def _review(self, actor: str, body: Mapping[str, Any]) -> None:
        said = {"verdict": body["verdict"], "comment": body["comment"]}
        self._post(actor, f"/api/v1/observations/{body['observation_id']}/review", said)

    def _open_incident(self, actor: str, body: Mapping[str, Any]) -> None:
        first = body["observation_ids"][0]
        if self._may_be_done and self._find_incident(actor, first):
            return
        self._incidents[first] = self._post(actor, "/api/v1/incidents", body).json()["incident_id"]

    def _link(self, actor: str, body: Mapping[str, Any]) -> None:
        incident_id = self._incident(actor, body["incident_of"])
        joined = {"observation_id": body["observation_id"], "linked": True}
        self._post(actor, f"/api/v1/incidents/{incident_id}/links", joined)

    def _step_incident(self, actor: str, body: Mapping[str, Any]) -> None:
        incident_id = self._incident(actor, body["incident_of"])
        said = {key: body[key] for key in ("axis", "state", "reason")}
        self._post(actor, f"/api/v1/incidents/{incident_id}/steps", said)

    def _claim(self, actor: str, body: Mapping[str, Any]) -> None:
        self._post(actor, "/api/v1/claims", body)

    def _acknowledge(self, actor: str, body: Mapping[str, Any]) -> None:
        for alert in self.get(actor, "/api/v1/alerts").json()["alerts"]:
            if alert["state"] == "open" and alert["sector_code"] in body["sectors"]:
                self._post(actor, f"/api/v1/alerts/{alert['id']}/steps", {"step": "acknowledge"})

    def _issue_edition(self, actor: str, body: Mapping[str, Any]) -> None:
        """One reporting officer adds a line, the other reviews, the head of mission releases; once."""
        page = self.summary_page(actor, body["period_end"])
        if self._document(actor, page)["header"]["state"] == "issued":
            return
        lines = self.person(actor).open_form(page, f"{page}/lines")
        self._send(actor, lines, **{lines.first_empty: body["line"]})
        for who, action, typed in (
            (body["reviewer"], "review", {"verdict": "reviewed"}),
            (body["releaser"], "release", {}),
        ):
            self._send(who, self.person(who).open_form(page, f"{page}/{action}"), **typed)

    def summary_page(self, actor: str, period_end: str) -> str:
        """The page of the summary whose period ends then, found in the list as a reader does."""
        listed = self.get(actor, "/summaries").content.decode()
        wanted = dt.datetime.fromisoformat(period_end)
        for page in dict.fromkeys(re.findall(r'href="(/summaries/[0-9a-f-]{36})"', listed)):
            ends = self._document(actor, page)["header"]["periods"][-1]["end_utc"]
            if dt.datetime.fromisoformat(ends) == wanted:
                return page
        raise LookupError(f"there is no summary of the period that ends {period_end}")

    def _document(self, actor: str, page: str) -> dict[str, Any]:
        return self.get(actor, f"{page}.json").json()

    def _send(self, actor: str, form: FormFields, **typed: str) -> None:
        self._judge(f"{actor}: POST {form.action}", self.person(actor).send(form, **typed))

    def get(self, actor: str, path: str) -> Answer:
        return self._judge(f"{actor}: GET {path}", self.person(actor).call("GET", path))

    def _post(self, actor: str, path: str, body: Mapping[str, Any]) -> Answer:
        caller = self._devices[actor] if actor in self._devices else self.person(actor)
        return self._judge(f"{actor}: POST {path}", caller.call("POST", path, dict(body)))

    def _incident(self, actor: str, first: str) -> str:
        """The incident that was opened on an observation."""
        found = self._incidents.get(first) or self._find_incident(actor, first)
        if found is None:
            raise LookupError(f"no incident has observation {first}")
        return found

    def _find_incident(self, actor: str, first: str) -> str | None:
        for incident in self.get(actor, "/api/v1/incidents").json()["incidents"]:
            if first in incident["observation_ids"]:
                self._incidents[first] = incident["incident_id"]
                return incident["incident_id"]
        return None

    def _judge(self, asked: str, answer: Answer) -> Answer:
        if answer.status in DONE or (self._may_be_done and answer.status == ALREADY):
            return answer
        raise Unexpected(asked, answer)
