"""testing.run_inline with messages, prompts, events and streams: replayed, so nothing happens twice."""

import pytest

from exchange.workflows import errors, testing
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import workflow

OTHER = "018f0000-0000-7000-8000-000000000000"
FORM = [{"name": "kg", "type": "number", "required": True}]


@workflow()
def inline_talks(seconds):
    rt = getWorkflows()
    values = [rt.now(), rt.uuid(), rt.random()]
    rt.setEvent("phase", "started")
    orders = [rt.recv("order", timeoutSeconds=seconds) for _ in range(3)]
    answer = rt.prompt("Weight?", FORM, timeoutSeconds=60, default={"kg": 0})
    rt.progress("weighed", answer)
    rt.setEvent("phase", rt.getEvent(OTHER, "phase", timeoutSeconds=9))
    rt.send(OTHER, {"kg": answer["kg"]}, topic="weight")
    offset = rt.writeStream("weights", answer["kg"])
    assert values == [values[0], values[1], values[2]]
    return {"orders": orders, "answer": answer, "offset": offset, "values": values}


@pytest.mark.parametrize("seconds", [0, 60])
def test_everything_at_once(seconds):
    ended = testing.run_inline(
        inline_talks,
        {"seconds": seconds},
        messages={"order": [{"go": 1}, {"go": 2}]},
        answers=[{"kg": 25}],
        events={OTHER: {"phase": "ready"}},
    )
    assert ended.status == "SUCCESS", ended
    assert ended.result["orders"] == [{"go": 1}, {"go": 2}, None]
    assert (ended.result["answer"], ended.result["offset"]) == ({"kg": 25}, 0)
    assert ended.events == {"phase": "ready", "phase.last_message": "weighed"}
    assert ended.streams == {
        "log": [{"message": "weighed", "extra": {"kg": 25}}],
        "weights": [25],
    }
    assert [(m["workflow_id"], m["topic"], m["message"]) for m in ended.sent] == [
        (OTHER, "weight", {"kg": 25})
    ]
    assert [p["question"] for p in ended.prompts] == ["Weight?"]
    assert [s["output"] for s in ended.steps if s["kind"] == "value"] == ended.result["values"]


def test_where_nothing_comes_the_time_is_over():
    ended = testing.run_inline(inline_talks, {"seconds": 60})
    assert ended.result["orders"] == [None, None, None]
    assert ended.result["answer"] == {"kg": 0}
    assert ended.events["phase"] is None


@workflow()
def inline_asks(seconds):
    return getWorkflows().prompt("Go on?", timeoutSeconds=seconds)


def test_a_prompt_without_default_times_out():
    assert isinstance(testing.run_inline(inline_asks, {"seconds": 5}).error, errors.TimedOut)


def test_a_prompt_that_nobody_ever_answers_is_a_mistake_of_the_test():
    error = testing.run_inline(inline_asks, {"seconds": None}).error
    assert isinstance(error, errors.BadArgument) and "nobody answers" in str(error)
    assert testing.run_inline(inline_asks, {"seconds": None}, answers=[True]).result is True
