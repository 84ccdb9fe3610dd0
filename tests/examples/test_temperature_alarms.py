"""The demo's parts, without its processes."""

from examples.temperature_alarms import alarms, readings
from exchange.workflows import testing

STAND_INS = {"write_alarm": 7, "acknowledge": None}


def test_the_year_has_92_crossings():
    assert len(readings.all_readings()) == 8759
    assert readings.count_crossings() == 92


def test_a_reading_at_the_limit_is_a_crossing_once():
    below, at_limit = readings.Reading("a", 67.9), readings.Reading("b", 68.0)
    assert readings.rises_through_limit(below, at_limit)
    assert not readings.rises_through_limit(at_limit, readings.Reading("c", 68.0))


def test_the_workflow_inline(monkeypatch):
    monkeypatch.setattr(alarms, "HISTORIAN_SECONDS", 0)
    inputs = {"measured_at": "2010/06/18 15:00"}
    ended = testing.run_inline(alarms.temperature_alarm, inputs, STAND_INS)
    assert (ended.status, ended.result["highest_f"]) == ("SUCCESS", 68.0)
    names = [step["step_name"] for step in ended.steps]
    assert names == [
        "read_window",
        "summarise",
        "write_alarm",
        "page_operator",
        "sleep",
        "acknowledge",
    ]


def test_every_third_page_is_tried_twice_more(monkeypatch):
    monkeypatch.setattr(alarms, "HISTORIAN_SECONDS", 0)
    alarms._tries.clear()
    inputs = {"measured_at": "2010/06/18 15:00"}
    ended = testing.run_inline(alarms.temperature_alarm, inputs, {**STAND_INS, "write_alarm": 9})
    (page,) = [step for step in ended.steps if step["step_name"] == "page_operator"]
    assert (page["status"], page["attempts"]) == ("SUCCESS", 3)
