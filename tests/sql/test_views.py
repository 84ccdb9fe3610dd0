"""Views, settings, queues, lists: what people and screens read."""

import pytest

from tests.calls import lose, refused


def depth(calls, queue="default"):
    query = """select enqueued, delayed, blocked, running, waiting, held, dead_letters
      from workflows.queue_depth where queue_name = %s"""
    return calls.rows(query, queue)[0]


@pytest.fixture
def stand(calls, make_worker):
    """One workflow in every status, two ENQUEUED."""
    worker = make_worker("mix")
    failed = calls.enqueue("mix")
    worker.fail(worker.claim_one())
    sleeper = calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=60)
    worker.finish(claimed, "suspend", k="nap")
    running = calls.enqueue("mix", partition_key="k", resources=["pump"], actor="anna")
    claimed = worker.claim_one()
    calls.enqueue("mix", partition_key="k")
    worker.claim(1)
    calls.command(calls.enqueue("mix"), "HOLD")
    calls.enqueue("mix", delay_seconds=60)
    for _ in range(2):
        calls.enqueue("mix")
    return {"failed": failed, "sleeper": sleeper, "running": running, "claimed": claimed}


def test_queue_depth(calls, stand):
    assert depth(calls) == (2, 1, 1, 1, 1, 1, 1)
    calls.call("create_queue", queue_name="empty")
    assert depth(calls, "empty") == (0, 0, 0, 0, 0, 0, 0)


def test_queue_depth_without_any_worker(calls, clock):
    """Nobody has made the lanes yet; the work is there all the same."""
    for n in range(3):
        calls.enqueue(f"name {n % 2}")
    assert depth(calls)[0] == 3
    query = "select oldest_enqueued_seconds from workflows.queue_depth"
    assert calls.value(query) >= 0
    calls.maintain()
    assert depth(calls)[0] == 3


@pytest.mark.parametrize("comes_back", ["retried", "resumed", "due"])
def test_the_age_of_the_oldest_counts_from_when_it_could_be_claimed(
    calls, clock, make_worker, comes_back
):
    delay = {"delay_seconds": 3600} if comes_back == "due" else {}
    workflow_id = calls.enqueue("mix", **delay)
    if comes_back == "retried":
        worker = make_worker("mix")
        worker.fail(worker.claim_one())
    elif comes_back == "resumed":
        calls.command(workflow_id, "HOLD")
    clock.advance(3600)
    if comes_back == "retried":
        calls.call("retry_workflow", workflow_id=workflow_id)
    elif comes_back == "resumed":
        calls.command(workflow_id, "RESUME")
    calls.maintain()
    assert calls.status(workflow_id) == "ENQUEUED"
    query = """select extract(epoch from workflows.clock_now() - f.oldest_enqueued_at) < 60
      from workflows.queue q, workflows.queue_figures(q.queue_id) f where queue_name = 'default'"""
    assert calls.value(query)


def test_list_queues_adds_limits(calls, stand):
    calls.set_queue(max_running=7)
    (queue,) = calls.call("list_queues")
    assert (queue["enqueued"], queue["max_running"], queue["accepts_work"]) == (2, 7, True)


def test_workflow_status(calls, stand):
    query = "select status, count(*) from workflows.workflow_status group by 1"
    assert dict(calls.rows(query)) == {
        "BLOCKED": 1,
        "DELAYED": 1,
        "ENQUEUED": 2,
        "ERROR": 1,
        "HELD": 1,
        "RUNNING": 1,
        "WAITING": 1,
    }
    query = "select enqueued_by, resources from workflows.workflow_status where status = 'RUNNING'"
    assert calls.rows(query) == [("anna", "pump")]


def test_running_workflow(calls, stand):
    query = "select workflow_id, worker_name, waiting_command from workflows.running_workflow"
    assert calls.rows(query) == [(stand["running"], "test", None)]


def test_resource_status(calls, stand):
    query = "select kind, held_by, waiting from workflows.resource_status order by kind"
    assert calls.rows(query) == [
        ("partition key", stand["running"], 1),
        ("resource", stand["running"], 0),
    ]


def test_dead_letter(calls, stand):
    query = "select workflow_id, error_class, error_message, failure_count from "
    assert calls.rows(query + "workflows.dead_letter") == [
        (stand["failed"], "ValueError", "pump", 1)
    ]


def test_command_log(calls, stand):
    query = "select command, outcome, database_user, workflow_name from workflows.command_log"
    assert calls.rows(query) == [("HOLD", "obeyed", calls.conn.info.user, "mix")]


