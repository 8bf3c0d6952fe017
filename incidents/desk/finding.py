"""What somebody means who types a few signs: a number of the mission, a grid reference, degrees, a name.

Places are found by any of their names, in any script; whoever types need not know which one we show.
"""

import re
import unicodedata
from typing import Any

from sqlalchemy import select

from incidents.alerts.model import Alert
from incidents.casework.model import Incident
from incidents.intake.model import ObservationRevision
from monitor import geo
from monitor.door import Door
from monitor.errors import Invalid
from monitor.places.queries import PlaceRow, all_places

MOST = 12
NUMBER = re.compile(r"\s*([RIA])[-\s]?0*(\d{1,12})\s*", re.IGNORECASE)
DEGREES = re.compile(
    r"\s*(-?\d{1,2}(?:\.\d+)?)\s*°?\s*N?\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*E?\s*", re.IGNORECASE
)
KINDS = {"sector": "Sector", "base": "Base", "post": "Post", "settlement": "Settlement"}


def find(door: Door, text: str) -> list[dict[str, Any]]:
    """What the text may mean, the surest first: `kind` with `id` to open or `lon`, `lat` to go to."""
    found = [*_numbered(door, text), *_points(text), *_places(door, text)]
    return found[:MOST]


def _numbered(door: Door, text: str) -> list[dict[str, Any]]:
    match = NUMBER.fullmatch(text)
    if not match:
        return []
    letter, number = match.group(1).upper(), int(match.group(2))
    queries = {
        "R": select(ObservationRevision.observation_id).where(ObservationRevision.leaf_index == number),
        "I": select(Incident.id).where(Incident.number == number),
        "A": select(Alert.id).where(Alert.number == number),
    }
    kind = {"R": "report", "I": "incident", "A": "alert"}[letter]
    found = door.session.scalar(queries[letter])
    label = f"{kind.capitalize()} {text.strip().upper()}"
    return [{"kind": kind, "id": found, "label": label}] if found else []


def _points(text: str) -> list[dict[str, Any]]:
    """A grid reference or degrees (latitude first, as people write them), with how exact it is."""
    if match := DEGREES.fullmatch(text):
        lat, lon = (float(part) for part in match.groups())
        if -90 <= lat <= 90 and -180 <= lon <= 180:
            return [{"kind": "point", "lon": lon, "lat": lat, "label": f"{lat:.4f} N, {lon:.4f} E"}]
        return []
    try:
        square = geo.from_mgrs(text)
    except Invalid:
        return []
    label = f"{square.text} · square of {square.size_m} m"
    return [{"kind": "point", "lon": square.lon, "lat": square.lat, "label": label}]


def _places(door: Door, text: str) -> list[dict[str, Any]]:
    """Places whose code or any name holds the text; those that begin with it come first."""
    wanted = folded(text)
    if not wanted:
        return []
    ranked = []
    for place in all_places(door.session, kinds=tuple(KINDS)):
        names = [folded(name) for name in (place.code, *place.names.values())]
        if any(wanted in name for name in names):
            begins = any(name.startswith(wanted) for name in names)
            ranked.append((not begins, list(KINDS).index(place.kind), place.name, place))
    return [_place(place) for *_, place in sorted(ranked, key=lambda row: row[:3])]


def _place(place: PlaceRow) -> dict[str, Any]:
    others = [name for name in dict.fromkeys(place.names.values()) if name != place.name]
    return {
        "kind": "place",
        "id": place.code,
        "lon": place.lon,
        "lat": place.lat,
        "label": place.name.removesuffix(" (exercise)"),
        "hint": " · ".join([KINDS[place.kind], *others[:3]]),
    }


def folded(text: str) -> str:
    """Text as it is compared: without case, accents and doubled spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())
