"""The addresses in what the service answers, turned into those of files.

An answer holds addresses of three kinds: from the root (``/orgs/…``, in attributes), absolute ones, and
these within the query of somebody else's address (Google's, Outlook's, a letter's). The first become
relative, so that the site works in any folder of any host; the others are what people take with them.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from posixpath import dirname, relpath
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from app.cli.exporting.layout import Layout, NoFile
from app.domain.errors import InvalidQuery
from app.ics.text import fold

_ROOTED: Final = re.compile(r'(\s(?:href|src|data-preview)=")(/[^"]*)')
_SCHEMES: Final = "https|http|webcal"
_HEAD_END: Final = b"\r\nBEGIN:V"
_OWN_ADDRESS: Final = re.compile(rb"(?<=\r\n)(SOURCE;VALUE=URI:|URL:)((?:[^\r]|\r\n[ \t])*)")
_POLICY: Final = '<meta charset="utf-8">'
_HEADER_ONLY: Final = ("frame-ancestors", "report-uri", "sandbox")
"""What a policy cannot say in a page (CSP 3 §3.3)."""


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of one document called ``name``; ``aliases`` count over the layout.

    ``met`` is told of every file that the document leads to, with its address. Where ``rooted``, links begin
    at the root of the host: the document is shown at any depth.
    """

    layout: Layout
    name: str
    aliases: Mapping[str, str]
    met: Callable[[str, str], None]
    rooted: bool = False

    def file(self, address: str) -> str:
        """The file of an address from the root. Raises ``NoFile``."""
        name = self.aliases.get(address) or self.layout.file_of(address)
        self.met(name, address)
        return name

    def relative(self, address: str) -> str:
        """The link to an address from the root; it names the file, for not every host looks into folders."""
        name = self.file(address)
        if self.rooted:
            return f"{urlsplit(self.layout.base).path}/{name}"
        return relpath(name, dirname(self.name) or ".")

    def absolute(self, address: str) -> str:
        """Where people find what has this address from the root."""
        return self.layout.absolute(self.file(address))

    def page(self, text: str, policy: str) -> str:
        """An HTML page; its ``policy`` moves into it, for not every host sends headers."""
        text = _ROOTED.sub(lambda found: found[1] + html.escape(self.relative(html.unescape(found[2]))), text)
        text = self.document(text)
        kept = "; ".join(part for part in policy.split("; ") if part.partition(" ")[0] not in _HEADER_ONLY)
        said = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(kept, quote=True)}">'
        return text.replace(_POLICY, f"{_POLICY}\n{said}", 1) if kept else text

    def document(self, text: str) -> str:
        """HTML or XML: every absolute address of ours, also within addresses of others."""
        for pattern, safe in _patterns(self.layout.base):
            replaced = self._escaped if safe is None else partial(self._quoted, safe=safe)
            text = pattern.sub(replaced, text)
        return text

    def calendar(self, body: bytes) -> bytes:
        """A feed: the addresses that it says of itself."""
        end = body.find(_HEAD_END, 1)
        head = _OWN_ADDRESS.sub(lambda found: self._own(found[1], found[2]), body[: end + 2])
        return head + body[end + 2 :]

    def _own(self, prefix: bytes, value: bytes) -> bytes:
        address = re.sub(rb"\r\n[ \t]", b"", value).decode()
        if not address.startswith(self.layout.base):
            return prefix + value
        moved = self.absolute(address.removeprefix(self.layout.base) or "/")
        return fold(prefix + moved.encode())

    def _escaped(self, found: re.Match[str]) -> str:
        # Twice: a page shows the code of a page, in which an address was escaped before.
        moved = self._moved(html.unescape(html.unescape(found[2] or "/")), found[1])
        return html.escape(moved) if moved else found[0]

    def _quoted(self, found: re.Match[str], *, safe: str) -> str:
        moved = self._moved(unquote(found[2]), found[1])
        return quote(moved, safe=safe) if moved else found[0]

    def _moved(self, path: str, scheme: str) -> str:
        """Where people find what ``path`` means, in the scheme that it was written in.

        Empty where no file stands for it: people may write anything that looks like an address of ours.
        """
        try:
            moved = self.absolute(path)
        except (NoFile, InvalidQuery, ValueError):
            return ""
        return f"{scheme}://{moved.partition('://')[2]}"


@lru_cache(maxsize=8)
def _patterns(base: str) -> list[tuple[re.Pattern[str], str | None]]:
    """What finds absolute addresses below ``base``: escaped for HTML, or quoted but for what is safe."""
    rest = base.partition("://")[2]
    plain = rf"\b({_SCHEMES})://{re.escape(rest)}(/(?:[^\s\"'<>{{}}&]|&amp;)*)?(?![\w.:-])"
    found: list[tuple[re.Pattern[str], str | None]] = [(re.compile(plain), None)]
    for safe in ("", "/"):
        between, path, slash = (re.escape(quote(it, safe=safe)) for it in ("://", rest, "/"))
        found.append((re.compile(rf"\b({_SCHEMES}){between}{path}({slash}[\w.%~/-]*)"), safe))
    return found
