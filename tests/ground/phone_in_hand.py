"""A phone whose browser has a profile of its own on the disk, so that it can be killed and started again."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page

PIN = "246810"
# Every store of the phone, read as it lies on the disk; buffers as their length, keys by their kind.
READ_STORE = """async (name) => {
  const { readAll } = await import("/field/static/database.js");
  const shown = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return { buffer: value.byteLength };
    if (value instanceof Blob) return { blob: value.size };
    if (value instanceof CryptoKey) return { key: value.type, extractable: value.extractable };
    if (Array.isArray(value)) return value.map(shown);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one)]));
    }
    return value;
  };
  return shown(await readAll(name));
}"""


def give_pin(page: Page, pin: str = PIN) -> None:
    """Chooses the PIN at the first start, gives it later; the first screen stands when this returns."""
    page.locator("#pin").wait_for()
    if page.locator("#pin-again").count():
        page.locator("#pin-again").fill(pin)
    page.locator("#pin").fill(pin)
    page.locator("#pin-go").click()
    page.locator("#pin").wait_for(state="detached")


def stored(page: Page, store: str) -> list[dict[str, Any]]:
    """The rows of one store of the phone."""
    found: list[dict[str, Any]] = page.evaluate(READ_STORE, store)
    return found


def tap(page: Page, control: str) -> None:
    """Taps a choice by its id, as a thumb does: on its label."""
    page.locator(f"label:has(#{control})").click()


class Phone:
    """Starts, is used, dies at once (SIGKILL) and starts again on the same profile."""

    def __init__(
        self,
        launch: Callable[..., BrowserContext],
        url: str,
        profile: Path,
        cookie: str | None = None,
        **shape: Any,
    ) -> None:
        self._launch, self._url, self._profile, self._cookie, self._shape = (
            launch,
            url,
            profile,
            cookie,
            shape,
        )
        self.context: BrowserContext | None = None
        self.page: Page = None  # type: ignore[assignment]

    def start(self, language: str = "en") -> Page:
        self._open(f"/field/{language}")
        give_pin(self.page)
        return self.page

    def take_in(self, code_address: str, confirm: Callable[[], None]) -> Page:
        """Enrols where the officer's code leads; `confirm` is the officer, once six words stand here."""
        self._open(code_address)
        self.page.locator("#enrol-go").click()
        self.page.locator("#six-words").wait_for()
        confirm()
        give_pin(self.page)
        return self.page

    def _open(self, address: str) -> None:
        self.context = self._launch(str(self._profile), base_url=self._url, **self._shape)
        if self._cookie:
            self.context.add_cookies([{"name": "truceline", "value": self._cookie, "url": self._url}])
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.goto(address)

    def kill(self) -> None:
        """The battery dies."""
        self.shoot()
        self.close()

    def shoot(self) -> None:
        """Kills every process of this browser at once; another thread than the test's may call it."""
        for process in self._processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def close(self) -> None:
        if self.context is None:
            return
        context, self.context = self.context, None
        try:
            context.close()
        except Error as gone:
            # Nobody is left to answer after a kill.
            assert "closed" in str(gone) or "crashed" in str(gone), gone

    def _processes(self) -> list[int]:
        mark = f"--user-data-dir={self._profile}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    arguments = (entry / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if mark in arguments:
                    found.append(int(entry.name))
        return found
