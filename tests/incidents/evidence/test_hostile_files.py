"""Files that nobody should open: none makes us fall, none takes much, none is ever shown as it came."""

import hashlib
import io
import multiprocessing
import resource
import uuid
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import hostile_files as hostile
import pytest
from PIL import Image

from incidents.evidence.viewing import MEMORY_BYTES, CannotShow, file_facts, viewing_copy

Copies = dict[str, bytes | None]


def tried(name: str) -> bytes | None:
    try:
        return viewing_copy(hostile.MAKERS[name]())
    except CannotShow:
        return None


def all_tried() -> tuple[Copies, int]:
    """What becomes of each file, two at a time, and the most memory that one of them took, in bytes."""
    with ThreadPoolExecutor(2) as two:
        found = dict(zip(hostile.MAKERS, two.map(tried, hostile.MAKERS), strict=True))
    return found, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


@pytest.fixture(scope="module")
def tries() -> tuple[Copies, int]:
    """Tried from a process that has no other children, so that only these are measured."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        return alone.submit(all_tried).result()


@pytest.fixture
def copies(tries: tuple[Copies, int]) -> Copies:
    return tries[0]


def test_the_corpus_is_large_enough() -> None:
    assert len(hostile.MAKERS) >= 40


def test_each_is_either_not_shown_or_a_picture_with_nothing_but_pixels(
    copies: dict[str, bytes | None],
) -> None:
    for name, copy in copies.items():
        if copy is None:
            continue
        assert not any(sign in copy for sign in (b"script", b"<?php", b"PDF", b"PK\x03\x04", b"Exif")), name
        with Image.open(io.BytesIO(copy), formats=("JPEG",)) as image:
            image.load()
            assert max(image.size) <= 1600, name
            assert not image.getexif(), name
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}, name


def test_only_what_is_a_picture_under_its_fault_is_shown(copies: Copies) -> None:
    shown = {name for name, copy in copies.items() if copy is not None}
    assert {name.partition("-")[0] for name in shown} <= {"jpeg", "png", "apng", "webp"}
    assert {"jpeg-comment-script", "jpeg-exif-script", "jpeg-page-behind", "png-alpha"} <= shown
    assert not {"jpeg-64k-square", "png-bomb", "png-bomb-whole", "webp-says-16k"} & shown


def test_none_took_more_memory_than_it_may(tries: tuple[Copies, int]) -> None:
    assert 0 < tries[1] <= MEMORY_BYTES == 512 << 20


@pytest.mark.parametrize("name", [name for name in hostile.MAKERS if "exif" in name or "text" in name])
def test_what_a_file_says_of_itself_is_short_plain_text(name: str) -> None:
    try:
        facts = file_facts(hostile.MAKERS[name]())
    except CannotShow:
        return
    for value in facts.values():
        assert isinstance(value, int | float) or (len(value) <= 100 and value.isprintable())
    assert "lat" not in facts or abs(facts["lat"]) <= 90


def test_no_original_is_ever_served_to_be_shown(client: Any) -> None:
    phone, analyst = client.device(), client("analyst")
    for name, make in hostile.MAKERS.items():
        content, media_id = make(), str(uuid.uuid4())
        sent = phone.put(
            f"/api/v1/media/{media_id}",
            data=content,
            headers={"X-Content-SHA256": hashlib.sha256(content).hexdigest()},
            content_type="text/html",
        )
        assert sent.status_code == 201, name
        got = analyst.get(f"/api/v1/media/{media_id}/original")
        assert got.data == content, name
        assert got.mimetype == "application/octet-stream", name
        assert got.headers["Content-Disposition"].startswith("attachment;"), name
        assert got.headers["X-Content-Type-Options"] == "nosniff", name
        assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox", name
        assert analyst.get(f"/api/v1/media/{media_id}/view").status_code == 404, name
