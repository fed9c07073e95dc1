"""What start-up does so that nobody has to wait later."""

import gc
import sys

import pytest

from app.server.pauses import SWITCH_SECONDS, shorten


def test_what_is_alive_is_never_walked_through_again_and_threads_let_go_soon() -> None:
    interval = sys.getswitchinterval()
    try:
        shorten()

        assert gc.get_freeze_count() > 10_000
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
    finally:
        gc.unfreeze()
        sys.setswitchinterval(interval)
