"""`truceline rules backtest` and `replay`: what a rule would have said, and whether what was said holds."""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from incidents.rules import queries
from incidents.rules.backtest import BackTest, counted, reads_back_to
from incidents.rules.batch import Told
from incidents.rules.drafts import every_version, known_rules, store_back_test
from incidents.rules.facts import Span, World
from incidents.rules.history import replayed, span_of_test, tried_on_history
from incidents.rules.loader import RuleFileError, load_rule
from incidents.rules.rule import Rule
from incidents.rules.service import version_id_of
from monitor.cli import settings_or_exit
from monitor.door import Door
from monitor.mission.queries import find_mission
from monitor.opening import command_door

MOMENT = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M"))


@click.command("backtest")
@click.argument("rule")
@click.option("--from", "since", type=MOMENT, help="Count findings that began from here on (UTC).")
@click.option("--to", "until", type=MOMENT, help="And before this (UTC).")
@click.option("--json", "as_json", is_flag=True, help="Print everything that was found, as JSON.")
@click.option("--keep", is_flag=True, help="Store it beside the rule version; a person signs at the desk.")
@click.option("--warehouse", help="Judge the table `facts` of this DuckDB file or postgresql:// address.")
def backtest(
    rule: str,
    since: dt.datetime | None,
    until: dt.datetime | None,
    as_json: bool,
    keep: bool,
    warehouse: str | None,
) -> None:
    """Say what RULE (a file, an id or id@version) would have said: findings a month, and who carried them."""
    if keep and warehouse:
        raise click.UsageError("a back-test on a warehouse is not about this mission and is not stored")
    with command_door(settings_or_exit()) as door:
        found_rule = _rule(door, rule)
        span = span_of_test(door, _utc(since), _utc(until))
        if warehouse:
            found = _in_warehouse(door, found_rule, warehouse, span)
        else:
            with _progress(f"judging {version_id_of(found_rule)}") as told:
                found = tried_on_history(door, found_rule, span, known_rules(door), told)
        if keep:
            held = {row.rule_version_id: row.digest for row, _ in every_version(door)}
            if held.get(version_id_of(found_rule)) != found_rule.digest:
                raise click.ClickException("this text is not published; there is nothing to keep it beside")
            store_back_test(door, version_id_of(found_rule), found.as_json())
    click.echo(json.dumps(found.as_json(), indent=1) if as_json else _in_lines(found))


def _in_warehouse(door: Door, rule: Rule, address: str, span: Span) -> BackTest:
    try:
        import ibis

        from incidents.rules import sql
    except ImportError as error:
        raise click.ClickException(
            "a warehouse needs the extra: python -m pip install 'truceline[sql]'"
        ) from error
    store = ibis.connect(address if "://" in address else f"duckdb://{Path(address).absolute()}")
    table = store.table("facts")
    read = Span(reads_back_to(rule, span.start).start, span.end)
    try:
        episodes = sql.evaluate(rule, sql.between(table, read), World(), span.end)
    except sql.NotInSql as error:
        raise click.ClickException(str(error)) from error
    begun = [episode for episode in episodes if span.start <= episode.start < span.end]
    cited = sorted({one.observation_id for episode in begun for one in episode.evidence})
    mission = find_mission(door.session)
    zone = mission.zone if mission else ZoneInfo("UTC")
    return counted(rule, sql.facts_named(table, cited), begun, span.start, span.end, zone)


@click.command("replay")
@click.option("--from", "since", type=MOMENT, help="The first moment to ask about (UTC).")
@click.option("--to", "until", type=MOMENT, help="The last one (UTC); now unless told.")
@click.option("--every", type=click.IntRange(1), default=24, show_default=True, help="So many hours apart.")
@click.option("--json", "as_json", is_flag=True, help="Print every moment, as JSON.")
def replay(since: dt.datetime | None, until: dt.datetime | None, every: int, as_json: bool) -> None:
    """Ask of past moments: did we say then what a fresh engine says of what was known then?

    Judges from nothing, with the versions known by each moment, and compares with what was announced.
    Ends with 1 where they differ.
    """
    with command_door(settings_or_exit()) as door:
        held = queries.facts_span(door.session)
        if held is None:
            click.echo("[]" if as_json else "there is no report yet")
            return
        end = _utc(until) or door.now
        start = _utc(since) or max(held.start, end - dt.timedelta(days=30))
        moments = list(_moments(start, end, dt.timedelta(hours=every)))
        with _progress("replaying") as told:
            answers = []
            for i, at in enumerate(moments, 1):
                answers.append(replayed(door, at))
                told(i / len(moments))
    if as_json:
        click.echo(json.dumps([answer.as_json() for answer in answers], indent=1))
    else:
        for answer in answers:
            said = "same" if not answer.differing else "DIFFERS: " + ", ".join(answer.differing)
            click.echo(f"{answer.at.isoformat()}  {answer.findings:4} findings  {said}")
    if any(answer.differing for answer in answers):
        raise SystemExit(1)


def _moments(start: dt.datetime, end: dt.datetime, every: dt.timedelta) -> Iterator[dt.datetime]:
    at = start + every
    while at < end:
        yield at
        at += every
    yield end


def _rule(door: Door, named: str) -> Rule:
    path = Path(named)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise click.ClickException(f"there is no file {named}")
        try:
            return load_rule(path.read_text(encoding="utf-8"), str(path))
        except RuleFileError as error:
            raise click.ClickException(str(error)) from error
    found = [rule for row, rule in every_version(door) if named in (row.rule_version_id, rule.id)]
    if not found:
        raise click.ClickException(f"there is no rule {named}; `truceline rules list` names them")
    return max(found, key=lambda rule: rule.version)


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=dt.UTC) if moment else None


@contextmanager
def _progress(label: str) -> Iterator[Told]:
    """A bar on a terminal's standard error, so that what is printed stays clean; silent elsewhere."""
    err = sys.stderr
    with click.progressbar(length=1000, label=label, file=err, hidden=not err.isatty()) as bar:

        def told(share: float) -> None:
            bar.update(max(0, int(1000 * share) - bar.pos))

        yield told


def _in_lines(found: BackTest) -> str:
    days = (found.until - found.since).days
    lines = [
        f"{found.rule_id}@{found.version} over {days} days to {found.until:%Y-%m-%d}: "
        f"{found.findings} findings in {found.reports} reports, {found.a_month} in thirty days"
    ]
    lines += [f"  {month}  {n:4}  {'#' * min(n, 60)}" for month, n in found.by_month.items()]
    if found.budget:
        held = "held" if found.budget.held else "BROKEN"
        lines.append(
            f"budget {held}: at most {found.budget.most} began within {found.budget.days:g} days, "
            f"{found.budget.alerts} allowed"
        )
    if found.findings:
        lines.append("where: " + ", ".join(f"{one.name} {one.findings}" for one in found.keys))
        carried = (
            f"{s.name} {s.findings}" + (f" ({s.alone} alone)" if s.alone else "") for s in found.sources
        )
        lines.append("carried by: " + ", ".join(carried))
        lines.append(f"fall if one report falls away: {found.falling} of {found.findings}")
    if found.median_hours_to_know is not None:
        lines.append(f"the evidence was in after {found.median_hours_to_know} hours (median)")
    return "\n".join(lines)
