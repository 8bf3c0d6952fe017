"""The ledger as its page shows it: claims of a time, chosen by filters, each with what the mission can say.

Whoever may not read observations sees the statements only: what was watched tells where patrols were.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from incidents.claims import queries
from incidents.claims.matching import ANSWERS
from incidents.claims.model import Claim
from incidents.claims.pairing import Suggestion
from incidents.claims.queries import ArchiveRow, ClaimRow, ClaimWithVerdict, PairRow
from incidents.intake.queries import ObservationRow, observations
from incidents.taxonomy import taxonomy
from monitor.door import Door
from monitor.mission.queries import MissionRow, the_mission
from monitor.mission.words import lasting, span
from monitor.people.queries import all_people
from monitor.places.queries import all_places
from monitor.watches.queries import WatchRow, watch

LANGUAGE = "en"
EVIDENCE = "incidents:observation:read"
ANSWER_WORDS = {
    "matched": "Matched",
    "not_observed": "Monitored, not observed",
    "not_monitored": "Not monitored",
}
STATUS_WORDS = {
    "report": "",
    "counter_claim": "counter-claim, says its source",
    "disputed": "denied by another party, says its source",
    "confirmed_by_third_party": "confirmed by a third party, says its source",
    "year_inferred": "year inferred from the source",
}
PAIRING = {"paired": "paired", "suggested": "may be a pair", "none": "no counter-claim"}
PAGE = 200


@dataclass(frozen=True)
class Filters:
    """What the address asks for. Empty means all; `start` and `end` bound when the event is said to begin."""

    start: dt.datetime | None = None
    end: dt.datetime | None = None
    party: str = ""
    type: str = ""
    sector: str = ""
    answer: str = ""
    pair: str = ""
    text: str = ""


@dataclass(frozen=True)
class Line:
    """A claim as one line of the ledger. `judged` is None for whoever may not read observations."""

    claim: ClaimRow
    title: str
    when: str
    party: str
    against: str | None
    sector: str | None
    judged: ClaimWithVerdict | None
    pairing: str
    copies: int

    @property
    def answer(self) -> str:
        return self.judged.answer if self.judged else ""


@dataclass(frozen=True)
class PartyTally:
    """One party's claims by answer; never added to anything that was observed."""

    code: str
    name: str
    received: int
    answers: Mapping[str, int]
    paired: int


@dataclass(frozen=True)
class Ledger:
    lines: tuple[Line, ...]
    tallies: tuple[PartyTally, ...]
    suggestions: tuple[Suggestion, ...]
    shows_answers: bool
    left_out: int = 0
    parties: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    sectors: Mapping[str, str] = field(default_factory=dict)


def ledger(door: Door, asked: Filters, limit: int | None = PAGE) -> Ledger:
    """The claims that the filters leave, newest event first, with tallies over all of these.

    As known at the door's moment, as is everything on this page.
    """
    mission = the_mission(door.session)
    rows = queries.claims(door.session, asked.start, asked.end, door.now)
    parties = _parties(mission, rows)
    sectors = _sector_names(door)
    shows = door.actor.may(EVIDENCE)
    judged = {
        one.claim.id: one for one in (queries.with_verdicts(door.session, rows, door.now) if shows else [])
    }
    suggestions = queries.suggested_pairs(door.session, rows, door.now)
    decided = queries.pairs(door.session, [row.id for row in rows], door.now)
    paired = _paired_ids(rows, decided.values())
    suggested = {one for pair in suggestions for one in (pair.one_id, pair.other_id)}
    copies = queries.archives(door.session, [row.id for row in rows], door.now)
    lines = [
        Line(
            claim=row,
            title=title(row),
            when=span(row.t_start, row.t_end, mission.zone),
            party=parties[row.claimant_party],
            against=parties.get(row.against, row.against) if row.against else None,
            sector=judged[row.id].sector if shows else None,
            judged=judged.get(row.id),
            pairing="paired" if row.id in paired else "suggested" if row.id in suggested else "none",
            copies=len(copies.get(row.id, ())),
        )
        for row in rows
    ]
    chosen = [line for line in reversed(lines) if _is_asked(line, asked)]
    return Ledger(
        lines=tuple(chosen[:limit]),
        tallies=tuple(_tallies(chosen, parties)),
        suggestions=tuple(suggestions),
        shows_answers=shows,
        left_out=len(chosen) - len(chosen[:limit]),
        parties=parties,
        types={row.type: type_label(row.type) for row in rows},
        sectors={line.sector: sectors[line.sector] for line in lines if line.sector},
    )


