"""What ready-made steps give back, and how they compare: plain values, as a replay would give them."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, settings
from exchange.workflows.engine import payload

_SHARE = 1e-6


def to_plain(value, path):
    """The value as it comes back from its record: no Java object, no date, no decimal number in it."""
    text, _ = payload.to_clean_json(value, path, settings.PAYLOAD_MOST_BYTES)
    return payload.from_json(text)


def is_equal(found, expected, tolerance=None):
    """Whether a plain value is what was expected. Numbers are equal when they differ by `tolerance` at most; None
    allows a millionth, because a tag may keep four bytes of a number that came with eight."""
    if not _is_number(found) or not _is_number(expected):
        return found == expected
    if tolerance is None:
        tolerance = _SHARE * max(abs(found), abs(expected))
    return abs(found - expected) <= tolerance


def _is_number(value):
    return isinstance(value, compat.integer_types + (float,)) and not isinstance(value, bool)
