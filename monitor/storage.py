"""Files by the SHA-256 of their content: the same bytes are kept once, and a name proves its bytes."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO


class Storage:
    """Content-addressed files below one folder. A file is whole and on disk before its name exists."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, sha256: str) -> Path:
        return self._directory / sha256[:2] / sha256[2:4] / sha256

    def put(self, content: bytes) -> str:
        """Keeps `content` and returns its SHA-256 (hex). Durable when it returns."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(out.name, 0o400)
        os.replace(out.name, path)
        _sync_directory(path.parent)
        return sha256

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def read(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def holds(self, sha256: str) -> bool:
        return self.path(sha256).exists()


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
