"""The header and section 1: the lines that most readers stop at."""

import datetime as dt

from reports.daily import words
from reports.daily.sections.alerts import alerts_line
from reports.daily.sections.claims import claims_line
from reports.daily.sections.drafting import Draft
from reports.daily.sections.events import HARM, near_the_mission
from reports.daily.sections.late import late_line
from reports.daily.sections.movement import RESTRICTION
from reports.daily.sections.records import records_lines
from reports.daily.sections.violations import (
    compared,
    exercise_line,
    including_explosions,
    most_observed,
    not_monitored_line,
    unreviewed_line,
)
from reports.document import Bullet, Bullets, Header, Runs, Section, Span, joined

UTC = dt.UTC


def header(draft: Draft) -> Header:
    facts, said = draft.facts, draft.words
    previous = facts.issues.previous
    return Header(
        mission=words.MARKED_EXERCISE.sub("", facts.mission.name_in(said.code)),
        mission_code=facts.mission.code,
        title=draft.text(f"title.{facts.kind}"),
        number=facts.number,
        year=facts.year,
        edition=None,
        state="draft",
        periods=tuple(_period(draft, span.period.start, span.period.end) for span in facts.spans),
        cut_off_utc=words.iso(facts.cut_off),
        cut_off_text=said.moment(facts.cut_off, draft.zone),
        zone=said.offset(facts.cut_off, draft.zone),
        late_up_to_utc=words.iso(facts.cut_off),
        late_up_to_text=said.moment(facts.cut_off, draft.zone),
        classification="internal",
        is_exercise=facts.mission.is_exercise,
        language=said.code,
        previous_pdf_sha256=previous.pdf_sha256 if previous else None,
        previous_title=previous.title if previous else None,
        kind=facts.kind,
    )


def _period(draft: Draft, start: dt.datetime, end: dt.datetime) -> Span:
    utc = {
        name: f"{at.astimezone(UTC):%H:%M} {draft.words.day(at, UTC, year=False)}"  # type: ignore[arg-type]
        for name, at in (("start", start), ("end", end))
    }
    local = draft.words.period(start, end, draft.zone)
    return Span(words.iso(start), words.iso(end), f"{local} ({draft.text('date.utc', **utc)})")


def summary(draft: Draft) -> Section:
    """The lines of the summary, the first on violations, the last on freedom of movement."""
    lines: list[tuple[str, Runs]] = []
    for day in draft.days:
        key = f"1-{day.key}"
        line = compared(draft, day, f"{key}total")
        explosions = including_explosions(draft, day, f"{key}explosions")
        lines.append((f"{day.key}violations", joined((*line, " ", *explosions)) if explosions else line))
    lines += [(key, line) for key, line in _further_lines(draft) if line]
    bullets = Bullets(tuple(Bullet(f"b-{key}", line) for key, line in lines))
    return Section("1", "summary", draft.text("title.summary"), (bullets,))


def _further_lines(draft: Draft) -> list[tuple[str, Runs]]:
    return [
        ("where", most_observed(draft, draft.days[-1], "1-where")),
        ("exercise", exercise_line(draft, "1-exercise")),
        ("not-monitored", not_monitored_line(draft)),
        ("mission-safety", near_the_mission(draft, "1-near")),
        ("incidents", assessed_incidents(draft)),
        ("harm", harm_line(draft)),
        *records_lines(draft),
        ("claims", claims_line(draft, "1-claims")),
        ("alerts", alerts_line(draft, "1-alerts")),
        ("late", late_line(draft)),
        ("unreviewed", unreviewed_line(draft, "1-unreviewed")),
        ("movement", movement_line(draft)),
    ]


def assessed_incidents(draft: Draft) -> Runs:
    told = [one for one in draft.facts.incidents if one.assessment in ("corroborated", "confirmed")]
    if not told:
        return ()
    ids = [one.incident_id for one in told]
    number = draft.figures.count("1-incidents", ids, draft.text("of.incidents"), "incident", spelt=True)
    confirmed = [one.incident_id for one in told if one.assessment == "confirmed"]
    if not confirmed:
        return draft.say("events.incidents", len(ids), number=number)
    of = draft.text("of.confirmed")
    part = draft.figures.count("1-confirmed", confirmed, of, "incident", spelt=True)
    return draft.say("events.incidents_confirmed", len(ids), number=number, confirmed=part)


def harm_line(draft: Draft) -> Runs:
    ids = [row.observation_id for row in draft.accepted(HARM)]
    if not ids:
        return ()
    of = draft.text("of.records_of", kind=draft.text("title.harm"))
    return draft.say("harm.line", len(ids), records=draft.figures.count("1-harm", ids, of, spelt=True))


def movement_line(draft: Draft) -> Runs:
    ids = [row.observation_id for row in draft.accepted(RESTRICTION)]
    if not ids:
        return draft.say("movement.line_none")
    figure = draft.figures.count("1-movement", ids, draft.text("of.restrictions"), spelt=True)
    return draft.say("movement.line", len(ids), records=figure)
