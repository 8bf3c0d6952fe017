"""`truceline`: starting, setting up and looking after a mission. Each package adds its own commands."""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import click
from alembic import command as alembic
from alembic.config import Config

from monitor.certificate import Certificate, make_certificate
from monitor.clock import wall_now
from monitor.doctor import doctor
from monitor.errors import Invalid
from monitor.jobs.runner import Worker
from monitor.keys import KeysError, make_keys
from monitor.logging import set_up_logging
from monitor.opening import command_door, open_app
from monitor.people import service as people
from monitor.reference import reference
from monitor.settings import Settings, SettingsError, load_settings

STOP_S = 8.0


def settings_or_exit() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def migrations(settings: Settings) -> Config:
    """Alembic's configuration for this mission's store."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.attributes["url"] = settings.store_url
    return config


def prepare(settings: Settings) -> None:
    """Keys, folders and tables of a new mission; leaves alone what is there."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    for path in make_keys(settings.keys_dir):
        click.echo(f"made {path}")
    alembic.upgrade(migrations(settings), "head")


@click.command()
def init() -> None:
    """Make the keys of a new mission (0600) and bring its store up to date."""
    prepare(settings_or_exit())


def certificate_or_exit(settings: Settings) -> Certificate:
    """The made certificate for the address that people type, made or renewed where it must be."""
    if not settings.is_secure:
        raise click.ClickException(
            "--tls needs TRUCELINE_PUBLIC_URL, the address that phones type, such as "
            "https://192.168.8.2:8443, with TRUCELINE_HOST=0.0.0.0 and TRUCELINE_PORT=8443"
        )
    made = make_certificate(settings.keys_dir, urlsplit(settings.origin).hostname or "", wall_now())
    if made.authority_is_new:
        click.echo(f"made {made.authority}: install it on each phone, once, as a trusted authority")
    return made


@click.command()
@click.option("--tls", is_flag=True, help="Serve TLS with a made certificate, for a local network.")
def web(tls: bool) -> None:
    """Serve the pages and the API (gunicorn)."""
    settings = settings_or_exit()
    set_up_logging(settings.log_level)
    certificate = certificate_or_exit(settings) if tls else None
    files = ["--certfile", str(certificate.chain), "--keyfile", str(certificate.key)] if certificate else []
    processes = 1 if settings.store_url.startswith("sqlite") else settings.web_processes
    # With an arena for each of many threads, memory that one freed is of no use to the others.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.execvp(  # noqa: S606 - gunicorn replaces this process, so that signals reach it
        sys.executable,
        [
            sys.executable, "-m", "gunicorn", "wsgi:create_app()",
            "--worker-class", "gthread",
            "--workers", str(processes),
            "--threads", str(settings.web_threads),
            "--bind", f"{settings.host}:{settings.port}",
            "--graceful-timeout", "3",
            "--log-level", "warning",
            "--pythonpath", str(Path(__file__).parents[1]),
            *files,
        ],
    )  # fmt: skip


@click.command()
@click.pass_context
def worker(context: click.Context) -> None:
    """Run the jobs and tell subscribers what happened."""
    settings = settings_or_exit()
    set_up_logging(settings.log_level)
    app = open_app(settings)
    working = Worker(app, context.obj["jobs"], context.obj["subscribers"])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: working.stop())
    working.run()
    app.close()


@click.command()
@click.option("--demo", is_flag=True, help="Load the exercise and play it.")
@click.option("--tls", is_flag=True, help="Serve TLS with a made certificate, for phones on a local network.")
def run(demo: bool, tls: bool) -> None:
    """Prepare what is missing, then serve web and worker until Ctrl-C."""
    settings = settings_or_exit()
    prepare(settings)
    if tls:
        certificate_or_exit(settings)
    children = [_child("web", *(["--tls"] if tls else [])), _child("worker")]
    if demo:
        children.append(_child("demo"))
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: stopping.append(got))
    click.echo(f"Truceline is at {settings.origin}  (Ctrl-C stops it)")
    serving = children[:2]
    while not stopping and all(child.poll() is None for child in serving):
        time.sleep(0.2)
    _stop(children)
    if not stopping:
        raise click.ClickException("web or worker ended by itself; see the lines above")


def _child(*words: str) -> subprocess.Popen[bytes]:
    """A part of `run`, in a process group of its own so that Ctrl-C reaches it once, through us."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import wsgi; wsgi.main({list(words)!r})"], start_new_session=True
    )


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_S
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()


@click.group()
def person() -> None:
    """The people of the mission."""


@person.command("add")
@click.argument("sign_in_name")
@click.option("--name", required=True, help="The name as others see it.")
@click.option("--role", "roles", multiple=True, required=True, help="May be given several times.")
@click.option("--language", default="en")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def person_add(
    sign_in_name: str, name: str, roles: tuple[str, ...], language: str, password_stdin: bool
) -> None:
    """Add a person. Without --password-stdin a password is made and shown this once."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(15)
    try:
        with command_door() as door:
            people.add_person(door, sign_in_name, name, password, list(roles), language=language)
    except (SettingsError, KeysError) as error:
        raise click.ClickException(str(error)) from error
    except Invalid as error:
        lines = [f"{field}: {' '.join(reasons)}" for field, reasons in error.facts["errors"].items()]
        raise click.ClickException("; ".join(lines)) from error
    click.echo(f"{sign_in_name} can sign in" + ("" if password_stdin else f" with {password}"))


COMMANDS: list[click.Command] = [run, web, worker, init, person, doctor, reference]
