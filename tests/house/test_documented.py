"""What the documents say about the code is what the code says."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import wsgi
from monitor.reference import PAGES
from monitor.settings import SETTINGS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_written_from_the_code_is_up_to_date(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == PAGES[page](), "make docs"


def test_every_command_is_in_the_guide_to_running() -> None:
    guide = (DOCS / "running.md").read_text(encoding="utf-8")
    assert [name for name in wsgi.main.commands if f"truceline {name}" not in guide] == []


def test_every_package_we_depend_on_is_explained() -> None:
    explained = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = [Requirement(line).name for line in lines]
    assert [name for name in names if f"**{name}**" not in explained] == []


def test_every_vendored_library_font_and_data_set_is_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    stated = json.loads((ROOT / "monitor/web/static/vendor/VENDOR.json").read_text(encoding="utf-8"))
    wanted = [f"{library['name']} {library['version']}" for library in stated["libraries"]]
    wanted += [path.relative_to(ROOT).parent.as_posix() for path in ROOT.glob("[mir]*/**/*.ttf")]
    wanted += [path.relative_to(ROOT).parent.as_posix() for path in ROOT.glob("[mir]*/**/*SOURCE.md")]
    assert [name for name in wanted if name not in notice] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = []
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_setting_is_read_somewhere() -> None:
    files = (path for one in ("monitor", "incidents", "reports") for path in (ROOT / one).rglob("*.py"))
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    read = set(re.findall(r"settings\.(\w+)", code)) | set(re.findall(r'values\["(\w+)"\]', code))
    assert {row.name for row in SETTINGS} - read == set()
