"""Files that nobody should open: made here byte by byte, so that nothing dangerous lies in the repository.

`python tests/ground/hostile_files.py FOLDER` writes them out to be looked at.
"""

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image

MARKER = b"<script>alert(document.domain)</script>"
MARKER_TEXT = MARKER.decode()


def jpeg(size: tuple[int, int] = (64, 48), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "JPEG", **more)
    return out.getvalue()


def png(size: tuple[int, int] = (64, 48), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG", **more)
    return out.getvalue()


def webp(**more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "WEBP", **more)
    return out.getvalue()


def other(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, kind)
    return out.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def with_segments(*segments: bytes) -> bytes:
    """A small JPEG with these segments right after its beginning."""
    plain = jpeg()
    return plain[:2] + b"".join(segments) + plain[2:]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int, data: bytes, *more: bytes, depth: int = 8, colour: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def exif(*entries: bytes, count: int | None = None, following: int = 0) -> bytes:
    """A raw EXIF block with these twelve-byte entries, however wrong."""
    body = struct.pack("<H", len(entries) if count is None else count) + b"".join(entries)
    return b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + body + struct.pack("<I", following)


def entry(tag: int, kind: int, number: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, number, value)


def tagged(**texts: str) -> bytes:
    """EXIF with texts in the usual tags, written properly."""
    numbers = {"description": 0x010E, "make": 0x010F, "model": 0x0110, "software": 0x0131, "artist": 0x013B}
    data = Image.Exif()
    for name, text in texts.items():
        data[numbers[name]] = text
    return jpeg(exif=data)


def gps_by_nought() -> bytes:
    data = Image.Exif()
    gps = data.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (0.0, 0.0, 0.0), "E", (1e30, 1e30, 1e30)
    return jpeg(exif=data)


def patched_size(width: int, height: int) -> bytes:
    """A JPEG that claims another size than it has."""
    plain = bytearray(jpeg())
    at = plain.index(b"\xff\xc0")
    plain[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(plain)


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def animated(kind: str, frames: int) -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("RGB", (32, 32), (n % 256, 0, 0)) for n in range(frames)]
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:])
    return out.getvalue()


HTML = b"<!doctype html><html><body>" + MARKER + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + MARKER + b"</svg>"
XXE = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '&%c;&%c;'>" % (98 + n, 97 + n, 97 + n) for n in range(20)
)
ZEROES = zlib.compress(b"\x00" * 40_000_000, 9)

