"""The header and section 1: the lines that most readers stop at."""

from reports.daily.sections.alerts import alerts_line
from reports.daily.sections.claims import claims_line
from reports.daily.sections.drafting import Draft, iso
from reports.daily.sections.events import HARM, near_the_mission
from reports.daily.sections.movement import RESTRICTION
from reports.daily.sections.violations import (
    compared,
    exercise_line,
    including_explosions,
    most_observed,
    not_monitored_line,
    unreviewed_line,
)
from reports.document import Bullet, Bullets, Header, Runs, Section, Span, joined
from reports.wording import phrases


def header(draft: Draft) -> Header:
    facts = draft.facts
    period, zone = facts.period, draft.zone
    utc = f"{period.start:%H:%M} UTC on {period.start.day} {phrases.MONTHS[period.start.month - 1]} to "
    utc += f"{period.end:%H:%M} UTC on {period.end.day} {phrases.MONTHS[period.end.month - 1]}"
    last = facts.last_issued
    return Header(
        mission=facts.mission.name_in(draft.language).removesuffix(" (exercise)"),
        mission_code=facts.mission.code,
        title="Daily summary",
        number=facts.number,
        year=facts.year,
        edition=None,
        state="draft",
        periods=(Span(*draft.span, f"{phrases.period(period.start, period.end, zone)} ({utc})"),),
        cut_off_utc=iso(facts.cut_off),
        cut_off_text=phrases.moment(facts.cut_off, zone),
        zone=phrases.offset(facts.cut_off, zone),
        late_up_to_utc=iso(facts.cut_off),
        late_up_to_text=phrases.moment(facts.cut_off, zone),
        classification="internal",
        is_exercise=facts.mission.is_exercise,
        language=draft.language,
        previous_pdf_sha256=last.pdf_sha256 if last else None,
        previous_title=last.title if last else None,
    )


def summary(draft: Draft) -> Section:
    """Five to nine lines, the first on violations, the last on freedom of movement."""
    lines: list[tuple[str, Runs]] = [("violations", compared(draft, "1-total"))]
    explosions = including_explosions(draft, "1-explosions")
    if explosions:
        lines[0] = ("violations", joined((*lines[0][1], " ", *explosions)))
    lines += [(key, line) for key, line in _further_lines(draft) if line]
    return Section(
        "1", "summary", "Summary", (Bullets(tuple(Bullet(f"b-{key}", line) for key, line in lines)),)
    )


def _further_lines(draft: Draft) -> list[tuple[str, Runs]]:
    return [
        ("where", most_observed(draft, "1-where")),
        ("exercise", exercise_line(draft, "1-exercise")),
        ("not-monitored", not_monitored_line(draft)),
        ("mission-safety", near_the_mission(draft, "1-near")),
        ("incidents", assessed_incidents(draft)),
        ("harm", harm_line(draft)),
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
    figure = draft.figures.count(
        "1-incidents", ids, "incidents corroborated or confirmed", "incident", spelt=True
    )
    confirmed = [one for one in told if one.assessment == "confirmed"]
    noun = "incident" if len(ids) == 1 else "incidents"
    said: Runs = ("The mission holds ", figure, f" {noun} of this period as corroborated")
    if not confirmed:
        return (*said, " (section 3).")
    part = draft.figures.count(
        "1-confirmed", [one.incident_id for one in confirmed], "incidents confirmed", "incident", spelt=True
    )
    return (*said, " or confirmed, of which ", part, " confirmed (section 3).")


def harm_line(draft: Draft) -> Runs:
    rows = draft.accepted(HARM)
    if not rows:
        return ()
    ids = [row.observation_id for row in rows]
    figure = draft.figures.count("1-harm", ids, "records of civilian harm", spelt=True)
    noun = "record" if len(ids) == 1 else "records"
    return ("The mission accepted ", figure, f" {noun} of harm to persons (section 4).")


def movement_line(draft: Draft) -> Runs:
    rows = draft.accepted(RESTRICTION)
    if not rows:
        return ("Freedom of movement: no restriction was recorded in this period.*",)
    ids = [row.observation_id for row in rows]
    figure = draft.figures.count("1-movement", ids, "restrictions of freedom of movement", spelt=True)
    noun = "restriction" if len(ids) == 1 else "restrictions"
    return ("Freedom of movement: the mission met ", figure, f" {noun} (section 13).*")


def late_line(draft: Draft) -> Runs:
    late = draft.facts.late
    if not late:
        return ()
    ids = [row.observation_id for row in late]
    figure = draft.figures.count("1-late", ids, "records received late", spelt=True)
    noun = "observation" if len(ids) == 1 else "observations"
    return (
        "Since the previous summary came ",
        figure,
        f" late {noun} of earlier periods (section 14).",
    )
