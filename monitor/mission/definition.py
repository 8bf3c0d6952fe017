"""A mission's definition as it stands in files, checked before anything is stored. Pure.

A definition is a folder: `mission.yaml` (who, when, by which clock, the parties), `places.geojson`
(sectors, zones, posts, bases, settlements), `lines.geojson` (named, sourced, dated lines) and, where there
is one, `basemap.geojson`. People and teams stand in `mission.yaml` too and are `monitor.people`'s affair.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from monitor.errors import Invalid


@dataclass(frozen=True)
class MissionFacts:
    """The mission's own part of the definition, judged; `digest` is of exactly this part."""

    code: str
    names: dict[str, str]
    timezone: str
    cut_off: dt.time
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    is_exercise: bool
    languages: tuple[str, ...]
    declination_deg: float
    disclaimer: dict[str, str]
    parties: tuple[dict[str, Any], ...]
    digest: str


@dataclass(frozen=True)
class Definition:
    """What a folder defines. Places and lines are GeoJSON features, the base map is text to serve as is."""

    mission: MissionFacts
    places: tuple[dict[str, Any], ...]
    lines: tuple[dict[str, Any], ...]
    basemap: str | None


_MISSION_KEYS = (
    *("code", "name", "timezone", "cut_off", "starts_at", "ends_at", "exercise", "languages"),
    *("declination_deg", "disclaimer", "parties"),
)


def read_definition(folder: Path) -> Definition:
    """The definition in a folder. Raises Invalid that names each file and what to mend in it."""
    basemap = folder / "basemap.geojson"
    return Definition(
        mission=mission_facts(_read_yaml(folder / "mission.yaml")),
        places=_features(folder / "places.geojson"),
        lines=_features(folder / "lines.geojson"),
        basemap=basemap.read_text(encoding="utf-8") if basemap.exists() else None,
    )


def mission_facts(content: Mapping[str, Any]) -> MissionFacts:
    """The mission's own part, judged. Raises Invalid with everything there is to mend at once."""
    errors: dict[str, list[str]] = {}
    own = {key: content.get(key) for key in _MISSION_KEYS}

    def judged(key: str, judge: Any) -> Any:
        try:
            if own[key] is None and key not in {"ends_at", "disclaimer", "exercise"}:
                raise ValueError("is missing")
            return judge(own[key])
        except (ValueError, TypeError, KeyError, ZoneInfoNotFoundError) as wrong:
            errors[f"mission.yaml {key}"] = [str(wrong)]
            return None

    facts = MissionFacts(
        code=judged("code", str),
        names=judged("name", _names),
        timezone=judged("timezone", lambda key: ZoneInfo(key).key),
        cut_off=judged("cut_off", lambda text: dt.datetime.strptime(text, "%H:%M").time()),  # noqa: DTZ007
        starts_at=judged("starts_at", _instant),
        ends_at=judged("ends_at", lambda text: None if text is None else _instant(text)),
        is_exercise=judged("exercise", bool),
        languages=judged("languages", _languages),
        declination_deg=judged("declination_deg", float),
        disclaimer=judged("disclaimer", lambda value: {} if value is None else _names(value)),
        parties=judged("parties", _parties),
        digest=digest_of(own),
    )
    if not errors and facts.ends_at is not None and facts.ends_at <= facts.starts_at:
        errors["mission.yaml ends_at"] = ["is not after starts_at"]
    if errors:
        raise Invalid(errors)
    return facts


def digest_of(value: Any) -> str:
    """SHA-256 of a JSON value with sorted keys: the same content, whatever its order and spacing."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _names(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or "en" not in value:
        raise ValueError("needs texts by language, English among them")
    return {str(language): str(text) for language, text in value.items()}


def _instant(value: Any) -> dt.datetime:
    at = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("needs an offset, as in 2022-08-27T19:30:00+04:00")
    return at.astimezone(dt.UTC)


def _languages(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or "en" not in value:
        raise ValueError("is a list with en in it")
    return tuple(map(str, value))


def _parties(value: Any) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "code": str(p["code"]),
            "names": _names(p["name"]),
            "claimants": [str(c) for c in p.get("claimants", [])],
        }
        for p in value
    )


def _read_yaml(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as wrong:
        raise Invalid({path.name: [str(wrong)]}) from wrong
    if not isinstance(content, dict):
        raise Invalid({path.name: ["is not a mapping"]})
    return content


def _features(path: Path) -> tuple[dict[str, Any], ...]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise Invalid({path.name: [str(wrong)]}) from wrong
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        raise Invalid({path.name: ["is not a GeoJSON FeatureCollection"]})
    seen: set[str] = set()
    for number, code in enumerate(_codes(content["features"]), 1):
        if not code or code in seen:
            raise Invalid({path.name: [f"feature {number} has no code of its own ({code!r})"]})
        seen.add(code)
    return tuple(content["features"])


def _codes(features: list[dict[str, Any]]) -> Iterator[str]:
    for feature in features:
        yield str((feature.get("properties") or {}).get("code") or "")
