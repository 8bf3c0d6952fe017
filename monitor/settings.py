"""Every setting, one row each. Environment (`TRUCELINE_…`) wins over the TOML file; unknown keys are refused.

The TOML file is `truceline.toml` in the working directory, or the one named by TRUCELINE_SETTINGS.
"""

import datetime as dt
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "TRUCELINE_"
FILE_KEY = "TRUCELINE_SETTINGS"
_WEEKDAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class SettingsError(Exception):
    """The settings cannot be used; the text says which row and what to mend."""


def _whole(value: Any) -> int:
    return int(str(value))


def _address(value: Any) -> str:
    parts = urlsplit(str(value))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("an address like https://truceline.example")
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(value: Any) -> str:
    text = str(value)
    if text.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + text.split("://", 1)[1]
    if text.startswith(("postgresql+psycopg://", "sqlite:///")):
        return text
    raise ValueError("postgresql://… or sqlite:///…")


def _hosts(value: Any) -> tuple[str, ...]:
    return tuple(str(value).lower().replace(",", " ").split())


def _security(value: Any) -> str:
    if str(value) not in ("starttls", "tls", "none"):
        raise ValueError("starttls, tls or none")
    return str(value)


def _weekday(value: Any) -> str:
    day = str(value).strip().lower()
    if day not in _WEEKDAYS:
        raise ValueError("one of mon, tue, wed, thu, fri, sat, sun")
    return day


def _days(value: Any) -> tuple[str, ...]:
    days = tuple(str(value).lower().replace(",", " ").split())
    for day in days:
        if day not in _WEEKDAYS:
            try:
                dt.date.fromisoformat(day)
            except ValueError as error:
                raise ValueError("days like “sun 2022-09-21”") from error
    return days


@dataclass(frozen=True)
class Setting:
    """One row: `kind` turns text into the value and raises ValueError saying what it takes."""

    name: str
    kind: Callable[[Any], Any]
    default: Any
    help: str

    @property
    def key(self) -> str:
        return PREFIX + self.name.upper()


SETTINGS = (
    Setting("data_dir", Path, Path("var"), "Folder of the embedded store, media, keys and log mirror."),
    Setting("database_url", _database_url, None, "PostgreSQL 15+; left out: SQLite in the data folder."),
    Setting("host", str, "127.0.0.1", "Address the web server listens on."),
    Setting("port", _whole, 8000, "Port the web server listens on."),
    Setting(
        "public_url", _address, None, "Address people type. Required where `host` is not this machine itself."
    ),
    Setting(
        "web_threads", _whole, 600, "Threads of one web process; each open desk holds one, and 16 stay free."
    ),
    Setting("web_processes", _whole, 1, "Web processes (PostgreSQL only; SQLite takes one)."),
    Setting("session_idle_minutes", _whole, 60, "A sign-in ends after this long without a request."),
    Setting("session_hours", _whole, 12, "A sign-in ends after this long in any case."),
    Setting("argon2_memory_kib", _whole, 65_536, "Memory that one password check takes."),
    Setting("argon2_rounds", _whole, 3, "Rounds of one password check."),
    Setting("report_limit_bytes", _whole, 65_536, "Largest single report; a batch may hold 100 of them."),
    Setting("media_limit_bytes", _whole, 26_214_400, "Largest photo or recording."),
    Setting("basemap_file", Path, None, "PMTiles file shown under the room's map, instead of the small one."),
    Setting("no_issue_on", _days, (), "Days without a daily summary, like `sun 2022-09-21`."),
    Setting("smtp_host", str, "", "Mail server that papers are sent by; left out: no e-mail is sent."),
    Setting("smtp_port", _whole, 587, "Port of the mail server."),
    Setting("smtp_security", _security, "starttls", "starttls, tls or none (none only to this machine)."),
    Setting("smtp_user", str, "", "Name at the mail server; left out: it asks for none."),
    Setting("smtp_password_file", Path, None, "File that holds the password of `smtp_user`, mode 0600."),
    Setting("smtp_from", str, "", "Address that papers come from."),
    Setting("webhook_hosts", _hosts, (), "Hosts that papers may be posted to; no other is ever called."),
    Setting(
        "webhook_private_hosts", _hosts, (), "Those of them that may be in a private or loopback network."
    ),
    Setting(
        "sign_certificate",
        Path,
        None,
        "PKCS#12 file, mode 0600, that PDFs are signed with; needs `truceline[signing]`. Left out: unsigned.",
    ),
    Setting("sign_passphrase_file", Path, None, "File that holds the passphrase of it, mode 0600."),
    Setting("week_ends_on", _weekday, "mon", "Day on whose cut-off the weekly report is drafted."),
    Setting("log_level", str, "info", "debug, info, warning or error."),
    Setting("log_origin", str, "truceline.invalid/log/1", "Name under which the evidence log is signed."),
)


@dataclass(frozen=True)
class Settings:
    """The settings of this process, as attributes named in SETTINGS."""

    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def store_url(self) -> str:
        return (
            self.values["database_url"] or f"sqlite:///{self.values['data_dir'].resolve() / 'truceline.db'}"
        )

    @property
    def origin(self) -> str:
        """The address under which browsers reach us."""
        return self.values["public_url"] or f"http://{self.values['host']}:{self.values['port']}"

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def keys_dir(self) -> Path:
        return self.values["data_dir"] / "keys"


def load_settings(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """The settings from `given`, the environment and the TOML file, in this order of precedence."""
    environ = os.environ if environ is None else environ
    rows = {row.name: row for row in SETTINGS}
    found = _from_file(environ, rows) | _from_environment(environ, rows) | given
    values = {name: _read(row, found[name]) if name in found else row.default for name, row in rows.items()}
    settings = Settings(values)
    if settings.host not in LOOPBACK and not settings.public_url:
        raise SettingsError(
            f"{PREFIX}PUBLIC_URL is missing: the server listens on {settings.host}, so it must know the "
            "address that people type, for example https://truceline.example"
        )
    return settings


def _read(row: Setting, value: Any) -> Any:
    try:
        return row.kind(value)
    except ValueError as error:
        raise SettingsError(f"{row.key} cannot be {value!r}: it takes {error}") from error


def _from_environment(environ: Mapping[str, str], rows: Mapping[str, Setting]) -> dict[str, Any]:
    by_key = {row.key: name for name, row in rows.items()}
    ours = {key: value for key, value in environ.items() if key.startswith(PREFIX) and key != FILE_KEY}
    if unknown := sorted(ours.keys() - by_key.keys()):
        raise SettingsError(f"unknown settings in the environment: {', '.join(unknown)}")
    return {by_key[key]: value for key, value in ours.items()}


def _from_file(environ: Mapping[str, str], rows: Mapping[str, Setting]) -> dict[str, Any]:
    named = environ.get(FILE_KEY)
    path = Path(named or "truceline.toml")
    if not path.exists():
        if named:
            raise SettingsError(f"{FILE_KEY} names {path}, which does not exist")
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from error
    if unknown := sorted(found.keys() - rows.keys()):
        raise SettingsError(f"unknown settings in {path}: {', '.join(unknown)}")
    return found
