"""A rule said in SQL, through Ibis: the same words for DuckDB, PostgreSQL and Spark.

Belongs here: the table that a warehouse holds, and the kinds that SQL can say. Does not belong here: the
verdict in full. SQL finds every anchor at which a rule may hold, with exact counts where the kind is
`count`; the core judges there, so findings are equal whatever the store. Other kinds are refused by name.

All arithmetic is in whole numbers below 2**53, where every store agrees to the last digit.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from math import isqrt
from typing import Any

import ibis
import pyarrow as pa
from ibis import _
from ibis.expr.types import BooleanValue, Table

from incidents.rules import core
from incidents.rules.batch import microseconds, moment, stretches
from incidents.rules.conditions import Hit
from incidents.rules.facts import DETAILS, WHOLE_MISSION, Fact, Span, World
from incidents.rules.rule import KIND_OF, SCALE_FIELDS, Count, Rate, Rule, Spread, StepUp, Where

# The live version of each observation, as a warehouse holds it. Times are microseconds since 1970 UTC,
# positions whole ECEF metres.
COLUMNS = pa.schema(
    [
        *((name, pa.string()) for name in ("observation_id", "key", "category", "type", "sector")),
        *((name, pa.string()) for name in ("info_type", "means", "weapon", "exposure", "assessed_exercise")),
        *(
            (name, pa.string())
            for name in ("incident_id", "team", "device", "status", "source", "flags", "origin")
        ),
        *((name, pa.int64()) for name in ("version", "revision", "known_at", "t_start", "t_end")),
        *((name, pa.int64()) for name in ("tier", "count_best", "weight", "x", "y", "z")),
        ("counted", pa.bool_()),
    ]
)

MICROSECOND = timedelta(microseconds=1)
# Axes on the ground are whole numbers of this length, so that a place on them is whole as well.
_UNIT = 2**20


class NotInSql(Exception):
    """A rule that SQL cannot say: which, and what about it."""

    def __init__(self, rule: Rule, why: str) -> None:
        super().__init__(f"{rule.id} cannot be said in SQL: {why}")
        self.rule_id, self.why = rule.id, why


def table_of(facts: Iterable[Fact]) -> pa.Table:
    """Live facts as the table that a warehouse holds."""
    rows = [
        {
            **{name: getattr(fact, name) for name in COLUMNS.names if hasattr(fact, name)},
            "known_at": microseconds(fact.known_at),
            "t_start": microseconds(fact.event_start),
            "t_end": microseconds(fact.event_end),
            "flags": " ".join(sorted(fact.flags)),
        }
        for fact in facts
    ]
    return pa.Table.from_pylist(rows, schema=COLUMNS)


def reads(rule: Rule, facts: Table) -> Table:
    """The facts that a rule reads: counted, and every clause of the filter holds."""
    return facts.filter(facts.counted, *(_clause(rule, clause, facts) for clause in rule.where))


def _keyed(rule: Rule, read: Table) -> Table:
    """The facts under the keys that the rule judges apart."""
    return read if rule.key == "sector" else read.mutate(key=ibis.literal(WHOLE_MISSION))


def _clause(rule: Rule, clause: Where, facts: Table) -> BooleanValue:
    if clause.field not in facts.columns:
        raise NotInSql(rule, f"the filter asks about {clause.field}, which the table does not carry")
    column, value = facts[clause.field], clause.value
    if clause.operator in ("is", "in"):
        return column.isin([value] if clause.operator == "is" else list(value)).fill_null(False)
    if clause.operator in ("is_not", "not_in"):
        # What is not known is not what was refused: null fulfils a negation.
        return ~column.isin([value] if clause.operator == "is_not" else list(value)).fill_null(False)
    if scale := SCALE_FIELDS.get(clause.field):
        place = scale.index(value)
        words = scale[place:] if clause.operator == "at_least" else scale[: place + 1]
        return column.isin(list(words)).fill_null(False)
    compared = column >= value if clause.operator == "at_least" else column <= value
    return compared.fill_null(False)


# ---- count ---------------------------------------------------------------------------------------------


def count_hits(rule: Rule, facts: Table) -> Table:
    """The anchors of a count that reach its threshold: observation_id, key, t_start, t_end, n."""
    asks = rule.asks
    if not isinstance(asks, Count):
        raise NotInSql(rule, f"its kind is {rule.kind}, and only a count is counted in SQL")
    _sayable(rule)
    read = _keyed(rule, reads(rule, facts))
    counted = _tally(asks, _pairs(asks, read)).filter(_.n >= asks.least)
    return read.select("observation_id", "key", "t_start", "t_end").inner_join(counted, "observation_id")


def _pairs(asks: Count, read: Table) -> Table:
    """Each anchor with every report that counts for it, itself among them."""
    window = asks.window // MICROSECOND
    longest = _ask(read.aggregate(longest=(_.t_end - _.t_start).max()))["longest"] or 0
    # A report touches the window only if it began within a window and the longest report before its end:
    # buckets of that width, each with the one before, hold them all. Without them the join is quadratic.
    wide = window + longest
    cells = {"bucket": _.t_start // wide}
    near = [0] if asks.radius_m is None else [-1, 0, 1]
    if asks.radius_m is None:
        placed, cells["column"], cells["row"] = read, _.key, ibis.literal(0)
    else:
        placed = read.filter(_.x.notnull(), _.y.notnull(), _.z.notnull())
        for name, axis in zip(("column", "row"), _axes(placed), strict=True):
            along = _.x * axis[0] + _.y * axis[1] + _.z * axis[2]
            cells[name] = along // (_UNIT * (asks.radius_m + 1))
    anchors = placed.mutate(**(cells | {"bucket": _.t_end // wide})).select(
        "bucket", "column", "row", *(getattr(_, name).name(f"at_{name}") for name in _AT)
    )
    others = placed.mutate(**cells).select("bucket", "column", "row", *_AT, *_OF)
    # The shorter side is multiplied out: each report stands in its own cell and in those beside it.
    spread = others.mutate(by_time=ibis.literal([0, 1]).unnest())
    if asks.radius_m is not None:
        spread = spread.mutate(by_column=ibis.literal(near).unnest())
        spread = spread.mutate(by_row=ibis.literal(near).unnest())
        spread = spread.mutate(column=_.column + _.by_column, row=_.row + _.by_row)
    spread = spread.mutate(bucket=_.bucket + _.by_time)
    pairs = anchors.inner_join(spread, ["bucket", "column", "row"])
    if asks.certain:
        pairs = pairs.filter(_.t_end <= _.at_t_end, _.t_start > _.at_t_end - window)
    else:
        pairs = pairs.filter(_.t_end > _.at_t_end - window, _.t_start <= _.at_t_end)
    if asks.radius_m is None:
        return pairs.select("at_observation_id", *_AT[:1], *_OF)
    apart = [(pairs[f"at_{axis}"] - pairs[axis]) * (pairs[f"at_{axis}"] - pairs[axis]) for axis in "xyz"]
    pairs = pairs.filter(apart[0] + apart[1] + apart[2] <= asks.radius_m**2)
    alone = read.filter(_.x.isnull() | _.y.isnull() | _.z.isnull())
    if asks.certain:
        alone = alone.filter(_.t_start > _.t_end - window)
    kept = ("at_observation_id", *_AT[:1], *_OF)
    return pairs.select(*kept).union(alone.mutate(at_observation_id=_.observation_id).select(*kept))


_AT = ("observation_id", "t_start", "t_end", "x", "y", "z")
_OF = ("incident_id", "source", "device", "type", "weight")


def _axes(placed: Table) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Two whole-number axes, level with the ground in the middle of the reports, at most _UNIT long.

    A shift of R metres moves a place along such an axis by at most R times its length, so neighbours by
    R lie in neighbouring squares wherever on Earth; the middle only makes the squares fit the ground.
    """
    found = _ask(placed.aggregate(**{name: placed[name].cast("float64").mean() for name in "xyz"}))
    up = [float(found[name] or 0) for name in "xyz"]
    side = _cross((0.0, 0.0, 1.0), up)
    if not any(side):
        side = [1.0, 0.0, 0.0]
    return _whole(side), _whole(_cross(up, side) if any(up) else [0.0, 1.0, 0.0])