# Those that are pictures under what is wrong with them may be shown; the rest may not.
MAKERS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "one-byte": lambda: b"\xff",
    "page": lambda: HTML,
    "page-as-jpeg": lambda: b"\xff\xd8\xff\xe0" + HTML,
    "page-as-png": lambda: b"\x89PNG\r\n\x1a\n" + HTML,
    "page-as-webp": lambda: b"RIFF\x00\x00\x00\x00WEBP" + HTML,
    "svg": lambda: SVG,
    "svg-external-entity": lambda: XXE,
    "xml-billion-laughs": lambda: LAUGHS + b"]><svg>&t;</svg>",
    "script": lambda: b"#!/bin/sh\nrm -rf /\n",
    "php": lambda: b"<?php system($_GET[0]); ?>",
    "elf": lambda: b"\x7fELF\x02\x01\x01" + bytes(64),
    "exe": lambda: b"MZ" + bytes(128),
    "zip": lambda: zipped("a.txt", b"x"),
    "zip-bomb": lambda: zipped("bomb", b"\x00" * 20_000_000),
    "pdf": lambda: b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file\n",
    "gif": lambda: other("GIF"),
    "gif-javascript": lambda: b"GIF89a/*\x00\x00*/=1;" + MARKER,
    "bmp": lambda: other("BMP"),
    "tiff": lambda: other("TIFF"),
    "ico": lambda: other("ICO"),
    "psd": lambda: b"8BPS\x00\x01" + bytes(64),
    "jpeg2000": lambda: b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(64),
    "heic": lambda: b"\x00\x00\x00\x18ftypheic" + bytes(64),
    "mp4": lambda: b"\x00\x00\x00\x18ftypmp42" + bytes(64),
    "webm": lambda: b"\x1aE\xdf\xa3" + bytes(64),
    "mp3": lambda: b"ID3\x03\x00" + bytes(64),
    "jpeg-cut-in-half": lambda: jpeg((400, 300), quality=95)[:900],
    "jpeg-head-only": lambda: jpeg()[:20],
    "jpeg-64k-square": lambda: patched_size(65_500, 65_500),
    "jpeg-no-size": lambda: patched_size(0, 0),
    "jpeg-comment-script": lambda: with_segments(segment(0xFE, MARKER)),
    "jpeg-comment-php": lambda: with_segments(segment(0xFE, b"<?php system('id'); ?>")),
    "jpeg-comment-page": lambda: with_segments(segment(0xFE, HTML)),
    "jpeg-many-comments": lambda: with_segments(*[segment(0xFE, b"x" * 65_000)] * 60),
    "jpeg-xmp-script": lambda: with_segments(
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + MARKER + b"</x:xmpmeta>")
    ),
    "jpeg-xmp-entity": lambda: with_segments(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + XXE)),
    "jpeg-profile-junk": lambda: with_segments(segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + MARKER * 100)),
    "jpeg-exif-script": lambda: tagged(description=MARKER_TEXT, make=MARKER_TEXT, software=MARKER_TEXT),
    "jpeg-exif-formula": lambda: tagged(make="=cmd|'/C calc'!A0", model="@SUM(1)"),
    "jpeg-exif-bidi": lambda: tagged(make="gpj.\u202eexe", model="\u200bX\x00Y"),
    "jpeg-exif-loop": lambda: with_segments(
        segment(0xE1, exif(entry(0x8769, 4, 1, 8), entry(0x8825, 4, 1, 8), following=8))
    ),
    "jpeg-exif-huge-count": lambda: with_segments(
        segment(0xE1, exif(entry(0x010F, 2, 0xFFFFFFFF, 8), entry(0x9003, 2, 0x7FFFFFFF, 9)))
    ),
    "jpeg-exif-says-60000": lambda: with_segments(segment(0xE1, exif(entry(0x0112, 3, 1, 6), count=60_000))),
    "jpeg-exif-orientation-99": lambda: with_segments(segment(0xE1, exif(entry(0x0112, 3, 1, 99)))),
    "jpeg-exif-gps-nought": gps_by_nought,
    "jpeg-zip-behind": lambda: jpeg() + zipped("index.html", HTML),
    "jpeg-page-behind": lambda: jpeg() + HTML,
    "jpeg-pdf-behind": lambda: jpeg() + b"\n%PDF-1.4\n" + MARKER + b"\n%%EOF",
    "jpeg-cmyk": lambda: jpeg(mode="CMYK"),
    "png-bomb": lambda: png_of(30_000, 30_000, ZEROES[:30_000], depth=1, colour=0),
    "png-bomb-whole": lambda: png_of(17_000, 17_000, ZEROES, depth=1, colour=0),
    "png-just-below": lambda: png_of(7_000, 7_000, zlib.compress(b"\x00" * 7_000 * 21_001, 1)),
    "png-one-line": lambda: png_of(65_535, 1, zlib.compress(b"\x00" * 196_606)),
    "png-size-nought": lambda: png_of(0, 0, b""),
    "png-wrong-sum": lambda: png()[:-20] + b"\x00" * 20,
    "png-junk-inside": lambda: png_of(64, 48, b"\x00\x01junk" * 50),
    "png-text-bomb": lambda: png_of(
        1, 1, zlib.compress(b"\x00" * 4), chunk(b"zTXt", b"Comment\x00\x00" + ZEROES)
    ),
    "png-profile-bomb": lambda: png_of(
        1, 1, zlib.compress(b"\x00" * 4), chunk(b"iCCP", b"icc\x00\x00" + ZEROES)
    ),
    "png-text-script": lambda: png_of(
        1, 1, zlib.compress(b"\x00" * 4), chunk(b"tEXt", b"Comment\x00" + MARKER)
    ),
    "png-sixteen-bit": lambda: png(mode="I;16"),
    "png-alpha": lambda: png(mode="RGBA"),
    "apng": lambda: animated("PNG", 200),
    "webp-exif-script": lambda: webp(exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00" + MARKER),
    "webp-cut": lambda: webp()[:30],
    "webp-animated": lambda: animated("WEBP", 100),
    "webp-says-16k": lambda: (
        b"RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"
        + b"\xff\x3f\x00\xff\x3f\x00"
        + bytes(8)
    ),
}


def write_out(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in MAKERS.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    write_out(Path(sys.argv[1]))
