"""How a page becomes bytes: its template, its words, a style of its own, and the policy that goes with it.

A page's bytes depend on its address and on what it shows, on no header and no moment: caches may keep it. So
there is no nonce; what stands inline (the accent, the line of script that names the device) is allowed by its
digest (CSP 3 §6.7.2).
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.domain.model import LANGS, Lang
from app.i18n.formats import megabytes
from app.i18n.words import plural, say
from app.web.assets import address, asset

HTML: Final = "text/html; charset=utf-8"

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, lang: Lang, *, style: str, **values: Any) -> bytes:  # noqa: ANN401  # the template's
    """The page in ``lang``, with the CSS ``style`` inline."""
    html = _templates.get_template(template).render(
        lang=lang,
        others=[other for other in LANGS if other != lang],
        say=lambda key, **facts: say(lang, key, **facts),
        plural=lambda key, n, **facts: plural(lang, key, n, **facts),
        megabytes=lambda octets: megabytes(octets, lang),
        asset=address,
        style=Markup(style),  # noqa: S704  # from ``accent.theme``: colours and names of our own
        device_script=Markup(_device_script()),  # noqa: S704  # our own file
        **values,
    )
    return html.encode()


@lru_cache(maxsize=512)
def headers(style: str, *, framed: str = "'none'") -> dict[str, str]:
    """The headers of a page with that inline ``style``; ``framed`` says who may show it in a frame."""
    policy = {
        "default-src": "'none'",
        "style-src": f"'self' {_digest(style)}",
        "script-src": f"'self' {_digest(_device_script())}",
        "img-src": "'self'",
        "connect-src": "'self'",
        "frame-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": framed,
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }


def _digest(inline: str) -> str:
    """The source expression that allows this inline text and no other."""
    return f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"


def _device_script() -> str:
    """Names the visitor's device before anything is drawn, so that nothing moves afterwards."""
    return asset("device.js").body.decode().strip()
