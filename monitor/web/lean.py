"""Our own scripts and styles as they are served: without comments and indentation, line for line else.

No build step and no renaming, so that what a browser shows is still our code. It needs what our style gives:
a comment starts its line, or ends it with no quotation mark in it, and no text or template runs over a line's
end (a test looks).
"""

import functools
import re
from pathlib import Path

from flask import Blueprint, Response, abort, request
from werkzeug.security import safe_join

from monitor.web import blueprint

BLOCK = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
LINE = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
AFTER_CODE = re.compile(r"[ \t]+// [^\n\"'`]*$", re.MULTILINE)
INDENTATION = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)
KINDS = {".js": "text/javascript", ".css": "text/css"}


def lean(text: str, kind: str) -> str:
    """The text without its comments and its indentation."""
    text = BLOCK.sub("", text)
    if kind == ".js":
        text = AFTER_CODE.sub("", LINE.sub("", text))
    return INDENTATION.sub("", text).lstrip("\n")


def served(path: Path) -> bytes:
    """A file of ours as it goes out; files of other projects, below `vendor`, go out as they are."""
    return _served(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=512)
def _served(path: Path, changed_ns: int) -> bytes:
    if path.suffix in KINDS and "vendor" not in path.parts:
        return lean(path.read_text(encoding="utf-8"), path.suffix).encode()
    return path.read_bytes()


class LeanFiles(Blueprint):
    """Serves scripts and styles lean, and every other file as Flask does."""

    def send_static_file(self, filename: str) -> Response:
        kind = Path(filename).suffix
        found = safe_join(str(self.static_folder), filename)
        if kind not in KINDS or found is None:
            return super().send_static_file(filename)
        if not Path(found).is_file():
            abort(404)
        response = Response(served(Path(found)), content_type=f"{KINDS[kind]}; charset=utf-8")
        response.add_etag()
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        return response


class LeanBlueprint(blueprint.Blueprint, LeanFiles):
    """A blueprint whose routes name a permission and whose files are served lean."""
