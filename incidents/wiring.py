"""What the package incidents brings into the house."""

import click

from incidents.alerts.service import follow_finding, speak
from incidents.alerts.views import bp as alerts
from incidents.casework.suggesting import hear_of_observation
from incidents.casework.views import bp as casework
from incidents.claims.pages import bp as ledger
from incidents.claims.views import bp as claims
from incidents.cli import COMMANDS as CLI_COMMANDS
from incidents.desk.views import bp as desk
from incidents.events import FindingChanged, MediaReceived, ObservationReceived
from incidents.evidence.custody import read_facts
from incidents.evidence.handling import bp as custody
from incidents.evidence.service import derive_copy, drop_abandoned
from incidents.evidence.views import bp as evidence
from incidents.exhibits.views import bp as exhibits
from incidents.handover.views import bp as handover
from incidents.intake.views import bp as intake
from incidents.outbox_files.views import bp as outbox_files
from incidents.protection.views import bp as protection
from incidents.rules.checking import check_nightly
from incidents.rules.cli import COMMANDS as RULE_COMMANDS
from incidents.rules.history import try_what_is_on
from incidents.rules.pages import bp as rules_desk
from incidents.rules.service import HEARS, hear, judge_due
from incidents.rules.service import SUBSCRIBER as RULES
from incidents.rules.views import bp as rules
from incidents.taxonomy.views import bp as taxonomy
from monitor.jobs.runner import Job
from monitor.outbox import Subscriber
from monitor.web.blueprint import Blueprint

BLUEPRINTS: list[Blueprint] = [
    taxonomy,
    intake,
    evidence,
    custody,
    outbox_files,
    casework,
    claims,
    ledger,
    protection,
    exhibits,
    rules,
    rules_desk,
    alerts,
    handover,
    desk,
]
JOBS: list[Job] = [
    Job("rules.judge_due", 20, judge_due),
    Job("evidence.drop_abandoned", 3_600, drop_abandoned),
    Job("rules.check", 600, check_nightly),
    Job("rules.try", 600, try_what_is_on),
    Job("alerts.speak", 20, speak),
]
SUBSCRIBERS: list[Subscriber] = [
    Subscriber("evidence.viewing_copies", (MediaReceived,), derive_copy),
    Subscriber("casework.suggestions", (ObservationReceived,), hear_of_observation),
    Subscriber("evidence.facts", (MediaReceived,), read_facts),
    Subscriber(RULES, HEARS, hear),
    Subscriber("alerts", (FindingChanged,), follow_finding),
]
COMMANDS: list[click.Command] = [*CLI_COMMANDS, *RULE_COMMANDS]
