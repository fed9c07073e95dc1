"""What is pasted into other sites is right HTML, whatever the selection and the names in it."""

from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.selection import Selection, parse
from app.web.query import pairs
from app.web.snippets import snippets
from tests.web.catalogues import club

SERVICE = "https://calendars.example.org"
ALL = Selection(lang="en")


class Parts(HTMLParser):
    """The elements of a snippet with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: dict[str, dict[str, str | None]] = {}
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] = dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_element_comes_with_its_script_and_a_link_for_those_without() -> None:
    made = snippets(club(), ALL, SERVICE, "Explorers")

    assert made.element.code == (
        '<script src="https://calendars.example.org/embed.js" async></script>\n'
        '<amilia-calendar org="forest-explorers">\n'
        '  <a href="https://calendars.example.org/orgs/forest-explorers">Explorers</a>\n'
        "</amilia-calendar>"
    )
    assert made.link == '<a href="https://calendars.example.org/orgs/forest-explorers">Explorers</a>'


def test_a_frame_stands_alone() -> None:
    made = snippets(club(), ALL, SERVICE, "Explorers")

    assert made.frame.code == (
        '<iframe src="https://calendars.example.org/orgs/forest-explorers/embed" title="Explorers" '
        'width="100%" height="640" style="border:0" loading="lazy"></iframe>'
    )
    assert made.preview == "/orgs/forest-explorers/embed"


def test_a_selection_becomes_attributes() -> None:
    chosen = parse(pairs("q=judo&weekday=sun,sat&programId=4522,4521&lang=fr"), club())

    element = Parts(snippets(club(), chosen, SERVICE, "Judo").element.code).elements["amilia-calendar"]

    assert element == {
        "org": "forest-explorers",
        "programid": "4521,4522",
        "q": "judo",
        "weekday": "sat,sun",
        "lang": "fr",
    }


def test_choices_of_the_panel_have_their_place() -> None:
    bare = snippets(club(), ALL, SERVICE, "Explorers")
    chosen = snippets(club(), parse(pairs("programId=1"), club()), SERVICE, "Explorers")

    assert '<amilia-calendar org="forest-explorers"{attributes}>' in bare.element.pattern
    assert '/embed?{query}"' in bare.frame.pattern
    assert '/embed?programId=1{query}"' in chosen.frame.pattern
    assert "{" not in bare.element.code + bare.frame.code + chosen.frame.code


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_name_and_no_word_breaks_out_of_its_snippet(name: str, words: str) -> None:
    selection: Any = parse([("q", words)], club())

    made = snippets(club(), selection, SERVICE, name)

    parts = Parts(made.element.code)
    assert set(parts.elements) == {"script", "amilia-calendar", "a"}
    assert set(Parts(made.frame.code).elements) == {"iframe"}
    assert parts.elements["amilia-calendar"].get("q", "") == " ".join(selection.words)
