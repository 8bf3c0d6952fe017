"""One plain observation as a phone sends it, to be changed where a test needs it."""

import copy
import uuid
from typing import Any

from monitor import geo

# Where two patrols near Sotk hear the same explosions.
IN_THE_VALLEY = (45.83, 40.17)
SOTK = (45.865, 40.203)

EXPLOSIONS: dict[str, Any] = {
    "form_version": "observation@1",
    "revision_no": 1,
    "captured_at": "2022-09-13T00:14:03+04:00",
    "category": "CFV",
    "type": "explosion",
    "means": "heard",
    "info_type": "observed",
    "time": {"start": "2022-09-13T00:05:00+04:00", "end": None, "precision": "T2", "basis": "estimate"},
    "observer": {"lon": SOTK[0], "lat": SOTK[1], "accuracy_m": 12, "method": "gnss"},
    "event": {"kind": "direction", "dir16": "SE", "dist_min_km": 3, "dist_max_km": 5},
    "count": {"min": 12, "best": 12, "max": 12, "qualifier": "exact"},
    "fields": {"assessment": "undetermined", "weapon": "n_k"},
    "exposure": "none",
    "text": "Windows rattled at the post.",
    "media": [],
}


def field_report(**changes: Any) -> dict[str, Any]:
    """Twelve undetermined explosions heard from Sotk, under a new id, with `changes` on top."""
    return {"observation_id": str(uuid.uuid4()), **copy.deepcopy(EXPLOSIONS), **changes}


def heard_from(towards_deg: float, away_km: float, count: int = 12, **changes: Any) -> dict[str, Any]:
    """A report of IN_THE_VALLEY by somebody who stands so far away and looks that way, with honest errors."""
    stood = geo.destination(*IN_THE_VALLEY, towards_deg + 180, away_km * 1000)
    bearing, _ = geo.inverse(*stood, *IN_THE_VALLEY)
    body = field_report(
        observer={"lon": stood[0], "lat": stood[1], "accuracy_m": 12, "method": "gnss"},
        event={
            "kind": "direction",
            "dir16": geo.dir16(bearing),
            "dist_min_km": round(0.8 * away_km, 1),
            "dist_max_km": round(1.3 * away_km, 1),
        },
        time={
            "start": "2022-09-13T01:02:00+04:00",
            "end": "2022-09-13T01:10:00+04:00",
            "precision": "T1",
            "basis": "watch",
        },
        count={"min": count, "best": count, "max": count, "qualifier": "exact"},
    )
    return body | {"observation_id": str(uuid.uuid4())} | changes
