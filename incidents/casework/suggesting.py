"""Verbs on pairs of observations that may be of one event: suggest, confirm, reject, undo.

Every verb appends a step to the pair; what holds is the last one. Correlation only suggests. A confirmation
puts both observations into one incident and notes what moved, so that undoing it puts back what it moved.
"""

from collections.abc import Iterable, Sequence

from incidents.casework import queries
from incidents.casework.candidates import around, perceived
from incidents.casework.correlate import Reason, Suggestion, groups, suggestions
from incidents.casework.counting import NOT_COUNTED_ASSESSMENTS
from incidents.casework.model import SuggestionStep
from incidents.casework.queries import IncidentRow, SuggestionRow
from incidents.casework.service import link_observation, open_incident
from incidents.events import ObservationReceived, SuggestionChanged
from incidents.intake import queries as intake
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.errors import Conflict, NotFound, WrongState
from monitor.log.service import append
from monitor.outbox import record

DECIDED = ("confirmed", "rejected")
Moved = list[tuple[str, str | None]]


def hear_of_observation(door: Door, event: ObservationReceived) -> None:
    """Looks for reports of the same event as soon as one is received or corrected."""
    suggest_for(door, event.observation_id)


def suggest_for(door: Door, observation_id: str) -> list[Suggestion]:
    """Suggests what an observation may belong to; what a correction no longer fits lapses."""
    row = intake.observation(door.session, observation_id)
    if row is None or row.is_training or row.processing == "rejected":
        return []
    new, others = perceived(door, row, around(door.session, row))
    found = suggestions(new, others)
    held = {
        one.pair: one
        for one in queries.suggestions(
            door.session,
            observation_ids=[observation_id],
            states=("suggested", "confirmed", "rejected", "undone", "lapsed"),
        )
    }
    for one in found:
        before = held.get((one.one, one.other))
        if before is None or before.state == "lapsed" or _has_changed(before, one):
            _append(door, one, "suggested")
    fitting = {(one.one, one.other) for one in found}
    for before in held.values():
        if before.state == "suggested" and before.pair not in fitting:
            _append(door, _as_suggestion(before), "lapsed")
    return found


def _has_changed(before: SuggestionRow, now: Suggestion) -> bool:
    return before.state == "suggested" and abs(before.score - now.score) >= 0.01


def confirm_pair(door: Door, one_id: str, other_id: str, expected: str | None = None) -> str:
    """A person says that both are of one event; answers the incident's id.

    Where both belong to incidents already, the later one is emptied into the earlier one. That is refused
    where the later one stands in a report, or where one of them was refuted and the other not.
    """
    pair = _pair(door, one_id, other_id, expected, wanted="not decided", without=DECIDED)
    refs = queries.incidents_of(door.session, pair.pair)
    rows = sorted(
        queries.incidents(door.session, ids={ref.incident_id for ref in refs.values()}),
        key=lambda row: row.number,
    )
    moved: Moved = []
    if not rows:
        incident_id = open_incident(door, pair.pair)
        moved = [(member, None) for member in pair.pair]
    else:
        kept = rows[0]
        incident_id = kept.incident_id
        for emptied in rows[1:]:
            moved += _empty_into(door, emptied, kept)
        for member in pair.pair:
            if member not in refs:
                link_observation(door, incident_id, member, linked=True)
                moved.append((member, None))
    _append(door, _as_suggestion(pair), "confirmed", incident_id, moved)
    return incident_id


def _empty_into(door: Door, emptied: IncidentRow, kept: IncidentRow) -> Moved:
    if emptied.release != "internal":
        raise WrongState(
            thing="incident",
            wanted=f"{emptied.label} to stand in no report before it becomes part of {kept.label}",
            found=emptied.release,
        )
    if (emptied.assessment in NOT_COUNTED_ASSESSMENTS) != (kept.assessment in NOT_COUNTED_ASSESSMENTS):
        raise WrongState(
            thing="incident",
            wanted=f"{emptied.label} and {kept.label} both to count, or neither",
            found=f"{emptied.assessment}, the other {kept.assessment}",
        )
    for member in emptied.observation_ids:
        link_observation(door, emptied.incident_id, member, linked=False)
        link_observation(door, kept.incident_id, member, linked=True)
    return [(member, emptied.incident_id) for member in emptied.observation_ids]


def reject_pair(door: Door, one_id: str, other_id: str, expected: str | None = None) -> None:
    """A person says that they are two events; the pair leaves the range of the total."""
    pair = _pair(door, one_id, other_id, expected, wanted="not decided", without=DECIDED)
    _append(door, _as_suggestion(pair), "rejected")


