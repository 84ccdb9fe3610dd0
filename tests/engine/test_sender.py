"""Group commit: one call for all, resent until answered, poison found by halving (D7, F39, F51)."""

import json

import pytest

from exchange.workflows import errors
from exchange.workflows.engine.recorder import Finisher, Record, Recorder
from exchange.workflows.engine.state import WorkerState
from exchange.workflows.host import cpython
from tests.engine.fakes import FakeHost, lost, make_lease, poisoned, read_entry


class Sent:
    """What reached the database: `answer(entries)` answers or raises."""

    def __init__(self, answer=lambda entries: None):
        self.calls = []
        self.answer = answer

    def __call__(self, worker_id, text):
        entries = json.loads(text)
        self.calls.append([entry["w"][-1] for entry in entries])
        answer = self.answer(entries)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Line:
    """A finisher and a recorder over one fake database."""

    def __init__(self):
        self.host = FakeHost()
        self.state = WorkerState(self.host)
        self.sent = Sent()
        self.rooms: list[int] = []
        self.finisher = Finisher(self.host, self.state, self.sent, lambda: self.rooms.append(1))
        self.recorder = Recorder(self.host, self.state, self.sent)

    def finish(self, *numbers):
        for number in numbers:
            lease = make_lease(number)
            self.state.held[lease.token] = lease
            self.finisher.put((lease, '%s,"outcome":"success"}' % lease.head))
        self.finisher.turn()

    def record(self, *numbers):
        waiting = []
        for number in numbers:
            record = Record(self.host.make_gate())
            lease = make_lease(number)
            self.recorder.put((lease, '%s,"k":"a"}' % lease.head, record))
            waiting.append((lease, record))
        self.recorder.turn()
        return [record.answer for _, record in waiting]


def test_what_an_error_of_ours_took_from_the_line_is_held_no_more(line, monkeypatch):
    """Its worker goes on renewing: only a lease that is missing there is ever given back."""
    monkeypatch.setattr(line.host, "monotonic", broken)
    line.finish(1)
    assert not line.sent.calls
    assert not line.state.held
    assert "event=engine_error" in line.host.log_lines[0]


def broken():
    raise OSError(22, "Invalid argument")


@pytest.fixture
def line():
    return Line()


def failing_then(*failures):
    left = list(failures)
    return lambda entries: left.pop(0) if left else None


def refusing(*numbers):
    """Poison: the whole call fails while one of these is in it."""

    def answer(entries):
        return poisoned() if any(entry["w"][-1] in numbers for entry in entries) else None

    return answer


def test_what_gathered_goes_in_one_call(line):
    line.finish(1, 2, 3)
    assert line.sent.calls == [["1", "2", "3"]]
    assert line.state.held == {}
    assert (line.state.finished, len(line.rooms)) == (3, 1)


def test_each_record_gets_its_own_answer(line):
    line.sent.answer = lambda entries: [{"n": 1, "a": "replayed", "output": 5}]
    assert line.record(1, 2, 3) == [None, {"n": 1, "a": "replayed", "output": 5}, None]


def test_d7_d18_what_was_lost_is_kept_and_sent_again_until_it_is_answered(line):
    line.sent.answer = failing_then(lost(), lost(), errors.DatabaseError("starting up", "57P03"))
    line.finish(1, 2)
    assert line.sent.calls == [["1", "2"]] * 4
    assert line.state.held == {}
    assert line.host.now > 1000


def test_an_outage_is_logged_once_and_its_end_once(line):
    line.sent.answer = failing_then(lost(), lost(), lost())
    line.finish(1)
    assert [text.split()[0] for text in line.host.log_lines] == [
        "event=database_away",
        "event=database_back",
    ]


def test_f39_poison_is_found_by_halving_and_its_batch_mates_are_sent(line):
    line.sent.answer = refusing("3")
    answers = line.record(1, 2, 3, 4)
    assert [answer and answer["a"] for answer in answers] == [None, None, "refused", None]
    assert line.sent.calls == [["1", "2", "3", "4"], ["1", "2"], ["3", "4"], ["3"], ["4"]]


