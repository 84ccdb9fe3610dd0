"""Values to JSON text and back: the one pair that every input, result and step output goes through.

What goes in is refused with the path of the place that JSON or PostgreSQL cannot hold. What comes out
of a workflow must not be lost to one bad character: there, poison in texts and numbers is replaced and
reported, and only what has no JSON form at all is refused.
"""

from __future__ import absolute_import, division, print_function

import datetime
import decimal
import json
import re
import uuid

from exchange.workflows import compat, settings
from exchange.workflows.engine import java_values

_MAX_DOUBLE = 1.7976931348623157e308
_ATOMS = frozenset((type(None), bool))
_SHORT = 2 * settings.PAYLOAD_DEPTH
_LONG_NUMBER = re.compile("[0-9]{300}")
# Of 300 digits in a row every 25th is a digit.
_EVERY = 25
_MAYBE_LONG_NUMBER = re.compile("[0-9]{12}")
_LISTS = (list, tuple)
_SETS = (set, frozenset)


class BadValue(ValueError):
    """A value without a JSON form. `path` is where it is, like `inputs.readings[3]`."""

    def __init__(self, path, reason):
        ValueError.__init__(self, "%s %s" % (path, reason))
        self.path = path
        self.reason = reason


def to_json(value, path="value", limit=settings.PAYLOAD_BYTES):
    """The JSON text of a value, ASCII only; raises BadValue where there is none."""
    text = _quick_text(value)
    if text is None:
        text = _encode(_Plain(path, False).of(value, path, 0))
    _check_size(text, path, limit)
    return text


def to_clean_json(value, path="result", limit=settings.PAYLOAD_BYTES):
    """Like to_json, but NUL and lone surrogates become U+FFFD and NaN and Infinity null.
    Returns (text, whether anything was replaced)."""
    text = _quick_text(value)
    is_sanitised = False
    if text is None:
        plain = _Plain(path, True)
        text = _encode(plain.of(value, path, 0))
        is_sanitised = plain.is_sanitised
    _check_size(text, path, limit)
    return text, is_sanitised


def from_json(text):
    return json.loads(text)


def is_atom(value):
    """Whether a value comes back from JSON as it went in, without a look at the text."""
    kind = type(value)
    return kind in _ATOMS or kind is int or kind is str


def _check_size(text, path, limit):
    if len(text) > limit:
        raise BadValue(path, "is larger than %d bytes" % limit)


def _plain_leaf(value):
    """The JSON form of one value that the encoder does not know, or TypeError."""
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, decimal.Decimal):
        return _plain_decimal(value)
    if isinstance(value, _SETS):
        return _sorted_if_possible(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8")
    if java_values.IS_HERE:
        image = java_values.plain_image(value)
        if image is not java_values.NOTHING:
            return image
    if callable(getattr(value, "keys", None)) and hasattr(value, "__getitem__"):
        return dict((key, value[key]) for key in value.keys())  # noqa: SIM118
    raise TypeError("no JSON form")


def _plain_decimal(value):
    is_short = value.is_finite() and value.adjusted() < 309
    if is_short and value == value.to_integral_value():
        return int(value)
    return float(value)


def _sorted_if_possible(values):
    try:
        return sorted(values)
    except TypeError:
        return list(values)


_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=_plain_leaf).encode


def quick_list(values, levels, limit):
    """The JSON text of a list, where one pass of the encoder shows that no value in it needs a closer look, else
    None. Each value is known to have `levels` brackets at least, which do not count as nesting."""
    text = _quick_text(values, levels * len(values))
    return None if text is None or len(text) > limit else text


def _quick_text(value, brackets=0):
    """The text, where one pass of the encoder shows that nothing in it needs a closer look."""
    try:
        text = _encode(value)
    except compat.ERRORS as error:
        if compat.is_ending(error):
            raise
        return None
    if "\\u0000" in text or "\\ud" in text or len(text) > _SHORT and not _is_shallow(text, brackets):
        return None
    return text


def _is_shallow(text, brackets):
    """False for a text that could be nested too deep or hold a number that no double can."""
    if text.count("[") + text.count("{") > settings.PAYLOAD_DEPTH + brackets:
        return False
    return _MAYBE_LONG_NUMBER.search(text[::_EVERY]) is None or _LONG_NUMBER.search(text) is None


class _Plain(object):
    """Walks a value and builds its plain image: dict, list, text, number, boolean, None."""

    def __init__(self, root, is_lenient):
        self.root = root
        self.is_lenient = is_lenient
        self.is_sanitised = False

    def of(self, value, path, depth):
        if value is None or value is True or value is False:
            return value
        if isinstance(value, compat.text_type):
            return self._text(value, path)
        if isinstance(value, compat.integer_types):
            return self._integer(value, path)
        if isinstance(value, float):
            return self._float(value, path)
        if isinstance(value, dict):
            return self._mapping(value, path, depth)
        if isinstance(value, _LISTS):
            return self._list(value, path, depth)
        return self._leaf(value, path, depth)

    def _leaf(self, value, path, depth):
        try:
            plain = _plain_leaf(value)
        except compat.ERRORS as error:
            if compat.is_ending(error):
                raise
            kind = type(value)
            raise BadValue(path, "has no JSON form: %s.%s" % (kind.__module__, kind.__name__))
        return self.of(plain, path, depth)

    def _deeper(self, path, depth):
        if depth >= settings.PAYLOAD_DEPTH:
            raise BadValue(self.root, "is nested deeper than %d levels" % settings.PAYLOAD_DEPTH)
        return depth + 1

    def _mapping(self, value, path, depth):
        depth = self._deeper(path, depth)
        plain = {}
        for key, inner in list(value.items()):
            name = self._key(key, path)
            plain[name] = self.of(inner, "%s.%s" % (path, name[:60]), depth)
        return plain

    def _key(self, key, path):
        if key is None or isinstance(key, (bool, float) + compat.integer_types):
            try:
                return json.loads('["%s"]' % json.dumps(key))[0]
            except ValueError as problem:  # CPython writes no number of more than 4,300 digits
                raise BadValue(path, "has a key that cannot be written: %s" % problem)
        if isinstance(key, compat.string_types):
            return self._text(compat.to_text(key), path)
        raise BadValue(path, "has a key that is not text: %s" % type(key).__name__)

    def _list(self, value, path, depth):
        depth = self._deeper(path, depth)
        return [self.of(inner, "%s[%d]" % (path, n), depth) for n, inner in enumerate(value)]

    def _text(self, value, path):
        if not compat.has_poison(value):
            return value
        if not self.is_lenient:
            raise BadValue(path, "contains a NUL character or half of a surrogate pair")
        self.is_sanitised = True
        return compat.clean_text(value)

    def _integer(self, value, path):
        if -_MAX_DOUBLE <= value <= _MAX_DOUBLE:
            return value
        raise BadValue(path, "is a number that is out of range")

    def _float(self, value, path):
        if value == value and -_MAX_DOUBLE <= value <= _MAX_DOUBLE:
            return value
        if not self.is_lenient:
            raise BadValue(path, "is not a finite number")
        self.is_sanitised = True
        return None
