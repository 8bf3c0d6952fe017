"""The columns of very many reports, as the page keeps them: what comes later finds its place."""

import json
import random
from typing import Any

import numpy as np
from playwright.sync_api import Page

from incidents.desk.mirror import LAYOUT, STATES

STATE = "Array.from({ length: columns.n }, (_, i) => [columns.key[i], columns.state[i], columns.x[i]])"
TAKE = f"""async ([first, ...later]) => {{
  const {{ Columns }} = await import("/desk/static/columns.js");
  const read = (bytes) => new Columns(new Uint8Array(bytes).buffer);
  const columns = read(first);
  for (const bytes of later) columns.take(read(bytes));
  const mask = columns.mask({{ sector: "", family: "", tier: "", state: "", basis: "", hour: "" }});
  return [{STATE}, columns.count(mask), columns.lastEventId];
}}"""


def written(rows: dict[int, str], event_id: int) -> list[int]:
    """The bytes of an answer that says in which state these reports are."""
    head = {"n": len(rows), "last_event_id": event_id, "families": ["CFV"], "sectors": [], "states": STATES}
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 4)
    found = np.zeros(len(rows), dtype=list(LAYOUT))
    found["key"], found["lon"] = sorted(rows), sorted(rows)
    found["state"] = [STATES.index(rows[key]) for key in sorted(rows)]
    columns = b"".join(found[name].tobytes() for name, _ in LAYOUT)
    return list(len(text).to_bytes(4, "little") + text + columns)


def test_reports_that_come_and_change_are_each_there_once_as_they_were_told_last(room: Page) -> None:
    draw = random.Random(4)
    told: dict[int, str] = {}
    answers = []
    # Keys come with gaps; some become known after later ones, for two commits may overtake each other.
    keys = draw.sample(range(40), 34)
    for event_id, size in enumerate((12, 1, 0, 9, 12)):
        news = {keys.pop(): draw.choice(STATES) for _ in range(size)}
        news |= {key: draw.choice(STATES) for key in draw.sample(sorted(told), min(len(told), 5))}
        told |= news
        answers.append(written(news, event_id))
    rows, shown, last = room.evaluate(TAKE, answers)
    assert {key: STATES[state] for key, state, _ in rows} == told
    assert len(rows) == len(told)
    assert all(x == key / 360 + 0.5 for key, _, x in rows)
    assert shown == sum(state != "rejected" for state in told.values())
    assert last == 4


def test_very_many_reports_are_taken_in_one_after_the_other(room: Page) -> None:
    """The columns grow ahead of what comes, and none is lost where they do."""
    answers: list[Any] = [written({key: "received" for key in range(0, 3000, 3)}, 0)]
    answers += [written({key: "accepted" for key in range(first, 3000, 3)}, first) for first in (2, 1)]
    rows, shown, _ = room.evaluate(TAKE, answers)
    assert sorted(key for key, *_ in rows) == list(range(3000))
    assert shown == 3000
