"""How well counts of harm foretell, and how often they cry wolf: the figures of docs/early-warning.md.

    python tests/bench/early_warning.py [FOLDER WITH casualties.csv AND weapons.csv]
    python tests/bench/early_warning.py --farrington FILE.json      the reference of the rate kind, from R

Everything that could be tuned stands in FROZEN, whose hash is printed first and was fixed before the data
were looked at. Farrington's method needs R with the package surveillance; without it its row is left out.
"""

import argparse
import csv
import datetime as dt
import hashlib
import json
import math
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from incidents.rules.conditions import Hit
from incidents.rules.core import fold, judge
from incidents.rules.facts import Fact, Span, World
from incidents.rules.loader import load_rule
from incidents.rules.rule import Rule

FROZEN = {
    "onsets": ["2016-04-02", "2020-07-12", "2020-09-27"],
    "scored": ["2016-01-01", "2020-09-27"],
    "excluded_after_onset_days": 45,
    "alarm_lasts_days": 14,
    "tau": [0.05, 0.10, 0.20],
    "rates": {"7 / 84 days": [7, 14, 84], "14 / 180 days": [14, 14, 182]},
    "ears": {"window": 7, "skip": 2, "least_sigma": 0.5},
    "z": 28,
    "cusum": {"mean_over": 84, "k": 0.5},
    "ewma": [7, 84],
    "year_mean": [30, 365],
    "random_seed": 20220913,
    "calibration": {
        "seed": 11,
        "sector_years": 40,
        "alpha": 0.001,
        "min_count": 3,
        "min_ratio": 1.5,
        "surge": [3, 14],
        "late_share": 0.2,
        "late_median_h": 12,
    },
}
DIGEST = hashlib.sha256(json.dumps(FROZEN, sort_keys=True).encode()).hexdigest()
DAY = dt.timedelta(days=1)
START = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)


# ---- our own rate, by the very core that raises alerts ---------------------------------------------------


def rate_rule(window: int, guard: int, baseline: int, every: int = 1, **more: object) -> Rule:
    said = {"alpha": 0.99, "min_count": 1, "min_ratio": 1, "max_dispersion": 8} | more
    text = f"""
id: E90-rate
version: 1
status: shadow
title: t
says: s
article: a
kind: rate
where: [{{field: category, is: CFV}}]
key: sector
window: {window}d
guard: {guard}d
baseline: {baseline}d
every: {every}d
exposure: hours
distinct: observation
join_within: 14d
resolve_after: 14d
severity: [{{level: 2}}]
""" + "\n".join(f"{name}: {value}" for name, value in said.items())
    return load_rule(text, "rate.yaml")


def facts_of(counts: np.ndarray, sector: str = "S1", start: dt.datetime = START) -> list[Fact]:
    """One report for each that was counted, at noon of its day."""
    facts = []
    for day, n in enumerate(counts.tolist()):
        at = start + DAY * day + DAY / 2
        for i in range(int(n)):
            facts.append(
                Fact(f"{sector}-{day}-{i}", 1, 1, at, at, at, category="CFV", type="shot", sector=sector)
            )
    return facts


def hits_of(rule: Rule, facts: list[Fact], start: dt.datetime, days: int) -> list[Hit]:
    end = start + DAY * days
    first = start + rule.lookback
    return list(judge(rule, facts, World(), Span(first, end), end).hits)


def rate_score(counts: np.ndarray, window: int, guard: int, baseline: int) -> np.ndarray:
    """How unlikely the last window is, day by day, by what our rule itself says of its chance."""
    score = np.zeros(len(counts))
    rule = rate_rule(window, guard, baseline)
    for hit in hits_of(rule, facts_of(counts), START, len(counts)):
        chance = max(float(hit.numbers["chance"] or 0), 1e-300)
        score[(hit.at - START).days - 1] = -math.log10(chance)
    return score


# ---- the others ------------------------------------------------------------------------------------------


def trailing(counts: np.ndarray, days: int, skip: int = 0) -> np.ndarray:
    """The sum of the `days` that end `skip` days before each day, that day itself included when 0."""
    sums = np.concatenate(([0.0], np.cumsum(counts)))
    at = np.arange(1, len(counts) + 1) - skip
    return sums[np.maximum(at, 0)] - sums[np.maximum(at - days, 0)]


def ears(counts: np.ndarray, skip: int) -> np.ndarray:
    w, least = FROZEN["ears"]["window"], FROZEN["ears"]["least_sigma"]
    mean = trailing(counts, w, skip + 1) / w
    square = trailing(counts * counts, w, skip + 1) / w
    sigma = np.sqrt(np.maximum((square - mean**2) * w / (w - 1), 0))
    return (counts - mean) / np.maximum(sigma, least)


