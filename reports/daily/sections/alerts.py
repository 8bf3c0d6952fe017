"""Section 15: the alerts that something happened to."""

import datetime as dt

from reports.daily import words
from reports.daily.facts import AlertInPeriod
from reports.daily.sections.drafting import Draft
from reports.document import Column, Figure, Paragraph, Row, Runs, Section, Table, joined
from reports.wording import phrases

ALERT_WORDS = {
    "raised": "raised",
    "strengthened": "strengthened",
    "amended": "amended",
    "withdrawn": "withdrawn by new data",
    "needs_review": "to be reviewed: its evidence fell away",
    "resolved": "resolved: quiet",
    "reopened": "reopened",
    "superseded": "joined to another alert",
    "closed": "closed",
}


def alerts_line(draft: Draft, key: str) -> Runs:
    changed: dict[str, list[str]] = {}
    for one in draft.facts.alerts:
        for change in dict.fromkeys(change for change, _ in one.changes):
            changed.setdefault(change, []).append(one.row.id)
        if one.closed_at:
            changed.setdefault("closed", []).append(one.row.id)
    wanted = [
        name for name in ("raised", "strengthened", "withdrawn", "resolved", "closed") if name in changed
    ]
    if not wanted:
        return ()
    said: list[str | Figure] = ["Escalation alerts: "]
    for index, name in enumerate(wanted):
        figure = draft.figures.count(f"{key}-{name}", changed[name], f"alerts {name}", "alert", spelt=True)
        said += [", " if index else "", figure, f" {ALERT_WORDS[name].partition(':')[0]}"]
    return joined((*said, " (section 15)."))


def _happened(draft: Draft, one: AlertInPeriod) -> list[str]:
    """What happened to an alert, each kind of change once: how often and when last."""
    times: dict[str, list[dt.datetime]] = {}
    for change, changed_at in one.changes:
        if change != "amended":
            times.setdefault(change, []).append(changed_at)
    if one.closed_at:
        times["closed"] = [one.closed_at]
    said = []
    for change, moments in times.items():
        last = phrases.short_moment(moments[-1], draft.zone)
        often = f" {len(moments)} times, last" if len(moments) > 1 else ""
        said.append(f"{ALERT_WORDS[change]}{often} {last}")
    return said


def alerts(draft: Draft) -> Section:
    if not draft.facts.alerts:
        said = "No alert was raised, strengthened, withdrawn or closed in this period."
        return Section("15", "alerts", "Alerts", (Paragraph((said,)),))
    rows = []
    for one in draft.facts.alerts:
        row = one.row
        happened = _happened(draft, one)
        evidence = draft.figures.count(
            f"15-{row.number}",
            [cited.observation_id for cited in row.evidence],
            f"evidence of alert {row.number}",
        )
        cells: tuple[Runs, ...] = (
            (f"Alert {row.number}",),
            (f"{row.rule_title} ({row.rule_id})",),
            (str(row.severity),),
            (draft.sector(row.sector_code),),
            ("; ".join(happened) or words.NOT_SAID,),
            (phrases.short_moment(row.detectable_at, draft.zone),),
            (evidence,),
            (row.state.replace("_", " "),),
        )
        rows.append(Row(cells, ref=row.id))
    heads = (
        Column("Alert", weight=0.9),
        Column("Rule", weight=2.1),
        Column("Severity", "right", 0.8),
        Column("Sector", weight=1.4),
        Column("In this period", weight=2.2),
        Column("Detectable from", weight=1.2),
        Column("Records", "right", 0.8),
        Column("State", weight=1),
    )
    note = (
        "An alert says that a rule matched what was filed, reviewed or not; it is no finding of the mission. "
        "“Detectable from” is when the data sufficed; a withdrawn alert is kept with its reason."
    )
    table = Table(
        "alerts", "Alerts that something happened to in this period", heads, tuple(rows), note, True
    )
    return Section("15", "alerts", "Alerts", (Paragraph(alerts_line(draft, "15-alerts")), table))
