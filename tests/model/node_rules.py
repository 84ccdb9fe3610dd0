"""The rules of those who look after nodes: maintenance entered and left, nodes that stand by or drain."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model import people, working
from tests.model.book import Worker
from tests.model.draws import PICK, QUEUE_NAMES
from tests.model.worker_rules import WorkerRules

IS_STAYING = st.sampled_from([False, False, False, True])


class NodeRules(WorkerRules):
    """Maintenance, run_on, is_active and is_draining."""

    def enter(self, queue: str | None, mode: str) -> None:
        now = self.session.tick()
        if self.book.maintenance.get(queue, ("",))[0] != mode:
            self.book.maintenance[queue] = mode, now
        queued, running = people.cancel_maintained(self.book, now)
        answer = self.session.call("enter_maintenance", mode, None, queue, "ann")
        found = answer["cancelled"]
        assert found == {"queued": queued, "running": running}, f"cancelled {found}"
        self.agree()

    def leave(self, queue: str | None) -> None:
        self.session.tick()
        was_entered = self.book.maintenance.pop(queue, None) is not None
        is_entered = any(self.book.mode(q) for q in self.book.queues if queue in (None, q))
        answer = self.session.call("exit_maintenance", queue)
        assert answer["was_entered"] == was_entered and answer["is_entered"] == is_entered
        self.agree()

    @rule(
        pick=PICK,
        queue=st.one_of(st.none(), QUEUE_NAMES),
        mode=st.sampled_from(["drain", "drain", "cancel"]),
        stays=IS_STAYING,
    )
    def be_maintained(self, pick: int, queue: str | None, mode: str, stays: bool) -> None:
        """With work at hand, nothing of it starts; what was let in waits until it is over."""
        self.bring_work(pick)
        if pick % 2:
            self.claim(0, 1, 0, False)
            self.agree()
        self.enter(queue, mode)
        options = {"allow_during_maintenance": True} if pick % 3 else {}
        self.enqueue_one("plain", {}, options | {"queue_name": queue or "line"})
        self.refuse_clean_batch()
        if mode == "cancel":
            self.enter(queue, mode)  # what was let in meanwhile is not cancelled
        self.claim(0, 2, 1, pick % 5 == 0)
        self.agree()
        self.count_maintained()
        if not stays:
            self.leave(queue)
            self.claim(0, 2, 0, False)

    def refuse_clean_batch(self) -> None:
        if self.book.mode("default"):
            self.session.tick()
            batch = [{"workflow_name": name} for name in ("plain", "valve")]
            answers = self.session.call("enqueue_many", batch)
            assert [a.get("error", {}).get("code") for a in answers] == ["WF005"] * 2, f"{answers}"

    @rule(queue=st.one_of(st.none(), QUEUE_NAMES))
    def end_maintenance(self, queue: str | None) -> None:
        self.leave(queue)
        self.leave(None)

    def count_maintained(self) -> None:
        answer = self.session.call("get_maintenance")
        names = [name for name in sorted(self.book.queues) if self.book.mode(name)]
        found = [(q["queue_name"], q["mode"]) for q in answer["queues"]]
        assert found == [(name, self.book.mode(name)) for name in names], f"{answer}"
        for status, key in (("RUNNING", "running"), ("ENQUEUED", "enqueued")):
            count = sum(w.queue in names for w in self.book.status(status))
            assert answer[key] == count, f"{key} {answer[key]}, not {count}"

    def tell(self, worker: Worker, **node: bool) -> None:
        """A renewal that says what has become of the node."""
        now = self.session.tick()
        mine = [w for w in self.book.status("RUNNING") if w.worker == worker.id]
        held = [(w.id, w.token or "") for w in mine]
        expected = working.renew(self.book, worker, held, [], now, **node)
        answer = self.session.call("renew_worker", worker.id, {"held": held, **node})
        assert answer["is_lost"] == expected["is_lost"], f"{answer}"
        self.agree()

    @rule(
        pick=PICK,
        run_on=st.sampled_from(["active", "any", "prefer_active", "prefer_active"]),
        node=st.sampled_from([{"is_active": False}, {"is_active": False}, {"is_draining": True}]),
        stays=IS_STAYING,
    )
    def stand_by(self, pick: int, run_on: str, node: dict[str, Any], stays: bool) -> None:
        """With work at hand, a worker claims only where its node may; then it is back."""
        self.bring_work(pick)
        for queue in self.book.queues if pick % 2 else ["default"]:
            self.set_run_on(queue, run_on)
        worker = self.worker(0)
        self.tell(worker, **node)
        if pick % 3 == 0:
            for other in self.book.workers.values():
                if other is not worker and not other.is_gone:
                    self.tell(other, is_active=False)
        self.claim(0, 2, 1, pick % 5 == 0)
        self.agree()
        if not stays:
            for other in self.book.workers.values():
                if not other.is_gone:
                    self.tell(other, is_active=True, is_draining=False)

    def set_run_on(self, queue: str, run_on: str) -> None:
        self.session.tick()
        answer = self.session.call("set_queue", queue, {"run_on": run_on})
        assert answer["run_on"] == run_on
        self.book.queues[queue].run_on = run_on
