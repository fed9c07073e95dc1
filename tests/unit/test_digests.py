"""The digests by which bytes are known again: those of XXH3 wherever and whenever they are made."""

from app.domain.digests import digest_of


def test_a_digest_is_that_of_xxh3() -> None:
    # The known answer of the algorithm for nothing at all (xxHash: XXH3_128bits).
    assert digest_of(b"").hex() == "99aa06d3014798d86001c324468d497f"
    assert len(digest_of(b"a record")) == 16


def test_what_differs_in_one_place_has_another_digest() -> None:
    record = bytes(range(256)) * 5
    changed = [record[:at] + b"\xff" + record[at + 1 :] for at in range(255)]

    assert len({digest_of(it) for it in (record, *changed)}) == 256
