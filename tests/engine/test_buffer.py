"""The in-memory buffer: bounded, kept over an outage, in order, never twice, poison set aside
(D4, D5, D10, D11; F49, F50, F51, F53)."""

import json
import threading

import pytest

from exchange.workflows import errors, settings
from exchange.workflows.engine import entry_text
from exchange.workflows.engine.buffer import Buffer
from exchange.workflows.engine.buffer_entries import TEXT
from tests.engine.fakes import FakeHost, FakeStore, lost, poisoned


class Thread:
    """A thread that never ran."""

    def __init__(self, is_running=True):
        self.is_running = is_running

    def is_alive(self):
        return self.is_running

    def join(self, seconds):
        self.is_running = False


class QuietHost(FakeHost):
    """One interpreter. Starts no thread: the test takes the turns."""

    def __init__(self, beside=None):
        super().__init__()
        self.me = Thread()
        setattr(self.shared, "this_thread", lambda: self.me)  # noqa: B010
        if beside is not None:
            self.kept = beside.kept

    def start_thread(self, name, target):
        return Thread()


def taken(text):
    return [
        {"workflow_id": entry["options"]["workflow_id"], "deduplicated": False}
        for entry in json.loads(text)
    ]


class Desk:
    def __init__(self, *answers, beside=None, entries=1000, **more):
        self.host = QuietHost(beside and beside.host)
        self.store = FakeStore(
            enqueue_many=answers or (taken,), reject_entries=[{"kept": 1}], **more
        )
        self.buffer = Buffer(self.host, self.store, "plant/workflows")
        self.buffer.entries.max_entries = entries

    def offer(self, *numbers, key=None):
        for number in numbers:
            start = entry_text.start_of("fill", json.dumps({"n": number}), "{}")
            self.buffer.offer(start, "id-%d" % number, key and ("fill", "partition_key", key))

    def flush(self, turns=1):
        return [self.buffer.flush_turn() for _ in range(turns)][-1]

    def sent(self):
        """The numbers of each batch."""
        return [
            [entry["inputs"]["n"] for entry in json.loads(args[0])]
            for args in self.store.asked("enqueue_many")
        ]

    def waiting(self):
        return [
            (entry["options"]["workflow_id"], entry["inputs"]["n"])
            for entry in (json.loads(one.get(TEXT)) for one in self.buffer.entries.waiting)
        ]

    def figures(self, *names):
        figures = self.buffer.figures()
        return tuple(figures[name] for name in names)


def test_entries_go_in_order_in_one_call():
    desk = Desk()
    desk.offer(1, 2, 3)
    desk.flush()
    assert desk.sent() == [[1, 2, 3]]
    assert desk.figures("waiting", "bytes", "accepted", "flushed") == (0, 0, 3, 3)


def test_the_id_is_found_at_the_end_of_the_text_whatever_it_holds():
    start = entry_text.start_of(
        'a"workflow_id":"x"}}', '{"a":"\\"workflow_id\\":\\"y\\"}}"}', '{"p":1}'
    )
    wild = '"workflow_id":"z"}} \u00e9'
    text = entry_text.whole(start, wild)
    assert entry_text.workflow_id_of(text) == wild == json.loads(text)["options"]["workflow_id"]


# Bounds


def test_d10_a_full_buffer_refuses_counts_and_keeps_what_it_has():
    desk = Desk(entries=2)
    desk.offer(1, 2)
    with pytest.raises(errors.BufferFull) as refused:
        desk.offer(3)
    assert refused.value.detail == {"reason": "overflow", "depth": 2, "max_depth": 2}
    assert desk.figures("waiting", "accepted", "refused") == (2, 2, 1)


def test_it_is_bounded_by_bytes_too():
    desk = Desk()
    desk.offer(1)
    size = desk.buffer.figures()["bytes"]
    desk.buffer.entries.max_bytes = 2 * size
    desk.offer(2)
    with pytest.raises(errors.BufferFull):
        desk.offer(3)
    assert desk.figures("waiting", "bytes", "refused") == (2, 2 * size, 1)
    desk.buffer.set_policy("drop_oldest")
    desk.offer(4)
    assert [number for _, number in desk.waiting()] == [2, 4]
    desk.buffer.entries.max_bytes = size - 1
    with pytest.raises(errors.BufferFull):
        desk.offer(5)
    assert [number for _, number in desk.waiting()] == [2, 4]


