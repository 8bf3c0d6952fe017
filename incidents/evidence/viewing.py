"""Copies to look at, decoded in a process of their own that may take little memory and time.

`python -m incidents.evidence.viewing` reads an image from standard input and writes a JPEG.
"""

import io
import resource
import subprocess
import sys
import warnings

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_PX = 1600
MOST_PIXELS = 50_000_000
MEMORY_BYTES = 1 << 30
CPU_S = 10
PATIENCE_S = 30


class CannotShow(Exception):
    """Not an image that we show, or one that would take too much to decode."""


def viewing_copy(content: bytes) -> bytes:
    """A JPEG of at most LONGEST_PX a side with nothing but pixels in it. Raises CannotShow."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "incidents.evidence.viewing"],
            input=content,
            capture_output=True,
            timeout=PATIENCE_S,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise CannotShow from error
    return done.stdout


def _copy(content: bytes) -> bytes:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((LONGEST_PX, LONGEST_PX))
    # A new image from the bare pixels: `convert` alone would carry comments and profiles along.
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=85)
    return out.getvalue()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    sys.stdout.buffer.write(_copy(sys.stdin.buffer.read()))
