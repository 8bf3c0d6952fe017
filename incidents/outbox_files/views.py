"""The page on which an outbox file is dropped, and the door for its items.

The page itself cuts the file into items and sends one after the other: a gigabyte of photos is never one
request, and a line that breaks costs one item.
"""

import dataclasses
from typing import Any

from flask import render_template, request

from incidents.outbox_files.file import Item
from incidents.outbox_files.schema import BroughtSchema
from incidents.outbox_files.service import bring_item
from monitor.door import Door
from monitor.sealing import OVERHEAD
from monitor.settings import Settings
from monitor.web.blueprint import Blueprint, body_bytes

bp = Blueprint(
    "outbox_files",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/outbox/static",
)


def item_limit(settings: Settings) -> int:
    return settings.media_limit_bytes + OVERHEAD


@bp.route(
    "/outbox", methods=["GET"], permission="incidents:outbox:import", summary="Drop an outbox file here"
)
def page(door: Door) -> str:
    return render_template("outbox_files/outbox.html", limit=item_limit(door.app.settings))


@bp.route(
    "/api/v1/outbox/items",
    methods=["POST"],
    permission="incidents:outbox:import",
    body_limit=item_limit,
    gives=BroughtSchema,
    summary="Take in one sealed item of an outbox file, named by X-Observation-Id and X-Slot",
)
def post_item(door: Door) -> Any:
    content = body_bytes(item_limit(door.app.settings))
    item = Item(
        observation_id=request.headers.get("X-Observation-Id", ""),
        slot=request.headers.get("X-Slot", ""),
        size=len(content),
        mime=request.headers.get("X-Original-Type"),
        sha256=request.headers.get("X-Content-SHA256"),
    )
    return dataclasses.asdict(bring_item(door, item, content))
