"""The rules in use, for whoever asks why an alert was raised."""

import dataclasses
from typing import Any

from incidents.rules import queries
from monitor.door import Door
from monitor.web.blueprint import Blueprint

bp = Blueprint("rules", __name__, url_prefix="/api/v1/rules")


@bp.route("", methods=["GET"], permission="incidents:rule:read", summary="Rule versions and their status")
def list_rules(door: Door) -> Any:
    rows = queries.rule_versions(door.session)
    return {"rules": [dataclasses.asdict(row) | {"recorded_at": row.recorded_at.isoformat()} for row in rows]}
