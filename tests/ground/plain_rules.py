"""What the nine kinds mean, said as plainly as can be and without any index: the engine must agree.

Written from the definitions and not from the engine: every anchor looks at every fact.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise, permutations
from math import comb

from incidents.rules.facts import Fact, World
from incidents.rules.rule import (
    Breach,
    Combine,
    Count,
    Rate,
    Rule,
    Silence,
    Spread,
    State,
    StepUp,
    Succession,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COMPASS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split()


def says(clauses, fact: Fact) -> bool:
    """Whether a fact fulfils a filter (of the operators that the trials use)."""
    for clause in clauses:
        found = fact.details.get(clause.field, getattr(fact, clause.field, None))
        if clause.operator == "is" and found != clause.value:
            return False
        if clause.operator == "in" and found not in clause.value:
            return False
        if clause.operator not in ("is", "in"):
            raise NotImplementedError(clause.operator)
    return True


def counts(fact: Fact) -> bool:
    return fact.status in ("reported", "verified", "disputed") and "training" not in fact.flags


def near(one: Fact, other: Fact, radius: int) -> bool:
    apart = (one.x - other.x) ** 2 + (one.y - other.y) ** 2 + (one.z - other.z) ** 2
    return apart <= radius**2


def keys(rule: Rule, fact: Fact, world: World) -> list[str]:
    if rule.key == "mission":
        return ["*"]
    if rule.key == "settlement":
        spots = [s for s in world.spots if (s.x - fact.x) ** 2 + (s.y - fact.y) ** 2 <= rule.near_m**2]
        return [spot.code for spot in spots]
    return [getattr(fact, rule.key) or "-"]


def hits(rule: Rule, facts, world: World, now: datetime) -> set[tuple[str, datetime, int]]:
    """Every (key, moment, number) at which the rule holds, `now`, for these live facts."""
    live = [fact for fact in facts if counts(fact)]
    found = set(_hits(rule, live, world, now))
    state = rule.within_state
    if state is None:
        return found
    return {hit for hit in found if _open_since(state, _of(rule, live, hit[0], world), hit[1]) is not None}


def _of(rule, live, key, world):
    return [fact for fact in live if key in keys(rule, fact, world)]


def _hits(rule: Rule, live, world: World, now):
    asks = rule.asks
    if isinstance(asks, Combine):
        yield from _combine(asks, world)
    elif isinstance(asks, Spread):
        yield from _spread(rule, asks, [f for f in live if says(rule.where, f)], world)
    elif isinstance(asks, Breach):
        yield from _breach(rule, asks, live, world)
    else:
        every_key = {key for fact in live for key in keys(rule, fact, world)}
        for key in every_key:
            own = _of(rule, live, key, world)
            if getattr(asks, "radius_m", None):
                own = live
            for at, number in _of_key(rule, asks, key, own, world, now):
                yield key, at, number


def _of_key(rule, asks, key, facts, world, now):
    if isinstance(asks, Count):
        yield from _count(rule, asks, key, [f for f in facts if says(rule.where, f)], world)
    elif isinstance(asks, Rate):
        yield from _rate(asks, key, [f for f in facts if says(rule.where, f)], world, now)
    elif isinstance(asks, StepUp):
        yield from _step(asks, [f for f in facts if says(rule.where, f) and f.tier])
    elif isinstance(asks, Succession):
        yield from _succession(rule, asks, key, facts, world)
    elif isinstance(asks, State):
        yield from _state(asks, facts, now)
    elif isinstance(asks, Silence):
        yield from _silence(rule, asks, facts, now)


def _in_window(fact, at, window, certain):
    after = at - window
    if certain:
        return fact.event_start > after and fact.event_end <= at
    return fact.event_end > after and fact.event_start <= at


def _tally(facts, distinct, weight):
    def thing(fact):
        if distinct == "incident":
            return ("incident", fact.incident_id) if fact.incident_id else ("own", fact.observation_id)
        if distinct == "source":
            return fact.team or fact.device or fact.observation_id
        if distinct == "device":
            return ("device", fact.device) if fact.device else ("own", fact.observation_id)
        return fact.observation_id

    if weight == "one":
        return len({thing(fact) for fact in facts})
    if distinct == "observation":
        return sum(max(1, fact.count_best or 1) for fact in facts)
    told = Counter()
    for fact in facts:
        who = fact.team or fact.device or fact.observation_id
        told[thing(fact), fact.type, who] += max(1, fact.count_best or 1)
    best = {}
    for (what, kind, _), n in told.items():
        best[what, kind] = max(best.get((what, kind), 0), n)
    return sum(best.values())


def _count(rule, asks, key, facts, world):
    for anchor in facts:
        if key not in keys(rule, anchor, world):
            continue
        window = [
            f
            for f in facts
            if _in_window(f, anchor.event_end, asks.window, asks.certain)
            and (asks.radius_m is None or near(anchor, f, asks.radius_m))
        ]
        n = _tally(window, asks.distinct, asks.weight)
        if n >= asks.least:
            yield anchor.event_end, n


def _tail(n, total, p):
    return sum(comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(n, total + 1))


def _rate(asks, key, facts, world, now):
    if not facts or key == "-":
        return
    first = min(f.event_end for f in facts)
    last = min(now, max(f.event_end for f in facts) + asks.lookback)
    at = EPOCH + -((EPOCH - first) // asks.every) * asks.every
    while at <= last:
        verdict = _rate_at(asks, key, facts, world, at)
        if verdict is not None:
            yield at, verdict
        at += asks.every


def _rate_at(asks, key, facts, world, at):
    def told(after, to):
        window = [f for f in facts if after < f.event_end <= to]
        return _tally(window, asks.distinct, asks.weight)

    until = at - asks.window - asks.guard
    n = told(at - asks.window, at)
    parts = [
        told(until - asks.window * (i + 1), until - asks.window * i)
        for i in range(asks.baseline // asks.window)
    ]
    before = told(until - asks.baseline, until)
    if asks.cap is not None:
        ordered = sorted(parts)
        half = len(ordered) // 2
        middle = Fraction(ordered[half] if len(ordered) % 2 else ordered[half - 1] + ordered[half])
        middle = middle if len(ordered) % 2 else middle / 2
        most = max(1, int(asks.cap * max(middle, Fraction(1, 2))))
        parts = [min(part, most) for part in parts]
        before = sum(parts)
    elif asks.distinct == "observation":
        before = sum(parts)
    if asks.exposure == "hours":
        now_in, before_in = asks.window // timedelta(minutes=1), asks.baseline // timedelta(minutes=1)
    else:
        now_in = world.watched.minutes(key, at - asks.window, at)
        before_in = world.watched.minutes(key, until - asks.baseline, until)
    if before_in < max(1, asks.min_baseline_minutes) or now_in < max(1, asks.min_window_minutes):
        return None
    mean = Fraction(sum(parts), len(parts))
    spread = Fraction(1)
    if len(parts) > 1 and mean:
        variance = sum((part - mean) ** 2 for part in parts) / (len(parts) - 1)
        tenths = -((-variance / mean * 10) // 1)
        spread = min(max(Fraction(tenths, 10), Fraction(1)), asks.max_dispersion)
    p = Fraction(now_in, now_in + before_in)
    expected = Fraction(before * now_in, before_in)
    counts = [told(at - asks.window * (i + 1), at - asks.window * i) for i in range(asks.rising)]
    if any(later <= earlier for later, earlier in pairwise(counts)):
        return None
    if asks.direction == "up":
        calm = -((-Fraction(before) / spread) // 1)
        k = 1
        while _tail(k, k + calm, p) > asks.alpha:
            k += 1
        is_hit = n >= asks.min_count
        is_hit = is_hit and n >= asks.min_ratio * max(expected, Fraction(1, 2)) and n >= k * spread
        return n if is_hit else None
    calm = int(before / spread)
    few = -((-Fraction(n) / spread) // 1)
    if expected < asks.min_count or not calm:
        return None
    total = few + calm
    chance = 1 - _tail(few + 1, total, p)
    return n if n <= expected / asks.min_ratio and chance <= asks.alpha else None


def _step(asks, facts):
    for anchor in facts:
        at = anchor.event_end
        now_in = [f for f in facts if _in_window(f, at, asks.window, asks.certain)]
        before = [f for f in facts if _in_window(f, at - asks.window, asks.before, asks.certain)]
        level = max((f.tier for f in now_in), default=0)
        prior = max((f.tier for f in before), default=0)
        if len(before) < asks.min_before:
            continue
        if asks.reach is not None and level >= asks.reach > prior:
            yield at, level
        if asks.rise is not None and level >= prior + asks.rise:
            yield at, level


def _succession(rule, asks, key, facts, world):
    for anchor in facts:
        if key not in keys(rule, anchor, world) or not says(rule.where, anchor):
            continue
        at = anchor.event_end
        window = [
            f
            for f in facts
            if at - asks.window < f.event_end <= at
            and (f is anchor or asks.radius_m is None or near(anchor, f, asks.radius_m))
        ]
        if asks.alternate:
            wanted = [f for f in window if says(rule.where, f)]
            longest = _longest_answer(anchor, wanted)
            if longest >= asks.alternate:
                yield at, longest
        elif any(_is_chain(asks, chain, anchor, window) for chain in _chains(rule, asks, window)):
            yield at, len(asks.steps)


def _chains(rule, asks, window):
    return permutations([f for f in window if says(rule.where, f)], len(asks.steps))


def _is_chain(asks, chain, anchor, window):
    if anchor not in chain:
        return False
    if not all(says(step, fact) for step, fact in zip(asks.steps, chain, strict=True)):
        return False
    times = [fact.event_end for fact in chain]
    if not asks.any_order and (times != sorted(times) or chain[-1] is not anchor):
        return False
    if asks.absent is None:
        return True
    between = [f for f in window if min(times) <= f.event_end <= max(times) and f not in chain]
    return not any(says(asks.absent, f) for f in between)


def _longest_answer(last, wanted):
    heading = last.details.get("heading")
    if heading not in COMPASS:
        return 0
    earlier = [0]
    for fact in wanted:
        other = fact.details.get("heading")
        if fact.event_end < last.event_end and other in COMPASS:
            turn = abs(COMPASS.index(heading) - COMPASS.index(other))
            if min(turn, 16 - turn) >= 6:
                earlier.append(_longest_answer(fact, wanted))
    return 1 + max(earlier)


def _together(start, held, world):
    group, grown = {start} & held, True
    while grown:
        more = {s for s in held if any(s in world.neighbours.get(g, ()) for g in group)} - group
        grown, group = bool(more), group | more
    return group


def _spread(rule, asks, facts, world):
    for anchor in facts:
        if anchor.sector is None:
            continue
        told = Counter(
            f.sector for f in facts if f.sector and _in_window(f, anchor.event_end, asks.window, asks.certain)
        )
        held = {sector for sector, n in told.items() if n >= asks.each}
        if asks.adjacent:
            held = _together(anchor.sector, held, world)
        if len(held) >= asks.least:
            yield "*", anchor.event_end, len(held)


def _open_since(asks, facts, at):
    """Since when a state is open at a moment, told anew from the reports of its lookback."""
    rank = {"disputed": 0, "reported": 1, "verified": 2}

    def moment(fact):
        return min(fact.holds_from or fact.event_end, fact.event_end)

    since, firm = None, -1
    for when in sorted({moment(f) for f in facts if at - asks.lookback < moment(f) <= at}):
        opening = [rank[f.status] for f in facts if moment(f) == when and says(asks.opens, f)]
        closing = [rank[f.status] for f in facts if moment(f) == when and says(asks.closes, f)]
        if closing and max(closing) > max(opening, default=-1) and max(closing) >= firm:
            since, firm = None, -1
        elif opening and (since is not None or max(opening) >= max(closing, default=-1)):
            since = since or when
            firm = max(firm, *opening)
    return since


def _state(asks, facts, now):
    moments = {min(f.holds_from or f.event_end, f.event_end) for f in facts if says(asks.opens, f)}
    for began in moments:
        steps = 0
        while asks.holds_for + asks.every * steps < asks.lookback:
            at = began + asks.holds_for + asks.every * steps
            if at <= now and _open_since(asks, facts, at) == began:
                yield at, round((at - began) / timedelta(hours=1))
            steps += 1


def _silence(rule, asks, facts, now):
    signs = [f for f in facts if says(rule.where, f)]
    for told in [f for f in facts if says(asks.expects, f)]:
        start, end = told.holds_from or told.event_start, told.holds_to or told.event_end
        if asks.due == "end":
            at = end + asks.grace
            since = max(start, at - asks.lookback)
            heard = any(f.event_end >= since and f.event_start <= at for f in signs)
            if at <= now and not heard:
                yield at, round((at - since) / timedelta(hours=1))
            continue
        for since in {start, *(f.event_end for f in signs if start < f.event_end <= end)}:
            missed = 1
            while since + asks.every * missed <= end:
                at = since + asks.every * missed + asks.grace
                heard = any(since < f.event_end <= at for f in signs)
                if at <= now and at - since < asks.lookback and not heard:
                    yield at, round((at - since) / timedelta(hours=1))
                missed += 1


def _breach(rule, asks, live, world):
    wanted = [f for f in live if says(rule.where, f)]
    for anchor in wanted:
        at, best = anchor.event_end, None
        for truce in [f for f in live if says(asks.truce, f)]:
            start = truce.holds_from
            end = min(truce.holds_to, start + asks.lookback)

            def breaks(fact, truce=truce, start=start, end=end):
                if fact.event_end < start or fact.event_start >= end:
                    return False
                if asks.radius_m is not None:
                    return near(truce, fact, asks.radius_m)
                return truce.sector is not None and truce.sector == fact.sector

            if end <= at - asks.lookback or not breaks(anchor):
                continue
            so_far = sorted(
                (f for f in wanted if at - asks.lookback < f.event_end <= at and breaks(f)),
                key=lambda f: f.event_end,
            )
            runs = 1
            for one, later in pairwise(so_far):
                if asks.reset is not None and later.event_end - one.event_end >= asks.reset:
                    runs += 1
            today = [f for f in so_far if f.event_end > at - timedelta(days=1)]
            n = _tally(today if asks.a_day else so_far, asks.distinct, "one")
            if n >= (asks.a_day or asks.least) and runs >= asks.repeat:
                total = _tally(so_far, asks.distinct, "one")
                best = max(best or ((0, 0), ""), ((n, runs), total), key=lambda b: b[0])
        if best is not None:
            yield keys(rule, anchor, world)[0], at, best[0][0]


def _combine(asks, world):
    told = [(name, episode) for name in asks.of for episode in world.episodes.get(name, ())]
    for name, anchor in told:
        at = anchor.start
        close = [
            (other, e)
            for other, e in told
            if e is anchor or (e.start <= at and e.end > at - asks.window and _same(asks, e, anchor))
        ]
        if asks.ordered:
            chains = permutations([(o, e) for o, e in close if at - asks.window < e.start], len(asks.of))
            held = set()
            for chain in chains:
                starts = [e.start for _, e in chain]
                named = [other for other, _ in chain] == list(asks.of)
                if named and name == asks.of[-1] and starts[-1] == at and starts == sorted(starts):
                    held = set(asks.of)
        elif asks.counts == "rules":
            held = {other for other, _ in close}
        else:
            held = {e.sector for _, e in close if e.sector}
            if asks.adjacent:
                held = _together(anchor.sector, held, world) if anchor.sector else set()
        if len(held) >= asks.least:
            yield "*" if asks.across == "mission" else anchor.sector or "-", at, len(held)


def _same(asks, one, other):
    if asks.across == "mission":
        return True
    if asks.across == "sector":
        return one.sector == other.sector
    if one.place is None or other.place is None:
        return False
    return sum((a - b) ** 2 for a, b in zip(one.place, other.place, strict=True)) <= asks.radius_m**2


def stretches(rule: Rule, found: set[tuple[str, datetime, int]]) -> set[tuple[str, datetime, datetime]]:
    """Hits joined into (key, start, end), where they are grouped by key."""
    joined = set()
    for key in {key for key, _, _ in found}:
        moments = sorted({at for other, at, _ in found if other == key})
        run = [moments[0]]
        for at in [*moments[1:], None]:
            if at is not None and at - run[-1] <= rule.join_within:
                run.append(at)
                continue
            if run[-1] - run[0] >= rule.lasting:
                joined.add((key, run[0], run[-1]))
            run = [at]
    return joined
