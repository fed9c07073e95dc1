"""Which clients this machine has: a missing one is told in one line, and is a failure where none may miss."""

import os
from functools import cache

import pytest

from tests.clients.client import Client


@cache
def lacking(client: type[Client]) -> str:
    """What is missing for the client, in one sentence; empty when nothing is."""
    return client.missing()


def installed(client: type[Client]) -> None:
    """Skip the test if the client is missing; with CI=true, fail."""
    sentence = lacking(client)
    if not sentence:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
