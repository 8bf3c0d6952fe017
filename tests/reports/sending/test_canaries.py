"""Secrets planted all over a mission, and every output of every profile and kind of paper searched for them.

What is searched: PDF (printed text, metadata, attachments, every object and stream), HTML, JSON, the CSV of
long tables, e-mail and webhook, and the names of files.
"""

import base64
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from paper_mission import (
    CUT_OFF,
    EVENT,
    START,
    As,
    at,
    changed,
    counted,
    definition,
    drafted,
    heard,
    issued,
    watched,
)
from paper_mission import paper as draft_of

from incidents.casework.service import open_incident, step_incident
from incidents.claims.service import record_claim
from incidents.claims.values import ClaimValues
from monitor.door import Door
from monitor.mission.service import load_mission
from monitor.people.service import add_device
from monitor.settings import Settings
from reports.document import Document, Table, canonical, from_json
from reports.events import EditionIssued, ReleaseApproved
from reports.issuing import queries
from reports.issuing import service as issuing
from reports.pack.service import draft_pack
from reports.release import service as release
from reports.release.profiles import INTERNAL, PROFILES
from reports.render import html
from reports.render.pdf import csv_of, pdf_of
from reports.sending import queries as sent
from reports.sending import service as sending
from reports.sending.message import body_of, email_of
from reports.spot.service import draft_spot
from reports.weekly import service as weekly

LATER = CUT_OFF + dt.timedelta(days=3)
# No paper holds these, not even the mission's own.
NEVER = {
    "witness": "Hovik Testosian",
    "telephone": "+374 91 234567",
    "number plate": "34 OO 034",
    "witness's address": "witness@hidden.example",
    "decimal degrees": "40.20317, 45.86129",
    "degrees, minutes, seconds": "40°12'11\"N 45°51'41\"E",
    "degrees and minutes": "N40 12.190 E45 51.677",
    "grid reference": "38TNK7312849871",
    "UTM": "573128E 4449871N",
    "Gauss-Krüger": "8573210 4452310",
    "observer's longitude": "45.86137",
    "observer's latitude": "40.20311",
    "monitor": "Kestrelov monitor",
    "second monitor": "Merlinian monitor",
    "sign-in name": "monitor.kestrelov",
    "reviewer": "Harrierov duty officer",
    "device": "phone-goshawk",
    "reason of the override": "Because the minister telephoned",
    "reason of the early release": "The envoy flies at dawn",
    "address of a recipient": "desk-of-one@partner.example",
    "name of a recipient": "Ambassador Ospreyan",
    "address of another": "desk-of-two@partner.example",
}
# The mission's own papers may hold these; what leaves under a profile does not.
INSIDE = {
    "typed line": "Buzzard mill",
    "direction": "3–5 km",
    "minute": "00:05",
    "team": "Team T1",
    "place of a claim": "near the hidden mill",
}
KINDS = ("daily", "weekly", "spot", "pack")
FORMS = ("pdf", "long pdf", "html", "json", "csv", "email", "webhook")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    given = {"week_ends_on": "tue", "smtp_from": "mission@truceline.example", "webhook_hosts": ("p.example",)}
    return Settings({**settings.values, **given})


@pytest.fixture
def mission(door: Door, folder: Path, clock: Any) -> Door:
    clock.set(START)
    load_mission(door.session, definition(folder, languages=["en"]), START)
    return door


def planted(as_role: As) -> list[str]:
    """A day in which every secret was filed; the ids of its records."""
    free = "; ".join(value for name, value in NEVER.items() if name in list(NEVER)[:10])
    stood = {"lon": 45.86137, "lat": 40.20311, "accuracy_m": 4, "method": "gnss"}
    monitor = at(as_role("monitor", "kestrelov"), START)
    add_device(monitor, "phone-goshawk", monitor.actor.id, None)
    as_role("duty_officer", "harrierov")
    watched(as_role)
    one = heard(as_role, "kestrelov", text=free, observer=stood)
    two = heard(
        as_role, "merlinian", text=free, observer=stood,
        count=counted(3), category="CAS", type="injured", fields={},
    )  # fmt: skip
    claim = {
        "external_ref": None, "claimant": "P1_MOD", "claimant_party": "P1", "against": None, "t_start": EVENT,
        "t_end": None, "t_precision": "T2", "place_text": INSIDE["place of a claim"], "lon": 45.86137,
        "lat": 40.20311, "uncertainty_m": 500, "geo_precision": "L4", "geo_basis": "named",
        "type": "explosion", "stated_type": "shelling",
    }  # fmt: skip
    record_claim(at(as_role("duty_officer"), EVENT + dt.timedelta(hours=1)), ClaimValues(**claim))  # type: ignore[arg-type]
    return [one, two]


def issued_papers(mission: Door, as_role: As, ids: list[str]) -> Iterator[queries.EditionRow]:
    """One issued paper of each kind; the daily with a line that a person typed over an objection."""
    analyst = at(as_role("analyst"), EVENT + dt.timedelta(hours=2))
    incident = open_incident(analyst, ids[:1])
    step_incident(analyst, incident, "assessment", "possible", "Heard by one patrol.")
    row = drafted(mission)
    texts = changed(draft_of(mission, row), f"The enemy fired at the {INSIDE['typed line']}.")
    officer = at(as_role("reporting_officer"), CUT_OFF + dt.timedelta(minutes=5))
    yield issued(as_role, issuing.edit_lines(officer, row.id, 1, texts, NEVER["reason of the override"]))
    assert weekly.draft_due(at(mission, CUT_OFF + dt.timedelta(minutes=6)))
    yield issued(as_role, queries.summaries(mission.session, "weekly")[0])
    yield issued(as_role, draft_spot(at(officer, CUT_OFF + dt.timedelta(minutes=7)), incident))
    yield issued(as_role, draft_pack(at(officer, CUT_OFF + dt.timedelta(minutes=8)), "P1", 7))


