"""Section 15: the alerts that something happened to."""

import datetime as dt

from reports.daily.facts import AlertInPeriod
from reports.daily.sections.drafting import Draft, table
from reports.document import Paragraph, Row, Run, Runs, Section, joined

SAID_IN_SUMMARY = ("raised", "strengthened", "withdrawn", "resolved", "closed")


def alerts_line(draft: Draft, key: str) -> Runs:
    changed: dict[str, list[str]] = {}
    for one in draft.facts.alerts:
        for change in dict.fromkeys(change for change, _ in one.changes):
            changed.setdefault(change, []).append(one.row.id)
        if one.closed_at:
            changed.setdefault("closed", []).append(one.row.id)
    said: list[Runs] = []
    for name in SAID_IN_SUMMARY:
        if name in changed:
            change = draft.text(f"alerts.change.{name}")
            of = draft.text("of.alerts", change=change)
            figure = draft.figures.count(f"{key}-{name}", changed[name], of, "alert", spelt=True)
            said.append(draft.inside("alerts.changed", number=figure, change=change))
    if not said:
        return ()
    return draft.say("alerts.line", changes=separated(said))


def separated(parts: list[Runs]) -> Runs:
    """Parts of a sentence with commas between them."""
    runs: list[Run] = []
    for index, part in enumerate(parts):
        runs += [", ", *part] if index else part
    return joined(tuple(runs))


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
        slots = {
            "change": draft.text(f"alerts.change.{change}"),
            "at": draft.words.short_moment(moments[-1], draft.zone),
        }
        if len(moments) > 1:
            said.append(draft.text("alerts.often", times=draft.words.numeral(len(moments)), **slots))
        else:
            said.append(draft.text("alerts.once", **slots))
    return said


def alerts(draft: Draft) -> Section:
    title = draft.text("title.alerts")
    if not draft.facts.alerts:
        return Section("15", "alerts", title, (Paragraph(draft.say("alerts.none")),))
    rows = []
    for one in draft.facts.alerts:
        row = one.row
        evidence = draft.figures.count(
            f"15-{row.number}",
            [cited.observation_id for cited in row.evidence],
            draft.text("of.evidence", number=str(row.number)),
        )
        state = f"alerts.state.{row.state}"
        cells: tuple[Runs, ...] = (
            (draft.text("alerts.name", number=str(row.number)),),
            (draft.foreign(row.rule_title), f" ({row.rule_id})"),
            (str(row.severity),),
            (draft.sector(row.sector_code),),
            ("; ".join(_happened(draft, one)) or draft.text("dash"),),
            (draft.words.short_moment(row.detectable_at, draft.zone),),
            (evidence,),
            (draft.text(state) if draft.words.holds(state) else row.state.replace("_", " "),),
        )
        rows.append(Row(cells, ref=row.id))
    names = ("alert", "rule", "severity", "sector", "in_period", "detectable", "records", "state")
    heads = draft.heads(*names, alert=0.9, rule=2.1, severity=0.8, sector=1.4, in_period=2.2, state=1.0)
    told = table("alerts", draft.text("alerts.caption"), heads, rows, draft.text("alerts.note"), True)
    return Section("15", "alerts", title, (Paragraph(alerts_line(draft, "15-alerts")), told))