def test_d10_what_is_dropped_is_the_oldest_and_is_counted():
    desk = Desk(entries=2)
    desk.buffer.set_policy("drop_oldest")
    desk.offer(1, 2, 3, 4)
    assert [number for _, number in desk.waiting()] == [3, 4]
    assert desk.figures("waiting", "accepted", "dropped", "refused") == (2, 4, 2, 0)


def test_what_is_in_flight_is_not_dropped():
    desk = Desk(lost(), taken, entries=2)
    desk.buffer.set_policy("drop_oldest")
    desk.offer(1, 2)
    desk.flush()
    with pytest.raises(errors.BufferFull):
        desk.offer(3)
    desk.flush()
    desk.offer(4)
    desk.flush()
    assert desk.sent() == [[1, 2], [1, 2], [4]]


def test_coalesce_takes_over_place_and_id_of_the_one_that_waits():
    desk = Desk(entries=3)
    desk.buffer.set_policy("coalesce")
    desk.offer(1, key="a")
    desk.offer(2, key="b")
    desk.offer(3)
    desk.offer(4, key="a")
    assert desk.waiting() == [("id-1", 4), ("id-2", 2), ("id-3", 3)]
    for key in (None, "c"):
        with pytest.raises(errors.BufferFull):
            desk.offer(5, key=key)
    assert desk.figures("accepted", "coalesced", "refused", "waiting") == (4, 1, 2, 3)
    desk.flush()
    assert desk.figures("waiting", "bytes") == (0, 0)


def test_coalesce_leaves_alone_what_is_in_flight_or_gone():
    desk = Desk(lost(), taken)
    desk.buffer.set_policy("coalesce")
    desk.offer(1, key="a")
    desk.flush()
    desk.offer(2, key="a")
    assert desk.waiting() == [("id-2", 2)]
    desk.flush(2)
    desk.offer(3, key="a")
    assert desk.waiting() == [("id-3", 3)]


