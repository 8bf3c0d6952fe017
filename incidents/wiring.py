"""What the package incidents brings into the house."""

import click

from incidents.casework.views import bp as casework
from incidents.claims.views import bp as claims
from incidents.cli import COMMANDS as CLI_COMMANDS
from incidents.events import MediaReceived
from incidents.evidence.service import derive_copy
from incidents.evidence.views import bp as evidence
from incidents.intake.views import bp as intake
from incidents.taxonomy.views import bp as taxonomy
from monitor.jobs.runner import Job
from monitor.outbox import Subscriber
from monitor.web.blueprint import Blueprint

BLUEPRINTS: list[Blueprint] = [taxonomy, intake, evidence, casework, claims]
JOBS: list[Job] = []
SUBSCRIBERS: list[Subscriber] = [
    Subscriber("evidence.viewing_copies", (MediaReceived,), derive_copy),
]
COMMANDS: list[click.Command] = [*CLI_COMMANDS]
