"""The settings, read once at start: a TOML file, environment variables over it, files for secrets.

A wrong setting is a ``SettingsError`` whose text is one sentence that names the setting and the cure.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
)

PREFIX: Final = "FEEDS_"
DEFAULT_FILE: Final = Path("feeds.toml")
SECRETS: Final = (
    *("password", "api_key", "api_secret"),
    *("webhook_secret", "webhook_signature_secret", "status_token"),
)
CREDENTIALS: Final = ("username", "password", "api_key", "api_secret")
OWN_TABLE_ONLY: Final = ("feeds",)
"""Keys of an organization's table that make no sense at the top level."""
Table: TypeAlias = dict[str, Any]


class SettingsError(Exception):
    """A setting cannot be used; the text is one sentence for the operator."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone such as America/Toronto") from error
    return name


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{value!r} is not an http(s) address such as https://calendars.example.org")
    if parts.username or parts.password:
        raise ValueError("an address must not hold a user name or a password")
    return value.rstrip("/")


def _store(value: str) -> str:
    if not value.startswith(("sqlite:///", "redis://", "rediss://", "unix://")):
        raise ValueError("a store begins with sqlite:///, redis://, rediss:// or unix://")
    return value


def _listed(value: object) -> object:
    """A list may also be written as one text with commas, as environment variables do."""
    return [part for part in re.split(r"[,\s]+", value) if part] if isinstance(value, str) else value


def _in_both_languages(value: object) -> object:
    return {"fr": value, "en": value} if isinstance(value, str) else value


Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NameTable(_Table):
    """A name in both languages."""

    fr: Text
    en: Text


Name = Annotated[NameTable, BeforeValidator(_in_both_languages)]


class FeedTable(BaseModel):
    """A named feed: its name, and a selection in the contract's parameter names."""

    model_config = ConfigDict(extra="allow", frozen=True)
    name: Name


class OrganizationTable(_Table):
    """One organization: how to read it from Amilia and how to publish it."""

    number: Annotated[int, Field(gt=0)] | None = None
    name: Name | None = None
    username: Annotated[Text | None, Field(repr=False)] = None
    password: SecretStr | None = None
    api_key: SecretStr | None = None
    api_secret: SecretStr | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    language: Literal["fr", "en"] = "fr"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "CAD"
    color: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$", to_lower=True)] = "#0b7a75"
    past_days: Annotated[int, Field(ge=0, le=1000)] = 60
    future_days: Annotated[int, Field(ge=0, le=1000)] = 400
    cancelled: Literal["status", "show", "hide"] = "status"
    show_skipped: bool = False
    show_staff: bool = False
    programs: Annotated[tuple[int, ...], BeforeValidator(_listed)] = ()
    listed: bool = True
    feeds: dict[Identifier, FeedTable] = Field(default_factory=dict)


class Settings(_Table):
    """Everything that the operator decides."""

    organizations: dict[Identifier, OrganizationTable]
    origin: Text = "amilia-feeds"
    public_url: Annotated[str, AfterValidator(_address)] = "http://localhost:8000"
    api_url: Annotated[str, AfterValidator(_address)] = "https://app.amilia.com/api/v3"
    store: Annotated[str, AfterValidator(_store), Field(repr=False)] = "sqlite:///data/feeds.db"
    """Not shown, for the address of a server may hold a password."""
    refresh_seconds: Annotated[float, Field(ge=1, le=86_400)] = 600
    calls_per_second: Annotated[float, Field(gt=0, le=100)] = 20
    webhook_secret: SecretStr | None = None
    webhook_signature_secret: SecretStr | None = None
    status_token: Annotated[SecretStr, Field(min_length=16)] | None = None
    compression: bool = True
    log_every: Annotated[int, Field(ge=0)] = 1000
    log_format: Literal["text", "json"] = "text"


_SHARED: Final = frozenset(OrganizationTable.model_fields) - set(OWN_TABLE_ONLY)
_TOP: Final = frozenset(Settings.model_fields) - {"organizations"}
_KNOWN: Final = _SHARED | _TOP | {f"{name}_file" for name in SECRETS}
VARIABLES: Final = tuple(sorted(f"{PREFIX}{key.upper()}" for key in _KNOWN | {"org", "config"}))
"""Every environment variable that is read."""


def load(environ: Mapping[str, str], directory: Path) -> Settings | None:
    """The settings of ``environ`` and of the file it names; None when nothing at all is configured.

    Paths are taken from ``directory``. Raises ``SettingsError``.
    """
    variables = _variables(environ)
    table = _read_file(variables.pop("config", None), directory)
    chosen = variables.pop("org", None) or table.pop("org", None)
    tables = _organization_tables(table.pop("orgs", {}))
    _refuse_unknown(table, _KNOWN, "")
    if chosen is not None:
        tables.setdefault(str(chosen), {})
    shared = _without_files({**table, **variables}, directory, "")
    if not tables:
        if any(key in shared for key in CREDENTIALS):
            raise SettingsError(
                "There are credentials but no organization: set FEEDS_ORG or add [orgs.NAME]."
            )
        return None
    organizations = {
        name: _organization(name, own, shared, variables, directory, alone=len(tables) == 1 or name == chosen)
        for name, own in tables.items()
    }
    top = {key: value for key, value in shared.items() if key in _TOP}
    settings = _validated(Settings, {**top, "organizations": organizations}, "")
    _check_numbers(settings)
    return settings


