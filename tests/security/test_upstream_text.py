"""Whatever Amilia's texts hold is text everywhere: a real parser finds nothing more in any output."""

import asyncio
import io
import json
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import httpx
import pytest
from icalendar import Calendar

from app.ics.lint import check
from app.telemetry import logs
from tests.security.hostile import ADDRESSES, CLUB, TEXTS, Amilia, attacked, records
from tests.support.atom import NAMESPACE
from tests.support.fakes import FakeClock
from tests.support.markup import Markup
from tests.support.service import events_of

VIEWS: Final = ("", "?view=week&day=2026-11-24", "?view=month", "?lang=fr")
WIDGETS: Final = (
    "",
    "?view=week&day=2026-11-24",
    "?view=month",
    "?view=places&day=2026-11-24",
    "?view=button",
)
PAGES: Final = (*(CLUB + query for query in VIEWS), *(f"{CLUB}/embed{query}" for query in WIDGETS))
INVISIBLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SCHEMES: Final = {"", "http", "https", "mailto", "webcal"}
OURS: Final = {"calendars.example.org", ""}


@pytest.fixture
async def amilia() -> Amilia:
    return Amilia()


@pytest.fixture
async def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def client(tmp_path: Path, amilia: Amilia, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    async with attacked(tmp_path, amilia, clock) as started:
        yield started


async def test_a_calendar_has_our_events_and_no_other_property(client: httpx.AsyncClient) -> None:
    body = (await client.get(f"{CLUB}/calendar.ics")).content

    text = body.decode().replace("\r\n ", "")
    names = {line.partition(":")[0].partition(";")[0] for line in text.splitlines()}
    events = events_of(Calendar.from_ical(body))
    assert {finding.rule for finding in check(body)} <= {"text-damaged", "line-too-many-folds"}
    assert len(events) == len(TEXTS)
    assert not [name for name in names if "INJECTED" in name or name in {"ATTACH", "SET-COOKIE"}]
    assert INVISIBLE.findall(text.replace("\r\n", "")) == []
    assert not [event for event in events if "<" in str(event["SUMMARY"])]
    assert {urlsplit(str(event["URL"])).scheme for event in events if "URL" in event} == {"https"}


async def test_json_is_data(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{CLUB}/calendar.json")

    events = json.loads(answer.content.decode("utf-8", "strict"))
    assert len(events) == len(TEXTS)
    assert {urlsplit(event["url"]).scheme for event in events if "url" in event} == {"https"}
    assert not [event for event in events if INVISIBLE.search(event["title"])]
    assert answer.headers["content-type"].startswith("application/json")


async def test_atom_is_xml_whatever_changed(
    client: httpx.AsyncClient, amilia: Amilia, clock: FakeClock
) -> None:
    await client.get(f"{CLUB}/changes.atom")
    amilia.events = records(dict(reversed(TEXTS.items())), minutes=30)
    clock.advance(hours=1)
    for _ in range(100):
        body = (await client.get(f"{CLUB}/changes.atom")).content
        if b"<entry>" in body:
            break
        await asyncio.sleep(0.02)  # the refresh is under way

    feed = ET.fromstring(body)  # noqa: S314  # our own; a parser that forgives nothing
    entries = feed.findall(f"{NAMESPACE}entry")
    contents = [Markup(entry.findtext(f"{NAMESPACE}content") or "") for entry in entries]
    links = [link.get("href", "") for link in feed.iter(f"{NAMESPACE}link")]
    assert len(entries) >= len(TEXTS)
    assert {element.tag for content in contents for element in content.elements} == {"p"}
    assert not [it for content in contents for it in content.elements if it.attributes]
    assert {urlsplit(link).scheme for link in links} == {"https"}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_only_elements_of_ours(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 200
    page = Markup(answer.text)
    assert faults(page) == []
    for script in page.all("script", type="application/ld+json"):
        assert len(json.loads(script.text)["@graph"]) > 0
        assert "<" not in script.text


def faults(page: Markup) -> list[str]:
    """Elements and attributes that no template of ours has."""
    found = [f"{it.tag} {name}" for it in page.elements for name in it.attributes if name.startswith("on")]
    for element in page.elements:
        if element.tag in {"svg", "img"} and element.get("src").startswith("x"):
            found.append("an image of theirs")
        for name in ("href", "src", "action", "formaction"):
            address = urlsplit(element.get(name))
            if address.scheme not in SCHEMES:
                found.append(f"{element.tag} {name}={element.get(name)}")
    scripts = [it for it in page.all("script") if it.get("type") != "application/ld+json"]
    found += [it.text for it in scripts if "pwned" in it.text or urlsplit(it.get("src")).netloc not in OURS]
    theirs = [it for it in page.all("iframe") if "data-preview" not in it.attributes or it.get("src")]
    return found + [it.tag for it in (*theirs, *page.elements) if it.tag in {"object", "embed", "base"}]


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_a_log_has_one_line_for_each_record_and_no_control_of_the_terminal(
    tmp_path: Path, log_format: logs.LogFormat
) -> None:
    stream, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    counted = Counting()
    try:
        logs.configure(log_format, stream)
        root.addHandler(counted)
        async with attacked(tmp_path, Amilia(), FakeClock()) as client:
            await client.get(f"{CLUB}/calendar.ics")
            for number, text in enumerate(TEXTS.values()):
                logging.getLogger("app.amilia").warning(
                    "A state is new: %s", text[:500], extra={"state": text[:500]}
                )
                await client.get(f"/orgs/{number}%0d%0aINJECTED/calendar.ics?q=%0d%0a%1b[31m")
    finally:
        root.handlers[:], root.level = before

    lines = stream.getvalue().splitlines()
    assert len(lines) == counted.records
    assert not [line for line in lines if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", line)]


class Counting(logging.Handler):
    """Counts records."""

    records = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002  # the interface's
        self.records += 1


def test_the_attacks_are_what_they_are_named_after() -> None:
    assert Markup(f"<p>{TEXTS['script']}</p>").one("script").text == "window.pwned=1"
    assert faults(Markup(f'<p title="{TEXTS["attribute"]}">')) != []
    assert faults(Markup(f'<a href="{ADDRESSES[0]}">')) != []
    assert INVISIBLE.search(TEXTS["bidi"])
    with pytest.raises(ET.ParseError):
        ET.fromstring(f"<a>{TEXTS['not of XML'][:10]}</a>")  # noqa: S314
