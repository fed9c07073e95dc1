"""The desk: what a person sees, and what happens when they press a button."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from app.simulator.desk_words import known, word
from app.simulator.simulator import Simulator
from app.simulator.world import World
from tests.simulator.support import Api

SPOT = {"org": "forest-explorers", "lang": "en", "from": "2026-10-20", "q": "", "skip": "0"}


class Outline(HTMLParser):
    """What matters of a page: its events, its fields without a label, whether all elements are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.events: list[str] = []
        self.unlabelled: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "article":
            self.events.append(names.get("id") or "")
        visible = tag in {"input", "select"} and names.get("type") != "hidden"
        if visible and "label" not in self.open:
            self.unlabelled.append(str(names))
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()


async def see(client: httpx.AsyncClient, **params: str) -> str:
    answer = await client.get("/", params=params)
    assert answer.status_code == 200
    return answer.text


async def press(client: httpx.AsyncClient, to_press: str, /, **fields: str) -> httpx.Response:
    return await client.post(to_press, data=SPOT | fields)


async def test_desk_shows_the_coming_events_in_french_unless_told_otherwise(
    client: httpx.AsyncClient,
) -> None:
    french, english = await see(client), await see(client, lang="en")

    assert '<html lang="fr">' in french
    assert "Événements à venir" in french
    assert "Coming events" in english
    assert "Tuesday, October 20, 2026" in english


async def test_page_is_well_formed_and_every_field_has_a_label(client: httpx.AsyncClient) -> None:
    outline = Outline(await see(client))

    assert (outline.open, outline.unlabelled) == ([], [])
    assert len(outline.events) == 40


async def test_list_goes_on_where_the_page_ends(client: httpx.AsyncClient) -> None:
    first = await see(client, lang="en")
    following = re.search(r'<a href="([^"]+)" rel="next">', first)
    assert following
    second = (await client.get(following[1].replace("&amp;", "&"))).text

    assert set() == set(Outline(first).events) & set(Outline(second).events)


async def test_page_needs_no_script_and_allows_none(client: httpx.AsyncClient, world: World) -> None:
    day = world.find(world.awkward["title_with_entities_and_tags"][2])[1].first_day.isoformat()

    answer = await client.get("/", params={"from": day, "lang": "en"})

    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_events_are_found_by_title(client: httpx.AsyncClient, world: World) -> None:
    outline = Outline(await see(client, lang="en", q="co-ED VOLLEY", **{"from": "2026-10-01"}))

    assert [f"event-{world.awkward['state_moved'][0]}"] == outline.events


async def test_nothing_found_is_said(client: httpx.AsyncClient) -> None:
    assert "No event matches." in await see(client, lang="en", q="bears")


async def test_other_organization_is_one_link_away(client: httpx.AsyncClient) -> None:
    assert "Open pickleball" in await see(client, org="lakeside", lang="en")


@pytest.mark.parametrize(
    "odd", [{"org": "nobody"}, {"from": "soon"}, {"skip": "-4"}, {"from": "9999-12-31"}, {"lang": "de"}]
)
async def test_odd_addresses_show_the_desk_all_the_same(
    client: httpx.AsyncClient, odd: dict[str, str]
) -> None:
    assert Outline(await see(client, **odd)).events


async def test_cancel_button_cancels_and_comes_back_to_say_so(
    client: httpx.AsyncClient, api: Api, world: World
) -> None:
    event = world.find(world.awkward["state_moved"][0])[1]

    answer = await press(client, f"/desk/events/{event.id}/cancel")
    page = (await client.get(answer.headers["location"])).text

    assert answer.status_code == 303
    assert "The event is cancelled." in page
    listed = await api.items("events", {"from": event.first_day.isoformat(), "showCanceled": "true"})
    assert [item["State"] for item in listed if item["Id"] == event.id] == ["Cancelled"]


async def test_restore_button_restores(client: httpx.AsyncClient, world: World) -> None:
    number = world.awkward["state_cancelled"][0]

    await press(client, f"/desk/events/{number}/restore")

    assert world.find(number)[1].state == "Normal"


