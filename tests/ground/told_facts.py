"""Every version of every fact that the rules read in the exercise, with the world they lie in, as a file."""

import dataclasses
import datetime as dt
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from incidents.rules.facts import Completeness, Fact, Spot, Watched, WatchHours, World, lags_of

EXERCISE = Path(__file__).parents[1] / "data" / "rules" / "exercise.json.gz"
MOMENTS = ("known_at", "event_start", "event_end", "holds_from", "holds_to")


@dataclasses.dataclass(frozen=True)
class ToldFacts:
    """Versions in the order in which they became known, who watched, what adjoins, where people live."""

    versions: list[Fact]
    watched: list[Watched]
    neighbours: dict[str, frozenset[str]]
    spots: tuple[Spot, ...]
    now: dt.datetime

    @property
    def world(self) -> World:
        complete = Completeness(lags_of(self.versions), self.now)
        return World(WatchHours(self.watched), self.neighbours, self.spots, complete)


def save(told: ToldFacts, path: Path) -> None:
    """Writes it so that the same content gives the same bytes."""
    content = {
        "now": told.now.isoformat(),
        "facts": [_plain(dataclasses.asdict(fact)) for fact in told.versions],
        "watched": [_plain(dataclasses.asdict(span)) for span in told.watched],
        "neighbours": {sector: sorted(others) for sector, others in sorted(told.neighbours.items())},
        "spots": [_plain(dataclasses.asdict(spot)) for spot in told.spots],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def read(path: Path = EXERCISE) -> ToldFacts:
    content = json.loads(gzip.decompress(path.read_bytes()))
    return ToldFacts(
        [Fact(**_typed(row, MOMENTS) | {"flags": frozenset(row["flags"])}) for row in content["facts"]],
        [Watched(**_typed(row, ("start", "end"))) for row in content["watched"]],
        {sector: frozenset(others) for sector, others in content["neighbours"].items()},
        tuple(Spot(**row) for row in content["spots"]),
        dt.datetime.fromisoformat(content["now"]),
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _spelled(value) for name, value in row.items()}


def _spelled(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


def _typed(row: dict[str, Any], moments: Iterable[str]) -> dict[str, Any]:
    return row | {name: dt.datetime.fromisoformat(row[name]) for name in moments if row[name]}
