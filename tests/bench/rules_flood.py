"""A flood of reports with three true escalations in it: how soon is each told, and how much else.

    python tests/bench/rules_flood.py                     10,000 reports within a minute
    python tests/bench/rules_flood.py --reports 2000

The exercise's mission, all house rules, SQLite. Reports of small arms come in evenly over a minute from one
sector; three times meanwhile a patrol is struck in another. A worker hears of what has come in, judges,
alerts and speaks, over and over. Its seconds are those of the processor, for a machine that does other
things too; what came in meanwhile waits for its next round.
"""

import argparse
import datetime as dt
import random
import time
import uuid
from typing import Any

from sqlalchemy import func, insert, select

import wsgi
from incidents.alerts.queries import alerts
from incidents.alerts.service import speak
from incidents.events import ObservationReceived
from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from incidents.rules.service import load_rules
from monitor.clock import StoppedClock
from monitor.door import App, Door
from monitor.log.service import append
from monitor.notify.model import Delivery
from monitor.outbox import drain, record
from monitor.people.model import Person
from reports.exercise.cast import load_exercise
from reports.exercise.headless import PASSWORD, fresh_store

START = dt.datetime(2022, 9, 12, 20, 0, tzinfo=dt.UTC)
MINUTE_S = 60.0
STRUCK_AT = (0.2, 0.5, 0.8)
STRUCK_IN = ("JER", "GOR", "KAP")
WORKER = [one for one in wsgi.SUBSCRIBERS if one.name in ("rules", "alerts")]


def file_reports(door: Door, author: str, leaf: int, reports: list[dict[str, Any]]) -> None:
    """Puts reports in as intake would, and tells of them."""
    now = door.now
    rows = [{"id": one["id"], "author_id": author, "recorded_at": now} for one in reports]
    door.session.execute(insert(Observation), rows)
    common = {
        "revision_no": 1,
        "digest": "0" * 64,
        "leaf_index": leaf,
        "recorded_at": now,
        "category": "CFV",
        "type": "shot",
        "info_type": "observed",
        "t_start": now,
        "t_end": now,
        "t_precision": "T2",
        "geo_precision": "L3",
        "sensitivity": "internal",
        "tier": 1,
        "fields": {},
        "reasons": [],
    }
    door.session.execute(
        insert(ObservationRevision),
        [
            common | {"observation_id": one["id"], "sector_code": one["sector"], "exposure": one["exposure"]}
            for one in reports
        ],
    )
    door.session.execute(
        insert(ObservationStep),
        [
            {
                "observation_id": one["id"],
                "revision_no": 1,
                "state": "received",
                "actor": "bench",
                "recorded_at": now,
            }
            for one in reports
        ],
    )
    for one in reports:
        record(door.session, ObservationReceived(one["id"], 1, one["sector"], "CFV", "shot"), now)


def told_of(parts: App) -> dict[str, int]:
    """How many messages there are by sector of the alert they are about, of mission safety."""
    with parts.reading() as door:
        safety = {f"alert:{row.id}": row.sector_code for row in alerts(door.session, door.now)
                  if row.rule_id == "E12-mission-safety"}  # fmt: skip
        told = door.session.execute(select(Delivery.subject, func.count()).group_by(Delivery.subject))
        return {str(safety[subject]): n for subject, n in told if subject in safety}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--reports", type=int, default=10_000)
    asked = parser.parse_args()
    draw = random.Random(7)
    struck = {int(share * asked.reports): sector for share, sector in zip(STRUCK_AT, STRUCK_IN, strict=True)}
    flood = [
        {
            "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
            "sector": struck.get(i, "MAR"),
            "exposure": "struck" if i in struck else "none",
            "at_s": i / asked.reports * MINUTE_S,
        }
        for i in range(asked.reports)
    ]
    clock = StoppedClock(START)
    with fresh_store(clock) as parts:
        with parts.transaction() as door:
            load_exercise(door, PASSWORD)
            load_rules(door)
            author = door.session.scalar(select(Person.id).limit(1))
            leaf = append(door.session, "submission", {"actor": "bench"}, START).index
        drain(parts, WORKER)
        now_s, filed, told_s, longest = 0.0, 0, {}, 0.0
        while filed < len(flood):
            due = [one for one in flood[filed:] if one["at_s"] <= now_s]
            if not due:
                now_s = flood[filed]["at_s"]
                continue
            clock.set(START + dt.timedelta(seconds=now_s))
            with parts.transaction() as door:
                file_reports(door, str(author), leaf, due)
            filed += len(due)
            began = time.process_time()
            drain(parts, WORKER)
            with parts.transaction() as door:
                speak(door)
            round_s = time.process_time() - began
            now_s, longest = now_s + round_s, max(longest, round_s)
            for sector in told_of(parts):
                told_s.setdefault(sector, now_s)
        with parts.reading() as door:
            messages = door.session.scalar(select(func.count()).select_from(Delivery))
    for share, sector in zip(STRUCK_AT, STRUCK_IN, strict=True):
        after = told_s[sector] - int(share * asked.reports) / asked.reports * MINUTE_S
        print(f"patrol struck in {sector} after {share * MINUTE_S:.0f} s: told {after:.1f} s later")
    print(
        f"{asked.reports:,} reports in a minute: all judged {now_s - MINUTE_S:.1f} s after the last, "
        f"longest round {longest:.1f} s, {messages} messages to roles at the desk"
    )


if __name__ == "__main__":
    main()
