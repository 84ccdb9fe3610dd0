"""The journal of the buffer: in a file before it is acknowledged, there after any end, exactly once, bounded,
and loud where it cannot be written (F31, F52)."""

import json
import os

import pytest

from exchange.workflows import errors, settings
from exchange.workflows.engine import entry_text
from exchange.workflows.engine.buffer import Buffer
from exchange.workflows.engine.buffer_entries import TEXT
from exchange.workflows.engine.journal import Journal
from exchange.workflows.host import cpython_files
from tests.engine.fakes import FakeStore, lost
from tests.engine.test_buffer import QuietHost, taken


class Files:
    """The host's files; a test may make one of its functions fail."""

    def __init__(self):
        vars(self).update({n: f for n, f in vars(cpython_files).items() if not n.startswith("_")})
        self.failing = {}

    def fail(self, name, error):
        real = getattr(cpython_files, name)

        def call(*args):
            if self.failing.get(name):
                raise self.failing[name]
            return real(*args)

        self.failing[name] = error
        setattr(self, name, call)


class Gateway:
    """One process with a journaled buffer. Its end without close() is a kill: files keep what was written."""

    def __init__(self, directory, *answers, is_open=True):
        self.host = QuietHost()
        self.files = Files()
        setattr(self.host, "files", self.files)  # noqa: B010
        self.store = FakeStore(enqueue_many=answers or (taken,), reject_entries=[{"kept": 1}])
        self.buffer = Buffer(self.host, self.store, "plant/workflows")
        if is_open:
            self.buffer.open_journal(str(directory))

    def offer(self, *numbers, key=None, sync=False):
        for number in numbers:
            start = entry_text.start_of("fill", json.dumps({"n": number}), "{}")
            key = key and ("fill", "partition_key", key)
            self.buffer.offer(start, "id-%d" % number, key, sync)

    def flush(self, turns=1):
        for _ in range(turns):
            self.buffer.flush_turn()

    def sent(self):
        return [
            entry["inputs"]["n"]
            for args in self.store.asked("enqueue_many")
            for entry in json.loads(args[0])
        ]

    def waiting(self):
        texts = [json.loads(one.get(TEXT)) for one in self.buffer.entries.waiting]
        return [(one["options"]["workflow_id"], one["inputs"]["n"]) for one in texts]

    def numbers(self):
        return [number for _, number in self.waiting()]

    def journal(self):
        return self.buffer.figures()["journal"]

    def kill(self):
        """The system takes the lock and the open files of a dead process."""
        for file in vars(self.buffer.journal()._open_files)["_kept"].values():
            os.close(file)

    def logged(self, event):
        return [line for line in self.host.log_lines if line.startswith("event=" + event)]


@pytest.fixture
def gateways(tmp_path):
    made = []

    def start(*answers, **more):
        if made:
            made[-1].kill()
        made.append(Gateway(tmp_path, *answers, **more))
        return made[-1]

    return start


def segments(directory):
    return sorted(directory.glob("*.journal"))


# After the end of the process


def test_f52_what_was_acknowledged_is_there_after_a_kill_and_in_order(gateways):
    one = gateways(lost())
    one.offer(*range(20))
    one.flush()
    two = gateways()
    assert two.numbers() == list(range(20))
    assert two.journal()["replayed"] == 20
    two.flush()
    assert two.sent() == list(range(20))


def test_without_a_journal_nothing_is_there(gateways):
    one = Gateway(None, lost(), is_open=False)
    one.offer(1)
    assert gateways().numbers() == []


def test_what_was_answered_is_not_sent_again(gateways):
    one = gateways()
    one.offer(1, 2)
    one.flush()
    one.offer(3)
    two = gateways()
    assert two.numbers() == [3]
    two.flush()
    assert gateways().numbers() == []


def test_a_restart_goes_on_counting(gateways):
    numbers = []
    for number in range(4):
        gateway = gateways(lost())
        gateway.offer(number)
        numbers.append(gateway.journal()["next"])
    assert numbers == [2, 3, 4, 5]
    assert gateways().numbers() == [0, 1, 2, 3]


