"""Events as bad as Amilia and its users could make them, for hypothesis to try."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from app.domain.model import Days, Event, Particulars, Place, Revision, State, Tag, Timed, Topic, When

FIRST, LAST = date(2026, 9, 22), date(2027, 12, 27)
"""The window in which the events are."""

_TRAPS = (
    "\\N", "\\n", "\\", ";", ",", ":", '"', "^", "\r\n", "\n", "\r", "\t", "\x00", "\x0b", "\x1c", "\x7f",
    "\x85", "\u2028", "\u200b", "\u202e", "\u2066", "\u00ad", "\ufeff", "\ud83d", "\ude00", "\U000e0041",
    "\U0001f3f4", "e\u0301", "\u037e", "\u0338", "é", "🤸", "\U0001f468\u200d\U0001f469", "שלום", "  ",
    "\u00a0", "<", ">", "&", "#", "/", "!", "<b>", "</b>", "<p>", "<br>", "<li>", "</li>", "<td>", "<script>",
    "<!--", "-->", "<x y='", "&lt;", "&gt;", "&amp;", "&amp", "&lt", "&nbsp;", "&#60;", "&#x3c;", "&#0;",
    "&#38;", "BEGIN:VEVENT",
)  # fmt: skip
_anything = st.text(st.characters(exclude_categories=()), max_size=12)
texts = st.lists(st.one_of(st.sampled_from(_TRAPS), _anything), max_size=12).map("".join)
"""Any text, and often one that is made to break something."""

instants = st.integers(0, (LAST - FIRST).days * 24 * 60).map(
    lambda minutes: datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def _timed(draw: st.DrawFn) -> Timed:
    start = draw(instants)
    return Timed(start, start + timedelta(minutes=draw(st.integers(0, 3000))))


@st.composite
def _days(draw: st.DrawFn) -> Days:
    first = draw(st.dates(FIRST, LAST))
    return Days(first, first + timedelta(days=draw(st.integers(1, 20))))


_numbers = st.integers(1, 9_999_999)
_topics = st.none() | st.builds(Topic, _numbers, texts)
_coordinates = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))
_places = st.none() | st.builds(Place, _numbers, texts, texts, _coordinates)
_links = st.sampled_from(
    ("", "supersport.com/a", "https://app.amilia.com/store/fr/a;b,c/été?x=1&y=2", "http://x.org")
)
_prices = st.none() | st.decimals(0, 5000, places=2).map(Decimal)
whens: st.SearchStrategy[When] = st.one_of(_timed(), _days())

_particulars = st.builds(
    Particulars,
    title=texts,
    state=st.sampled_from(State),
    amilia_state=texts,
    program=_topics,
    category=_topics,
    subcategory=_topics,
    activity=_topics,
    place=_places,
    price=_prices,
    url=_links,
    tags=st.lists(st.builds(Tag, _numbers, texts), max_size=3).map(tuple),
    staff=st.lists(texts, max_size=2).map(tuple),
)
events = st.builds(Event, id=st.integers(-(2**40), 2**40), when=whens, about=_particulars)
revisions = st.builds(Revision, created=instants, modified=instants, sequence=st.integers(0, 2**31 - 1))
