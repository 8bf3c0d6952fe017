"""`truceline rules …`: reads, proves and explains the rules."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from incidents.rules import queries
from incidents.rules.cli_history import backtest, replay
from incidents.rules.examples import failures
from incidents.rules.loader import DATA, RuleFileError, load_folder, load_rule
from incidents.rules.patterns import catalogue
from incidents.rules.rule import Rule
from incidents.rules.service import load_rules, version_id_of
from monitor.cli import settings_or_exit
from monitor.errors import Conflict
from monitor.opening import command_door


@click.group("rules")
def rules_group() -> None:
    """Read, prove and explain the rules that findings come from."""


@rules_group.command("list")
def list_rules() -> None:
    """Say which rules there are, what they ask and whether they run."""
    for rule in _house_rules():
        click.echo(f"{version_id_of(rule):32} {rule.status:8} {rule.kind:8} {rule.title}")


@rules_group.command("catalogue")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default="docs")
def write_catalogue(folder: Path) -> None:
    """Write the page of docs that lists every rule file with its text."""
    page = folder / "rules-catalogue.md"
    page.write_text(catalogue(_house_rules()), encoding="utf-8")
    click.echo(page)


@rules_group.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print rules and what is wrong, as JSON.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Read rule FILES (those of the house, unless told) and say with file and line what is wrong."""
    if as_json:
        _check_as_json(files)
        return
    rules = _read(files) if files else _house_rules()
    for rule in rules:
        click.echo(f"{version_id_of(rule)} {rule.digest}")


@rules_group.command("test")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what failed of each rule, as JSON.")
def test(files: tuple[Path, ...], as_json: bool) -> None:
    """Run the worked examples of each rule in both orders of arrival."""
    rules = _read(files) if files else _house_rules()
    failing = {version_id_of(rule): failures(rule) for rule in rules}
    broken = sum(map(len, failing.values()))
    if as_json:
        click.echo(json.dumps(failing, indent=1))
    for rule in [] if as_json else rules:
        found = failing[version_id_of(rule)]
        click.echo(f"{version_id_of(rule)}: {len(rule.examples)} examples, {len(found)} failures")
        for failure in found:
            click.echo(f"  {failure}", err=True)
    if broken:
        raise SystemExit(1)


@rules_group.command("load")
def load() -> None:
    """Bring the store up to the rule files of this program; a change becomes an entry of the log."""
    try:
        with command_door(settings_or_exit()) as door:
            changed = load_rules(door)
    except Conflict as error:
        raise click.ClickException(error.detail) from error
    for version_id in changed:
        click.echo(f"changed {version_id}")
    click.echo(f"{len(changed)} changed")


@rules_group.command("explain")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print every version, as JSON.")
def explain(number: int, as_json: bool) -> None:
    """Say why finding NUMBER stands: every version with its sentence, cause and evidence."""
    with command_door(settings_or_exit()) as door:
        found = queries.finding_by_number(door.session, number)
        if found is None:
            raise click.ClickException(f"there is no finding {number}")
        if as_json:
            versions = queries.finding_versions(door.session, found.finding_id)
            click.echo(json.dumps([asdict(version) for version in versions], indent=1, default=str))
            return
        click.echo(f"finding {number}, {found.rule_version_id}, {found.rule_title}, now {found.state}")
        for version in queries.finding_versions(door.session, found.finding_id):
            latency = version.recorded_at - version.detectable_at
            click.echo(
                f"\n{version.version_no}. {version.recorded_at:%Y-%m-%d %H:%M}Z {version.change} ", nl=False
            )
            click.echo(f"({version.reason}), severity {version.severity}, {latency} after it could be known")
            click.echo(f"   {version.sentence}")
            for cited in version.evidence:
                click.echo(f"   {cited.origin} {cited.observation_id} revision {cited.revision}")


def _check_as_json(files: tuple[Path, ...]) -> None:
    """Every file with its rule or with the line and why it is none; ends with 1 where any is none."""
    answers: list[dict[str, object]] = []
    for path in files or sorted(DATA.glob("*.yaml")):
        try:
            rule = load_rule(path.read_text(encoding="utf-8"), str(path))
            answers.append({"file": str(path), "rule": version_id_of(rule), "digest": rule.digest})
        except RuleFileError as error:
            answers.append({"file": str(path), "line": error.line, "why": error.why})
    click.echo(json.dumps(answers, indent=1))
    if any("why" in answer for answer in answers):
        raise SystemExit(1)


def _house_rules() -> list[Rule]:
    try:
        return load_folder(DATA)
    except RuleFileError as error:
        raise click.ClickException(str(error)) from error


def _read(files: tuple[Path, ...]) -> list[Rule]:
    rules, wrong = [], []
    for path in files:
        try:
            rules.append(load_rule(path.read_text(encoding="utf-8"), str(path)))
        except RuleFileError as error:
            wrong.append(str(error))
    if wrong:
        raise click.ClickException("\n".join(wrong))
    return rules


rules_group.add_command(backtest)
rules_group.add_command(replay)
COMMANDS: list[click.Command] = [rules_group]
