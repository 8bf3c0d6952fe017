"""Drafting a spot report of one incident, and drafting it anew when more is known."""

import dataclasses

from incidents.casework import queries as casework
from incidents.intake import queries as intake
from monitor.access.policy import require
from monitor.door import Door
from monitor.errors import WrongState
from monitor.mission.periods import Period
from monitor.mission.queries import the_mission
from reports.daily.facts import Facts, gather
from reports.daily.service import in_languages
from reports.issuing import queries
from reports.issuing.queries import SummaryRow
from reports.issuing.service import EDIT, claim, keep_draft, keep_redraft
from reports.spot.assemble import assemble

SPOT = "spot"
UNHEARD = ("rejected", "quarantined")


def draft_spot(door: Door, incident_id: str) -> SummaryRow:
    """The spot report of an incident as known now; where there is one already, its next version.

    Raises NotFound, or WrongState for an incident without a record that can be told.
    """
    require(door.actor, EDIT)
    existing = queries.summary_of_subject(door.session, SPOT, incident_id)
    number = existing.number if existing else None
    facts = _facts(door, incident_id, number)
    documents = in_languages(facts, assemble)
    if existing is not None:
        return keep_redraft(door, existing.id, documents)
    run_id = claim(door, SPOT, facts.period.start, facts.period.end, incident_id)
    if run_id is None:
        raise WrongState(thing="spot report", wanted="none of this moment", found="one drafted already")
    return keep_draft(door, run_id, documents)


def _facts(door: Door, incident_id: str, number: int | None) -> Facts:
    mission = the_mission(door.session)
    incident = casework.incident(door.session, incident_id, known_at=door.now)
    rows = intake.observations(door.session, ids=incident.observation_ids, known_at=door.now)
    rows = [row for row in rows if row.processing not in UNHEARD]
    if not rows:
        raise WrongState(thing="incident", wanted="records that can be told", found="none")
    period = Period(min(row.t_start for row in rows), door.now)
    if number is None:
        year = door.now.astimezone(mission.zone).year
        number = queries.number_in_year(door.session, SPOT, year)
    facts = gather(door.session, door.app.keys, mission, (period,), door.now, number, SPOT)
    mine = set(incident.observation_ids)
    (span,) = facts.spans
    return dataclasses.replace(
        facts,
        spans=(dataclasses.replace(span, observations=rows),),
        series=(),
        late=(),
        incidents=[incident],
        positions=intake.positions(door.session, door.app.keys, rows),
        incident_of=casework.incidents_of(door.session, list(mine), known_at=door.now),
        claims=[one for one in facts.claims if mine & set(one.observation_ids)],
    )
