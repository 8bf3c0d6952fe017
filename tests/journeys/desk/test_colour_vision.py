"""Five severities stay apart for all eyes: Chromium shows them as one who lacks a kind of cone sees them."""

import io
import itertools
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Page

# Two colours that differ by less are easily taken for each other (CIE 1976, in lightness and two hues).
APART = 18.0
# The marks of the room, side by side and without their numbers, on the page's own colours.
SIDE = 24
MARKS = """(side) => {
  const row = document.createElement("div");
  row.id = "marks";
  row.style = "position:fixed;inset:0 auto auto 0;z-index:99999;display:flex";
  for (const level of [1, 2, 3, 4, 5]) {
    const mark = document.createElement("span");
    mark.className = "severity";
    mark.dataset.severity = level;
    mark.style = `width:${side}px;height:${side}px;border:0;border-radius:0`;
    row.append(mark);
  }
  document.body.append(row);
}"""


def lab(rgb: tuple[int, int, int]) -> tuple[float, float, float]:
    """sRGB to CIE L*a*b*, white D65 (CIE 15:2004)."""
    r, g, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (one / 255 for one in rgb)
    )
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


def as_seen(page: Page, eyes: str) -> list[tuple[int, int, int]]:
    """The five colours as these eyes see them."""
    wire = page.context.new_cdp_session(page)
    wire.send("Emulation.setEmulatedVisionDeficiency", {"type": eyes})
    shot = Image.open(io.BytesIO(page.locator("#marks").screenshot())).convert("RGB")
    wire.detach()
    marks = shot.resize((5, 1), Image.Resampling.NEAREST)
    return [(r, g, b) for r, g, b in zip(*[iter(marks.tobytes())] * 3, strict=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_severity_is_taken_for_another_by_any_eyes(room: Page, scheme: Literal["light", "dark"]) -> None:
    room.emulate_media(color_scheme=scheme)
    room.evaluate(MARKS, SIDE)
    plain = as_seen(room, "none")
    for eyes in ("none", "protanopia", "deuteranopia", "tritanopia"):
        seen = as_seen(room, eyes)
        nearest, one, other = min(
            (apart(seen[i], seen[j]), i + 1, j + 1) for i, j in itertools.combinations(range(5), 2)
        )
        assert nearest >= APART, f"{eyes}: {one} and {other} are {nearest:.0f} apart"
        assert (seen == plain) == (eyes == "none")
