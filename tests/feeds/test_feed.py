"""The strong tag of a feed is of what was chosen, and of nothing that joining makes of it."""

from app.domain.selection import Selection
from app.feeds.feed import composed, tag_of

HEAD = b"HEAD\r\n"


def test_the_tag_of_a_feed_without_events_is_of_what_is_said_instead() -> None:
    notice = b"BEGIN:VEVENT\r\nSUMMARY:Nothing\r\n"

    calendar, tag = composed(HEAD, (), Selection(lang="fr"), lang="fr", instead=lambda: notice)

    assert calendar.joined() == HEAD + notice + b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    assert tag == tag_of(HEAD, [b"status None fr", notice])
