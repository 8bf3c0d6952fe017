"""`truceline summary …`: listing and issuing by hand, and rendering papers to files."""

from pathlib import Path

import click

from monitor.errors import DomainError
from monitor.mission.queries import the_mission
from monitor.opening import command_door
from monitor.people.queries import actor_of_person, all_people
from reports.document import canonical, digest, from_json
from reports.issuing import queries, service
from reports.render import html
from reports.render.pdf import pdf_of
from reports.wording.language import english


@click.group("summary")
def summary_commands() -> None:
    """Draft, list, issue and render daily summaries."""


@summary_commands.command("list")
def list_summaries() -> None:
    """Every summary with its period, state and id."""
    with command_door() as door:
        zone = the_mission(door.session).zone
        for row in reversed(queries.summaries(door.session)):
            period = english().period(row.start, row.end, zone)
            click.echo(f"{row.id}  {row.kind:<8} {row.label:<12} {row.state:<9} {period}")


@summary_commands.command()
@click.argument("summary_id")
@click.option("--by", "sign_in_name", required=True, help="sign-in name of the head of mission")
def issue(summary_id: str, sign_in_name: str) -> None:
    """Release a reviewed summary in the name of a person who may."""
    try:
        with command_door() as door:
            ids = [one.id for one in all_people(door.session) if one.sign_in_name == sign_in_name]
            actor = actor_of_person(door.session, ids[0]) if ids else None
            if actor is None:
                raise click.ClickException(f"nobody signs in as {sign_in_name}")
            door.actor = actor
            row = queries.summary(door.session, summary_id)
            edition = service.release(door, summary_id, row.version_no)
            click.echo(f"{edition.title}: digest {edition.digest}, PDF {edition.pdf_sha256}")
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.title}: {refusal.detail}") from refusal


@summary_commands.command()
@click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path())
def render(document: Path, out: Path) -> None:
    """Render a document's JSON to PDF and HTML again; the same document gives the same bytes."""
    given = from_json(document.read_bytes())
    out.mkdir(parents=True, exist_ok=True)
    for ending, content in (
        ("pdf", pdf_of(given)),
        ("html", html.standalone(given).encode()),
        ("json", canonical(given)),
    ):
        path = out / f"{document.stem}.{ending}"
        path.write_bytes(content)
        click.echo(str(path))
    click.echo(f"digest {digest(given)}")


COMMANDS = [summary_commands]
