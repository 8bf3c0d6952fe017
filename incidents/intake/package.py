"""What a phone hands in: a signed envelope with its disclosures, or a plain body; and the body in it. Pure.

The private parts of a signed report are not in what was signed, only the hash of each, salted: so that a part
can be handed out or shredded alone and the signature still stands. Here the parts that came along are held
against those hashes and put together into the plain body that intake knows. What does not fit is left out of
the body and named as a reason; it is never a ground to refuse the report.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor import dsse
from monitor.errors import BadRequest
from monitor.parsing import strict_json

VERSION = 1
LEAST_SALT_BYTES = 16
NONCE_BYTES = 32
# Each private part under its name in the payload, and where it stands in the plain body.
PARTS = {
    "position": "event",
    "observer_position": "observer",
    "free_text": "text",
    "witness": "witness",
    "private_fields": "fields",
    "co_observers": "co_observers",
}
HEAD = frozenset(
    {
        "v",
        "type",
        "observation_id",
        "revision_no",
        "of",
        "supersedes",
        "device",
        "device_seq",
        "prev",
        "nonce",
    }
    | {"captured_at", "clock", "seen", "form", "public", "sd", "media"}
)
# What the payload says at its head cannot be said again among the open fields.
NOT_PUBLIC = frozenset(
    {"observation_id", "revision_no", "revision_of", "form_version", "device_seq", "captured_at", "media"}
)


@dataclass(frozen=True)
class Seen:
    """The newest head of the evidence log that the phone had seen."""

    size: int
    root: bytes


@dataclass(frozen=True)
class Signed:
    """What a signature adds to a report: who signed, which bytes, where it stands in the phone's sequence."""

    kid: str
    envelope: bytes
    envelope_sha256: str
    payload: bytes
    disclosures: Mapping[str, bytes]
    device_seq: int | None
    prev: str | None
    seen: Seen | None
    supersedes: str | None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.payload).hexdigest()


@dataclass(frozen=True)
class Report:
    """A report as it arrived: its plain body, what was odd about the package, and the signature if any."""

    body: Any
    reasons: list[str] = field(default_factory=list)
    signed: Signed | None = None


def read_package(content: bytes, spki_of: Callable[[str], bytes | None]) -> Report:
    """The report in a package. Raises BadRequest for what does not parse and for a wrong signature."""
    found = strict_json(content)
    if isinstance(found, dict) and found.keys() == {"body"}:
        return Report(strict_json(dsse.standard_base64(found["body"])))
    if not (isinstance(found, dict) and found.keys() == {"envelope", "disclosures"}):
        raise BadRequest(reason="A package holds envelope and disclosures, or body, and nothing else.")
    if not isinstance(found["disclosures"], list):
        raise BadRequest(reason="The disclosures are a list.")
    return read_signed(dsse.standard_base64(found["envelope"]), found["disclosures"], spki_of)


def read_signed(envelope: bytes, given: Sequence[Any], spki_of: Callable[[str], bytes | None]) -> Report:
    """The report in an envelope, with the disclosures (URL-safe base64) that came along."""
    opened = dsse.open_envelope(envelope, spki_of)
    payload = strict_json(opened.payload)
    if not isinstance(payload, dict):
        raise BadRequest(reason="What was signed is not a JSON object.")
    if payload.get("device") != opened.kid:
        raise BadRequest(reason="The report names another device than the key that signed it.")
    reasons = _head_reasons(payload)
    parts, disclosures = _disclosed(payload.get("sd"), given, reasons)
    seq = payload.get("device_seq")
    signed = Signed(
        kid=opened.kid,
        envelope=envelope,
        envelope_sha256=opened.envelope_sha256,
        payload=opened.payload,
        disclosures=disclosures,
        device_seq=seq if _is_whole(seq) else None,
        prev=payload.get("prev") if _is_hash(payload.get("prev")) else None,
        seen=_seen(payload.get("seen")),
        supersedes=payload.get("supersedes") if _is_hash(payload.get("supersedes")) else None,
    )
    return Report(_body(payload, parts, reasons), reasons, signed)