def in_threads(count, offer):
    barrier = threading.Barrier(count)

    def run(number):
        barrier.wait()
        offer(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_f49_reject_and_drop_oldest_are_exact_under_8_threads():
    for policy in ("reject", "drop_oldest"):
        desk = Desk(entries=100)
        desk.buffer.set_policy(policy)

        def offer(thread, desk=desk):
            for number in range(500):
                try:
                    desk.offer(1000 * thread + number)
                except errors.BufferFull:
                    pass

        in_threads(8, offer)
        figures = desk.buffer.figures()
        waiting = [number for _, number in desk.waiting()]
        assert len(waiting) == figures["waiting"] == 100
        assert figures["bytes"] == sum(len(one.get(TEXT)) for one in desk.buffer.entries.waiting)
        if policy == "reject":
            assert (figures["accepted"], figures["refused"]) == (100, 3900)
        else:
            assert (figures["accepted"], figures["dropped"], figures["refused"]) == (4000, 3900, 0)
            for thread in range(8):
                mine = [number for number in waiting if number // 1000 == thread]
                assert mine == sorted(mine)


def test_f49_coalesce_is_exact_under_8_threads():
    desk = Desk(entries=10)
    desk.buffer.set_policy("coalesce")
    in_threads(8, lambda thread: [desk.offer(n, key="key-%d" % (n % 10)) for n in range(500)])
    figures = desk.buffer.figures()
    assert (figures["accepted"], figures["coalesced"], figures["waiting"]) == (4000, 3990, 10)
    assert sorted(number for _, number in desk.waiting()) == list(range(490, 500))


# Outages


def test_d5_an_outage_keeps_every_entry():
    desk = Desk(lost(), lost(), taken)
    desk.offer(1, 2)
    assert desk.flush(2) > 0
    assert desk.buffer.depth() == 2
    assert desk.flush() == 0
    assert desk.buffer.depth() == 0


def test_d11_an_unknown_outcome_sends_the_same_entries_again_before_any_other():
    desk = Desk(lost(), taken)
    desk.offer(1, 2)
    desk.flush()
    desk.offer(3)
    desk.flush(2)
    assert desk.sent() == [[1, 2], [1, 2], [3]]


def test_f50_a_minute_at_5000_a_second_is_kept_and_flushed_in_order():
    away = [lost() for _ in range(25)]
    desk = Desk(*away, taken, entries=settings.BUFFER_ENTRIES)
    asked_at = []
    for _ in range(len(away)):
        desk.offer(*range(desk.buffer.depth(), desk.buffer.depth() + 12000))
        asked_at.append(desk.host.now)
        desk.host.pass_time(desk.flush())
    assert desk.figures("waiting", "accepted", "refused") == (300000, 300000, 0)
    assert asked_at[-1] - asked_at[0] > 55, "no stampede while the database is away"
    while desk.buffer.depth():
        assert desk.flush() == 0
    batches = desk.sent()[len(away) :]
    assert [number for batch in batches for number in batch] == list(range(300000))
    assert max(len(batch) for batch in batches) == settings.BUFFER_FLUSH_ENTRIES


def test_first_attempts_after_a_failure_are_jittered():
    waits = set()
    for fraction in (0.1, 0.5, 0.9):
        desk = Desk(lost())
        setattr(desk.host, "random_fraction", lambda fraction=fraction: fraction)  # noqa: B010
        desk.offer(1)
        waits.add(desk.flush())
    assert len(waits) == 3


def test_a_batch_that_takes_too_long_is_made_smaller_and_grows_again():
    slow = errors.DatabaseError("canceling statement due to statement timeout", "57014")
    desk = Desk(slow, slow, taken)
    desk.offer(*range(10))
    desk.flush(5)
    assert [len(batch) for batch in desk.sent()] == [10, 5, 2, 4, 4]
    desk.flush(2)
    assert [number for batch in desk.sent()[2:] for number in batch] == list(range(10))


def test_a_batch_is_bounded_in_entries_and_bytes(monkeypatch):
    monkeypatch.setattr(settings, "BUFFER_FLUSH_ENTRIES", 2)
    desk = Desk()
    desk.offer(1, 2, 3)
    desk.flush(2)
    assert desk.sent() == [[1, 2], [3]]
    monkeypatch.setattr(settings, "BATCH_BYTES", 1)
    desk.offer(4, 5)
    desk.flush(2)
    assert desk.sent()[2:] == [[4], [5]]


# What is refused


def rejected(desk):
    return [
        (one["workflow_id"], one["problem"]["code"], one["origin"])
        for args in desk.store.asked("reject_entries")
        for one in json.loads(args[0])
    ]


def test_f51_one_poisonous_entry_is_set_aside_alone_and_the_order_is_kept():
    accepted = []

    def answer(text):
        if '"n": 3' in text:
            raise poisoned()
        accepted.extend(entry["inputs"]["n"] for entry in json.loads(text))
        return taken(text)

    desk = Desk(answer)
    desk.offer(1, 2, 3, 4, 5)
    desk.flush()
    assert accepted == [1, 2, 4, 5]
    assert rejected(desk) == [("id-3", "22P05", "host plant")]
    assert desk.figures("waiting", "bytes", "flushed", "rejected") == (0, 0, 4, 1)


def in_maintenance(text):
    """Everything in even numbers goes to a queue that is in maintenance."""
    refused = {"error": {"code": "WF005", "message": "maintenance", "maintenance": "drain"}}
    return [
        refused if one["inputs"]["n"] % 2 == 0 and not allows(one) else {"workflow_id": "x"}
        for one in json.loads(text)
    ]


def allows(entry):
    return entry["options"].get("allow_during_maintenance")


def test_maintenance_refuses_nothing_that_was_accepted_here():
    desk = Desk(in_maintenance, in_maintenance)
    desk.offer(1, 2, 3, 4)
    desk.flush()
    assert desk.sent() == [[1, 2, 3, 4], [2, 4]]
    assert desk.figures("waiting", "flushed", "rejected") == (0, 4, 0)


def test_maintenance_refuses_what_its_caller_did_not_want_to_wait():
    desk = Desk(in_maintenance)
    start = entry_text.start_of("fill", '{"n": 2}', '{"allow_during_maintenance": false}')
    desk.buffer.offer(start, "id-2", None)
    desk.flush()
    assert desk.sent() == [[2]]
    assert desk.figures("waiting", "flushed", "rejected") == (0, 0, 1)


def test_d10_an_entry_that_the_database_refuses_is_recorded_with_the_reason():
    refusal = {"error": {"code": "WF005", "message": "queue is closed"}}
    desk = Desk(lambda text: [{"workflow_id": 1}, refusal, {"workflow_id": 3}])
    desk.offer(1, 2, 3)
    desk.flush()
    assert rejected(desk) == [("id-2", "WF005", "host plant")]
    [(text,)] = desk.store.asked("reject_entries")
    [kept] = json.loads(text)
    assert json.loads(kept["entry"])["inputs"] == {"n": 2}
    assert desk.figures("flushed", "rejected", "waiting") == (2, 1, 0)


def test_nothing_waits_for_an_entry_that_cannot_be_recorded_yet_and_it_is_not_lost():
    refusal = {"error": {"code": "WF005", "message": "queue is closed"}}
    desk = Desk(lambda text: [refusal], taken)
    away = errors.SchemaVersionMismatch("not installed")
    desk.store.answer_with(reject_entries=away)
    desk.offer(1)
    desk.flush()
    desk.offer(2, 3)
    desk.flush()
    assert desk.sent() == [[1], [2, 3]]
    assert desk.figures("waiting", "flushed", "rejected") == (1, 2, 0)
    desk.store.answer_with(reject_entries={"kept": 1})
    desk.host.pass_time(10)
    desk.flush()
    assert desk.figures("waiting", "bytes", "rejected") == (0, 0, 1)


def test_entries_set_aside_are_bounded_with_the_others():
    refusal = {"error": {"code": "WF005", "message": "queue is closed"}}
    desk = Desk(lambda text: [refusal] * text.count("workflow_name"), entries=2)
    desk.store.answer_with(reject_entries=lost())
    desk.offer(1, 2)
    desk.flush()
    with pytest.raises(errors.BufferFull):
        desk.offer(3)
    assert len(list(desk.buffer.entries.set_aside)) == 2


# Several interpreters


def test_f53_entries_outlive_the_scripts_that_offered_them():
    old = Desk(lost())
    old.host.IS_GATEWAY = True
    old.offer(1, 2)
    old.flush()
    old.offer(3)
    old.buffer.close(0)
    new = Desk(beside=old)
    assert new.buffer.depth() == 3
    new.flush(2)
    assert new.sent() == [[1, 2], [3]], "what was in flight goes first, under the same ids"
    assert new.figures("accepted", "flushed", "waiting", "bytes") == (3, 3, 0, 0)


def test_one_flushes_and_another_takes_over_when_its_thread_is_gone():
    one = Desk(lost())
    two = Desk(beside=one)
    one.offer(1)
    one.flush()
    two.offer(2)
    assert two.flush() == settings.BUFFER_TAKEOVER_SECONDS <= 1
    assert two.sent() == []
    one.host.me.is_running = False
    two.flush(2)
    assert two.sent() == [[1], [2]]


def test_a_thread_that_died_while_it_took_an_entry_did_not_double_it():
    one = Desk()
    one.offer(1, 2)
    entries = one.buffer.entries
    entries.in_flight.offer(entries.waiting.peek())
    one.flush(2)
    assert one.sent() == [[1], [2]]
    assert one.figures("waiting", "bytes") == (0, 0)


# The end


def test_d4_closing_flushes_what_is_left():
    desk = Desk()
    desk.offer(1)
    desk.buffer.close()
    assert desk.sent() == [[1]]


def test_d4_what_a_process_could_not_flush_is_counted_and_said():
    desk = Desk(lost())
    desk.offer(1)
    desk.buffer.close(5.0)
    assert desk.figures("lost") == (1,)
    assert "event=entries_lost entries=1" in desk.host.log_lines
    with pytest.raises(errors.BufferFull) as refused:
        desk.offer(2)
    assert refused.value.detail["reason"] == "closed"


def test_the_last_one_of_a_process_ends_the_buffer():
    one = Desk(lost())
    two = Desk(beside=one)
    one.offer(1)
    two.offer(2)
    one.buffer.close(0)
    assert two.figures("lost", "waiting") == (0, 2)
    two.buffer.close(0)
    assert one.host.kept == {}


def test_a_policy_must_be_one():
    with pytest.raises(errors.BadArgument):
        Desk().buffer.set_policy("keep")


def test_waiting_to_be_durable_needs_a_journal():
    with pytest.raises(errors.BadArgument):
        Desk().buffer.offer(entry_text.start_of("fill", "{}", "{}"), "id", sync=True)
