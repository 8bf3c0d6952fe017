"""What the package reports brings into the house."""

import click

from monitor.doctor import Check
from monitor.jobs.runner import Job
from monitor.outbox import Subscriber
from monitor.web.blueprint import Blueprint
from reports import checks
from reports.daily import commands as summary
from reports.daily.service import draft_due
from reports.daily.views import bp as summaries
from reports.exercise import cli as exercise

BLUEPRINTS: list[Blueprint] = [summaries]
JOBS: list[Job] = [Job("daily.draft_due", 1, draft_due)]
SUBSCRIBERS: list[Subscriber] = []
COMMANDS: list[click.Command] = [*summary.COMMANDS, *exercise.COMMANDS]
CHECKS: list[Check] = [*checks.CHECKS]
