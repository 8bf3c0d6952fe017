"""The fixed events of the exercise, from `data/storyline.yaml`, and the hours of heavy fire."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reports.exercise import words
from reports.exercise.mission_data import MissionData
from reports.exercise.observations import Draft, Verdict, Writer
from reports.exercise.steps import Step
from reports.exercise.watches import Duty

ONSET = "12T22:00"
HEAVY_DAYS = (13, 14)
WEAPONS: Mapping[str, Mapping[str, float]] = {
    "guns": {"artillery": 4.0, "mortar": 3.0, "n_k": 3.0},
    "mortars": {"mortar": 4.0, "mortar_120": 1.0, "n_k": 5.0},
    "not_known": {"n_k": 1.0},
}
GIVEN = ("info_type", "exposure", "sensitivity", "form_version")


def moment(mission: MissionData, local: str) -> dt.datetime:
    """`13T00:05` is that minute of September 2022, local time."""
    return dt.datetime.fromisoformat(f"2022-09-{local}").replace(tzinfo=mission.zone)


def drafts(rng: random.Random, writer: Writer, mission: MissionData) -> list[Draft]:
    """The fixed events first, then the rows of the heavy hours."""
    found = [_fixed(writer, mission, event) for event in mission.story["events"]]
    for sector, start, end, rows, most, weapons in mission.story["hours"]:
        for _ in range(rows):
            found += writer.heavy(
                mission.team_of(sector),
                moment(mission, start),
                moment(mission, end),
                weapons=WEAPONS[weapons],
                most=most,
            )
    return found


def casework(mission: MissionData, found: Sequence[Draft]) -> list[Step]:
    """Incidents opened by the analyst, their links and assessments; each is known by its first report."""
    named = {draft.name: draft.observation_id for draft in found if draft.name}
    first = {told["name"]: named[told["observation"]] for told in mission.story["incidents"]}
    steps = []
    for told in mission.story["incidents"]:
        opened = {"observation_ids": [first[told["name"]]]}
        steps.append(Step(moment(mission, told["at"]), "open_incident", "analyst-1", opened))
    for told in mission.story["links"]:
        link = {"incident_of": first[told["incident"]], "observation_id": named[told["observation"]]}
        steps.append(Step(moment(mission, told["at"]), "link", "analyst-1", link))
    for told in mission.story["steps"]:
        step = {key: told[key] for key in ("axis", "state", "reason")}
        step["incident_of"] = first[told["incident"]]
        steps.append(Step(moment(mission, told["at"]), "step_incident", told["by"], step))
    return steps


def acknowledgements(mission: MissionData) -> list[Step]:
    """From time to time the duty officer acknowledges the open alerts of some sectors."""
    return [
        Step(moment(mission, told["at"]), "acknowledge", told["by"], {"sectors": told["sectors"]})
        for told in mission.story["acknowledged"]
    ]


def editions(mission: MissionData) -> list[Step]:
    """Two summaries are reviewed and issued, an hour or so after their cut-off."""
    return [
        Step(
            moment(mission, told["at"]),
            "issue_edition",
            "reporting-1",
            {
                "period_end": moment(mission, told["ends"]).isoformat(),
                "line": told["line"],
                "reviewer": "reporting-2",
                "releaser": "head-1",
            },
        )
        for told in mission.story["editions"]
    ]


def _fixed(writer: Writer, mission: MissionData, told: Mapping[str, Any]) -> Draft:
    """One event of the storyline as a draft, with its verdicts and its correction."""
    start = moment(mission, told["at"])
    watch = _watch(writer, told["sector"], start, told.get("place"))
    spot = mission.spot(told["place"]) if "place" in told else watch.post or watch.team.stops[0]
    if watch.post is not None and watch.post.code != spot.code:
        # The team drove there; it is not at its post.
        watch = replace(watch, post=None)
    without_watch: dict[str, Any] = {"watch_id": None} if told.get("without_watch") else {}
    draft = writer.write(
        watch,
        start,
        told["category"],
        told["type"],
        spot=spot,
        event=_event(told),
        fields=told.get("fields", {}),
        means=told.get("means", "saw"),
        until=moment(mission, told["until"]) if "until" in told else None,
        number=tuple(told["number"]) if "number" in told else None,
        text=words.HEAVY if told.get("text") == "heavy" else told.get("text"),
        late=tuple(told["late"]) if "late" in told else None,
        filed_at=moment(mission, told["filed_at"]) if "filed_at" in told else None,
        name=told["name"],
        verdicts=tuple(
            Verdict(moment(mission, said["at"]), said["verdict"], said.get("comment"))
            for said in told.get("verdicts", ())
        ),
        pictures=told.get("pictures", ()),
        **{key: told[key] for key in GIVEN if key in told},
        **without_watch,
    )
    return _corrected(draft, mission, told["corrected"]) if "corrected" in told else draft


def _watch(writer: Writer, sector: str, when: dt.datetime, place: str | None) -> Duty:
    """The watch at that post or camera, else whoever of the team was out, else its camera."""
    team = writer.mission.team_of(sector)
    there = [watch for watch in writer.watches if watch.team is team and watch.covers(when)]
    named = [watch for watch in there if place and watch.post and watch.post.code == place]
    return (named or sorted(there, key=lambda watch: watch.kind == "camera"))[0]


def _event(told: Mapping[str, Any]) -> dict[str, Any]:
    if "event_place" in told:
        return {"kind": "place", "place": told["event_place"]}
    if "toward" not in told:
        return {"kind": "same_as_observer"}
    direction, nearest_km, farthest_km = told["toward"]
    by_compass = not isinstance(direction, str)
    return {
        "kind": "direction",
        "bearing_deg": direction if by_compass else None,
        "dir16": None if by_compass else direction,
        "north": "true",
        "bearing_sigma_deg": 5 if by_compass else None,
        "dist_min_km": nearest_km,
        "dist_max_km": farthest_km,
        "dist_basis": "estimate",
    }


def _corrected(draft: Draft, mission: MissionData, correction: Mapping[str, Any]) -> Draft:
    """The draft with a later revision; a part that is itself a mapping is changed, not replaced."""
    when = moment(mission, correction["at"])
    body = {
        **draft.body,
        "revision_of": draft.observation_id,
        "revision_no": 2,
        "captured_at": (when - dt.timedelta(minutes=2)).isoformat(),
    }
    for part, value in correction.items():
        if part != "at":
            body[part] = {**body[part], **value} if isinstance(value, Mapping) else value
    return replace(draft, later=((when, body),))
