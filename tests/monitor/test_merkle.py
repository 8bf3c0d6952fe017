"""The tree, its proofs, and the texts they travel in. Vectors: RFC 6962 test tree, Go's sumdb note."""

import hashlib
import math

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import merkle
from monitor.merkle import Checkpoint, NotAuthentic, TlogProof, VerifierKey

LEAVES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(1, 70)
LOG = [f"leaf {number}".encode() for number in range(70)]
TREE = merkle.tree_of(LOG)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "truceline.example/log/2022"
VKEY = VerifierKey.of(ORIGIN, KEY)


def plainly(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 §2.1, written down as it stands there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return merkle.leaf_hash(leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return merkle.node_hash(plainly(leaves[:half]), plainly(leaves[half:]))


def test_roots_are_those_of_the_known_tree() -> None:
    assert [merkle.root_of(LEAVES[:size]).hex() for size in range(1, 9)] == ROOTS
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_roots_from_stored_subtrees_are_those_of_the_definition() -> None:
    assert all(merkle.root(size, TREE) == plainly(LOG[:size]) for size in SIZES)


def test_every_leaf_of_every_size_is_proved_and_at_no_other_place() -> None:
    for size in SIZES:
        root = merkle.root(size, TREE)
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, TREE)
            leaf = merkle.leaf_hash(LOG[index])
            assert merkle.verify_inclusion(leaf, index, size, proof, root)
            assert not merkle.verify_inclusion(merkle.leaf_hash(b"another"), index, size, proof, root)
            assert not merkle.verify_inclusion(leaf, index ^ 1, size, proof, root) or size == 1
            assert not merkle.verify_inclusion(leaf, index, size, [*proof, root], root)
            if proof:
                assert not merkle.verify_inclusion(leaf, index, size, proof[:-1], root)


def test_every_size_is_proved_to_continue_every_smaller_one() -> None:
    other = merkle.tree_of([b"changed", *LOG[1:]])
    for size in SIZES:
        root = merkle.root(size, TREE)
        for old in range(size + 1):
            proof = merkle.consistency_proof(old, size, TREE)
            old_root = merkle.root(old, TREE)
            assert merkle.verify_consistency(old, old_root, size, root, proof)
            if old:
                assert not merkle.verify_consistency(old, merkle.root(old, other), size, root, proof)
                assert not merkle.verify_consistency(old, old_root, size, merkle.root(size, other), proof)
            assert not merkle.verify_consistency(old, old_root, size, root, [*proof, root])


def test_a_shorter_log_never_continues_a_longer_one() -> None:
    assert not merkle.verify_consistency(5, merkle.root(5, TREE), 4, merkle.root(4, TREE), [])
    with pytest.raises(ValueError, match="beginning"):
        merkle.consistency_proof(5, 4, TREE)
    with pytest.raises(ValueError, match="not among"):
        merkle.inclusion_proof(4, 4, TREE)


@settings(max_examples=30)
@given(st.integers(1, 2**40), st.data())
def test_proofs_read_a_logarithm_of_nodes(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    read: set[tuple[int, int]] = set()

    def node(level: int, position: int) -> bytes:
        assert (position + 1) << level <= size, "only complete subtrees are stored"
        read.add((level, position))
        return hashlib.sha256(f"{level} {position}".encode()).digest()

    merkle.inclusion_proof(index, size, node)
    merkle.consistency_proof(index + 1, size, node)
    merkle.root(size, node)
    assert len(read) <= 6 * (math.log2(size) + 1)


@given(st.integers(0, 2**20))
def test_appending_stores_the_leaf_and_each_subtree_it_completes(index: int) -> None:
    grown = merkle.completed_by(index, b"l" * 32, lambda level, position: b"n" * 32)
    assert grown[0] == (0, index, b"l" * 32)
    assert all((position + 1) << level == index + 1 for level, position, _ in grown)
    ones = len(bin(index + 1)) - len(bin(index + 1).rstrip("0"))
    assert len(grown) == ones + 1


# --- Notes ------------------------------------------------------------------------------------------------

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAYING = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NOTE = (
    SAYING + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZ"
    "InNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_known_note_opens_with_its_key() -> None:
    key = VerifierKey.parse(NEUMANN)
    assert key.text == NEUMANN
    assert merkle.open_note(NOTE, key) == SAYING


def test_a_changed_note_does_not_open() -> None:
    with pytest.raises(NotAuthentic, match="does not fit"):
        merkle.open_note(NOTE.replace("answer", "remedy"), VerifierKey.parse(NEUMANN))


def test_a_note_of_strangers_does_not_open() -> None:
    with pytest.raises(NotAuthentic, match="no trusted key"):
        merkle.open_note(NOTE, VKEY)


def test_a_strangers_signature_beside_a_trusted_one_does_no_harm() -> None:
    both = NOTE + merkle.sign_note(SAYING, ORIGIN, KEY).removeprefix(SAYING + "\n")
    assert merkle.open_note(both, VKEY) == SAYING


@pytest.mark.parametrize(
    "note", ["", "\n", "text\n", "text\n\n", "text\n\n- a b\n", "text\n\n— a b\n", "t\n\n— a !!\n"]
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NotAuthentic):
        merkle.open_note(note, VKEY)


@pytest.mark.parametrize(
    "text", ["", "a+b", NEUMANN.replace("c74f", "c74e"), "a b+00000000+AAAA", "a+00000000+AgAA"]
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NotAuthentic):
        VerifierKey.parse(text)


def test_a_checkpoint_reads_exactly_as_the_format_says() -> None:
    head = Checkpoint(ORIGIN, 69, merkle.root(69, TREE))
    note = head.signed(KEY)
    origin, size, root, empty, signature, end = note.split("\n")
    assert (origin, size, empty, end) == (ORIGIN, "69", "", "")
    assert len(root) == 44 and signature.startswith(f"— {ORIGIN} ")
    assert Checkpoint.open(note, VerifierKey.parse(VKEY.text)) == head


def test_a_checkpoint_signed_by_another_log_is_not_that_logs_head() -> None:
    stray = merkle.sign_note(Checkpoint("elsewhere.example/log", 1, bytes(32)).text, ORIGIN, KEY)
    with pytest.raises(NotAuthentic, match="none of the trusted logs"):
        Checkpoint.open(stray, VKEY)


@pytest.mark.parametrize(
    "text", ["o\n1\n", "o\n01\nAAAA\n", "o\n-1\nAAAA\n", "o\n1\nAAAA\n", "\n1\n" + "A" * 43 + "=\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NotAuthentic):
        Checkpoint.parse(text)


def test_a_proof_file_is_made_read_back_and_checked() -> None:
    note = Checkpoint(ORIGIN, 69, merkle.root(69, TREE)).signed(KEY)
    proof = TlogProof(41, tuple(merkle.inclusion_proof(41, 69, TREE)), note)
    assert proof.text.startswith("c2sp.org/tlog-proof@v1\nindex 41\n")
    assert TlogProof.parse(proof.text) == proof
    assert proof.verify(LOG[41], VKEY).size == 69
    with pytest.raises(NotAuthentic, match="does not stand at 41"):
        proof.verify(LOG[40], VKEY)


def test_a_proof_with_an_extra_line_is_read() -> None:
    note = Checkpoint(ORIGIN, 1, merkle.root(1, TREE)).signed(KEY)
    text = f"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\n{note}"
    assert TlogProof.parse(text).verify(LOG[0], VKEY).size == 1


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\n\nx", "c2sp.org/tlog-proof@v2\nindex 0\n\nx"])
def test_what_is_no_proof_file_is_refused(text: str) -> None:
    with pytest.raises(NotAuthentic):
        TlogProof.parse(text)
