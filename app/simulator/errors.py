"""How the API says no: a status and a body with a message and the TransactionId that its support asks for.

The documentation shows the body only as a picture; the names of its two fields are assumed.
"""

import hashlib
import uuid

from starlette.responses import Response

from app.simulator.jsontext import encode

JSON = "application/json; charset=utf-8"

_MEANINGS = {
    400: "Bad Request",
    401: "Authorization has been denied for this request.",
    403: "User is not authorized to perform this operation",
    404: "Entity was not found",
    405: "The requested resource does not support this http method.",
    422: "Validation error",
    429: "Maximum number of calls per second exceeded",
    500: "An error has occurred.",
    502: "Bad Gateway",
    503: "The service is unavailable.",
    504: "Gateway Timeout",
}


class ApiError(Exception):
    """An answer other than the one asked for."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message or _MEANINGS.get(status, "An error has occurred."))
        self.status = status


def error_answer(error: ApiError, *, transaction: int, headers: dict[str, str] | None = None) -> Response:
    """The answer that tells of an error. ``transaction`` numbers the call; the same number, the same id."""
    body = {"Message": str(error), "TransactionId": _transaction_id(transaction)}
    return Response(encode(body), error.status, headers, media_type=JSON)


def _transaction_id(number: int) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(f"transaction {number}".encode()).digest()[:16]))