def _is_asked(line: Line, asked: Filters) -> bool:
    row = line.claim
    words = " ".join(
        (row.external_ref or "", row.claimant, row.place_text, row.stated_type, row.note, row.source)
    ).casefold()
    return (
        (not asked.party or row.claimant_party == asked.party)
        and (not asked.type or row.type == asked.type)
        and (not asked.sector or line.sector == asked.sector)
        and (not asked.answer or line.answer == asked.answer)
        and (not asked.pair or line.pairing == asked.pair)
        and all(word in words for word in asked.text.casefold().split())
    )


def _tallies(lines: Iterable[Line], parties: Mapping[str, str]) -> Iterable[PartyTally]:
    """Every party of the mission with the same columns, also one that said nothing."""
    by_party: dict[str, list[Line]] = {code: [] for code in parties}
    for line in lines:
        by_party[line.claim.claimant_party].append(line)
    for code, own in by_party.items():
        answers = Counter(line.answer for line in own)
        yield PartyTally(
            code=code,
            name=parties[code],
            received=len(own),
            answers={answer: answers[answer] for answer in ANSWERS},
            paired=sum(line.pairing == "paired" for line in own),
        )


def _parties(mission: MissionRow, rows: Iterable[ClaimRow]) -> dict[str, str]:
    """Codes and names: the mission's parties in its order, then whoever else spoke."""
    found = {party.code: party.name_in(LANGUAGE) for party in mission.parties}
    for code in sorted({row.claimant_party for row in rows} - found.keys()):
        found[code] = code.replace("_", " ")
    return found


def _sector_names(door: Door) -> dict[str, str]:
    return {place.code: place.name for place in all_places(door.session, kinds=("sector",))}


def _paired_ids(rows: Iterable[ClaimRow], decided: Collection[PairRow]) -> set[str]:
    """Claims in a pair that holds. What a statement itself says it counters holds until a person parts it."""
    apart = {frozenset((pair.one_id, pair.other_id)) for pair in decided if not pair.linked}
    found = {one for pair in decided if pair.linked for one in (pair.one_id, pair.other_id)}
    for row in rows:
        if row.counter_of and frozenset((row.id, row.counter_of)) not in apart:
            found |= {row.id, row.counter_of}
    return found


def type_label(code: str) -> str:
    known = taxonomy().types.get(code)
    return known.label[LANGUAGE] if known else code.replace("_", " ").capitalize()


def title(row: ClaimRow) -> str:
    """What the source calls it, with what and with what harm, in its own words."""
    harmed = [f"{n} {word}" for n, word in ((row.killed, "killed"), (row.wounded, "wounded")) if n]
    parts = [row.stated_type.replace("_", " ").capitalize(), row.weapons_text.replace(";", ", "), *harmed]
    return ", ".join(part for part in parts if part)


# --- one claim with its evidence ---------------------------------------------------------------------------


@dataclass(frozen=True)
class WatchLine:
    """A watch that covered the time alleged, or a part of it, in words that name it."""

    watch: WatchRow
    words: str
    when: str


@dataclass(frozen=True)
class SeenLine:
    """An observation that answers the claim, or that a person took away from it."""

    row: ObservationRow
    title: str
    when: str
    by_person: bool


@dataclass(frozen=True)
class PairLine:
    """Another party's claim beside this one: put together, said so by the source, or only suggested."""

    claim: ClaimRow
    title: str
    when: str
    party: str
    state: str
    reasons: tuple[str, ...] = ()
    points: int = 0
    by: str = ""


