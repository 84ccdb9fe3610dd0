"""Promises of store and worker, end to end."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.engine.client import Workflows
from tests.conformance.plant import MICRO, QUEUE, Working, queue
from tests.conformance.promises import EMOJI, promise


@promise
def a_workflow_is_enqueued_read_and_cancelled(world):
    rt = Workflows(world.host, world.connector)
    inputs = {"tank": EMOJI, "big": 2**60, "none": None, "deep": [{"yes": True}, 1.5]}
    workflow_id = rt.enqueue("conformance_unknown", inputs, queueName=queue(world))
    row = rt.getWorkflow(workflow_id)
    assert row["status"] == "ENQUEUED" and row["inputs"] == inputs, row
    assert rt.sendCommand(workflow_id, "HOLD", reason=EMOJI)["outcome"] == "accepted"
    assert rt.getWorkflow(workflow_id)["status"] == "HELD"
    assert rt.cancel(workflow_id, actor="somebody")["outcome"] == "accepted"
    assert rt.getWorkflow(workflow_id)["status"] == "CANCELLED"
    many = rt.enqueueMany(
        [{"workflowName": "conformance_unknown", "queueName": QUEUE}, {"workflowName": ""}]
    )
    assert "workflow_id" in many[0] and many[1]["error"]["code"] == "WF002", many
    rt.cancel(many[0]["workflow_id"])


@promise
def a_worker_works_200_workflows(world):
    with Working(world, threads=8) as plant:
        noops = [plant.enqueue("conformance_noop", {"number": n}) for n in range(100)]
        steps = [plant.enqueue("conformance_steps", {"tank": "T-%d" % n}) for n in range(100)]
        for n, row in enumerate(plant.ended_all(noops)):
            assert (row["status"], row["result"]) == ("SUCCESS", n), row
        for n, row in enumerate(plant.ended_all(steps)):
            assert (row["status"], row["result"]) == ("SUCCESS", ["T-%d" % n, 4.5, MICRO]), row
        assert len(plant.rt.listSteps(steps[0])) == 3


@promise
def an_error_with_any_text_is_recorded_and_tried_again(world):
    with Working(world) as plant:
        row = plant.ended(plant.enqueue("conformance_failing", {"text": MICRO}))
        assert row["status"] == "ERROR", row
        assert row["error"]["class"] == "ValveStuck" and row["error"]["message"] == MICRO, row[
            "error"
        ]
        [one] = plant.rt.listSteps(row["workflow_id"])
        assert one["attempts"] == 3, one


@promise
def a_transactional_step_commits_its_rows_and_its_record_together(world):
    _make_tables(world)
    with Working(world) as plant:
        good = plant.ended(plant.enqueue("conformance_writing", {"number": 7}))
        assert (good["status"], good["result"]) == ("SUCCESS", 1), good
        bad = plant.ended(plant.enqueue("conformance_writing", {"number": -7}))
        assert bad["status"] == "ERROR", bad
        broken = plant.ended(plant.enqueue("conformance_breaking", {"number": 8}))
        assert (broken["status"], broken["result"]) == ("SUCCESS", 8), broken
    rows = world.admin("select number from public.conformance_plant order by 1")
    assert [int(row[0]) for row in rows] == [7, 8]


@promise
def a_worker_comes_back_when_all_its_sessions_were_terminated(world):
    """F13."""
    with Working(world) as plant:
        plant.ended(plant.enqueue("conformance_noop"))
        world.wait_until(lambda: plant.worker.state.listen_mode == "listen", "the mode")
        for _ in range(3):
            world.terminate()
            assert plant.ended(plant.enqueue("conformance_noop", {"number": 3}))["result"] == 3
        world.wait_until(lambda: plant.worker.state.listen_mode == "listen", "the mode")


@promise
def an_idle_worker_is_woken(world):
    """By a notification, long before it would have looked by itself."""
    world.admin("select %s.set_setting('poll_seconds', '30')" % world.schema)
    try:
        with Working(world) as plant:
            world.wait_until(lambda: plant.worker.dispatcher._is_idle, "the worker to be idle")
            begun = world.host.monotonic()
            plant.ended(plant.enqueue("conformance_noop"))
            assert world.host.monotonic() - begun < 10
    finally:
        world.admin("select %s.set_setting('poll_seconds', '1')" % world.schema)


def _make_tables(world):
    world.admin("drop table if exists public.conformance_plant")
    world.admin("create table public.conformance_plant (number integer)")
    world.admin("drop sequence if exists public.conformance_tries")
    world.admin("create sequence public.conformance_tries")
