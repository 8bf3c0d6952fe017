import threading

from monitor.events import JobFailed
from monitor.live.stream import HEARTBEAT_S, KEPT, SPARE_THREADS
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
    first = heard(stream, 2)
    assert [line for chunk in first for line in chunk.splitlines() if line.startswith("data")] == [
        'data: {"job": "one"}',
        'data: {"job": "two"}',
    ]
    happen(parts, "three")
    [then] = heard(stream, 1)
    assert f"id: {seen + 3}\nevent: JobFailed\n" in then
    app.extensions["truceline.stream"].stop()
    stream.close()


def test_what_this_process_commits_is_told_without_waiting_for_the_next_look(client, parts, app, monkeypatch):
    monkeypatch.setattr("monitor.live.stream.POLL_S", HEARTBEAT_S * 4)
    stream = client("duty_officer").get("/live", buffered=False)
    heard(stream, 1)
    # Not before the desk waits: what is there already it reads for itself.
    soon = threading.Timer(0.2, happen, [parts, "one"])
    soon.start()
    [then] = heard(stream, 1)
    soon.join()
    assert "event: JobFailed\n" in then
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


def test_a_desk_too_many_is_told_to_ask_instead_and_gets_the_next_free_seat(client, parts, app):
    stream = app.extensions["truceline.stream"]
    seats = parts.settings.web_threads - SPARE_THREADS
    for _ in range(seats - 1):
        assert stream.take_seat()
    desk = client("duty_officer")
    last = desk.get("/live", buffered=False)
    assert last.status_code == 200
    refused = client("analyst").get("/live")
    assert refused.status_code == 503
    assert "/live/changes" in refused.json["detail"]
    last.close()
    again = desk.get("/live", buffered=False)
    assert again.status_code == 200
    stream.stop()
    again.close()


def test_a_desk_that_was_away_for_very_long_misses_nothing_and_hears_nothing_twice(client, parts, app):
    desk = client("duty_officer")
    with parts.reading() as door:
        seen = last_event_id(door.session)
    happen(parts, *map(str, range(KEPT + 700)))
    stream = desk.get(f"/live?after={seen}", buffered=False)
    said = ""
    while f'"job": "{KEPT + 699}"' not in said:
        said += next(stream.response).decode()
    numbers = [int(line[4:]) for line in said.splitlines() if line.startswith("id: ")]
    assert numbers == list(range(seen, seen + KEPT + 701))
    app.extensions["truceline.stream"].stop()
    stream.close()