def _cross(one: Sequence[float], other: Sequence[float]) -> list[float]:
    return [one[i - 2] * other[i - 1] - one[i - 1] * other[i - 2] for i in range(3)]


def _whole(axis: Sequence[float]) -> tuple[int, int, int]:
    length = sum(part * part for part in axis) ** 0.5
    # Rounded towards nothing: never longer than the unit, which the cover rests on.
    whole = tuple(int(part / length * (_UNIT - 2)) for part in axis)
    assert isqrt(sum(part * part for part in whole)) < _UNIT
    return whole[0], whole[1], whole[2]


def _tally(asks: Count, pairs: Table) -> Table:
    """What `conditions.tally` answers, per anchor."""
    own = ibis.literal("observation ") + pairs.observation_id
    thing = {
        "incident": ibis.coalesce(pairs.incident_id, own),
        "source": pairs.source,
        "device": ibis.coalesce(pairs.device, own),
        "observation": own,
    }[asks.distinct]
    by_anchor = "at_observation_id"
    if asks.weight == "one" and asks.distinct == "observation":
        counted = pairs.group_by(by_anchor).aggregate(n=_.count())
    elif asks.weight == "one":
        counted = pairs.mutate(thing=thing).group_by(by_anchor).aggregate(n=_.thing.nunique())
    elif asks.distinct == "observation":
        counted = pairs.group_by(by_anchor).aggregate(n=_.weight.sum())
    else:
        seen = pairs.mutate(thing=thing).group_by([by_anchor, "thing", "type", "source"])
        told = seen.aggregate(n=_.weight.sum()).group_by([by_anchor, "thing", "type"])
        counted = told.aggregate(n=_.n.max()).group_by(by_anchor).aggregate(n=_.n.sum())
    return counted.select(_[by_anchor].name("observation_id"), _.n.cast("int64").name("n"))


