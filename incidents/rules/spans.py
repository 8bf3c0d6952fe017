"""The kinds that ask about spans of time: `state`, `silence` and `breach` (pure).

A state and a silence are judged at steps of their own after what began them, so that a hit has a moment
that does not move with the clock; `now` says only which steps have come.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter

from incidents.rules.conditions import Hit, Series, hit_of, tally
from incidents.rules.facts import Fact, Span, hours, is_within
from incidents.rules.rule import Breach, Number, Rule, Silence, State, fits

_DAY = timedelta(days=1)


# ---- state ---------------------------------------------------------------------------------------------


def hits_of_state(
    rule: Rule, asks: State, key: str, facts: Sequence[Fact], span: Span, now: datetime
) -> Iterator[Hit]:
    """Steps at which the state has been open for `holds_for` or longer, as the last `lookback` tells."""
    told = _told(asks, facts)
    for began in sorted({at for at, opens, _ in told if opens}):
        step = began + asks.holds_for
        while step <= min(now, span.end, began + asks.lookback - timedelta.resolution):
            if step >= span.start:
                run = _run_at(asks, told, step)
                if run is None or run[0].at > began:
                    break
                if run[0].at == began:
                    yield _held(key, began, step, run, asks)
            step += asks.every


class _Opening:
    """Reports that opened a state, or repeated it while it ran."""

    def __init__(self, at: datetime, facts: Sequence[Fact]) -> None:
        self.at, self.facts = at, facts


def _told(asks: State, facts: Iterable[Fact]) -> list[tuple[datetime, list[Fact], list[Fact]]]:
    """What was told of the state, second by second: the reports that open it and those that close it."""
    timed = sorted(
        ((_since(fact), fact) for fact in facts), key=lambda told: (told[0], told[1].observation_id)
    )
    told = []
    for at, group in groupby(timed, key=itemgetter(0)):
        at_once = [fact for _, fact in group]
        opens = [fact for fact in at_once if fits(asks.opens, fact)]
        closes = [fact for fact in at_once if fits(asks.closes, fact)]
        if opens or closes:
            told.append((at, opens, closes))
    return told


def _since(fact: Fact) -> datetime:
    """From when a report of a state speaks: from its own since, where that lies before it."""
    return min(fact.holds_from, fact.event_end) if fact.holds_from else fact.event_end


def _run_at(
    asks: State, told: Sequence[tuple[datetime, list[Fact], list[Fact]]], at: datetime
) -> list[_Opening] | None:
    """The openings of the run that is open at a moment, earliest first; None where the state is closed.

    A report closes only what is not better established than itself; of contradicting reports of one
    second the one that opens holds, unless the other is better established.
    """
    run: list[_Opening] | None = None
    rank = -1
    for moment, opens, closes in told:
        if moment <= at - asks.lookback:
            continue
        if moment > at:
            break
        opening = max((fact.firmness for fact in opens), default=-1)
        closing = max((fact.firmness for fact in closes), default=-1)
        if closing > opening and closing >= rank:
            run, rank = None, -1
        elif (opens and opening >= closing) or (opens and run is not None):
            run = [*(run or []), _Opening(moment, opens)]
            rank = max(rank, opening)
    return run


def _held(key: str, began: datetime, at: datetime, run: Sequence[_Opening], asks: State) -> Hit:
    evidence = [fact for opening in run for fact in opening.facts]
    lasted = hours(int((at - began).total_seconds()) // 60)
    numbers: dict[str, Number] = {
        "hours": lasted,
        "needed_h": hours(asks.holds_for // timedelta(minutes=1)),
        "n": len(evidence),
        "margin": len(run[0].facts) - 1,
    }
    return hit_of(key, at, evidence, numbers, (int(lasted * 10),), run[0].facts[0])


def is_open(asks: State, facts: Iterable[Fact], at: datetime) -> bool:
    """Whether a state runs at a moment, for rules that hold only within one."""
    return _run_at(asks, _told(asks, facts), at) is not None


# ---- silence -------------------------------------------------------------------------------------------


def hits_of_silence(
    rule: Rule, asks: Silence, key: str, facts: Sequence[Fact], span: Span, now: datetime
) -> Iterator[Hit]:
    """Moments at which a sign was due and none had come, while signs were expected."""
    signs = Series(fact for fact in facts if rule.wants(fact))
    for expected in sorted((f for f in facts if fits(asks.expects, f)), key=attrgetter("observation_id")):
        start = expected.holds_from or expected.event_start
        end = expected.holds_to or expected.event_end
        missed = _missed_end if asks.due == "end" else _missed_signs
        for at, since, times in missed(asks, signs, expected, start, end, min(now, span.end)):
            if at < span.start:
                continue
            silent = hours(int((at - since).total_seconds()) // 60)
            numbers: dict[str, Number] = {
                "silent_h": silent,
                "every_h": hours(asks.every // timedelta(minutes=1)),
                "grace_min": asks.grace // timedelta(minutes=1),
                "missed": times,
                "who": expected.source,
                "margin": 0,
            }
            yield hit_of(key, at, [expected], numbers, (int(silent * 10),), expected)


def _missed_signs(
    asks: Silence, signs: Series, expected: Fact, start: datetime, end: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    """After the beginning and after every sign: each time that the next one was due and had not come."""
    marks = {start, *(fact.event_end for fact in signs.ended(start, end))}
    for since in sorted(marks):
        missed = 1
        while since + asks.every * missed <= end:
            at = since + asks.every * missed + asks.grace
            if at > until or at - since >= asks.lookback or signs.ended(since, at):
                break
            yield at, since, missed
            missed += 1


def _missed_end(
    asks: Silence, signs: Series, expected: Fact, start: datetime, end: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, int]]:
    """Once, at the end: nothing had been told of the whole span, as far back as is followed."""
    at = end + asks.grace
    since = max(start, at - asks.lookback)
    if at <= until and not signs.touching(since - timedelta.resolution, at):
        yield at, since, 1


# ---- breach --------------------------------------------------------------------------------------------


def hits_of_breach(rule: Rule, asks: Breach, facts: Sequence[Fact], span: Span) -> Iterator[Hit]:
    """Reports inside an agreed silence. Where several silences hold, the one most often broken speaks."""
    truces = sorted((f for f in facts if fits(asks.truce, f)), key=attrgetter("observation_id"))
    series = Series(fact for fact in facts if rule.wants(fact))
    for anchor in series.anchors(span):
        broken = [hit for truce in truces if (hit := _broken(rule, asks, truce, anchor, series))]
        if broken:
            yield max(broken, key=lambda hit: (hit.strength, hit.evidence[0].observation_id))


def _broken(rule: Rule, asks: Breach, truce: Fact, anchor: Fact, series: Series) -> Hit | None:
    at = anchor.event_end
    start = truce.holds_from or truce.event_start
    end = min(truce.holds_to or start + asks.lookback, start + asks.lookback)
    if end <= at - asks.lookback or not _breaks(asks, truce, start, end, anchor):
        return None
    so_far = [f for f in series.ended(at - asks.lookback, at) if _breaks(asks, truce, start, end, f)]
    today = [fact for fact in so_far if fact.event_end > at - _DAY]
    n, in_a_day = tally(so_far, asks.distinct, "one"), tally(today, asks.distinct, "one")
    run = 1
    if asks.reset is not None:
        run += sum(later.event_end - one.event_end >= asks.reset for one, later in pairwise(so_far))
    found, needed = (n, asks.least) if asks.a_day is None else (in_a_day, asks.a_day)
    if found < needed or run < asks.repeat:
        return None
    numbers: dict[str, Number] = {
        "n": n,
        "today": in_a_day,
        "least": needed,
        "run": run,
        "repeat": asks.repeat,
        "margin": found - needed if asks.repeat == 1 else 0,
        "agreed_from": start.isoformat(),
        "agreed_to": end.isoformat(),
    }
    evidence = [truce, *(so_far if asks.a_day is None else today)]
    return hit_of(rule.keys_of(anchor)[0], at, evidence, numbers, (found, run), anchor)


def _breaks(asks: Breach, truce: Fact, start: datetime, end: datetime, fact: Fact) -> bool:
    """Whether a report lies in the time of the silence, [start, end), and in its area."""
    if asks.certain:
        if not (start <= fact.event_start and fact.event_end < end):
            return False
    elif fact.event_end < start or fact.event_start >= end:
        return False
    if asks.radius_m is not None:
        return is_within(truce, fact, asks.radius_m)
    areas = {area for area in (truce.sector, truce.value("agreed_area")) if area}
    return bool(areas & {fact.sector, fact.value("in_zone")})
