"""What a host of files is told about them: the headers that the service would send, in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

TOLD: Final = (
    "content-type",
    "cache-control",
    "cdn-cache-control",
    "access-control-allow-origin",
    "cross-origin-resource-policy",
    "x-robots-tag",
)
"""What depends on the content alone; the rest of an answer's headers a host has of its own."""
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_GROUPS: Final = {
    ".ics": "/orgs/*.ics",
    ".json": "/orgs/*.json",
    ".atom": "/orgs/*.atom",
}
Headers: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """``pattern`` of addresses, as a host such as Cloudflare Pages or Netlify reads it, and their headers."""

    pattern: str
    headers: Headers


def pattern_of(name: str) -> str:
    """The group of files that one belongs to; empty where hosts know best (pages, pictures).

    No file is in two of them: hosts that find a header twice send both values.
    """
    if name.startswith("static/"):
        return "/static/*.js" if name.endswith(".js") else "/static/*.css" if name.endswith(".css") else ""
    if name == "embed.js":
        return "/embed.js"
    return next((group for suffix, group in _GROUPS.items() if name.endswith(suffix)), "")


def rule_of(pattern: str, answered: Headers) -> Rule:
    """The rule that makes a host answer as the service did; names of ``answered`` in lower case."""
    told = {name: answered[name] for name in TOLD if name in answered}
    return Rule(pattern, {"-".join(map(_title, name.split("-"))): value for name, value in told.items()})


def headers_file(rules: list[Rule]) -> str:
    """``_headers`` for Cloudflare Pages, Netlify and others that read it."""
    blocks = [_block(Rule("/*", ALWAYS)), *map(_block, rules)]
    return "\n".join(blocks)


def htaccess(rules: list[Rule], root: str) -> str:
    """``.htaccess`` for Apache 2.4; ``root`` is the path of the site, without a slash at its end."""
    lines = [
        "DirectoryIndex index.html",
        f"ErrorDocument 404 {root}/404.html",
        "AddType text/calendar .ics",
        "AddType application/atom+xml .atom",
        "AddCharset utf-8 .ics .json .atom .html .css .js",
        "<IfModule mod_headers.c>",
        *(f'  Header set {name} "{value}"' for name, value in ALWAYS.items()),
    ]
    for rule in rules:
        path = rule.pattern.replace(".", r"\.").replace("*", ".*")
        lines.append(f'  <If "%{{REQUEST_URI}} =~ m#{path}$#">')
        lines += [
            f'    Header set {name} "{value}"'
            for name, value in rule.headers.items()
            if name != "Content-Type"
        ]
        lines.append("  </If>")
    return "\n".join([*lines, "</IfModule>", ""])


def _block(rule: Rule) -> str:
    return "\n".join([rule.pattern, *(f"  {name}: {value}" for name, value in rule.headers.items()), ""])


def _title(part: str) -> str:
    return "CDN" if part == "cdn" else part.title()
