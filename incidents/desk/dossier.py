"""One report or one incident with all that is known of it, as the drawer shows it."""

import datetime as dt
from typing import Any

from incidents.casework import queries as casework
from incidents.casework.shown import next_steps
from incidents.desk.queries import (
    exact_positions,
    incident_line,
    is_own,
    linked,
    media_by_id,
    report_line,
)
from incidents.intake import queries as intake
from incidents.intake import titles
from incidents.intake.queries import ObservationRow, Position
from incidents.taxonomy.loader import taxonomy
from monitor.door import Door
from monitor.errors import NotFound
from monitor.mission.queries import find_mission
from monitor.people.queries import name_of, names
from monitor.places.queries import all_places, place
from monitor.watches.queries import watch

STEP_WORDS = {
    "received": "Received",
    "quarantined": "Set aside for a check",
    "in_review": "Taken up for review",
    "accepted": "Accepted",
    "returned": "Returned with a question",
    "rejected": "Rejected",
}
METHODS = {
    "gnss": "satellite position",
    "map": "picked on the map",
    "mgrs": "MGRS",
    "known_post": "known post",
}
Facts = list[tuple[str, Any]]


def report(door: Door, observation_id: str) -> dict[str, Any]:
    """Every field of a report; text, position and media for those who may see them. Raises NotFound."""
    row = intake.observation(door.session, observation_id)
    if row is None:
        raise NotFound(thing="report", id=observation_id)
    at = exact_positions(door, [row]).get(observation_id)
    ref = casework.incidents_of(door.session, [observation_id]).get(observation_id)
    reads_text = door.actor.may("incidents:text:read")
    text = intake.texts(door.session, door.app.keys, [row]).get(observation_id) if reads_text else None
    private = intake.private_fields(door.session, door.app.keys, row) if reads_text else {}
    return report_line(row, at) | {
        "author": row.author_name,
        "is_own": is_own(row, door.actor),
        "is_training": row.is_training,
        "exposure": row.exposure,
        "exposure_words": titles.label("exposure", row.exposure),
        "quarantine_reasons": [titles.reason_words(reason) for reason in row.reasons],
        "incident": _incident_ref(door, ref),
        "sections": [
            {"title": name, "facts": [fact for fact in facts if fact[1] not in (None, "")]}
            for name, facts in (
                ("What", _what(row, private, _local(door))),
                ("When", _when(row)),
                ("Where", _where(door, row, at)),
                ("Who", _who(door, row)),
            )
        ],
        "identity_url": _identity_url(door, row),
        "text": text,
        "text_hidden": not reads_text,
        "media": _media(door, row),
        "revisions": [number for number, _, _ in intake.revisions(door.session, observation_id)],
        "history": _history(door, row),
    }


def _identity_url(door: Door, row: ObservationRow) -> str | None:
    """Where whoever may open identities finds what the author wrote of them."""
    may_open = door.actor.may("incidents:identity:open")
    return f"/protection/reports/{row.observation_id}" if may_open else None


def _incident_ref(door: Door, ref: casework.IncidentRef | None) -> dict[str, Any] | None:
    if ref is None:
        return None
    whole = casework.incident(door.session, ref.incident_id)
    line = incident_line(whole, list(linked(door, whole.observation_ids).values()))
    return {"id": ref.incident_id, "title": f"{ref.label} · {line['title']}", "assessment": ref.assessment}


def _local(door: Door) -> titles.Local:
    """Names of places and the mission's clock, for telling what a field holds."""
    mission = find_mission(door.session)
    names = {row.code: row.name for row in all_places(door.session)}
    return titles.Local(names, mission.zone if mission else dt.UTC)


def _what(row: ObservationRow, private: dict[str, Any], local: titles.Local) -> Facts:
    category = taxonomy().categories.get(row.category)
    return [
        ("Category", category.label[titles.LANGUAGE] if category else row.category),
        ("Type", titles.type_label(row.type)),
        ("Count", titles.count_words(row)),
        *titles.field_facts(row, private, local),
        ("Means", titles.label("means", row.means)),
        ("Kind of information", titles.label("info_type", row.info_type)),
        ("Observer’s exposure", titles.label("exposure", row.exposure)),
        *((titles.readable(code), str(said)) for code, said in (row.conditions or {}).items() if said),
    ]


def _when(row: ObservationRow) -> Facts:
    return [
        ("Event", _span(row.t_start, row.t_end)),
        ("Known", titles.label("t_precision", row.t_precision)),
        ("Received", {"age": row.received_at.isoformat()}),
        ("This version", {"age": row.recorded_at.isoformat()} if row.revision_no > 1 else None),
    ]