def letters(text: str) -> str:
    """Without what a break of lines puts between letters: nothing hides at the end of one."""
    return re.sub(r"[\s\u00ad\u200b\u2060]+", "", text).casefold()


def pdf_text(content: bytes, printed: Callable[[bytes], list[str]]) -> str:
    """All that a PDF holds: the printed text, metadata, attached files, and every object as it is kept."""
    said = printed(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        with pdf.open_metadata() as facts:
            said += [str(value) for value in facts.values()]
        for name, spec in pdf.attachments.items():
            said += [name, spec.get_file().read_bytes().decode("utf-8", "replace")]
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                said.append(one.read_bytes().decode("utf-8", "replace"))
            elif isinstance(one, pikepdf.Dictionary):
                said += [str(value) for value in one.values() if isinstance(value, pikepdf.String)]
    return "\n".join(said)


def outputs(
    mission: Door, edition: queries.EditionRow, profile: str, printed: Callable[[bytes], list[str]]
) -> dict[str, str]:
    """Every form in which an edition leaves to who is under the profile, as text."""
    (row,) = [
        one
        for one in sent.deliveries(mission.session, edition.id)
        if sent.recipient(mission.session, one.recipient_id).profile == profile
    ]
    handed = sending.paper_of(mission, row)
    if row.release_id is None:
        document = from_json(queries.edition_text(mission.session, edition.id))
    else:
        document = release.seen_as(
            mission.session, from_json(queries.edition_text(mission.session, edition.id)), profile
        )
    mail = email_of(handed, "mission@truceline.example", "you@partner.example", "delivery-1", LATER)
    message = message_from_bytes(mail.as_bytes(), policy=policy.default)
    (attached,) = message.iter_attachments()  # type: ignore[attr-defined]
    posted = body_of(handed, profile, "delivery-1")
    file = pdf_text(base64.b64decode(posted.pop("pdf_base64")), printed)
    assert attached.get_content() == handed.content
    return {
        "pdf": file,
        "long pdf": pdf_text(pdf_of(document, most_rows=1), printed),
        "html": html.standalone(document),
        "json": canonical(document).decode(),
        "csv": "\n".join(csv_of(table).decode() for table in tables(document)),
        "email": f"{message.items()}\n{message.get_body().get_content()}\n{attached.get_filename()}",  # type: ignore[attr-defined]
        "webhook": json.dumps(posted, ensure_ascii=False),
    }


def tables(document: Document) -> list[Table]:
    return [block for section in document.sections for block in section.blocks if isinstance(block, Table)]


def test_no_output_of_any_profile_and_kind_of_paper_holds_a_secret(
    mission: Door, as_role: As, printed_text: Callable[[bytes], list[str]]
) -> None:
    ids = planted(as_role)
    officer = at(as_role("reporting_officer"), CUT_OFF)
    for profile, address in (
        (INTERNAL, "desk-of-one"),
        ("liaison", "desk-of-two"),
        ("public", "desk-of-three"),
    ):
        name = NEVER["name of a recipient"] if profile == INTERNAL else f"The {profile} desk"
        sending.add_recipient(officer, name, "email", profile, KINDS, "en", f"{address}@partner.example")
    keys = mission.app.keys
    secrets = NEVER | {
        "session key": keys.session.hex(),
        "key of the fields": base64.b64encode(keys.field).decode(),
        "key of the log": keys.log.private_bytes_raw().hex(),
    }
    outside = secrets | INSIDE | {"record": ids[0], "record of harm": ids[1]}
    leaks, looked, inside = [], 0, set()
    editions = list(issued_papers(mission, as_role, ids))
    assert tuple(one.kind for one in editions) == KINDS
    for edition in editions:
        told = EditionIssued(edition.id, edition.summary_id, edition.kind, edition.year, edition.number, 1)
        sending.queue_edition(at(mission, LATER), told)
        for profile in (INTERNAL, *PROFILES):
            if profile != INTERNAL:
                let_go(as_role, edition, profile)
            for form, text in outputs(mission, edition, profile, printed_text).items():
                held = letters(text)
                assert held or form == "csv"
                for what, secret in (secrets if profile == INTERNAL else outside).items():
                    looked += 1
                    if letters(secret) in held:
                        leaks.append((edition.kind, profile, form, what))
                if profile == INTERNAL:
                    inside |= {what for what, secret in INSIDE.items() if letters(secret) in held}
    print(f"{len(KINDS)} kinds x 3 profiles x {len(FORMS)} forms: {looked} checks, {len(leaks)} leaks")
    assert leaks == []
    # The search does find what is there: the mission's own papers hold these.
    assert inside == set(INSIDE) - {"team"}
    assert looked == len(KINDS) * len(FORMS) * (len(secrets) + len(PROFILES) * len(outside))


def let_go(as_role: As, edition: queries.EditionRow, profile: str) -> None:
    asked = release.request_release(
        at(as_role("reporting_officer"), LATER), edition.id, profile, (), NEVER["reason of the early release"]
    )
    head = at(as_role("head_of_mission"), LATER)
    release.decide(head, asked.id, asked.pdf_sha256, "approved")
    sending.queue_release(head, ReleaseApproved(asked.id, edition.id, profile))
