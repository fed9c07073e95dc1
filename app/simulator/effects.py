"""What a fault makes of an answer that is ready to be sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.simulator.faults import Fault

_HTML = (
    "<!DOCTYPE html><html><head><title>Maintenance</title></head>"
    "<body><h1>We'll be back soon / De retour bientôt</h1></body></html>"
)
_MEGABYTE = 1_000_000


class ConnectionCut(ConnectionResetError):
    """Raised in place of the rest of a body; a server that sees it closes the connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; with ``cut``, only half of the body is sent of the length that the header tells."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    cut: bool = False


_Effect: TypeAlias = Callable[[Answer, Fault], Answer]


def spoiled(answer: Answer, faults: Iterable[Fault]) -> Answer:
    """The answer after all faults of the BODY stage, in the order in which they were switched on."""
    for fault in faults:
        answer = _EFFECTS[fault.kind.name](answer, fault)
    return answer


def _cut(answer: Answer, _: Fault) -> Answer:
    return replace(answer, cut=True)


def _truncated(answer: Answer, _: Fault) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _html(answer: Answer, _: Fault) -> Answer:
    others = tuple(header for header in answer.headers if header[0] != b"content-type")
    return Answer(200, (*others, (b"content-type", b"text/html; charset=utf-8")), _HTML.encode())


def _empty_body(answer: Answer, _: Fault) -> Answer:
    return replace(answer, status=200, body=b"")


def _huge(answer: Answer, fault: Fault) -> Answer:
    """The same JSON with blanks in front: still well-formed, so only its size can give it away."""
    return replace(answer, body=b" " * int(fault.amount * _MEGABYTE) + answer.body)


def _deep(answer: Answer, fault: Fault) -> Answer:
    levels = int(fault.amount)
    return replace(answer, body=b"[" * levels + b"]" * levels)


_EFFECTS: dict[str, _Effect] = {
    "cut": _cut,
    "truncated": _truncated,
    "html": _html,
    "empty-body": _empty_body,
    "huge": _huge,
    "deep": _deep,
}
