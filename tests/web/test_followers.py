"""Who asks for what somebody else is being given waits for that, for a while, and for nothing else."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Scope, Send

from app.web.followers import Followers

START: Message = {"type": "http.response.start", "status": 200, "headers": []}


def asking(path: str = "/orgs/club/calendar.ics", query: bytes = b"", method: str = "GET") -> Scope:
    return {"type": "http", "method": method, "path": path, "query_string": query}


async def nowhere(_message: Message) -> None:
    pass


class Leader:
    """Leads until it is told to send or to end."""

    def __init__(self, followers: Followers, scope: Scope, send: Send = nowhere) -> None:
        self._answers, self._ends = asyncio.Event(), asyncio.Event()
        self._task = asyncio.ensure_future(self._lead(followers, scope, send))

    async def _lead(self, followers: Followers, scope: Scope, send: Send) -> None:
        with followers.leading(scope, send) as sending:
            await self._answers.wait()
            await sending(START)
            await self._ends.wait()

    async def answer(self) -> None:
        self._answers.set()
        await asyncio.sleep(0)

    async def end(self) -> None:
        self._answers.set()
        self._ends.set()
        await self._task

    async def break_off(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def leading(followers: Followers, **asked: Any) -> Leader:
    leader = Leader(followers, asking(**asked))
    await asyncio.sleep(0)
    return leader


async def is_waiting(task: asyncio.Future[bool]) -> bool:
    for _ in range(3):
        await asyncio.sleep(0)
    return not task.done()


async def test_the_first_follows_nobody() -> None:
    assert await Followers().follow(asking()) is False


async def test_others_wait_until_the_answer_begins_however_slowly_it_is_read() -> None:
    followers = Followers()
    leader = await leading(followers)
    others = [asyncio.ensure_future(followers.follow(asking())) for _ in range(3)]
    waited = [await is_waiting(other) for other in others]

    await leader.answer()

    assert waited == [True, True, True]
    assert await asyncio.gather(*others) == [True, True, True]
    assert await followers.follow(asking()) is False
    await leader.end()


@pytest.mark.parametrize(
    "asked",
    [
        {"path": "/orgs/other/calendar.ics"},
        {"query": b"lang=fr"},
        {"method": "OPTIONS"},
    ],
)
async def test_another_address_or_method_is_not_waited_for(asked: dict[str, Any]) -> None:
    followers = Followers()
    leader = await leading(followers)

    assert await followers.follow(asking(**asked)) is False
    await leader.end()


@pytest.mark.parametrize(
    "asked",
    [{"method": "POST"}, {"path": "/orgs/club"}, {"path": "/healthz"}, {"path": "/private/secret.ics"}],
)
async def test_nobody_waits_for_what_is_not_remembered(asked: dict[str, Any]) -> None:
    followers = Followers()
    leader = await leading(followers, **asked)

    assert await followers.follow(asking(**asked)) is False
    await leader.end()


async def test_who_is_broken_off_lets_the_others_go() -> None:
    followers = Followers()
    leader = await leading(followers)
    other = asyncio.ensure_future(followers.follow(asking()))
    assert await is_waiting(other)

    await leader.break_off()

    assert await other is True
    assert repr(followers) == "<Followers of 0 requests>"


async def test_a_follower_that_hangs_up_disturbs_nobody() -> None:
    followers = Followers()
    leader = await leading(followers)
    gone, staying = (asyncio.ensure_future(followers.follow(asking())) for _ in range(2))
    assert await is_waiting(staying)

    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    still_waiting = await is_waiting(staying)
    await leader.answer()

    assert still_waiting
    assert await staying is True
    await leader.end()


async def test_nobody_waits_longer_than_the_patience() -> None:
    followers = Followers(patience=0.01)
    leader = await leading(followers)

    assert await asyncio.wait_for(followers.follow(asking()), 5) is True
    assert await asyncio.wait_for(followers.follow(asking()), 5) is True
    await leader.end()


async def test_who_comes_when_there_is_a_leader_does_not_become_another() -> None:
    followers = Followers()
    first = await leading(followers)
    second = await leading(followers)

    await second.end()
    other = asyncio.ensure_future(followers.follow(asking()))
    still_waiting = await is_waiting(other)
    await first.end()

    assert still_waiting
    assert await other is True
