"""What is answered to a request that is no request: at once, ready-made, in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status (RFC 9110 §15.5, RFC 6585 §5) and one sentence in English and in French."""

    status: int
    reason: str
    english: str
    french: str

    def answer(self, fields: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
        """The whole answer as it goes over the wire, after which the connection ends."""
        body = f"{self.english}\n{self.french}\n".encode()
        head = (
            f"HTTP/1.1 {self.status} {self.reason}\r\n"
            "content-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(body)}\r\n"
            "cache-control: no-store\r\n"
            "connection: close\r\n"
        ).encode()
        return b"".join([head, *(b"%s: %s\r\n" % field for field in fields), b"\r\n", body])


NO_REQUEST: Final = Refusal(400, "Bad Request", "This is not a request.", "Ceci n’est pas une requête.")
TOO_SLOW: Final = Refusal(
    408,
    "Request Timeout",
    "The request took too long to arrive.",
    "La requête a mis trop de temps à arriver.",
)
TOO_LARGE: Final = Refusal(
    413, "Content Too Large", "The request is too large.", "La requête est trop volumineuse."
)
TARGET_TOO_LONG: Final = Refusal(
    414, "URI Too Long", "The address is too long.", "L’adresse est trop longue."
)
HEAD_TOO_LARGE: Final = Refusal(
    431,
    "Request Header Fields Too Large",
    "The request has too many or too large header fields.",
    "Les en-têtes de la requête sont trop nombreux ou trop volumineux.",
)
