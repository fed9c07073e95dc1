"""Is this host's clock right? Every answer over HTTP says what its server's clock was (RFC 9110 §6.6.1)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from app.feeds.checkup import Remark

OFF: Final = timedelta(seconds=30)
"""More than an answer's way and a ``Date`` of whole seconds can explain."""
FAR_OFF: Final = timedelta(minutes=5)
"""From here on tokens, certificates and the days of a window go wrong."""
CURE: Final = "Let this host's clock follow a time server (chrony, systemd-timesyncd)."


def told_by(headers: Mapping[str, str]) -> datetime | None:
    """The other clock at the moment of the answer; None where it does not say.

    What a cache answers has the date of its origin, and its age in seconds (RFC 9111 §5.1).
    """
    try:
        moment = parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError):
        return None
    age = headers.get("Age", "0")
    seconds = int(age) if age.isascii() and age.isdigit() and len(age) < len("1000000000") else 0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware + timedelta(seconds=seconds)


def on_clock(whose: str, theirs: datetime, ours: datetime) -> Remark:
    """What the difference to ``whose`` clock means; both moments are of the same instant."""
    ahead = ours - theirs
    off = abs(ahead)
    if off <= OFF:
        return Remark("ok", "clock", f"It agrees with the clock of {whose}.")
    how = "ahead of" if ahead > timedelta(0) else "behind"
    sentence = f"It is {_length(off)} {how} the clock of {whose}."
    if off < FAR_OFF:
        return Remark("warning", "clock", sentence, CURE)
    return Remark("failure", "clock", f"{sentence} Tokens and certificates are judged wrongly.", CURE)


def _length(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds} s" if seconds < FAR_OFF.total_seconds() else f"{seconds // 60} minutes"
