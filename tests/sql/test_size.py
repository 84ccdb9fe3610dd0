"""Large payloads: taken up to the setting, else refused before anything is stored."""

import pytest

from tests.calls import refused

MEGABYTE = 1048576


def text_of(size):
    return '"' + "x" * (size - 2) + '"'


def test_f41_the_largest_payload_is_taken(calls):
    calls.call("enqueue", workflow_name="mix", inputs=text_of(MEGABYTE))


@pytest.mark.parametrize(
    "size",
    [MEGABYTE + 1, 10 * MEGABYTE, pytest.param(100 * MEGABYTE, marks=pytest.mark.proof)],
)
def test_f41_more_is_refused_and_nothing_is_stored(calls, size):
    with refused("WF002", "inputs") as detail:
        calls.call("enqueue", workflow_name="mix", inputs=text_of(size))
    assert detail["problem"] == "is larger than 1048576 bytes"
    assert calls.value("select count(*) from workflows.workflow") == 0


def test_f41_the_limit_is_a_setting(calls):
    calls.set_setting("payload_bytes", 10 * MEGABYTE)
    calls.call("enqueue", workflow_name="mix", inputs=text_of(10 * MEGABYTE))