def baselines(counts: np.ndarray) -> dict[str, np.ndarray]:
    z, (short, long), (month, year) = FROZEN["z"], FROZEN["ewma"], FROZEN["year_mean"]
    mean = trailing(counts, z, 1) / z
    spread = np.sqrt(np.maximum(trailing(counts * counts, z, 1) / z - mean**2, 0.25))
    c2 = ears(counts, FROZEN["ears"]["skip"])
    usual = np.maximum(trailing(counts, FROZEN["cusum"]["mean_over"], 1) / FROZEN["cusum"]["mean_over"], 0.05)
    cusum = np.zeros(len(counts))
    for i in range(1, len(counts)):
        cusum[i] = max(
            0.0, cusum[i - 1] + (counts[i] - usual[i]) / math.sqrt(usual[i]) - FROZEN["cusum"]["k"]
        )
    return {
        "fixed 7-day count": trailing(counts, 7),
        "last value": counts.astype(float),
        "moving z, day on 28": (counts - mean) / spread,
        "EARS C1": ears(counts, 0),
        "EARS C2": c2,
        "EARS C3": sum(np.maximum(0, np.roll(c2, i) - 1) for i in range(3)),
        "Poisson CUSUM": cusum,
        "EWMA ratio 7 / 84": smooth(counts, short) / np.maximum(smooth(counts, long), 0.02),
        "30 days on 12-month mean": trailing(counts, month)
        / np.maximum(trailing(counts, year) * month / year, 1),
    }


def smooth(counts: np.ndarray, span: int) -> np.ndarray:
    out, weight = np.zeros(len(counts)), 2 / (span + 1)
    for i in range(1, len(counts)):
        out[i] = out[i - 1] + weight * (counts[i] - out[i - 1])
    return out


def farrington(counts: np.ndarray, weeks_back: int = 6) -> np.ndarray | None:
    """Farrington's flexible method on weeks, from R: how far each week lies over its upper bound."""
    found = in_r(counts, weeks_back)
    if found is None:
        return None
    score = np.zeros(len(counts))
    for week, (n, upper) in enumerate(found):
        if upper is not None:
            score[min(week * 7 + 6, len(counts) - 1) :][:7] = n / max(upper, 0.5)
    return score


