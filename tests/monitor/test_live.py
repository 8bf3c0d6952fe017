from monitor.events import JobFailed
from monitor.outbox import last_event_id, record


def happen(parts, *jobs):
    with parts.transaction() as door:
        for job in jobs:
            record(door.session, JobFailed(job), door.now)


def heard(response, count):
    return [next(response.response).decode() for _ in range(count)]


def test_a_desk_that_lost_the_line_hears_what_it_missed_and_then_what_comes(client, parts, app):
    desk = client("duty_officer")
    with parts.reading() as door:
        seen = last_event_id(door.session)
    happen(parts, "one", "two")
    stream = desk.get("/live", headers={"Last-Event-ID": str(seen)}, buffered=False)
    first = heard(stream, 3)
    assert [line for chunk in first for line in chunk.splitlines() if line.startswith("data")] == [
        'data: {"job": "one"}',
        'data: {"job": "two"}',
    ]
    happen(parts, "three")
    [then] = heard(stream, 1)
    assert f"id: {seen + 3}\nevent: JobFailed\n" in then
    app.extensions["truceline.stream"].stop()
    stream.close()


def test_a_desk_without_a_stream_asks_for_what_came_after_a_number(client, parts):
    desk = client("duty_officer")
    start = desk.get("/live/changes").json["last_id"]
    happen(parts, *map(str, range(3)))
    changes = desk.get(f"/live/changes?since={start}").json
    assert [event["data"]["job"] for event in changes["events"]] == ["0", "1", "2"]
    assert desk.get(f"/live/changes?since={changes['last_id']}").json["events"] == []
    assert desk.get("/live/changes?since=x").status_code == 400


def test_the_stream_is_not_for_phones(client):
    assert client.device().get("/live").status_code == 403
