"""What the package reports brings into the house."""

import click

from monitor.doctor import Check
from monitor.jobs.runner import Job
from monitor.outbox import Subscriber
from monitor.web.blueprint import Blueprint
from reports import checks
from reports.daily import commands as _  # noqa: F401 (adds to the commands of issuing)
from reports.daily.service import draft_due
from reports.daily.views import bp as daily
from reports.events import EditionIssued, ReleaseApproved
from reports.exercise import cli as exercise
from reports.issuing import commands as summary
from reports.issuing.views import bp as summaries
from reports.pack.views import bp as pack
from reports.release import commands as __  # noqa: F401 (so does this)
from reports.release.views import bp as release
from reports.sending.service import queue_edition, queue_release, send_due
from reports.sending.views import bp as sending
from reports.spot.views import bp as spot
from reports.weekly import service as weekly

BLUEPRINTS: list[Blueprint] = [summaries, daily, spot, pack, release, sending]
JOBS: list[Job] = [
    Job("daily.draft_due", 1, draft_due),
    Job("weekly.draft_due", 5, weekly.draft_due),
    Job("sending.send_due", 5, send_due),
]
SUBSCRIBERS: list[Subscriber] = [
    Subscriber("papers", (EditionIssued,), queue_edition),
    Subscriber("releases", (ReleaseApproved,), queue_release),
]
COMMANDS: list[click.Command] = [*summary.COMMANDS, *exercise.COMMANDS]
CHECKS: list[Check] = [*checks.CHECKS]
