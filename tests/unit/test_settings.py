"""Settings from file, environment and secret files; every wrong one named in a sentence."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings, SettingsError, load

ONE = {"FEEDS_ORG": "forest-explorers", "FEEDS_USERNAME": "feeds@example.org", "FEEDS_PASSWORD": "hush-hush"}
TWO = """
public_url = "https://calendars.example.org/"
origin = "integrations@example.org"
username = "shared@example.org"
password = "shared-secret"
language = "en"

[orgs.forest-explorers]
number = 8008
name = { fr = "Explorateurs", en = "Forest Explorers" }
timezone = "America/Toronto"

[orgs.lakeside]
api_key = "key"
api_secret_file = "secret.txt"
timezone = "America/Vancouver"
language = "fr"

[orgs.lakeside.feeds.natation]
name = "Natation"
programId = [4521, 4522]
cancelled = "show"
"""


def loaded(environ: dict[str, str], directory: Path, toml: str | None = None) -> Settings:
    if toml is not None:
        (directory / "feeds.toml").write_text(toml)
    settings = load(environ, directory)
    assert settings is not None
    return settings


def test_three_variables_are_enough(tmp_path: Path) -> None:
    settings = loaded(ONE, tmp_path)

    organization = settings.organizations["forest-explorers"]
    assert organization.password == SecretStr("hush-hush")
    assert settings.api_url == "https://app.amilia.com/api/v3"
    assert settings.store == "sqlite:///data/feeds.db"
    assert (organization.language, organization.past_days, organization.future_days) == ("fr", 60, 400)


def test_nothing_configured_is_no_error(tmp_path: Path) -> None:
    assert load({"HOME": "/root"}, tmp_path) is None


def test_organizations_fall_back_to_the_top_level(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("from-a-file\n")

    settings = loaded({}, tmp_path, TWO)

    forest, lakeside = settings.organizations["forest-explorers"], settings.organizations["lakeside"]
    assert (forest.language, lakeside.language) == ("en", "fr")
    assert (forest.username, lakeside.username) == ("shared@example.org", None)
    assert lakeside.api_secret == SecretStr("from-a-file")
    assert settings.public_url == "https://calendars.example.org"
    assert lakeside.feeds["natation"].model_extra == {"programId": [4521, 4522], "cancelled": "show"}


def test_the_environment_counts_over_the_file(tmp_path: Path) -> None:
    toml = '[orgs.club]\nusername = "a@example.org"\npassword = "old"\n'

    settings = loaded({"FEEDS_PASSWORD": "new", "FEEDS_REFRESH_SECONDS": "30"}, tmp_path, toml)

    assert settings.organizations["club"].password == SecretStr("new")
    assert settings.refresh_seconds == 30


def test_a_secret_may_come_from_a_file_named_by_a_variable(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from-a-file\n")
    environ = {"FEEDS_ORG": "club", "FEEDS_USERNAME": "a@example.org", "FEEDS_PASSWORD_FILE": "password"}

    settings = loaded(environ, tmp_path)

    assert settings.organizations["club"].password == SecretStr("from-a-file")


def test_the_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[orgs.club]\napi_key = "k"\napi_secret = "s"\n')

    settings = loaded({"FEEDS_CONFIG": "other.toml"}, tmp_path)

    assert list(settings.organizations) == ["club"]


def test_secrets_do_not_print(tmp_path: Path) -> None:
    assert "hush-hush" not in repr(loaded(ONE, tmp_path))


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    settings = loaded({**ONE, "FEEDS_SERVICE_HOST": "10.0.0.1", "FEEDS_PORT_80_TCP": "tcp://x"}, tmp_path)

    assert "forest-explorers" in settings.organizations


CLUB = '[orgs.club]\napi_key = "k"\napi_secret = "s"\n'


@pytest.mark.parametrize(
    ("environ", "toml", "said"),
    [
        ({"FEEDS_PASWORD": "x"}, None, "FEEDS_PASWORD is not a setting; did you mean FEEDS_PASSWORD?"),
        ({"FEEDS_USERNAME": "a@example.org"}, None, "no organization: set FEEDS_ORG"),
        ({"FEEDS_ORG": "club"}, None, "orgs.club has no credentials"),
        ({"FEEDS_ORG": "club", "FEEDS_USERNAME": "a"}, None, "has username but no password"),
        ({"FEEDS_ORG": "club", "FEEDS_API_SECRET": "a"}, None, "has api_secret but no api_key"),
        (
            {**ONE, "FEEDS_API_KEY": "k", "FEEDS_API_SECRET": "s"},
            None,
            "both a user (username) and an API key",
        ),
        ({**ONE, "FEEDS_TIMEZONE": "Mars/Base"}, None, "timezone: 'Mars/Base' is not an IANA time zone"),
        ({**ONE, "FEEDS_TIMEZONE": "../../etc/passwd"}, None, "is not an IANA time zone"),
        ({**ONE, "FEEDS_LANGUAGE": "de"}, None, "language: input should be 'fr' or 'en'"),
        (
            {**ONE, "FEEDS_PUBLIC_URL": "calendars.example.org"},
            None,
            "public_url: 'calendars.example.org' is not",
        ),
        ({**ONE, "FEEDS_STORE": "mysql://x"}, None, "store: a store begins with sqlite:///"),
        ({**ONE, "FEEDS_REFRESH_SECONDS": "soon"}, None, "refresh_seconds: input should be a valid number"),
        ({**ONE, "FEEDS_PASSWORD_FILE": "x"}, None, "password and password_file are both set"),
        ({"FEEDS_CONFIG": "missing.toml"}, None, "missing.toml cannot be read"),
        ({}, "[orgs.club", "is not valid TOML"),
        ({}, "past_dayz = 3\n" + CLUB, "past_dayz is not a setting; did you mean past_days?"),
        ({}, CLUB + "colour = 'red'\n", "orgs.club.colour is not a setting; did you mean color?"),
        ({}, CLUB + "color = 'red'\n", "orgs.club.color: string should match pattern"),
        (
            {},
            CLUB + "password_file = 'nowhere'\n",
            "orgs.club.password_file names nowhere, which cannot be read",
        ),
        ({}, "orgs = 3\n", "orgs must be tables"),
        (
            {},
            CLUB + "number = 7\n[orgs.other]\nnumber = 7\napi_key='k'\napi_secret='s'\n",
            "7 already means another",
        ),
        ({}, '[orgs."a/b"]\napi_key = "k"\napi_secret = "s"\n', "orgs.a/b"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(
    tmp_path: Path, environ: dict[str, str], toml: str | None, said: str
) -> None:
    if toml is not None:
        (tmp_path / "feeds.toml").write_text(toml)

    with pytest.raises(SettingsError) as refusal:
        load(environ, tmp_path)

    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "hush-hush" not in str(refusal.value)