def test_a_poisonous_outcome_is_replaced_by_an_error_that_can_be_recorded(line):
    seen = []

    def answer(entries):
        seen.extend(entries)
        return poisoned() if any(entry["outcome"] == "success" for entry in entries) else None

    line.sent.answer = answer
    line.finish(1)
    assert (seen[-1]["outcome"], seen[-1]["is_sanitised"]) == ("error", True)
    assert "22P05" in seen[-1]["error"]["message"]
    assert line.state.held == {}


def test_an_outcome_that_nothing_makes_acceptable_is_let_go(line):
    line.sent.answer = lambda entries: poisoned()
    line.finish(1)
    assert line.state.held == {}
    assert "event=outcome_unrecordable" in line.host.log_lines[-1]


def test_a_busy_outcome_is_sent_again_and_the_others_are_done(line):
    answers = [[{"n": 1, "a": "busy"}], None]
    line.sent.answer = lambda entries: answers.pop(0)
    line.finish(1, 2, 3)
    assert line.sent.calls == [["1", "2", "3"], ["2"]]
    assert line.state.finished == 3


@pytest.mark.parametrize("code", ["WF001", "WF004"])
def test_a_refused_outcome_is_counted_and_let_go(line, code):
    line.sent.answer = lambda entries: [{"n": 0, "a": code}]
    line.finish(1)
    assert (line.state.figures.refused_outcomes, line.state.held) == (1, {})


def test_a_call_that_is_refused_as_a_whole_refuses_every_record(line):
    line.sent.answer = lambda entries: errors.StaleLease("stale lease token", "WF001")
    assert [answer["a"] for answer in line.record(1, 2)] == ["WF001", "WF001"]


def test_during_an_outage_what_is_surely_lost_is_let_go(line):
    lease = make_lease(1)
    record = Record(line.host.make_gate())
    line.sent.answer = lambda entries: (lease.lose(), lost())[1]
    line.recorder.put((lease, lease.head + "}", record))
    line.recorder.turn()
    assert record.answer == {"a": "WF001"}
    assert len(line.sent.calls) == 1


def test_a_worker_that_ends_without_a_database_does_not_wait_for_one(line):
    line.state.ending.set()
    line.sent.answer = lambda entries: lost()
    assert line.record(1) == [{"a": "WF001"}]


def test_the_end_comes_after_everything_before_it(line):
    line.finish(1)
    line.finisher.put((make_lease(2), make_lease(2).head + "}"))
    line.finisher.end()
    assert line.finisher.turn() is False
    assert line.sent.calls == [["1"], ["2"]]


def test_a_batch_is_bounded_by_entries_and_by_bytes(line, monkeypatch):
    monkeypatch.setattr("exchange.workflows.settings.BATCH_ENTRIES", 2)
    line.finish(1, 2, 3)
    line.finisher.turn()
    assert line.sent.calls == [["1", "2"], ["3"]]
    monkeypatch.setattr("exchange.workflows.settings.BATCH_BYTES", 10)
    line.finish(4, 5)
    line.finisher.turn()
    assert line.sent.calls[2:] == [["4"], ["5"]]


def test_under_light_load_outcomes_gather_for_a_moment(line):
    line.finish(1)
    assert line.host.waits == []
    line.finish(2)
    assert line.host.waits == [pytest.approx(0.004)]


@pytest.mark.parametrize("is_settled_twice", [False, True])
def test_a_gate_is_closed_again_after_each_answer_whichever_came_first(is_settled_twice):
    gate = cpython.make_gate()
    for n in range(3):
        record = Record(gate)
        record.settle({"n": n})
        if is_settled_twice:
            record.settle({"a": "WF001"})
        assert record.wait() == {"n": n}
        assert not gate.acquire(blocking=False)


def test_texts_are_numbered_in_their_batch(line):
    numbers: list[int] = []
    line.sent.answer = lambda entries: numbers.extend(entry["n"] for entry in entries)
    line.finish(1, 2, 3)
    assert numbers == [0, 1, 2]
    assert read_entry('"n":1}') == {"n": 1}
