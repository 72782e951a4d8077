"""A Firefox of the tests' own, spoken to by WebDriver BiDi: no driver, nothing to download."""

import json
import os
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from tests.services.process import (
    START_SECONDS,
    answers_tcp,
    find_program,
    free_port,
    start_kept,
    wait_until_ready,
)

# A camera and a microphone that are none, allowed; and no word to anybody but the page.
_SETTINGS = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "intl.accept_languages": "es-CL, es",
    "media.gmp-manager.updateEnabled": False,
    "app.update.auto": False,
    "app.normandy.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Firefox:
    """One window."""

    def __init__(self, folder: Path, *, owner_lock: Path) -> None:
        profile = folder / "profile"
        profile.mkdir()
        lines = [f'user_pref("{name}", {json.dumps(to)});' for name, to in _SETTINGS.items()]
        (profile / "user.js").write_text("\n".join(lines) + "\n", "utf-8")
        port, self._numbers = free_port(), count(1)
        command = [find_program("firefox-esr", "usr/bin/firefox"), "--headless", "--no-remote"]
        command += ["--profile", str(profile), "--remote-debugging-port", str(port)]
        self._kept = start_kept(
            command, owner_lock=owner_lock, log=folder / "firefox.log",
            env=os.environ | {"HOME": str(folder)}, cwd=folder,
        )  # fmt: skip
        wait_until_ready(self._kept, lambda: answers_tcp(port))
        self._stack = ExitStack()
        self._stack.callback(self._kept.kill)
        way = connect(f"ws://127.0.0.1:{port}/session", max_size=None, open_timeout=START_SECONDS)
        self._socket = self._stack.enter_context(way)
        self._ask("session.new", capabilities={})
        [window] = self._ask("browsingContext.getTree")["contexts"]
        self._window = window["context"]

    def close(self) -> None:
        self._stack.close()

    def always(self, script: str) -> None:
        """*script* runs in each page, before those of the page."""
        self._ask("script.addPreloadScript", functionDeclaration=f"() => {{{script}}}")

    def open(self, url: str) -> None:
        self._ask("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def run(self, expression: str) -> Any:
        """What the page says of *expression*, or of the promise that it is: anything of JSON."""
        found = self._ask(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((it) => JSON.stringify(it ?? null))",
            target={"context": self._window},
            awaitPromise=True,
        )
        if found["type"] != "success":
            raise AssertionError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def wait_for(self, expression: str) -> None:
        """Until it is so; a page that is on its way to another is asked again."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                if self.run(expression):
                    return
            except RuntimeError:
                pass
            if time.monotonic() > end:
                page = self.run("document.body.innerText")
                raise AssertionError(f"never so: {expression}\n{page}")
            time.sleep(0.2)

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(START_SECONDS))
            if told.get("id") != number:
                continue  # an event that nobody asked for
            if told["type"] == "error":
                raise RuntimeError(f"{method}: {told['error']}: {told['message']}")
            return dict(told["result"])
