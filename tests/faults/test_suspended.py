"""A suspended machine, a long collection: nobody took the work away, and the lease has run out (F8).

The process cannot know that time has passed but by its own monotonic clock, and the database is out of reach.
"""

import pytest

from tests.faults.history import read_lines
from tests.faults.site import until_true
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
EXPIRED = "select bool_and(expires_at < clock_timestamp()) from workflows.worker"
NO_GUARD = (
    "exchange.workflows.engine.executor",
    "if self.monotonic() < self.state.lease_until:",
    "if True:",
)


def start(site, proxy, kind: str, is_guarded: bool):
    dsn = site.server.dsn(site.dbname, port=str(proxy.port))
    if kind == "gateway":
        return site.gateway("a", dsn=dsn, threads=1, changes=[] if is_guarded else [NO_GUARD])
    mutation = "" if is_guarded else "starts_without_lease"
    return site.worker("a", dsn=dsn, threads=1, mutation=mutation)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
@pytest.mark.parametrize("kind", ["process", "gateway"])
def test_f8_no_body_begins_after_a_suspension_before_a_renewal(site, proxy, kind, is_guarded):
    worker = start(site, proxy, kind, is_guarded)
    workflow_id = site.enqueue("steps_after_waiting", {"until": "go"})
    site.wait_file("in_go")
    proxy.switch("blackhole")
    worker.freeze()
    wait_until(worker.is_stopped, "it to stand still")
    wait_until(lambda: site.one(EXPIRED), "the lease to run out", 20)
    site.let("go")
    worker.thaw()
    has_begun = until_true(lambda: read_lines(site.directory / "effects.jsonl"), 2)
    assert bool(has_begun) is not is_guarded
    if not is_guarded:
        return
    proxy.switch("pass")
    assert site.wait_ended(workflow_id, seconds=30) == ["SUCCESS"]
    history = site.assert_promises(label=f"F8 suspended {kind}")
    assert [effect["worker"] for effect in history.effects] == ["a", "a"]
