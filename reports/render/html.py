"""A Document as HTML: the paper itself for a page of ours, or a whole file that stands alone.

Everything goes through the template's escaping; a number links to the records behind it.
"""

from collections.abc import Callable
from pathlib import Path

import jinja2
from markupsafe import Markup

from reports.document import (
    Bullets,
    Chart,
    Document,
    Figure,
    Foreign,
    Map,
    Note,
    Paragraph,
    Quote,
    Strong,
    Table,
    digest,
)
from reports.render import chart_svg, evidence_index, map_svg, seal
from reports.render.masthead import periods_told
from reports.wording.language import capital, language

HERE = Path(__file__).parent
_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_KINDS = {
    Paragraph: "paragraph",
    Bullets: "bullets",
    Table: "table",
    Map: "map",
    Chart: "chart",
    Note: "note",
}
_environment.tests["figure"] = lambda run: isinstance(run, Figure)
_environment.tests["quotation"] = lambda run: isinstance(run, Quote)
_environment.tests["emphasis"] = lambda run: isinstance(run, Strong)
_environment.tests["foreign"] = lambda run: isinstance(run, Foreign)
_environment.filters["capitalize_first"] = capital
_environment.filters["kind"] = lambda block: _KINDS[type(block)]
_environment.filters["drawn"] = lambda block: Markup(  # noqa: S704 (the builders escape)
    chart_svg.svg(block) if isinstance(block, Chart) else map_svg.svg(block)
)


Href = Callable[[Figure], str | None]


def paper(document: Document, href: Href) -> Markup:
    """The paper as a fragment; `href` says where the records behind a number are listed, if anywhere."""
    words = language(document.header.language)
    code = seal.svg(document)
    return Markup(  # noqa: S704 (the template escapes)
        _environment.get_template("paper.html").render(
            document=document,
            href=href,
            digest=digest(document),
            label=lambda key, **slots: words.text(key, **{name: str(value) for name, value in slots.items()}),
            classification=classification(document),
            periods=periods_told(document.header),
            seal=Markup(code) if code else None,  # noqa: S704 (drawn here)
        )
    )


def classification(document: Document) -> str:
    """Who the paper is for, in its language."""
    words = language(document.header.language)
    key = f"paper.{document.header.classification}"
    return words.phrase(key) if words.holds(key) else document.header.classification


def standalone(document: Document) -> str:
    """One HTML file that needs no other: its numbers lead to the index of evidence at its end."""
    targets = evidence_index.targets(document)

    def within_the_file(figure: Figure) -> str | None:
        return f"#evidence-{targets[figure.id]}" if figure.id in targets else None

    return _environment.get_template("standalone.html").render(
        document=document,
        paper=paper(document, within_the_file),
        style=Markup(style()),  # noqa: S704 (our own stylesheet)
        entries=evidence_index.entries(document),
        heading=language(document.header.language).phrase("paper.evidence"),
        note=language(document.header.language).phrase("paper.evidence_note"),
    )


def style() -> str:
    return (HERE / "static" / "paper.css").read_text("utf-8")
