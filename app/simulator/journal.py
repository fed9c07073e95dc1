"""The record of calls: what was asked, by whom and when, without any secret. For tests and for the desk."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

_KEPT = 20_000
_SECRET_HEADERS = ("x-amilia-apikey", "x-amilia-apisecret", "cookie")


@dataclass(slots=True)
class Call:
    """One call of the API. ``organization`` is a slug or empty; ``status`` is 0 until the answer began."""

    number: int
    time: datetime
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    client: str
    organization: str
    status: int = 0


class Journal:
    """The last calls, oldest first, and how many were under way at once."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._calls: deque[Call] = deque(maxlen=_KEPT)
        self._number = 0
        self._under_way = 0
        self.peak = 0
        """The most calls that were ever under way at the same time."""

    def __repr__(self) -> str:
        return f"<Journal {self._number} calls, {self._under_way} under way>"

    def begin(
        self,
        *,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        client: str,
        organization: str,
    ) -> Call:
        """Note a call; ``end`` it when it is answered."""
        self._number += 1
        self._under_way += 1
        self.peak = max(self.peak, self._under_way)
        call = Call(
            self._number, self._clock(), method, path, query, _without_secrets(headers), client, organization
        )
        self._calls.append(call)
        return call

    def end(self) -> None:
        self._under_way -= 1

    def calls(self, *, organization: str = "", path: str = "") -> list[Call]:
        """The calls to one organization (a slug) whose path contains ``path``; all of them by default."""
        return [
            call
            for call in self._calls
            if organization in {"", call.organization} and path.lower() in call.path.lower()
        ]

    def count(self, *, organization: str = "", path: str = "") -> int:
        return len(self.calls(organization=organization, path=path))

    def clear(self) -> None:
        """Forget the calls and the peak; numbers go on rising."""
        self._calls.clear()
        self.peak = self._under_way


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers, with the scheme in place of credentials: enough to see how a client authenticates."""
    shown = {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
    shown |= {name: "(given)" for name in _SECRET_HEADERS if name in headers}
    if "authorization" in shown:
        shown["authorization"] = shown["authorization"].partition(" ")[0]
    return shown
