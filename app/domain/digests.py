"""By what bytes are known again: the digest is the same in every process, on every machine and for ever.

XXH3 with 128 bits takes a twentieth of what the digests of ``hashlib`` take of a record, and of a refresh in
which little changed that was the largest part. It tells apart what differs by chance, not what somebody made
alike on purpose: whoever may write an organization's events could hide one by it, as by removing it. Nothing
secret is known by such a digest (``grants`` has another).
"""

from typing import Final

from xxhash import xxh3_64_digest, xxh3_128_digest

digest_of: Final = xxh3_128_digest
"""The 16 bytes that stand for any number of others."""

DIGEST_BYTES: Final = 8

short_digest_of: Final = xxh3_64_digest
"""The 8 bytes by which one thing is compared with what it was before; too few to find it among millions."""
