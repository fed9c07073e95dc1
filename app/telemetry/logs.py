"""How log records look: one line each, as text for people or as JSON for machines.

Modules log through the standard library, with facts as ``extra``; structlog only formats them here.
"""

import logging
import sys
from typing import Literal, TextIO, TypeAlias

import structlog

LogFormat: TypeAlias = Literal["text", "json"]


def _without_color_message(
    _logger: object, _method: str, record: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Uvicorn says everything twice, once with terminal colours."""
    record.pop("color_message", None)
    return record


def configure(log_format: LogFormat, stream: TextIO = sys.stderr) -> None:
    """Send every record of the process to ``stream``. Replaces what was configured before."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _without_color_message,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if log_format == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        plain = structlog.dev.plain_traceback
        last.append(structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain))
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("httpx", "httpcore"):  # their lines hold whole addresses
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for server in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(server)
        logger.handlers.clear()
        logger.propagate = True