def _span(start: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    found = {"time": start.isoformat()}
    return found if end <= start else found | {"end": end.isoformat()}


def _where(door: Door, row: ObservationRow, at: Position | None) -> Facts:
    sector = place(door.session, row.sector_code) if row.sector_code else None
    by = {"observer": "by where the observer stood", "event": "by the event"}.get(row.sector_basis or "", "")
    observer = None
    if at and at.observer:
        lon, lat = at.observer
        method = METHODS.get(at.method or "", at.method or "")
        near = f" ± {at.accuracy_m:g} m" if at.accuracy_m is not None else ""
        observer = f"{lat:.5f}° N, {lon:.5f}° E{near}{', ' + method if method else ''}"
    bearing = f" ({at.bearing_deg:.0f}° true)" if at and at.bearing_deg is not None else ""
    heading = titles.direction(at)
    return [
        ("Observed from", row.observed_from),
        ("Observer’s position", observer or ("not shown to your role" if at is None else None)),
        ("Direction of the event", f"{heading}{bearing}" if heading else None),
        ("Event known within", _distance(row.event_uncertainty_m)),
        ("Sector", ", ".join(part for part in (sector.name if sector else row.sector_code, by) if part)),
    ]


def _distance(metres: float | None) -> str | None:
    if metres is None:
        return None
    return f"about {round(metres, -1):.0f} m" if metres < 950 else f"about {metres / 1000:.1f} km"


def _who(door: Door, row: ObservationRow) -> Facts:
    held = watch(door.session, row.watch_id) if row.watch_id else None
    return [
        ("Filed by", f"{row.author_name}{', team ' + row.team_code if row.team_code else ''}"),
        ("Watch", f"{titles.readable(held.kind)} in {', '.join(held.sectors)}" if held else None),
        *_origin(door, row),
        ("Digest", row.digest[:16] + "…"),
    ]


def _origin(door: Door, row: ObservationRow) -> Facts:
    """How it came, in the words of somebody who must say what it proves."""
    came = intake.origin(door.session, row.observation_id, row.revision_no)
    signed = "Not signed: filed from a phone or program without a key of its own"
    if came.device_key:
        signed = f"Signed by {came.device_code}, key {came.device_key[:8]}…"
    missing = came.missing_before
    sequence = f"Report {came.device_seq} of this key" if came.device_seq is not None else None
    if sequence and missing:
        sequence += f"; {missing} before it {'is' if missing == 1 else 'are'} missing"
    brought = names(door.session, [came.brought_by]) if came.brought_by else {}
    return [
        ("Signature", signed),
        ("Sequence", sequence),
        ("On the phone", "Sealed to the mission when it was finished" if came.is_sealed else None),
        ("Brought by", f"{name_of(came.brought_by, brought)}, in a file" if came.brought_by else None),
    ]


def _media(door: Door, row: ObservationRow) -> list[dict[str, Any]]:
    if not door.actor.may("incidents:media:read"):
        return []
    return [
        {"id": item.media_id, "slot": item.slot, "mime": item.mime, "is_here": item.has_arrived}
        for item in media_by_id(door, [row]).get(row.observation_id, ())
    ]


def _history(door: Door, row: ObservationRow) -> list[dict[str, Any]]:
    """Steps of the review, oldest first; comments only for whom the free text is."""
    steps = intake.steps(door.session, door.app.keys, row.observation_id)
    known = names(door.session, [step.actor for step in steps])
    reads_text = door.actor.may("incidents:text:read")
    return [
        {
            "at": step.recorded_at.isoformat(),
            "what": STEP_WORDS.get(step.state, titles.readable(step.state))
            + (f" (version {step.revision_no})" if step.revision_no > 1 else ""),
            "by": row.author_name if step.state == "received" else name_of(step.actor, known),
            "note": step.comment if reads_text else None,
        }
        for step in steps
    ]


def incident(door: Door, incident_id: str) -> dict[str, Any]:
    """An incident with its reports, its steps and the steps that could come next. Raises NotFound."""
    whole = casework.incident(door.session, incident_id)
    rows = linked(door, whole.observation_ids)
    members = [rows[one] for one in whole.observation_ids if one in rows]
    exact = exact_positions(door, members)
    steps = casework.steps(door.session, door.app.keys, incident_id)
    known = names(door.session, [whole.opened_by, *(step.actor for step in steps)])
    return incident_line(whole, members) | {
        "opened_at": whole.recorded_at.isoformat(),
        "opened_by": name_of(whole.opened_by, known),
        "count": "; ".join(dict.fromkeys(titles.counted(row) for row in members)),
        "observations": [report_line(row, exact.get(row.observation_id)) for row in members],
        "steps": [
            {
                "axis": step.axis,
                "state": step.state,
                "at": step.recorded_at.isoformat(),
                "by": name_of(step.actor, known),
                "reason": step.reason if door.actor.may("incidents:text:read") else None,
            }
            for step in steps
        ],
        "next": [
            step
            for step in next_steps(door, casework.case(door.session, incident_id))
            if step["axis"] == "assessment"
        ],
    }