def _variables(environ: Mapping[str, str]) -> Table:
    """The FEEDS_ variables by key. One that is nearly a setting is a typing error and stops the start.

    Others are none of ours: Kubernetes adds FEEDS_PORT and its like where a service is called "feeds".
    """
    found: Table = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX):
            continue
        if variable in VARIABLES:
            found[variable.removeprefix(PREFIX).lower()] = value
        elif near := get_close_matches(variable, VARIABLES, 1, 0.85):
            raise SettingsError(f"{variable} is not a setting; did you mean {near[0]}?")
    return {key: value for key, value in found.items() if value != ""}


def _read_file(named: str | None, directory: Path) -> Table:
    path = directory / (named or DEFAULT_FILE)
    if named is None and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {error}.") from error


def _organization_tables(tables: object) -> dict[str, Table]:
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise SettingsError("orgs must be tables, such as [orgs.forest-explorers].")
    return {name: dict(table) for name, table in tables.items()}


def _organization(
    name: str, own: Table, shared: Table, variables: Table, directory: Path, *, alone: bool
) -> Table:
    """One organization's whole table: its own keys, then the top level's.

    An organization with any credential of its own takes none from the top level. An environment variable
    counts over the organization's own key where it can only mean this organization.
    """
    known = frozenset(OrganizationTable.model_fields) | {f"{key}_file" for key in SECRETS}
    _refuse_unknown(own, known, f"orgs.{name}.")
    own = _without_files(own, directory, f"orgs.{name}.")
    overriding = {
        key: value for key, value in shared.items() if key in _SHARED and _from_variable(key, variables)
    }
    if any(key in own for key in CREDENTIALS) and not (
        alone and any(key in overriding for key in CREDENTIALS)
    ):
        shared = {key: value for key, value in shared.items() if key not in CREDENTIALS}
    fallen_back = {key: value for key, value in shared.items() if key in _SHARED}
    table = {**fallen_back, **own, **(overriding if alone else {})}
    _check_credentials(name, table)
    return table


def _from_variable(key: str, variables: Table) -> bool:
    return key in variables or f"{key}_file" in variables


def _refuse_unknown(table: Table, known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"; did you mean {near[0]}?" if near else "; feeds.example.toml lists all of them."
            raise SettingsError(f"{where}{key} is not a setting{hint}")


def _without_files(table: Table, directory: Path, where: str) -> Table:
    """``table`` with the content of each secret's file in its place."""
    result = dict(table)
    for key in SECRETS:
        path = result.pop(f"{key}_file", None)
        if path is None:
            continue
        if key in table:
            raise SettingsError(f"{where}{key} and {where}{key}_file are both set; keep one.")
        try:
            result[key] = (directory / str(path)).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{where}{key}_file names {path}, which cannot be read.") from error
        if not result[key]:
            raise SettingsError(f"{where}{key}_file names {path}, which is empty.")
    return result


def _check_credentials(name: str, table: Table) -> None:
    user = [key for key in ("username", "password") if table.get(key)]
    pair = [key for key in ("api_key", "api_secret") if table.get(key)]
    if user and pair:
        raise SettingsError(f"orgs.{name} has both a user ({user[0]}) and an API key ({pair[0]}); keep one.")
    if not user and not pair:
        raise SettingsError(
            f"orgs.{name} has no credentials: set username and password, or api_key and api_secret."
        )
    for present, both in ((user, ("username", "password")), (pair, ("api_key", "api_secret"))):
        if len(present) == 1:
            missing = next(key for key in both if key not in present)
            raise SettingsError(f"orgs.{name} has {present[0]} but no {missing}; set {missing} as well.")


def _check_numbers(settings: Settings) -> None:
    """Every address must mean one organization."""
    names = set(settings.organizations)
    for name, table in settings.organizations.items():
        number = str(table.number) if table.number else None
        if number is not None and number != name and number in names:
            raise SettingsError(f"orgs.{name}.number: {number} already means another organization.")
        if number is not None:
            names.add(number)


def _validated(model: type[Settings], table: Table, where: str) -> Settings:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise SettingsError(where + _sentence(error)) from None  # the cause would show the values


def _sentence(error: ValidationError) -> str:
    """The first problem as "setting: what is wrong", without the value where it may be a secret."""
    problem = error.errors(include_input=False, include_url=False)[0]
    steps = ["orgs" if step == "organizations" else str(step) for step in problem["loc"]]
    message = problem["msg"].removeprefix("Value error, ")
    return f"{'.'.join(steps)}: {message[0].lower()}{message[1:]}."
