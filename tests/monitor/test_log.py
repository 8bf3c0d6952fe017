import datetime as dt

import pytest
from sqlalchemy import delete, update

from monitor import merkle
from monitor.log import queries
from monitor.log.model import LogLeaf, LogNode
from monitor.log.service import append, sign_head


def grow(door, count):
    return [append(door.session, "test", {"n": number}, door.now) for number in range(count)]


def test_every_entry_can_be_proved_under_the_signed_head(door):
    leaves = grow(door, 7)
    sign_head(door)
    head = queries.latest_head(door.session)
    assert head.root == merkle.root_of([leaf.text.encode() for leaf in leaves])
    for leaf in leaves:
        proof = [bytes.fromhex(step) for step in queries.inclusion(door.session, leaf.index, head)]
        assert merkle.verify_inclusion(merkle.leaf_hash(leaf.text.encode()), leaf.index, 7, proof, head.root)


def test_a_later_head_continues_an_earlier_one(door):
    grow(door, 3)
    sign_head(door)
    before = queries.latest_head(door.session)
    grow(door, 10)
    sign_head(door)
    after = queries.latest_head(door.session)
    proof = [bytes.fromhex(step) for step in queries.consistency(door.session, 3, after)]
    assert merkle.verify_consistency(3, before.root, 13, after.root, proof)


def test_a_head_that_does_not_continue_the_last_one_is_not_signed(door):
    grow(door, 4)
    sign_head(door)
    grow(door, 4)
    door.session.execute(update(LogNode).where(LogNode.at_index == 0).values(hash=b"x" * 32))
    with pytest.raises(RuntimeError):
        sign_head(door)


def test_a_log_that_was_shortened_is_not_signed(door):
    grow(door, 4)
    sign_head(door)
    door.session.execute(delete(LogLeaf).where(LogLeaf.at_index >= 2))
    with pytest.raises(RuntimeError):
        sign_head(door)


def test_a_leaf_is_written_in_one_way_only(door):
    leaf = append(door.session, "test", {"z": 1, "a": "é"}, dt.datetime(2022, 9, 13, 8, tzinfo=dt.UTC))
    assert leaf.text == '{"a":"\\u00e9","at":"2022-09-13T08:00:00.000Z","seq":0,"type":"test","v":1,"z":1}'


def test_anybody_can_fetch_the_signed_head_and_check_it(client, parts):
    with parts.transaction() as door:
        grow(door, 3)
        sign_head(door)
    given = client.nobody().get("/api/v1/log/head").json
    head = merkle.Checkpoint.open(given["note"], merkle.VerifierKey.parse(given["vkey"]))
    assert head.size == given["size"]
    assert client.nobody().get("/api/v1/log/consistency/2").status_code == 200
    assert client.nobody().get("/api/v1/log/head?size=99").status_code == 404
