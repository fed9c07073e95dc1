"""What can go wrong, and what the caller should do about it.

    ServiceError
    ├── FeedNotFound              the address names nothing that we publish       → 404
    ├── InvalidQuery              a parameter cannot be understood                → 422, naming it
    ├── WebhookRejected           a notice of change without the right secret     → 401, nothing more
    ├── StoreUnavailable          what was kept cannot be read or written         → go on from memory
    ├── UnreadableRecord          one event of a good answer makes no sense       → skip it, count it
    └── UpstreamError             Amilia's answer cannot be used                  → last good copy, else 503
        ├── UpstreamUnavailable   no answer, a time-out or a 5xx                  → try again later
        ├── UpstreamThrottled     429; ``retry_after`` seconds when it said so    → wait, then try again
        ├── UpstreamRefused       401, 403 or 404: our credentials or settings    → the operator must mend it
        └── UpstreamUnreadable    an answer of a shape we do not understand       → try again later, tell us

The domain knows no HTTP status of ours: ``web/errors.py`` has the one table from class to response.
Messages are for operators: they never hold a secret, an address with one, or a body.
"""


class ServiceError(Exception):
    """Every anticipated failure of this service."""


class FeedNotFound(ServiceError):
    """The organization, feed or event is not one that we publish. Answer that it is not here."""


class InvalidQuery(ServiceError):
    """A parameter cannot be understood.

    ``problem`` names the kind of trouble (a key of the catalogues of words), ``expected`` what would have
    been understood. The value that was sent is not kept: nothing of it may be echoed.
    """

    def __init__(self, parameter: str, problem: str, expected: str = "") -> None:
        super().__init__(f"{parameter}: {problem}{f' (expected {expected})' if expected else ''}")
        self.parameter = parameter
        self.problem = problem
        self.expected = expected


class WebhookRejected(ServiceError):
    """A notice of change came without the right secret or signature. Say nothing of why."""


class UnreadableRecord(ServiceError):
    """One record cannot become an event. ``kind`` is a short stable word to count by."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class StoreUnavailable(ServiceError):
    """The store cannot be read or written. Go on from memory, say it once, try again at the next refresh."""


class UpstreamError(ServiceError):
    """Amilia could not be read. Serve the last good copy; where there is none, ask the client to come back.

    ``transaction`` is the TransactionId that Amilia's support asks for, when the answer carried one.
    """

    def __init__(self, message: str, *, transaction: str | None = None) -> None:
        super().__init__(f"{message} (TransactionId {transaction})" if transaction else message)
        self.transaction = transaction


class UpstreamUnavailable(UpstreamError):
    """No answer, a time-out or a 5xx. It will pass; ask again later."""


class UpstreamThrottled(UpstreamError):
    """Amilia asks for patience (429). ``retry_after`` is in seconds, None when it did not say."""

    def __init__(
        self, message: str, *, transaction: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, transaction=transaction)
        self.retry_after = retry_after


class UpstreamRefused(UpstreamError):
    """Amilia understood and said no: credentials, permissions or the organization's name."""


class UpstreamUnreadable(UpstreamError):
    """The answer is not what the API documents: not JSON, not a page, too large, without end."""
