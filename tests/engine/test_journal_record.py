"""A journal's records are found again in a file that is torn or corrupt, and what is not one is told."""

from exchange.workflows.engine.journal_record import HEAD_BYTES, crc_of, head, scan


def record(number, content):
    return head(number, len(content), crc_of(content)) + content


def test_records_are_found_as_they_were_written():
    contents = [b"", b"a", b"{}" * 100]
    text = b"".join(record(n, content) for n, content in enumerate(contents))
    assert scan(text) == list(enumerate(contents))


def test_a_torn_tail_is_found_at_every_offset_of_the_last_record():
    whole = record(1, b"first") + record(2, b"second")
    last = HEAD_BYTES + len(b"second")
    for length in range(1, last):
        torn = whole[: len(whole) - length]
        assert scan(torn)[0] == (1, b"first")
        assert scan(torn)[1:] == (
            [(None, (len(whole) - last, last - length))] if length < last else []
        )


def test_one_flipped_byte_costs_one_record_wherever_it_is():
    parts = [record(n, b"content %d" % n) for n in (1, 2, 3)]
    for offset in range(len(parts[1])):
        for flip in (0x01, 0x80, 0xFF):
            broken = bytearray(parts[1])
            broken[offset] ^= flip
            found = scan(parts[0] + bytes(broken) + parts[2])
            assert [n for n, _ in found if n is not None] == [1, 3]
            assert (None, (len(parts[0]), len(parts[1]))) in found
