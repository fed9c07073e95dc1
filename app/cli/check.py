"""The doctor's command: is everything set up well, and what should the operator do about what is not.

Or, with ``--as``, what the readers of a calendar program see of each feed.
"""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.console import Console
from rich.status import Status
from rich.text import Text

from app.amilia.pace import CONCURRENCY
from app.cli.console import chosen_organizations, console, refuse, say_json
from app.cli.doctor.rounds import SERVICE, Outside, make_rounds
from app.cli.views import Wish, show
from app.configured import secrets_of
from app.feeds import budget
from app.feeds.checkup import Level, Remark
from app.feeds.readers import READERS
from app.main import ensure_usable, utc_now
from app.settings import Settings, SettingsError, load
from app.telemetry import logs
from app.telemetry.logs import visible
from app.telemetry.redaction import redactor

STATUS: Final[Mapping[Level, int]] = {"ok": 0, "warning": 1, "failure": 2}
STYLES: Final[Mapping[Level, str]] = {"ok": "green", "warning": "yellow", "failure": "bold red"}
NOTHING: Final = (
    "No organization is configured: set FEEDS_ORG, FEEDS_USERNAME and FEEDS_PASSWORD, or write a feeds.toml "
    "(see feeds.example.toml). To see the product first: amilia-feeds demo."
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of lines.")]


def check(
    *,
    org: Annotated[str | None, typer.Option("--org", help="One organization only.")] = None,
    as_json: AsJson = False,
    reader: Annotated[
        str | None,
        typer.Option("--as", help=f"What its readers see of each feed: {', '.join(READERS)}."),
    ] = None,
    feed: Annotated[str | None, typer.Option("--feed", help="With --as: this named feed only.")] = None,
    query: Annotated[str | None, typer.Option("--query", help="With --as: this selection.")] = None,
) -> None:
    """Check the set-up: one line each, with what to do (status 0, 1 with warnings, 2 with failures)."""
    sheet = Sheet(as_json=as_json)
    try:
        settings = _usable_settings()
    except SettingsError as error:
        sheet.tell(SERVICE, [Remark("failure", "settings", str(error), "Correct the settings.")])
        raise typer.Exit(sheet.close()) from error
    slugs = chosen_organizations(settings, org)
    if reader is None and (feed is not None or query is not None):
        refuse("--feed and --query go with --as.")
    wish = Wish.of(settings, slugs, reader, feed, query) if reader is not None else None
    logs.configure(settings.log_format, secrets=secrets_of(settings))
    logging.getLogger().setLevel(logging.WARNING)  # what is well is said in lines of our own
    logging.getLogger(budget.__name__).setLevel(logging.ERROR)  # and so is what is too large
    if wish is not None:
        show(wish, settings, as_json=as_json)
        return
    sheet.redact = redactor(secrets_of(settings))
    try:
        asyncio.run(_examine(settings, slugs, sheet))
    finally:
        sheet.rest()
    raise typer.Exit(sheet.close())


def _usable_settings() -> Settings:
    """The settings of this environment. Raises ``SettingsError``, for none at all too."""
    settings = load(os.environ, Path.cwd())
    if settings is None:
        raise SettingsError(NOTHING)
    ensure_usable(settings)
    return settings


async def _examine(settings: Settings, slugs: list[str], sheet: "Sheet") -> None:
    async with AsyncExitStack() as stack:
        amilia, web = (
            httpx.AsyncHTTPTransport(
                limits=httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY),
                trust_env=False,
            )
            for _ in range(2)
        )
        stack.push_async_callback(web.aclose)  # the service closes its own
        await make_rounds(settings, slugs, Outside(amilia, web, utc_now), sheet)


class Sheet:
    """Writes down what is found: lines as they come, or one JSON document in the end.

    Lines are coloured on a terminal only; what is looked at meanwhile is shown there, too. ``redact`` blots
    out what nobody may read, should any part have told it.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.redact = redactor()
        self._out = Console(soft_wrap=True, highlight=False)
        self._as_json = as_json
        self._found: list[tuple[str, Remark]] = []
        self._progress: Status | None = None

    def __repr__(self) -> str:
        return f"<Sheet {len(self._found)} remarks>"

    def begin(self, what: str) -> None:
        """See ``rounds.Report``."""
        if self._progress is None:
            shown_on = console if self._as_json else self._out
            self._progress = shown_on.status("")
            if shown_on.is_terminal:
                self._progress.start()
        self._progress.update(Text(f"Looking at {what} …"))

    def tell(self, organization: str, remarks: Iterable[Remark]) -> None:
        """See ``rounds.Report``."""
        for remark in remarks:
            told = replace(remark, sentence=self.redact(remark.sentence), cure=self.redact(remark.cure))
            self._found.append((organization, told))
            if not self._as_json:
                self._out.print(_line(organization, told))

    def rest(self) -> None:
        """Nothing is looked at any more: give the terminal back."""
        if self._progress is not None:
            self._progress.stop()

    def close(self) -> int:
        """Write what is still to be written; the exit status."""
        if self._as_json:
            say_json([{"organization": slug, **asdict(remark)} for slug, remark in self._found])
        else:
            self._out.print(_summary([remark.level for _, remark in self._found]))
        return max((STATUS[remark.level] for _, remark in self._found), default=0)


def _line(organization: str, remark: Remark) -> Text:
    line = Text().append(f"{remark.level:<8}", STYLES[remark.level])
    line.append(f" {organization}  {remark.subject}: {visible(remark.sentence, '')}")
    if remark.cure:
        line.append(f" → {visible(remark.cure, '')}", "dim" if remark.level == "ok" else "bold")
    return line


def _summary(levels: Sequence[Level]) -> Text:
    """How many of each kind, for whoever has seen a hundred lines go by."""
    counts = Counter(levels)
    told = [f"{counts[level]} {level}{'s' if counts[level] != 1 else ''}" for level in ("failure", "warning")]
    return Text(
        f"{', '.join(told)}, {counts['ok']} ok.", STYLES[max(levels, key=STATUS.__getitem__, default="ok")]
    )