def _disclosed(sd: Any, given: Sequence[Any], reasons: list[str]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The parts whose disclosure is what was committed to, and the bytes of every disclosure by name.

    What nobody committed to is kept under a name of its own, and never believed.
    """
    stated = sd.items() if isinstance(sd, dict) else ()
    committed = {name: value for name, value in stated if isinstance(value, str)}
    parts: dict[str, Any] = {}
    kept: dict[str, bytes] = {}
    for number, text in enumerate(given):
        try:
            content = dsse.url_base64(text)
        except BadRequest:
            reasons.append(f"disclosure_unreadable:{number}")
            kept[f"unreadable{number}"] = str(text).encode("utf-8", "replace")
            continue
        digest = dsse.to_url_base64(hashlib.sha256(content).digest())
        names = [name for name, value in committed.items() if value == digest]
        if len(names) != 1 or names[0] in kept:
            reasons.append(f"disclosure_not_committed:{number}")
            kept[f"uncommitted{number}"] = content
            continue
        if names[0] not in PARTS:
            reasons.append(f"unknown_field:sd.{_shown(names[0])}")
            kept[f"other{number}"] = content
            continue
        kept[names[0]] = content
        value = _disclosure(content, names[0])
        if value is None:
            reasons.append(f"disclosure_unreadable:{names[0]}")
        else:
            parts[names[0]] = value[0]
    reasons += [f"disclosure_missing:{name}" for name in sorted((committed.keys() & PARTS) - kept.keys())]
    return parts, kept


def _disclosure(content: bytes, name: str) -> tuple[Any] | None:
    """The value in `[salt, name, value]`, or None where it is not that."""
    try:
        found = strict_json(content)
        if not (isinstance(found, list) and len(found) == 3 and found[1] == name):
            return None
        salt = dsse.url_base64(found[0])
    except BadRequest:
        return None
    return (found[2],) if len(salt) >= LEAST_SALT_BYTES else None


def _body(payload: Mapping[str, Any], parts: Mapping[str, Any], reasons: list[str]) -> dict[str, Any]:
    public = payload.get("public")
    if not isinstance(public, dict):
        reasons.append("not_allowed:public")
        public = {}
    body = {name: value for name, value in public.items() if name not in NOT_PUBLIC}
    reasons += [
        f"not_committed:{name}" for name in sorted(PARTS.values()) if name in body and name != "fields"
    ]
    reasons += [f"unknown_field:public.{name}" for name in sorted(NOT_PUBLIC & public.keys())]
    for name, value in parts.items():
        if name == "private_fields" and isinstance(value, dict):
            open_fields = body.get("fields") or {}
            body["fields"] = {**value, **open_fields} if isinstance(open_fields, dict) else value
        else:
            body[PARTS[name]] = value
    clock, time = payload.get("clock"), body.get("time")
    if isinstance(clock, dict) and _is_number(clock.get("offset_ms")) and isinstance(time, dict):
        body["time"] = {"clock_offset_s": clock["offset_ms"] / 1000, **time}
    said = {
        "observation_id": payload.get("observation_id"),
        "revision_no": payload.get("revision_no"),
        "revision_of": payload.get("of"),
        "form_version": payload.get("form"),
        "device_seq": payload.get("device_seq"),
        "captured_at": payload.get("captured_at"),
        "media": payload.get("media"),
    }
    return {**body, **{name: value for name, value in said.items() if value is not None}}


def _head_reasons(payload: Mapping[str, Any]) -> list[str]:
    """What is odd at the payload's head: each is a reason to look, none to refuse."""
    clock, seen, revision = payload.get("clock"), payload.get("seen"), payload.get("revision_no")
    expected = {
        "v": payload.get("v") == VERSION and payload.get("v") is not True,
        "type": payload.get("type") == ("observation" if revision == 1 else "revision"),
        "device_seq": _is_whole(payload.get("device_seq")),
        "prev": payload.get("prev") is None or _is_hash(payload["prev"]),
        "supersedes": payload.get("supersedes") is None or _is_hash(payload["supersedes"]),
        "nonce": _is_nonce(payload.get("nonce")),
        "clock": isinstance(clock, dict)
        and clock.keys() == {"offset_ms", "source"}
        and clock["source"] in ("server", "none")
        and (clock["offset_ms"] is None or _is_number(clock["offset_ms"])),
        "seen": seen is None or _seen(seen) is not None,
        "form": isinstance(payload.get("form"), str),
        "sd": isinstance(payload.get("sd"), dict)
        and all(isinstance(value, str) for value in payload["sd"].values()),
        "media": isinstance(payload.get("media"), list),
    }
    wrong = [f"not_allowed:{name}" for name, fits in expected.items() if not fits]
    return wrong + [f"unknown_field:{_shown(name)}" for name in sorted(payload.keys() - HEAD)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and 0 <= value < 2**53


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def _is_nonce(value: Any) -> bool:
    try:
        return len(dsse.url_base64(value)) == NONCE_BYTES
    except BadRequest:
        return False


def _seen(value: Any) -> Seen | None:
    if not (isinstance(value, dict) and value.keys() == {"size", "root"} and _is_whole(value["size"])):
        return None
    try:
        root = dsse.standard_base64(value["root"])
    except BadRequest:
        return None
    return Seen(value["size"], root) if len(root) == 32 else None


def _shown(name: str) -> str:
    """A name as it may be repeated to others: short, and only what a field's name can hold."""
    return "".join(sign if sign.isalnum() or sign in "_-" else "?" for sign in name)[:40]
