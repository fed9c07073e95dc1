"""What passes between the service and Amilia while it refreshes: heard on the way, changed nowhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import httpx

from app.amilia.client import AmiliaClient
from app.cli.doctor.clocks import told_by
from app.domain.errors import UpstreamError
from app.domain.model import Event, Lang
from app.domain.records import Harvest, Seal
from app.feeds.ports import Arrival

_NAMES_AN_ORGANIZATION: Final = "/org/"


@dataclass(frozen=True, slots=True)
class Heard:
    """One call: its endpoint, such as "programs", and its status, None where there was no answer.

    ``ours`` and ``theirs`` are the two clocks at that moment; ``theirs`` is None where it was not told.
    ``trouble`` says why there was no answer.
    """

    endpoint: str
    status: int | None
    ours: datetime
    theirs: datetime | None = None
    trouble: str = ""


class Listening(httpx.AsyncBaseTransport):
    """Passes everything on to ``inner``, and notes the calls: no body, no header but ``Date``."""

    def __init__(self, inner: httpx.AsyncBaseTransport, clock: Callable[[], datetime]) -> None:
        self._inner = inner
        self._clock = clock
        self.calls: list[Heard] = []

    def __repr__(self) -> str:
        return f"<Listening, {len(self.calls)} calls>"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See ``httpx.AsyncBaseTransport``."""
        endpoint = _endpoint(request.url.path)
        try:
            response = await self._inner.handle_async_request(request)
        except httpx.TransportError as error:
            self.calls.append(Heard(endpoint, None, self._clock(), trouble=str(error)))
            raise
        self.calls.append(Heard(endpoint, response.status_code, self._clock(), told_by(response.headers)))
        return response

    async def aclose(self) -> None:
        """See ``httpx.AsyncBaseTransport``."""
        await self._inner.aclose()


def _endpoint(path: str) -> str:
    """What is asked for, without the organization and without numbers."""
    _, named, rest = path.partition(_NAMES_AN_ORGANIZATION)
    steps = rest.split("/")[1:] if named else path.split("/")[-1:]
    return "/".join(step for step in steps if not step.isdigit())


class Overheard:
    """An organization's client as the service knows it (``feeds.ports.EventSource``), remembering.

    The token of an earlier run is not taken over: it would be good for a year, whatever became of the
    password.
    """

    def __init__(self, client: AmiliaClient) -> None:
        self.client = client
        self.harvest: Harvest | None = None
        self.failure: UpstreamError | None = None
        self.zone: str | None = None
        self.zone_asked = False

    def __repr__(self) -> str:
        return f"<Overheard {self.client!r}>"

    @property
    def token(self) -> str | None:
        """The token that was bought since."""
        return self.client.token

    @token.setter
    def token(self, token: str | None) -> None:
        """Kept tokens prove nothing about the credentials."""

    async def walk(
        self, lang: Lang, first: date, last: date, *, arrived: Arrival, seal: Seal | None = None
    ) -> Harvest:
        """See ``AmiliaClient.walk``."""
        try:
            self.harvest = await self.client.walk(lang, first, last, arrived=arrived, seal=seal)
        except UpstreamError as failure:
            self.failure = failure
            raise
        return self.harvest

    def read(self, record: bytes) -> Event:
        """See ``AmiliaClient.read``."""
        return self.client.read(record)

    async def timezone(self) -> str | None:
        """See ``AmiliaClient.timezone``."""
        self.zone_asked = True
        try:
            self.zone = await self.client.timezone()
        except UpstreamError as failure:
            self.failure = failure
            raise
        return self.zone
