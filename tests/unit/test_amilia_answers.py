"""What the head of an answer says about waiting, and how it is named to Amilia's support."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.amilia.answers import retry_after, transaction_of

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 30 ", 30),
        ("86400", 60),
        ("9" * 400, 60),
        (format_datetime(NOW + timedelta(seconds=20), usegmt=True), 20),
        (format_datetime(NOW + timedelta(days=2), usegmt=True), 60),
        (format_datetime(NOW - timedelta(days=2), usegmt=True), 0),
        ("Tue, 01 Sep 2026 12:00:05 -0000", 5),
        ("Tue, 01 Sep 2026 08:00:05 -0400", 5),
    ],
)
def test_a_wait_is_in_seconds_or_until_a_date_and_at_most_a_minute(value: str, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "²", "Tue, 99 Sep 2026 12:00:05 GMT", "1 Jan"])
def test_an_unclear_wait_is_none(value: str) -> None:
    assert retry_after(value, NOW) is None


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ([], b'{"Message": "x", "TransactionId": "4f1c-22"}', "4f1c-22"),
        ([], b'{"transactionid": 77}', "77"),
        ([], b'{"Error": {"Detail": {"TRANSACTIONID": "deep"}}, "TransactionId": "shallow"}', "shallow"),
        ([], b'{"Error": {"Detail": {"TRANSACTIONID": "deep"}}}', "deep"),
        ([("X-Amilia-Transaction-Id", "head")], b"<html>", "head"),
        ([("Server", "x"), ("transactionId", "head")], b"", "head"),
        ([("X-TransactionId", "head")], b'{"TransactionId": "body"}', "body"),
        ([("X-TransactionId", "head")], b'{"TransactionId": "no\\nline breaks"}', "head"),
        ([], b'{"TransactionId": "Bearer eyJ0 secret"}', None),
        ([], b'{"TransactionId": ""}', None),
        ([], b'{"TransactionId": null}', None),
        ([], b'{"TransactionId": {"x": 1}}', None),
        ([], b'{"a": {"b": {"c": {"TransactionId": "too deep"}}}}', None),
        ([], b"[" * 100_000, None),
        ([], b"\xff", None),
        ([], b'{"a": "\xff"}', None),
        ([], b"[]", None),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_the_transaction_is_found_wherever_it_stands_if_it_is_safe_to_print(
    headers: list[tuple[str, str]], body: bytes, expected: str | None
) -> None:
    assert transaction_of(headers, body) == expected
