"""All that a process knows of one catalogue: the copy in hand, and what the store says of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.model import Lang, Organization
from app.domain.records import Key, Status, Trouble
from app.feeds.catalogue import Catalogue
from app.feeds.freshness import Facts
from app.feeds.trouble import is_refusal


@dataclass(slots=True)
class Shelf:
    """One organization in one language. Replaced copies are never changed, so readers need no lock.

    ``generation``, ``began``, ``covered``, ``mark`` and ``trouble`` are those of ``records.Status``;
    ``generation`` is 0 for a copy that the store does not have.
    """

    organization: Organization
    lang: Lang
    presentation: str = ""
    """What its feeds say besides their events: a change of it is a change of every feed."""
    catalogue: Catalogue | None = None
    generation: int = 0
    began: datetime | None = None
    covered: int = 0
    mark: int = 0
    generation_kept: int = 0
    """What the store has, as heard last: another one, or none where it was emptied."""
    trouble: Trouble | None = None
    asked_at: datetime | None = None
    alone: bool = False
    """The copy was fetched without the store: what it says of revisions, others do not know."""
    share_at: datetime | None = None
    """Not before this is it fetched again to be kept for the others."""
    unkept: Trouble | None = None
    """The store, which other hosts share, did not take what was fetched last; it was not put here either."""
    attempted: bool = False
    """This process itself has asked the upstream."""
    recovered: bool = False
    """The store has been asked for a copy since this process began."""
    complained_of: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        """Under which the store keeps it."""
        return memory_name(self.organization), self.lang

    @property
    def refused(self) -> bool:
        """The upstream does not accept the credentials or the settings."""
        return self.trouble is not None and is_refusal(self.trouble)

    def facts(self, now: datetime) -> Facts:
        """What ``freshness`` needs to know."""
        copy = self.catalogue
        return Facts(
            copy_from=self.began if copy else None,
            other_day=copy is not None and now.astimezone(copy.zone.tzinfo).date() != copy.day,
            marked=self.mark > self.covered,
            asked_at=self.asked_at,
            retry_at=self._retry_at(),
        )

    def _retry_at(self) -> datetime | None:
        """Not before this; but a process that was started anew may have been given better credentials."""
        told = None if self.refused and not self.attempted else self.trouble
        return max((trouble.retry_at for trouble in (told, self.unkept) if trouble), default=None)

    def put(
        self, copy: Catalogue, *, generation: int, began: datetime, covered: int, alone: bool = False
    ) -> None:
        """Take a new copy in hand."""
        self.catalogue, self.alone = copy, alone
        self.confirm(generation=generation, began=began, covered=covered)

    def confirm(self, *, generation: int, began: datetime, covered: int) -> None:
        """The copy in hand is right as of ``began``."""
        self.generation, self.began, self.covered = generation, began, covered
        self.mark = max(self.mark, covered)
        self.trouble = self.unkept = None

    def hear(self, status: Status) -> None:
        """Take over what others know, but for the content."""
        self.generation_kept = status.generation
        self.mark = max(self.mark, status.mark)
        self.trouble = _troubled(self.trouble, status)
        if self.catalogue is not None and status.generation == self.generation and status.began:
            self.began, self.covered = status.began, status.covered

    @property
    def is_kept(self) -> bool:
        """The store has the copy in hand."""
        return self.generation != 0 and self.generation == self.generation_kept

    def lacks(self, status: Status) -> bool:
        """True if the store has a content that is newer than the copy in hand.

        Never than one that was fetched alone: to go over to what others publish could take back revisions,
        and of two walks at the same time the one that began later need not have seen more.
        """
        if (
            self.alone
            or not status.generation
            or status.began is None
            or status.generation == self.generation
        ):
            return False
        return self.began is None or status.began > self.began


def _troubled(own: Trouble | None, status: Status) -> Trouble | None:
    """What stands of a process's own trouble, of which a store that cannot be written knows nothing.

    A refresh that was well and began later ends it. Otherwise whichever asks for more patience counts.
    """
    if own is None or (status.began is not None and status.began >= own.since):
        return status.trouble
    return own if status.trouble is None else max(own, status.trouble, key=lambda trouble: trouble.retry_at)


def memory_name(organization: Organization) -> str:
    """Under which name an organization is remembered: its number, which outlives a new URL identifier."""
    return str(organization.number) if organization.number else organization.slug


def names_before_numbers(organizations: Iterable[Organization]) -> dict[str, str]:
    """Whose number may be configured late: by the name it was remembered under till then, the name now."""
    return {
        organization.slug: memory_name(organization)
        for organization in organizations
        if organization.slug != memory_name(organization)
    }


def presentation_of(organization: Organization, public_url: str) -> str:
    """What an organization's feeds say besides their events; they never tell its number."""
    return repr((public_url, replace(organization, number=None)))