@dataclass(frozen=True)
class Dossier:
    line: Line
    explanation: str
    precision: str
    seen: tuple[SeenLine, ...] = ()
    taken_away: tuple[SeenLine, ...] = ()
    watches: tuple[WatchLine, ...] = ()
    pairs: tuple[PairLine, ...] = ()
    copies: tuple[ArchiveRow, ...] = ()
    history: tuple[str, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)


def dossier(door: Door, claim_id: str) -> Dossier | None:
    """One claim with everything that bears on it, or None where there is no such claim."""
    row = queries.claim(door.session, claim_id)
    if row is None or row.recorded_at > door.now:
        return None
    mission = the_mission(door.session)
    parties = _parties(mission, [row])
    people = {f"person:{one.id}": one.name for one in all_people(door.session)}
    judged = queries.with_verdicts(door.session, [row], door.now)[0] if door.actor.may(EVIDENCE) else None
    pairs = _pair_lines(door, row, mission, parties, people)
    copies = queries.archives(door.session, [row.id], door.now).get(row.id, [])
    line = Line(
        claim=row,
        title=title(row),
        when=span(row.t_start, row.t_end, mission.zone),
        party=parties[row.claimant_party],
        against=parties.get(row.against, row.against) if row.against else None,
        sector=_sector_names(door).get(judged.sector) if judged and judged.sector else None,
        judged=judged,
        pairing="paired" if any(pair.state != "suggested" for pair in pairs) else "none",
        copies=len(copies),
    )
    seen, taken_away = _seen_lines(door, judged, mission) if judged else ((), ())
    return Dossier(
        line=line,
        explanation=_explained(line) if judged else "",
        precision=taxonomy().label("t_precision", row.t_precision, LANGUAGE).lower(),
        seen=seen,
        taken_away=taken_away,
        watches=_watch_lines(door, judged, mission) if judged else (),
        pairs=pairs,
        copies=tuple(copies),
        people=people,
    )


def _explained(line: Line) -> str:
    """The answer as a sentence that cannot be read as more than it says."""
    judged = line.judged
    assert judged is not None
    if judged.answer == "matched":
        n = len(judged.observation_ids)
        seen = "an accepted observation" if n == 1 else f"{n} accepted observations"
        return f"The mission has {seen} that can be of this event, by kind, time and place."
    if judged.sector is None:
        return "The place lies in no sector of the mission, or is not known, so nobody could have seen it."
    where = line.sector or judged.sector
    if judged.answer == "not_observed":
        return (
            f"{where} was watched throughout the time alleged and nothing like it was observed. "
            "Not observed does not mean that it did not happen."
        )
    if not judged.part_watch_ids:
        return f"Nobody watched {where} during the time alleged. The mission can say nothing."
    return (
        f"{where} was watched for {judged.watched_share:.0%} of the time alleged only. "
        "Nothing like it was observed then, and the rest is not known."
    )


def _seen_lines(
    door: Door, judged: ClaimWithVerdict, mission: MissionRow
) -> tuple[tuple[SeenLine, ...], tuple[SeenLine, ...]]:
    decided = queries.decisions(door.session, [judged.claim.id], door.now).get(judged.claim.id, {})
    away = {one for one, linked in decided.items() if not linked}
    wanted = {*judged.observation_ids, *away}
    rows = observations(door.session, ids=list(wanted), known_at=door.now) if wanted else []
    lines = [
        SeenLine(
            row=row,
            title=_observed(row),
            when=span(row.t_start, row.t_end, mission.zone),
            by_person=row.observation_id in judged.decided_ids,
        )
        for row in rows
    ]
    return (
        tuple(line for line in lines if line.row.observation_id in judged.observation_ids),
        tuple(line for line in lines if line.row.observation_id in away),
    )


