"""Drafting the pack for a meeting with one party, of the days up to now."""

import datetime as dt

from monitor.access.policy import require
from monitor.door import Door
from monitor.errors import NotFound, WrongState
from monitor.mission.periods import Period
from monitor.mission.queries import the_mission
from reports.daily.facts import Facts, gather
from reports.daily.service import in_languages
from reports.document import Document
from reports.issuing import queries
from reports.issuing.queries import SummaryRow
from reports.issuing.service import EDIT, claim, keep_draft
from reports.pack.assemble import assemble
from reports.wording.language import Language

PACK = "pack"
MOST_DAYS = 31


def draft_pack(door: Door, party: str, days: int) -> SummaryRow:
    """The pack of the last days for a party. Raises NotFound for a party the mission does not know."""
    require(door.actor, EDIT)
    mission = the_mission(door.session)
    if party not in {one.code for one in mission.parties}:
        raise NotFound(thing="party", id=party)
    start = max(mission.starts_at.astimezone(dt.UTC), door.now - dt.timedelta(days=min(days, MOST_DAYS)))
    if start >= door.now:
        raise WrongState(thing="mission", wanted="running", found="not begun")
    run_id = claim(door, PACK, start, door.now, party)
    if run_id is None:
        raise WrongState(thing="pack", wanted="none of this moment", found="one drafted already")
    number = queries.number_in_year(door.session, PACK, door.now.astimezone(mission.zone).year)
    periods = (Period(start, door.now),)
    facts = gather(door.session, door.app.keys, mission, periods, door.now, number, PACK)

    def made(given: Facts, words: Language) -> Document:
        return assemble(given, party, words)

    return keep_draft(door, run_id, in_languages(facts, made))
