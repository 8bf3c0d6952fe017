"""How long a large paper takes: 3,000 rows set, tagged and shrunk in a child, against WeasyPrint.

    PYTHONPATH=. python tests/bench/paper.py [ROWS]

Prints seconds, bytes and the child's peak memory. WeasyPrint (`pip install weasyprint`) sets the HTML of the
very same document in the same run.
"""

import importlib.util
import resource
import sys
import time

from reports import document as d
from reports.render import html
from reports.render.pdf import pdf_of

COLUMNS = (
    "Ref",
    "Observed from",
    "Event",
    "Means",
    "No.",
    "Observation",
    "Description",
    "Weapon",
    "Date, time",
)


def large(rows: int) -> d.Document:
    """A paper with one table of so many rows, like a very bad day's Annex A."""
    header = d.Header(
        mission="Bench",
        mission_code="B",
        title="Daily summary",
        number=1,
        year=2022,
        edition=1,
        state="issued",
        periods=(d.Span("2022-09-12T15:30:00+00:00", "2022-09-13T15:30:00+00:00", "one day"),),
        cut_off_utc="2022-09-13T15:30:00+00:00",
        cut_off_text="19:30",
        zone="Asia/Yerevan",
        late_up_to_utc="2022-09-13T15:30:00+00:00",
        late_up_to_text="19:30",
        classification="internal",
        is_exercise=True,
        language="en",
    )
    cells = ("Post M-1", "3–5 km SE", "Heard", "12", "Explosion", "Undetermined", "N/K", "13 Sep 00:05")
    table = d.Table(
        "annex-a",
        "Violations",
        tuple(d.Column(name) for name in COLUMNS),
        tuple(d.Row(((f"A{n}",), *((cell,) for cell in cells))) for n in range(1, rows + 1)),
        None,
        True,
    )
    return d.Document(header, (d.Section("", "annex_a", "Annex A", (table,), True),))


def main(rows: int) -> None:
    document = large(rows)
    began, before = time.perf_counter(), _cpu_s()
    content = pdf_of(document, most_rows=rows)
    wall, ours = time.perf_counter() - began, _cpu_s() - before
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"typst + shrink: {rows} rows, {wall:.2f} s ({ours:.2f} s of processor), child's peak {peak:.0f} MB"
    )
    print(f"  {len(content):,} bytes")
    if importlib.util.find_spec("weasyprint") is None:
        print("WeasyPrint is not installed: nothing to compare with")
        return
    import weasyprint  # type: ignore[import-not-found]

    began, before = time.perf_counter(), _cpu_s()
    weasyprint.HTML(string=html.standalone(document)).write_pdf(pdf_variant="pdf/ua-1")
    wall, theirs = time.perf_counter() - began, _cpu_s() - before
    print(f"WeasyPrint: {wall:.2f} s ({theirs:.2f} s of processor), {theirs / ours:.1f} times ours")


def _cpu_s() -> float:
    """Processor seconds of this process and its children; a busy machine stretches the clock, not these."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000)
