"""Steps that sleep."""

import pytest

from exchange.workflows import errors, testing
from exchange.workflows.engine.runtime import workflow
from exchange.workflows.steps import sleep


@workflow()
def steps_sleep(ms):
    return [sleep.sleep_ms(ms), sleep.sleep_chunked(ms + 1, 1000)]


def test_alone_they_wait_and_count():
    assert sleep.sleep_ms(1) == {"slept_ms": 1}
    assert sleep.sleep_chunked(5, 2) == {"slept_ms": 5, "chunks": 3, "chunk_ms": 2}


@pytest.mark.parametrize("call", [lambda: sleep.sleep_ms(-1), lambda: sleep.sleep_chunked(1, 0)])
def test_senseless_times_are_refused(call):
    with pytest.raises(errors.BadArgument):
        call()


def test_d21_a_long_sleep_leaves_the_thread_and_outlives_the_worker(rt, clock):
    workflow_id = rt.enqueue("steps_sleep", {"ms": 3600000})
    for _ in range(2):
        testing.drain()
        assert rt.handle(workflow_id).status() == "WAITING"
        clock.advance(3599)
        assert testing.drain() == []
        clock.advance(2)
    [row] = testing.drain()
    assert row["result"][1] == {"slept_ms": 3600001, "chunks": 3601, "chunk_ms": 1000}
    steps = rt.store.list_steps(workflow_id)
    assert [step["step_key"] for step in steps] == ["sleep.ms", "sleep.chunked"]
    assert [step["attempts"] for step in steps] == [2, 2]
