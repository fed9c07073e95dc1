"""A yardstick: the same answer by a plain FastAPI route, written as its documentation would.

It does what the service does for a known feed and no more: reads the parameters that say which selection is
meant, negotiates the encoding, compares the ETag, and takes bytes and headers ready from a dictionary. It
renders, compresses, refreshes and counts nothing. ``--bare-path`` has the route read no parameters at all:
that is less than the service does, and shows what reading them costs.
``python -m benchmarks.plain DIRECTORY --slug NAME --port N``
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from fastapi import FastAPI, Header, HTTPException, Query, Response

from benchmarks.captured import Captured, opened
from benchmarks.stock import serve

Ids: TypeAlias = Annotated[list[int], Query()]
Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Kept: TypeAlias = Mapping[str, tuple[dict[str, str], bytes]]


def plain(slug: str, variants: Mapping[str, Captured], unchanged: Captured) -> FastAPI:
    """The application; ``variants`` by their content coding, ``unchanged`` is the 304."""
    app = FastAPI()
    kept: dict[tuple[str, tuple[object, ...]], Kept] = {(slug, ()): _ready(variants)}
    headers_of_304 = dict(unchanged.headers)

    @app.get("/orgs/{org}/calendar.ics")
    async def calendar(  # noqa: PLR0917  # as FastAPI would have it
        org: str,
        programId: Ids = [],  # noqa: B006, N803  # as FastAPI's documentation has it; the contract's names
        categoryId: Ids = [],  # noqa: B006, N803
        subCategoryId: Ids = [],  # noqa: B006, N803
        activityId: Ids = [],  # noqa: B006, N803
        locationId: Ids = [],  # noqa: B006, N803
        tagId: Ids = [],  # noqa: B006, N803
        q: str = "",
        weekday: Annotated[list[Weekday], Query()] = [],  # noqa: B006
        lang: Literal["fr", "en"] | None = None,
        pastDays: int | None = None,  # noqa: N803
        futureDays: int | None = None,  # noqa: N803
        cancelled: Literal["status", "show", "hide"] | None = None,
        alarm: Annotated[int | None, Query(ge=0, le=10_080)] = None,
        accept_encoding: Annotated[str, Header()] = "",
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        ids = (programId, categoryId, subCategoryId, activityId, locationId, tagId)
        wish = (*map(tuple, ids), q, tuple(weekday), lang, pastDays, futureDays, cancelled, alarm)
        feed = kept.get((org, tuple(filter(None, wish))))
        return _answer(feed, headers_of_304, accept_encoding, if_none_match)

    return app


def without_parameters(slug: str, variants: Mapping[str, Captured], unchanged: Captured) -> FastAPI:
    """The same for an address without a query."""
    app = FastAPI()
    kept = {slug: _ready(variants)}
    headers_of_304 = dict(unchanged.headers)

    @app.get("/orgs/{org}/calendar.ics")
    async def calendar(
        org: str,
        accept_encoding: Annotated[str, Header()] = "",
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        return _answer(kept.get(org), headers_of_304, accept_encoding, if_none_match)

    return app


def _ready(variants: Mapping[str, Captured]) -> Kept:
    return {
        coding: ({name.lower(): value for name, value in answer.headers}, answer.body)
        for coding, answer in variants.items()
    }


def _answer(
    feed: Kept | None, headers_of_304: Mapping[str, str], accept_encoding: str, if_none_match: str | None
) -> Response:
    if feed is None:
        raise HTTPException(404)
    offered = {part.partition(";")[0].strip() for part in accept_encoding.split(",")}
    headers, body = feed["gzip" if "gzip" in offered else "identity"]
    if if_none_match is not None and headers["etag"] in [tag.strip() for tag in if_none_match.split(",")]:
        return Response(status_code=304, headers=headers_of_304)
    return Response(body, headers=headers)


def main(words: Sequence[str]) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plain", description=__doc__)
    parser.add_argument("directory", type=Path, help="with identity.json, gzip.json and unchanged.json")
    parser.add_argument("--slug", required=True)
    parser.add_argument("--bare-path", action="store_true")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(words)
    variants = {coding: opened(options.directory / f"{coding}.json") for coding in ("identity", "gzip")}
    build = without_parameters if options.bare_path else plain
    serve(build(options.slug, variants, opened(options.directory / "unchanged.json")), options.port)


if __name__ == "__main__":
    main(sys.argv[1:])
