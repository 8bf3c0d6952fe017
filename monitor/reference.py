"""The pages of `docs/` that are written from the code, so that they cannot lag behind it."""

from collections.abc import Iterator
from pathlib import Path

import click

from monitor.access.permissions import PERMISSIONS
from monitor.access.policy import NOT_ONES_OWN
from monitor.access.roles import ROLES
from monitor.errors import DomainError, catalogue
from monitor.settings import FILE_KEY, SETTINGS

WRITTEN = "*Written by `make docs` from the code; edit the code, not this page.*"


SETTINGS_HEAD = f"""# Settings

{WRITTEN}

A setting is a line of `truceline.toml` in the folder where Truceline starts, or an environment variable,
which wins. `{FILE_KEY}` names another file. An unknown key stops the start and is named; so is a value
that cannot be used. Secrets are not settings: `truceline init` makes them as files that only their owner
can read, in `keys/` below `data_dir`.

| in the file | in the environment | if left out | what it is |
|---|---|---|---|
"""
PROBLEMS_HEAD = f"""# Problems

{WRITTEN}

A refusal is `application/problem+json` (RFC 9457): `type` is `/problems/` and the word below; `title`,
`status` and `detail` say it in words; `errors` maps a field to what must be mended. A person's browser
gets the same as a page.

| type | status | title | when |
|---|---|---|---|
"""
PROBLEMS_FOOT = """| `http-<status>` | any | the status in words | The server refused before our code. |
| `unknown` | 500 | Our mistake | An error we did not foresee; the server's log has it. |
"""
PERMISSIONS_HEAD = f"""# Who may do what

{WRITTEN}

A role is granted to a person, on record, by an administrator, who has no power over content. A device's
token may only hand in.

"""


def settings_page() -> str:
    """Every setting with its environment key, default and meaning."""
    rows = (f"| `{row.name}` | `{row.key}` | {_shown(row.default)} | {row.help} |\n" for row in SETTINGS)
    return SETTINGS_HEAD + "".join(rows)


def _shown(default: object) -> str:
    return "–" if default is None else f"`{default}`"


def problems_page() -> str:
    """Every way to be refused, as a client sees it."""
    rows = (
        f"| `{error.type}` | {error.status} | {error.title} | {_in_one_line(error)} |\n"
        for error in catalogue()
    )
    return PROBLEMS_HEAD + "".join(rows) + PROBLEMS_FOOT


def _in_one_line(error: type[DomainError]) -> str:
    return " ".join((error.__doc__ or "").split())


def permissions_page() -> str:
    """Who may do what: the role matrix, and what needs a second person."""
    roles = "".join(line + "\n" for role in ROLES for line in _role_lines(role))
    eyes = "".join(f"* {PERMISSIONS[permission]}: {reason}.\n" for permission, reason in NOT_ONES_OWN.items())
    return f"{PERMISSIONS_HEAD}{roles}## Four eyes\n\n{eyes}"


def _role_lines(role: str) -> Iterator[str]:
    yield f"## {role.replace('_', ' ').capitalize()}"
    yield ""
    yield from (f"* {words}" for permission, words in PERMISSIONS.items() if permission in ROLES[role])
    yield ""


PAGES = {
    "settings.md": settings_page,
    "problems.md": problems_page,
    "permissions.md": permissions_page,
}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default="docs")
def reference(folder: Path) -> None:
    """Write the pages of docs that come from the code: settings, problems, permissions."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")
        click.echo(folder / name)
