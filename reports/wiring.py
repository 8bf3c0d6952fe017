"""What the package reports brings into the house."""

import click

from monitor.doctor import Check
from monitor.jobs.runner import Job
from monitor.outbox import Subscriber
from monitor.web.blueprint import Blueprint
from reports import checks

BLUEPRINTS: list[Blueprint] = []
JOBS: list[Job] = []
SUBSCRIBERS: list[Subscriber] = []
COMMANDS: list[click.Command] = []
CHECKS: list[Check] = [*checks.CHECKS]
