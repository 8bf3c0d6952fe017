"""How the masthead names what a paper covers, in print and in HTML."""

import datetime as dt
from zoneinfo import ZoneInfo

from reports.document import Header
from reports.wording.language import language

MOST_PERIODS = 3


def periods_told(header: Header) -> list[str]:
    """The periods as the masthead names them: each by itself, a week's from the first to the last."""
    if len(header.periods) <= MOST_PERIODS:
        return [span.text for span in header.periods]
    zone = ZoneInfo(header.zone.partition(" ")[0])
    first, last = header.periods[0].start_utc, header.periods[-1].end_utc
    ends = dt.datetime.fromisoformat(first), dt.datetime.fromisoformat(last)
    return [language(header.language).period(*ends, zone)]
