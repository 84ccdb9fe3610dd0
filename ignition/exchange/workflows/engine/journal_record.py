"""How a journal's records lie in its files, and how they are found again in a file that is torn or corrupt.

    mark (4 bytes)  length of the content (4)  sequence number (8)  CRC32 of content, length and number (4)  content

The content is ASCII and the mark is not: where a record is damaged, the next one begins at the next mark.
"""

from __future__ import absolute_import, division, print_function

import struct
import zlib

_MARK = b"\xabWJ1"
_PLACE = ">IQ"
_PLACE_BYTES = 12
_CRC = ">I"
HEAD_BYTES = len(_MARK) + _PLACE_BYTES + 4


def crc_of(content):
    return zlib.crc32(content) & 0xFFFFFFFF


def head(number, length, content_crc):
    """What stands before the content of a record."""
    place = struct.pack(_PLACE, length, number)
    return _MARK + place + struct.pack(_CRC, zlib.crc32(place, content_crc) & 0xFFFFFFFF)


def scan(content):
    """Everything in a file, in order: (number, record's content) of each whole record, and (None, (offset,
    bytes)) of each stretch that is not one."""
    found = []
    offset = damaged_from = 0
    while offset < len(content):
        record = _record_at(content, offset)
        if record is None:
            offset = content.find(_MARK, offset + 1)
            offset = len(content) if offset < 0 else offset
            continue
        if damaged_from < offset:
            found.append((None, (damaged_from, offset - damaged_from)))
        found.append(record)
        offset += HEAD_BYTES + len(record[1])
        damaged_from = offset
    if damaged_from < len(content):
        found.append((None, (damaged_from, len(content) - damaged_from)))
    return found


def _record_at(content, offset):
    start = offset + HEAD_BYTES
    if start > len(content) or content[offset : offset + 4] != _MARK:
        return None
    length, number = struct.unpack(_PLACE, content[offset + 4 : offset + 16])
    if start + length > len(content):
        return None
    text = content[start : start + length]
    if content[offset:start] != head(number, length, crc_of(text)):
        return None
    return number, text
