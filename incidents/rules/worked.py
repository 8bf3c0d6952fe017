"""The worked examples inside a rule file, read as versions of facts (pure)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.rules.core import Cited, Episode
from incidents.rules.facts import (
    CLAIM,
    CLAIM_CATEGORY,
    DETAILS,
    EXPOSURES,
    OBSERVATION,
    QUARANTINED,
    SIGN_CATEGORY,
    STATUSES,
    TRAINING,
    WATCH,
    WATCH_CATEGORY,
    Fact,
    Spot,
    Watched,
)
from incidents.rules.parts import Part
from incidents.rules.rule import Example

# Examples count their hours from here, so that a file needs no dates.
EXAMPLE_START = datetime(2022, 8, 1, tzinfo=UTC)

_EXAMPLE = frozenset(
    {"name", "expect", "now", "watches", "observations", "adjoin", "settlements", "findings"}
)
_EXPECTED = frozenset({"findings", "severity", "evidence", "numbers", "unknown", "key"})
_AS_SAID = (
    "category type sector info_type means weapon tier count_best assessed_exercise incident_id team device "
    "watch x y z"
).split()
_OBSERVED = frozenset(
    {
        "at",
        "lasts",
        "every",
        "times",
        "known_after",
        "corrects",
        "status",
        "exposure",
        "flags",
        "holds_from",
        "holds_to",
        *_AS_SAID,
        *DETAILS,
    }
)


def examples_of(part: Part) -> Iterator[Example]:
    """Every example of a file. Raises RuleFileError with the line of what cannot be read."""
    for item in part.items():
        said = item.mapping(_EXAMPLE)
        observations = said["observations"].items() if "observations" in said else []
        yield Example(
            name=_need(item, said, "name").text(),
            line=item.line,
            versions=tuple(f for i, o in enumerate(observations) for f in _facts(o, i + 1)),
            watched=tuple(_watched(w) for w in said["watches"].items()) if "watches" in said else (),
            now=EXAMPLE_START + _need(item, said, "now").duration(timedelta(0)),
            expect=_expected(_need(item, said, "expect")),
            neighbours=_neighbours(said["adjoin"]) if "adjoin" in said else {},
            spots=tuple(_spot(s) for s in said["settlements"].items()) if "settlements" in said else (),
            episodes=_episodes(said["findings"]) if "findings" in said else {},
        )


def _need(part: Part, said: dict[str, Part], name: str) -> Part:
    if name not in said:
        raise part.wrong(f"{name} is missing")
    return said[name]


def _expected(part: Part) -> dict[str, Any]:
    said = part.mapping(_EXPECTED)
    expected: dict[str, Any] = {"findings": _need(part, said, "findings").whole()}
    for name in ("severity", "evidence"):
        if name in said:
            expected[name] = said[name].whole()
    if "key" in said:
        expected["key"] = said["key"].text()
    if "numbers" in said:
        expected["numbers"] = {name: value.plain() for name, value in said["numbers"].mapping().items()}
    if "unknown" in said:
        expected["unknown"] = said["unknown"].one_of(("no_baseline", "not_watched"))
    return expected


def _moment(part: Part) -> datetime:
    return EXAMPLE_START + part.duration(timedelta(0))


def _watched(part: Part) -> Watched:
    said = part.mapping(frozenset({"sector", "from", "to"}))
    return Watched(
        _need(part, said, "sector").text(),
        _moment(_need(part, said, "from")),
        _moment(_need(part, said, "to")),
    )


def _neighbours(part: Part) -> dict[str, frozenset[str]]:
    """Sectors in their order along the line: each adjoins the one before and the one after."""
    row = [item.text() for item in part.items()]
    return {sector: frozenset(row[max(0, i - 1) : i] + row[i + 1 : i + 2]) for i, sector in enumerate(row)}


def _spot(part: Part) -> Spot:
    said = part.mapping(frozenset({"code", "x", "y", "z"}))
    x, y, z = (_need(part, said, axis).whole() for axis in "xyz")
    return Spot(_need(part, said, "code").text(), x, y, z)


def _episodes(part: Part) -> dict[str, tuple[Episode, ...]]:
    """Findings of the rules that a rule over findings names."""
    found: dict[str, tuple[Episode, ...]] = {}
    for i, item in enumerate(part.items()):
        said = item.mapping(frozenset({"rule", "sector", "from", "to", "severity", "x", "y", "z"}))
        name = _need(item, said, "rule").text()
        start = _moment(_need(item, said, "from"))
        end = _moment(said["to"]) if "to" in said else start
        place = tuple(said[axis].whole() for axis in "xyz") if "x" in said else None
        sector = said["sector"].text() if "sector" in said else None
        episode = Episode(
            key=sector or "-",
            start=start,
            end=end,
            condition_from=start,
            detectable_at=start,
            peak_at=start,
            severity=said["severity"].whole(1) if "severity" in said else 3,
            strength=(1,),
            numbers={},
            evidence=(Cited(f"finding-{i + 1}", 1),),
            reviewed=0,
            quarantined=0,
            sources=0,
            resolved=False,
            sector=sector,
            place=place,  # type: ignore[arg-type]
        )
        found[name] = (*found.get(name, ()), episode)
    return found


def _facts(part: Part, number: int) -> Iterator[Fact]:
    """The versions of one line: `times` of them, `every` so often; `corrects` corrects an earlier line."""
    said = part.mapping(_OBSERVED)
    start = _moment(_need(part, said, "at"))
    lasts = said["lasts"].duration() if "lasts" in said else timedelta(0)
    every = said["every"].duration() if "every" in said else timedelta(0)
    delay = said["known_after"].duration() if "known_after" in said else timedelta(minutes=10)
    facts = {name: said[name].plain() for name in _AS_SAID if name in said}
    facts["details"] = {name: _detail(said[name]) for name in sorted(DETAILS & said.keys())}
    facts.update(_states(said))
    corrects = said["corrects"].whole(1) if "corrects" in said else None
    for i in range(said["times"].whole(1) if "times" in said else 1):
        at = start + every * i
        yield Fact(
            observation_id=f"o{corrects or number}-{i + 1}",
            version=2 if corrects else 1,
            revision=2 if corrects else 1,
            known_at=at + lasts + delay,
            event_start=at,
            event_end=at + lasts,
            **facts,
        )


def _detail(part: Part) -> Any:
    value = part.plain()
    return tuple(value) if isinstance(value, list) else value


def _states(said: dict[str, Part]) -> dict[str, Any]:
    states: dict[str, Any] = {}
    if "status" in said:
        states["status"] = said["status"].one_of(sorted(STATUSES))
    if "exposure" in said:
        states["exposure"] = said["exposure"].one_of(EXPOSURES)
    if "flags" in said:
        states["flags"] = frozenset(flag.one_of((QUARANTINED, TRAINING)) for flag in said["flags"].items())
    for name in ("holds_from", "holds_to"):
        if name in said:
            states[name] = _moment(said[name])
    category = str(said["category"].plain()) if "category" in said else ""
    states["origin"] = {WATCH_CATEGORY: WATCH, SIGN_CATEGORY: WATCH, CLAIM_CATEGORY: CLAIM}.get(
        category, OBSERVATION
    )
    return states
