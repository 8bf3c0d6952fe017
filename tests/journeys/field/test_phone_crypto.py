"""What the phone's modules make, read by code of another hand: sealed items, packages, checks of the log."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from field_report import field_report
from playwright.sync_api import Page

from incidents.intake.package import read_package
from incidents.intake.schema import canonical
from monitor import dsse, merkle, sealing

REPORT = "0b8ee7a3-9a53-4a2f-9c33-2f1c41c6c0aa"
# RFC 9180, appendix A.3.1: DHKEM(P-256, HKDF-SHA256), base mode.
RFC = {
    "skEm": "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb",
    "pkRm": "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d3"
    "0ad6aa8f80e30f1d128aafd68a2ce72ea0",
    "enc": "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900"
    "be863c403ce65c9bfcb9382657222d18c4",
    "shared_secret": "c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8",
}
LEAVES = [f"entry {number}" for number in range(70)]
LOG = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = merkle.VerifierKey.of("base.example/log/2026", LOG).text


@pytest.fixture
def call(browse: Callable[..., Page]) -> Callable[..., Any]:
    """`call("seal.js", "(module, given) => …", given)` runs in the page, with the module of the form."""
    page = browse(phone=True)
    page.goto("/field/en")

    def called(module: str, work: str, given: Any = None) -> Any:
        return page.evaluate(
            f"async (given) => {{ const b = await import('/field/static/bytes.js');"
            f"const m = await import('/field/static/{module}'); return ({work})(m, given, b); }}",
            given,
        )

    return called


def test_the_phone_makes_the_shared_secret_of_the_rfc(call: Callable[..., Any]) -> None:
    point = bytes.fromhex(RFC["enc"])
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "d": b64url(bytes.fromhex(RFC["skEm"])),
        "x": b64url(point[1:33]),
        "y": b64url(point[33:]),
    }
    made = call(
        "seal.js",
        """async (seal, { jwk, pkRm }, b) => {
          const ecdh = { name: "ECDH", namedCurve: "P-256" };
          const { d: _, ...open } = jwk;
          const own = {
            privateKey: await crypto.subtle.importKey("jwk", jwk, ecdh, true, ["deriveBits"]),
            publicKey: await crypto.subtle.importKey("jwk", open, ecdh, true, []),
          };
          const { enc, shared } = await seal.encapsulate(b.fromHex(pkRm), own);
          return [b.hexOf(enc), b.hexOf(shared)];
        }""",
        {"jwk": jwk, "pkRm": RFC["pkRm"]},
    )
    assert made == [RFC["enc"], RFC["shared_secret"]]


@pytest.mark.parametrize("length", [0, 1, 4091, 4092, 4093, 100_000])
def test_only_the_missions_key_opens_what_the_phone_sealed(call: Callable[..., Any], length: int) -> None:
    mission = ec.generate_private_key(ec.SECP256R1())
    content = bytes(number % 251 for number in range(length))
    item = base64.b64decode(
        call(
            "seal.js",
            """async (seal, { point, id, content }, b) =>
              b.base64(await seal.sealItem(b.fromHex(point), id, "r1", b.fromBase64(content)))""",
            {
                "point": sealing.point_of(mission.public_key()).hex(),
                "id": REPORT,
                "content": base64.b64encode(content).decode(),
            },
        )
    )
    assert sealing.open_item(mission, item, REPORT, "r1") == content
    assert (len(item) - 1 - 8 - 65 - 16) % 4096 == 0
    with pytest.raises(sealing.NotSealed):
        sealing.open_item(mission, item, REPORT, "r2")


def b64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def head_at(size: int) -> str:
    return merkle.Checkpoint("base.example/log/2026", size, root_at(size)).signed(LOG)


def root_at(size: int) -> bytes:
    return merkle.root_of([leaf.encode() for leaf in LEAVES[:size]])


@pytest.mark.parametrize("without_ed25519", [False, True], ids=["own", "older browser"])
def test_the_phone_opens_a_signed_head_and_no_forged_one(
    call: Callable[..., Any], without_ed25519: bool
) -> None:
    forged = head_at(8).replace("\n8\n", "\n9\n")
    opened = call(
        "log.js",
        """async (log, { notes, vkey, older }) => {
          if (older) {
            const known = crypto.subtle.importKey.bind(crypto.subtle);
            crypto.subtle.importKey = (form, key, how, ...rest) => {
              if (how === "Ed25519") throw new DOMException("unknown", "NotSupportedError");
              return known(form, key, how, ...rest);
            };
          }
          const key = await log.verifierKey(vkey);
          const open = (note) => log.openHead(note, key).then(({ size }) => size, (error) => error.key);
          const tried = notes.map(open);
          return Promise.all(tried);
        }""",
        {"notes": [head_at(8), forged, head_at(8)[:-5]], "vkey": VKEY, "older": without_ed25519},
    )
    assert opened == [8, "signature", "signature"]


def test_the_phone_agrees_with_the_server_on_every_proof(call: Callable[..., Any]) -> None:
    tree = merkle.tree_of([leaf.encode() for leaf in LEAVES])
    sizes = (1, 2, 3, 7, 8, 13, 64, 70)
    inclusions = [
        {
            "leaf": LEAVES[i],
            "index": i,
            "size": n,
            "root": root_at(n).hex(),
            "proof": hexes(merkle.inclusion_proof(i, n, tree)),
        }
        for n in sizes
        for i in range(0, n, 5)
    ]
    consistencies = [
        {
            "old": old,
            "size": new,
            "roots": [root_at(old).hex(), root_at(new).hex()],
            "proof": hexes(merkle.consistency_proof(old, new, tree)),
        }
        for new in sizes
        for old in sizes
        if old <= new
    ]
    wrong = call(
        "log.js",
        """async (log, { inclusions, consistencies }, b) => {
          const wrong = [];
          const refused = (error) => { if (!error.key) throw error; return false; };
          const holds = (checked) => checked.then(() => true, refused);
          const other = (hex) => hex.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
          for (const one of inclusions) {
            const head = { size: one.size, root: b.fromHex(one.root) };
            const stands = (leaf, proof) => holds(log.checkInclusion(leaf, one.index, head, proof));
            const [first, ...rest] = one.proof;
            if (!(await stands(one.leaf, one.proof))) wrong.push(one);
            if (await stands(`${one.leaf}!`, one.proof)) wrong.push(["leaf", one]);
            if (first && (await stands(one.leaf, [other(first), ...rest]))) wrong.push(["proof", one]);
          }
          for (const one of consistencies) {
            const [before, after] = one.roots;
            const head = { size: one.size, root: b.fromHex(after) };
            const follows = (root) =>
              holds(log.checkConsistency({ size: one.old, root: b.fromHex(root) }, head, one.proof));
            if (!(await follows(before))) wrong.push(one);
            if (await follows(other(before))) wrong.push(["old", one]);
          }
          return wrong;
        }""",
        {"inclusions": inclusions, "consistencies": consistencies},
    )
    assert wrong == []


def hexes(proof: list[bytes]) -> list[str]:
    return [step.hex() for step in proof]


def test_the_server_reads_the_body_back_from_a_signed_package(call: Callable[..., Any]) -> None:
    body = field_report(
        observation_id=REPORT,
        revision_of=None,
        watch_id=None,
        conditions=None,
        sensitivity="internal",
        witness={"name": "A neighbour"},
        co_observers=[],
        fields={"assessment": "undetermined", "weapon": "n_k", "told_by": "the mayor"},
    )
    made = call(
        "sign.js",
        """async (sign, { body }, b) => {
          const keys = await sign.makeKey();
          const spki = await sign.spkiOf(keys);
          const device = { kid: await sign.kidOf(spki), keys, seq: 41, prev: null };
          const clock = { offset_ms: -820, source: "server" };
          const { bytes, ...hashes } = await sign.signedPackage({
            body, media: [], device, seen: null, clock, supersedes: null,
            isPrivate: (code) => code === "told_by",
          });
          return { spki: b.base64(spki), kid: device.kid, package: b.base64(bytes), ...hashes };
        }""",
        {"body": body},
    )
    spki, content = base64.b64decode(made["spki"]), base64.b64decode(made["package"])
    report = read_package(content, {made["kid"]: spki}.get)
    assert report.reasons == []
    assert report.signed is not None
    assert (report.signed.device_seq, report.signed.digest) == (41, made["digest"])
    assert report.signed.envelope_sha256 == made["envelope_sha256"]
    body["time"]["clock_offset_s"] = -0.82
    assert {key: value for key, value in report.body.items() if body.get(key) != value} == {"device_seq": 41}
    private = (b"A neighbour", b"the mayor", b"Windows rattled", b"45.865")
    assert not [text for text in private if text in report.signed.payload]
    assert dsse.kid_of(spki) == made["kid"]


def test_an_unsigned_package_holds_the_plain_body_and_has_its_digest(call: Callable[..., Any]) -> None:
    body = field_report(text="Пять взрывов, հինգ պայթյուն, 3.5 km\n“beş”", observation_id=REPORT)
    made = call(
        "sign.js",
        """async (sign, { body }, b) => {
          const { bytes, ...hashes } = await sign.plainPackage(body);
          return { package: b.base64(bytes), ...hashes };
        }""",
        {"body": body},
    )
    assert read_package(base64.b64decode(made["package"]), {}.get).body == body
    assert made["digest"] == hashlib.sha256(canonical(body)).hexdigest()
    assert made["envelope_sha256"] is None
