"""`truceline import …`: brings in what others have collected."""

from pathlib import Path

import click

from incidents.claims.importer import NotThisTable
from incidents.claims.service import import_press
from monitor.cli import settings_or_exit
from monitor.opening import command_door


@click.group("import")
def import_group() -> None:
    """Bring in what others have collected."""


@import_group.command("press")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def press(file: Path) -> None:
    """Record the press-reported incidents of a CSV FILE as claims; running it again adds nothing."""
    try:
        text = file.read_text(encoding="utf-8")
        with command_door(settings_or_exit()) as door:
            imported = import_press(door, text)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text: {error.reason}") from error
    except NotThisTable as error:
        raise click.ClickException(f"{file}: {error}") from error
    for refusal in imported.refused:
        where = f"line {refusal.line} " if refusal.line else ""
        click.echo(f"refused: {where}{refusal.ref}: {refusal.reason}", err=True)
    click.echo(f"{imported.taken} taken, {imported.known} already known, {len(imported.refused)} refused")


COMMANDS: list[click.Command] = [import_group]
