"""One plain observation as a phone sends it, to be changed where a test needs it."""

import copy
import uuid
from typing import Any

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
