"""What axe-core finds wrong with a page as it stands: WCAG 2.2 A and AA, and its best practices.

`axe/axe.min.js` is axe-core 4.14.1 by Deque Systems as published on npm, Mozilla Public License 2.0 (beside
it). Tests alone use it; it ships with no wheel.
"""

import hashlib
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "axe" / "axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]);
}"""


def violations(page: Page) -> dict[str, list[str]]:
    """The broken rules by name, each with the elements that break it; empty when all is well."""
    if not page.evaluate("'axe' in window"):
        content = AXE.read_bytes()
        assert hashlib.sha256(content).hexdigest() == AXE_SHA256
        # Evaluated, not added as a script: the pages' own policy forbids that.
        page.evaluate(content.decode())
    found: list[Any] = page.evaluate(RUN, TAGS)
    return dict(found)
