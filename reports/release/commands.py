"""`truceline summary verify`: what holds of a paper's file, whoever hands it in."""

from pathlib import Path

import click

from monitor.log.queries import verifier_key
from monitor.opening import command_door
from reports.issuing.commands import summary_commands
from reports.release import verify as checking


@summary_commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--alone", is_flag=True, help="Look at the file only, without the mission's log.")
def verify(file: Path, alone: bool) -> None:
    """Say what holds of a paper's PDF. Ends with 0 if all does, 1 if something does not, 2 if something
    could not be looked at."""
    content = file.read_bytes()
    if alone:
        found, _ = checking.of_file(content)
        found.append(checking.Holds("log", None, "only the log says that the mission issued it"))
    else:
        with command_door() as door:
            found, document = checking.of_file(content, door.app.settings)
            found += checking.in_the_log(door.session, content, verifier_key(door.app), document)
    for one in found:
        mark = {True: "holds", False: "DOES NOT HOLD", None: "not looked at"}[one.holds]
        click.echo(f"{one.what:<9} {mark:<14} {one.says}")
    states = {one.holds for one in found}
    raise SystemExit(1 if False in states else 2 if None in states else 0)
