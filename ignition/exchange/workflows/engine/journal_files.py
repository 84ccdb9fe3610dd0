"""The directory of a journal, and what can be read from one that a process left behind in any state.

Nothing that is found here stops a start: what is torn, corrupt or missing is logged with what was lost.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat
from exchange.workflows.engine.journal_record import crc_of, scan

_SUFFIX = ".journal"
_CURSOR_BYTES = 29


class Left(object):
    """segments: (first number, last number, bytes). records: (number, content), in order."""

    def __init__(self, answered):
        self.answered = answered
        self.next_number = max(answered, 1)
        self.segments = []
        self.records = []
        self.lost = 0


def path_of(files, directory, first):
    return files.join(directory, "%020d%s" % (int(first), _SUFFIX))


def cursor_text(number):
    digits = ("%020d" % number).encode("ascii")
    return digits + (" %08x" % crc_of(digits)).encode("ascii")


def recover(files, directory, log):
    names = files.list_names(directory)
    left = Left(_cursor(files, directory, names, log))
    firsts = [int(name[: -len(_SUFFIX)]) for name in names if _is_segment(name)]
    for first, next_first in zip(firsts, firsts[1:] + [None]):
        path = path_of(files, directory, first)
        if next_first is not None and next_first <= left.answered:
            files.delete(path)
        else:
            _read_segment(files, path, first, next_first, left, log)
    return left


def _is_segment(name):
    return name.endswith(_SUFFIX) and name[: -len(_SUFFIX)].isdigit()


def _cursor(files, directory, names, log):
    if "cursor" not in names:
        return 0
    text = files.read(files.join(directory, "cursor"))[:_CURSOR_BYTES]
    if not text:
        return 0
    digits = text[:20]
    if digits.isdigit() and text == cursor_text(int(digits)):
        return int(digits)
    log.error("event=journal_cursor_damaged directory=%s: everything is sent again" % directory)
    return 0


def _read_segment(files, path, first, next_first, left, log):
    try:
        content = files.read(path)
    except compat.ERRORS as error:
        log.error("event=journal_segment_unreadable path=%s error=%s" % (path, compat.one_line(error)))
        left.next_number = max(left.next_number, first + 1)
        return
    expected = max(first, left.answered)
    found = scan(content)
    for number, record in found:
        if number is None:
            log.error("event=journal_damaged path=%s offset=%d bytes=%d" % ((path,) + record))
        elif number >= expected:
            _count_lost(number - expected, path, left, log)
            expected = number + 1
            left.records.append((number, record))
    if next_first is not None and next_first > expected:
        _count_lost(next_first - expected, path, left, log)
        expected = next_first
    left.next_number = max(left.next_number, expected)
    if any(number is not None for number, _ in found):
        left.segments.append((first, expected - 1, len(content)))
    else:
        # Nothing was ever acknowledged from here, or nothing of it can be read: the name is free again.
        files.delete(path)


def _count_lost(records, path, left, log):
    if records > 0:
        left.lost += records
        log.error("event=journal_records_lost path=%s records=%d" % (path, records))
