"""The nightly proof: what stands is recomputed from scratch and compared by hash.

A difference would mean that some change was heard and not judged as far as it reaches. It is kept, named,
and told like a job that failed; nothing is mended silently.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from incidents.rules import queries
from incidents.rules.bench import Bench, Cause
from incidents.rules.core import Episode
from incidents.rules.facts import Span
from incidents.rules.model import RuleCheck
from incidents.rules.service import heard_until, judge_due, rules_in_use
from monitor.db.session import take_sequence
from monitor.door import Door
from monitor.events import JobFailed
from monitor.outbox import record

# So far back everything is recomputed.
CHECKED_BACK = dt.timedelta(days=90)
NIGHTLY = dt.timedelta(hours=24)
JOB = "rules.check"


@dataclass(frozen=True)
class Checked:
    """The hashes of what stood and of what was recomputed, and where they differ as `rule key`."""

    standing: str
    recomputed: str
    differing: tuple[str, ...]


def check_nightly(door: Door) -> str | None:
    """Recomputes the last 90 days once a day."""
    last = door.session.scalar(select(func.max(RuleCheck.recorded_at)))
    if last is not None and door.now - last < NIGHTLY:
        return None
    found = check_from_scratch(door)
    if found.differing:
        return f"standing {found.standing[:12]}, recomputed {found.recomputed[:12]}: {found.differing}"
    return f"the same from scratch: {found.standing[:12]}"


def check_from_scratch(door: Door) -> Checked:
    """Recomputes what every running rule says of the last 90 days, keeps the comparison, and tells of it."""
    take_sequence(door.session)
    judge_due(door)
    rules, now = rules_in_use(door), heard_until(door)
    span = Span(now - CHECKED_BACK, now)
    bench = Bench(door, Cause("clock"), rules, now)
    standing, recomputed, differing = hashlib.sha256(), hashlib.sha256(), []
    for version_id, rule in rules:
        keys: list[str] | list[None] = [None]
        if not rule.crosses_sectors:
            keys = queries.keys_with_facts(door.session, span.start - rule.lookback, rule.categories)
        # What began before the rule came into use, or could join what did, was never announced as a whole.
        since = queries.running_since(door.session, version_id) + rule.links_within + rule.lasting
        for key in keys:
            stood, fresh = bench.recomputed(version_id, rule, key, span)
            held = content(e for e in stood if e.start > since)
            made = content(e for e in fresh if e.start > since)
            standing.update(f"{version_id} {key} {held}".encode())
            recomputed.update(f"{version_id} {key} {made}".encode())
            if held != made:
                differing.append(f"{version_id} {key or 'all'}")
    found = Checked(standing.hexdigest(), recomputed.hexdigest(), tuple(differing))
    door.session.add(
        RuleCheck(
            from_at=span.start,
            standing=found.standing,
            recomputed=found.recomputed,
            differing=list(found.differing),
            recorded_at=door.now,
        )
    )
    if differing:
        record(door.session, JobFailed(job=JOB), door.now)
    return found


def content(episodes: Iterable[Episode]) -> str:
    """What findings say, in one order and one spelling; whether they have gone quiet is the clock's."""
    said = []
    for episode in episodes:
        fields = asdict(episode)
        del fields["resolved"]
        said.append(json.dumps(fields, sort_keys=True, default=_spelled))
    return "\n".join(sorted(said))


def _spelled(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
