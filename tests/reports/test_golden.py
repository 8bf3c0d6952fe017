"""Golden papers: the whole text of each kind, in each language and under each profile, as it was agreed.

A change of words or counting shows here as a difference to be read. `GOLDEN=write` writes them anew.
"""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

import pytest
from paper_mission import CUT_OFF, EVENT, SECOND, START, As, at, counted, drafted, heard, watched, when

from incidents.casework.service import open_incident, step_incident
from incidents.claims.service import record_claim
from incidents.claims.values import ClaimValues
from monitor.door import Door
from monitor.settings import Settings
from reports.document import Bullets, Chart, Document, Map, Note, Paragraph, Table, text_of
from reports.issuing import queries
from reports.issuing.queries import SummaryRow
from reports.pack.service import draft_pack
from reports.release.profiles import PROFILES, released
from reports.spot.service import draft_spot
from reports.weekly import service as weekly

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings({**settings.values, "week_ends_on": "tue"})


def a_day(as_role: As) -> str:
    """A quiet first day, fire and a wounded person on the second, a claim; answers the incident."""
    watched(as_role)
    heard(as_role, received=START + dt.timedelta(hours=6), time=when(START + dt.timedelta(hours=5)))
    first = heard(as_role, "second", count=counted(30), time=when(EVENT))
    heard(
        as_role, count=counted(40), fields={"assessment": "impact", "weapon": "mortar_120"},
        time=when(EVENT + dt.timedelta(hours=1)), received=EVENT + dt.timedelta(minutes=90),
    )  # fmt: skip
    heard(
        as_role, "second", accept=False, count=counted(4), time=when(EVENT + dt.timedelta(hours=2)),
        received=EVENT + dt.timedelta(minutes=140),
    )  # fmt: skip
    heard(as_role, "second", count=counted(2), category="CAS", type="injured", fields={})
    claim: dict[str, Any] = {
        "external_ref": None, "claimant": "P1_MOD", "claimant_party": "P1", "against": None, "t_start": EVENT,
        "t_end": None, "t_precision": "T2", "place_text": "near the mill", "lon": 46.0, "lat": 40.2,
        "uncertainty_m": 500, "geo_precision": "L4", "geo_basis": "named", "type": "explosion",
        "stated_type": "shelling",
    }  # fmt: skip
    record_claim(at(as_role("duty_officer"), EVENT + dt.timedelta(hours=1)), ClaimValues(**claim))
    analyst = at(as_role("analyst"), EVENT + dt.timedelta(hours=2))
    incident = open_incident(analyst, [first])
    step_incident(analyst, incident, "assessment", "possible", "Heard by one patrol.")
    return incident


def told(document: Document) -> str:
    """The paper as plain text: what is printed, without ids and digests."""
    head = document.header
    out = [f"{head.mission} | {head.title} {head.number}/{head.year} | {head.classification}"]
    out += [f"{span.text}" for span in head.periods]
    for section in document.sections:
        out += ["", f"== {section.number or section.key} {section.title}"]
        for block in section.blocks:
            match block:
                case Paragraph(runs=runs, style=style):
                    out.append(f"({style}) {text_of(runs)}")
                case Note(title=title, runs=runs):
                    out.append(f"[{title}] {text_of(runs)}")
                case Bullets(items=items):
                    out += [f"* {text_of(item.runs)}" for item in items]
                case Table():
                    out.append(f"-- {block.caption}")
                    out.append(" | ".join(column.head for column in block.columns))
                    out += [" | ".join(text_of(cell) for cell in row.cells) for row in block.rows]
                    out += [block.note] if block.note else []
                case Chart():
                    out.append(f"-- {block.caption} ({block.kind}): {', '.join(block.labels)}")
                    out += [f"{one.name}: {one.values}" for one in block.series]
                case Map():
                    kinds = sorted({shape.kind for shape in block.shapes})
                    out.append(f"-- {block.caption}: {', '.join(kinds)}. {block.disclaimer}")
    # Digests of codebooks and of the set of records (whose ids are drawn) are looked at elsewhere.
    return re.sub(r"\b[0-9a-f]{12,64}\b", "<digest>", "\n".join(out)) + "\n"


def same(name: str, document: Document) -> None:
    path, text = GOLDEN / f"{name}.txt", told(document)
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def test_every_kind_of_paper_says_what_was_agreed(mission: Door, as_role: As) -> None:
    incident = a_day(as_role)
    officer = as_role("reporting_officer")
    spot = draft_spot(at(officer, EVENT + dt.timedelta(minutes=150)), incident)
    daily = drafted(mission)
    assert weekly.draft_due(at(mission, CUT_OFF + dt.timedelta(minutes=1)))
    pack = draft_pack(at(officer, CUT_OFF + dt.timedelta(minutes=2)), "P1", 7)
    (week,) = queries.summaries(mission.session, "weekly")
    for code in queries.languages_of(mission.session, daily.id, 1):
        same(f"daily.{code}", of(mission, daily, code))
    for code in ("en", "ru"):
        same(f"weekly.{code}", of(mission, week, code))
    same("spot.en", of(mission, spot))
    same("pack.en", of(mission, pack))
    for profile in PROFILES.values():
        same(f"daily.{profile.code}.en", released(of(mission, daily), profile))
        same(f"weekly.{profile.code}.en", released(of(mission, week), profile))


def of(mission: Door, row: SummaryRow, code: str = "en") -> Document:
    return queries.draft(mission.session, row.id, row.version_no, code)


def test_a_quiet_day_says_so_with_the_hours_and_never_a_bare_zero(mission: Door, as_role: As) -> None:
    watched(as_role)
    drafted(mission)
    first = queries.summary_of_period(mission.session, SECOND)
    assert first is not None
    same("quiet.en", of(mission, first))
