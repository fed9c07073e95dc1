"""The service is killed while it sends a large feed: the part can be told from the whole, nothing is lost."""

import socket
from pathlib import Path

from tests.clients.club import WHOLE, Club

_SMALL_WINDOW = 4096
"""Octets that the reader's kernel takes at once; the service then has to wait in the middle of its answer."""


def test_half_of_a_feed_can_be_told_from_a_whole_and_the_next_whole_is_the_same(
    tmp_path: Path, logs: Path
) -> None:
    with Club(tmp_path, logs, events=5000, refresh_seconds=600) as club:
        before = club.get(WHOLE)
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_WINDOW)
            reader.connect(("127.0.0.1", club.port))
            reader.sendall(f"GET {WHOLE} HTTP/1.1\r\nHost: club.example\r\n\r\n".encode())
            began = _until_the_body_begins(reader)
            club.kill()
            rest = _everything(reader)
        club.start()
        after = club.get(WHOLE)

    received = (began + rest).partition(b"\r\n\r\n")[2]
    assert before.content.startswith(received)
    assert 0 < len(received) < len(before.content)
    assert b"END:VCALENDAR" not in received
    assert f"content-length: {len(before.content)}".encode() in began.lower()
    assert before.content == after.content
    assert before.headers["etag"] == after.headers["etag"]


def _until_the_body_begins(reader: socket.socket) -> bytes:
    """The head and the first of the body; the head may well arrive alone."""
    received = b""
    while not received.partition(b"\r\n\r\n")[2]:
        part = reader.recv(_SMALL_WINDOW)
        assert part, "the service ended the connection before the body"
        received += part
    return received


def _everything(reader: socket.socket) -> bytes:
    """What still arrives until the connection ends, however it ends."""
    received = b""
    while True:
        try:
            part = reader.recv(2**20)
        except ConnectionResetError:
            return received
        if not part:
            return received
        received += part
