"""What templates, enums and recipes have in common as rows."""

from __future__ import absolute_import, division, print_function

import calendar

from exchange.workflows.api.envelope import camel_case_keys

STATUS_ACTIVE = "active"
STATUS_OBSOLETE = "obsolete"
# Where year, month, day, hour, minute and second begin, and how long they are.
_PARTS = ((0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2))


def known_status(status):
    """The status that a word means: everything but active is obsolete, as "inactive" is; None stays None."""
    if status is None:
        return None
    return STATUS_ACTIVE if status == STATUS_ACTIVE else STATUS_OBSOLETE


def row_of(row):
    """A row with the names that a scripter types, and its time also in milliseconds since 1970."""
    named = camel_case_keys(row)
    named["createdAtEpochMs"] = _epoch_ms(row["created_at"])
    return named


def _epoch_ms(text):
    """The database writes its times in UTC: 2026-01-31T08:00:00.123456+00:00"""
    seconds = calendar.timegm([int(text[at : at + size]) for at, size in _PARTS])
    fraction = text[20:].partition("+")[0] if text[19:20] == "." else ""
    return seconds * 1000 + int((fraction + "000")[:3])