def in_r(counts: np.ndarray, weeks_back: int) -> list[tuple[int, float | None]] | None:
    """Weekly counts and upper bounds by surveillance::farringtonFlexible; None where there is no R."""
    if shutil.which("Rscript") is None:
        return None
    weeks = counts[: len(counts) // 7 * 7].reshape(-1, 7).sum(axis=1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "weeks.csv"
        file.write_text("n\n" + "\n".join(map(str, weeks.tolist())), encoding="ascii")
        script = f"""
suppressMessages(library(surveillance))
n <- read.csv("{file}")$n
x <- sts(observed = n, frequency = 52, start = c(2015, 1))
range <- (52 * 1 + {weeks_back} + 1):length(n)
r <- farringtonFlexible(x, control = list(range = range, b = 1, w = {weeks_back}, noPeriods = 1,
  reweight = TRUE, weightsThreshold = 2.58, thresholdMethod = "nbPlugin", alpha = 0.01, limit54 = c(0, 4)))
cat(paste(range - 1, upperbound(r)[, 1]), sep = "\\n")
"""
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    upper: list[float | None] = [None] * len(weeks)
    for line in done.stdout.splitlines():
        week, bound = line.split()
        upper[int(week)] = None if bound == "NA" else round(float(bound), 4)
    return list(zip(weeks.tolist(), upper, strict=True))


# ---- the metric set --------------------------------------------------------------------------------------


def table(counts: np.ndarray) -> None:
    day = [START.date() + dt.timedelta(days=i) for i in range(len(counts))]
    onsets = [day.index(dt.date.fromisoformat(text)) for text in FROZEN["onsets"]]
    since, until = (day.index(dt.date.fromisoformat(text)) for text in FROZEN["scored"])
    counted = np.zeros(len(counts), bool)
    counted[since:until] = True
    for onset in onsets:
        counted[onset : onset + FROZEN["excluded_after_onset_days"]] = False
    rows = {f"ours, rate {name}": rate_score(counts, *spans) for name, spans in FROZEN["rates"].items()}
    rows |= baselines(counts)
    reference = farrington(counts)
    if reference is not None:
        rows["Farrington flexible (R)"] = reference
    rows["RANDOM numbers"] = np.random.default_rng(FROZEN["random_seed"]).random(len(counts))
    rows["always on"] = np.ones(len(counts))
    print(
        f"\n{int(counted.sum()):,} days scored, {len(onsets)} onsets; alarm on the day before = hit; "
        f"an alarm lasts {FROZEN['alarm_lasts_days']} days"
    )
    print(
        f"{'method':28}"
        + "".join(f"{f'hits<={tau:.0%}':>10}" for tau in FROZEN["tau"])
        + f"{'P(10%)':>8}{'skill':>7}{'false/month':>12}{'lead d':>8}{'delay d':>9}"
    )
    for name, score in rows.items():
        print(f"{name:28}" + judged(score, counted, onsets))
    if reference is None:
        print("Farrington flexible          left out: no R with the package surveillance here")


def judged(score: np.ndarray, counted: np.ndarray, onsets: list[int]) -> str:
    lasts, n = FROZEN["alarm_lasts_days"], len(onsets)
    held = np.array([score[max(0, i - lasts + 1) : i + 1].max() for i in range(len(score))])
    on_the_eve = held[[onset - 1 for onset in onsets]]
    values = np.unique(held[counted])[::-1]
    # Strictly above a value: a score that is the same every day cannot be switched on in part.
    taus = np.array([0.0] + [(held[counted] >= value).mean() for value in values])
    misses = np.array([1.0] + [(on_the_eve < value).mean() for value in values])
    hits = {tau: round(n * (1 - float(misses[taus <= tau].min()))) for tau in FROZEN["tau"]}
    taus, misses = np.append(taus, 1.0), np.append(misses, 0.0)
    skill = 1 - 2 * float(((misses[1:] + misses[:-1]) / 2 * np.diff(taus)).sum())
    at_ten = [value for value, tau in zip(values, taus[1:], strict=False) if tau <= 0.10]
    chance = at_least(hits[0.10], n, 0.10)
    tail = f"{chance:8.2f}{skill:7.2f}"
    if not at_ten:
        return "".join(f"{hits[tau]:10}" for tau in FROZEN["tau"]) + tail + f"{'–':>12}{'–':>8}{'–':>9}"
    over = held >= at_ten[-1]
    begins = over & ~np.concatenate(([False], over[:-1])) & counted
    a_month = begins.sum() / counted.sum() * 30
    leads = [first_over(score[onset - lasts : onset], at_ten[-1]) for onset in onsets]
    led = [lasts - lead for lead in leads if lead is not None]
    late = [first_over(score[onset : onset + 45], at_ten[-1]) for onset in onsets]
    delays = [delay for delay in late if delay is not None]
    lead = f"{np.median(led):.0f}" if led else "none"
    delay = f"{np.median(delays):.0f}" if delays else "none"
    return "".join(f"{hits[tau]:10}" for tau in FROZEN["tau"]) + tail + f"{a_month:12.2f}{lead:>8}{delay:>9}"


def first_over(score: np.ndarray, least: float) -> int | None:
    over = np.flatnonzero(score >= least)
    return int(over[0]) if len(over) else None


def at_least(hits: int, n: int, tau: float) -> float:
    return sum(math.comb(n, k) * tau**k * (1 - tau) ** (n - k) for k in range(hits, n + 1))


def read(folder: Path) -> np.ndarray:
    """Reports of harm and of weapons used, by day, from the first of January 2015 on."""
    days: dict[dt.date, int] = {}
    with (folder / "casualties.csv").open(encoding="utf-8-sig") as rows:
        for row in csv.DictReader(rows):
            day = dt.date.fromisoformat(row["date"])
            days[day] = days.get(day, 0) + 1
    with (folder / "weapons.csv").open(encoding="utf-8-sig") as rows:
        for row in csv.DictReader(rows):
            day = dt.datetime.strptime(row["Date"], "%m/%d/%Y").date()  # noqa: DTZ007 - a day, no moment
            days[day] = days.get(day, 0) + 1
    counts = np.zeros((dt.date(2020, 12, 31) - START.date()).days, np.int64)
    for day, n in days.items():
        if 0 <= (day - START.date()).days < len(counts):
            counts[(day - START.date()).days] = n
    print(f"{int(counts.sum()):,} reports on {int((counts > 0).sum()):,} days, {min(days)} to {max(days)}")
    return counts


# ---- calibration on what is known to be calm -------------------------------------------------------------


def calibration() -> None:
    asked = FROZEN["calibration"]
    rng = np.random.default_rng(asked["seed"])
    limits = {name: asked[name] for name in ("alpha", "min_count", "min_ratio")}
    scaled, plain = rate_rule(7, 7, 84, **limits), rate_rule(7, 7, 84, **limits, max_dispersion=1)
    times, long = asked["surge"]
    print(
        f"\nfalse episodes a sector-year | surge x{times} for {long} days found, complete -> "
        f"{asked['late_share']:.0%} late; {asked['sector_years']} sector-years a row"
    )
    print(
        f"{'mean a day, var/mean':22}{'ours':>22}{'ours, plain Poisson':>24}{'EARS C2':>22}{'z>3 on 7 d':>22}"
    )
    for mean, ratio in ((0.2, 1), (1, 1), (1, 3), (5, 5)):
        calm = [series(rng, mean, ratio, 365 + 98) for _ in range(asked["sector_years"])]
        cells = {}
        for name, alarms in {
            "ours": lambda c: rule_episodes(scaled, c),
            "plain": lambda c: rule_episodes(plain, c),
            "ears": lambda c: score_episodes(ears(c, FROZEN["ears"]["skip"]), 3.0),
            "z": lambda c: score_episodes(week_z(c), 3.0),
        }.items():
            false = sum(len(alarms(one)) for one in calm) / asked["sector_years"]
            found = late = 0
            for i, one in enumerate(calm):
                surged, known = with_surge(np.random.default_rng(i), one, mean, ratio)
                began = 365 + 98 - long
                found += any(began <= day for day in alarms(surged))
                late += any(began <= day for day in alarms(known))
            share = 100 / asked["sector_years"]
            cells[name] = f"{false:.2f} | {found * share:.0f} -> {late * share:.0f} %"
        ours, plain_cell, ears_cell, z_cell = cells.values()
        print(f"{f'{mean}, {ratio}':22}{ours:>22}{plain_cell:>24}{ears_cell:>22}{z_cell:>22}")


def series(rng: np.random.Generator, mean: float, ratio: float, days: int) -> np.ndarray:
    if ratio <= 1:
        return rng.poisson(mean, days)
    size = mean / (ratio - 1)
    return rng.negative_binomial(size, size / (size + mean), days)


def with_surge(
    rng: np.random.Generator, calm: np.ndarray, mean: float, ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """The series with a surge at its end, and what of it is known on the last evening."""
    (times, long), asked = FROZEN["calibration"]["surge"], FROZEN["calibration"]
    surged = calm.copy()
    surged[-long:] += series(rng, mean * (times - 1), ratio, long)
    known = surged.copy()
    for back in range(long):
        day = len(known) - 1 - back
        late = rng.binomial(surged[day], asked["late_share"])
        delays = rng.lognormal(math.log(asked["late_median_h"]), 1.2, late)
        known[day] -= int((delays > 24 * back + 12).sum())
    return surged, known


def rule_episodes(rule: Rule, counts: np.ndarray) -> list[int]:
    end = START + DAY * len(counts)
    hits = hits_of(rule, facts_of(counts), START, len(counts))
    return [(episode.start - START).days for episode in fold(rule, hits, end)]


def score_episodes(score: np.ndarray, least: float) -> list[int]:
    """Days on which an episode of the score begins, joined like the rule's; a first year is not judged."""
    began: list[int] = []
    last = -100
    for day in np.flatnonzero(score[98:] > least).tolist():
        if day - last > 14:
            began.append(day + 98)
        last = day
    return began


def week_z(counts: np.ndarray) -> np.ndarray:
    week = trailing(counts, 7)
    mean = trailing(counts, 84, 7) / 12
    weeks = np.stack([trailing(counts, 7, 7 * i) for i in range(1, 13)])
    return (week - mean) / np.maximum(weeks.std(axis=0, ddof=1), 0.5)


# ---- a reference for the rate kind -----------------------------------------------------------------------


def reference(path: Path) -> None:
    """Weekly series with planted surges, and what Farrington's method says of each week, as a file."""
    made = []
    for seed, (mean, ratio) in enumerate(((4, 1), (10, 1), (10, 3), (25, 2), (25, 4))):
        rng = np.random.default_rng(seed)
        weeks = series(rng, mean, ratio, 156)
        planted = [90, 120, 150]
        weeks[planted] = np.round(mean + 8 * math.sqrt(mean * ratio)).astype(np.int64)
        daily = np.zeros(156 * 7, np.int64)
        daily[::7] = weeks
        found = in_r(daily, 6)
        assert found is not None, "R with the package surveillance is needed"
        made.append(
            {
                "mean": mean,
                "ratio": ratio,
                "planted": planted,
                "weeks": weeks.tolist(),
                "upper": [u for _, u in found],
            }
        )
    path.write_text(
        json.dumps({"by": "surveillance::farringtonFlexible 1.20.3", "series": made}), encoding="utf-8"
    )
    print(path)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--farrington", type=Path, metavar="FILE")
    said = asked.parse_args()
    if said.farrington:
        reference(said.farrington)
        return
    print(f"parameters frozen as {DIGEST}")
    if said.folder and said.folder.is_dir():
        table(read(said.folder))
    else:
        print("no folder with the published counts was named; only the calibration is shown")
    calibration()


if __name__ == "__main__":
    main()
