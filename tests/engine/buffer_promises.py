"""What the in-memory buffer promises, with real threads and files, in CPython and in a JVM with Jython 2.7.

Each promise is a function of a `Room`: the host, a directory, and interpreters that share one buffer.
"""

# mypy: ignore-errors

from __future__ import absolute_import, division, print_function

import json
import os
import threading
import time

from exchange.workflows import errors, settings
from exchange.workflows.engine import entry_text
from exchange.workflows.engine.buffer import Buffer
from exchange.workflows.engine.buffer_entries import TEXT
from exchange.workflows.engine.journal import Journal

PATIENCE = 60


class Database(object):
    """Knows ids, as the real one does. `away` raises, `unknown` raises after it has taken the batch."""

    def __init__(self):
        self.numbers = []
        self.known = set()
        self.batches = []
        self.rejected = []
        self.away = False
        self.unknown = 0
        self.poison = None
        self.stops = None

    def enqueue_many(self, text):
        if self.stops is not None:
            self.stops.wait()
        if self.away:
            raise errors.DatabaseError("gone", "08006", is_lost=True)
        if self.poison is not None and '"n": %d}' % self.poison in text:
            raise errors.DatabaseError("unsupported Unicode escape sequence", "22P05")
        entries = json.loads(text)
        self.batches.append(len(entries))
        for entry in entries:
            workflow_id = entry["options"]["workflow_id"]
            if workflow_id not in self.known:
                self.known.add(workflow_id)
                self.numbers.append(entry["inputs"]["n"])
        if self.unknown:
            self.unknown -= 1
            raise errors.DatabaseError("the answer was lost", "08006", is_lost=True)
        return [{"workflow_id": entry["options"]["workflow_id"]} for entry in entries]

    def reject_entries(self, text):
        self.rejected.extend(json.loads(text))
        return {"kept": 1}


class Room(object):
    def __init__(self, host, directory, name):
        self.host = host
        self.directory = os.path.join(directory, name)
        self.name = name
        self.database = Database()
        self.opened = []

    def interpreter(self):
        """A buffer as one interpreter of this process has it."""
        buffer = Buffer(self.host, self.database, self.name)
        self.opened.append(buffer)
        return buffer

    def leave(self):
        self.database.away = False
        for buffer in self.opened:
            buffer.close(5.0)
        if self.opened:
            # In a gateway nothing ends the buffer but the process.
            buffer = self.opened[0]
            if buffer.journal() is not None:
                buffer.journal().close()
            buffer.entries.forget()


def offer(buffer, number, key=None, sync=False):
    start = entry_text.start_of("fill", json.dumps({"n": number}), "{}")
    return buffer.offer(start, "id-%d" % number, key and ("fill", "partition_key", key), sync)


def wait_until(condition):
    until = time.time() + PATIENCE
    while not condition():
        assert time.time() < until, "waited in vain"
        time.sleep(0.005)


def in_threads(count, call):
    failed = []

    def run(number):
        try:
            call(number)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed


def waiting(buffer):
    return [json.loads(entry.get(TEXT))["inputs"]["n"] for entry in buffer.entries.waiting]


def d5_f50_a_minute_at_5000_a_second_is_kept_and_flushed_in_order(room):
    buffer = room.interpreter()
    room.database.away = True
    for number in range(300000):
        offer(buffer, number)
    assert buffer.depth() == 300000
    room.database.away = False
    begun = time.time()
    wait_until(lambda: buffer.depth() == 0)
    assert room.database.numbers == list(range(300000))
    assert max(room.database.batches) <= settings.BUFFER_FLUSH_ENTRIES
    return "%d entries/s" % (300000 / (time.time() - begun))


def f49_reject_and_drop_oldest_are_exact_under_8_threads(room):
    for policy in ("reject", "drop_oldest"):
        inner = Room(room.host, room.directory, room.name + policy)
        inner.database.away = True
        buffer = inner.interpreter()
        buffer.start = lambda: None
        buffer.entries.max_entries = 100
        buffer.set_policy(policy)

        def storm(thread, buffer=buffer):
            for number in range(500):
                try:
                    offer(buffer, 1000 * thread + number)
                except errors.BufferFull:
                    pass

        in_threads(8, storm)
        figures = buffer.figures()
        left = waiting(buffer)
        assert len(left) == figures["waiting"] == 100
        assert figures["bytes"] == sum(len(entry.get(TEXT)) for entry in buffer.entries.waiting)
        if policy == "reject":
            assert (figures["accepted"], figures["refused"]) == (100, 3900), figures
        else:
            assert (figures["accepted"], figures["dropped"], figures["refused"]) == (
                4000,
                3900,
                0,
            ), figures
        inner.leave()


