"""A headless Chromium for tests, spoken to over its debugging pipe: no port, no driver, no other library."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
    "--window-size=1400,900",
)
# Chromium reads its pipe as 3 and writes it as 4.
PIPED = "import os, sys; r, w = map(int, sys.argv[1:3]); os.dup2(r, 103); os.dup2(w, 104); os.dup2(103, 3); os.dup2(104, 4); os.execv(sys.argv[3], sys.argv[3:])"
PATIENCE = 60.0
KEYS = {"Enter": ("\r", 13), "Escape": ("", 27), " ": (" ", 32), "Tab": ("", 9)}


def chromium() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )


class Browser:
    """One page in one browser, with all that it complained of.

    Attributes:
        complaints: console errors and warnings, exceptions, and what the browser's own log has.
        requests: every address that the page asked for.
    """

    def __init__(self, program: str) -> None:
        """Start the browser with an empty profile."""
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        read, self._write = os.pipe()
        self._read, write = os.pipe()
        command = [sys.executable, "-c", PIPED, str(read), str(write), program, *FLAGS]
        self._process = subprocess.Popen(
            [*command, f"--user-data-dir={self._folder.name}", "about:blank"],
            pass_fds=(read, write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read)
        os.close(write)
        self._held = b""
        self._number = 0
        self._seen: list[dict[str, Any]] = []
        self.complaints: list[str] = []
        self.requests: list[str] = []
        pages = self._send("Target.getTargets")["targetInfos"]
        page = next(one["targetId"] for one in pages if one["type"] == "page")
        self._session: str | None = self._send("Target.attachToTarget", targetId=page, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    _session: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._read)
        os.close(self._write)
        self._folder.cleanup()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The browser's answer to one call on the page."""
        return self._send(method, **parameters)

    def open(self, file: Path) -> None:
        """Open a file from disk, and wait until it is loaded."""
        self._seen.clear()
        self.call("Page.navigate", url=file.resolve().as_uri())
        self._until(lambda: any(one["method"] == "Page.loadEventFired" for one in self._seen))

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        told = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise AssertionError(told["exceptionDetails"])
        return told["result"].get("value")

    def press(self, *keys: str, control: bool = False) -> None:
        """Press keys as a person does."""
        for key in keys:
            text, code = KEYS.get(key, ("", 0))
            pressed = {
                "key": key,
                "code": key if key.strip() else "Space",
                "modifiers": 2 if control else 0,
                "windowsVirtualKeyCode": code,
            }
            self.call(
                "Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **pressed
            )
            self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def click(self, selector: str) -> None:
        """Click in the middle of the first element that the selector finds."""
        script = f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center', inline: 'center'}}); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }})()"
        x, y = self.run(script)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, file: Path) -> None:
        """Write what is seen now as PNG."""
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        answers: list[dict[str, Any]] = []
        self._until(lambda: bool(answers), number, answers)
        if "error" in answers[0]:
            raise AssertionError(method, answers[0]["error"])
        told: dict[str, Any] = answers[0]["result"]
        return told

    def _until(
        self, done: Callable[[], bool], number: int = 0, answers: list[dict[str, Any]] | None = None
    ) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            for message in self._messages(end):
                if answers is not None and message.get("id") == number:
                    answers.append(message)
                elif "method" in message:
                    self._note(message)

    def _messages(self, end: float) -> list[dict[str, Any]]:
        if not select.select([self._read], [], [], max(0.0, end - time.monotonic()))[0]:
            msg = "the browser said nothing in time"
            raise AssertionError(msg)
        received = os.read(self._read, 1 << 20)
        if not received:
            msg = "the browser ended"
            raise AssertionError(msg)
        *whole, self._held = (self._held + received).split(b"\0")
        return [json.loads(one) for one in whole]

    def _note(self, message: dict[str, Any]) -> None:
        told = message["params"]
        self._seen.append(message)
        if message["method"] == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"]))
        if message["method"] == "Runtime.consoleAPICalled":
            self.complaints.append(str(told["args"]))
        if message["method"] == "Log.entryAdded":
            self.complaints.append(told["entry"]["text"])
        if message["method"] == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
