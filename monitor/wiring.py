"""What the ground floor brings into the house."""

from monitor.cli import COMMANDS as COMMANDS
from monitor.devices.views import bp as devices
from monitor.field.views import api as field_api
from monitor.field.views import bp as field
from monitor.jobs.runner import Job
from monitor.live.views import bp as live
from monitor.log.jobs import JOBS as LOG_JOBS
from monitor.log.views import bp as log
from monitor.mission.views import bp as mission
from monitor.outbox import Subscriber
from monitor.people.views import bp as people
from monitor.places.views import bp as places
from monitor.watches.views import bp as watches
from monitor.web.openapi import bp as openapi

BLUEPRINTS = [people, devices, mission, places, watches, field, field_api, live, log, openapi]
JOBS: list[Job] = [*LOG_JOBS]
SUBSCRIBERS: list[Subscriber] = []
