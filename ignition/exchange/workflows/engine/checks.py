"""Checks of arguments before the database is asked: each refuses with BadArgument, which names the field."""

from __future__ import absolute_import, division, print_function

import re

from exchange.workflows import compat, errors, settings

_CONTROL_CHARACTER = re.compile("[\\x00-\\x1f\\x7f]")


def bad(field, problem):
    return errors.BadArgument("%s %s" % (field, problem), detail={"field": field})


def check_name(field, name):
    """Refuse what enqueue would refuse: the SQL function name_problem decides, this only answers sooner."""
    is_text = isinstance(name, compat.string_types)
    if not is_text or not name or len(name) > settings.NAME_CHARACTERS or name != name.strip():
        raise bad(field, "must be a text of 1 to %d characters: %r" % (settings.NAME_CHARACTERS, name))
    if _CONTROL_CHARACTER.search(name) is not None:
        raise bad(field, "must not contain control characters: %r" % name)


def check_number(field, value, lowest, highest, is_whole=False):
    is_number = isinstance(value, compat.integer_types + (float,)) and not isinstance(value, bool)
    if not is_number or not lowest <= value <= highest:
        raise bad(field, "must be a number from %s to %s: %r" % (lowest, highest, value))
    if is_whole and value != int(value):
        raise bad(field, "must be a whole number: %r" % value)


def check_seconds(field, seconds):
    """A wait of any length that the database takes."""
    check_number(field, seconds, 0, settings.LONGEST_WAIT_SECONDS)


def check_word(field, value, words):
    if value not in words:
        raise bad(field, "must be one of %s: %r" % (", ".join(words), value))
