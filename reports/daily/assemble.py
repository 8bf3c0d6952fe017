"""The document of a paper from its facts. A section is a function; what it says follows fixed phrases.

Nothing is fetched here and nothing kept: the same facts give the same document, in each language.
"""

from reports.daily.drawing import annex_b
from reports.daily.facts import Facts
from reports.daily.sections import records
from reports.daily.sections.alerts import alerts
from reports.daily.sections.annexes import annex_a, annex_c, annex_d
from reports.daily.sections.claims import claims
from reports.daily.sections.drafting import Draft
from reports.daily.sections.events import civilian_harm, notable_events
from reports.daily.sections.headline import header, summary
from reports.daily.sections.late import late_and_corrections
from reports.daily.sections.movement import freedom_of_movement
from reports.daily.sections.violations import violations
from reports.document import Document
from reports.wording.language import Language, english


def assemble(facts: Facts, words: Language | None = None) -> Document:
    """The machine's draft of a daily or interim summary."""
    draft = Draft(facts, words or english())
    sections = [
        violations(draft),
        notable_events(draft),
        civilian_harm(draft),
        records.records(draft, records.DAMAGE),
        records.records(draft, records.MILITARY),
        records.records(draft, records.AIR),
        records.records(draft, records.SUPPLY),
        records.detention(draft),
        records.records(draft, records.MINES),
        records.cooperation(draft),
        claims(draft),
        freedom_of_movement(draft),
        late_and_corrections(draft),
        alerts(draft),
        annex_a(draft),
        annex_b(draft),
        annex_c(draft),
        annex_d(draft),
    ]
    return Document(header(draft), (summary(draft), *sections))
