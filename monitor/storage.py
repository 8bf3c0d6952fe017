"""Files by the SHA-256 of their content: the same bytes are kept once, and a name proves its bytes."""

import datetime as dt
import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO


class Storage:
    """Content-addressed files below one folder. A file is whole and on disk before its name exists."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.arriving = Arriving(directory / "arriving")

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


class Arriving:
    """Files that come in parts and are not whole yet, each under a name that its receiver makes up.

    Parts are not forced to disk one by one: a whole file is verified by its hash before it is kept, so what a
    power cut spoilt is noticed and sent again.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def size(self, name: str) -> int:
        """How many bytes are here, from the beginning on."""
        path = self._path(name)
        return path.stat().st_size if path.exists() else 0

    def write(self, name: str, offset: int, content: bytes) -> int:
        """Puts a part where it belongs, perhaps again; answers the size. ValueError for a hole before it."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._path(name), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            if offset > os.fstat(handle).st_size:
                raise ValueError("a part cannot leave a hole before it")
            while content:
                written = os.pwrite(handle, content, offset)
                content, offset = content[written:], offset + written
            return os.fstat(handle).st_size
        finally:
            os.close(handle)

    def read(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def drop(self, name: str) -> bool:
        """Forgets a file; answers whether there was one."""
        path = self._path(name)
        was_here = path.exists()
        path.unlink(missing_ok=True)
        return was_here

    def untouched_since(self, moment: dt.datetime) -> list[str]:
        """The names of those that got no part since then; the machine's time."""
        if not self._directory.exists():
            return []
        return sorted(
            path.name for path in self._directory.iterdir() if path.stat().st_mtime < moment.timestamp()
        )

    def _path(self, name: str) -> Path:
        return self._directory / name