def undo_pair(door: Door, one_id: str, other_id: str, expected: str | None = None) -> None:
    """Takes back what was confirmed or rejected. What other confirmations still hold together stays so."""
    pair = _pair(door, one_id, other_id, expected, wanted="confirmed or rejected", within=DECIDED)
    if pair.state == "confirmed" and pair.incident_id is not None:
        _move_back(door, pair)
    _append(door, _as_suggestion(pair), "undone")


def _move_back(door: Door, pair: SuggestionRow) -> None:
    """Takes out what this confirmation moved and nothing else holds; it goes to where it came from.

    Of two reports that came together by this confirmation alone both leave; a report that others are
    still confirmed with leaves together with them.
    """
    refs = queries.incidents_of(door.session, pair.pair)
    first, second = (refs.get(member) for member in pair.pair)
    if first is None or second is None or first.incident_id != second.incident_id:
        return
    whole = queries.incident(door.session, first.incident_id)
    others = queries.suggestions(door.session, observation_ids=whole.observation_ids, states=("confirmed",))
    holding = [one.pair for one in others if one.pair != pair.pair]
    sides = [_side(member, holding, whole.observation_ids) for member in pair.pair]
    if set(sides[0]) & set(sides[1]):
        return
    came_from = dict(pair.moved)
    emptied = [member for member, incident_id in pair.moved if incident_id is not None]
    if emptied:
        # Two incidents became one: all that came from the emptied one goes back, unless others hold it here.
        stays = next((side for side in sides if not set(side) & set(emptied)), ())
        back = [member for member in emptied if member not in stays and member in whole.observation_ids]
        _let_go(door, whole, back, came_from)
        return
    leaving = [side for side in sides if set(side) & came_from.keys()]
    if len(leaving) == 2 and len(whole.observation_ids) > 2:
        # The larger side keeps the incident; of equals the one that sorts first.
        leaving = [min(reversed(leaving), key=len)]
    for side in leaving:
        _let_go(door, whole, side, came_from)


def _let_go(door: Door, whole: IncidentRow, side: Sequence[str], came_from: dict[str, str | None]) -> None:
    for member in side:
        link_observation(door, whole.incident_id, member, linked=False)
    before = [(member, came_from[member]) for member in side if came_from.get(member)]
    for member, incident_id in before:
        assert incident_id is not None
        link_observation(door, incident_id, member, linked=True)
    rest = [member for member in side if member not in dict(before)]
    if len(rest) > 1:
        open_incident(door, rest)


def _side(member: str, holding: Iterable[tuple[str, str]], members: Sequence[str]) -> tuple[str, ...]:
    """The members that hang together with this one by other confirmations."""
    pairs = [pair for pair in holding if set(pair) <= set(members)]
    return next((group for group in groups(pairs) if member in group), (member,))


def _pair(
    door: Door,
    one_id: str,
    other_id: str,
    expected: str | None,
    *,
    wanted: str,
    within: Sequence[str] | None = None,
    without: Sequence[str] = (),
) -> SuggestionRow:
    take_sequence(door.session)
    one_id, other_id = sorted((one_id, other_id))
    rows = queries.suggestions(
        door.session,
        observation_ids=[one_id],
        states=("suggested", "confirmed", "rejected", "undone", "lapsed"),
    )
    found = next((row for row in rows if row.pair == (one_id, other_id)), None)
    if found is None:
        raise NotFound(thing="suggestion", id=f"{one_id}:{other_id}")
    if expected is not None and expected != found.state:
        raise Conflict(
            reason=f"Somebody else was faster: the suggestion is {found.state} now, not {expected}."
        )
    if (within is not None and found.state not in within) or found.state in without:
        raise WrongState(thing="suggestion", wanted=wanted, found=found.state)
    return found


def _as_suggestion(row: SuggestionRow) -> Suggestion:
    return Suggestion(row.one_id, row.other_id, row.score, tuple(Reason(*one) for one in row.reasons))


def _append(
    door: Door, one: Suggestion, state: str, incident_id: str | None = None, moved: Moved | None = None
) -> None:
    door.session.add(
        SuggestionStep(
            one_id=one.one,
            other_id=one.other,
            state=state,
            score=one.score,
            reasons=[{"code": reason.code, "sentence": reason.sentence} for reason in one.reasons],
            incident_id=incident_id,
            moved=None
            if moved is None
            else [{"observation": member, "from": before} for member, before in moved],
            actor=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    if state not in ("suggested", "lapsed"):
        append(
            door.session,
            "assessment",
            {"actor": door.actor.code, "pair": f"{one.one}:{one.other}", "state": state},
            door.now,
        )
    record(door.session, SuggestionChanged(one.one, one.other, state), door.now)
