"""HTML as the plain text that a browser would show; text that only looks like HTML, as it is.

Amilia's rich-text fields hold paragraphs, lists and entities; its plain fields hold ``5 < 6`` and
``<beginners>``. Both reach us through the same door, so a tag is what HTML knows as one.
"""

import re
from html import unescape
from html.entities import html5


def without_markup(text: str) -> str:
    r"""One layer of markup less: entities as characters, tags as the lines and blanks that they make.

    Takes the time of one reading, whatever the text. The result may hold markup again where it was encoded
    twice. What is in angle brackets and no element of HTML is put into others, which nobody takes for a tag.
    """
    return _BREAKS.sub(_broken, _TAG.sub(_shown, _ENTITY.sub(_decoded, text)))


_ENTITY = re.compile(
    r"&(?:(?:amp|#0*38|#x0*26);)*"  # encoded again and again: all the outer layers at once
    r"(?P<name>#[0-9]{1,8}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});"
    r"|&(?=lt|amp|#[0-9x])",  # no semicolon, yet some decoders make do without
    re.IGNORECASE,
)
# A quoted attribute may hold a >. Word's own elements have a colon in their names (o:p). What hides its
# content (a comment, a script, a style) and is never closed hides the rest, as in a browser.
_TAG = re.compile(
    r"<!--(?:[^-]|-(?!->))*+(?:-->)?"
    r"|<(?P<hiding>script|style)\b[^<>]*>(?:[^<]|<(?!/(?P=hiding)))*+(?:</(?P=hiding)[^<>]*>)?"
    r"|<(?P<close>/?)(?P<name>[a-z][a-z0-9]*(?::[a-z]+)?)"
    r"(?P<attributes>(?:[\s/](?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*+)?)>(?P<gap>\n*+)"
    r"|<(?P<words>[a-z/!?][^<>]*+)(?P<end>>?)",
    re.IGNORECASE,
)
_ELEMENT = re.compile(
    r"(?P<paragraph>p|h[1-6]|blockquote|pre|table|hr)"
    r"|(?P<break>br)"
    r"|(?P<line>div|ul|ol|dl|dt|dd|tr|section|article|header|footer|figure|figcaption|address|form|center)"
    r"|(?P<item>li)"
    r"|(?P<cell>td|th)"
    r"|(?P<inline>\w+:\w+|a|abbr|acronym|aside|audio|b|bdi|bdo|big|body|button|caption|cite|code|col|colgroup|data"
    r"|del|dfn|em|embed|font|head|html|i|iframe|img|input|ins|kbd|label|link|main|map|area|mark|meta|nav|noscript"
    r"|object|param|picture|q|s|samp|small|source|span|strike|strong|sub|sup|svg|tbody|tfoot|thead|time|title|tt|u"
    r"|var|video|wbr)",
    re.IGNORECASE,
)
# The end of one block and the beginning of the next break the line once: these stand for breaks that merge.
_LINE, _PARAGRAPH = "\x00", "\x01"
_BREAKS = re.compile(rf"\n?[{_LINE}{_PARAGRAPH}]+")
_OPENED = {"paragraph": _PARAGRAPH, "line": _LINE, "break": "\n", "item": f"{_LINE}- ", "cell": ""}
_CLOSED = _OPENED | {"item": _LINE, "cell": " "}


def _decoded(entity: re.Match[str]) -> str:
    name = entity["name"]
    if name is None:
        return "& "
    character = unescape(f"&{name};") if name.startswith("#") else html5.get(f"{name};", f"&{name};")
    # Editors write no-break spaces where the author typed several spaces, and that is what the author meant.
    return " " if character == "\xa0" else character


def _shown(tag: re.Match[str]) -> str:
    """What is seen of a tag. Line breaks behind one that lays out lines are not for the reader."""
    if tag["name"] is None:
        return "" if tag["words"] is None else _words(tag["words"], closed=bool(tag["end"]))
    element = _ELEMENT.fullmatch(tag["name"])
    if element is None:
        return _words(tag["close"] + tag["name"] + tag["attributes"], closed=True) + tag["gap"]
    looks = _CLOSED if tag["close"] else _OPENED
    return looks.get(element.lastgroup or "", tag["gap"])


def _broken(breaks: re.Match[str]) -> str:
    return "\n\n" if _PARAGRAPH in breaks[0] else "\n"


def _words(inside: str, *, closed: bool) -> str:
    """Words in angle brackets that are no element of HTML: a person wrote ``<beginners>``, or ``a<b``."""
    if not closed:
        return f"< {inside}"
    return "" if inside[0] in "!?" else f"\u2039{inside}\u203a"
