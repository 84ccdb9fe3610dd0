"""What the flusher makes of answers: each entry in its place, also where maintenance refuses some of a batch, and
the second call about those fails (D4, D10, D11)."""

import json

import pytest

from exchange.workflows import errors
from tests.engine.fakes import lost, poisoned
from tests.engine.test_buffer import Desk, allows, in_maintenance, rejected
from tests.engine.test_journal import Gateway

CLOSED = {"error": {"code": "WF005", "message": "queue is closed"}}


class Plant:
    """Queue 2 is in maintenance. `trouble` is what the calls about entries that may wait raise, one after another."""

    def __init__(self, *trouble):
        self.trouble = list(trouble)
        self.taken = []

    def enqueue_many(self, text):
        entries = json.loads(text)
        if self.trouble and any(map(allows, entries)):
            raise self.trouble.pop(0)
        answers = in_maintenance(text)
        for entry, answer in zip(entries, answers):
            if "error" not in answer:
                self.taken.append(entry["inputs"]["n"])
        return answers


def again(code):
    return errors.DatabaseError("not now", code)


@pytest.mark.parametrize("error", [lost(), again("40001"), again("57014")])
def test_nothing_is_lost_where_the_call_about_what_maintenance_refused_fails(error):
    plant = Plant(error)
    desk = Desk(plant.enqueue_many)
    desk.offer(1, 2, 3)
    desk.flush()
    assert desk.figures("flushed", "waiting") == (0, 3), "none of the batch is answered yet"
    desk.flush(3)
    assert set(plant.taken) == {1, 2, 3}
    assert desk.figures("flushed", "waiting", "bytes", "rejected") == (3, 0, 0, 0)


def test_a_journal_keeps_what_the_call_that_failed_was_about(tmp_path):
    one = Gateway(tmp_path, Plant(lost()).enqueue_many)
    one.offer(1, 2, 3)
    one.flush()
    one.kill()
    assert Gateway(tmp_path).numbers() == [1, 2, 3]


def test_one_entry_whose_second_call_always_fails_is_set_aside_alone():
    plant = Plant(*[poisoned() for _ in range(3)])
    desk = Desk(plant.enqueue_many)
    desk.offer(1, 2, 3)
    desk.flush()
    assert set(plant.taken) == {1, 3}
    assert rejected(desk) == [("id-2", "22P05", "host plant")]
    assert desk.figures("flushed", "rejected", "waiting") == (2, 1, 0)


def closes(text):
    """Maintenance refuses the second and the fourth, and would not the others; nobody wants any of them."""
    entries = json.loads(text)
    return [
        in_maintenance(json.dumps([entry]))[0] if not allows(entry) and number in (2, 4) else CLOSED
        for entry, number in ((entry, entry["inputs"]["n"]) for entry in entries)
    ]


def test_entries_are_set_aside_in_their_order_however_often_they_were_refused():
    desk = Desk(closes)
    desk.offer(1, 2, 3, 4)
    desk.flush()
    assert [workflow_id for workflow_id, _, _ in rejected(desk)] == ["id-1", "id-2", "id-3", "id-4"]
    assert desk.figures("flushed", "rejected", "waiting") == (0, 4, 0)


def test_no_record_is_passed_by_before_its_entry_is_in_the_table_of_rejected_ones(tmp_path):
    one = Gateway(tmp_path, closes)
    one.store.answer_with(reject_entries=lost())
    one.offer(1, 2)
    one.flush()
    assert one.journal()["answered"] < 2
    one.kill()
    assert Gateway(tmp_path).numbers() == [1, 2]
