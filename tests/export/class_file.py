"""Reads a Java class file as far as the lengths of its methods' code."""

import struct
from pathlib import Path

# Bytes after the tag of a constant; Utf8 (1) says its own, Long (5) and Double (6) take two places.
_CONSTANT_BYTES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4}
_CONSTANT_BYTES |= {15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}


class _Reader:
    def __init__(self, content: bytes):
        self.content = content
        self.place = 0

    def number(self, size: int) -> int:
        return int.from_bytes(self.bytes(size), "big")

    def bytes(self, size: int) -> bytes:
        taken = self.content[self.place : self.place + size]
        if len(taken) < size:
            raise ValueError("the class file ends too soon")
        self.place += size
        return taken


def method_sizes(path: Path) -> dict[str, int]:
    """Bytes of code by method name."""
    reader = _Reader(path.read_bytes())
    if reader.number(4) != 0xCAFEBABE:
        raise ValueError(f"{path} is not a class file")
    reader.bytes(4)
    texts = _texts(reader)
    reader.bytes(6)
    reader.bytes(2 * reader.number(2))
    _members(reader, texts)
    return _members(reader, texts)


def _texts(reader: _Reader) -> dict[int, str]:
    texts = {}
    place, count = 1, reader.number(2)
    while place < count:
        tag = reader.number(1)
        if tag == 1:
            texts[place] = reader.bytes(reader.number(2)).decode("utf-8", "replace")
        else:
            reader.bytes(_CONSTANT_BYTES[tag])
        place += 2 if tag in (5, 6) else 1
    return texts


def _members(reader: _Reader, texts: dict[int, str]) -> dict[str, int]:
    sizes = {}
    for _ in range(reader.number(2)):
        _, name, _, attributes = struct.unpack(">4H", reader.bytes(8))
        for _ in range(attributes):
            attribute, content = texts[reader.number(2)], reader.bytes(reader.number(4))
            if attribute == "Code":
                sizes[texts[name]] = int.from_bytes(content[4:8], "big")
    return sizes
