"""What is done with the bytes of a picture, in a process of its own that can do little else.

`python -m incidents.evidence.viewing copy|facts|blur` reads a picture from standard input and writes a JPEG,
or what the file says of itself as JSON. It may take MEMORY_BYTES and CPU_S; once the picture is read it can
open no file and no socket, and write none.
"""

import io
import json
import os
import resource
import subprocess
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from PIL import ExifTags, Image, ImageFilter, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_PX = 1600
MOST_PIXELS = 50_000_000
MEMORY_BYTES = 512 << 20
CPU_S = 10
PATIENCE_S = 30
LONGEST_TEXT = 100
# How many cells a side are left of a blurred region: nothing that tells one face from another.
CELLS = 4
# What the process may know of its surroundings: where its own code lies, and nothing secret.
SURROUNDINGS = ("PYTHONPATH", "PATH", "LANG", "LD_LIBRARY_PATH")

# Left, top, width and height as fractions of the picture, 0 to 1.
Region = tuple[float, float, float, float]


class CannotShow(Exception):
    """Not an image that we show, or one that would take too much to decode."""


def viewing_copy(content: bytes) -> bytes:
    """A JPEG of at most LONGEST_PX a side with nothing but pixels in it. Raises CannotShow."""
    return _apart(content, "copy")


def file_facts(content: bytes) -> dict[str, Any]:
    """What the file says of itself: format, size in pixels, time, place, make. Raises CannotShow.

    Nothing of it is proof: whoever made the file can write what they like. Times are as written there.
    """
    return json.loads(_apart(content, "facts"))


def blurred(content: bytes, regions: Sequence[Region]) -> bytes:
    """The picture with these regions made unreadable for good, as a JPEG. Raises CannotShow."""
    return _apart(content, "blur", json.dumps(list(regions)))


def _apart(content: bytes, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "incidents.evidence.viewing", *arguments],
            input=content,
            capture_output=True,
            timeout=PATIENCE_S,
            check=True,
            env={name: os.environ[name] for name in SURROUNDINGS if name in os.environ},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise CannotShow from error
    return done.stdout


def _copy(content: bytes) -> bytes:
    with _opened(content) as image:
        # Made small first, so that what follows works on few pixels; a JPEG is not even decoded whole.
        image.thumbnail((LONGEST_PX, LONGEST_PX))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    return _bare_jpeg(upright)


def _blur(content: bytes, regions: Sequence[Region]) -> bytes:
    with _opened(content) as image:
        picture = image.convert("RGB")
    width, height = picture.size
    for left, top, wide, high in regions:
        # Outwards to whole pixels: a rim of what was hidden would be what was hidden.
        box = (
            max(0, int(left * width)),
            max(0, int(top * height)),
            min(width, int((left + wide) * width) + 1),
            min(height, int((top + high) * height) + 1),
        )
        if box[0] >= box[2] or box[1] >= box[3]:
            continue
        size = (box[2] - box[0], box[3] - box[1])
        cells = picture.crop(box).resize((min(CELLS, size[0]), min(CELLS, size[1])), Image.Resampling.BOX)
        smooth = cells.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))
        picture.paste(smooth, box)
    return _bare_jpeg(picture)


def _bare_jpeg(picture: Image.Image) -> bytes:
    # A new image from the bare pixels: `convert` alone would carry comments and profiles along.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=85)
    return out.getvalue()


def _facts(content: bytes) -> bytes:
    with _opened(content) as image:
        found: dict[str, Any] = {"format": image.format, "width": image.width, "height": image.height}
        exif = image.getexif()
    taken = exif.get_ifd(ExifTags.IFD.Exif)
    found |= {
        "taken_at": _text(taken.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)),
        "offset": _text(taken.get(ExifTags.Base.OffsetTimeOriginal) or taken.get(ExifTags.Base.OffsetTime)),
        "make": _text(exif.get(ExifTags.Base.Make)),
        "model": _text(exif.get(ExifTags.Base.Model)),
        "software": _text(exif.get(ExifTags.Base.Software)),
        **_gps(exif.get_ifd(ExifTags.IFD.GPSInfo)),
    }
    return json.dumps({name: value for name, value in found.items() if value is not None}).encode()


def _gps(said: Any) -> dict[str, Any]:
    lat = _degrees(said.get(ExifTags.GPS.GPSLatitude), said.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    lon = _degrees(said.get(ExifTags.GPS.GPSLongitude), said.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    day, clock = _text(said.get(ExifTags.GPS.GPSDateStamp)), said.get(ExifTags.GPS.GPSTimeStamp)
    gps_at = None
    if day and isinstance(clock, tuple) and len(clock) == 3:
        hours, minutes, seconds = (_number(part) for part in clock)
        if hours is not None and minutes is not None and seconds is not None:
            gps_at = f"{day} {int(hours):02}:{int(minutes):02}:{int(seconds):02}"
    return {"lat": lat, "lon": lon, "gps_at": gps_at} if lat is not None and lon is not None else {}


def _degrees(parts: Any, side: Any, negative: str, most: int) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    numbers = [_number(part) for part in parts]
    if None in numbers:
        return None
    degrees, minutes, seconds = (number or 0.0 for number in numbers)
    found = degrees + minutes / 60 + seconds / 3600
    if not 0 <= found <= most:
        return None
    return round(-found if str(side).startswith(negative) else found, 6)


def _number(part: Any) -> float | None:
    """A rational of the file as a number; one divided by nought is none."""
    try:
        number = float(part)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if abs(number) < 1e9 else None


def _text(said: Any) -> str | None:
    """A short text that can be shown: what else stands in the tag is not carried on."""
    if isinstance(said, bytes):
        said = said.decode("utf-8", "replace")
    if not isinstance(said, str):
        return None
    plain = "".join(sign for sign in said if sign.isprintable()).strip()[:LONGEST_TEXT]
    return plain or None


def _opened(content: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return Image.open(io.BytesIO(content), formats=FORMATS)


def _main(deed: str, *more: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.init()
    content = sys.stdin.buffer.read()
    # All that is needed is loaded: from here on nothing new can be opened, and no file written.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    try:
        if deed == "facts":
            done = _facts(content)
        elif deed == "blur":
            done = _blur(content, [tuple(region) for region in json.loads(more[0])])
        else:
            done = _copy(content)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError, Warning) as error:
        print(type(error).__name__, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(done)
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
