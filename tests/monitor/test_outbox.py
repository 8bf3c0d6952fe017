from monitor.events import JobFailed, WatchChanged
from monitor.outbox import TRIES, OutboxFailure, Subscriber, drain, events_after, record


def tell(parts, *events):
    with parts.transaction() as door:
        for event in events:
            record(door.session, event, door.now)


def test_a_subscriber_hears_of_its_events_once_and_in_order(parts):
    tell(parts, JobFailed("a"), WatchChanged("w", "started", None), JobFailed("b"))
    heard = []
    subscriber = Subscriber("ear", (JobFailed,), lambda door, event: heard.append(event.job))
    drain(parts, [subscriber])
    drain(parts, [subscriber])
    assert heard == ["a", "b"]


def test_what_is_rolled_back_is_never_told(parts):
    try:
        with parts.transaction() as door:
            record(door.session, JobFailed("a"), door.now)
            raise ValueError
    except ValueError:
        pass
    with parts.reading() as door:
        assert events_after(door.session, 0) == []


def test_an_event_that_cannot_be_handled_is_tried_again_then_put_aside_and_the_next_is_told(parts):
    tell(parts, JobFailed("bad"), JobFailed("good"))
    heard = []

    def handle(door, event):
        heard.append(event.job)
        if event.job == "bad":
            raise RuntimeError("no")

    for _ in range(TRIES + 1):
        drain(parts, [Subscriber("ear", (JobFailed,), handle)])
    assert heard == ["bad"] * TRIES + ["good"]
    with parts.reading() as door:
        [failure] = door.session.query(OutboxFailure).all()
        assert "RuntimeError" in failure.error


def test_a_stumble_leaves_nothing_of_what_the_subscriber_did(parts):
    tell(parts, JobFailed("bad"))

    def handle(door, event):
        record(door.session, WatchChanged("w", "half", None), door.now)
        raise RuntimeError("no")

    drain(parts, [Subscriber("ear", (JobFailed,), handle)])
    with parts.reading() as door:
        assert [told.name for told in events_after(door.session, 0)] == ["JobFailed"]
