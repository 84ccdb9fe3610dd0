"""A parent that runs, and its children, over the SQL functions."""

from typing import Any

from tests.calls import Calls, Worker


class Family:
    """One parent workflow that runs on one worker; its children are worked by another."""

    def __init__(self, calls: Calls, parent_name: str = "parent", **options: Any):
        self.calls = calls
        self.worker = Worker(calls, (parent_name,))
        self.child_worker = Worker(calls, ("child",))
        self.parent = calls.enqueue(parent_name, **options)
        self.claimed = self.worker.claim_one()

    def start(self, count: int = 1, key: str = "startChildren", **ask: Any) -> Any:
        """The answer to the record that starts them."""
        whole = {"workflow_name": "child", "inputs": [{"n": n} for n in range(count)], **ask}
        return self.worker.record(self.claimed, key, kind="child", ask=whole)

    def children(self, count: int = 1, **more: Any) -> list[str]:
        return self.start(count, **more)["output"]

    def wait(
        self, children: list[str], claimed: Any = None, key: str = "waitForAll", **ask: Any
    ) -> Any:
        whole = {"children": children, "mode": "all", "raise": True, "seconds": None, **ask}
        return self.worker.record(claimed or self.claimed, key, kind="await", ask=whole)

    def leave(self, key: str = "waitForAll") -> None:
        assert self.worker.finish(self.claimed, "suspend", k=key) == "ok"

    def park(self, children: list[str], **ask: Any) -> None:
        """The parent waits without a worker."""
        assert self.wait(children, **ask)["a"] == "waiting"
        self.leave()
        assert self.status() == "WAITING"

    def end(self, count: int = 1, outcome: str = "success", **more: Any) -> list[str]:
        """So many children end, each in a call of its own."""
        claimed = self.child_worker.claim(count)
        assert len(claimed) == count
        for one in claimed:
            assert self.child_worker.finish(one, outcome, **more) == "ok"
        return [one["w"] for one in claimed]

    def status(self) -> str:
        return self.calls.status(self.parent)

    def statuses(self, children: list[str]) -> list[str]:
        return [self.calls.status(one) for one in children]

    def orders_of(self, child: str) -> list[tuple[Any, ...]]:
        return self.calls.rows(
            "select command, actor, reason, outcome from workflows.command"
            " where workflow_id = %s::uuid order by command_id",
            child,
        )
