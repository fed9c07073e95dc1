"""Atom feeds as a strict reader takes them: whatever RFC 4287 demands is demanded here."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.w3.org/2005/Atom}"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; ``lines`` are the paragraphs of its content."""

    id: str
    title: str
    updated: datetime
    kinds: tuple[str, ...]
    lines: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that keeps to RFC 4287."""

    id: str
    lang: str
    title: str
    updated: datetime
    author: str
    links: dict[str, str]
    items: tuple[Item, ...]

    @property
    def titles(self) -> list[str]:
        return [item.title for item in self.items]


def read(body: bytes) -> Feed:
    """The feed in ``body``, every rule of RFC 4287 §4 that touches us asserted on the way."""
    root = ET.fromstring(body)  # noqa: S314  # our own answer
    assert root.tag == f"{NAMESPACE}feed"
    (author,) = root.findall(f"{NAMESPACE}author")
    items = tuple(_item(entry) for entry in root.iter(f"{NAMESPACE}entry"))
    feed = Feed(
        id=_id(root),
        lang=root.attrib["{http://www.w3.org/XML/1998/namespace}lang"],
        title=_only(root, "title"),
        updated=_moment(root, "updated"),
        author=_only(author, "name"),
        links={link.attrib["rel"]: link.attrib["href"] for link in root.findall(f"{NAMESPACE}link")},
        items=items,
    )
    assert {"self", "alternate"} <= feed.links.keys()
    assert len({item.id for item in items}) == len(items)
    assert [item.updated for item in items] == sorted((item.updated for item in items), reverse=True)
    assert not items or feed.updated == items[0].updated
    return feed


def _item(entry: ET.Element) -> Item:
    (content,) = entry.findall(f"{NAMESPACE}content")
    assert content.attrib["type"] == "html"
    (link,) = entry.findall(f"{NAMESPACE}link")
    assert re.match(r"https?://", link.attrib["href"])
    assert _moment(entry, "published") == _moment(entry, "updated")
    return Item(
        id=_id(entry),
        title=_only(entry, "title"),
        updated=_moment(entry, "updated"),
        kinds=tuple(kind.attrib["term"] for kind in entry.findall(f"{NAMESPACE}category")),
        lines=tuple(unescape(line) for line in re.findall(r"<p>(.*?)</p>", content.text or "")),
        link=link.attrib["href"],
    )


def _only(parent: ET.Element, name: str) -> str:
    (found,) = parent.findall(f"{NAMESPACE}{name}")
    assert found.text
    return found.text


def _id(parent: ET.Element) -> str:
    found = _only(parent, "id")
    assert _URN.fullmatch(found)
    return found


def _moment(parent: ET.Element, name: str) -> datetime:
    found = _only(parent, name)
    assert _MOMENT.fullmatch(found)
    return datetime.fromisoformat(found)
