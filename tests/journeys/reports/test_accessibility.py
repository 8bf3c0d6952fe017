"""axe-core finds nothing on any page of the reporting officer, in light and in dark."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from accessibility import violations
from cast_of_people import cast_member
from paper_mission import CUT_OFF, START, definition
from playwright.sync_api import Page

from monitor.clock import StoppedClock
from monitor.door import App, Door
from monitor.mission.service import load_mission
from reports.daily import service as daily
from reports.events import EditionIssued
from reports.issuing import queries
from reports.issuing import service as issuing
from reports.release import service as release
from reports.sending import service as sending

LATER = CUT_OFF + dt.timedelta(days=2)


def acting(door: Door, role: str, which: str = "first") -> Door:
    return dataclasses.replace(door, actor=cast_member(door, role, which))


def papers(parts: App, folder: Path) -> tuple[str, str]:
    """A released paper with somebody to send it to and a release asked for, and a draft; their ids."""
    with parts.transaction() as door:
        load_mission(door.session, definition(folder, languages=["en"]), START)
        while daily.draft_due(door):
            pass
        draft, first = queries.summaries(door.session, "daily")
        issuing.review(acting(door, "reporting_officer", "second"), first.id, 1, "reviewed")
        edition = issuing.release(acting(door, "head_of_mission"), first.id, 1)
        officer = acting(door, "reporting_officer")
        sending.add_recipient(officer, "Desk", "email", "internal", ["daily"], "en", "desk@a.example")
        sending.queue_edition(door, EditionIssued(edition.id, first.id, "daily", 2022, 1, 1))
        for one in sending.claim_due(door):
            sending.record(door, sending.Outcome(one, "failed", "mail server: ConnectionRefusedError"))
        release.request_release(officer, edition.id, "liaison")
        return first.id, draft.id


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_found_on_the_pages_of_papers(
    browse: Callable[..., Page], live_server: Any, clock: StoppedClock, folder: Path, scheme: str
) -> None:
    clock.set(LATER)
    issued, draft = papers(live_server.parts, folder)
    page = browse("reporting_officer", color_scheme=scheme)
    found = {}
    for address in (
        "/summaries",
        f"/summaries/{issued}",
        f"/summaries/{draft}",
        f"/summaries/{draft}/figures/2-all-total",
        f"/summaries/{draft}/symmetry",
        f"/summaries/{issued}/release",
        f"/summaries/{issued}/seen-as/public",
        "/summaries/recipients",
    ):
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        broken = violations(page)
        if broken:
            found[address] = broken
    assert found == {}
