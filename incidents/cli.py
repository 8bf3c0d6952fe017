"""`truceline import …`: brings in what others have collected."""

from pathlib import Path

import click

from incidents.claims.importer import NotThisTable, Refusal
from incidents.claims.service import import_table, preview_table
from monitor.cli import settings_or_exit
from monitor.opening import command_door


@click.group("import")
def import_group() -> None:
    """Bring in what others have collected."""


@import_group.command("press")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def press(file: Path) -> None:
    """Record the press-reported incidents of a CSV FILE as claims; running it again adds nothing."""
    _take(file)


@import_group.command("claims")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Say what would become of every row, and record nothing.")
def claims(file: Path, preview: bool) -> None:
    """Record the statements of a CSV FILE as claims; running it again adds nothing."""
    if not preview:
        _take(file)
        return
    try:
        with command_door(settings_or_exit()) as door:
            found = preview_table(door.session, file.read_bytes())
    except NotThisTable as error:
        raise click.ClickException(f"{file}: {error}") from error
    for row in found.rows:
        said = row.values
        when = said.t_start.isoformat(timespec="minutes")
        click.echo(f"{row.outcome}: line {row.line} {said.claimant} {when} {said.type} {said.place_text}")
    _name_refused(found.refused)
    known = len(found.rows) - found.new
    click.echo(f"{found.new} would be taken, {known} already known, {len(found.refused)} refused")


def _take(file: Path) -> None:
    try:
        with command_door(settings_or_exit()) as door:
            imported = import_table(door, file.read_bytes())
    except NotThisTable as error:
        raise click.ClickException(f"{file}: {error}") from error
    _name_refused(imported.refused)
    click.echo(f"{imported.taken} taken, {imported.known} already known, {len(imported.refused)} refused")


def _name_refused(refused: tuple[Refusal, ...]) -> None:
    for refusal in refused:
        where = f"line {refusal.line} " if refusal.line else ""
        click.echo(f"refused: {where}{refusal.ref}: {refusal.reason}", err=True)


COMMANDS: list[click.Command] = [import_group]
