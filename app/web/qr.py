"""QR codes as SVG (ISO/IEC 18004), drawn for paper and screens alike: dark on white, whatever the theme."""

from io import BytesIO
from typing import Any, Final

import segno
from fastapi import APIRouter, Request, Response

from app.domain.errors import InvalidQuery
from app.domain.selection import parse
from app.web.answer import Representation, answer, etag_of
from app.web.deps import OrganizationDep
from app.web.methods import readable
from app.web.offers import Addresses, named_as, webcal
from app.web.outcomes import document
from app.web.query import SELECTION, pairs, parameter

QUIET_MODULES: Final = 4
"""The empty border that readers need (ISO/IEC 18004 §6.3.8)."""
MOST_OCTETS: Final = 2953
"""What the largest code holds at level L (ISO/IEC 18004, table 7)."""
SVG: Final = "image/svg+xml"

_OPENAPI: Final[dict[str, Any]] = {
    "parameters": [
        *SELECTION["parameters"],
        parameter("to", {"enum": ["feed", "page"]}, "Where it leads; to the feed by default."),
    ]
}
_TOLD: Final = document(SVG, "The code.", fetched=False)

router = APIRouter(tags=["pages"])


@readable(router, "/orgs/{org}/qr.svg", openapi_extra=_OPENAPI, **_TOLD)
async def qr_code(request: Request, organization: OrganizationDep) -> Response:
    """The code of a selection's ``webcal`` address; with ``to=page``, of the page that shows it.

    An iPhone's camera subscribes by the first; the second serves every phone. Neither asks Amilia anything.
    """
    query = pairs(request.url.query)
    selection = parse(query, organization)
    addresses = Addresses(organization, f"{request.state.public_url}/orgs/{organization.slug}")
    if ("to", "page") in query:
        target = addresses.shown(selection)
    else:
        target = webcal(addresses.feed(selection, named_as(selection, organization)))
    try:
        body = qr_svg(target)
    except ValueError as error:
        raise InvalidQuery("?", "no-code", str(MOST_OCTETS)) from error
    return await answer(request, Representation(body, SVG, etag_of(body), None, None), None)


def qr_svg(text: str) -> bytes:
    """An SVG of the smallest code for ``text`` that is still read with 15 % of it lost (level M).

    Beyond some 2,300 octets it is drawn for 7 % (level L). It has no size of its own: it fills what there is.

    Raises:
        ValueError: no code can hold the text.
    """
    drawn = BytesIO()
    _code(text).save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        border=QUIET_MODULES,
        light="#fff",
    )
    return drawn.getvalue()


def _code(text: str) -> segno.QRCode:
    try:
        return segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError:
        return segno.make_qr(text, error="l", boost_error=False)
