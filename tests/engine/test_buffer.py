"""The in-memory buffer: bounded, kept over an outage, never twice, poison set aside (D5, D10)."""

import json

import pytest

from exchange.workflows import errors
from exchange.workflows.engine.buffer import Buffer
from tests.engine.fakes import FakeHost, FakeStore, lost, poisoned


class QuietHost(FakeHost):
    """Starts no thread: the test flushes."""

    def start_thread(self, name, target):
        class Thread:
            def join(self, seconds):
                pass

        return Thread()


def taken(text):
    return [{"workflow_id": entry["id"]} for entry in json.loads(text)]


class Desk:
    def __init__(self, *answers, entries=1000):
        self.store = FakeStore(enqueue_many=answers or (taken,))
        self.buffer = Buffer(QuietHost(), self.store, entries)

    def offer(self, *numbers):
        for number in numbers:
            self.buffer.offer(number, json.dumps({"id": number}))

    def sent(self):
        return [
            [entry["id"] for entry in json.loads(args[0])]
            for args in self.store.asked("enqueue_many")
        ]


def test_entries_go_in_order_in_one_call():
    desk = Desk()
    desk.offer(1, 2, 3)
    desk.buffer.flush()
    assert desk.sent() == [[1, 2, 3]]
    assert (desk.buffer.depth(), desk.buffer.flushed) == (0, 3)


def test_d10_a_full_buffer_refuses_counts_and_keeps_what_it_has():
    desk = Desk(entries=2)
    desk.offer(1, 2)
    with pytest.raises(errors.BufferFull):
        desk.offer(3)
    assert (desk.buffer.depth(), desk.buffer.refused) == (2, 1)


def test_d5_an_outage_keeps_every_entry():
    desk = Desk(lost(), lost(), taken)
    desk.offer(1, 2)
    assert desk.buffer.flush() > 0
    assert desk.buffer.flush() > 0
    assert desk.buffer.depth() == 2
    assert desk.buffer.flush() == 0
    assert desk.buffer.depth() == 0


def test_d11_an_unknown_outcome_sends_the_same_ids_again():
    desk = Desk(lost(), taken)
    desk.offer(1, 2)
    desk.buffer.flush()
    desk.offer(3)
    desk.buffer.flush()
    assert desk.sent() == [[1, 2], [1, 2, 3]]


def test_f51_one_poisonous_entry_is_set_aside_alone():
    def answer(text):
        if '"id": 3' in text:
            raise poisoned()
        return taken(text)

    desk = Desk(answer)
    desk.offer(1, 2, 3, 4)
    desk.buffer.flush()
    assert [one.workflow_id for one in desk.buffer.rejected] == [3]
    assert (desk.buffer.depth(), desk.buffer.rejected_count) == (0, 1)
    assert [2] in [batch[-1:] for batch in desk.sent()] or [1, 2] in desk.sent()


def test_an_entry_that_the_database_refuses_is_set_aside_with_the_reason():
    refusal = {"error": {"code": "WF005", "message": "queue is closed"}}
    desk = Desk(lambda text: [{"workflow_id": 1}, refusal])
    desk.offer(1, 2)
    desk.buffer.flush()
    [rejected] = desk.buffer.rejected
    assert (rejected.workflow_id, rejected.problem["code"]) == (2, "WF005")


def test_a_batch_is_bounded(monkeypatch):
    monkeypatch.setattr("exchange.workflows.settings.BUFFER_FLUSH_ENTRIES", 2)
    desk = Desk()
    desk.offer(1, 2, 3)
    desk.buffer.flush()
    desk.buffer.flush()
    assert desk.sent() == [[1, 2], [3]]


def test_closing_flushes_what_is_left():
    desk = Desk()
    desk.offer(1)
    desk.buffer.close()
    assert desk.sent() == [[1]]


def test_closing_gives_up_on_a_database_that_stays_away():
    desk = Desk(lost())
    desk.offer(1)
    desk.buffer.close(5.0)
    assert desk.buffer.depth() == 1
