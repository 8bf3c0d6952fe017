"""The map of a report as SVG, to be read in grey: shapes by outline and hatching, never by colour alone.

Takes the Map of a document (GeoJSON, degrees WGS84); the projection is equirectangular at the middle
latitude, which at the size of a mission area is true to a few parts in a thousand.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import shapely

from reports.document import Map, Shape

WIDTH = 680.0
FONT = "Noto Sans, Noto Sans Armenian, DejaVu Sans, sans-serif"
ARMENIAN = "Noto Sans Armenian, DejaVu Sans, sans-serif"
_ARMENIAN_WORDS = re.compile(r"([\u0530-\u058f]+)")
INK = "#1a1f1d"
ORDER = (
    "land",
    "neighbour",
    "lake",
    "river",
    "border",
    "line",
    "sector",
    "uncertainty",
    "cell",
    "ray",
    "settlement",
    "post",
    "base",
    "event",
)
STYLES: Mapping[str, str] = {
    "land": 'fill="#ffffff" stroke="none"',
    "neighbour": 'fill="#f1f1ee" stroke="none"',
    "lake": 'fill="#dfe6e8" stroke="#9aa7aa" stroke-width="0.6"',
    "river": 'fill="none" stroke="#b4c0c3" stroke-width="0.8"',
    "border": 'fill="none" stroke="#9b978f" stroke-width="1"',
    "line": 'fill="none" stroke="#1a1f1d" stroke-width="1.8" stroke-dasharray="9 3 2 3"',
    "sector": 'fill="#6f7a76" fill-opacity="0.07" stroke="#5e6965" stroke-width="1" stroke-dasharray="2 2.5"',
    "uncertainty": 'fill="url(#hatch)" stroke="#7a1f12" stroke-width="0.9" stroke-linejoin="round"',
    "cell": 'fill="url(#hatch)" stroke="#1a1f1d" stroke-width="1.1" stroke-linejoin="round"',
    "ray": 'fill="none" stroke="#7a1f12" stroke-width="0.8"',
}
LABELLED_AFTER = (
    "cell",
    "post",
    "base",
    "event",
    "sector",
    "settlement",
    "line",
    "lake",
    "neighbour",
    "land",
)


class _View:
    """Degrees to drawing units. The frame has one size; the bounds are widened to fill it."""

    width = WIDTH

    def __init__(self, bounds: tuple[float, float, float, float], height: float) -> None:
        self.height = height
        west, south, east, north = bounds
        middle = (south + north) / 2
        self.squeeze = math.cos(math.radians(middle))
        across, down = (east - west) * self.squeeze, north - south
        self.scale = min(WIDTH / across, height / down)
        self.west = (west + east) / 2 - WIDTH / self.scale / self.squeeze / 2
        self.north = middle + height / self.scale / 2

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        return (lon - self.west) * self.squeeze * self.scale, (self.north - lat) * self.scale

    def path(self, lines: Iterator[tuple[list[Any], bool]]) -> str:
        parts = []
        for line, closed in lines:
            points = [self.xy(point[0], point[1]) for point in line]
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else ""))
        return "".join(parts)

    @property
    def metres_per_unit(self) -> float:
        return 111_195.0 / self.scale


def _lines(geometry: Mapping[str, Any]) -> Iterator[tuple[list[Any], bool]]:
    coordinates = geometry.get("coordinates", [])
    match geometry["type"]:
        case "LineString":
            yield coordinates, False
        case "MultiLineString":
            for line in coordinates:
                yield line, False
        case "Polygon":
            for ring in coordinates:
                yield ring, True
        case "MultiPolygon":
            for polygon in coordinates:
                for ring in polygon:
                    yield ring, True
        case "GeometryCollection":
            for one in geometry["geometries"]:
                yield from _lines(one)


def _points(geometry: Mapping[str, Any]) -> list[Any]:
    if geometry["type"] == "Point":
        return [geometry["coordinates"]]
    if geometry["type"] == "MultiPoint":
        return list(geometry["coordinates"])
    return [point for line, _ in _lines(geometry) for point in line]


def _symbol(kind: str, name: str | None, x: float, y: float) -> str:
    """The mark of a point. Events differ by form, so that they are told apart in grey."""
    at = f'transform="translate({x:.1f} {y:.1f})"'
    match kind, name:
        case "post", _:
            return f'<path {at} d="M0-5.2L4.8 3.6H-4.8Z" fill="#ffffff" stroke="{INK}" stroke-width="1.4"/>'
        case "base", _:
            return (
                f'<g {at}><rect x="-4.6" y="-4.6" width="9.2" height="9.2" fill="{INK}"/>'
                '<path d="M-2.6 0H2.6M0-2.6V2.6" stroke="#fff" stroke-width="1.3"/></g>'
            )
        case "settlement", _:
            return f'<circle {at} r="1.7" fill="#6b706d"/>'
        case "event", "explosion":
            spikes = "".join(
                f"{'M' if step == 0 else 'L'}{r * math.sin(a):.1f} {-r * math.cos(a):.1f}"
                for step in range(16)
                for r, a in [(6.4 if step % 2 == 0 else 2.9, math.pi * step / 8)]
            )
            return f'<path {at} d="{spikes}Z" fill="#7a1f12" stroke="#ffffff" stroke-width="0.8"/>'
        case "event", "small_arms":
            return (
                f'<path {at} d="M0-5.4L5.4 0L0 5.4L-5.4 0Z" fill="#7a1f12" stroke="#fff" stroke-width="0.8"/>'
            )
        case "event", "air":
            return f'<path {at} d="M-6-3L0-0.5L6-3L0 5Z" fill="#7a1f12" stroke="#ffffff" stroke-width="0.8"/>'
        case _:
            return f'<circle {at} r="4.6" fill="#7a1f12" stroke="#ffffff" stroke-width="0.9"/>'


class _Labels:
    """Places labels where none stands yet; one that finds no room is left out, not laid over another."""

    def __init__(self, view: _View) -> None:
        self.view = view
        self.taken: list[tuple[float, float, float, float]] = []

    def keep_clear(self, x: float, y: float, half: float) -> None:
        self.taken.append((x - half, y - half, x + half, y + half))

    def free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        inside = left >= 2 and top >= 2 and right <= self.view.width - 2 and bottom <= self.view.height - 2
        return inside and not any(
            left < r and right > le and top < b and bottom > t for le, t, r, b in self.taken
        )

    def place(self, text: str, x: float, y: float, size: float, gap: float, style: str, must: bool) -> str:
        wide, high = len(text) * size * 0.56, size * 1.15
        spots = (
            ("start", x + gap, y + size * 0.35, (x + gap, y - high / 2, x + gap + wide, y + high / 2)),
            ("end", x - gap, y + size * 0.35, (x - gap - wide, y - high / 2, x - gap, y + high / 2)),
            ("middle", x, y - gap - 1, (x - wide / 2, y - gap - high, x + wide / 2, y - gap)),
            ("middle", x, y + gap + size, (x - wide / 2, y + gap, x + wide / 2, y + gap + high)),
        )
        chosen = next((spot for spot in spots if self.free(spot[3])), spots[0] if must else None)
        if chosen is None:
            return ""
        anchor, at_x, at_y, box = chosen
        self.taken.append(box)
        return _text(text, at_x, at_y, size, anchor, style)


def spans_of_scripts(text: str) -> str:
    """The text with its Armenian words in spans of their own font: in a text of two scripts the PDF's drawing
    of SVG finds no second font by itself."""
    out = ""
    for part in _ARMENIAN_WORDS.split(text):
        said = escape(part)
        out += f'<tspan font-family="{ARMENIAN}">{said}</tspan>' if _ARMENIAN_WORDS.match(part) else said
    return out


def _text(text: str, x: float, y: float, size: float, anchor: str = "start", style: str = "") -> str:
    common = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" font-family="{FONT}"'
    said = spans_of_scripts(text)
    halo = 'fill="none" stroke="#ffffff" stroke-width="2.6" stroke-linejoin="round"'
    return f'<text {common} {style} {halo}>{said}</text><text {common} {style} fill="{INK}">{said}</text>'


def svg(drawing: Map) -> str:
    """The whole map as one SVG text, with legend, scale bar, north arrow, sources and disclaimer."""
    west, south, east, north = (float(edge) for edge in drawing.bounds)
    view = _View((west, south, east, north), float(drawing.height))
    body, labels = [], _Labels(view)
    corner = _corner_boxes(view)
    labels.taken.extend(corner)
    for kind in ORDER:
        for shape in drawing.shapes:
            if shape.kind == kind:
                body.append(_drawn(shape, view))
                if kind in ("post", "base", "event"):
                    labels.keep_clear(*view.xy(*_points(shape.geometry)[0][:2]), 5.0)
    said: set[str] = set()
    for kind in LABELLED_AFTER:
        for shape in drawing.shapes:
            if shape.kind == kind and shape.label and (kind == "cell" or shape.label not in said):
                label = _label(shape, view, labels)
                body.append(label)
                said |= {shape.label} if label and kind != "cell" else set()
    legend_height = 18.0 * math.ceil(len(drawing.legend) / 3) + 12 if drawing.legend else 2.0
    foot_lines = [drawing.disclaimer, *drawing.sources]
    wrapped = [line for text in foot_lines for line in _wrapped(text, 172)]
    height = view.height + legend_height + 12 * len(wrapped) + 8
    frame = f'width="{view.width:.1f}" height="{view.height:.1f}"'
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view.width:.0f} {height:.0f}" ',
            f'width="{view.width:.0f}" height="{height:.0f}" role="img" aria-label={quoteattr(drawing.alt)}>',
            '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" ',
            'patternTransform="rotate(45)"><rect width="5" height="5" fill="#b4492f" fill-opacity="0.10"/>',
            '<path d="M0 0V5" stroke="#7a1f12" stroke-width="0.8" stroke-opacity="0.55"/></pattern>',
            f'<clipPath id="frame"><rect {frame}/></clipPath></defs><rect {frame} fill="#fafaf8"/>',
            f'<g clip-path="url(#frame)">{"".join(body)}</g>',
            f'<rect {frame} fill="none" stroke="{INK}"/>',
            _scale_bar(view),
            _north(view),
            _legend(drawing, view),
            *(
                _text(line, 0, view.height + legend_height + 10 + 12 * row, 8.5, style='fill-opacity="0.85"')
                for row, line in enumerate(wrapped)
            ),
            "</svg>",
        )
    )


def _drawn(shape: Shape, view: _View) -> str:
    if shape.kind in STYLES:
        return f'<path d="{view.path(_lines(shape.geometry))}" {STYLES[shape.kind]}/>'
    return "".join(
        _symbol(shape.kind, shape.symbol, *view.xy(point[0], point[1])) for point in _points(shape.geometry)
    )


def _label(shape: Shape, view: _View, labels: _Labels) -> str:
    assert shape.label
    seen = [view.xy(point[0], point[1]) for point in _points(shape.geometry)]
    seen = [(x, y) for x, y in seen if 0 <= x <= view.width and 0 <= y <= view.height]
    if not seen:
        return ""
    match shape.kind:
        case "post" | "base" | "event":
            must = shape.kind != "event"
            return labels.place(shape.label, *seen[0], 9.5, 8, 'font-weight="600"', must=must)
        case "settlement":
            return labels.place(shape.label, *seen[0], 8, 4, 'fill-opacity="0.8"', must=False)
        case "line":
            x, y = seen[len(seen) // 3]
            return labels.place(shape.label, x, y, 8.5, 8, 'font-style="italic"', must=False)
        case "cell":
            x, y = _inside(shape, view)
            box = (x - 9, y - 7, x + 9, y + 7)
            labels.taken.append(box)
            return _text(shape.label, x, y + 3.4, 10, "middle", 'font-weight="700"')
        case "sector":
            x, y = _inside(shape, view)
            return labels.place(
                shape.label, x, y, 10.5, 0, 'font-weight="600" fill-opacity="0.7"', must=False
            )
        case _:
            x, y = _inside(shape, view)
            return labels.place(
                shape.label, x, y, 9.5, 0, 'letter-spacing="2" fill-opacity="0.6"', must=False
            )


def _inside(shape: Shape, view: _View) -> tuple[float, float]:
    """A point of the area that the frame shows, near its middle."""
    corner = (view.west + view.width / view.scale / view.squeeze, view.north - view.height / view.scale)
    frame = shapely.box(view.west, corner[1], corner[0], view.north)
    shown = shapely.make_valid(shapely.from_geojson(json.dumps(shape.geometry))).intersection(frame)
    if shown.is_empty:
        return -1000.0, -1000.0
    middle = shown.centroid if shown.contains(shown.centroid) else shown.representative_point()
    return view.xy(middle.x, middle.y)


def _corner_boxes(view: _View) -> list[tuple[float, float, float, float]]:
    """Kept free for the scale bar and the north arrow."""
    return [(0.0, view.height - 40, 190.0, view.height), (view.width - 40, 0.0, view.width, 60.0)]


def _scale_bar(view: _View) -> str:
    length_km = next((km for km in (50, 25, 20, 10, 5, 2, 1) if km * 1000 / view.metres_per_unit <= 150), 1)
    units = length_km * 1000 / view.metres_per_unit
    y = view.height - 14
    return (
        f'<g><rect x="8" y="{y - 20:.1f}" width="{units + 46:.1f}" height="30" fill="#fff"/>'
        f'<rect x="14" y="{y:.1f}" width="{units / 2:.1f}" height="4" fill="{INK}"/>'
        f'<rect x="{14 + units / 2:.1f}" y="{y:.1f}" width="{units / 2:.1f}" height="4" fill="#ffffff" '
        f'stroke="{INK}" stroke-width="0.8"/>'
        + _text("0", 14, y - 4, 8.5, "middle")
        + _text(f"{length_km} km", 14 + units, y - 4, 8.5, "middle")
        + "</g>"
    )


def _north(view: _View) -> str:
    x = view.width - 20
    return f'<g transform="translate({x:.1f} 34)"><path d="M0-14L5 8L0 4.5L-5 8Z" fill="{INK}"/></g>' + _text(
        "N", x, 17, 10, "middle", 'font-weight="700"'
    )


def _legend(drawing: Map, view: _View) -> str:
    column = view.width / 3
    out = []
    for index, (kind, text) in enumerate(drawing.legend):
        x, y = column * (index % 3) + 16, view.height + 16 + 18 * (index // 3)
        base, _, symbol = kind.partition(":")
        if base in STYLES:
            shape = (
                f'<path d="M{x - 12:.1f} {y:.1f}H{x + 8:.1f}" {STYLES[base]}/>'
                if base in ("line", "border", "river", "ray")
                else f'<rect x="{x - 12:.1f}" y="{y - 5:.1f}" width="20" height="10" {STYLES[base]}/>'
            )
        else:
            shape = _symbol(base, symbol or None, x - 2, y)
        out.append(shape + _text(text, x + 15, y + 3.2, 9))
    return "".join(out)


def _wrapped(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line
