"""Negative controls: with a guard of the buffer taken out, the test that watches it fails."""

import contextlib

import pytest

from exchange.workflows import errors, settings
from exchange.workflows.engine import (
    buffer,
    buffer_entries,
    flusher,
    journal,
    journal_files,
    journal_record,
    seat,
)
from exchange.workflows.host import cpython_files
from tests.engine import test_buffer, test_journal, test_journal_record

NOTICED = (AssertionError, errors.WorkflowsError, pytest.fail.Exception, IndexError, AttributeError)


def notices(test, *args, **keywords):
    with pytest.raises(NOTICED):
        test(*args, **keywords)


@pytest.fixture
def gateways(tmp_path):
    made = []

    def start(*answers, **more):
        if made:
            made[-1].kill()
        made.append(test_journal.Gateway(tmp_path, *answers, **more))
        return made[-1]

    return start


def test_bounds(monkeypatch):
    entries = buffer_entries.BufferEntries
    monkeypatch.setattr(entries, "reserve", lambda self, size: (self.depth.addAndGet(1), 0))
    notices(test_buffer.test_d10_a_full_buffer_refuses_counts_and_keeps_what_it_has)
    notices(test_buffer.test_d10_what_is_dropped_is_the_oldest_and_is_counted)
    notices(test_buffer.test_it_is_bounded_by_bytes_too)


def test_what_is_in_flight_goes_first(monkeypatch):
    def take(self, most, most_bytes):
        batch = []
        self._take_some(batch, most, most_bytes)
        return batch

    monkeypatch.setattr(buffer_entries.BufferEntries, "take", take)
    notices(test_buffer.test_d11_an_unknown_outcome_sends_the_same_entries_again_before_any_other)
    notices(test_buffer.test_f53_entries_outlive_the_scripts_that_offered_them)
    notices(test_buffer.test_d5_an_outage_keeps_every_entry)


def test_what_is_in_flight_is_no_longer_replaced(monkeypatch):
    monkeypatch.setattr(buffer_entries.BufferEntries, "_part", lambda self, entry: None)
    notices(test_buffer.test_coalesce_leaves_alone_what_is_in_flight_or_gone)


def test_one_seat(monkeypatch):
    monkeypatch.setattr(seat.Seat, "take", lambda self: True)
    notices(test_buffer.test_one_flushes_and_another_takes_over_when_its_thread_is_gone)


def test_a_dead_holder_leaves_its_seat(monkeypatch):
    def take(self):
        me = self._shared.this_thread()
        return self._holder.get() is me or self._holder.compareAndSet(None, me)

    monkeypatch.setattr(seat.Seat, "take", take)
    notices(test_buffer.test_one_flushes_and_another_takes_over_when_its_thread_is_gone)


def test_halving(monkeypatch):
    def send(self, batch):
        if batch:
            self._store.enqueue_many("[%s]" % ",".join(entry.get(0) for entry in batch))
            self._entries.answered(batch)

    monkeypatch.setattr(flusher.Flusher, "_send", send)
    notices(test_buffer.test_f51_one_poisonous_entry_is_set_aside_alone_and_the_order_is_kept)


def test_what_is_set_aside_is_kept_until_it_is_recorded(monkeypatch):
    monkeypatch.setattr(flusher.Flusher, "_oldest_set_aside", lambda self: [])
    notices(test_buffer.test_d10_an_entry_that_the_database_refuses_is_recorded_with_the_reason)


def test_written_before_it_is_acknowledged(monkeypatch, gateways):
    monkeypatch.setattr(journal.Journal, "append", lambda self, content, crc: self._next.get())
    notices(
        test_journal.test_f52_what_was_acknowledged_is_there_after_a_kill_and_in_order, gateways
    )


def test_a_write_that_fails_is_refused(monkeypatch, gateways):
    append = journal.Journal.append

    def quiet(self, content, crc):
        with contextlib.suppress(errors.BufferFull):
            return append(self, content, crc)

    monkeypatch.setattr(journal.Journal, "append", quiet)
    notices(test_journal.test_f31_what_cannot_be_written_is_never_acknowledged, gateways)


def test_the_cursor(monkeypatch, gateways):
    monkeypatch.setattr(journal_files, "cursor_text", lambda number: b"")
    notices(test_journal.test_what_was_answered_is_not_sent_again, gateways)


def test_half_a_record_is_cut_off_or_read_around(monkeypatch, gateways, tmp_path):
    monkeypatch.setattr(journal.Journal, "_undo", lambda self: None)
    notices(
        test_journal.test_f31_half_a_record_does_not_spoil_the_next_one, gateways, tmp_path, True
    )


def test_the_checksum(monkeypatch):
    monkeypatch.setattr(journal_record, "zlib", NoChecksum)
    notices(test_journal_record.test_one_flipped_byte_costs_one_record_wherever_it_is)


class NoChecksum:
    @staticmethod
    def crc32(content, start=0):
        return 0


def test_the_bound_of_the_journal(monkeypatch, gateways, tmp_path):
    monkeypatch.setattr(journal.Journal, "_delete_answered", lambda self: None)
    for test in (
        test_journal.test_segments_are_bounded_and_deleted_when_all_in_them_is_answered,
        test_journal.test_segments_that_are_closed_after_their_answer_go_as_well,
    ):
        notices(test, gateways, tmp_path, monkeypatch)


def test_the_lock_of_the_directory(monkeypatch, gateways, tmp_path):
    monkeypatch.setattr(cpython_files, "try_lock", lambda file: True)
    notices(test_journal.test_two_processes_do_not_write_one_journal, gateways, tmp_path)


def test_waiting_for_the_sync(monkeypatch, gateways):
    monkeypatch.setattr(journal.Journal, "wait_synced", lambda self, number: None)
    notices(test_journal.test_sync_returns_after_the_sync_that_covers_it, gateways)
    notices(test_journal.test_f31_a_sync_that_fails_is_not_told_as_done, gateways)


def test_the_jitter(monkeypatch):
    monkeypatch.setattr(flusher.Flusher, "_failed", lambda self, error, size: 0.2)
    notices(test_buffer.test_first_attempts_after_a_failure_are_jittered)


def test_the_controls_watch_tests_that_pass(gateways):
    test_buffer.test_d10_a_full_buffer_refuses_counts_and_keeps_what_it_has()
    test_journal.test_what_was_answered_is_not_sent_again(gateways)
    assert settings.BUFFER_POLICY in buffer.POLICIES
