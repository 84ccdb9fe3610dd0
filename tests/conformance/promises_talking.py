"""Promises of what talks to running workflows, over each connector."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.engine.client import Workflows
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import workflow
from tests.conformance.plant import MICRO, QUEUE, Working
from tests.conformance.promises import EMOJI, promise, refused


@workflow()
def conformance_talking():
    """Leaves its thread twice, so that all before is replayed."""
    rt = getWorkflows()
    made = [rt.now(), rt.uuid(), rt.random()]
    rt.setEvent(MICRO, EMOJI)
    offset = rt.progress(EMOJI, {"tank": MICRO})
    order = rt.recv("order", timeoutSeconds=600)
    form = [{"name": "kg", "type": "number", "required": True}]
    answer = rt.prompt(EMOJI, form, roles=[MICRO], timeoutSeconds=600)
    last = rt.recv("order")
    return {"made": made, "offset": offset, "order": order, "answer": answer, "last": last}


_others = []


@workflow()
def conformance_another_way(to):
    """What a runtime of a module says inside a workflow, which leaves its thread once."""
    rt = _others[-1]
    rt.setEvent("phase", "told")
    sent = rt.send(to, 1, topic="order")
    rt.recv("go", timeoutSeconds=600)
    return sent


@promise
def by_another_way_to_the_same_database_a_replay_sends_nothing_twice(world):
    with Working(world) as plant:
        _others.append(Workflows(world.host, world.make_connector()))
        to = plant.rt.enqueue("conformance_noop", queueName=QUEUE, delaySeconds=86400)
        workflow_id = plant.enqueue("conformance_another_way", {"to": to})
        world.wait_until(lambda: plant.rt.handle(workflow_id).status() == "WAITING", "the message")
        plant.rt.send(workflow_id, 1, topic="go")
        sent = plant.ended(workflow_id)["result"]
        query = "select message_id::text from %s.message where workflow_id = '%s'"
        assert world.admin(query % (world.schema, to)) == [[sent]]
        plant.rt.cancel(to)
        _others.pop().close()


@promise
def a_workflow_receives_publishes_and_asks_once(world):
    with Working(world) as plant:
        rt = plant.rt
        workflow_id = plant.enqueue("conformance_talking")
        handle = rt.handle(workflow_id)
        world.wait_until(lambda: handle.status() == "WAITING", "the order")
        assert rt.getEvent(workflow_id, MICRO) == EMOJI
        rt.send(workflow_id, {"parts": [EMOJI, 2**60, None]}, topic="order")
        [prompt] = world.wait_until(lambda: rt.listPrompts(workflow_id=workflow_id), "the prompt")
        assert (prompt["question"], prompt["roles"]) == (EMOJI, [MICRO]), prompt
        world.wait_until(lambda: handle.status() == "WAITING", "the answer")
        wrong = refused(errors.BadArgument, _answer, rt, prompt["prompt_id"], {"kg": MICRO})
        assert wrong.detail["errors"][0]["path"] == "answer.kg", wrong.detail
        _answer(rt, prompt["prompt_id"], {"kg": 2.5})
        result = plant.ended(workflow_id)["result"]
        assert result["order"] == {"parts": [EMOJI, 2**60, None]}, result
        assert (result["answer"], result["offset"], result["last"]) == ({"kg": 2.5}, 0, None)
        values = [one["output"] for one in rt.listSteps(workflow_id) if one["kind"] == "value"]
        assert values == result["made"] and compat.is_id(values[1]), values
        [entry] = rt.readStream(workflow_id, "log")
        assert entry["value"] == {"message": EMOJI, "extra": {"tank": MICRO}}, entry
        late = refused(errors.CommandRejected, _answer, rt, prompt["prompt_id"], {"kg": 3})
        assert late.detail["answered_by"] == EMOJI.strip(), late.detail
        refused(errors.CommandRejected, rt.send, workflow_id, 1)


def _answer(rt, prompt_id, answer):
    return rt.answerPrompt(prompt_id, answer, EMOJI.strip(), roles=[MICRO], reason=EMOJI)
