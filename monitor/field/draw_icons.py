"""Draws the launcher's icons from the lines of icon.svg: `python -m monitor.field.draw_icons`.

A maskable icon keeps its sign within the middle four fifths, for launchers cut circles and squares of it.
"""

from pathlib import Path

from PIL import Image, ImageDraw

PETROL, WHITE = (23, 90, 102), (255, 255, 255)
FOLDER = Path(__file__).parent / "static" / "icons"
# The sign in a square of 32: a line that rises over a point, and the point.
CURVES = (((5, 20), (10, 20), (10, 12), (16, 12)), ((16, 12), (22, 12), (22, 20), (27, 20)))
POINT, POINT_RADIUS, LINE_WIDTH, CORNER = (16, 12), 2.6, 2.6, 7
STEPS, OVERSAMPLED = 80, 4


def draw(size: int, maskable: bool) -> Image.Image:
    """The icon at `size` pixels, drawn larger and brought down so that its edges are smooth."""
    whole = size * OVERSAMPLED
    image = Image.new("RGBA", (whole, whole), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, whole - 1, whole - 1), 0 if maskable else whole * CORNER / 32, fill=PETROL)
    scale = whole / 32 * (0.75 if maskable else 1.0)
    shift = (whole - 32 * scale) / 2

    def placed(x: float, y: float) -> tuple[float, float]:
        return shift + x * scale, shift + y * scale

    def dot(x: float, y: float, radius: float) -> None:
        left, top = placed(x - radius, y - radius)
        right, bottom = placed(x + radius, y + radius)
        pen.ellipse((left, top, right, bottom), fill=WHITE)

    for curve in CURVES:
        for step in range(STEPS + 1):
            dot(*_on(curve, step / STEPS), LINE_WIDTH / 2)
    dot(*POINT, POINT_RADIUS)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _on(curve: tuple[tuple[int, int], ...], t: float) -> tuple[float, float]:
    """A point of a cubic Bézier curve."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (
        sum(weight * x for weight, (x, _) in zip(weights, curve, strict=True)),
        sum(weight * y for weight, (_, y) in zip(weights, curve, strict=True)),
    )


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, size, maskable in (
        ("icon-192", 192, False),
        ("icon-512", 512, False),
        ("maskable-512", 512, True),
    ):
        draw(size, maskable).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
