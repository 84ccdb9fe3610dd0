"""A plant as a view of an operator would find it: batches that are done, run, wait, are held and ask."""

from typing import Any

from tests.calls import Calls, Worker
from tests.console.brewery import Brewery

STEPS = ("read_recipe", "weigh_malt", "fill_tank", "heat", "mash", "drain")
FORM = [
    {
        "name": "kilograms",
        "type": "number",
        "min": 0,
        "max": 50,
        "required": True,
        "label": "Weight of the bag",
        "unit": "kg",
    },
    {"name": "grade", "type": "choice", "choices": ["A", "B"], "description": "as printed on it"},
]


def _batch(calls: Calls, number: int) -> str:
    inputs = {"batch": f"B-{number}", "temperature": 71.5}
    return calls.enqueue("mash", inputs, partition_key=f"tank {number % 3 + 1}", actor="shift 1")


def plant_at_work(calls: Calls, brewery: Brewery, make: type[Worker]) -> dict[str, str]:
    worker = make(calls, ("mash", "rinse"), max_attempts=1)
    known = {"done": _batch(calls, 100)}
    _work(worker, worker.claim_one(), STEPS)
    for number in range(101, 125):
        _batch(calls, number)
        claimed = worker.claim_one()
        _work(worker, claimed, STEPS[: 1 + number % 6], is_failing=number % 8 == 0)
    known["running"] = _batch(calls, 125)
    running = worker.claim_one()
    for key in STEPS[:3]:
        worker.record(running, key, output={"kilograms": 24.8})
    calls.command(known["running"], "HOLD", "valve is serviced", actor="olaf")
    calls.command(known["running"], "RESUME", "valve is back", actor="olaf")
    for number in range(126, 134):
        _batch(calls, number)
    held = calls.enqueue("rinse", {"tank": "T-2"}, actor="anna")
    calls.command(held, "HOLD", "no water pressure", actor="olaf")
    _asking(calls, make)
    calls.enqueue("rinse", {"tank": "T-3"}, delay_seconds=3600)
    brewery.fill()
    _take_time(calls)
    return known


def _take_time(calls: Calls) -> None:
    """As if each step had taken a while: the picture of a timeline should have something to show."""
    calls.run(
        "update workflows.step s set started_at = t.first + t.n * interval '7 s', "
        "ended_at = t.first + t.n * interval '7 s' + (2 + t.n) * interval '1 s' "
        "from (select workflow_id, step_key, min(started_at) over (partition by workflow_id) - interval '1 min' as first, "
        "row_number() over (partition by workflow_id order by started_at, step_key) - 1 as n "
        "from workflows.step where kind = 'step') t "
        "where t.workflow_id = s.workflow_id and t.step_key = s.step_key"
    )


def _work(worker: Worker, claimed: Any, keys: tuple[str, ...], is_failing: bool = False) -> None:
    for key in keys:
        worker.record(claimed, key, output={"kilograms": 24.8})
    if is_failing:
        worker.fail(claimed, "the valve does not answer")
    else:
        worker.finish(claimed, result={"litres": 1190})


def _asking(calls: Calls, make: type[Worker]) -> None:
    asking = make(calls, ("add_by_hand",))
    questions = [
        ("Add a bag of hops to tank 2 and weigh it", FORM, ["operator", "shift lead"], False),
        ("Release batch B-118?", None, ["qa"], True),
    ]
    for question, form, roles, needs_second in questions:
        calls.enqueue("add_by_hand", {"tank": "T-2"})
        claimed = asking.claim_one()
        ask = {"question": question, "roles": roles, "second_signature": needs_second}
        if form:
            ask["form"] = form
        asking.record(claimed, "prompt", kind="prompt", ask=ask)
        asking.finish(claimed, "suspend", k="prompt")
