"""The exercise as steps in mission time: quiet weeks, the night of 12 to 13 September, and what followed.

`scenario` is a pure function of the seed, the mission's definition and the parties' real claims.
1. Watches: each team's day patrol, night post and camera, with their outages.
2. Observations of quiet days, enough for a baseline in every sector.
3. The storyline: fixed events and hours of heavy fire around them.
4. A negative report for each watch in which nothing was observed.
5. Reviews, a few corrections, incidents, claims and acknowledgements.
"""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reports.exercise import storyline
from reports.exercise.mission_data import MissionData
from reports.exercise.observations import Draft, Verdict, Writer
from reports.exercise.steps import Ids, Step, dice, pick, poisson
from reports.exercise.watches import Duty, duties, watch_steps

SEED = 20220913
QUIET_PER_DAY = {"IJE": 1.5, "MAR": 1.7, "JER": 1.4, "YEG": 0.9, "GOR": 1.6, "KAP": 1.4}
AFTER_PER_DAY = {"IJE": 0.8, "MAR": 2.0, "JER": 2.0, "YEG": 0.5, "GOR": 1.5, "KAP": 1.2}
# Quiet weeks are quiet: no day of them looks like the beginning of something.
MOST_A_DAY = 3
OTHER_PER_DAY = 0.5
ALERTED_REVIEW_MIN = (40, 240)
CALM_REVIEW_MIN = (15, 150)


def scenario(seed: int, mission: MissionData, claims: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Every step of the exercise, in the order of mission time."""
    rng, ids = dice(seed), Ids(seed)
    watches = duties(mission, ids)
    writer = Writer(seed, rng, ids, mission, watches)
    drafts = quiet_days(rng, writer, mission) + storyline.drafts(rng, writer, mission)
    drafts += quiet_watches(rng, writer, watches, drafts)
    steps = watch_steps(ids, watches)
    steps += writer.filed(drafts)
    steps += reviews(rng, mission, drafts)
    steps += storyline.casework(mission, drafts)
    steps += spoken(mission, claims)
    steps += storyline.acknowledgements(mission) + storyline.editions(mission)
    return number_devices(sorted(steps, key=lambda step: step.at))


def quiet_days(rng: random.Random, writer: Writer, mission: MissionData) -> list[Draft]:
    """Single shots and bursts, mostly at night, and the small events of a border: works, UAVs, cattle."""
    drafts = []
    day = mission.starts_at.date() + dt.timedelta(days=1)
    while day <= mission.ends_at.date():
        per_day = QUIET_PER_DAY if day < storyline.moment(mission, storyline.ONSET).date() else AFTER_PER_DAY
        if day.day not in storyline.HEAVY_DAYS or day.month != 9:
            for team in mission.teams:
                for _ in range(min(MOST_A_DAY, poisson(rng, per_day[team.sector]))):
                    drafts += writer.small_arms(team, _quiet_moment(rng, mission, day))
        for team in mission.teams:
            for _ in range(poisson(rng, OTHER_PER_DAY)):
                drafts += writer.other(team, _daytime(rng, mission, day))
        day += dt.timedelta(days=1)
    return [
        draft for draft in drafts if mission.starts_at <= draft.start and draft.filed_at < mission.ends_at
    ]


def quiet_watches(
    rng: random.Random, writer: Writer, watches: Sequence[Duty], drafts: Sequence[Draft]
) -> list[Draft]:
    """Nine of ten watches in which nothing was observed say so when they end."""
    busy = {draft.body["watch_id"] for draft in drafts if draft.body["category"] == "CFV"}
    quiet = [watch for watch in watches if watch.kind != "camera" and watch.watch_id not in busy]
    return [writer.nothing(watch) for watch in quiet if watch.ended and rng.random() < 0.9]


def reviews(rng: random.Random, mission: MissionData, drafts: Sequence[Draft]) -> list[Step]:
    """The duty officer's verdicts, within some hours of receipt; what comes late in the period waits."""
    steps = []
    for draft in drafts:
        for verdict in draft.verdicts or (_routine(rng, mission, draft),):
            if verdict.at < mission.ends_at:
                body = {
                    "observation_id": draft.body["observation_id"],
                    "verdict": verdict.verdict,
                    "comment": verdict.comment or "",
                }
                steps.append(Step(verdict.at, "review", on_duty(mission, verdict.at), body))
    return steps


def on_duty(mission: MissionData, at: dt.datetime) -> str:
    """The first duty officer has the days, the second the nights."""
    return "duty-1" if 7 <= at.astimezone(mission.zone).hour < 19 else "duty-2"


def spoken(mission: MissionData, claims: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Each claim an hour after the time it names, or at noon of its day; when it was said is unknown."""
    steps = []
    for claim in claims:
        named = dt.datetime.fromisoformat(claim["t_start"])
        spoke_at = named + dt.timedelta(hours=12 if claim["t_precision"] in {"T5", "T6"} else 1)
        steps.append(Step(spoke_at.astimezone(mission.zone), "claim", "analyst-1", claim))
    return steps


def number_devices(steps: Sequence[Step]) -> list[Step]:
    """Gives each device's observations their running number, in the order in which they were sent."""
    sent: dict[str, int] = {}
    numbered = []
    for step in steps:
        if step.kind == "observation":
            sent[step.actor] = sent.get(step.actor, 0) + 1
            step = replace(step, body={**step.body, "device_seq": sent[step.actor]})
        numbered.append(step)
    return numbered


def _routine(rng: random.Random, mission: MissionData, draft: Draft) -> Verdict:
    low, high = (
        ALERTED_REVIEW_MIN if draft.start >= storyline.moment(mission, storyline.ONSET) else CALM_REVIEW_MIN
    )
    wait = dt.timedelta(minutes=rng.randint(low, high))
    if rng.random() < 0.04:
        wait += dt.timedelta(hours=rng.randint(12, 20))
    return Verdict(draft.filed_at + wait, "accepted", None)


def _quiet_moment(rng: random.Random, mission: MissionData, day: dt.date) -> dt.datetime:
    hour = int(pick(rng, {str(h): 3.0 if h >= 20 or h < 6 else 1.0 for h in range(24)}))
    return _moment(mission, day, hour, rng.randrange(60))


def _daytime(rng: random.Random, mission: MissionData, day: dt.date) -> dt.datetime:
    return _moment(mission, day, rng.randint(9, 16), rng.randrange(60))


def _moment(mission: MissionData, day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=mission.zone)
