"""Rule texts as an analyst would type them."""

STREET_FIRE = """\
id: E90-street-fire
version: {version}
status: draft
title: Fire near one street
says: Three or more shootings in one sector within a day.
article: Point 1 of the statement
kind: count
key: sector
where:
  - {{field: category, is: CFV}}
window: 24h
least: {least}
join_within: 24h
resolve_after: 48h
severity:
  - {{level: 2}}
budget: {{alerts: 4, every: 30d}}
examples:
  - name: enough in a day
    now: 48h
    observations:
      - {{at: 1h, every: 2h, times: {least}, sector: S1, category: CFV, type: shot}}
    expect: {{findings: 1}}
  - name: one less is too few
    now: 48h
    observations:
      - {{at: 1h, every: 2h, times: {fewer}, sector: S1, category: CFV, type: shot}}
    expect: {{findings: 0}}
"""


def street_fire(version: int = 1, least: int = 3) -> str:
    return STREET_FIRE.format(version=version, least=least, fewer=least - 1)
