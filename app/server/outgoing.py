"""How much of what was written a client has not yet taken."""

import asyncio
import fcntl
import struct
import sys
import termios
from typing import Final

_COUNTS_WITH_IOCTL: Final = sys.platform == "linux"


def untaken(transport: asyncio.Transport) -> int:
    """Bytes written that the client's system has not acknowledged; 0 once the rest is the system's to send.

    The system's own buffer may hold megabytes, which a slow client takes for minutes while nothing moves in
    ours; on Linux it tells how much is left (``SIOCOUTQ``, tcp(7)).
    """
    ours = transport.get_write_buffer_size()
    if not ours or not _COUNTS_WITH_IOCTL:
        return ours
    connection = transport.get_extra_info("socket")
    try:
        theirs = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0" * 4)
    except OSError:  # closed meanwhile
        return ours
    return ours + int(struct.unpack("i", theirs)[0])
