"""Commands that ask once: one answer of the service, one judgement of a feed."""

import asyncio
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from app.cli.console import configured, read_settings, refuse
from app.configured import secrets_of
from app.ics.lint import as_json as as_dicts
from app.ics.lint import check, report
from app.main import client_of, create_app
from app.settings import Settings
from app.telemetry import logs


def get(
    path: Annotated[str, typer.Argument(help="Such as /orgs/forest-explorers/calendar.ics?lang=en")],
    *,
    headers: Annotated[bool, typer.Option("--headers", "-i", help="Print status and headers too.")] = False,
) -> None:
    """Answer one request without a server, print it and exit (status 1 when it is an error)."""
    settings = configured(read_settings())
    logs.configure(settings.log_format, secrets=secrets_of(settings))
    answer = asyncio.run(_request(settings, path))
    if headers:
        print(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}")  # noqa: T201  # bytes follow, not prose
        for name, value in answer.headers.items():
            print(f"{name}: {value}")  # noqa: T201
        print(flush=True)  # noqa: T201
    sys.stdout.buffer.write(answer.content)
    sys.stdout.buffer.flush()
    raise typer.Exit(1 if answer.is_error else 0)


def lint(
    target: Annotated[str, typer.Argument(help="A file, an address, or - for standard input.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of sentences.")] = False,
) -> None:
    """Check anybody's calendar feed: the rule, the line, and whom it hurts (status 1 on errors)."""
    body, headers = _read_feed(target)
    findings = check(body, headers=headers)
    console_out = Console(soft_wrap=True, highlight=False)
    if as_json:
        console_out.print(json.dumps(as_dicts(findings), ensure_ascii=False, indent=2), markup=False)
    else:
        console_out.print(report(findings), markup=False, end="")
    raise typer.Exit(1 if any(finding.severity == "error" for finding in findings) else 0)


def _read_feed(target: str) -> tuple[bytes, Mapping[str, str] | None]:
    """The bytes to check, and the headers they came with where they came over HTTP."""
    try:
        if target == "-":
            return sys.stdin.buffer.read(), None
        if "://" not in target:
            return Path(target).read_bytes(), None
        address = re.sub("^webcal:", "http:", target)
        answer = httpx.get(address, follow_redirects=True, timeout=30)
        answer.raise_for_status()
    except OSError as error:
        refuse(f"{target} cannot be read: {error.strerror}.")
    except httpx.HTTPStatusError as error:
        refuse(f"The address answers {error.response.status_code} instead of a calendar.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        refuse(f"The address cannot be fetched: {error}.")
    return answer.content, answer.headers


async def _request(settings: Settings, path: str) -> httpx.Response:
    async with client_of(create_app(settings)) as client:
        return await client.get(path)
