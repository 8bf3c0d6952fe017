"""Who watched when in the exercise: patrols by day, posts by night, cameras but for their outages."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reports.exercise.mission_data import MissionData, Spot, Team
from reports.exercise.steps import Ids, Step

DAY = dt.timedelta(days=1)
# A patrol that is out calls in this often; one that does not is looked for.
CALLS_IN_EVERY = dt.timedelta(hours=3)

# sector, from, to (local): cameras that saw nothing for a while.
OUTAGES = (
    ("YEG", "2022-09-03T20:00", "2022-09-04T04:00"),
    ("IJE", "2022-09-08T09:00", "2022-09-08T15:30"),
    ("KAP", "2022-09-12T20:00", "2022-09-13T04:00"),
    ("JER", "2022-09-13T00:40", "2022-09-14T16:00"),
)
# sector, date, kind -> the watch ended early or was not kept, for the team's safety.
CUT_SHORT = {
    ("MAR", "2022-09-13", "patrol"): "2022-09-13T07:00",
    ("JER", "2022-09-14", "patrol"): "2022-09-14T11:00",
}
# In the quiet weeks a team mans one post for three days on end and patrols on every other day.
CALM_UNTIL = dt.date(2022, 9, 11)
CALM_DAYS = 3
NOT_KEPT = {("GOR", "2022-09-13", "patrol"), ("YEG", "2022-09-11", "patrol"), ("IJE", "2022-09-08", "post")}


@dataclass(frozen=True)
class Duty:
    """One watch: planned from `start` to `end`, really ended at `ended` (None: still going on)."""

    watch_id: str
    team: Team
    kind: Literal["patrol", "post", "camera"]
    post: Spot | None
    phone: str
    start: dt.datetime
    end: dt.datetime
    ended: dt.datetime | None
    outages: tuple[tuple[dt.datetime, dt.datetime], ...] = ()

    def covers(self, at: dt.datetime) -> bool:
        down = any(start <= at < end for start, end in self.outages)
        return self.start <= at < (self.ended or self.end) and not down


def duties(mission: MissionData, ids: Ids) -> list[Duty]:
    """Every watch of the mission's span, by team and start."""
    found = []
    for index, team in enumerate(mission.teams):
        found += _camera(mission, ids, team)
        day = mission.starts_at.date()
        while day <= mission.ends_at.date():
            shift = dt.timedelta(minutes=5 * index)
            found += _patrol(mission, ids, team, day, shift) + _night(mission, ids, team, day, shift)
            day += DAY
    return found


def watch_steps(ids: Ids, watches: Sequence[Duty]) -> list[Step]:
    """Plans shortly before, starts, check-ins of those who are out, outages and ends."""
    steps = []
    for watch in watches:
        planned_at = watch.start - dt.timedelta(minutes=40)
        plan = {
            "watch_id": watch.watch_id,
            "kind": watch.kind,
            "sectors": [watch.team.sector],
            "post": watch.post.code if watch.post else None,
            "team": watch.team.code,
            "planned_start": watch.start.isoformat(),
            "planned_end": watch.end.isoformat(),
        }
        steps.append(Step(planned_at, "plan_watch", "duty-1" if planned_at.hour < 19 else "duty-2", plan))
        steps.append(_event(ids, watch, "started", watch.start))
        calls_in_at = watch.start + CALLS_IN_EVERY
        while watch.kind == "patrol" and watch.covers(calls_in_at):
            steps.append(_event(ids, watch, "checked_in", calls_in_at))
            calls_in_at += CALLS_IN_EVERY
        for down, up in watch.outages:
            steps += [_event(ids, watch, "outage_started", down), _event(ids, watch, "outage_ended", up)]
        if watch.ended:
            steps.append(_event(ids, watch, "ended", watch.ended))
    return steps


def _event(ids: Ids, watch: Duty, kind: str, at: dt.datetime) -> Step:
    body = {
        "watch_id": watch.watch_id,
        "event_id": ids.of(watch.watch_id, kind, at.isoformat()),
        "kind": kind,
        "at": at.isoformat(),
    }
    return Step(at + dt.timedelta(minutes=2), "watch_event", watch.phone, body)


def _patrol(mission: MissionData, ids: Ids, team: Team, day: dt.date, shift: dt.timedelta) -> list[Duty]:
    if day < CALM_UNTIL and (day.toordinal() + shift // dt.timedelta(minutes=5)) % 2:
        return []
    # The patrol of 13 September in sector Martuni had gone out before dawn.
    early = (
        dt.timedelta(hours=2, minutes=30) if (team.sector, day.isoformat()) == ("MAR", "2022-09-13") else None
    )
    start = _at(mission, f"{day}T08:00") + shift - (early or dt.timedelta())
    return _kept(mission, ids, team, day, "patrol", None, start, start + dt.timedelta(hours=9, minutes=30))


def _night(mission: MissionData, ids: Ids, team: Team, day: dt.date, shift: dt.timedelta) -> list[Duty]:
    start = _at(mission, f"{day}T20:00") + shift
    number, rest = divmod((day - mission.starts_at.date()).days, CALM_DAYS)
    if day >= CALM_UNTIL - DAY:
        post, end = team.posts[day.toordinal() % 2], start + dt.timedelta(hours=11)
    elif rest:
        return []
    else:
        post, end = team.posts[number % 2], start + CALM_DAYS * DAY - dt.timedelta(hours=1)
        end = min(end, _at(mission, f"{CALM_UNTIL - DAY}T19:00"))
    return _kept(mission, ids, team, day, "post", post, start, end)


def _camera(mission: MissionData, ids: Ids, team: Team) -> list[Duty]:
    """Two long watches, with the hour in which the camera is serviced between them."""
    serviced = _at(mission, "2022-09-06T12:00")
    spans = (
        (mission.starts_at + dt.timedelta(minutes=1), serviced),
        (serviced + dt.timedelta(hours=1), mission.ends_at),
    )
    down = [
        (_at(mission, start), _at(mission, end)) for sector, start, end in OUTAGES if sector == team.sector
    ]
    return [
        Duty(
            watch_id=ids.of("watch", team.code, "camera", number),
            team=team,
            kind="camera",
            post=team.camera,
            phone=team.phones[0],
            start=start,
            end=end,
            ended=end if end < mission.ends_at else None,
            outages=tuple(span for span in down if start <= span[0] < end),
        )
        for number, (start, end) in enumerate(spans)
    ]


def _kept(
    mission: MissionData,
    ids: Ids,
    team: Team,
    day: dt.date,
    kind: Literal["patrol", "post"],
    post: Spot | None,
    start: dt.datetime,
    end: dt.datetime,
) -> list[Duty]:
    named = (team.sector, day.isoformat(), kind)
    if named in NOT_KEPT or start < mission.starts_at or start >= mission.ends_at:
        return []
    ended = _at(mission, CUT_SHORT[named]) if named in CUT_SHORT else end
    return [
        Duty(
            watch_id=ids.of("watch", team.code, kind, day),
            team=team,
            kind=kind,
            post=post,
            phone=team.phones[day.toordinal() % 2],
            start=start,
            end=end,
            ended=ended if ended < mission.ends_at else None,
        )
    ]


def _at(mission: MissionData, local: str) -> dt.datetime:
    return dt.datetime.fromisoformat(local).replace(tzinfo=mission.zone)
