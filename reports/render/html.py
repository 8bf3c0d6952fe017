"""A Document as HTML: the paper itself for a page of ours, or a whole file that stands alone.

Everything goes through the template's escaping; a number links to the records behind it.
"""

from collections.abc import Callable
from pathlib import Path

import jinja2
from markupsafe import Markup

from reports.document import (
    Bullets,
    Document,
    Figure,
    Map,
    Note,
    Paragraph,
    Quote,
    Runs,
    Strong,
    Table,
    digest,
)
from reports.render import evidence_index, map_svg

HERE = Path(__file__).parent
_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_KINDS = {Paragraph: "paragraph", Bullets: "bullets", Table: "table", Map: "map", Note: "note"}
_environment.tests["figure"] = lambda run: isinstance(run, Figure)
_environment.tests["quotation"] = lambda run: isinstance(run, Quote)
_environment.tests["emphasis"] = lambda run: isinstance(run, Strong)
_environment.filters["kind"] = lambda block: _KINDS[type(block)]
_environment.filters["drawn"] = lambda block: Markup(map_svg.svg(block))  # noqa: S704 (the builder escapes)


def within_the_file(figure: Figure) -> str:
    return f"#evidence-{figure.id}"


def paper(document: Document, href: Callable[[Figure], str]) -> Markup:
    """The paper as a fragment; `href` says where the records behind a number are listed."""
    return Markup(  # noqa: S704 (the template escapes)
        _environment.get_template("paper.html").render(document=document, href=href, digest=digest(document))
    )


def standalone(document: Document) -> str:
    """One HTML file that needs no other: its numbers lead to the index of evidence at its end."""
    return _environment.get_template("standalone.html").render(
        document=document,
        paper=paper(document, within_the_file),
        style=Markup(style()),  # noqa: S704 (our own stylesheet)
        entries=evidence_index.entries(document),
    )


def style() -> str:
    return (HERE / "static" / "paper.css").read_text("utf-8")


def runs_as_html(runs: Runs, href: Callable[[Figure], str]) -> Markup:
    """One line of the paper, for the page where lines are edited."""
    return Markup(_environment.get_template("line.html").render(runs=runs, href=href))  # noqa: S704
