"""What the rules draw: options, names, tokens, bad input."""

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["plain", "plain", "trying", "valve", "press", "nobody"])
WORKFLOW_IDS = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(4)]
FORGED = "11111111-1111-4111-8111-111111111111"
INPUTS = st.sampled_from([{}, {"a": 1}, {"text": "Grüße, \u2603", "deep": [[{"b": None}]]}])
PICK = st.integers(0, 1000)
IS_STALE = st.sampled_from([True, False, True, False, False])
QUEUE_NAMES = st.sampled_from(["default", "line"])

_MEANINGS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "delay": st.sampled_from([0.5, 2, 7]).map(lambda s: {"delay_seconds": s}),
    "late": st.sampled_from([300, 1500, 5000]).map(lambda ms: {"start_before": ms}),
    "key": st.sampled_from("ab").map(lambda k: {"partition_key": k}),
    "locks": st.lists(st.sampled_from(["mixer", "oven", "press"]), min_size=1, max_size=2).map(
        lambda names: {"resources": names}
    ),
    "priority": st.sampled_from([-100, -1, 1, 100]).map(lambda p: {"priority": p}),
    "id": st.sampled_from(WORKFLOW_IDS).map(lambda i: {"workflow_id": i}),
    "once": st.sampled_from("xy").map(lambda d: {"deduplication_id": d}),
    "mode": st.sampled_from(["return", "replace", "reject", "debounce"]).map(
        lambda mode: {"deduplication_id": "x", "on_duplicate": mode}
        | ({"delay_seconds": 2} if mode == "debounce" else {})
    ),
    "queue": st.just({"queue_name": "line"}),
    "lost": st.sampled_from(["retry", "hold", "fail"]).map(lambda p: {"on_worker_lost": p}),
    "timeout": st.sampled_from([1, 5]).map(lambda s: {"timeout_seconds": s}),
    "allowed": st.just({"allow_during_maintenance": True}),
    "tries": st.integers(1, 3).map(lambda n: {"max_attempts": n}),
}


@st.composite
def options(draw: st.DrawFn) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for meaning in draw(st.lists(st.sampled_from(sorted(_MEANINGS)), max_size=3, unique=True)):
        chosen |= draw(_MEANINGS[meaning])
    if chosen.get("start_before", 10**6) <= 1000 * chosen.get("delay_seconds", 0):
        del chosen["start_before"]
    return chosen


class Long(str):
    """A text that is shown as its length. Hypothesis keeps of every example that it has tried the texts of the
    strategies in which it drew again, and there the texts of all rules are in each."""

    def __repr__(self) -> str:
        return f"<{len(self)} characters>"


_DEEP = "[" * 70 + "]" * 70
BAD = st.sampled_from(
    [
        ("", "{}", "{}", "WF002"),
        ("n" * 201, "{}", "{}", "WF002"),
        ("a\nb", "{}", "{}", "WF002"),
        (None, "{}", "{}", "WF002"),
        ("plain", "{", "{}", "WF002"),
        ("plain", '{"a": NaN}', "{}", "WF002"),
        ("plain", '{"a": "\\u0000"}', "{}", "WF002"),
        ("plain", '{"a": "\\ud800"}', "{}", "WF002"),
        ("plain", '{"a": 1e999}', "{}", "WF002"),
        ("plain", _DEEP, "{}", "WF002"),
        ("plain", Long('"' + "x" * 1_050_000 + '"'), "{}", "WF002"),
        ("plain", "{}", "[]", "WF002"),
        ("plain", "{}", '{"colour": 1}', "WF002"),
        ("plain", "{}", '{"priority": 101}', "WF002"),
        ("plain", "{}", '{"priority": 1.5}', "WF002"),
        ("plain", "{}", '{"delay_seconds": -1}', "WF002"),
        ("plain", "{}", '{"delay_seconds": "NaN"}', "WF002"),
        ("plain", "{}", '{"delay_seconds": 1e300}', "WF002"),
        ("plain", "{}", '{"start_before": "2001-01-01T00:00:00Z"}', "WF002"),
        ("plain", "{}", '{"available_at": "tomorrow"}', "WF002"),
        ("plain", "{}", '{"resources": []}', "WF002"),
        ("plain", "{}", '{"workflow_id": "7"}', "WF002"),
        ("plain", "{}", '{"on_duplicate": "reject"}', "WF002"),
        ("plain", "{}", '{"max_attempts": 0}', "WF002"),
        ("plain", "{}", '{"parent": "11111111-1111-4111-8111-111111111111"}', "WF002"),
        ("plain", "{}", '{"queue_name": "nowhere"}', "WF005"),
    ]
)

RETRY = {"max_attempts": 3, "interval_seconds": 1, "backoff_rate": 2, "max_interval_seconds": 8}
RECORDS = st.sampled_from(
    [
        {"kind": "step", "status": "SUCCESS", "output": {"v": 1}, "attempt": 1},
        {"kind": "step", "status": "SUCCESS", "output": 2, "attempt": 2, "retry": RETRY},
        {
            "kind": "step",
            "status": "ERROR",
            "error": {"class": "Boom", "message": "x"},
            "attempt": 1,
        },
        *(
            {
                "kind": "step",
                "status": "ERROR",
                "error": {"class": "Boom"},
                "attempt": n,
                "retry": RETRY,
            }
            for n in (1, 2, 3)
        ),
        {"kind": "tx", "status": "SUCCESS", "output": None, "attempt": 1},
        {"kind": "sleep", "status": "WAITING", "seconds": 3, "attempt": 1},
    ]
)
ERROR = {"class": "Boom", "message": "it broke", "traceback": "line 1"}
OUTCOMES = st.sampled_from(
    [
        {"outcome": "success", "result": {"r": 1}},
        {"outcome": "success"},
        {"outcome": "error", "error": ERROR},
        {"outcome": "error", "error": ERROR},
        {"outcome": "suspend", "k": "s1"},
        {"outcome": "released"},
        {"outcome": "held"},
        {"outcome": "stopped"},
        {"outcome": "cancelled"},
    ]
)
