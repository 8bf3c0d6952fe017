"""The columns behind a map of very many reports follow what is received and reviewed."""

import datetime as dt
import json
from typing import Any

import numpy as np
from many_reports import fill

from incidents.desk.mirror import LAYOUT
from incidents.desk.queries import MANY


def read(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Head and columns, read as the page reads them."""
    length = int.from_bytes(content[:4], "little")
    head, at = json.loads(content[4 : 4 + length]), 4 + length
    columns = {}
    for name, kind in LAYOUT:
        columns[name] = np.frombuffer(content, kind, head["n"], at)
        at += columns[name].nbytes
    assert at == len(content)
    return head, columns


def test_every_report_of_the_window_is_a_row_of_numbers(client, file):
    file()
    head, columns = read(client("duty_officer").get("/desk/columns").data)
    assert (head["n"], head["families"], head["sectors"]) == (1, ["CFV"], ["MAR"])
    assert head["states"][columns["state"][0]] == "received"
    assert abs(columns["lat"][0] - 40.18) < 0.05
    assert (
        dt.datetime.fromtimestamp(int(columns["start"][0]), dt.UTC).isoformat() == "2022-09-12T20:05:00+00:00"
    )


def test_only_what_changed_since_is_sent_again(client, file):
    first = file()
    duty = client("duty_officer")
    head, before = read(duty.get("/desk/columns").data)
    file()
    url = f"/api/v1/observations/{first}/review"
    assert duty.post(url, json={"verdict": "rejected", "comment": "sent twice"}).status_code == 200
    news, after = read(duty.get(f"/desk/columns?since={head['last_event_id']}").data)
    states = {key: news["states"][state] for key, state in zip(after["key"], after["state"], strict=True)}
    assert states == {before["key"][0]: "rejected", max(after["key"]): "received"}
    assert read(duty.get("/desk/columns").data)[0]["n"] == 1


def test_a_correction_keeps_its_key(client, file):
    observation_id = file()
    duty = client("duty_officer")
    _, before = read(duty.get("/desk/columns").data)
    file(
        observation_id=observation_id,
        revision_no=2,
        count={"min": 9, "best": 9, "max": 9, "qualifier": "exact"},
    )
    _, after = read(duty.get("/desk/columns").data)
    assert list(before["key"]) == list(after["key"])


def test_training_is_no_point_but_waits_for_review_and_a_window_has_its_end(client, file):
    file()
    file(category="TST", type="training_record", count=None, fields={})
    duty = client("duty_officer")
    assert len(duty.get("/desk/queue").json["rows"]) == 2
    assert read(duty.get("/desk/columns").data)[0]["n"] == 1
    assert read(duty.get("/desk/columns?to=2022-09-12T20:05:00Z").data)[0]["n"] == 0


def test_of_very_many_the_map_is_told_the_number_and_asks_for_columns(client, mission):
    with mission.transaction() as door:
        fill(door, MANY + 1, dt.timedelta(hours=20))
    duty = client("duty_officer")
    answer = duty.get("/desk/map").json
    assert (answer["many"], answer["rows"]) == (MANY + 1, [])
    head, columns = read(duty.get("/desk/columns").data)
    assert head["n"] == MANY + 1
    near = duty.get("/desk/rows", query_string={"key": [int(columns["key"][0])]}).json
    (row,) = near["rows"]
    assert row[near["columns"].index("number")] == f"R-{columns['key'][0]:06d}"


def test_keys_that_are_no_numbers_are_refused_with_the_reason(client, mission):
    duty = client("duty_officer")
    assert duty.get("/desk/rows?key=x").status_code == 400
    assert duty.get("/desk/columns?since=x").status_code == 400