def f49_coalesce_is_exact_under_8_threads(room):
    buffer = room.interpreter()
    buffer.start = lambda: None
    buffer.entries.max_entries = 10
    buffer.set_policy("coalesce")
    in_threads(8, lambda thread: [offer(buffer, n, "key-%d" % (n % 10)) for n in range(500)])
    figures = buffer.figures()
    assert (figures["accepted"], figures["coalesced"], figures["waiting"]) == (
        4000,
        3990,
        10,
    ), figures
    assert sorted(waiting(buffer)) == list(range(490, 500))


def f50_every_key_keeps_its_order_and_nothing_is_lost_while_8_threads_offer_and_it_is_flushed(room):
    buffer = room.interpreter()
    in_threads(8, lambda thread: [offer(buffer, 10000 * thread + n) for n in range(1000)])
    wait_until(lambda: buffer.depth() == 0)
    for thread in range(8):
        mine = [number for number in room.database.numbers if number // 10000 == thread]
        assert mine == list(range(10000 * thread, 10000 * thread + 1000))
    assert buffer.figures()["flushed"] == 8000 and buffer.figures()["bytes"] == 0


def d11_an_unknown_outcome_is_sent_again_and_enqueues_nothing_twice(room):
    buffer = room.interpreter()
    room.database.unknown = 3
    for number in range(1200):
        offer(buffer, number)
    wait_until(lambda: buffer.depth() == 0)
    assert room.database.numbers == list(range(1200))


def f51_poison_is_set_aside_alone(room):
    buffer = room.interpreter()
    room.database.poison = 77
    for number in range(200):
        offer(buffer, number)
    wait_until(lambda: buffer.depth() == 0)
    assert room.database.numbers == [number for number in range(200) if number != 77]
    [entry] = room.database.rejected
    assert (entry["workflow_id"], entry["problem"]["code"]) == ("id-77", "22P05")


def f53_another_interpreter_takes_over_what_is_in_flight_within_a_second(room):
    old = room.interpreter()
    new = room.interpreter()
    room.database.away = True
    offer(old, 1)
    wait_until(lambda: old.entries.in_flight.peek() is not None)
    offer(new, 2)
    new.start()
    wait_until(lambda: not new._flush_seat.take())
    room.database.away = False
    room.database.stops = threading.Event()
    old.ending.set()
    room.database.stops.set()
    begun = time.time()
    wait_until(lambda: new.depth() == 0)
    wait_until(lambda: room.database.numbers == [1, 2])
    assert time.time() - begun < 5
    offer(new, 3)
    wait_until(lambda: room.database.numbers == [1, 2, 3])


def f52_records_are_there_in_order_after_the_process_forgot_them(room):
    buffer = room.interpreter()
    buffer.open_journal(room.directory)
    room.database.away = True
    in_threads(4, lambda thread: [offer(buffer, 1000 * thread + n) for n in range(250)])
    order = _numbers(buffer)
    again = _after_the_process_forgot(room, buffer)
    room.database.away = False
    wait_until(lambda: again.depth() == 0)
    assert sorted(room.database.numbers) == sorted(
        1000 * t + n for t in range(4) for n in range(250)
    )
    assert room.database.numbers == order
    assert again.figures()["journal"]["replayed"] == 1000


def _after_the_process_forgot(room, buffer):
    """As after a kill: nothing is flushed, nothing of it is kept but the files."""
    buffer.ending.set()
    room.host.shared.notify(buffer.entries.wake)
    room.host.shared.notify(buffer.journal().written)
    for thread in buffer._threads.values():
        thread.join(10.0)
    journal = buffer.journal()
    journal._is_open.set(0)
    journal._close_files()
    journal._kept.forget()
    buffer.entries.forget()
    room.opened.remove(buffer)
    again = room.interpreter()
    again.open_journal(room.directory)
    return again


def f52_a_torn_tail_at_every_offset_of_the_last_record_costs_that_record_alone(room):
    buffer = room.interpreter()
    buffer.open_journal(room.directory)
    room.database.away = True
    for number in range(3):
        offer(buffer, number)
    [name] = [one for one in os.listdir(buffer.journal().directory) if one.endswith(".journal")]
    path = os.path.join(buffer.journal().directory, name)
    with open(path, "rb") as file:
        whole = file.read()
    last = len(whole) // 3
    for cut in range(1, last + 1, 7):
        with open(path, "wb") as file:
            file.write(whole[:-cut])
        buffer = _after_the_process_forgot(room, buffer)
        assert _numbers(buffer) == [0, 1], (cut, _numbers(buffer))
    broken = bytearray(whole)
    broken[last + last // 2] ^= 0x55
    with open(path, "wb") as file:
        file.write(bytes(broken))
    buffer = _after_the_process_forgot(room, buffer)
    assert _numbers(buffer) == [0, 2]
    assert buffer.figures()["journal"]["lost"] == 1


def _numbers(buffer):
    # Under the lock nothing goes from waiting into flight.
    buffer.entries.lock.lock()
    try:
        return [
            json.loads(entry.get(TEXT))["inputs"]["n"] for entry in buffer.entries.in_flight
        ] + waiting(buffer)
    finally:
        buffer.entries.lock.unlock()


def sync_returns_when_the_disk_has_it(room):
    buffer = room.interpreter()
    buffer.open_journal(room.directory)
    room.database.away = True
    in_threads(4, lambda thread: [offer(buffer, 100 * thread + n, sync=True) for n in range(25)])
    journal = buffer.figures()["journal"]
    assert journal["synced"] == journal["next"] == 101, journal


def f31_a_disk_that_is_full_refuses_loudly_and_goes_on_when_it_is_not(room):
    buffer = room.interpreter()
    buffer.open_journal(room.directory)
    room.database.away = True
    offer(buffer, 1)
    kept = settings.JOURNAL_BYTES
    settings.JOURNAL_BYTES = 1
    try:
        offer(buffer, 2)
        raise AssertionError("accepted")
    except errors.BufferFull as refused:
        assert refused.detail["reason"] == "overflow"
    finally:
        settings.JOURNAL_BYTES = kept
    offer(buffer, 3)
    assert _numbers(_after_the_process_forgot(room, buffer)) == [1, 3]


def segments_come_and_go(room):
    kept = settings.JOURNAL_SEGMENT_BYTES
    settings.JOURNAL_SEGMENT_BYTES = 20000
    try:
        buffer = room.interpreter()
        buffer.open_journal(room.directory)
        for number in range(5000):
            offer(buffer, number)
        wait_until(lambda: buffer.depth() == 0)
        offer(buffer, 5000)
        wait_until(lambda: buffer.depth() == 0)
        wait_until(
            lambda: len([one for one in os.listdir(buffer.journal().directory) if "journal" in one])
            <= 2
        )
    finally:
        settings.JOURNAL_SEGMENT_BYTES = kept
    again = _after_the_process_forgot(room, buffer)
    assert again.depth() == 0


def f53_an_interrupted_thread_does_not_close_the_journal(room):
    try:
        from java.lang import Thread
    except ImportError:
        return
    buffer = room.interpreter()
    buffer.open_journal(room.directory)
    room.database.away = True
    Thread.currentThread().interrupt()
    try:
        offer(buffer, 1)
    finally:
        Thread.interrupted()
    offer(buffer, 2, sync=True)
    assert _numbers(_after_the_process_forgot(room, buffer)) == [1, 2]


def one_buffer_has_the_directory(room):
    buffer = room.interpreter()
    buffer.open_journal(room.directory)
    again = room.interpreter()
    again.open_journal(room.directory)
    offer(again, 1)
    offer(buffer, 2)
    assert again.figures()["journal"]["next"] == buffer.figures()["journal"]["next"] == 3
    journal = buffer.journal()
    other = Journal(room.host, journal.directory, "other", None)
    try:
        other.open(lambda records: None)
        raise AssertionError("opened")
    except errors.BufferFull as refused:
        assert refused.detail["reason"] == "journal_locked"


def no_file_grows_beyond_a_limit(place):
    """For a process that was started with one."""
    buffer = place.interpreter()
    buffer.open_journal(place.directory)
    place.database.away = True
    accepted = []
    try:
        for number in range(10000):
            offer(buffer, number)
            accepted.append(number)
    except errors.BufferFull as refused:
        assert refused.detail["reason"] == "journal_failed", refused.detail
    assert 10 < len(accepted) < 10000
    assert _numbers(_after_the_process_forgot(place, buffer)) == accepted
    return len(accepted)


def names():
    return sorted(
        name
        for name, function in globals().items()
        if callable(function)
        and getattr(function, "__code__", None)
        and function.__code__.co_varnames[:1] == ("room",)
        and not name.startswith("_")
    )


def keep(host, directory, name):
    room = Room(host, directory, name)
    try:
        return globals()[name](room)
    finally:
        room.leave()
