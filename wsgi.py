"""The composition root: joins what the three packages bring, and nothing else."""

import click
from flask import Flask

import incidents.wiring
import monitor.wiring
import reports.wiring
from monitor.application import make_flask
from monitor.door import App
from monitor.opening import open_app
from monitor.settings import Settings

PACKAGES = (monitor.wiring, incidents.wiring, reports.wiring)
JOBS = [job for package in PACKAGES for job in package.JOBS]
SUBSCRIBERS = [subscriber for package in PACKAGES for subscriber in package.SUBSCRIBERS]
CHECKS = [*reports.wiring.CHECKS]
COMMANDS = [command for package in PACKAGES for command in package.COMMANDS]


def create_app(settings: Settings | None = None, parts: App | None = None) -> Flask:
    """The web application, on the parts given or on those that the settings name."""
    app = make_flask(parts or open_app(settings), [bp for package in PACKAGES for bp in package.BLUEPRINTS])
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


BROUGHT = {"jobs": JOBS, "subscribers": SUBSCRIBERS, "checks": CHECKS, "create_app": create_app}


@click.group(commands=COMMANDS, context_settings={"obj": BROUGHT})
def main() -> None:
    """Truceline, the incident system of a ceasefire-monitoring mission."""
