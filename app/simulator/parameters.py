"""Query parameters as the API reads them: the case of names is ignored, so are unknown ones; bad ones 400."""

from collections.abc import Iterable
from datetime import date

from app.simulator.errors import ApiError

_TRUE, _FALSE = "true", "false"


class Query:
    """The parameters of one request. Of a repeated one the first counts; an empty one counts as missing."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self._values: dict[str, str] = {}
        for name, value in self.pairs:
            if value:
                self._values.setdefault(name.lower(), value)

    def text(self, name: str) -> str:
        """A text, empty when missing."""
        return self._values.get(name.lower(), "")

    def integer(self, name: str) -> int | None:
        """A whole number. Raises ApiError 400 when it is none."""
        text = self._values.get(name.lower())
        if text is None:
            return None
        try:
            return int(text)
        except ValueError:
            raise ApiError(400, f"The value '{text}' is not valid for {name}.") from None

    def bounded(self, name: str, *, default: int, least: int, most: int | None = None) -> int:
        """A whole number between two bounds, both included. Raises ApiError 400 beyond them."""
        number = self.integer(name)
        if number is None:
            return default
        if number < least or (most is not None and number > most):
            bounds = f"of at least {least}" if most is None else f"between {least} and {most}"
            raise ApiError(400, f"{name} must be a whole number {bounds}")
        return number

    def flag(self, name: str) -> bool:
        """A boolean, false when missing. Raises ApiError 400 for another word."""
        text = self._values.get(name.lower(), _FALSE).lower()
        if text not in {_TRUE, _FALSE}:
            raise ApiError(400, f"The value '{text}' is not valid for {name}.")
        return text == _TRUE

    def day(self, name: str) -> date | None:
        """A date ``YYYY-MM-DD``. Raises ApiError 400 for anything else."""
        text = self._values.get(name.lower())
        if text is None:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:  # Python also reads 20261003 and 2026-W40-6
            raise ApiError(400, f"The value '{text}' is not valid for {name}.")
        return day

    def span(self, today: date) -> tuple[date, date]:
        """``from`` and ``to``, both included: ``to`` defaults to ``from``, and ``from`` to today.

        With ``to`` alone, which the documentation does not treat, the range begins today; it is empty when
        ``to`` is past.
        """
        first = self.day("from") or today
        return first, self.day("to") or first
