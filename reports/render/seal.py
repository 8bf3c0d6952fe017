"""The mark by which a printed paper is checked: a QR code of what it is, its digest and the log's head.

The code holds plain text, so that anybody's telephone shows it; `truceline summary verify` reads the same.
"""

import io

import segno

from reports.document import Document, digest


def text(document: Document) -> str | None:
    """What the code says; None for a draft, which nobody vouches for."""
    header = document.header
    if header.edition is None:
        return None
    lines = (
        f"truceline {header.mission_code} {header.kind} {header.number}/{header.year}"
        f" edition {header.edition} {header.language}",
        f"sha256:{digest(document)}",
        f"log:{header.log_head or 'none'}",
    )
    return "\n".join(lines)


def svg(document: Document) -> str | None:
    """The code as SVG, black on white, with its quiet zone."""
    said = text(document)
    if said is None:
        return None
    out = io.BytesIO()
    code = segno.make(said, error="m", micro=False)
    code.save(out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return out.getvalue().decode("utf-8").strip()
