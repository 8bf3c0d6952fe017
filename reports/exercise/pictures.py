"""Small drawn pictures that stand for photos in the exercise. Nobody could take one for a real photo."""

import io
import random

from PIL import Image, ImageDraw

from reports.exercise.steps import dice

SIZE = (480, 320)


def exercise_picture(label: str, seed: int) -> bytes:
    """A PNG of hills under a plume with `label` and the word EXERCISE on it; same arguments, same bytes."""
    rng = dice(f"{seed}:{label}")
    image = Image.new("RGB", SIZE, (196, 208, 216))
    draw = ImageDraw.Draw(image)
    for depth, colour in enumerate([(142, 156, 150), (112, 128, 112), (88, 100, 82)]):
        draw.polygon(_ridge(rng, 150 + 50 * depth), fill=colour)
    x = rng.randint(140, 340)
    for puff in range(14):
        r = 6 + 2 * puff
        cx, cy = x + rng.randint(-6, 6) + 3 * puff, 190 - 9 * puff
        draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=(150 + 4 * puff,) * 3)
    draw.rectangle((0, SIZE[1] - 34, SIZE[0], SIZE[1]), fill=(40, 44, 48))
    draw.text((10, SIZE[1] - 24), label, fill=(235, 235, 235))
    for row in range(3):
        draw.text((40 + 130 * row, 40 + 90 * row), "EXERCISE", fill=(120, 30, 30), font_size=34)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _ridge(rng: random.Random, height: int) -> list[tuple[int, int]]:
    width, floor = SIZE
    tops = [(x, height + rng.randint(-28, 28)) for x in range(0, width + 40, 40)]
    return [(0, floor), *tops, (width, floor)]
