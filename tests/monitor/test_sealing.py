"""Sealed items: our opening against the `cryptography` package's sealing, and every way to spoil one."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from signing_phone import SUITE, seal

from monitor.sealing import BLOCK, NotSealed, open_item, point_of, sealing_kid

MISSION = ec.generate_private_key(ec.SECP256R1())
ID, SLOT = "c0ffee00-0000-4000-8000-000000000000", "r1"
ITEM = seal(MISSION.public_key(), b"twelve explosions", ID, SLOT)


@given(st.binary(max_size=10_000))
def test_what_one_implementation_seals_the_other_opens(content: bytes) -> None:
    assert open_item(MISSION, seal(MISSION.public_key(), content, ID, SLOT), ID, SLOT) == content


def test_without_associated_data_the_packages_own_door_agrees_too() -> None:
    plain = (5).to_bytes(4) + b"hello" + bytes(BLOCK - 9)
    sealed = SUITE.encrypt(plain, MISSION.public_key(), b"truceline/outbox/v1")
    kid = hashlib.sha256(point_of(MISSION.public_key())).digest()[:8]
    assert open_item(MISSION, b"\x01" + kid + sealed, "", "") == b"hello"


def test_a_size_tells_no_more_than_its_block_of_4096() -> None:
    sizes = {len(seal(MISSION.public_key(), b"x" * length, ID, SLOT)) for length in (0, 1, 700, 4092)}
    assert len(sizes) == 1
    assert len(seal(MISSION.public_key(), b"x" * 4093, ID, SLOT)) - sizes.pop() == BLOCK


def test_any_changed_byte_is_noticed() -> None:
    for place in [*range(0, 90), *range(90, len(ITEM), 97), len(ITEM) - 1]:
        spoilt = bytearray(ITEM)
        spoilt[place] ^= 1
        with pytest.raises(NotSealed):
            open_item(MISSION, bytes(spoilt), ID, SLOT)


@pytest.mark.parametrize("length", [0, 1, 9, 73, 74, 90, len(ITEM) - 1])
def test_a_cut_item_is_noticed(length: int) -> None:
    with pytest.raises(NotSealed):
        open_item(MISSION, ITEM[:length], ID, SLOT)


@pytest.mark.parametrize(
    ("observation_id", "slot"), [(ID, "r2"), (ID.replace("c0", "c1"), SLOT), (ID + "r", "1"[:0]), (ID, "")]
)
def test_an_item_for_one_report_and_slot_does_not_open_for_another(observation_id: str, slot: str) -> None:
    with pytest.raises(NotSealed):
        open_item(MISSION, ITEM, observation_id, slot)


def test_an_item_for_another_mission_says_so() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(NotSealed, match="another mission"):
        open_item(other, ITEM, ID, SLOT)


@pytest.mark.parametrize(
    "plain",
    [
        (17).to_bytes(4) + b"too short",
        (2).to_bytes(4) + b"ab" + b"\x01" + bytes(BLOCK - 7),
        (2).to_bytes(4) + b"ab" + bytes(2 * BLOCK - 6),
        (4_000_000_000).to_bytes(4) + bytes(BLOCK - 4),
        b"",
    ],
)
def test_padding_that_could_hide_something_is_refused(plain: bytes) -> None:
    from cryptography.hazmat.bindings._rust import openssl

    sealed = openssl.hpke._encrypt_with_aad(
        SUITE, plain, MISSION.public_key(), b"truceline/outbox/v1", (ID + SLOT).encode()
    )
    with pytest.raises(NotSealed, match="padding"):
        open_item(MISSION, b"\x01" + sealing_kid(MISSION.public_key()) + sealed, ID, SLOT)
