"""One paper set and shrunk in a process of its own: `python -m reports.render.compile DIRECTORY`.

The compiler keeps the memory of what it has set, and a broken document must not take the worker with it;
so each report is set by a child with a limit on its memory, which the parent gives a limited time.
"""

import io
import json
import resource
import sys
from pathlib import Path

MEMORY_LIMIT_BYTES = 3 * 1024**3


def main(directory: str) -> int:
    """Sets `summary.typ` of the directory as `out.pdf`. 0 when done; 1 with the reason on stderr as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    import typst

    root = Path(directory)
    job = json.loads((root / "job.json").read_text("utf-8"))
    try:
        typst.compile(
            str(root / "summary.typ"),
            output=str(root / "out.pdf"),
            root=str(root),
            font_paths=[job["fonts"]],
            ignore_system_fonts=True,
            pdf_standards=["a-3a", "ua-1"],
            timestamp=job["timestamp"],
        )
    except typst.TypstError as error:
        json.dump({"message": error.message, "hints": error.hints, "at": error.diagnostic}, sys.stderr)
        return 1
    (root / "out.pdf").write_bytes(shrunk((root / "out.pdf").read_bytes()))
    return 0


def shrunk(content: bytes) -> bytes:
    """The same PDF in compressed object streams, with an id that depends on the content only."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
