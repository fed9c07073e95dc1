"""What a webmaster pastes: the element with its script, a bare frame where scripts are refused, or a link.

Each snippet is also given as a pattern, into which the panel's script writes what was chosen there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from app.domain.model import Organization
from app.domain.selection import Selection, canonical
from app.web.query import pairs

FRAME_HEIGHT: Final = 640
"""Pixels of a bare frame, which cannot size itself: an evening's courses, or a month on a desktop."""
OPTIONS: Final = ("view", "theme", "accent")
"""What the panel lets one choose; docs/embedding.md has all of them."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code to paste; ``pattern`` is the same with a mark where the panel's choices go."""

    code: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Snippets:
    """The ways to embed one selection; ``preview`` is the address of the embed page, from the root."""

    element: Snippet
    frame: Snippet
    link: str
    preview: str


def snippets(organization: Organization, selection: Selection, public_url: str, name: str) -> Snippets:
    """How to embed ``selection``, which people know by ``name``, from the service at ``public_url``."""
    query = canonical(selection, organization)
    page = f"{public_url}/orgs/{organization.slug}"
    link = f'<a href="{escape(_joined(page, query))}">{escape(name)}</a>'
    return Snippets(
        element=_snippet(_element(organization, query, public_url, link), "{attributes}"),
        frame=_snippet(_frame(page, query, name), "{query}"),
        link=link,
        preview=_joined(f"/orgs/{organization.slug}/embed", query),
    )


def _element(organization: Organization, query: str, public_url: str, link: str) -> str:
    attributes = _attributes([("org", organization.slug), *pairs(query)])
    return (
        f'<script src="{escape(public_url)}/embed.js" async></script>\n'
        f"<amilia-calendar{attributes}{{attributes}}>\n"
        f"  {link}\n"
        "</amilia-calendar>"
    )


def _frame(page: str, query: str, name: str) -> str:
    address = f"{page}/embed?{query}{{query}}" if query else f"{page}/embed?{{query}}"
    return (
        f'<iframe src="{escape(address)}" title="{escape(name)}" width="100%" height="{FRAME_HEIGHT}" '
        'style="border:0" loading="lazy"></iframe>'
    )


def _snippet(pattern: str, mark: str) -> Snippet:
    return Snippet(code=pattern.replace(f"?{mark}", "").replace(mark, ""), pattern=pattern)


def _attributes(named: Iterable[tuple[str, str]]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in named)


def _joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
