"""Identities are promises to subscribers: these values were given out and must stay what they are."""

import uuid

import pytest

from app.ics.identity import notice_uid, uid_for


@pytest.mark.parametrize(
    ("event_id", "uid"),
    [
        (141658523, "0f18b515-102a-52d5-abcf-509ce9e7c381"),
        (1, "1bce2bc0-3a1b-59b6-af8b-1d2335100e72"),
        (-4242, "8e4f3251-e64e-5de2-bb60-1ba3cf311948"),
    ],
)
def test_an_event_keeps_the_uid_that_it_was_given(event_id: int, uid: str) -> None:
    assert uid == uid_for(event_id)


def test_an_empty_selection_keeps_the_uid_that_it_was_given() -> None:
    assert notice_uid("forest-explorers") == "8b070d5c-b854-5e4d-8316-46db7d83acdd"


def test_uids_are_name_based_uuids() -> None:
    assert uuid.UUID(uid_for(141658523)).version == 5


def test_different_events_and_notices_have_different_uids() -> None:
    identities = {*map(uid_for, range(-500, 500)), notice_uid("a"), notice_uid("b"), notice_uid("1")}

    assert len(identities) == 1003
