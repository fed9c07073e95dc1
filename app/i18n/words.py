"""The words of both languages, out of the gettext catalogues in ``locales/``.

Texts are found by key (``event.cancelled``), and English is a catalogue like French: changing a wording never
touches code. A key that a catalogue lacks is a ``KeyError``, not a silent text in the other language.
"""

import gettext
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Never

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from app.domain.model import Lang

LOCALES: dict[Lang, str] = {"fr": "fr_CA", "en": "en_CA"}
"""The locale that each language is written in: words, prices, dates and hours as in Canada."""


def say(lang: Lang, key: str, **values: object) -> str:
    """The text of ``key``, with ``{name}`` replaced by the value of that name.

    Raises:
        KeyError: the catalogue has no such key, or the text needs a value that was not given.
    """
    return _catalogue(lang).gettext(key).format_map(values)


def plural(lang: Lang, key: str, n: int, **values: object) -> str:
    """The text of ``key`` in the form that ``n`` things ask for; ``{n}`` is the number, digits grouped.

    Raises:
        KeyError: the catalogue has no such key, or the text needs a value that was not given.
    """
    number = format_decimal(n, locale=LOCALES[lang])
    return _catalogue(lang).ngettext(key, key, n).format_map({"n": number, **values})


class _NoOtherText(gettext.NullTranslations):
    """What gettext asks when a catalogue lacks a key; by default it would print the key."""

    def gettext(self, message: str) -> Never:
        raise KeyError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> Never:  # noqa: ARG002  # gettext's signature
        raise KeyError(msgid1)


@lru_cache
def _catalogue(lang: Lang) -> gettext.GNUTranslations:
    locale = LOCALES[lang]
    source = files("app.i18n").joinpath("locales", locale, "LC_MESSAGES", "messages.po")
    compiled = BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=locale, abort_invalid=True))
    compiled.seek(0)
    catalogue = gettext.GNUTranslations(compiled)
    catalogue.add_fallback(_NoOtherText())
    return catalogue
