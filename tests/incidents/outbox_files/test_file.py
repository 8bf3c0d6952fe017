"""The outbox file: its head, its items, and every way it can be damaged."""

import io

import pytest
from signing_phone import compact, outbox_file

from incidents.outbox_files.file import Item, contents, read_head
from monitor.errors import BadRequest

ID, MEDIA = "c0ffee00-0000-4000-8000-000000000000", "c0ffee00-0000-4000-8000-000000000001"
TOLD = {"observation_id": ID, "slot": "r1"}
PHOTO = {"observation_id": ID, "slot": MEDIA, "mime": "image/jpeg", "sha256": "ab"}
FILE = outbox_file([(TOLD, b"sealed report"), (PHOTO, b"sealed\nphoto")])


def test_a_file_gives_back_its_items_in_order() -> None:
    stream = io.BytesIO(FILE)
    head = read_head(stream)
    assert head.made_at == "2022-09-13T12:00:00+04:00"
    assert head.items == (Item(ID, "r1", 13), Item(ID, MEDIA, 12, "image/jpeg", "ab"))
    assert [content for _, content in contents(stream, head.items, 100)] == [
        b"sealed report",
        b"sealed\nphoto",
    ]


@pytest.mark.parametrize(
    ("slot", "number"),
    [("r1", 1), ("r10000", 10_000), ("r0", None), ("r01", None), ("R1", None), (MEDIA, None)],
)
def test_a_slot_is_a_revision_or_a_file(slot: str, number: int | None) -> None:
    assert Item(ID, slot, 1).revision_no == number


@pytest.mark.parametrize("cut", range(len(FILE) - 25, len(FILE)))
def test_what_is_cut_off_is_told_and_what_came_before_is_given(cut: int) -> None:
    stream = io.BytesIO(FILE[:cut])
    found = [content for _, content in contents(stream, read_head(stream).items, 100)]
    assert found == [b"sealed report" if cut >= len(FILE) - 12 else None, None]


def test_an_item_larger_than_is_taken_is_passed_over() -> None:
    stream = io.BytesIO(FILE)
    assert [content for _, content in contents(stream, read_head(stream).items, 12)] == [
        None,
        b"sealed\nphoto",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "does not begin"),
        (b"TLOUTBOX2\n", "does not begin"),
        (b"TLOUTBOX1\n{}", "cut off"),
        (b"TLOUTBOX1\n{\n", "not JSON"),
        (b"TLOUTBOX1\n[]\n", "lists no items"),
        (b'TLOUTBOX1\n{"items":7}\n', "lists no items"),
        (b'TLOUTBOX1\n{"items":[7]}\n', "Item 1"),
        (b"TLOUTBOX1\n" + compact({"items": [{**TOLD, "bytes": -1}]}) + b"\n", "Item 1"),
        (b"TLOUTBOX1\n" + compact({"items": [{**TOLD, "bytes": True}]}) + b"\n", "Item 1"),
        (b"TLOUTBOX1\n" + compact({"items": [{**TOLD, "bytes": 1}, {"slot": "r1"}]}) + b"\n", "Item 2"),
        (b"TLOUTBOX1\n" + compact({"items": [{**TOLD, "bytes": 1, "mime": 3}]}) + b"\n", "Item 1"),
        (b"TLOUTBOX1\n" + compact({"items": [{**TOLD, "bytes": 1}] * 10_001}) + b"\n", "At most"),
    ],
)
def test_a_damaged_head_is_refused_with_the_reason(content: bytes, says: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_head(io.BytesIO(content))
    assert says in refused.value.detail
