"""``amilia-feeds`` with the pace of its calls lifted, eight at a time for one organization.

Amilia allows 100 calls a second, so the pace decides how long a walk takes, whatever the code costs. Where
the code is to be measured, nothing but the pace is another than in service.
"""

from typing import Any, Final

from app import cli, main
from app.amilia.pace import ON_PROBATION, Pace

AT_ONCE: Final = 8


class Unpaced(Pace):
    """Lets each call begin at once, as long as there is a line."""

    def __init__(self, **_: Any) -> None:  # noqa: ANN401  # whatever the service would ask for
        super().__init__(concurrency=AT_ONCE + ON_PROBATION, lines_of_one=AT_ONCE)

    async def turn(self) -> None:
        """Now."""


if __name__ == "__main__":
    main.Pace = Unpaced  # type: ignore[attr-defined]  # the one difference
    cli.run()
