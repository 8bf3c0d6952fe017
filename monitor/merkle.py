"""The tree behind the evidence log: RFC 6962 hashing and proofs, C2SP checkpoints and notes. Pure.

Here belong values and their checks; where leaves and nodes are kept, and who signs, is `monitor.log`.
Whoever stores the log keeps the hash of every complete subtree under (level, index), level 0 being the
leaf hashes: subtree (level, index) covers leaves index * 2**level up to (index + 1) * 2**level. With them a
root or a proof takes a number of reads that grows with the logarithm of the log only.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Node = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()
_ED25519 = b"\x01"
_PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class NotAuthentic(ValueError):
    """A note, checkpoint or proof that is malformed or that no trusted key signed."""


# --- Hashing and growing --------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed_by(index: int, leaf: bytes, node: Node) -> list[tuple[int, int, bytes]]:
    """The subtrees to store when leaf `index`, its hash given, is appended: (level, index, hash)."""
    grown, level, here = [(0, index, leaf)], 0, leaf
    while index % 2 == 1:
        here = node_hash(node(level, index - 1), here)
        level, index = level + 1, index // 2
        grown.append((level, index, here))
    return grown


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of leaves given as data; reads them all, so for checks and small logs."""
    return root(len(leaves), tree_of(leaves))


def tree_of(leaves: Sequence[bytes]) -> Node:
    """All complete subtrees of leaves given as data, kept in memory."""
    kept: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        return kept[level, index]

    for position, data in enumerate(leaves):
        for level, index, value in completed_by(position, leaf_hash(data), node):
            kept[level, index] = value
    return node


def _range_hash(first: int, end: int, node: Node) -> bytes:
    """The hash of leaves first..end-1, a range as RFC 6962 splits them: its start is a multiple of its size
    rounded up to a power of two, so every complete part of it is a stored subtree."""
    width = end - first
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, first >> level)
    middle = first + _split(width)
    return node_hash(_range_hash(first, middle, node), _range_hash(middle, end, node))


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)


# --- Proofs ---------------------------------------------------------------------------------------------


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of `size` leaves, nearest first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not among {size}")
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(first, middle, node))
            first = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the leaf with this hash stands at `index` under the root. Method: RFC 9162 §2.1.3.2."""
    if not 0 <= index < size:
        return False
    here, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if here % 2 == 1 or here == last:
            value = node_hash(step, value)
            while here % 2 == 0 and here != 0:
                here, last = here >> 1, last >> 1
        else:
            value = node_hash(value, step)
        here, last = here >> 1, last >> 1
    return last == 0 and value == root_hash


def consistency_proof(old_size: int, size: int, node: Node) -> list[bytes]:
    """The hashes that show that the first `old_size` leaves are unchanged. Method: RFC 6962 §2.1.2."""
    if not 0 <= old_size <= size:
        raise ValueError(f"{old_size} leaves are not the beginning of {size}")
    if old_size in (0, size):
        return []
    path: list[bytes] = []
    first, end, whole = 0, size, True
    while old_size != end:
        middle = first + _split(end - first)
        if old_size <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(first, middle, node))
            first, whole = middle, False
    if not whole:
        path.append(_range_hash(first, end, node))
    return path[::-1]


def verify_consistency(
    old_size: int, old_root: bytes, size: int, root_hash: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the log of `size` only added to the log of `old_size`. Method: RFC 9162 §2.1.4.2."""
    if old_size < 0 or old_size > size:
        return False
    if old_size == size:
        return not proof and old_root == root_hash
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    steps = list(proof)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    here, last = old_size - 1, size - 1
    while here % 2 == 1:
        here, last = here >> 1, last >> 1
    old_value = value = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here % 2 == 1 or here == last:
            old_value, value = node_hash(step, old_value), node_hash(step, value)
            while here % 2 == 0 and here != 0:
                here, last = here >> 1, last >> 1
        else:
            value = node_hash(value, step)
        here, last = here >> 1, last >> 1
    return last == 0 and old_value == old_root and value == root_hash


# --- Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint) ------------------------