# ---- a rule over a whole warehouse ---------------------------------------------------------------------


def evaluate(rule: Rule, facts: Table, world: World, now: datetime) -> list[core.Episode]:
    """What `core.evaluate` answers, with the long pass made by the store. Raises NotInSql."""
    _sayable(rule)
    spans = list(stretches(_promising(rule, facts), rule.asks.lookback))
    read = reads(rule, facts)
    hits: list[Hit] = []
    for scope, span in spans:
        near = _facts(read, scope, core.read_span(rule, span))
        hits += core.judge(rule, near, world, span, now).hits
    return core.fold(rule, hits, now)


KINDS = (Count, Rate, StepUp, Spread)


def _sayable(rule: Rule) -> None:
    if not isinstance(rule.asks, KINDS):
        raise NotInSql(rule, f"its kind is {rule.kind}; {', '.join(KIND_OF[kind] for kind in KINDS)} can be")
    if rule.key not in ("sector", "mission"):
        raise NotInSql(rule, f"it judges by {rule.key}, which the table does not carry")
    asked = {
        clause.field for clauses in (rule.where, getattr(rule.asks, "without", ())) for clause in clauses
    }
    if beside := sorted(asked & (DETAILS | {"origin"})):
        raise NotInSql(rule, f"it asks about {', '.join(beside)}, which the table does not carry")
    if rule.within_state is not None:
        raise NotInSql(rule, "it holds within a state")
    if isinstance(rule.asks, Rate) and rule.asks.direction == "down":
        raise NotInSql(rule, "what falls is found where nothing was reported")
    if isinstance(rule.asks, Count) and rule.asks.distinct == "claimant":
        raise NotInSql(rule, "it tells claimants apart, which the table does not carry")


