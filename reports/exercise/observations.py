"""Observations as a phone would send them: the wire's JSON, made plausible by where the watcher stood."""

import datetime as dt
import functools
import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.geo import destination, dir16, inverse
from reports.exercise import words
from reports.exercise.mission_data import MissionData, Spot, Team
from reports.exercise.pictures import exercise_picture
from reports.exercise.steps import Ids, Step, dice, pick
from reports.exercise.watches import Duty

FORM = "observation@1"
WEATHER = {"clear": 6.0, "cloudy": 3.0, "rain": 1.0, "fog": 0.7}
# Of ten reports nine come within the hour, some after hours, few on the next day.
DELAYS_MIN: tuple[tuple[tuple[int, int], float], ...] = (
    ((3, 45), 0.9),
    ((120, 360), 0.075),
    ((600, 1150), 0.025),
)


@dataclass(frozen=True)
class Verdict:
    at: dt.datetime
    verdict: str
    comment: str | None


@dataclass(frozen=True)
class Photo:
    media_id: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Draft:
    """One observation before it is sent: its wire body, who sends it when, and what reviewers will say.

    `name` marks what the storyline refers to again; `later` are corrected bodies with their time of sending.
    """

    phone: str
    start: dt.datetime
    filed_at: dt.datetime
    body: Mapping[str, Any]
    name: str = ""
    verdicts: tuple[Verdict, ...] = ()
    photos: tuple[Photo, ...] = ()
    later: tuple[tuple[dt.datetime, Mapping[str, Any]], ...] = ()

    @property
    def observation_id(self) -> str:
        return self.body["observation_id"]


