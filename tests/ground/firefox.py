"""Firefox by its own wire (Marionette): JSON over a socket of this machine, no driver beside it.

Playwright brings a Firefox of its own and cannot drive the system's; this is as much as the journey needs.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE_S = 60.0
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "geo.provider.network.url": 'data:application/json,{"location":{"lat":40.2,"lng":45.86},"accuracy":12.0}',
    "permissions.default.geo": 1,
    "services.settings.server": "data:,none",
    "toolkit.telemetry.enabled": False,
    "dom.push.connection.enabled": False,
    "browser.region.network.url": "",
}


class Gone(Exception):
    """The browser does not answer any more."""


class Firefox:
    """A headless Firefox on a profile of its own, which outlives it."""

    def __init__(self, profile: Path) -> None:
        assert PROGRAM is not None
        profile.mkdir(parents=True, exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        wanted = PREFERENCES | {"marionette.port": port}
        (profile / "user.js").write_text(
            "".join(
                f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wanted.items()
            )
        )
        self._process = subprocess.Popen(
            [PROGRAM, "--headless", "--marionette", "--no-remote", "--profile", str(profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"HOME": str(profile), "MOZ_DISABLE_CONTENT_SANDBOX": "1"},
            start_new_session=True,
        )
        self._socket = self._connected(port)
        self._read()  # who is there
        self._number = 0
        self._say("WebDriver:NewSession", {"pageLoadStrategy": "normal"})
        self._say("WebDriver:SetTimeouts", {"script": int(PATIENCE_S * 1000)})

    def _connected(self, port: int) -> socket.socket:
        ends = time.monotonic() + PATIENCE_S
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S + 10)
            except ConnectionRefusedError:
                if time.monotonic() > ends or self._process.poll() is not None:
                    raise
                time.sleep(0.1)

    def _read(self) -> Any:
        head = b""
        while not head.endswith(b":"):
            byte = self._socket.recv(1)
            if not byte:
                raise Gone
            head += byte
        content, wanted = b"", int(head[:-1])
        while len(content) < wanted:
            part = self._socket.recv(wanted - len(content))
            if not part:
                raise Gone
            content += part
        return json.loads(content)

    def _say(self, command: str, facts: dict[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, facts]).encode()
        try:
            self._socket.sendall(b"%d:%s" % (len(message), message))
            _, _, error, result = self._read()
        except OSError as lost:
            raise Gone from lost
        if error:
            raise AssertionError(f"{command}: {error['message']}")
        return result

    def open(self, address: str) -> None:
        self._say("WebDriver:Navigate", {"url": address})

    def add_cookie(self, name: str, value: str) -> None:
        """For the site that is open."""
        self._say("WebDriver:AddCookie", {"cookie": {"name": name, "value": value, "path": "/"}})

    def do(self, work: str, given: Any = None) -> Any:
        """What `async (given) => …` resolves to, run in the page."""
        script = """
          const [given, done] = arguments;
          (%s)(given).then((value) => done({ value }), (error) => done({ error: `${error} ${error.stack}` }));
        """
        answer = self._say(
            "WebDriver:ExecuteAsyncScript",
            {"script": script % work, "args": [given], "newSandbox": False, "sandbox": None},
        )["value"]
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def kill(self) -> None:
        """Ends every process of this browser at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._socket.close()
