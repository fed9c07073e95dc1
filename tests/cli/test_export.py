"""The exported site: what is in it, that every address in it leads somewhere, and what a change changes."""

import asyncio
import html
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from icalendar import Calendar

from app.cli.exporting.folder import LIST, Folder
from app.cli.exporting.site import Unfit
from app.ics.lint import check
from app.simulator.forest import FOREST
from app.simulator.lakeside import LAKESIDE
from app.web.qr import qr_svg
from tests.cli.export_stage import BASE, Stage
from tests.support.service import events_of, read, titles_of

TOP = f"orgs/{FOREST.slug}"
LINK = re.compile(r'\s(?:href|src|data-preview|action)="([^"]*)"')
OURS = re.compile(r"club\.example\.org(?:/|%2F)calendars([^\s\"'<>&{}]*)")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage after its first export, for tests that only read."""
    stage = Stage(tmp_path_factory.mktemp("export"))
    outcome = asyncio.run(stage.export())
    assert outcome.report is not None
    assert not outcome.lacking
    return stage


def test_every_kind_of_file_is_there_in_both_languages(exported: Stage) -> None:
    program = exported.programs[0]
    expected = {
        f"{TOP}/{spoken}{name}"
        for spoken in ("", "en/")
        for name in (
            "index.html",
            "week.html",
            "month/index.html",
            "month/2026-11.html",
            "calendar.ics",
            "calendar.json",
            "changes.atom",
            "for/google.ics",
            "qr.svg",
            "qr-page.svg",
            "embed/index.html",
            "embed/button.html",
            "natation.ics",
            "natation.json",
            "feeds/natation/index.html",
            f"programs/{program}.ics",
            f"programs/{program}.json",
            f"programs/{program}/index.html",
            f"programs/{program}/changes.atom",
        )
    }
    shared = {"index.html", "404.html", "robots.txt", "embed.js", "_headers", ".htaccess", ".nojekyll"}

    assert (expected | shared) - exported.files().keys() == set()


def test_every_link_of_every_page_leads_to_a_file(exported: Stage) -> None:
    files = exported.files()
    lost = []
    for name, body in files.items():
        if not name.endswith(".html") or name == "404.html":
            continue
        for link in map(html.unescape, LINK.findall(body.decode())):
            if re.match(r"#|[a-z]+:", link):
                continue
            target = (exported.site / name).parent.joinpath(link).resolve()
            if not target.is_file():
                lost.append((name, link))

    assert lost == []


def test_every_address_that_people_take_with_them_leads_to_a_file(exported: Stage) -> None:
    files = exported.files()
    taken = {
        (name, unquote(address).lstrip("/"))
        for name, body in files.items()
        if name.endswith((".html", ".atom", ".ics"))
        for address in OURS.findall(body.decode().replace("\r\n ", ""))
    }
    lost = {
        (name, address)
        for name, address in taken
        if (address + "index.html" if not address or address.endswith("/") else address) not in files
    }

    assert len(taken) > 100
    assert lost == set()


def test_addresses_on_an_english_page_are_those_of_english_files(exported: Stage) -> None:
    page = exported.files()[f"{TOP}/en/feeds/natation/index.html"].decode()
    code = html.unescape(re.findall(r'<textarea id="embed-frame"[^>]*>([^<]*)', page)[0])

    assert f'src="{BASE}/{TOP}/en/feeds/natation/embed/"' in code
    assert f'value="{BASE}/{TOP}/en/natation.ics"' in page


def test_page_of_what_is_not_found_finds_its_own_files_from_any_depth(exported: Stage) -> None:
    page = exported.files()["404.html"].decode()
    links = [link for link in map(html.unescape, LINK.findall(page)) if not link.startswith("#")]

    assert links
    assert all(link.startswith("/calendars/") for link in links)
    assert all((exported.site / link.removeprefix("/calendars/")).is_file() for link in links)


def test_feeds_are_those_of_the_service_and_name_their_own_address(exported: Stage) -> None:
    files = exported.files()
    whole = read(files[f"{TOP}/calendar.ics"])
    one, other = (read(files[f"{TOP}/en/programs/{number}.ics"]) for number in exported.programs)

    assert [
        it
        for body in (files[f"{TOP}/for/google.ics"], files[f"{TOP}/en/natation.ics"])
        for it in check(body)
        if it.severity == "error"
    ] == []
    assert {*_uids(one), *_uids(other)} == _uids(whole)
    assert str(whole["SOURCE"]) == f"{BASE}/{TOP}/calendar.ics"
    assert str(one["SOURCE"]) == f"{BASE}/{TOP}/en/programs/{exported.programs[0]}.ics"
    assert str(one["URL"]) == f"{BASE}/{TOP}/"


def test_every_event_of_a_page_can_be_added_alone(exported: Stage) -> None:
    files = exported.files()
    alone = [name for name in files if name.startswith(f"{TOP}/events/")]

    assert alone
    assert all(len(events_of(read(files[name]))) == 1 for name in alone)


def test_programmes_stand_where_the_form_would_be(exported: Stage) -> None:
    page = exported.files()[f"{TOP}/index.html"].decode()
    listed = set(re.findall(r'class="pill" href="programs/(\d+)/index.html"', page))

    assert listed <= {str(number) for number in exported.programs}
    assert listed
    assert "<form" not in page
    assert "/docs" not in page


def test_policy_of_a_page_goes_with_it(exported: Stage) -> None:
    page = exported.files()[f"{TOP}/index.html"].decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)

    assert html.unescape(policy).startswith("default-src 'none'; style-src 'self' 'sha256-")
    assert "frame-ancestors" not in policy


def test_only_page_of_a_single_organization_is_the_first_of_the_site(exported: Stage) -> None:
    files = exported.files()

    assert f"{TOP}/programs/" in files["index.html"].decode()
    assert files["index.html"].decode().count("<h1>") == 1


def test_qr_codes_hold_the_addresses_of_files(exported: Stage) -> None:
    files = exported.files()
    folder = f"{TOP}/programs/{exported.programs[0]}/"

    assert files[f"{TOP}/qr.svg"] == qr_svg(f"webcal://club.example.org/calendars/{TOP}/calendar.ics")
    assert files[f"{folder}qr-page.svg"] == qr_svg(f"{BASE}/{folder}")


def test_hosts_are_told_what_the_service_says(exported: Stage) -> None:
    blocks = exported.files()["_headers"].decode().split("\n\n")
    rules = {block.splitlines()[0]: block.splitlines()[1:] for block in blocks if block.strip()}

    assert "  Content-Type: text/calendar; charset=utf-8" in rules["/orgs/*.ics"]
    assert "  Access-Control-Allow-Origin: *" in rules["/orgs/*.json"]
    assert "  Cache-Control: public, max-age=31536000, immutable" in rules["/static/*.js"]
    assert "ErrorDocument 404 /calendars/404.html" in exported.files()[".htaccess"].decode()


async def test_second_export_of_the_same_touches_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.export()
    before = stage.times()
    stage.clock.advance(minutes=15)

    outcome = await stage.export()

    assert outcome.report is not None
    assert (outcome.report.written, outcome.report.removed) == (0, 0)
    assert stage.times() == before


async def test_only_files_that_hold_a_cancelled_event_change(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.export()
    before = stage.files()
    event = next(it for it in json.loads(before[f"{TOP}/calendar.json"]) if it["start"] > "2026-11-24")
    program = event["extendedProps"]["program"]["id"]
    stage.world.cancel(int(event["id"]))
    stage.clock.advance(minutes=15)

    await stage.export()

    after = stage.files()
    changed = {name for name in after if after[name] != before.get(name)}
    others = [number for number in stage.programs if number != program]
    assert after.keys() == before.keys()
    assert {
        f"{TOP}/calendar.ics",
        f"{TOP}/programs/{program}.ics",
        f"{TOP}/events/{event['id']}.ics",
    } <= changed
    assert [name for name in changed if any(f"programs/{number}" in name for number in others)] == []
    assert [name for name in changed if name.startswith("static/") or "qr" in name] == []
    assert any(
        title.startswith("Annulé") for title in titles_of(read(after[f"{TOP}/programs/{program}.ics"]))
    )


async def test_last_good_copy_is_exported_while_amilia_fails(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.export()
    before = stage.files()
    stage.fault("500@events")
    stage.clock.advance(minutes=15)

    outcome = await stage.export()

    assert outcome.old == [FOREST.slug]
    assert stage.files() == before


async def test_nothing_is_published_where_there_never_was_a_copy(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.fault("500@events")

    outcome = await stage.export()

    assert outcome.lacking == [FOREST.slug]
    assert outcome.report is None
    assert stage.files() == {}


async def test_files_stay_where_amilia_fails_and_the_memory_is_lost(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.export()
    before = stage.files()
    stage.fault("500@events")

    outcome = await stage.export(store=f"sqlite:///{tmp_path}/another.db")

    assert outcome.report is None
    assert stage.files() == before


async def test_nothing_is_replaced_while_the_store_cannot_be_used(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.export()
    before = stage.files()

    with pytest.raises(Unfit, match="store cannot be used"):
        await stage.export(store="sqlite:////proc/none/feeds.db")

    assert {name: body for name, body in stage.files().items() if name in before} == before


async def test_programme_that_is_over_keeps_its_address(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.export()
    over = stage.programs[-1]
    stage.programs = stage.programs[:-1]

    await stage.export()

    (only,) = events_of(read(stage.files()[f"{TOP}/programs/{over}.ics"]))
    assert str(only["TRANSP"]) == "TRANSPARENT"
    assert f"programs/{over}/" not in stage.files()[f"{TOP}/index.html"].decode()


async def test_what_is_no_longer_part_of_the_site_goes_and_what_never_was_stays(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.export()
    own = stage.site / TOP / "notes.txt"
    own.write_text("ours")
    folder = Folder(stage.site)
    (stage.site / LIST).write_text(json.dumps({"files": sorted({*folder.known, f"{TOP}/old/feed.ics"})}))
    old = stage.site / TOP / "old" / "feed.ics"
    old.parent.mkdir()
    old.write_text("gone")

    outcome = await stage.export()

    assert outcome.report is not None
    assert outcome.report.removed == 1
    assert not old.parent.exists()
    assert own.read_text() == "ours"


async def test_export_of_one_organization_leaves_the_files_of_others(tmp_path: Path) -> None:
    stage = Stage(tmp_path, organizations=(FOREST.slug, LAKESIDE.slug))
    await stage.export()
    before = stage.files()
    theirs = {name for name in before if name.startswith(f"orgs/{LAKESIDE.slug}/")}

    outcome = await stage.export(slugs=[FOREST.slug])

    assert theirs
    assert outcome.report is not None
    assert stage.files() == before
    assert f'href="orgs/{LAKESIDE.slug}/fr/index.html"' in before["index.html"].decode()
    assert f'href="../orgs/{LAKESIDE.slug}/index.html"' in before["en/index.html"].decode()


@pytest.mark.parametrize(
    "title",
    [
        f"{BASE}/orgs/{FOREST.slug}?programId=x&day=2026-99-99",
        f'See <a href="/orgs/nobody">here</a> or {BASE}/orgs/{FOREST.slug}/../../etc',
        f"URL:{BASE}/nowhere \r\nSOURCE;VALUE=URI:{BASE}/nowhere",
    ],
)
async def test_title_that_looks_like_an_address_of_ours_stays_text(title: str, tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    program = stage.programs[0]
    timetable = stage.world.organizations[FOREST.slug].timetable
    for event in [it for it in timetable if it.activity.program.id == program]:
        stage.world.rename(event.id, title)

    outcome = await stage.export()

    assert outcome.report is not None
    page = stage.files()[f"{TOP}/programs/{program}/index.html"].decode()
    assert 'href="/orgs/nobody"' not in page
    assert str(read(stage.files()[f"{TOP}/calendar.ics"])["SOURCE"]) == f"{BASE}/{TOP}/calendar.ics"


def _uids(calendar: Calendar) -> set[str]:
    return {str(it["UID"]) for it in events_of(calendar)}
