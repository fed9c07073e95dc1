"""The simulated Amilia's back door: what its staff do, what goes wrong with it, and what is true."""

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import httpx

from soak.history import Facts, facts_of

EDIT_SECONDS: Final = 20.0


class Desk:
    """Talks to the control endpoints of a simulator (``app.simulator.control``) at ``address``."""

    def __init__(self, address: str) -> None:
        self._client = httpx.AsyncClient(base_url=address, trust_env=False, timeout=EDIT_SECONDS)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def accounts(self) -> Mapping[str, Mapping[str, Any]]:
        """Organizations by slug, with their credentials."""
        told = await self._ask("GET", "/control/world")
        return {each["slug"]: each for each in told["organizations"]}

    async def truth(self, slug: str, lang: str, first: date, last: date) -> Facts:
        """What a faithful feed of these days would tell."""
        span = {"org": slug, "lang": lang, "from": first.isoformat(), "to": last.isoformat()}
        return facts_of((await self._ask("GET", "/control/truth", params=span))["events"])

    async def edit(self, event: int, what: str, **facts: object) -> None:
        """``move``, ``rename``, ``cancel`` or ``restore`` one event."""
        await self._ask("POST", f"/control/events/{event}/{what}", json=facts)

    async def add(self, slug: str, **facts: object) -> None:
        """A new activity with one event."""
        await self._ask("POST", "/control/events", json={"org": slug, **facts})

    async def remove(self, event: int) -> None:
        await self._ask("DELETE", f"/control/events/{event}")

    async def switch_on(self, fault: str) -> None:
        """A fault as ``app.simulator.faults`` writes it."""
        await self._ask("POST", "/control/faults", json={"fault": fault})

    async def all_well(self) -> None:
        """Switch every fault off."""
        await self._ask("DELETE", "/control/faults")

    async def speak(self, **switches: object) -> None:
        """Change the dialect."""
        await self._ask("POST", "/control/dialect", json=switches)

    async def calls(self, **chosen: str) -> int:
        """How many calls the API had."""
        count: int = (await self._ask("GET", "/control/calls", params=chosen))["count"]
        return count

    async def subscribe(self, account: Mapping[str, Any], url: str) -> None:
        """Have all notices about an organization's activities sent to ``url``."""
        headers = await self._authorized(account)
        for action in ("Create", "Update", "Delete"):
            wish = {"Name": "soak", "Url": url, "Context": "Activity", "Action": action, "Version": "V1"}
            path = f"/api/v3/en/org/{account['slug']}/webhooks"
            await self._ask("POST", path, json=wish, headers=headers)

    async def deliveries(self) -> list[Mapping[str, Any]]:
        """Every attempt to deliver a notice."""
        attempts: list[Mapping[str, Any]] = await self._ask("GET", "/control/webhooks")
        return attempts

    async def _authorized(self, account: Mapping[str, Any]) -> Mapping[str, str]:
        if account["apiKey"]:
            return {"X-Amilia-ApiKey": account["apiKey"], "X-Amilia-ApiSecret": account["apiSecret"]}
        pair = base64.b64encode(f"{account['username']}:{account['password']}".encode()).decode()
        basic = {"Authorization": f"Basic {pair}"}
        token = (await self._ask("GET", "/api/v3/authenticate", headers=basic))["Token"]
        return {"Authorization": f"Bearer {token}"}

    async def _ask(self, method: str, path: str, **parts: Any) -> Any:  # noqa: ANN401  # JSON of any shape
        answer = await self._client.request(method, path, **parts)
        answer.raise_for_status()
        return answer.json() if answer.content else None