def _promising(rule: Rule, facts: Table) -> Iterator[tuple[str | None, Span]]:
    """Every anchor at which the rule may hold, and few others, by what one judging reads."""
    asks = rule.asks
    if isinstance(asks, Count):
        found = count_hits(rule, facts).select("key", since=_.t_end, until=_.t_end)
    elif isinstance(asks, StepUp):
        high = reads(rule, facts).filter((_.tier >= (asks.reach or asks.rise or 1)).fill_null(False))
        found = high.select("key", since=_.t_start, until=_.t_end + asks.window // MICROSECOND)
    elif isinstance(asks, Rate):
        found = _busy_steps(rule, asks, facts).select("key", since=_.step, until=_.step)
    else:
        assert isinstance(asks, Spread)
        found = _wide_stretches(asks, reads(rule, facts))
    for row in _rows(found.distinct()):
        yield None if rule.crosses_sectors else row["key"], Span(moment(row["since"]), moment(row["until"]))


def _wide_stretches(asks: Spread, read: Table) -> Table:
    """Stretches of one window in which, with the one before, enough sectors reported at all."""
    longest = _ask(read.aggregate(longest=(_.t_end - _.t_start).max()))["longest"] or 0
    wide = asks.window // MICROSECOND + longest
    # A report stands in the stretch in which it began and in the next: an anchor sees all of both.
    seen = read.mutate(later=ibis.literal([0, 1]).unnest()).mutate(stretch=_.t_start // wide + _.later)
    held = seen.group_by("stretch").aggregate(n=_.key.nunique()).filter(_.n >= asks.least)
    return held.select(key=ibis.literal(""), since=_.stretch * wide, until=_.stretch * wide + (wide - 1))


def _busy_steps(rule: Rule, asks: Rate, facts: Table) -> Table:
    """The steps of the clock whose window holds as many as the rule asks at least, before grouping."""
    every, window = asks.every // MICROSECOND, asks.window // MICROSECOND
    read = _keyed(rule, reads(rule, facts))
    within = [every * i for i in range(window // every + 1)]
    steps = read.mutate(after=ibis.literal(within).unnest())
    steps = steps.mutate(step=-((-_.t_end) // every) * every + _.after).filter(_.step - window < _.t_end)
    n = _.count() if asks.weight == "one" else _.weight.sum()
    return steps.group_by(["key", "step"]).aggregate(n=n).filter(_.n >= asks.min_count).drop("n")


def between(facts: Table, span: Span) -> Table:
    """The facts that touch a span."""
    return facts.filter(_.t_end >= microseconds(span.start), _.t_start <= microseconds(span.end))


def facts_named(facts: Table, observation_ids: Sequence[str]) -> list[Fact]:
    """The facts of these observations."""
    named = facts.filter(facts.observation_id.isin(list(observation_ids)))
    return [_fact(row) for row in _rows(named)] if observation_ids else []


def _facts(read: Table, key: str | None, span: Span) -> list[Fact]:
    wanted = read.filter(_.t_end >= microseconds(span.start), _.t_start <= microseconds(span.end))
    return [_fact(row) for row in _rows(wanted if key is None else wanted.filter(_.key == key))]


def _fact(row: dict[str, Any]) -> Fact:
    said = {name: row[name] for name in row if name not in ("key", "source", "weight", "counted", "flags")}
    said["event_start"], said["event_end"] = moment(said.pop("t_start")), moment(said.pop("t_end"))
    said["known_at"] = moment(said["known_at"])
    return Fact(**said, flags=frozenset((row["flags"] or "").split()))


def _rows(asked: Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = asked.to_pyarrow().to_pylist()
    return rows


def _ask(asked: Table) -> dict[str, Any]:
    return _rows(asked)[0]
