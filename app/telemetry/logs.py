"""How log records look: one line each, as text for people or as JSON for machines.

Modules log through the standard library, with facts as ``extra``; structlog only formats them here, and
nothing leaves that ``redaction`` would not let go.
"""

import logging
import sys
import unicodedata
from collections.abc import Iterable
from typing import Final, Literal, TextIO, TypeAlias

import structlog

from app.telemetry.redaction import Redact, redactor

LogFormat: TypeAlias = Literal["text", "json"]
_BREAKS: Final = "\n\t"
"""What a text line may hold besides letters: a traceback has several lines."""
_ESCAPE: Final = "\x1b"


def _without_color_message(
    _logger: object, _method: str, record: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Uvicorn says everything twice, once with terminal colours."""
    record.pop("color_message", None)
    return record


def _on_one_line(
    _logger: object, _method: str, record: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A message may quote a name that came from outside; only what follows it, a traceback, has lines."""
    record["event"] = "�".join(str(record.get("event", "")).splitlines())
    return record


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Formats, then blots out what may not be shown and what would move a terminal's cursor."""

    def __init__(
        self,
        *,
        before: list[structlog.typing.Processor],
        last: list[structlog.typing.Processor],
        redact: Redact,
        kept: str,
    ) -> None:
        super().__init__(foreign_pre_chain=before, processors=last)
        self._redact = redact
        self._kept = kept

    def format(self, record: logging.LogRecord) -> str:
        return visible(self._redact(super().format(record)), self._kept)


def visible(text: str, kept: str = _BREAKS) -> str:
    """``text`` without control and direction characters, but for those in ``kept``.

    Names come from outside: none may end a line, colour a terminal or turn the reading order round.
    """
    if text.isprintable():
        return text
    return "".join(
        "�" if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") and letter not in kept else letter
        for letter in text
    )


def configure(log_format: LogFormat, stream: TextIO = sys.stderr, *, secrets: Iterable[str] = ()) -> None:
    """Send every record of the process to ``stream``, without ``secrets``; replaces what was configured."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _without_color_message,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    colors = log_format == "text" and stream.isatty()
    if log_format == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        plain = structlog.dev.plain_traceback
        last += [
            _on_one_line,
            structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain),
        ]
    handler = logging.StreamHandler(stream)
    kept = _BREAKS + (_ESCAPE if colors else "")
    handler.setFormatter(_Formatter(before=shared, last=last, redact=redactor(secrets), kept=kept))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("httpx", "httpcore"):  # their lines hold whole addresses
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for server in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(server)
        logger.handlers.clear()
        logger.propagate = True