@dataclass
class Writer:
    """Writes drafts; all chance comes from `rng`, so the order of calls is part of the seed."""

    seed: int
    rng: random.Random
    ids: Ids
    mission: MissionData
    watches: Sequence[Duty]
    _written: int = 0

    # --- what happens -----------------------------------------------------------------------------

    def small_arms(self, team: Team, at: dt.datetime) -> list[Draft]:
        """Single shots, bursts or a flare, if anybody watched the sector at that time."""
        watch = self.watching(team, at)
        if watch is None:
            return []
        kind = pick(self.rng, {"shot": 6, "burst": 3.4, "illumination_flare": 0.6 if _is_night(at) else 0})
        number = self.rng.choice((1, 1, 2, 2, 3, 4, 6)) if kind != "illumination_flare" else 1
        weapon = pick(self.rng, {"small_arms": 8, "n_k": 1.2, "hmg": 0.8})
        fields: dict[str, Any] = {"flare_colour": "white", "flight": "vertical"}
        if kind != "illumination_flare":
            fields = {"weapon": weapon, "fire_toward": pick(self.rng, {"n_k": 5, "position": 3, "field": 1})}
            if weapon != "n_k":
                fields["weapon_basis"] = "assessed"
        return [
            self.write(
                watch,
                at,
                "CFV",
                kind,
                number=(number, number, number, "exact") if number < 6 else (5, 6, None, "about"),
                means=self._means(watch, sight=kind == "illumination_flare"),
                fields=fields,
                spot=self._spot(watch),
                event=self.toward_line(self._spot(watch)),
                exposure="earshot",
                text=words.HEARD,
                text_share=0.3,
            )
        ]

    def heavy(
        self,
        team: Team,
        start: dt.datetime,
        end: dt.datetime,
        *,
        weapons: Mapping[str, float],
        most: int,
        watch: Duty | None = None,
    ) -> list[Draft]:
        """One row of the worst hours: explosions, bursts or projectiles over ten to fifty minutes."""
        at = start + dt.timedelta(minutes=self.rng.randrange(int((end - start).total_seconds()) // 60))
        watch = watch or self.watching(team, at)
        if watch is None:
            return []
        kind = pick(self.rng, {"explosion": 7, "burst": 2, "projectile_in_flight": 1})
        number = self.rng.randint(max(2, most // 5), most)
        spot, span = self._spot(watch), dt.timedelta(minutes=self.rng.randint(10, 50))
        event = self.toward_line(spot)
        fields = self._heavy_fields(kind, weapons, event["dir16"] or dir16(event["bearing_deg"]))
        return [
            self.write(
                watch,
                at,
                "CFV",
                kind,
                until=at + span,
                number=_counted(self.rng, number),
                means=self._means(watch, sight=self.rng.random() < 0.3),
                fields=fields,
                spot=spot,
                event=event,
                exposure="earshot",
                text=words.HEAVY,
                text_share=0.35,
                late=(8, 150),
            )
        ]

    def other(self, team: Team, at: dt.datetime) -> list[Draft]:
        """One of the small daily events around the line, seen by the patrol."""
        watch = self.watching(team, at, kinds=("patrol",))
        if watch is None:
            return []
        category, kind, fields, number, text = self.rng.choice(SMALL_EVENTS)
        spot = self._spot(watch)
        event = (
            self.toward_line(spot, near=True)
            if category in ("MIL", "AIR", "LIN")
            else {"kind": "same_as_observer"}
        )
        return [
            self.write(
                watch,
                at,
                category,
                kind,
                number=(number, number, number, "exact") if number else None,
                means="saw",
                fields=fields,
                spot=spot,
                event=event,
                text={"en": (text,)},
                text_share=1.0,
            )
        ]

    def nothing(self, watch: Duty) -> Draft:
        """The negative report of a watch, sent soon after its end."""
        assert watch.ended is not None
        spot = watch.post or watch.team.stops[0]
        return self.write(
            watch,
            watch.start,
            "NEG",
            "nothing_observed",
            until=watch.ended,
            means="saw",
            fields={"watched_from": spot.code, "watched_with": ["saw", "heard"]},
            spot=spot,
            event={"kind": "same_as_observer"},
            text=words.QUIET,
            text_share=0.2,
            late=(5, 40),
        )

    # --- how it is written ------------------------------------------------------------------------

    def write(
        self,
        watch: Duty,
        at: dt.datetime,
        category: str,
        kind: str,
        *,
        spot: Spot,
        event: Mapping[str, Any],
        fields: Mapping[str, Any],
        means: str,
        until: dt.datetime | None = None,
        number: tuple[int, int, int | None, str] | None = None,
        info_type: str = "observed",
        exposure: str = "none",
        sensitivity: str = "internal",
        text: Mapping[str, Sequence[str]] | str | None = None,
        text_share: float = 1.0,
        late: tuple[int, int] | None = None,
        filed_at: dt.datetime | None = None,
        name: str = "",
        verdicts: tuple[Verdict, ...] = (),
        pictures: Iterable[str] = (),
        **changes: Any,
    ) -> Draft:
        """A draft; `late` bounds the minutes from end to sending, `changes` overwrite the body."""
        self._written += 1
        at = at.replace(second=self.rng.randrange(0, 60, 5), microsecond=0)
        over = until or at
        filed_at = filed_at or over + dt.timedelta(minutes=self.rng.randint(*(late or self._delay())))
        told = info_type != "observed"
        photos = tuple(
            Photo(self.ids.of("media", self._written, label), exercise_picture(label, self.seed))
            for label in pictures
        )
        body = {
            "observation_id": self.ids.of("observation", self._written),
            "revision_of": None,
            "revision_no": 1,
            "form_version": FORM,
            "device_seq": None,
            "captured_at": (filed_at - dt.timedelta(minutes=2)).isoformat(),
            "category": category,
            "type": kind,
            "means": means,
            "info_type": info_type,
            "time": {
                "start": at.isoformat(),
                "end": until.isoformat() if until else None,
                "precision": _precision(means, told, until),
                "basis": "told" if told else "metadata" if means == "recorded_camera" else "watch",
                "clock_offset_s": None,
            },
            "observer": self._observer(watch, spot),
            "event": dict(event),
            "count": dict(zip(("min", "best", "max", "qualifier"), number, strict=True)) if number else None,
            "fields": dict(fields),
            "conditions": self._conditions(at),
            "exposure": exposure,
            "sensitivity": sensitivity,
            "watch_id": watch.watch_id,
            "co_observers": [],
            "text": self._text(watch, text, text_share),
            "witness": None,
            "media": [_listed(photo, slot) for slot, photo in enumerate(photos, 1)],
            **changes,
        }
        return Draft(watch.phone, at, filed_at, body, name, verdicts, photos)

    def filed(self, drafts: Iterable[Draft]) -> list[Step]:
        """The drafts as steps: photos first, then the observation, then its corrections."""
        steps = []
        for draft in drafts:
            for photo in draft.photos:
                just_before = draft.filed_at - dt.timedelta(seconds=30)
                body = {"media_id": photo.media_id, "mime": "image/png", "content": photo.content}
                steps.append(Step(just_before, "media", draft.phone, body))
            steps.append(Step(draft.filed_at, "observation", draft.phone, draft.body))
            steps += [Step(at, "observation", draft.phone, body) for at, body in draft.later]
        return steps

    def watching(
        self, team: Team, at: dt.datetime, kinds: Sequence[str] = ("patrol", "post", "camera")
    ) -> Duty | None:
        """A watch of the team that covers the moment: mostly people, sometimes the camera."""
        there = [w for w in self.watches if w.team is team and w.kind in kinds and w.covers(at)]
        people = [watch for watch in there if watch.kind != "camera"]
        return self.rng.choice(people if people and self.rng.random() < 0.8 else there) if there else None

    def toward_line(self, spot: Spot, near: bool = False) -> dict[str, Any]:
        """A direction roughly toward the line, with a range of distance; by compass in one of four."""
        bearing, distance_m = _line_from(spot, self.mission.line)
        bearing = (bearing + self.rng.uniform(-38, 38)) % 360
        reach_km = min(distance_m / 1000, 5.0)
        middle = max(0.6, reach_km * self.rng.uniform(0.3, 0.6 if near else 1.0))
        compass = self.rng.random() < 0.25
        return {
            "kind": "direction",
            "bearing_deg": round((bearing - self.mission.declination_deg) % 360) if compass else None,
            "dir16": None if compass else dir16(bearing),
            "north": "magnetic" if compass else "true",
            "bearing_sigma_deg": 5 if compass else None,
            "dist_min_km": round(middle * 0.8, 1),
            "dist_max_km": round(middle * 1.2, 1),
            "dist_basis": "map" if near else "estimate",
        }

    def _spot(self, watch: Duty) -> Spot:
        if watch.post:
            return watch.post
        return watch.team.stops[self.rng.randrange(len(watch.team.stops))]

    def _observer(self, watch: Duty, spot: Spot) -> dict[str, Any]:
        if watch.post:
            return {
                "lon": spot.lon,
                "lat": spot.lat,
                "accuracy_m": 10,
                "method": "known_post",
                "mgrs": None,
                "post": spot.code,
            }
        lon, lat = destination(spot.lon, spot.lat, self.rng.uniform(0, 360), self.rng.uniform(80, 700))
        accuracy_m = self.rng.randint(4, 18)
        return {
            "lon": round(lon, 5),
            "lat": round(lat, 5),
            "accuracy_m": accuracy_m,
            "method": "gnss",
            "mgrs": None,
            "post": None,
        }

    def _means(self, watch: Duty, sight: bool) -> str:
        if watch.kind == "camera":
            return "recorded_camera"
        return "saw" if sight else "heard"

    def _heavy_fields(self, kind: str, weapons: Mapping[str, float], where: str) -> dict[str, Any]:
        if kind == "burst":
            weapon = pick(self.rng, {"small_arms": 3, "hmg": 2})
            return {"weapon": weapon, "weapon_basis": "assessed", "fire_toward": "n_k"}
        if kind == "projectile_in_flight":
            return {"path_from_dir16": where, "path_to_dir16": "n_k", "weapon": "n_k"}
        weapon = pick(self.rng, weapons)
        fields = {
            "assessment": pick(self.rng, {"undetermined": 5, "impact": 4, "outgoing": 1}),
            "weapon": weapon,
        }
        return fields if weapon == "n_k" else {**fields, "weapon_basis": "assessed"}

    def _conditions(self, at: dt.datetime) -> dict[str, Any]:
        local = at.astimezone(self.mission.zone)
        today = dice(f"{self.seed}:weather:{local.date()}")
        weather, wind = pick(today, WEATHER), today.choice(("calm", "light", "light", "moderate"))
        clear_km = {"clear": 20, "cloudy": 15, "rain": 6, "fog": 1}[weather]
        return {
            "weather": weather,
            "visibility_km": max(1, clear_km // 4) if _is_night(local) else clear_km,
            "wind": wind,
            "noise": "quiet" if wind in ("calm", "light") else "moderate",
        }

    def _text(self, watch: Duty, text: Mapping[str, Sequence[str]] | str | None, share: float) -> str | None:
        if text is None or isinstance(text, str):
            return text
        spoken = watch.team.languages[watch.team.phones.index(watch.phone)]
        language = spoken[-1] if spoken[-1] in text and self.rng.random() < 0.5 else "en"
        sentence = self.rng.choice(list(text[language]))
        return sentence if self.rng.random() < share else None

    def _delay(self) -> tuple[int, int]:
        return self.rng.choices([span for span, _ in DELAYS_MIN], [share for _, share in DELAYS_MIN])[0]


SMALL_EVENTS: tuple[tuple[str, str, dict[str, Any], int | None, str], ...] = (
    (
        "MIL",
        "engineering_works",
        {"works_kind": "trench", "length_m": 80},
        None,
        "An excavator worked for about an hour.",
    ),
    (
        "MIL",
        "engineering_works",
        {"works_kind": "road", "length_m": 300},
        None,
        "Earth freshly moved along a track.",
    ),
    (
        "MIL",
        "new_position",
        {"occupied": "at_times"},
        1,
        "A sandbagged position not seen on earlier patrols.",
    ),
    (
        "AIR",
        "uav_sighting",
        {"uav_class": "fixed_wing_small", "armed": "n_k"},
        1,
        "One UAV circled and left.",
    ),
    (
        "AIR",
        "uav_sighting",
        {"uav_class": "multirotor_small", "armed": "n_k"},
        1,
        "A small multirotor above the ridge.",
    ),
    ("LIN", "livestock", {"outcome": "returned"}, 12, "Cattle crossed and were brought back by herders."),
    (
        "LIN",
        "farm_work_obstructed",
        {"outcome": "continuing"},
        None,
        "Farmers said they stay away from one field.",
    ),
    (
        "FOM",
        "delay",
        {"stopped_by": "military", "delay_min": 25, "resolution": "passed"},
        None,
        "Waited for a call, then passed.",
    ),
    (
        "FOM",
        "conditional",
        {"stopped_by": "police", "conditions_set": ["checked_documents"]},
        None,
        "Documents were checked.",
    ),
    (
        "CBM",
        "hotline_activation",
        {"caller": "mission", "cooperation_outcome": "completed"},
        None,
        "Asked about works seen; answered.",
    ),
)


def _counted(rng: random.Random, number: int) -> tuple[int, int, int | None, str]:
    if number <= 6:
        return number, number, number, "exact"
    if rng.random() < 0.25:
        return number, number, None, "at_least"
    return round(number * 0.8), number, round(number * 1.3), "about"


def _precision(means: str, told: bool, until: dt.datetime | None) -> str:
    if told:
        return "T4"
    if means == "recorded_camera":
        return "T0"
    return "T3" if until else "T2"


def _listed(photo: Photo, slot: int) -> dict[str, Any]:
    return {
        "media_id": photo.media_id,
        "slot": f"photo{slot}",
        "sha256": hashlib.sha256(photo.content).hexdigest(),
        "bytes": len(photo.content),
        "mime": "image/png",
    }


def _is_night(at: dt.datetime) -> bool:
    return at.hour >= 20 or at.hour < 6


@functools.cache
def _line_from(spot: Spot, line: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    """Azimuth (degrees true) and distance (metres) from a spot to the nearest corner of the line."""
    lon, lat = min(
        line, key=lambda corner: (0.77 * (corner[0] - spot.lon)) ** 2 + (corner[1] - spot.lat) ** 2
    )
    return inverse(spot.lon, spot.lat, lon, lat)
