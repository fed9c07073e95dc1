"""Visitors' devices: how wide they are, what they call themselves, and how they subscribe best."""

from typing import Any, Final

_MOZILLA: Final = "Mozilla/5.0"
_WEBKIT: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BLINK: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
_IPHONE: Final = f"{_MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {_WEBKIT}"
_MAC: Final = f"{_MOZILLA} (Macintosh; Intel Mac OS X 10_15_7)"

DEVICES: Final = {
    "iPhone Safari": (f"{_IPHONE} Version/18.0 Mobile/15E148 Safari/604.1", "webcal"),
    "iPhone Chrome": (f"{_IPHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "copy"),
    "iPhone Firefox": (f"{_IPHONE} FxiOS/133.0 Mobile/15E148 Safari/605.1.15", "copy"),
    "iPhone in an app": (f"{_IPHONE} Mobile/15E148 Instagram 330.0", "copy"),
    # An iPad says that it is a Mac.
    "iPad": (f"{_MAC} {_WEBKIT} Version/18.0 Safari/605.1.15", "webcal"),
    "Mac Chrome": (f"{_MAC} {_BLINK} Chrome/131.0.0.0 Safari/537.36", "webcal"),
    "Android": (
        f"{_MOZILLA} (Linux; Android 15; Pixel 9) {_BLINK} Chrome/131.0.0.0 Mobile Safari/537.36",
        "send",
    ),
    "Windows": (
        f"{_MOZILLA} (Windows NT 10.0; Win64; x64) {_BLINK} Chrome/131.0.0.0 Safari/537.36",
        "google",
    ),
    "Linux": (f"{_MOZILLA} (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "google"),
    "Chromebook": (
        f"{_MOZILLA} (X11; CrOS x86_64 14541.0.0) {_BLINK} Chrome/131.0.0.0 Safari/537.36",
        "google",
    ),
}
"""By name: the User-Agent, and how the first button subscribes."""

DESKTOP: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 900}}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": DEVICES["iPhone Safari"][0],
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
"""Options of ``Browser.new_context``."""
