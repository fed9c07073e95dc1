"""A yardstick: nginx serving the feed as a file, compressed beforehand, with the same headers."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.captured import Captured
from benchmarks.machine import SERVER_CORE
from benchmarks.processes import Server, free_port, running

_BY_ITSELF: Final = frozenset(
    {"etag", "last-modified", "content-length", "content-type", "content-encoding", "vary"}
)
"""What nginx says of a file by itself."""

_CONFIGURATION: Final = """\
{user}worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    server_tokens off;
    keepalive_requests 100000000;
    open_file_cache max=16 inactive=1h;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    types {{ text/calendar ics; }}
    charset utf-8;
    charset_types text/calendar;
    server {{
        listen 127.0.0.1:{port};
        root {directory}/files;
        gzip_static on;
        gzip_vary on;
{headers}
    }}
}}
"""


def is_installed() -> bool:
    return shutil.which("nginx") is not None


@contextmanager
def nginx(directory: Path, path: str, identity: Captured, gzipped: Captured) -> Iterator[Server]:
    """Serve the feed by nginx at ``path``, both as it is and compressed; its files are in ``directory``."""
    port = free_port()
    file = directory / "files" / path.lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(identity.body)
    file.with_name(f"{file.name}.gz").write_bytes(gzipped.body)
    headers = [
        f"        add_header {name} '{_quoted(value)}';"
        for name, value in gzipped.headers
        if name.lower() not in _BY_ITSELF
    ]
    configuration = directory / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            user="user root;\n" if os.geteuid() == 0 else "",
            directory=directory,
            port=port,
            headers="\n".join(headers),
        )
    )
    command = [shutil.which("nginx") or "nginx", "-p", str(directory), "-c", str(configuration)]
    with running(command, port=port, cores=[SERVER_CORE], log=directory / "nginx.out") as server:
        yield server


def _quoted(value: str) -> str:
    """As it stands between single quotes in a configuration of nginx."""
    return value.replace("\\", r"\\").replace("'", r"\'")
