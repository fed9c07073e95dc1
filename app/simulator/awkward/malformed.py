"""Records that make no sense, as the API would have to be broken to send them."""

from app.simulator.jsontext import encode

MALFORMED_RECORDS: tuple[str, ...] = (
    encode(
        {
            "End": "2026-10-03T12:00:00-04:00",
            "Title": "Without a start",
            "EventType": "Activity",
            "Id": 138_000_001,
        }
    ),
    encode(
        {
            "Start": "next Tuesday",
            "End": "soon",
            "Title": "Garbage",
            "EventType": "Activity",
            "Id": 138_000_002,
        }
    ),
    encode("not an object"),
    encode([]),
    "null",
)
"""JSON texts: no Start, a Start that is no time, and three things that are no objects."""
