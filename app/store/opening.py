"""From an address to the store that it names."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from app.store.redis import RedisStore

_SQLITE: Final = "sqlite:///"
_NOTHING: Final[Mapping[str, str]] = {}
_REDIS: Final = ("redis://", "rediss://", "unix://")


def open_store(
    url: str, *, clock: Callable[[], datetime], renamed: Mapping[str, str] = _NOTHING
) -> "SqliteStore | RedisStore":
    """The store at ``url``, which need not be there yet: it is looked for with the first call.

    ``sqlite:///relative/file``, ``sqlite:////absolute/file``; ``redis://``, ``rediss://`` (TLS) or ``unix://``
    (a socket) for a Redis or Valkey server. ``renamed`` tells, by their old names, which organizations have
    another name now: what is kept of them is taken along before anything else is done. Raises ``ValueError``
    with one sentence, without secrets.
    """
    if url.startswith(_SQLITE):
        path = url.removeprefix(_SQLITE)
        if not path or path.endswith("/"):
            raise ValueError(
                "the address of a store in a file ends with the file's name: sqlite:///data/feeds.db"
            )
        return SqliteStore(path, clock=clock, renamed=renamed)
    if url.startswith(_REDIS):
        # Loading this library takes longer than all the rest of a start, and most need it never.
        from app.store.redis import RedisStore  # noqa: PLC0415

        return RedisStore(url, clock=clock, renamed=renamed)
    raise ValueError("the address of a store begins with sqlite:///, redis://, rediss:// or unix://")
