"""What the code of the situation room weighs, in bytes as served: all that its page loads before any data."""

import re
from pathlib import Path

import incidents.desk

MOST_BYTES = 150 * 1024


def test_the_rooms_code_stays_within_its_budget(client, mission):
    desk = client("duty_officer")
    page = desk.get("/desk").text
    named = set(re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|svg))"', page))
    modules = (Path(incidents.desk.__file__).parent / "static").glob("*.js")
    sizes = {}
    for address in named | {f"/desk/static/{module.name}" for module in modules}:
        answer = desk.get(address, headers={"Accept-Encoding": "br, gzip"})
        assert answer.status_code == 200, address
        sizes[address] = len(answer.data)
    assert any("leaflet" in address for address in sizes)
    assert sum(sizes.values()) <= MOST_BYTES, sorted(sizes.items(), key=lambda one: -one[1])
