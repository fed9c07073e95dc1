"""What the settings mean in the domain's words: organizations, their feeds, and how calls are authorized."""

from dataclasses import replace
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from app.amilia.credentials import Credentials, KeyCredentials, UserCredentials
from app.domain.errors import InvalidQuery
from app.domain.model import NamedFeed, Names, Organization
from app.domain.selection import PARAMETERS, parse
from app.settings import FeedTable, NameTable, OrganizationTable, Settings, SettingsError


def organizations_from(settings: Settings) -> list[Organization]:
    """What is published and how, without the credentials. Raises ``SettingsError``."""
    return [_organization(slug, table) for slug, table in settings.organizations.items()]


def credentials_from(table: OrganizationTable) -> Credentials:
    """The one way in which an organization's calls are authorized; the settings have made sure of one."""
    if table.username is not None:
        return UserCredentials(table.username, secret_text(table.password))
    return KeyCredentials(secret_text(table.api_key), secret_text(table.api_secret))


def secrets_of(settings: Settings) -> list[str]:
    """Every text of the settings that no log line may show."""
    texts = [settings.webhook_secret, settings.webhook_signature_secret, settings.status_token]
    for table in settings.organizations.values():
        texts += [table.password, table.api_key, table.api_secret]
    password = unquote(urlsplit(settings.store).password or "")
    return [text for text in (*map(secret_text, texts), password) if text]


def secret_text(value: SecretStr | None) -> str:
    """The secret itself, empty where there is none; for whoever hands it on."""
    return value.get_secret_value() if value else ""


def _organization(slug: str, table: OrganizationTable) -> Organization:
    bare = Organization(
        slug=slug,
        number=table.number or (int(slug) if slug.isdigit() else None),
        name=_names(table.name, slug.replace("-", " ").title()),
        language=table.language,
        timezone=table.timezone,
        color=table.color,
        currency=table.currency,
        past_days=table.past_days,
        future_days=table.future_days,
        cancelled=table.cancelled,
        show_skipped=table.show_skipped,
        show_staff=table.show_staff,
        programs=frozenset(table.programs),
        listed=table.listed,
    )
    return replace(bare, feeds=tuple(_named(name, feed, bare) for name, feed in table.feeds.items()))


def _names(name: NameTable | None, default: str) -> Names:
    return Names(name.fr, name.en) if name else Names(default, default)


def _named(slug: str, feed: FeedTable, organization: Organization) -> NamedFeed:
    """A named feed whose selection can be understood. Raises ``SettingsError``."""
    where = f"orgs.{organization.slug}.feeds.{slug}"
    if slug.lower() == "calendar":
        raise SettingsError(f"{where}: this name is taken by the whole feed; choose another.")
    saved = feed.model_extra or {}
    unknown = [key for key in saved if key not in PARAMETERS]
    if unknown:
        raise SettingsError(f"{where}.{unknown[0]} is not a selection parameter ({', '.join(PARAMETERS)}).")
    query = tuple((key, _as_text(value)) for key, value in saved.items())
    try:
        parse(query, organization)
    except InvalidQuery as error:
        raise SettingsError(f"{where}.{error}.") from error
    return NamedFeed(slug=slug, name=_names(feed.name, slug), query=query)


def _as_text(value: object) -> str:
    """A TOML value as a query would spell it."""
    return ",".join(str(part) for part in value) if isinstance(value, list) else str(value)
