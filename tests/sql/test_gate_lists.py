"""list_gates and list_tickets: who holds a resource or partition key, and who waits, in order."""

import pytest

from tests.calls import Worker, refused


@pytest.fixture
def gates(calls):
    return lambda **filters: calls.call("list_gates", filter=filters)


@pytest.fixture
def tickets(calls):
    return lambda **filters: calls.call("list_tickets", filter=filters)


def waiting(answer):
    return [one["workflow_id"] for one in answer["waiting"]]


def test_the_holder_and_the_line_in_order_of_the_hand_over(calls, tickets):
    worker = Worker(calls)
    holder = calls.enqueue(resources=["reactor 1"], actor="shift 1")
    (claimed,) = worker.claim(10)
    later = calls.enqueue(resources=["reactor 1"], priority=5)
    first = calls.enqueue(resources=["reactor 1", "pump"])
    urgent = calls.enqueue(resources=["reactor 1"], priority=-5)
    assert worker.claim(10) == []
    answer = tickets(resource="reactor 1")
    assert answer["holder"]["workflow_id"] == holder == claimed["w"]
    assert answer["holder"]["enqueued_by"] == "shift 1"
    assert waiting(answer) == [urgent, first, later]
    assert [one["priority"] for one in answer["waiting"]] == [-5, 0, 5]
    assert [one["other_gates"] for one in answer["waiting"]] == [0, 1, 0]
    assert (answer["waiting_count"], answer["ahead"], answer["next"]) == (3, 0, None)
    for expected in (urgent, first, later):
        worker.finish(claimed)
        (claimed,) = worker.claim(10)
        assert claimed["w"] == expected
    assert waiting(tickets(resource="reactor 1")) == []


def test_a_long_line_by_pages(calls, tickets):
    ids = [calls.enqueue(partition_key="line 1", priority=n % 3) for n in range(25)]
    (claimed,) = Worker(calls).claim(30)
    found: list[str] = []
    after: dict[str, str] | None = {}
    while after is not None:
        page = tickets(queue_name="default", partition_key="line 1", limit=7, **after)
        assert page["ahead"] == len(found) and page["waiting_count"] == 24
        found += waiting(page)
        after = {"after": page["next"]} if page["next"] else None
    expected = [one for priority in range(3) for one in ids[priority::3] if one != claimed["w"]]
    assert found == expected


def test_those_who_are_passed_over_say_why(calls, tickets):
    calls.call("create_queue", queue_name="other")
    calls.enqueue(resources=["mill"])
    Worker(calls).claim(1)
    held, _ = calls.enqueue(resources=["mill"]), calls.enqueue(resources=["mill"])
    calls.enqueue(resources=["mill"], queue_name="other")
    Worker(calls, queues=("default", "other")).claim(10)
    calls.command(held, "HOLD")
    calls.call("pause_queue", queue_name="other")
    answer = tickets(resource="mill")
    told = {one["passed_over"] for one in answer["waiting"]}
    assert told == {"held", None, "its queue is paused"}
    assert answer["waiting"][0]["status"] == "HELD" and answer["waiting"][0]["is_held"]
    calls.call("enter_maintenance", mode="drain", queue_name="other")
    assert tickets(resource="mill")["waiting"][2]["passed_over"] == "its queue is in maintenance"


def test_nobody_holds_and_nobody_waits(tickets):
    nobody = {"holder": None, "waiting": [], "waiting_count": 0, "ahead": 0, "next": None}
    assert tickets(resource="nothing like it") == nobody
    assert tickets(queue_name="not there", partition_key="x") == nobody


@pytest.mark.parametrize(
    "filters, field",
    [
        ({}, "resource"),
        ({"partition_key": "x"}, "resource"),
        ({"queue_name": "x"}, "resource"),
        ({"resource": "x", "partition_key": "y", "queue_name": "z"}, "resource"),
        ({"resource": "x", "queue_name": "z"}, "resource"),
        ({"resource": 5}, "resource"),
        ({"resource": "x", "limit": 201}, "limit"),
        ({"resource": "x", "after": "1"}, "after"),
        ({"resource": "x", "colour": "1"}, "colour"),
    ],
    ids=str,
)
def test_a_wait_list_refuses(tickets, filters, field):
    with refused("WF002", field):
        tickets(**filters)


def some_gates(calls):
    calls.call("create_queue", queue_name="other")
    worker = Worker(calls, queues=("default", "other"))
    held = calls.enqueue(resources=["reactor 1"], partition_key="line 1")
    calls.enqueue(resources=["reactor 1"])
    calls.enqueue(partition_key="line 1", queue_name="other")
    calls.enqueue(resources=["reactor 2"])
    worker.claim(10)
    return held


def test_gates_by_name_with_holder_and_count(calls, gates):
    held = some_gates(calls)
    answer = gates()
    told = [
        (one["kind"], one["name"], one["queue_name"], one["waiting"]) for one in answer["gates"]
    ]
    assert told == [
        ("partition key", "line 1", "default", 0),
        ("partition key", "line 1", "other", 0),
        ("resource", "reactor 1", None, 1),
        ("resource", "reactor 2", None, 0),
    ]
    assert answer["gates"][2]["held_by"] == held and answer["gates"][2]["held_by_name"] == "mix"
    assert (answer["is_complete"], answer["next"], answer["looked_at"]) == (True, None, 4)


@pytest.mark.parametrize(
    "filters, names",
    [
        ({"kind": "resource"}, ["reactor 1", "reactor 2"]),
        ({"kind": "partition key"}, ["line 1", "line 1"]),
        ({"search": "REACTOR"}, ["reactor 1", "reactor 2"]),
        ({"search": "resource"}, []),
        ({"is_waited_for": True}, ["reactor 1"]),
        ({"is_waited_for": False, "search": "1"}, ["line 1", "line 1", "reactor 1"]),
    ],
    ids=str,
)
def test_gates_that_fit(calls, gates, filters, names):
    some_gates(calls)
    assert [one["name"] for one in gates(**filters)["gates"]] == names


@pytest.mark.parametrize("bounds", [{"limit": 4}, {"look": 5}, {"limit": 3, "look": 7}], ids=str)
def test_each_gate_once_whatever_the_bounds(calls, gates, bounds):
    for n in range(23):
        calls.enqueue(resources=[f"pump {n:02}"])
    Worker(calls).claim(30)
    found: list[str] = []
    place: dict[str, str] | None = {}
    while place is not None:
        page = gates(**bounds, **place)
        found += [one["name"] for one in page["gates"]]
        place = page["next"]
    assert sorted(found) == [f"pump {n:02}" for n in range(23)]


@pytest.mark.parametrize(
    "filters, field",
    [
        ({"kind": "pump"}, "kind"),
        ({"search": 1}, "search"),
        ({"is_waited_for": "yes"}, "is_waited_for"),
        ({"limit": 201}, "limit"),
        ({"look": 5001}, "look"),
        ({"from_gate": "x"}, "from_gate"),
        ({"colour": "1"}, "colour"),
    ],
    ids=str,
)
def test_a_list_of_gates_refuses(gates, filters, field):
    with refused("WF002", field):
        gates(**filters)
