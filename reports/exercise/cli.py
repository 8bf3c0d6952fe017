"""`truceline demo`: plays the exercise, live against a running mission or headless to a folder."""

import signal
from pathlib import Path

import click

from monitor.cli import settings_or_exit
from monitor.logging import set_up_logging
from monitor.opening import open_app
from reports.exercise.callers import SignInRefused, Unexpected
from reports.exercise.headless import House, play_headless
from reports.exercise.live import Live, NotHere
from reports.exercise.scenario import SEED


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Play it without a server in a store of its own, and write summaries and alerts to this folder.",
)
@click.option("--seed", default=SEED, show_default=True, help="Another seed is another exercise.")
@click.pass_context
def demo(context: click.Context, out: Path | None, seed: int) -> None:
    """Play the exercise of 28 August to 16 September 2022 into the running mission."""
    try:
        if out is not None:
            set_up_logging("warning")
            house = House(context.obj["create_app"], context.obj["jobs"], context.obj["subscribers"])
            for path in play_headless(out, seed, house):
                click.echo(str(path))
            return
        _play_live(seed)
    except (NotHere, Unexpected, SignInRefused) as error:
        raise click.ClickException(str(error)) from error


def _play_live(seed: int) -> None:
    settings = settings_or_exit()
    set_up_logging(settings.log_level)
    app = open_app(settings)
    live = Live(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: live.stop())
    try:
        live.play(seed)
    finally:
        app.close()


COMMANDS: list[click.Command] = [demo]
