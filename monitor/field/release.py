"""A release of the form: each file that works without a net with its hash, before the worker's text."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import monitor.field
import monitor.web
from monitor.web.lean import served

FIELD = Path(monitor.field.__path__[0]) / "static"
WEB = Path(monitor.web.__path__[0]) / "static"
SHARED = (
    "icon.svg",
    "tokens.css",
    "vendor/idb/idb.js",
    "vendor/leaflet/leaflet.css",
    "vendor/leaflet/leaflet.js",
)
# Checking signatures without the browser's help needs the net anyway, so that library stays on the server.
# The worker is no part of its own release, and icons are the launcher's.
LEFT_OUT = {"sw.js"}


@dataclass(frozen=True)
class Release:
    """`files` maps each address to the base64 SHA-256 of its content; `worker` is the script as served."""

    files: dict[str, str]
    digest: str
    worker: str


def the_release(rendered: Mapping[str, bytes]) -> Release:
    """The release of the files on disk and of what is rendered (address to content)."""
    files = dict(
        sorted({url: _hash(content) for url, content in (contents() | dict(rendered)).items()}.items())
    )
    digest = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:16]
    head = json.dumps({"digest": digest, "files": files}, separators=(",", ":"))
    worker = served(FIELD / "sw.js").decode()
    return Release(files, digest, f"const RELEASE = {head};\n{worker}")


def contents() -> dict[str, bytes]:
    """The stored files of a release by their addresses."""
    own = {path.name: path for path in FIELD.iterdir() if path.is_file() and path.name not in LEFT_OUT}
    found = {f"/field/static/{name}": served(path) for name, path in own.items()}
    return found | {f"/static/{name}": served(WEB / name) for name in SHARED}


def _hash(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
