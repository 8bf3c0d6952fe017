"""What the exercise leaves behind: two issued summaries and everything that happened to its alerts."""

import json
from pathlib import Path
from typing import Any

from reports.exercise.mission_data import MissionData
from reports.exercise.replay import Player
from reports.exercise.storyline import moment

READER = "head-1"
KINDS = ("pdf", "html", "json")
TRANSLATED = ("hy", "az", "ru")
# Ids that the machine draws at random say nothing in a file.
ALERT_FACTS = (
    "label",
    "rule_id",
    "rule_title",
    "severity",
    "sector_code",
    "state",
    "condition_from",
    "detectable_at",
    "raised_at",
    "sentence",
    "evidence",
    "numbers",
    "share_reviewed",
    "independent_sources",
)
VERSION_FACTS = ("version_no", "change", "reason", "cause", "severity", "sentence", "evidence", "recorded_at")


def write_papers(player: Player, mission: MissionData, out: Path) -> list[Path]:
    """Writes the two editions as PDF, HTML and JSON, and `alerts.json`; answers the files."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for told in mission.story["editions"]:
        ends = moment(mission, told["ends"])
        page = player.summary_page(READER, ends.isoformat())
        for kind in KINDS:
            path = out / f"summary-{ends.date().isoformat()}.{kind}"
            path.write_bytes(player.get(READER, f"{page}.{kind}").content)
            written.append(path)
        for code in TRANSLATED:
            path = out / f"summary-{ends.date().isoformat()}.{code}.pdf"
            path.write_bytes(player.get(READER, f"{page}.pdf?language={code}").content)
            written.append(path)
    path = out / "alerts.json"
    path.write_text(
        json.dumps({"alerts": alerts(player)}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return [*written, path]


def alerts(player: Player) -> list[dict[str, Any]]:
    """Every alert with all its versions, oldest first."""
    told = []
    for one in reversed(player.get(READER, "/api/v1/alerts?all=1").json()["alerts"]):
        whole = player.get(READER, f"/api/v1/alerts/{one['id']}").json()
        versions = [{key: version[key] for key in VERSION_FACTS} for version in whole["versions"]]
        steps = [{key: step[key] for key in ("step", "note", "recorded_at")} for step in whole["steps"]]
        told.append({**{key: whole[key] for key in ALERT_FACTS}, "versions": versions, "steps": steps})
    return told
