"""Answers are read off a socket to their end and no further."""

import socket

import pytest

from benchmarks import raw

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbytes\r\n0\r\n\r\n"
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n'


@pytest.mark.parametrize(("answer", "status"), [(WHOLE, 200), (CHUNKED, 200), (UNCHANGED, 304)])
def test_an_answer_is_whole_with_its_last_byte(answer: bytes, status: int) -> None:
    here, there = socket.socketpair()
    with here, there:
        incoming = raw.Incoming()
        ends = []
        for byte in answer:
            there.sendall(bytes([byte]))
            ends.append(incoming.take(here))

    assert ends == [False] * (len(answer) - 1) + [True]
    assert incoming.status == status
    assert bytes(incoming.received) == answer


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(WHOLE[:-1])
        there.shutdown(socket.SHUT_WR)
        incoming = raw.Incoming()

        assert not incoming.take(here)
        with pytest.raises(raw.BrokenOff):
            incoming.take(here)


def test_a_request_names_its_headers() -> None:
    assert raw.request("/feed", {"Accept-Encoding": "gzip"}) == (
        b"GET /feed HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"
    )
