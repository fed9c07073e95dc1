"""What one run of these tests saw: for the matrix, and in full for whoever wonders about a cell."""

from dataclasses import dataclass, field

from tests.clients.client import Client


@dataclass(slots=True)
class Facts:
    """Client → version, and client → step → word and view."""

    versions: dict[str, str] = field(default_factory=dict)
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    views: dict[str, dict[str, object]] = field(default_factory=dict)

    def see(self, client: type[Client], step: str, said: str, view: object = None) -> None:
        """Remember one cell."""
        self.versions.setdefault(client.name, client.version())
        self.cells.setdefault(client.name, {})[step] = said
        self.views.setdefault(client.name, {})[step] = view