async def test_hour_button_moves_by_an_hour_and_all_day_events_by_a_day(
    client: httpx.AsyncClient, world: World
) -> None:
    timed, all_day = (
        world.find(world.awkward[case][0])[1] for case in ("state_moved", "all_day_over_several_days")
    )
    before = (timed.start.hour, all_day.start.day)

    await press(client, f"/desk/events/{timed.id}/later")
    await press(client, f"/desk/events/{all_day.id}/later")

    assert (before[0] + 1, before[1] + 1) == (timed.start.hour, all_day.start.day)


async def test_event_is_moved_renamed_and_removed_by_forms(client: httpx.AsyncClient, world: World) -> None:
    number = world.awkward["state_moved"][0]

    await press(client, f"/desk/events/{number}/move", to="2026-12-01T20:15")
    await press(client, f"/desk/events/{number}/rename", title="Volleyball & more")

    moved = world.find(number)[1]
    assert (moved.start.isoformat(), moved.name.fr) == ("2026-12-01T20:15:00-05:00", "Volleyball & more")
    await press(client, f"/desk/events/{number}/remove")
    assert world.organizations["forest-explorers"].timetable.get(number) is None


async def test_event_is_added_by_a_form(client: httpx.AsyncClient, world: World) -> None:
    forest = world.organizations["forest-explorers"]
    place = next(iter(forest.places))

    await press(
        client, "/desk/events", title="Fête", start="2026-12-05T14:00", minutes="120", place=str(place)
    )

    event = max(forest.timetable, key=lambda each: each.activity.id)
    assert ("Fête", "2026-12-05T16:00:00-05:00", place) == (
        event.name.fr,
        event.end.isoformat(),
        event.activity.place.id if event.activity.place else None,
    )


@pytest.mark.parametrize(
    ("path", "fields", "status", "words"),
    [
        ("/desk/events/5/cancel", {}, 404, "no longer exists"),
        ("/desk/events", {"title": "x", "start": "soon"}, 422, "not possible"),
        ("/desk/events", {"title": "x", "start": "2026-12-05T14:00", "minutes": "many"}, 422, "not possible"),
        ("/desk/events", {"title": " ", "start": "2026-12-05T14:00"}, 422, "not possible"),
        ("/desk/faults", {"kind": "500", "value": "3"}, 422, "not possible"),
    ],
)
async def test_what_is_not_possible_is_said_on_the_page(
    client: httpx.AsyncClient, path: str, fields: dict[str, str], status: int, words: str
) -> None:
    answer = await press(client, path, **fields)

    assert status == answer.status_code
    assert words in answer.text


async def test_unknown_edit_is_refused(client: httpx.AsyncClient, world: World) -> None:
    answer = await press(client, f"/desk/events/{world.awkward['state_moved'][0]}/explode")

    assert answer.status_code == 422


async def test_faults_are_switched_on_the_page(client: httpx.AsyncClient, simulator: Simulator) -> None:
    await press(client, "/desk/faults", kind="429", value="5", path="events", count="2")
    await press(client, "/desk/faults", kind="latency", value="", path="", count="")
    both = [str(fault) for fault in simulator.faults.active.values()]
    await press(client, f"/desk/faults/{next(iter(simulator.faults.active))}/remove")
    one = [str(fault) for fault in simulator.faults.active.values()]
    await press(client, "/desk/faults/clear")

    assert (both, one, simulator.faults.active) == (["429=5@events*2", "latency"], ["latency"], {})


async def test_page_shows_active_faults_and_latest_calls(
    client: httpx.AsyncClient, api: Api, simulator: Simulator
) -> None:
    await press(client, "/desk/faults", kind="500", path="events", count="2")
    await api.ask("events", {"from": "2026-11-01"})

    page = await see(client)

    assert "<code>500@events*1</code>" in page
    assert "GET /api/v3/fr/org/forest-explorers/events?from=2026-11-01" in page


@pytest.mark.parametrize("done", ["<b>", "nothing", "cancel"])
async def test_message_is_one_of_those_known(client: httpx.AsyncClient, done: str) -> None:
    page = await see(client, done=done)

    assert ('class="message"' in page) is known(f"done_{done}")


def test_state_that_nobody_knows_is_shown_as_it_is() -> None:
    assert word("state_Postponed", "fr") == "Postponed"


def test_missing_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        word("nonsense", "fr")
