"""`truceline summary draft`: what the worker would draft, drafted by hand."""

import click

from monitor.opening import command_door
from reports.daily import service
from reports.issuing.commands import summary_commands


@summary_commands.command()
def draft() -> None:
    """Draft the periods that have ended and have no draft, as the worker would."""
    with command_door() as door:
        while done := service.draft_due(door):
            click.echo(done)
    click.echo("nothing else is due")
