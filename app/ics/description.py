r"""What a person reads when they open an event: a few plain lines, the most important first.

Some clients show the first line only, some show HTML as it is: so no markup, and a state that keeps people
from coming before all else. The link stands alone on its line, where every client recognises it.
"""

from decimal import Decimal
from functools import lru_cache
from itertools import groupby

from app.domain.model import Headcount, Lang, Particulars, Place, State, Topic
from app.i18n.formats import price
from app.i18n.words import say
from app.ics.links import web_address
from app.ics.places import whereabouts
from app.ics.text import escaped, fold, one_line


def description_line(about: Particulars, *, lang: Lang, currency: str, off: bool) -> bytes | None:
    """The DESCRIPTION property, None where there is nothing to say; ``off`` if nobody should come."""
    parts = (
        _notable(about.state, lang, off=off),
        _shelf(about.program, about.category, about.subcategory),
        _price(about.price, currency, lang),
        _place(about.place, lang) if about.place else b"",
        _headcount(about.headcount, lang) if about.headcount else b"",
        _staff(about.staff, lang) if about.staff else b"",
        _link(about.url) if about.url else b"",
    )
    text = rb"\n".join(filter(None, parts))
    return fold(b"DESCRIPTION:" + text) if text else None


# Each part is escaped, and empty where it does not apply. The occurrences of an activity share them all.
_remembered = lru_cache(maxsize=4096)


@_remembered
def _notable(state: State, lang: Lang, *, off: bool) -> bytes:
    if off:
        return escaped(say(lang, "event.cancelled"))
    return escaped(say(lang, "event.moved")) if state is State.MOVED else b""


@_remembered
def _shelf(*levels: Topic | None) -> bytes:
    """From the widest to the narrowest. Many centres give a programme and its only category one name."""
    names = [one_line(level.name) for level in levels if level is not None]
    distinct = [name for name, _ in groupby(filter(None, names))]
    return escaped(" \u203a ".join(distinct))


@_remembered
def _price(amount: Decimal | None, currency: str, lang: Lang) -> bytes:
    if amount is None:
        return b""
    written = price(amount, currency, lang)
    return escaped(written if amount == 0 else say(lang, "event.price", price=written))


@_remembered
def _place(place: Place, lang: Lang) -> bytes:
    there = whereabouts(place)
    return escaped(say(lang, "event.place", place=there)) if there else b""


@_remembered
def _headcount(count: Headcount, lang: Lang) -> bytes:
    if count.places is None:
        return escaped(say(lang, "event.headcount", registered=count.registered))
    return escaped(say(lang, "event.headcount-of", registered=count.registered, places=count.places))


@_remembered
def _link(url: str) -> bytes:
    return escaped(web_address(url))


@_remembered
def _staff(names: tuple[str, ...], lang: Lang) -> bytes:
    people = ", ".join(filter(None, map(one_line, names)))
    return escaped(say(lang, "event.staff", names=people)) if people else b""
