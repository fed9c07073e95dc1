"""Marionette, the remote control that Mozilla builds into its programs: numbered JSON messages over TCP."""

import json
import socket
from typing import Any

_SECONDS = 120.0


class MarionetteError(Exception):
    """The program refused a command, or hung up."""


class Marionette:
    """A session with the program that listens on ``port``, in which scripts run with all its rights."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_SECONDS)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        self._read()
        self.call("WebDriver:NewSession", capabilities={"alwaysMatch": {}})
        self.call("Marionette:SetContext", value="chrome")
        self.call("WebDriver:SetTimeouts", script=int(_SECONDS * 1000))

    def call(self, command: str, **parameters: object) -> Any:
        """What the command returns. Raises MarionetteError."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise MarionetteError(f"{error['error']}: {error['message']}")
        return result

    def run(self, script: str, *arguments: object) -> Any:
        """What the body of an async function returns; ``args`` in it are ``arguments``."""
        wrapped = f"""
            const done = arguments[arguments.length - 1], args = arguments;
            (async () => {{ {script} }})().then(
                value => done({{value}}), error => done({{error: `${{error}} ${{error?.stack}}`}}));
        """
        outcome = self.call("WebDriver:ExecuteAsyncScript", script=wrapped, args=list(arguments))["value"]
        if "error" in outcome:
            raise MarionetteError(outcome["error"])
        return outcome.get("value")

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (octet := self._stream.read(1)) != b":":
            if not octet:
                raise MarionetteError("the program hung up")
            length += octet
        return json.loads(self._stream.read(int(length)))
