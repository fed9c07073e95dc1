"""Where the server may be reached, and the sentence that says why it may not."""

import os
import socket
from pathlib import Path

import pytest

from app.server.application import Unusable
from app.server.listening import Address, listen, unlink


def accepts(address: object, family: int = socket.AF_INET) -> bool:
    with socket.socket(family) as client:
        return client.connect_ex(address) == 0  # type: ignore[arg-type]  # whatever that family takes


def test_a_name_with_two_addresses_is_listened_to_on_both() -> None:
    listening = listen(Address("localhost", port=0))
    families = {one.family for one in listening}
    reached = [accepts(one.getsockname(), one.family) for one in listening]
    for one in listening:
        one.close()

    assert socket.AF_INET in families
    assert all(reached)


def test_a_port_that_is_taken_is_named_in_one_sentence() -> None:
    (first,) = listen(Address(port=0))
    port = first.getsockname()[1]

    with pytest.raises(Unusable, match=f"Cannot listen on port {port} of 127.0.0.1 .*--port"):
        listen(Address(port=port))
    first.close()


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises(Unusable, match=host):
        listen(Address(host))


def test_a_socket_in_the_file_system_is_made_anew_after_a_crash_and_removed_in_the_end(
    tmp_path: Path,
) -> None:
    address = Address(path=tmp_path / "feeds.sock")
    (crashed,) = listen(address)
    crashed.close()
    (again,) = listen(address)
    reached = accepts(str(address.path), socket.AF_UNIX)
    with pytest.raises(Unusable, match=r"feeds\.sock"):
        listen(address)  # somebody answers there
    again.close()
    unlink(address)

    assert reached
    assert not list(tmp_path.iterdir())


def test_a_socket_that_somebody_else_opened_is_taken_over() -> None:
    theirs = socket.create_server(("127.0.0.1", 0))
    where = theirs.getsockname()
    (ours,) = listen(Address(descriptor=os.dup(theirs.fileno())))
    reached = accepts(where)
    ours.close()
    still_there = accepts(where)
    theirs.close()

    assert reached
    assert still_there


def test_a_descriptor_that_is_no_socket_is_named() -> None:
    reader, writer = os.pipe()
    with pytest.raises(Unusable, match=f"Descriptor {reader} is no socket"):
        listen(Address(descriptor=reader))
    os.close(writer)
    os.close(reader)


def test_an_address_says_what_to_open() -> None:
    assert str(Address("127.0.0.1", 8000)) == "http://127.0.0.1:8000"
    assert str(Address("::1", 8000)) == "http://[::1]:8000"
    assert str(Address(path=Path("/run/feeds.sock"))) == "the socket /run/feeds.sock"
    assert str(Address(descriptor=3)) == "the socket of descriptor 3"
