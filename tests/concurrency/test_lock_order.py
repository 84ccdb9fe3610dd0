"""Finding 3: one lock order. Every pair of writers, in both orders, ends without a deadlock."""

import contextlib
import itertools

import psycopg
import pytest

from tests.calls import Calls, Worker, statement
from tests.waiting import Background, wait_event, wait_until

WRITERS = (
    "claim",
    "record",
    "finish",
    "command",
    "renew",
    "reclaim",
    "maintain",
    "enqueue",
    "replace",
    "set_queue",
    "drain",
    "cancel",
    "exit",
    "abort",
    "bulk",
)


class Plant:
    """Workflows that run, wait and queue, and the statement of every writer about the same ones."""

    def __init__(self, calls: Calls, worker: Worker):
        self.calls, self.worker = calls, worker
        for _ in range(2):
            calls.enqueue("mix", resources=["pump"])
            calls.enqueue("mix", partition_key="k")
            calls.enqueue("mix")
        self.queued = calls.enqueue("mix", deduplication_id="d", on_duplicate="replace")
        calls.set_queue(max_running=100)
        self.running = worker.claim(3)

    def statements(self, writer: str, is_first: bool) -> list[tuple[str, list[object]]]:
        """Two calls of a writer; the other session names the same workflows the other way round."""
        running = self.running if is_first else self.running[::-1]
        made = getattr(self, "_" + writer)(running)
        return made if is_first else made[::-1]

    def _claim(self, running):
        return [self.worker.claim_statement(1), self.worker.claim_statement(2)]

    def _record(self, running):
        whole = [self.worker.record_arguments(one, "weigh")["records"][0] for one in running]
        whole = [{**one, "n": n} for n, one in enumerate(whole)]
        return [statement("record_steps", worker_id=self.worker.worker_id, records=whole)]

    def _finish(self, running):
        whole = [{"w": o["w"], "t": o["t"], "outcome": "success"} for o in running]
        return [
            statement("finish_workflows", **self.worker.finish_arguments(*part))
            for part in (whole[:1], whole[1:])
        ]

    def _command(self, running):
        return [
            statement("send_command", workflow_id=i, command="HOLD")
            for i in (running[0]["w"], self.queued)
        ]

    def _abort(self, running):
        return [
            statement("send_command", workflow_id=i, command="ABORT")
            for i in (running[0]["w"], self.queued)
        ]

    def _bulk(self, running):
        command = "STOP" if running is self.running else "ABORT"
        return [statement("send_commands", command=command, filter={"all": True})]

    def _renew(self, running):
        held = {"held": [[running[0]["w"], running[0]["t"]]], "started": [running[0]["w"]]}
        return [statement("renew_worker", worker_id=self.worker.worker_id, held=held)]

    def _reclaim(self, running):
        return [statement("retire_worker", worker_id=self.worker.worker_id)]

    def _maintain(self, running):
        return [statement("run_maintenance", limit=100)] * 2

    def _enqueue(self, running):
        return [
            statement("enqueue", workflow_name=name, options={"partition_key": "k"})
            for name in ("mix", "new name")
        ]

    def _replace(self, running):
        options = {"deduplication_id": "d", "on_duplicate": "replace"}
        return [statement("enqueue", workflow_name="mix", inputs="1", options=options)]

    def _set_queue(self, running):
        return [statement("set_queue", queue_name="default", options={"max_running": 50})]

    def _drain(self, running):
        return [statement("enter_maintenance", queue_name=name) for name in ("default", None)]

    def _cancel(self, running):
        return [
            statement("enter_maintenance", mode="cancel", queue_name=name)
            for name in (None, "default")
        ]

    def _exit(self, running):
        return [statement("exit_maintenance", queue_name=name) for name in (None, "default")]


LOCKS = ("Lock/transactionid", "Lock/tuple", "Lock/advisory")


@pytest.mark.parametrize(
    ("first", "other"),
    list(itertools.product(WRITERS, WRITERS)),
    ids=lambda writer: writer,
)
def test_every_pair_in_opposite_order(meeting, first, other):
    """The first holds its locks in an open transaction, the other runs into them; the first takes
    more, then commits. A refusal by the protocol is an answer; 40P01 never is."""
    conn, one, two, calls = meeting.conn, meeting.one, meeting.two, meeting.calls
    plant = Plant(calls, Worker(calls, ("mix",)))
    if "exit" in (first, other):
        calls.call("enter_maintenance")
        calls.call("enter_maintenance", queue_name="default")
    mine, theirs = plant.statements(first, True), plant.statements(other, False)
    with protocol_answers():
        one.execute(*mine[0])
    running = Background(two, *theirs[0])
    wait_until(lambda: not running.is_running or wait_event(conn, running.pid) in LOCKS)
    with protocol_answers():
        for more in mine[1:]:
            one.execute(*more)
    one.commit()
    with protocol_answers():
        running.outcome()
    for more in theirs[1:]:
        with protocol_answers():
            Background(two, *more).outcome()


@contextlib.contextmanager
def protocol_answers():
    """The worker retired meanwhile, or maintenance was entered."""
    try:
        yield
    except psycopg.Error as error:
        assert error.sqlstate in ("WF001", "WF005", "25P02"), error


OPEN = {
    "plain": {},
    "same key": {"partition_key": "k"},
    "same resource": {"resources": ["pump"]},
    "same deduplication id": {"deduplication_id": "d"},
    "replace": {"deduplication_id": "queued", "on_duplicate": "replace"},
    "new lane": {"priority": 77},
}


@pytest.mark.parametrize("options", OPEN.values(), ids=OPEN)
def test_finding_4_an_open_transaction_makes_nobody_wait(calls, make_worker, open_session, options):
    """F48: a forgotten commit of one user stops neither claim, finish, maintenance nor others."""
    worker = make_worker("mix")
    held = calls.enqueue("mix", partition_key="k", deduplication_id="d")
    queued = calls.enqueue("mix", deduplication_id="queued")
    later = [calls.enqueue("mix", partition_key="k"), calls.enqueue("mix", resources=["pump"])]
    claimed = worker.claim_one()
    assert claimed["w"] == held
    assert queued
    user = open_session()
    user.enqueue("mix", {"n": 1}, **options)
    calls.conn.execute("set lock_timeout = '1s'")
    assert worker.finish(claimed) == "ok"
    calls.maintain()
    calls.enqueue("mix", priority=78)
    done = worker.work_off()
    assert set(later) <= set(done)
    user.conn.commit()
    worker.work_off()
    query = "select count(*) from workflows.workflow where ended_at is null"
    assert calls.value(query) == 0


@pytest.mark.parametrize("key", ["workflow_id", "deduplication_id"])
def test_f47_batches_in_opposite_order(calls, session, key):
    """Overlapping batches: each of them waits, none of them in a circle."""
    ids = [f"00000000-0000-4000-8000-{n:012}" for n in range(60)]
    items = [{"workflow_name": "mix", "options": {key: i}} for i in ids]
    for _ in range(4):
        statements = [
            statement("enqueue_many", items=batch)
            for batch in (items, items[::-1], items[30:] + items[:30])
        ]
        running = [Background(session().conn, *s) for s in statements]
        assert all(r.outcome() for r in running)
    assert calls.value("select count(*) from workflows.ready") == 60
