"""What a worker counts, and how Prometheus reads it."""

import threading

import pytest

from exchange.workflows import settings
from exchange.workflows.cpython.metrics import exposition
from exchange.workflows.cpython.worker_metrics import worker_metrics
from exchange.workflows.engine import transaction
from exchange.workflows.engine.figures import OTHER, Figures, Spread
from exchange.workflows.engine.lease import Lease
from exchange.workflows.engine.recorder import Recorder
from exchange.workflows.engine.state import WorkerState
from exchange.workflows.host import cpython
from tests.engine.fakes import FakeHost
from tests.engine.plant import ended, seen
from tests.metrics.scrapes import families, reading, samples
from tests.waiting import wait_until

STEP = "ignition_workflows_step_duration_seconds"


def scrape(worker):
    return exposition(worker_metrics(worker.figures())).decode()


def lease(name, outcome, seconds=0.1):
    made = Lease({"w": name, "t": name, "name": name, "started": True, "queue": "default"}, 0.0)
    made.outcome, made.seconds = outcome, seconds
    return made


def test_a_worker_at_work(rt, make_worker):
    worker = make_worker(name="line 1")
    for _ in range(2):
        ended(rt, rt.enqueue("engine_all", {"number": 5}))
        seen.clear()
    ended(rt, rt.enqueue("engine_failing"))
    outcome = {"queue": "default", "workflow": "engine_all", "outcome": "success"}
    wait_until(lambda: not worker.state.held, "every outcome is answered")
    text = scrape(worker)
    assert reading(text, "outcomes_total", **outcome) == 2
    assert reading(text, "outcomes_total", **{**outcome, "workflow": "engine_noop"}) == 2
    failing = {"queue": "default", "workflow": "engine_failing", "outcome": "error"}
    assert reading(text, "outcomes_total", **failing) == 2, "each of its two tries"
    assert reading(text, "workflow_run_duration_seconds_count", workflow="engine_all") == 2
    assert reading(text, "step_duration_seconds_count", step="engine_pump") == 2
    assert reading(text, "step_duration_seconds_bucket", step="engine_write", le="+Inf") == 2
    assert reading(text, "step_duration_seconds_sum", step="engine_note") > 0
    assert reading(text, "step_retries_total", step="engine_pump") == 2
    assert reading(text, "step_tries_total", step="engine_pump", outcome="success") == 2
    assert reading(text, "claimed_workflows_total") == 6
    assert reading(text, "refused_writes_total", kind="step") == 0
    assert reading(text, "worker_info", name="line 1", version=settings.VERSION) == 1
    assert reading(text, "worker_threads") == 4
    assert 0 < reading(text, "worker_lease_remaining_seconds") <= settings.LEASE_MS / 1000
    assert reading(text, "pool_connections_limit") >= reading(text, "pool_connections_in_use")
    assert reading(text, "buffer_entries") == 0
    worker.keeper.poke()
    wait_until(lambda: worker.figures()["listen_lag_seconds"] is not None, "its ping is heard")
    text = scrape(worker)
    assert reading(text, "listener_listening") == 1
    assert 0 <= reading(text, "listener_lag_seconds") < 10


def test_a_workflow_that_leaves_is_counted_as_that(rt, make_worker):
    worker = make_worker()
    workflow_id = rt.enqueue("engine_sleeper")
    wait_until(lambda: rt.handle(workflow_id).status() == "WAITING", "it sleeps")
    labels = {"queue": "default", "workflow": "engine_sleeper", "outcome": "suspend"}
    wait_until(lambda: not worker.state.held, "the outcome is answered")
    assert reading(scrape(worker), "outcomes_total", **labels) == 1


def test_reclaims_are_counted_by_who_did_them(rt, make_worker):
    worker = make_worker()
    worker.maintenance._store.run_maintenance = lambda limit: {"did": {"reclaimed": 3}}
    before = worker.figures()["reclaimed"]
    worker.maintenance.turn()
    assert reading(scrape(worker), "reclaims_total") >= before + 3


@pytest.mark.parametrize("answer", ["WF001", "recorded"])
def test_a_late_record_is_counted_where_the_database_refused_it(answer):
    host = FakeHost()
    state = WorkerState(host)

    class Said:
        def settle(self, answered):
            self.answered = answered

    recorder = Recorder(host, state, None)
    recorder.answered([(lease("a", None), "", Said())], [{"n": 0, "a": answer}])
    assert state.figures.refused_records == (1 if answer == "WF001" else 0)


def test_only_so_many_names_are_counted_one_by_one(monkeypatch):
    monkeypatch.setattr(settings, "FIGURE_NAMES", 3)
    figures = Figures(cpython)
    for number in range(10):
        figures.ended([lease(f"flow {number}", "success")])
        figures.step_ended(f"step {number}", "success", 0.1)
    found = figures.figures()
    assert len(found["workflows"]) == len(found["steps"]) == 4
    assert found["workflows"][OTHER]["count"] == found["steps"][OTHER]["count"] == 7
    assert {o["workflow_name"]: o["count"] for o in found["outcomes"]}[OTHER] == 7


def test_nothing_is_lost_between_threads():
    figures = Figures(cpython)

    def count():
        for _ in range(2000):
            figures.step_ended("fill", "success", 0.01)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = figures.figures()
    assert found["steps"]["fill"]["count"] == 8000
    assert found["tries"] == [{"step_name": "fill", "outcome": "success", "count": 8000}]


def test_a_duration_is_in_the_first_bucket_that_holds_it():
    spread = Spread()
    for seconds in (0.005, 0.0051, 1e9):
        spread.add(seconds)
    assert spread.buckets[:2] == [1, 1] and spread.buckets[-1] == 1
    assert sum(spread.buckets) == 3


def test_names_and_units_by_convention(rt, make_worker):
    text = scrape(make_worker())
    for name, kind in families(text).items():
        assert name.startswith("ignition_workflows_") and not name.endswith("_ms")
        assert kind in ("counter", "gauge", "histogram", "info"), name
    for (name, labels), _ in samples(text).items():
        assert dict(labels).keys() <= {
            "queue", "workflow", "step", "outcome", "kind", "le", "name", "version",
        }, name  # fmt: skip


def test_a_record_of_a_transaction_that_came_too_late(rt, make_worker, monkeypatch):
    worker = make_worker()

    def refused(*args):
        raise transaction._NotRecorded({"n": 0, "a": "WF001"})

    monkeypatch.setattr(transaction, "_run_once", refused)
    rt.enqueue("engine_catcher", {"number": 1})
    wait_until(lambda: worker.figures()["refused_records"] > 0, "it is counted")
