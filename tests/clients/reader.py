"""Programs that take a whole file and keep none: they download the feed anew each time they look."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import httpx

from tests.clients.client import Client, RefreshFailed, Trouble
from tests.clients.sightings import Sighting

_SECONDS = 30.0


class Reader(Client):
    """A download and a reading of it; without a download there is nothing to show."""

    when_away: ClassVar[Trouble] = "blank"
    when_cut: ClassVar[Trouble] = "blank"

    def __init__(self, home: Path, logs: Path) -> None:
        super().__init__(home, logs)
        self._url = ""
        self._shown: Sequence[Sighting] = ()

    @abstractmethod
    def read(self, body: bytes) -> Sequence[Sighting]:
        """What the file holds. Raises RefreshFailed with the program's complaint."""

    def subscribe(self, url: str) -> None:
        self._url = url
        self.refresh()

    def refresh(self) -> None:
        self._shown = ()
        try:
            with httpx.Client(trust_env=False, timeout=_SECONDS, follow_redirects=True) as http:
                body = http.get(self._url).raise_for_status().content
        except httpx.HTTPError as error:
            raise RefreshFailed(str(error)) from error
        self._shown = self.read(body)

    def seen(self) -> list[Sighting]:
        return sorted(self._shown)

    def close(self) -> None:
        """Nothing of it runs by itself."""