def _observed(row: ObservationRow) -> str:
    known = taxonomy().types.get(row.type)
    best = row.count_best if row.count_best is not None else row.count_min
    if known is None or known.unit is None or best is None:
        return type_label(row.type)
    qualifier = {"about": "about ", "at_least": "at least ", "up_to": "up to "}.get(
        row.count_qualifier or "", ""
    )
    said = f"{qualifier}{best} {known.unit[0] if best == 1 else known.unit[1]}"
    means = taxonomy().glossary["means"].get(row.means or "")
    return said + (f", {means[LANGUAGE].lower()}" if means else "")


def _watch_lines(door: Door, judged: ClaimWithVerdict, mission: MissionRow) -> tuple[WatchLine, ...]:
    found = []
    for watch_id in (*judged.watch_ids, *judged.part_watch_ids):
        row = watch(door.session, watch_id, door.now)
        if row is not None:
            start, end = row.started_at or row.planned_start, row.ended_at or row.planned_end
            what = row.kind.replace("_", " ").capitalize()
            who = f"of {row.team}" if row.team else ""
            at = f"at {row.post}" if row.post else ""
            length = f" ({lasting(end - start)})" if end else ", still watching"
            words = " ".join(part for part in (what, who, at) if part)
            found.append(WatchLine(row, words, span(start, end, mission.zone) + length))
    return tuple(sorted(found, key=lambda line: line.watch.started_at or line.watch.planned_start))


def _pair_lines(
    door: Door, row: ClaimRow, mission: MissionRow, parties: dict[str, str], people: Mapping[str, str]
) -> tuple[PairLine, ...]:
    """Claims put together with this one, then those that may be, each with what speaks for it."""
    decided = queries.pairs(door.session, [row.id], door.now)
    apart = {pair.other_than(row.id) for pair in decided.values() if not pair.linked}
    found: dict[str, tuple[str, tuple[str, ...], int, str]] = {}
    for pair in decided.values():
        if pair.linked:
            found[pair.other_than(row.id)] = ("together", (), 0, people.get(pair.by, "Truceline"))
    countered = [row.counter_of] if row.counter_of else []
    answers = select(Claim.id).where(Claim.counter_of == row.id, Claim.recorded_at <= door.now)
    countering = door.session.scalars(answers)
    for other_id in (*countered, *countering):
        if other_id not in apart:
            found.setdefault(other_id, ("stated", ("the statement itself says so",), 0, ""))
    for one in queries.suggested_pairs(door.session, [row], door.now):
        if row.id in (one.one_id, one.other_id):
            other = one.other_id if one.one_id == row.id else one.one_id
            found.setdefault(other, ("suggested", one.reasons, one.points, ""))
    lines = []
    for other_id, (state, reasons, points, by) in found.items():
        other_row = queries.claim(door.session, other_id)
        assert other_row is not None
        lines.append(
            PairLine(
                claim=other_row,
                title=title(other_row),
                when=span(other_row.t_start, other_row.t_end, mission.zone),
                party=parties.get(other_row.claimant_party, other_row.claimant_party),
                state=state,
                reasons=reasons,
                points=points,
                by=by,
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.state == "suggested", -line.points)))


def exported(rows: Iterable[ClaimRow], zone: dt.tzinfo) -> Iterable[dict[str, Any]]:
    """Claims as the rows of the table that can be brought in again; what the mission says is left out."""
    for row in rows:
        yield {
            "ref": row.external_ref,
            "claimant": row.claimant,
            "party": row.claimant_party,
            "against": row.against,
            "start": row.t_start.astimezone(zone).isoformat(),
            "end": row.t_end.astimezone(zone).isoformat() if row.t_end else None,
            "precision": row.t_precision,
            "place": row.place_text,
            "lon": row.lon,
            "lat": row.lat,
            "error_m": row.uncertainty_m,
            "geo_precision": row.geo_precision if row.lon is not None else None,
            "type": row.type,
            "stated_type": row.stated_type,
            "weapons": row.weapons_text,
            "killed": row.killed,
            "wounded": row.wounded,
            "victim_side": row.victim_side,
            "status": row.status,
            "note": row.note,
            "channel": row.channel,
            "source": row.source,
            "language": row.language,
        }
