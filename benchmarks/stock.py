"""Uvicorn for the yardsticks: uvloop, httptools, no access log as in the service, and nothing of ours.

Whatever the service adds to uvicorn's own protocol is its cost and not the yardstick's.
"""

from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

OPTIONS: Final[dict[str, Any]] = {
    "loop": "uvloop",
    "http": "httptools",
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "backlog": 4096,
}


def serve(application: ASGIApp, port: int) -> None:
    """Serve until stopped, with as many connections and requests as may come."""
    uvicorn.run(application, port=port, lifespan="off", ws="none", **OPTIONS)
