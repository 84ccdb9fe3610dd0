"""The plain image of what a gateway's scripts hold: Java's dates, numbers, collections, and the gateway's datasets.

Only engine/payload.py asks, and only in a JVM.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat

IS_HERE = compat.IS_JYTHON
if IS_HERE:
    from array import array as _Array

    from java.lang import Boolean, Character, CharSequence, Enum, Number, Object
    from java.math import BigDecimal, BigInteger
    from java.sql import Array as SqlArray
    from java.sql import Date as SqlDate
    from java.sql import Time as SqlTime
    from java.sql import Timestamp
    from java.time import Instant, ZoneOffset
    from java.time.format import DateTimeFormatter
    from java.time.temporal import Temporal
    from java.util import UUID, Collection, Date, Map

NOTHING = object()
_DRIVER_CLASSES = "org.postgresql.util.PG"
# No double is as large; a number like that is not written out.
_LARGEST_DIGITS = 309


def plain_image(value):
    """A value of Python for a Java object or one of the gateway's; what it holds may still be Java. NOTHING for
    anything else."""
    if hasattr(value, "getRowCount") and hasattr(value, "getValueAt"):
        return _rows(value)
    if isinstance(value, _Array):
        return _list_of_array(value)
    for image in (_qualified, _moment, _number, _text, _collection):
        found = image(value)
        if found is not NOTHING:
            return found
    return NOTHING


def _rows(dataset):
    """A dataset as a list of one dict per row."""
    names = [compat.to_text(name) for name in dataset.getColumnNames()]
    columns = range(len(names))
    return [
        dict((names[column], dataset.getValueAt(row, column)) for column in columns)
        for row in range(dataset.getRowCount())
    ]


def _list_of_array(value):
    if value.typecode == "b":
        return value.tostring().decode("utf-8")
    if value.typecode == "c":
        return compat.to_text("").join(value)
    return list(value)


def _qualified(value):
    """A value of a tag."""
    if not (hasattr(value, "getQuality") and hasattr(value, "getTimestamp") and hasattr(value, "getValue")):
        return NOTHING
    return {
        "value": value.getValue(),
        "quality": compat.to_text(value.getQuality()),
        "timestamp": value.getTimestamp(),
    }


def _moment(value):
    """Times in UTC, with microseconds; dates and times of day as they are."""
    if isinstance(value, Timestamp):
        return _instant(value.getTime(), value.getNanos())
    if isinstance(value, (SqlDate, SqlTime, Temporal)):
        return compat.to_text(value.toString())
    if isinstance(value, Date):
        return _instant(value.getTime(), value.getTime() % 1000 * 1000000)
    return NOTHING


def _instant(milliseconds, nanoseconds):
    moment = Instant.ofEpochSecond(milliseconds // 1000, nanoseconds)
    pattern = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'+00:00'")
    return compat.to_text(pattern.format(moment.atOffset(ZoneOffset.UTC)))


def _number(value):
    if isinstance(value, Boolean):
        return value.booleanValue()
    if isinstance(value, BigInteger):
        return int(value.toString())
    if isinstance(value, BigDecimal):
        return _decimal(value)
    if isinstance(value, Number):
        whole = value.longValue()
        return whole if whole == value.doubleValue() and not _is_float(value) else value.doubleValue()
    return NOTHING


def _is_float(value):
    return value.getClass().getSimpleName() in ("Double", "Float")


def _decimal(value):
    if value.precision() - value.scale() <= _LARGEST_DIGITS and value.remainder(BigDecimal.ONE).signum() == 0:
        return int(value.toBigInteger())
    return value.doubleValue()


def _text(value):
    if isinstance(value, (CharSequence, Character, Enum, UUID)):
        return compat.to_text(value.toString())
    if isinstance(value, Object) and value.getClass().getName().startswith(_DRIVER_CLASSES):
        return compat.to_text(value.getValue())
    return NOTHING


def _collection(value):
    if isinstance(value, Map):
        return dict((_key(entry.getKey()), entry.getValue()) for entry in value.entrySet())
    if isinstance(value, Collection):
        return list(value)
    if isinstance(value, SqlArray):
        return list(value.getArray())
    return NOTHING


def _key(key):
    if key is None or isinstance(key, (bool, float) + compat.string_types + compat.integer_types):
        return key
    return plain_image(key)
