"""Small charts as SVG that reads in grey: bars by height, grids by tone with the number in each cell.

A place that nobody watched is hatched and never drawn as a zero.
"""

import math
from collections.abc import Callable, Sequence
from xml.sax.saxutils import quoteattr

from reports.document import Chart, Series
from reports.render.map_svg import FONT, INK, spans_of_scripts

WIDTH = 680.0
SOFT = "#55605c"
HAIR = "#c9d0cc"
DEEP = "#123f48"
HATCH = (
    '<defs><pattern id="unwatched" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V5" stroke="#9aa5a0" stroke-width="1.6"/></pattern></defs>'
)
# Tones of the grid from nothing to the most, dark ones with white figures.
TONES = ("#ffffff", "#e6eced", "#c5d3d6", "#96b0b5", "#5c838a", "#2c5b64", "#123f48")
PATTERNS = ("#123f48", "#5c838a", "#a9bfc3", "#d9e2e4", "#ffffff")


def svg(chart: Chart) -> str:
    """The whole chart as one SVG text."""
    draw: dict[str, Callable[[Chart], tuple[str, float]]] = {
        "multiples": _multiples,
        "heat": _heat,
        "hours": _hours,
        "shares": _shares,
    }
    body, height = draw[chart.kind](chart)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f"aria-label={quoteattr(chart.alt)}>{HATCH}{body}</svg>"
    )


def _text(
    text: str, x: float, y: float, size: float, anchor: str = "start", fill: str = INK, bold: bool = False
) -> str:
    weight = ' font-weight="650"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" '
        f'font-family="{FONT}"{weight}>{spans_of_scripts(text)}</text>'
    )


def _box(x: float, y: float, wide: float, high: float, fill: str, stroke: str = "none") -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{max(high, 0):.1f}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="0.6"/>'
    )


def _number(value: float | int) -> str:
    return f"{value:.1f}" if isinstance(value, float) and not value.is_integer() else f"{int(value)}"


def _top(series: Sequence[Series]) -> float:
    """A round number that no value exceeds."""
    most = max((value for one in series for value in one.values if value is not None), default=0)
    if most <= 5:
        return 5
    step = 10 ** math.floor(math.log10(most))
    return next(float(step * factor) for factor in (1, 2, 5, 10) if step * factor >= most)


def _multiples(chart: Chart) -> tuple[str, float]:
    """One small bar chart a series, three in a row, all to the same height so that they compare."""
    across, gap, high, head = 3, 16.0, 62.0, 18.0
    wide = (WIDTH - gap * (across - 1)) / across
    top, out = _top(chart.series), []
    for index, one in enumerate(chart.series):
        x, y = (index % across) * (wide + gap), (index // across) * (high + head + 26)
        out.append(_text(one.name, x, y + 11, 9.5, bold=True))
        out.append(_bars(one, chart.labels, x, y + head, wide, high, top))
    rows = math.ceil(len(chart.series) / across)
    return "".join(out), rows * (high + head + 26)


def _bars(
    one: Series, labels: Sequence[str], x: float, y: float, wide: float, high: float, top: float
) -> str:
    slot = wide / max(len(one.values), 1)
    out = [f'<path d="M{x:.1f} {y + high:.1f}H{x + wide:.1f}" stroke="{INK}" stroke-width="0.8"/>']
    every = max(1, math.ceil(len(labels) / max(1, int(wide // 34))))
    for index, value in enumerate(one.values):
        left, bar = x + index * slot + slot * 0.14, slot * 0.72
        if value is None:
            out.append(_box(left, y + high * 0.2, bar, high * 0.8, "url(#unwatched)", HAIR))
        else:
            tall = high * 0.86 * float(value) / top
            out.append(_box(left, y + high - tall, bar, tall, DEEP))
            if slot >= 15:
                out.append(_text(_number(value), left + bar / 2, y + high - tall - 2.5, 7, "middle"))
        if index % every == 0:
            out.append(_text(labels[index], left + bar / 2, y + high + 10, 7, "middle", SOFT))
    return "".join(out)


def _heat(chart: Chart) -> tuple[str, float]:
    """A grid: series down, labels across; the tone by the number, which stands in the cell."""
    name_wide, high, head = 150.0, 24.0, 20.0
    cell = (WIDTH - name_wide) / max(len(chart.labels), 1)
    top = max((float(value) for one in chart.series for value in one.values if value), default=1.0)
    out = [
        _text(label, name_wide + (index + 0.5) * cell, 13, 8.5, "middle", SOFT)
        for index, label in enumerate(chart.labels)
    ]
    for row, one in enumerate(chart.series):
        y = head + row * high
        out.append(_text(one.name, 0, y + 15.5, 9))
        for index, value in enumerate(one.values):
            x = name_wide + index * cell
            if value is None:
                out.append(_box(x, y, cell - 2, high - 2, "url(#unwatched)", HAIR))
                continue
            tone = 0 if not value else 1 + round((len(TONES) - 2) * float(value) / top)
            out.append(_box(x, y, cell - 2, high - 2, TONES[min(tone, len(TONES) - 1)], HAIR))
            ink = "#ffffff" if tone >= 4 else INK
            out.append(_text(_number(value), x + cell / 2 - 1, y + 15, 8.5, "middle", ink))
    return "".join(out), head + high * len(chart.series) + 4


def _hours(chart: Chart) -> tuple[str, float]:
    """Each series as bars over the same labels, one below the other, each to its own height."""
    high, head, out = 74.0, 18.0, []
    for index, one in enumerate(chart.series):
        y = index * (high + head + 22)
        out.append(_text(one.name, 0, y + 11, 9.5, bold=True))
        out.append(_bars(one, chart.labels, 0, y + head, WIDTH, high, _top((one,))))
    return "".join(out), (high + head + 22) * len(chart.series)


def _shares(chart: Chart) -> tuple[str, float]:
    """Each series as one bar in parts, with what each part is below."""
    name_wide, high, out = 150.0, 22.0, []
    for row, one in enumerate(chart.series):
        total = sum(float(value or 0) for value in one.values)
        x, y = name_wide, row * (high + 8)
        out.append(_text(one.name, 0, y + 15, 9))
        if not total:
            out.append(_box(x, y, WIDTH - name_wide, high, "none", HAIR))
        for index, value in enumerate(one.values):
            wide = (WIDTH - name_wide) * float(value or 0) / total if total else 0.0
            if wide:
                out.append(_box(x, y, wide, high, PATTERNS[index % len(PATTERNS)], INK))
                if wide > 16:
                    ink = "#ffffff" if index % len(PATTERNS) < 2 else INK
                    out.append(_text(_number(value or 0), x + wide / 2, y + 15, 8.5, "middle", ink))
            x += wide
    y = len(chart.series) * (high + 8) + 6
    for index, label in enumerate(chart.labels):
        x = name_wide + (index % 3) * 176
        line = y + (index // 3) * 15
        out.append(_box(x, line, 10, 9, PATTERNS[index % len(PATTERNS)], INK))
        out.append(_text(label, x + 15, line + 8.5, 8.5))
    return "".join(out), y + 15 * math.ceil(len(chart.labels) / 3) + 4
