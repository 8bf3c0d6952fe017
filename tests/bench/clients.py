"""How many desks hear at once: `python tests/bench/clients.py [--clients 500] [--seconds 60]`.

A mission is served for real; so many listeners hold its stream. Every few seconds a tenth of them loses the
line without a word and comes back with the last number it heard. Events are committed all the while. Printed
are how long an event takes from its commit to each listener, how fast other pages answer meanwhile, and what
the server needs. Ends with 1 unless every listener heard every event exactly once, in order.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "ground")]

from served_mission import ServedMission  # noqa: E402

from monitor.events import JobFailed  # noqa: E402
from monitor.outbox import last_event_id, record  # noqa: E402

EVENTS_A_SECOND = 2
LOSES_EVERY_S = 5
SHARE_LOST = 0.1
REOPEN_S = 2.0


@dataclass
class Desk:
    """A listener: what it heard, in order, and when first."""

    after: int
    heard: list[int] = field(default_factory=list)
    came: dict[int, float] = field(default_factory=dict)
    down: list[tuple[float, float]] = field(default_factory=list)
    lost_at: float | None = None
    lines: int = 0
    refused: int = 0
    writer: asyncio.StreamWriter | None = None

    @property
    def last(self) -> int:
        return self.heard[-1] if self.heard else self.after

    async def listen(self, mission: ServedMission, cookie: str) -> None:
        """Holds the stream; where it breaks, comes back after a moment with the last number heard."""
        while True:
            try:
                await self._hold(mission, cookie)
            except (OSError, asyncio.IncompleteReadError):
                self.writer = None
            await asyncio.sleep(REOPEN_S)

    async def _hold(self, mission: ServedMission, cookie: str) -> None:
        reader, self.writer = await asyncio.open_connection("127.0.0.1", mission.port)
        self.writer.write(
            f"GET /live?after={self.after} HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: {self.last}\r\n"
            f"Cookie: truceline={cookie}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            self.refused += 1
            self.writer.close()
            return
        self.lines += 1
        if self.lost_at is not None:
            self.down.append((self.lost_at, time.monotonic()))
            self.lost_at = None
        number = None
        while line := await reader.readline():
            if line.startswith(b"id: "):
                number = int(line[4:])
            elif line.startswith(b"data: ") and number is not None:
                self.heard.append(number)
                self.came.setdefault(number, time.monotonic())

    def lose_the_line(self) -> None:
        if self.writer is not None and self.lost_at is None:
            self.lost_at = time.monotonic()
            self.writer.transport.abort()

    def missed_live(self, number: int, committed_at: float) -> bool:
        """Whether the line was down between the commit and the hearing."""
        return any(committed_at < up and self.came[number] >= lost for lost, up in self.down)


async def work(mission: ServedMission, number: int, seconds: float) -> list[str]:
    cookie, _ = mission.cookie("duty_officer")
    with mission.parts.reading() as door:
        start = last_event_id(door.session)
    desks = [Desk(start) for _ in range(number)]
    tasks = [asyncio.create_task(desk.listen(mission, cookie)) for desk in desks]
    while sum(desk.lines > 0 for desk in desks) < number:
        await asyncio.sleep(0.1)
    began, cpu = time.monotonic(), mission.cpu_s("web")
    asked: list[float] = []
    aside = [
        asyncio.create_task(_lose(desks)),
        asyncio.create_task(_ask(mission, cookie, asked)),
    ]
    committed = await asyncio.to_thread(_commit, mission, seconds)
    took = time.monotonic() - began
    await _all_heard(desks, max(committed), 60)
    cpu = (mission.cpu_s("web") - cpu) / took
    for task in (*tasks, *aside):
        task.cancel()
    _print(mission, desks, committed, asked, cpu, took)
    return _wrong(desks, sorted(committed))


def _commit(mission: ServedMission, seconds: float) -> dict[int, float]:
    """Commits events at their pace; answers each number with the moment of its commit."""
    committed: dict[int, float] = {}
    began = time.monotonic()
    while (done := len(committed)) < seconds * EVENTS_A_SECOND:
        time.sleep(max(0.0, began + done / EVENTS_A_SECOND - time.monotonic()))
        with mission.parts.transaction() as door:
            record(door.session, JobFailed(str(done)), door.now)
            number = last_event_id(door.session)
        committed[number] = time.monotonic()
    return committed


async def _lose(desks: list[Desk]) -> None:
    chance = random.Random(1)
    while True:
        await asyncio.sleep(LOSES_EVERY_S)
        for desk in chance.sample(desks, max(1, int(len(desks) * SHARE_LOST))):
            desk.lose_the_line()


async def _ask(mission: ServedMission, cookie: str, asked: list[float]) -> None:
    """What any other page meets meanwhile."""
    while True:
        began = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", mission.port)
        writer.write(
            f"GET /live/changes?since=1000000000 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: truceline={cookie}\r\nConnection: close\r\n\r\n".encode()
        )
        await reader.read()
        writer.close()
        asked.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(0.25)


async def _all_heard(desks: list[Desk], last: int, at_most_s: float) -> None:
    ends = time.monotonic() + at_most_s
    while any(desk.last < last for desk in desks) and time.monotonic() < ends:
        await asyncio.sleep(0.1)


def _print(
    mission: ServedMission,
    desks: list[Desk],
    committed: dict[int, float],
    asked: list[float],
    cpu: float,
    took: float,
) -> None:
    heard = [(desk, n, at) for desk in desks for n, at in committed.items() if n in desk.came]
    live = sorted((desk.came[n] - at) * 1000 for desk, n, at in heard if not desk.missed_live(n, at))
    lines, refused = sum(desk.lines for desk in desks), sum(desk.refused for desk in desks)
    asked.sort()
    tails = live[int(len(live) * 0.99)], asked[int(len(asked) * 0.99)]
    print(
        f"{len(desks)} clients, {len(committed)} events in {took:.0f} s\n"
        f"{lines} lines opened, {refused} refused\n"
        f"commit to client: p50 {statistics.median(live):.0f} ms, p99 {tails[0]:.0f} ms, "
        f"worst {live[-1]:.0f} ms; {len(heard) - len(live)} of {len(heard)} replayed after a lost line\n"
        f"others meanwhile: p50 {statistics.median(asked):.0f} ms, p99 {tails[1]:.0f} ms; "
        f"web {cpu:.0%} of one core, {mission.memory_mb('web'):.0f} MB"
    )


def _wrong(desks: list[Desk], wanted: list[int]) -> list[str]:
    wrong = []
    for place, desk in enumerate(desks):
        mine = [n for n in desk.heard if n in set(wanted)]
        if mine != wanted:
            missed, doubled = sorted(set(wanted) - set(mine)), len(mine) - len(set(mine))
            wrong.append(f"client {place} missed {missed[:5]} and heard {doubled} twice")
    return wrong


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--clients", type=int, default=500)
    asked.add_argument("--seconds", type=float, default=60)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name, ServedMission(Path(name)) as mission:
        wrong = asyncio.run(work(mission, given.clients, given.seconds))
    for one in wrong[:10]:
        print("WRONG:", one)
    print(f"{given.clients - len(wrong)} of {given.clients} clients heard every event exactly once, in order")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
