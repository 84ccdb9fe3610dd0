"""Events, streams, progress and recorded values; read_events and read_stream."""

import re

import pytest

from tests.calls import refused

UNKNOWN = "018f0000-0000-7000-8000-000000000000"


def set_event(worker, claimed, value, key="setEvent", name="phase"):
    return worker.record(claimed, key, kind="event", ask={"key": name, "value": value})


def get_event(worker, claimed, publisher, key="getEvent", seconds=0, name="phase"):
    ask = {"workflow_id": publisher, "key": name, "seconds": seconds}
    return worker.record(claimed, key, kind="get_event", ask=ask)


def events(calls, workflow_id, **options):
    found = calls.call("read_events", workflow_id=workflow_id, options=options)
    return [(e["key"], e["value"], e["change_no"]) for e in found]


def test_the_latest_value_and_the_history(calls, worker, claimed):
    for n, value in enumerate(["fill", "mix", None]):
        for _ in range(2):
            answer = set_event(worker, claimed, value, f"setEvent#{n}")
            assert (answer["a"], answer["output"]) == ("replayed", None)
    set_event(worker, claimed, {"kg": 5}, "other", "weight")
    assert events(calls, claimed["w"]) == [("phase", None, 3), ("weight", {"kg": 5}, 1)]
    assert events(calls, claimed["w"], key="weight") == [("weight", {"kg": 5}, 1)]
    history = events(calls, claimed["w"], key="phase", history=True)
    assert history == [("phase", None, 3), ("phase", "mix", 2), ("phase", "fill", 1)]
    assert len(events(calls, claimed["w"], history=True, limit=2)) == 2


def test_what_was_read_is_recorded(calls, worker, claimed):
    set_event(worker, claimed, "fill")
    assert get_event(worker, claimed, claimed["w"])["output"] == "fill"
    set_event(worker, claimed, "mix", "setEvent#2")
    assert get_event(worker, claimed, claimed["w"])["output"] == "fill"
    assert get_event(worker, claimed, claimed["w"], "getEvent#2")["output"] == "mix"


@pytest.mark.parametrize("is_held", [False, True])
def test_setting_it_wakes_who_waits_for_it(calls, worker, claimed, is_held):
    calls.enqueue("mix")
    reader = worker.claim_one()
    assert get_event(worker, reader, claimed["w"], seconds=60)["a"] == "waiting"
    worker.finish(reader, "suspend", k="getEvent")
    if is_held:
        calls.command(reader["w"], "HOLD")
    set_event(worker, claimed, 1, "other", "weight")
    assert calls.value("select count(*) from workflows.wake_call") == 0
    set_event(worker, claimed, "fill")
    if is_held:
        assert worker.claim() == []
        calls.command(reader["w"], "RESUME")
    again = worker.claim_one()
    assert get_event(worker, again, claimed["w"], seconds=60)["output"] == "fill"


def test_time_over_an_unknown_id_and_one_that_ended(calls, worker, claimed, clock):
    assert get_event(worker, claimed, UNKNOWN)["error"]["class"] == "UnknownId"
    other = calls.enqueue("mix")
    assert get_event(worker, claimed, other, "a", 60)["a"] == "waiting"
    calls.command(other, "STOP")
    assert get_event(worker, claimed, other, "b", 60)["output"] is None
    clock.advance(61)
    assert get_event(worker, claimed, other, "a", 60)["status"] == "SUCCESS"


def write(worker, claimed, value, key, name="log"):
    return worker.record(claimed, key, kind="stream", ask={"key": name, "value": value})["output"]


def stream(calls, workflow_id, name="log", **options):
    found = calls.call("read_stream", workflow_id=workflow_id, stream=name, options=options)
    return [(e["offset"], e["value"]) for e in found]


def test_one_entry_per_call_in_order_from_0(calls, worker, claimed):
    for n in range(3):
        assert [write(worker, claimed, f"line {n}", f"w#{n}") for _ in range(2)] == [n, n]
    assert write(worker, claimed, None, "other", "alarms") == 0
    worker.finish(claimed, "released")
    again = worker.claim_one()
    assert write(worker, again, "line 2", "w#2") == 2
    assert write(worker, again, "line 3", "w#3") == 3
    assert stream(calls, claimed["w"]) == [(n, f"line {n}") for n in range(4)]
    assert stream(calls, claimed["w"], offset=1, limit=2) == [(1, "line 1"), (2, "line 2")]
    assert stream(calls, claimed["w"], "alarms") == [(0, None)]
    assert stream(calls, claimed["w"], "nothing") == []


def test_progress_is_an_entry_and_an_event_as_one_step(calls, worker, claimed):
    ask = {"value": {"message": "half full", "extra": {"kg": 5}}}
    for _ in range(2):
        assert worker.record(claimed, "progress", kind="progress", ask=ask)["output"] == 0
    assert stream(calls, claimed["w"]) == [(0, ask["value"])]
    assert events(calls, claimed["w"]) == [("phase.last_message", "half full", 1)]
    assert [s["kind"] for s in calls.steps(claimed["w"])] == ["progress"]


def test_the_time_is_the_databases_and_recorded(worker, claimed, clock):
    first = worker.record(claimed, "now", kind="value", ask={"value": "now"})["output"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", first)
    clock.advance(3600)
    assert worker.record(claimed, "now", kind="value", ask={"value": "now"})["output"] == first
    later = worker.record(claimed, "now#2", kind="value", ask={"value": "now"})["output"]
    assert later[:10] + later[11:13] > first[:10] + first[11:13]


BAD = [
    ("read_events", {"workflow_id": UNKNOWN}, "WF003", None),
    ("read_events", {"workflow_id": "x"}, "WF002", "workflow_id"),
    ("read_events", {"options": '{"colour": 1}'}, "WF002", "colour"),
    ("read_events", {"options": '{"limit": 0}'}, "WF002", "limit"),
    ("read_events", {"options": '{"limit": 1.5}'}, "WF002", "limit"),
    ("read_events", {"options": '{"limit": "many"}'}, "WF002", "limit"),
    ("read_events", {"options": '{"limit": "NaN"}'}, "WF002", "limit"),
    ("read_events", {"options": '{"history": "yes"}'}, "WF002", "history"),
    ("read_events", {"options": "[" * 100000}, "WF002", "options"),
    ("read_stream", {"workflow_id": UNKNOWN, "stream": "log"}, "WF003", None),
    ("read_stream", {"stream": None}, "WF002", "stream"),
    ("read_stream", {"stream": ""}, "WF002", "stream"),
    ("read_stream", {"stream": "log", "options": '{"offset": -1}'}, "WF002", "offset"),
    ("read_stream", {"stream": "log", "options": '{"limit": 1001}'}, "WF002", "limit"),
    ("read_stream", {"stream": "log", "options": '{"key": "x"}'}, "WF002", "key"),
]


@pytest.mark.parametrize(("function", "given", "code", "field"), BAD)
def test_bad_input(calls, claimed, function, given, code, field):
    with refused(code, field):
        calls.call(function, **{"workflow_id": claimed["w"], **given})
