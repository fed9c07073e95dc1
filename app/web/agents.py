"""How each calendar is subscribed to, how often it looks, and what to do where a button cannot help."""

from dataclasses import dataclass
from typing import Final

from app.domain.model import Lang
from app.i18n.words import say
from app.web.offers import Offer

GOOGLE_BY_ADDRESS: Final = "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"
"""Google's own form for a pasted address, on a computer."""


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of calendar; ``href`` is empty where only the copied address helps, ``away`` if it leaves."""

    name: str
    href: str
    often: str
    how: str
    away: bool = False
    fallback: str = ""


def ways(offer: Offer, lang: Lang) -> list[Way]:
    """Every calendar that people ask about, the most used first, the same on every device."""

    def way(word: str, href: str = "", *, away: bool = False, fallback: str = "") -> Way:
        return Way(
            say(lang, f"way.{word}"),
            href,
            say(lang, f"way.{word}.often"),
            say(lang, f"way.{word}.how"),
            away,
            fallback,
        )

    return [
        way("apple", offer.webcal),
        way("google", offer.google, away=True, fallback=GOOGLE_BY_ADDRESS),
        way("outlook", offer.outlook, away=True),
        way("microsoft", offer.microsoft, away=True),
        way("android"),
        way("thunderbird", offer.webcal),
        way("others"),
    ]
