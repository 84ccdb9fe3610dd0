"""Several projects of a gateway open one journal at the same time, after the gateway has crashed (F52)."""

import threading

import pytest

from exchange.workflows import errors
from exchange.workflows.engine.buffer import Buffer
from tests.engine.fakes import lost
from tests.engine.test_journal import Gateway

PATIENCE = 10


class Door:
    """A lock that says when somebody has to wait for it."""

    def __init__(self, waits):
        self._waits = waits
        self._held = threading.RLock()
        self.unlock = self._held.release

    def lock(self):
        if not self._held.acquire(blocking=False):
            self._waits.set()
            self._held.acquire()


def beside(one):
    """Another project of the same gateway."""
    two = Gateway(None, is_open=False)
    two.host.kept = one.host.kept
    two.buffer = Buffer(two.host, two.store, "plant/workflows")
    return two


def test_nobody_answers_before_what_a_crash_left_is_taken_up(tmp_path, monkeypatch):
    crashed = Gateway(tmp_path, lost())
    crashed.offer(1, 2)
    crashed.kill()
    one = Gateway(None, lost(), is_open=False)
    two = beside(one)
    # Somebody waits at the door, or came in.
    goes_on = threading.Event()
    directory = str(tmp_path)
    one.host.kept["journal/%s/opening" % directory] = Door(goes_on)

    def open_and_flush():
        two.buffer.open_journal(directory)
        two.offer(3)
        two.flush()
        goes_on.set()

    other = threading.Thread(target=open_and_flush)
    take_up = one.buffer._take_up

    def take_up_late(records):
        other.start()
        assert goes_on.wait(PATIENCE)
        take_up(records)

    monkeypatch.setattr(one.buffer, "_take_up", take_up_late)
    one.buffer.open_journal(directory)
    other.join(PATIENCE)
    assert two.sent() == [1, 2, 3]
    assert two.journal()["answered"] == two.journal()["next"] == 4


def test_a_journal_whose_entries_cannot_be_taken_up_is_not_open_and_can_be_tried_again(
    tmp_path, monkeypatch
):
    crashed = Gateway(tmp_path, lost())
    crashed.offer(1, 2)
    crashed.kill()
    one = Gateway(None, is_open=False)

    def fail(records):
        raise MemoryError()

    with monkeypatch.context() as patch:
        patch.setattr(one.buffer, "_take_up", fail)
        with pytest.raises(errors.BufferFull) as refused:
            one.buffer.open_journal(str(tmp_path))
    assert refused.value.detail["reason"] == "journal_failed"
    assert one.buffer.journal() is None
    one.buffer.open_journal(str(tmp_path))
    one.flush()
    assert one.sent() == [1, 2]
