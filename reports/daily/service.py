"""Drafting the daily summary when a period has ended, at once when asked, and anew as known now.

The period table is the truth: a tick claims each issue of the mission that is due and has no row, and drafts
it in the same transaction; so a period is drafted once, also after days down and with several schedulers.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from monitor import outbox
from monitor.access.policy import require
from monitor.door import Door
from monitor.errors import WrongState
from monitor.mission.periods import Period
from monitor.mission.queries import MissionRow, find_mission, the_mission
from monitor.notify.service import queue_delivery
from reports.daily.assemble import assemble
from reports.daily.facts import AsIssued, Corrected, Facts, Issues, Previous, gather
from reports.daily.issues import issues_of
from reports.document import Document, figures, from_json
from reports.events import SummaryMissed
from reports.issuing import queries
from reports.issuing.queries import DAILY, SummaryRow
from reports.issuing.service import EDIT, claim, keep_draft, keep_redraft
from reports.wording.language import FIRST, LANGUAGES, Language, language

INTERIM = "interim"
# A draft that comes so long after the cut-off was missed: somebody should ask why.
MISSED_AFTER = dt.timedelta(minutes=30)
TOLD_OF_A_MISS = ("reporting_officer", "head_of_mission")


def draft_due(door: Door) -> str | None:
    """Drafts the oldest issue of the mission that is due and has no draft; None if none was due.

    One a run: after days down, reports that come in must not wait behind a whole backlog of drafts.
    """
    for periods in due_issues(door):
        run_id = claim(door, DAILY, periods[0].start, periods[-1].end)
        if run_id is not None:
            row = _draft(door, run_id, DAILY, periods, periods[-1].end)
            late = door.now - periods[-1].end
            if late > MISSED_AFTER:
                _tell_of_the_miss(door, row, late)
            return f"drafted {row.label}"
    return None


def _tell_of_the_miss(door: Door, row: SummaryRow, late: dt.timedelta) -> None:
    """A summary nobody drafted in time is caught up, and those who answer for it are told at their desk."""
    late_s = int(late.total_seconds())
    outbox.record(door.session, SummaryMissed(row.id, row.kind, late_s), door.now)
    for role in TOLD_OF_A_MISS:
        refs: dict[str, str | int] = {"year": row.year, "number": row.number, "late_s": late_s}
        queue_delivery(
            door.session, "desk", f"role:{role}", f"summary:{row.id}", "summary_missed", refs, door.now
        )


def due_issues(door: Door) -> list[tuple[Period, ...]]:
    """The issues whose last period has ended and which wait for a draft, oldest first."""
    mission = find_mission(door.session)
    if mission is None:
        return []
    done = queries.covered(door.session, DAILY)
    waiting = [
        one
        for one in mission.periods(door.now)
        if not any(start <= one.start and one.end <= end for start, end in done)
    ]
    return issues_of(waiting, mission.zone, door.app.settings.no_issue_on, mission.ends_at)


def draft_now(door: Door) -> SummaryRow:
    """At once: the oldest issue that is due, else an interim paper of the running period up to now."""
    require(door.actor, EDIT)
    mission = the_mission(door.session)
    waiting = due_issues(door)
    if waiting:
        periods = waiting[0]
        run_id = claim(door, DAILY, periods[0].start, periods[-1].end)
        if run_id is not None:
            return _draft(door, run_id, DAILY, periods, periods[-1].end)
    running = mission.period_holding(door.now)
    if running is None or running.start == door.now:
        raise WrongState(thing="mission", wanted="running", found="not in any period now")
    period = Period(running.start, door.now)
    run_id = claim(door, INTERIM, *period)
    if run_id is None:
        raise WrongState(thing="interim summary", wanted="none of this moment", found="one drafted already")
    return _draft(door, run_id, INTERIM, (period,), door.now)


def redraft(door: Door, summary_id: str) -> SummaryRow:
    """The machine's draft of the same periods as known now, with people's words kept: before a release to
    take in what came since, after one to make the corrected edition."""
    row = queries.summary(door.session, summary_id)
    if row.kind not in (DAILY, INTERIM):
        raise WrongState(thing="paper", wanted="a daily or interim summary", found=row.kind)
    old = queries.draft(door.session, summary_id, row.version_no)
    periods = tuple(
        Period(dt.datetime.fromisoformat(one.start_utc), dt.datetime.fromisoformat(one.end_utc))
        for one in old.header.periods
    )
    mission = the_mission(door.session)
    facts = _facts(door, mission, row.kind, periods, door.now, row.number)
    return keep_redraft(door, summary_id, in_every_language(facts))


def _draft(door: Door, run_id: int, kind: str, periods: Sequence[Period], cut_off: dt.datetime) -> SummaryRow:
    mission = the_mission(door.session)
    year = periods[-1].end.astimezone(mission.zone).year
    number = queries.number_in_year(door.session, kind, year)
    return keep_draft(door, run_id, in_every_language(_facts(door, mission, kind, periods, cut_off, number)))


def _facts(
    door: Door,
    mission: MissionRow,
    kind: str,
    periods: Sequence[Period],
    cut_off: dt.datetime,
    number: int,
) -> Facts:
    issues = issued_before(door, mission, periods[0].start, cut_off)
    return gather(door.session, door.app.keys, mission, periods, cut_off, number, kind, issues)


def in_every_language(facts: Facts) -> dict[str, Document]:
    return in_languages(facts, assemble)


def in_languages(facts: Facts, made: Callable[[Facts, Language], Document]) -> dict[str, Document]:
    """The same paper in each language of the mission that the reports speak, English first."""
    codes = [code for code in LANGUAGES if code == FIRST or code in facts.mission.languages]
    return {code: made(facts, language(code)) for code in codes}


def issued_before(door: Door, mission: MissionRow, start: dt.datetime, cut_off: dt.datetime) -> Issues:
    """What earlier papers said: each period's total as first issued, corrections since, the last PDF."""
    as_issued: dict[Period, AsIssued] = {}
    since = start - 8 * dt.timedelta(days=1)
    for edition, _, _ in queries.issued_between(door.session, since, start):
        document = from_json(queries.edition_text(door.session, edition.id))
        for period, text, total in totals_of(document):
            first = as_issued.get(period)
            told = AsIssued(period, edition.title, edition.edition_no, text, total)
            as_issued[period] = told if first is None else first
    corrected = tuple(
        Corrected(edition.title, edition.edition_no - 1)
        for edition in reversed(queries.editions(door.session, DAILY, recorded_from=start))
        if edition.edition_no > 1 and edition.recorded_at <= cut_off
    )
    last = queries.last_before(door.session, start + dt.timedelta(microseconds=1))
    previous = Previous(last[0].title, last[0].pdf_sha256) if last else None
    return Issues(previous, tuple(as_issued.values()), corrected)


def totals_of(document: Document) -> list[tuple[Period, str, int]]:
    """The total of each period of a paper, as it printed it."""
    found, many = figures(document), len(document.header.periods) > 1
    told = []
    for index, span in enumerate(document.header.periods, 1):
        figure = found.get(f"2-d{index}-all-total" if many else "2-all-total")
        if figure is not None and figure.value is not None:
            start, end = dt.datetime.fromisoformat(span.start_utc), dt.datetime.fromisoformat(span.end_utc)
            told.append((Period(start, end), figure.text, int(figure.value)))
    return told


def ended_at(door: Door, text: str) -> dt.datetime:
    """The end of a period as typed: an ISO time, taken as the mission's own where it names no zone."""
    mission = find_mission(door.session)
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None and mission is not None:
        at = at.replace(tzinfo=mission.zone)
    return at.astimezone(dt.UTC)
