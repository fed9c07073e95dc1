"""A page of HTML, read as a browser reads it: which elements it has, and what stands in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "img", "br", "use", "path", "hr"})


@dataclass(slots=True)
class Element:
    """One element with its attributes, the text inside it, and the elements around it."""

    tag: str
    attributes: dict[str, str]
    around: tuple["Element", ...] = field(repr=False)
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def inside(self, word: str) -> bool:
        """True if an element around it is of that tag, class or id."""
        return any(word in (it.tag, it.get("id"), *it.get("class").split()) for it in (*self.around, self))


class Markup(HTMLParser):
    """All elements of a page, in its order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, inside: str = "", **attributes: str) -> Iterator[Element]:
        """The elements of that tag with these attributes, inside one of that tag, class or id."""
        for element in self.elements:
            fits = all(element.get(name.replace("_", "-")) == value for name, value in attributes.items())
            if element.tag == tag and fits and (not inside or element.inside(inside)):
                yield element

    def one(self, tag: str, inside: str = "", **attributes: str) -> Element:
        """The only such element."""
        (element,) = self.all(tag, inside, **attributes)
        return element

    def links(self, inside: str = "") -> list[str]:
        """Where its links lead, as they are written."""
        return [it["href"] for it in self.all("a", inside) if "href" in it.attributes]