@dataclass(frozen=True)
class VerifierKey:
    """Who signs, and the public key to check it with; printed as one line, the vkey."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not self.name or "+" in self.name or any(sign.isspace() for sign in self.name):
            raise NotAuthentic(f"{self.name!r} cannot name a key: no spaces, no plus")
        if len(self.public) != 32:
            raise NotAuthentic("an Ed25519 public key has 32 bytes")

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_b64(_ED25519 + self.public)}"

    @classmethod
    def of(cls, name: str, key: Ed25519PrivateKey) -> "VerifierKey":
        return cls(name, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        parts = text.strip().split("+", 2)
        if len(parts) != 3:
            raise NotAuthentic("a verifier key reads name+id+key")
        name, key_id, encoded = parts
        packed = _unb64(encoded)
        if packed[:1] != _ED25519:
            raise NotAuthentic("only Ed25519 keys are known here")
        key = cls(name, packed[1:])
        if key.key_id.hex() != key_id:
            raise NotAuthentic(f"the id of the key {name} does not fit the key")
        return key


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The text with one signature line below it. The text must end in a line end."""
    if not text.endswith("\n"):
        raise NotAuthentic("the text of a note ends in a line end")
    verifier = VerifierKey.of(name, key)
    return f"{text}\n— {name} {_b64(verifier.key_id + key.sign(text.encode()))}\n"


def open_note(note: str, *trusted: VerifierKey) -> str:
    """The text of a note that a trusted key signed. A trusted key's bad signature refuses the note."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise NotAuthentic("a note has a text, an empty line and signatures")
    text += "\n"
    signed = False
    for line in signatures.removesuffix("\n").split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "—":
            raise NotAuthentic("a signature line reads: — name signature")
        packed = _unb64(parts[2])
        if len(packed) < 5:
            raise NotAuthentic("a signature is longer than that")
        for key in trusted:
            if (key.name, key.key_id) == (parts[1], packed[:4]):
                try:
                    Ed25519PublicKey.from_public_bytes(key.public).verify(packed[4:], text.encode())
                except InvalidSignature as wrong:
                    raise NotAuthentic(f"the signature of {key.name} does not fit the text") from wrong
                signed = True
    if not signed:
        raise NotAuthentic("no trusted key signed this note")
    return text


@dataclass(frozen=True)
class Checkpoint:
    """The head of the log at one size."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"

    def signed(self, key: Ed25519PrivateKey) -> str:
        """The checkpoint as a note, signed under the name of the log itself."""
        return sign_note(self.text, self.origin, key)

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Reads the text of a note; lines after the third are extensions and are passed over."""
        lines = text.split("\n")
        if len(lines) < 4 or not text.endswith("\n"):
            raise NotAuthentic("a checkpoint has an origin, a size and a root")
        head = cls(lines[0], _number(lines[1]), _unb64(lines[2]))
        if not head.origin or len(head.root) != 32:
            raise NotAuthentic("a checkpoint names its origin and a root of 32 bytes")
        return head

    @classmethod
    def open(cls, note: str, *trusted: VerifierKey) -> "Checkpoint":
        """The checkpoint of a note signed by a trusted key of the same origin."""
        head = cls.parse(open_note(note, *trusted))
        if head.origin not in {key.name for key in trusted}:
            raise NotAuthentic(f"{head.origin} is none of the trusted logs")
        return head


# --- Proof files (c2sp.org/tlog-proof) --------------------------------------------------------------------


@dataclass(frozen=True)
class TlogProof:
    """An inclusion proof with its checkpoint, as a text that fits in a letter."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    @property
    def text(self) -> str:
        lines = [_PROOF_HEADER, f"index {self.index}", *map(_b64, self.hashes), "", self.checkpoint]
        return "\n".join(lines)

    @classmethod
    def parse(cls, text: str) -> "TlogProof":
        head, separator, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not separator or lines[0] != _PROOF_HEADER:
            raise NotAuthentic(f"a proof begins with {_PROOF_HEADER} and ends in a checkpoint")
        lines = lines[1:]
        if lines and lines[0].startswith("extra "):
            lines = lines[1:]
        if not lines or not lines[0].startswith("index "):
            raise NotAuthentic("a proof names the index of its leaf")
        return cls(_number(lines[0].removeprefix("index ")), tuple(map(_unb64, lines[1:])), checkpoint)

    def verify(self, leaf: bytes, *trusted: VerifierKey) -> Checkpoint:
        """The signed head under which this leaf (its data) stands. Raises NotAuthentic."""
        head = Checkpoint.open(self.checkpoint, *trusted)
        if not verify_inclusion(leaf_hash(leaf), self.index, head.size, self.hashes, head.root):
            raise NotAuthentic(f"the leaf does not stand at {self.index} under the head of {head.size}")
        return head


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or (len(text) > 1 and text[0] == "0") or len(text) > 18:
        raise NotAuthentic(f"{text!r} is no count")
    return int(text)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise NotAuthentic("this is no base64") from wrong
    if _b64(data) != text:
        raise NotAuthentic("base64 has one spelling only here")
    return data
