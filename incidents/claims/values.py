"""A claim as a value, before it is recorded; and the words of the press mapped to our codes."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass

# What the source calls the event, and our code for it. What the source leaves open stays open: "shooting"
# is taken as bursts of fire, and weapons it does not name are not guessed.
TYPE_OF = {
    "shooting": "burst",
    "shooting_at_civilian": "burst",
    "shooting_near_monitors": "gunfire_near",
    "shelling": "explosion",
    "clash": "exchange_of_fire",
    "offensive": "exchange_of_fire",
    "war_start": "exchange_of_fire",
    "incursion": "incursion",
    "incursion_attempt": "incursion",
    "mine_explosion": "mine_accident",
    "uav_strike": "uav_strike",
    "uav_recon": "uav_sighting",
}

# Words that name no weapon on our list ("various calibre", "all", a jeep) are kept as stated, without a code.
WEAPON_OF = {
    "small arms": "small_arms",
    "firearms": "small_arms",
    "assault rifle": "rifle",
    "various calibre rifles": "rifle",
    "sniper": "sniper",
    "machine gun": "small_arms",
    "large-calibre": "hmg",
    "mortar": "mortar",
    "82-mm mortar": "mortar_82",
    "artillery": "artillery",
    "D-20 howitzer": "artillery_towed_152",
    "D-30": "artillery_towed_122",
    "tank": "tank",
    "UAV": "uav",
    "strike UAV": "uav_bomber",
    "quadcopter": "uav_recon",
    "mine": "mine",
    "mines": "mine",
    "anti-personnel mine": "mine",
    "anti-tank mine": "mine",
}


@dataclass(frozen=True)
class ClaimValues:
    """Everything a claim says. Times are aware; `t_end` is null for one instant."""

    external_ref: str | None
    claimant: str
    claimant_party: str
    against: str | None
    t_start: dt.datetime
    t_end: dt.datetime | None
    t_precision: str
    place_text: str
    lon: float | None
    lat: float | None
    uncertainty_m: int | None
    geo_precision: str
    geo_basis: str
    type: str
    stated_type: str
    weapons: tuple[str, ...] = ()
    weapons_text: str = ""
    killed: int | None = None
    wounded: int | None = None
    victim_side: str = ""
    status: str = "report"
    note: str = ""
    channel: str = "press"
    source: str = ""
    source_url: str | None = None
    language: str | None = None
    archived_sha256: str | None = None
    counter_of: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the values; the same statement recorded twice has the same."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), default=_as_text)
        return hashlib.sha256(canonical.encode()).hexdigest()


def _as_text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    raise TypeError(type(value).__name__)