def test_a_damaged_cursor_sends_everything_again(gateways, tmp_path):
    one = gateways()
    one.offer(1, 2)
    one.flush()
    (tmp_path / "cursor").write_bytes(b"00000000000000000009 00000000")
    two = gateways()
    assert two.numbers() == [1, 2]
    assert two.logged("journal_cursor_damaged")


def test_a_cursor_ahead_of_the_records_does_not_hide_new_ones(gateways, tmp_path):
    one = gateways()
    one.offer(*range(5))
    one.flush()
    for path in segments(tmp_path):
        path.unlink()
    two = gateways(lost())
    two.offer(7)
    assert gateways().numbers() == [7]


def test_a_torn_tail_does_not_stop_the_start(gateways, tmp_path):
    one = gateways(lost())
    one.offer(1, 2, 3)
    [path] = segments(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    two = gateways(lost())
    assert two.numbers() == [1, 2]
    assert len(two.logged("journal_damaged")) == 1
    two.offer(4)
    assert gateways().numbers() == [1, 2, 4]


def test_a_corrupt_middle_costs_what_it_hit_and_says_so(gateways, tmp_path):
    one = gateways(lost())
    one.offer(1, 2, 3)
    [path] = segments(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    two = gateways()
    assert two.numbers() == [1, 3]
    assert two.journal()["lost"] == 1
    assert two.logged("journal_damaged") and two.logged("journal_records_lost")
    assert two.logged("journal_records_lost")[0].endswith("records=1")


def test_a_missing_segment_is_counted(gateways, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "JOURNAL_SEGMENT_BYTES", 1)
    one = gateways(lost())
    one.offer(1, 2, 3)
    segments(tmp_path)[1].unlink()
    two = gateways()
    assert (two.numbers(), two.journal()["lost"]) == ([1, 3], 1)


def test_rubbish_in_the_directory_is_left_alone(gateways, tmp_path):
    (tmp_path / "notes.journal").write_text("not ours")
    (tmp_path / "00000000000000000001.journal").write_text("torn")
    one = gateways(lost())
    one.offer(1)
    assert one.logged("journal_damaged")
    assert gateways().numbers() == [1]
    assert (tmp_path / "notes.journal").exists()


def test_a_replaced_entry_comes_back_once_at_its_place_with_the_newer_inputs(gateways):
    one = gateways(lost())
    one.buffer.set_policy("coalesce")
    one.offer(1, key="a")
    one.offer(2)
    one.offer(3, key="a")
    two = gateways(lost())
    assert two.waiting() == [("id-1", 3), ("id-2", 2)]
    two.buffer.set_policy("coalesce")
    two.offer(4, key="a")
    assert two.waiting() == [("id-1", 4), ("id-2", 2)], "also one that a former process accepted"


def test_an_entry_that_waits_to_be_recorded_as_rejected_is_kept(gateways):
    refusal = {"error": {"code": "WF005", "message": "queue is closed"}}
    one = gateways(lambda text: [refusal], taken)
    one.store.answer_with(reject_entries=lost())
    one.offer(1)
    one.flush()
    one.offer(2)
    one.flush()
    assert one.sent() == [1, 2]
    assert 1 in gateways().numbers()


# Segments and bounds


def test_segments_are_bounded_and_deleted_when_all_in_them_is_answered(
    gateways, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "JOURNAL_SEGMENT_BYTES", 300)
    one = gateways()
    one.offer(*range(20))
    assert len(segments(tmp_path)) > 5
    assert all(path.stat().st_size <= 300 for path in segments(tmp_path))
    one.buffer.sync_turn()
    one.flush()
    assert len(segments(tmp_path)) == 1
    assert one.journal()["bytes"] == segments(tmp_path)[0].stat().st_size
    assert gateways().numbers() == []


def test_segments_that_are_closed_after_their_answer_go_as_well(gateways, tmp_path, monkeypatch):
    """The database may be faster than the disk, and no other entry may come for hours."""
    monkeypatch.setattr(settings, "JOURNAL_SEGMENT_BYTES", 300)
    one = gateways()
    one.offer(*range(20))
    one.flush()
    assert len(segments(tmp_path)) > 5
    one.buffer.sync_turn()
    assert len(segments(tmp_path)) == 1


def test_segments_of_a_former_process_go_when_they_are_answered(gateways, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "JOURNAL_SEGMENT_BYTES", 300)
    one = gateways(lost())
    one.offer(*range(20))
    two = gateways()
    two.offer(20)
    two.flush()
    assert two.sent() == list(range(21))
    assert len(segments(tmp_path)) == 1


def test_a_full_journal_refuses_like_a_full_buffer(gateways, monkeypatch):
    one = gateways()
    one.offer(1)
    monkeypatch.setattr(settings, "JOURNAL_BYTES", one.journal()["bytes"] + 10)
    with pytest.raises(errors.BufferFull) as refused:
        one.offer(2)
    assert refused.value.detail["reason"] == "overflow"
    assert (one.numbers(), one.buffer.figures()["refused"], one.buffer.depth()) == ([1], 1, 1)


def test_dropped_entries_do_not_keep_the_journal_full_while_the_database_is_away(
    gateways, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "JOURNAL_SEGMENT_BYTES", 300)
    one = gateways(lost())
    one.buffer.set_policy("drop_oldest")
    one.buffer.entries.max_entries = 5
    one.offer(*range(100))
    one.buffer.sync_turn()
    one.flush()
    assert len(segments(tmp_path)) <= 4
    assert gateways().numbers() == [95, 96, 97, 98, 99]


# Loud where it cannot be written


def test_f31_what_cannot_be_written_is_never_acknowledged(gateways):
    one = gateways()
    one.offer(1)
    one.files.fail("append", OSError(28, "No space left on device"))
    for _ in range(2):
        with pytest.raises(errors.BufferFull) as refused:
            one.offer(2)
    assert refused.value.detail["reason"] == "journal_failed"
    assert (one.numbers(), one.buffer.figures()["refused"]) == ([1], 2)
    assert len(one.logged("journal_failed")) == 1
    one.files.failing.clear()
    one.offer(3)
    assert one.numbers() == [1, 3]
    assert gateways().numbers() == [1, 3]


@pytest.mark.parametrize("can_cut", [True, False])
def test_f31_half_a_record_does_not_spoil_the_next_one(gateways, tmp_path, can_cut):
    one = gateways()
    one.offer(1)

    def half(file, content):
        os.write(file, content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    one.files.append = half
    if not can_cut:
        one.files.fail("cut", OSError(5, "Input/output error"))
    with pytest.raises(errors.BufferFull):
        one.offer(2)
    one.files.append = cpython_files.append
    one.files.failing.clear()
    one.offer(3)
    two = gateways()
    assert two.numbers() == [1, 3]
    assert two.journal()["lost"] == 0
    assert bool(two.logged("journal_damaged")) is not can_cut


def test_f31_a_directory_that_cannot_be_used_is_refused_at_the_start(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.BufferFull) as refused:
        Gateway(tmp_path / "file" / "journal")
    assert refused.value.detail["reason"] == "journal_failed"


def test_f31_a_system_that_lets_no_file_grow(gateways, tmp_path):
    """The limit is the process's, so a child has it."""
    child = os.fork()
    if not child:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        one = Gateway(tmp_path)
        accepted = 0
        try:
            for number in range(100):
                one.offer(number)
                accepted += 1
        except errors.BufferFull:
            pass
        os._exit(accepted)
    accepted = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert 0 < accepted < 20
    assert gateways().numbers() == list(range(accepted))


# On the disk


def test_sync_returns_after_the_sync_that_covers_it(gateways):
    one = gateways()
    one.offer(1)
    assert one.journal()["synced"] == 1
    one.host.plan(0.003, one.buffer.sync_turn)
    one.offer(2, sync=True)
    assert one.journal()["synced"] == 3 == one.journal()["next"]
    assert one.buffer.sync_turn() <= 0.005


def test_f31_a_sync_that_fails_is_not_told_as_done(gateways):
    one = gateways()
    one.files.fail("sync", OSError(5, "Input/output error"))

    def turn():
        with pytest.raises(OSError):
            one.buffer.sync_turn()

    one.host.plan(0.003, turn)
    with pytest.raises(errors.BufferFull) as refused:
        one.offer(1, sync=True)
    assert refused.value.detail == {"reason": "journal_not_synced", "workflow_id": "id-1"}
    one.files.failing.clear()
    one.host.plan(0.003, one.buffer.sync_turn)
    one.offer(2, sync=True)


def test_nobody_waits_for_ever_for_a_sync_that_does_not_come(gateways):
    one = gateways()
    with pytest.raises(errors.BufferFull) as refused:
        one.offer(1, sync=True)
    assert refused.value.detail["reason"] == "journal_not_synced"


# Who has it


def test_two_processes_do_not_write_one_journal(gateways, tmp_path):
    one = gateways()
    one.offer(1)
    child = os.fork()
    if not child:
        try:
            Gateway(tmp_path)
        except errors.BufferFull as refused:
            os._exit(7 if refused.detail["reason"] == "journal_locked" else 8)
        os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    one.buffer.close()
    assert Gateway(tmp_path).numbers() == []


def test_two_buffers_of_one_process_do_not_write_one_journal(gateways, tmp_path):
    one = gateways()
    other = Buffer(one.host, one.store, "other/workflows")
    with pytest.raises(errors.BufferFull) as refused:
        other.open_journal(str(tmp_path))
    assert refused.value.detail["reason"] == "journal_locked"
    one.offer(1)
    assert one.journal()["next"] == 2


def test_in_a_gateway_each_database_has_a_journal_of_its_own(tmp_path):
    one = Gateway(tmp_path, is_open=False)
    one.host.IS_GATEWAY = True
    other = Buffer(one.host, one.store, "Other DB/workflows")
    for buffer in (one.buffer, other):
        buffer.open_journal(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "Other-DB-workflows",
        "plant-workflows",
    ]


def test_opening_it_again_changes_nothing(gateways, tmp_path):
    one = gateways()
    one.offer(1)
    one.buffer.open_journal(str(tmp_path))
    one.buffer.open_journal(str(tmp_path / "elsewhere"))
    one.offer(2)
    assert one.journal()["next"] == 3
    assert gateways().numbers() == [1, 2]


def test_closing_leaves_what_is_not_flushed_to_the_next_process(tmp_path):
    one = Gateway(tmp_path, lost())
    one.offer(1, 2)
    one.buffer.close(1)
    assert one.logged("entries_lost") == []
    assert one.host.kept == {}
    assert Gateway(tmp_path).numbers() == [1, 2]


def test_every_interpreter_that_offers_writes_the_journal(gateways, tmp_path):
    one = gateways()
    two = Gateway(tmp_path, is_open=False)
    two.host.kept = one.host.kept
    two.buffer = Buffer(two.host, two.store, "plant/workflows")
    two.offer(2)
    two.buffer.open_journal(str(tmp_path))
    two.offer(3)
    one.offer(4)
    assert gateways().numbers() == [2, 3, 4]


def test_what_waited_before_the_journal_was_opened_hides_no_record(gateways, tmp_path):
    one = gateways(lost(), taken, is_open=False)
    one.offer(1)
    one.buffer.open_journal(str(tmp_path))
    one.offer(2)
    one.flush()
    assert one.journal()["answered"] == 0
    one.flush(2)
    assert one.journal()["answered"] == 2
    assert gateways().numbers() == []


def test_a_directory_is_named_by_where_it_is(tmp_path):
    (tmp_path / "journal").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "journal")
    host = QuietHost()
    assert (
        Journal(host, str(tmp_path / "link"), "a", None).directory
        == Journal(host, str(tmp_path / "journal"), "a", None).directory
    )
