"""`truceline import …`: brings in what others have collected."""

from pathlib import Path

import click

from incidents.claims.importer import NotThisTable
from incidents.claims.service import import_press
from incidents.outbox_files.file import contents, read_head
from incidents.outbox_files.service import bring_item
from monitor.access import SYSTEM
from monitor.cli import settings_or_exit
from monitor.errors import DomainError
from monitor.opening import command_door, command_doors
from monitor.people.queries import actor_who_signs_in
from monitor.sealing import OVERHEAD


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


@import_group.command("outbox")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "sign_in_name", help="Who brings it; needed for reports that are not signed.")
def outbox(file: Path, sign_in_name: str | None) -> None:
    """Take in the outbox FILE of a phone, item by item; running it again adds nothing."""
    settings, refused = settings_or_exit(), 0
    with command_doors(settings) as opened, file.open("rb") as stream:
        try:
            with opened(SYSTEM) as door:
                actor = actor_who_signs_in(door.session, sign_in_name) if sign_in_name else SYSTEM
            if actor is None:
                raise click.ClickException(f"nobody here signs in as {sign_in_name}")
            head = read_head(stream)
            for item, content in contents(stream, head.items, settings.media_limit_bytes + OVERHEAD):
                with opened(actor) as door:
                    brought = bring_item(door, item, content)
                refused += brought.outcome == "refused"
                words = [brought.outcome, brought.number, *brought.reasons, brought.detail]
                click.echo(f"{item.observation_id} {item.slot}: {' '.join(word for word in words if word)}")
        except DomainError as error:
            raise click.ClickException(f"{file}: {error.detail}") from error
    click.echo(f"{len(head.items) - refused} of {len(head.items)} items are here now")
    if refused:
        raise click.exceptions.Exit(1)


COMMANDS: list[click.Command] = [import_group]
