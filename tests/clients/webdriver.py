"""WebDriver, the remote control of browsers: JSON over HTTP (https://www.w3.org/TR/webdriver2/)."""

from collections.abc import Sequence
from typing import Any

import httpx

_SECONDS = 120.0


class WebDriver:
    """One browser window, opened by the driver that listens on ``port``."""

    def __init__(self, port: int, *, binary: str, arguments: Sequence[str]) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=_SECONDS)
        options = {"binary": binary, "args": list(arguments)}
        wish = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        self._session = f"/session/{self._call('POST', '/session', wish)['sessionId']}"

    def go(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self._call("POST", f"{self._session}/url", {"url": url})

    def run(self, script: str, *arguments: object) -> Any:
        """What the body of a function in the page returns; a promise is waited for."""
        return self._call("POST", f"{self._session}/execute/sync", {"script": script, "args": arguments})

    def devtools(self, command: str, **parameters: object) -> Any:
        """What a command of Chromium's own protocol returns."""
        wish = {"cmd": command, "params": parameters}
        return self._call("POST", f"{self._session}/goog/cdp/execute", wish)

    def close(self) -> None:
        self._call("DELETE", self._session)
        self._http.close()

    def _call(self, method: str, path: str, body: object = None) -> Any:
        answer = self._http.request(method, path, json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise RuntimeError(f"{value['error']}: {value['message']}")
        return value
