"""A reader who has nothing but the sentence of a finding, and works the verdict out again."""

import re
from fractions import Fraction
from math import comb

NUMBER = r"(-?[\d,]+(?:\.\d+)?(?:e-?\d+)?)"


def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def read(pattern: str, said: str) -> list[Fraction]:
    found = re.search(pattern.replace("#", NUMBER), said)
    assert found, f"{pattern!r} is not in {said!r}"
    return [number(group) for group in found.groups() if group]


def holds(kind: str, said: str) -> bool:
    """Whether, by its own numbers, what the sentence says is a finding."""
    lasted = True
    if "It has held for" in said:
        for_h, needed_h = read(r"It has held for # hours; # were needed", said)
        lasted = for_h >= needed_h
    return lasted and _READERS[kind](said)


def _count(said: str) -> bool:
    n, needed = read(r": # \S+?(?: within [\d,]+ m)? in the .*?; # needed\.", said)
    return n >= needed


def _rate(said: str) -> bool:
    n, hours, before, before_hours, expected = read(
        r": # (?:violations|incidents) in the .*? over # (?:watch-)?hours; the .*? had # over # "
        r"(?:watch-)?hours.*?, so # were to be expected",
        said,
    )
    minutes, before_minutes = round(hours * 60), round(before_hours * 60)
    known = read(r"normally know # % by now", said)[0] if "normally know" in said else Fraction(100)
    now_in, before_in = minutes * known, before_minutes * 100
    assert abs(Fraction(before * now_in, before_in) - expected) <= Fraction(1, 100)
    at_most, spread = read(r"chance of at most #, counts divided by # for", said)
    p = Fraction(now_in, now_in + before_in)
    expected = Fraction(before * now_in, before_in)
    if "for a fall" in said:
        needed, least = read(r"at most # were needed for a fall \(at least # expected", said)
        over = read(r"the expected over #, and", said)[0]
        few, calm = -(-n // spread), int(before / spread)
        chance = sum(_binomial(k, few + calm, p) for k in range(int(few) + 1))
        by_hand = expected >= least and n * over <= expected + Fraction(1, 1000) and chance <= at_most
        return n <= needed and bool(by_hand)
    needed, least, ratio = read(r"and # were needed for a surge \(at least #, # times the expected", said)
    calm, k = -(-before // spread), 1
    while sum(_binomial(j, k + int(calm), p) for j in range(k, k + int(calm) + 1)) > at_most:
        k += 1
    by_hand = max(least, -(-(ratio * max(expected, Fraction(1, 2))) // 1), -(-(k * spread) // 1))
    assert by_hand == needed, (by_hand, needed, said)
    return n >= by_hand


def _binomial(k: int, total: Fraction, p: Fraction) -> Fraction:
    return comb(int(total), k) * p**k * (1 - p) ** (int(total) - k)


def _step_up(said: str) -> bool:
    (level,) = read(r"weapons of tier # in the", said)
    prior = read(r"the highest was tier #;", said)[0] if "the highest was" in said else Fraction(0)
    if "it is the first of tier" in said:
        (reach,) = read(r"it is the first of tier # or higher", said)
        return level >= reach > prior
    (rise,) = read(r"a rise of # tiers", said)
    return level >= prior + rise


def _sequence(said: str) -> bool:
    steps, spanned, needed, window = read(
        r": # reports .*?, spanning # hours to .*?; # within fewer than # hours needed", said
    )
    return steps >= needed and spanned < window


def _spread(said: str) -> bool:
    told, n = read(r": # reports from #", said)
    sectors = re.search(r"sectors \(([^)]*)\)", said)[1].split(", ")
    (needed,) = read(r"; #(?: adjoining)? sectors needed", said)
    return len(sectors) == n >= needed and told >= n


def _state(said: str) -> bool:
    lasted, needed = read(r"for # hours by .*?; # hours needed", said)
    return lasted >= needed


def _silence(said: str) -> bool:
    if "nothing was told" in said:
        silent, grace = read(r"nothing was told of # hours to .*?, # minutes after", said)
        return silent * 60 >= grace
    silent, every, grace, missed = read(
        r"no sign for # hours to .*?; one was due every # hours and # minutes; # missed", said
    )
    return silent * 60 >= every * 60 * missed + grace


def _breach(said: str) -> bool:
    n, today, needed = read(r": # breach(?:es)? by .*?, # of them in the last 24 hours; # ", said)
    runs = True
    if "runs needed" in said:
        found, wanted = read(r"They came in # runs .*?; # runs needed", said)
        runs = found >= wanted
    return runs and (today if "within 24 hours needed" in said else n) >= needed


def _combine(said: str) -> bool:
    n, needed = read(
        r": # (?:adjoining )?(?:rules|sectors) hold.*?; # (?:adjoining )?(?:rules|sectors) needed", said
    )
    held = re.search(r"hold[^(]*\(([^)]*)\)", said)[1].split(", ")
    return len(held) == n >= needed


_READERS = {
    "count": _count,
    "rate": _rate,
    "step_up": _step_up,
    "sequence": _sequence,
    "spread": _spread,
    "state": _state,
    "silence": _silence,
    "breach": _breach,
    "combine": _combine,
}