def test_worker_status(calls, make_worker, clock):
    alive, retired, _lost = (make_worker("mix") for _ in range(3))
    query = "select status, listen_mode, definitions from workflows.worker_status order by 1"
    assert calls.rows(query) == [("active", "listen", 1)] * 3
    retired.retire()
    lose(clock, calls, alive)
    assert [row[0] for row in calls.rows(query)] == ["active", "lost", "retired"]


def test_health_says_what_to_do(calls, stand, make_worker):
    query = "select check_name, status, advice from workflows.health"
    found = {name: (status, advice) for name, status, advice in calls.rows(query)}
    assert found["schema version"][0] == found["workers"][0] == "ok"
    assert found["dead letters"][0] == "warning"
    assert all(advice for status, advice in found.values() if status != "ok")
    make_worker("mix").renew(listen_mode="poll")
    assert dict(r[:2] for r in calls.rows(query))["workers that listen"] == "warning"


def test_history_errors_or_full(calls, make_worker):
    worker = make_worker("mix")
    query = "select event, status from workflows.audit where workflow_id = %s::uuid order by 1, 2"
    quiet = calls.enqueue("mix")
    worker.finish(worker.claim_one())
    assert calls.rows(query, quiet) == []
    calls.set_queue(history="full")
    loud = calls.enqueue("mix")
    worker.finish(worker.claim_one())
    assert ("success", "SUCCESS") in calls.rows(query, loud)


def test_list_workflows(calls, stand):
    everything = calls.call("list_workflows")
    assert len(everything) == 8
    assert [w["workflow_id"] for w in everything] == sorted(
        (w["workflow_id"] for w in everything), reverse=True
    )
    page = calls.call("list_workflows", filter={"limit": 3})
    assert page == everything[:3]
    rest = calls.call("list_workflows", filter={"before": page[-1]["workflow_id"]})
    assert rest == everything[3:]
    for status, count in (("ENQUEUED", 2), ("error", 1), ("SUCCESS", 0)):
        assert len(calls.call("list_workflows", filter={"status": status}) or []) == count
    found = calls.call("list_workflows", filter={"partition_key": "k", "state": "RUNNING"})
    assert [w["workflow_id"] for w in found] == [stand["running"]]
    for text in (stand["running"], "MI", "pump"):
        found = calls.call("list_workflows", filter={"search": text, "state": "RUNNING"})
        assert stand["running"] in [w["workflow_id"] for w in found]
    assert calls.call("list_workflows", filter={"search": "%"}) == []
    assert calls.call("list_workflows", filter={"queue_name": "nowhere"}) == []


def test_list_workflows_gives_at_most_1000(calls):
    calls.run("select workflows.enqueue('mix') from generate_series(1, 1005)")
    assert len(calls.call("list_workflows", filter={"limit": 1000})) == 1000
    with refused("WF002", "limit"):
        calls.call("list_workflows", filter={"limit": 1001})
    assert len(calls.call("list_workflows")) == 100


def test_settings_are_audited(calls):
    calls.set_setting("max_reclaims", 9)
    listed = {s["setting_name"]: s["setting_value"] for s in calls.call("list_settings")}
    assert listed["max_reclaims"] == "9"
    query = """select detail, old_value, new_value from workflows.audit
      where event = 'setting changed'"""
    assert calls.rows(query) == [("max_reclaims", "5", "9")]


def test_the_lease_setting_reaches_new_workers(calls, make_worker):
    calls.set_setting("lease_seconds", 4)
    worker = make_worker("mix")
    assert worker.registration["lease_ms"] == 4000
    assert worker.registration["renew_ms"] == 1000
    assert worker.registration["channel"].endswith("_wake")


def test_create_queue_twice_keeps_what_is_set(calls):
    calls.call("create_queue", queue_name="q", options={"max_running": 3})
    calls.call("create_queue", queue_name="q")
    queues = {q["queue_name"]: q for q in calls.call("list_queues")}
    assert queues["q"]["max_running"] == 3


def test_workers_are_forgotten_after_a_day(calls, make_worker, clock):
    make_worker("mix").retire()
    clock.advance(86500)
    calls.maintain()
    assert calls.rows("select from workflows.worker_definition") == []
    assert calls.rows("select from workflows.worker") == []


def test_retry_cannot_make_two_of_one_deduplication_id(calls, make_worker):
    worker = make_worker("mix")
    first = calls.enqueue("mix", deduplication_id="x")
    worker.fail(worker.claim_one())
    second = calls.enqueue("mix", deduplication_id="x")
    assert second != first
    with refused("WF006", "deduplication_id") as detail:
        calls.retry(first)
    assert detail["workflow_id"] == second
    worker.finish(worker.claim_one())
    assert calls.retry(first)["outcome"] == "accepted"
    assert calls.enqueue("mix", deduplication_id="x") == first
