"""enqueue, a clean batch and a batch that takes the long way write the same rows."""

import json
import uuid

import pytest

from tests.calls import refused

ROWS = """
select to_jsonb(w) - '{workflow_id,ready_seq,enqueued_at,deduplication_id,available_at}'::text[],
  w.available_at is null, p.inputs, r.lane_id, r.start_before, k.status
from workflows.workflow w
left join workflows.workflow_payload p on p.workflow_id = w.workflow_id
left join workflows.ready r on r.workflow_id = w.workflow_id and r.ready_seq = w.ready_seq
left join workflows.parked k on k.workflow_id = w.workflow_id
where w.workflow_id = %s::uuid"""

OPTIONS = [
    {},
    {"priority": -5},
    {"delay_seconds": 60},
    {"partition_key": "T-101"},
    {"resources": ["pump", "tank"]},
    {"queue_name": "other", "workflow_version": 3},
    {"timeout_seconds": 5, "max_attempts": 4, "on_worker_lost": "hold", "actor": "operator"},
    {"start_before": "2030-01-01T00:00:00Z"},
    {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
]


def rows(calls, workflow_id):
    return calls.rows(ROWS, workflow_id)


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("options", OPTIONS, ids=json.dumps)
def test_one_and_many_write_the_same(calls, make_worker, options, is_known):
    calls.call("create_queue", queue_name="other")
    if is_known:
        make_worker(queue_name="other", priority=7)
    one = calls.enqueue("mix", {"x": 1}, **options)
    entry = {"workflow_name": "mix", "inputs": {"x": 1}, "options": options}
    [many] = calls.enqueue_many(entry)
    # A deduplication id takes the long way, whatever else is asked for.
    long_options = {**options, "deduplication_id": "a"}
    [long] = calls.enqueue_many({**entry, "options": long_options})
    want = [(json.loads(json.dumps(row[0])), *row[1:]) for row in rows(calls, one)]
    for other in (many, long):
        assert [_spaced(row) for row in rows(calls, other["workflow_id"])] == [
            _spaced(row) for row in want
        ]


@pytest.mark.parametrize("options", OPTIONS[:5], ids=json.dumps)
def test_what_declares_parameters_is_written_the_same_however_it_comes(calls, make_worker, options):
    """Nothing that is declared goes past its check, and nothing else of the row differs."""
    before = rows(calls, calls.enqueue("mix", {"x": 1}, **options))
    make_worker(parameters=[{"name": "x", "type": "integer", "max": 1}])
    one = calls.enqueue("mix", {"x": 1}, **options)
    entry = {"workflow_name": "mix", "inputs": {"x": 1}, "options": options}
    long_options = {**options, "deduplication_id": "a"}
    clean, long = calls.enqueue_many(entry, {**entry, "options": long_options})
    for workflow_id in (one, clean["workflow_id"], long["workflow_id"]):
        assert [_spaced(row) for row in rows(calls, workflow_id)] == [_spaced(r) for r in before]
    bad = {**entry, "inputs": {"x": 2}}
    answers = calls.enqueue_many(bad, {**bad, "options": long_options})
    with refused("WF002", "inputs") as detail:
        calls.enqueue("mix", {"x": 2}, **options)
    for answer in answers:
        assert answer["error"]["errors"] == detail["errors"]


def _spaced(row):
    """Inputs are kept as they were written; two writers may put blanks in different places."""
    return (*row[:2], json.loads(row[2]), *row[3:])


@pytest.mark.parametrize("short", [True, False])
def test_an_id_that_stands_is_answered_and_changes_nothing(calls, short):
    workflow_id = str(uuid.uuid4())
    calls.enqueue("mix", {"x": 1}, workflow_id=workflow_id)
    before = rows(calls, workflow_id)
    options = {"workflow_id": workflow_id} if short else {"workflow_id": workflow_id, "priority": 3}
    assert calls.enqueue("mix", {"x": 2}, **options) == workflow_id
    [answer] = calls.enqueue_many({"workflow_name": "mix", "inputs": {"x": 2}, "options": options})
    assert (answer["workflow_id"], answer["deduplicated"]) == (workflow_id, True)
    assert rows(calls, workflow_id) == before


REFUSING = {
    "closed": lambda calls: calls.set_queue(accepts_work=False),
    "full": lambda calls: calls.set_queue(max_enqueued=0),
    "in maintenance": lambda calls: calls.call("enter_maintenance", queue_name="default"),
    "all in maintenance": lambda calls: calls.call("enter_maintenance"),
}


@pytest.mark.parametrize("why", REFUSING)
def test_one_and_many_are_refused_alike(calls, why):
    REFUSING[why](calls)
    entry = {"workflow_name": "mix", "inputs": {"x": 1}}
    [clean] = calls.enqueue_many(entry)
    [long] = calls.enqueue_many({**entry, "options": {"deduplication_id": "a"}})
    assert clean == long
    with refused("WF005", "queue_name") as one:
        calls.enqueue("mix", {"x": 1})
    with refused("WF005", "queue_name") as one_long:
        calls.enqueue("mix", {"x": 1}, deduplication_id="b")
    assert one == one_long
    extra = ("code", "message")
    assert one == {k: v for k, v in clean["error"].items() if k not in extra}
    assert calls.rows("select from workflows.workflow") == []


@pytest.mark.parametrize("options", OPTIONS[:5], ids=json.dumps)
def test_one_and_many_are_let_in_alike(calls, options):
    """What may wait through maintenance is written as at any other time."""
    before = rows(calls, calls.enqueue("mix", {"x": 1}, **options))
    calls.call("enter_maintenance")
    options = {**options, "allow_during_maintenance": True}
    one = calls.enqueue("mix", {"x": 1}, **options)
    entry = {"workflow_name": "mix", "inputs": {"x": 1}, "options": options}
    [many] = calls.enqueue_many(entry)
    [long] = calls.enqueue_many({**entry, "options": {**options, "deduplication_id": "a"}})
    for workflow_id in (one, many["workflow_id"], long["workflow_id"]):
        assert [_spaced(row) for row in rows(calls, workflow_id)] == [_spaced(r) for r in before]


@pytest.mark.parametrize("why", REFUSING)
def test_who_shares_its_deduplication_id_with_one_that_is_refused_is_refused_too(calls, why):
    """Else its sender would be given the id of a workflow that is nowhere."""
    REFUSING[why](calls)
    entry = {"workflow_name": "mix", "options": {"deduplication_id": "a"}}
    answers = calls.enqueue_many(entry, entry, {"workflow_name": "mix"})
    assert [answer.get("error", {}).get("code") for answer in answers] == ["WF005"] * 3


def _texts(*entries):
    return [json.dumps(list(entries)), json.dumps(list(entries), separators=(",", ":"))]


ID = '"options":{"workflow_id":"018f0000-0000-7000-8000-%012d"}'
USUAL = [
    *_texts(
        {"workflow_name": "mix", "inputs": {"x": [1, "{}"]}}, {"workflow_name": "b", "inputs": 1}
    ),
    *_texts(
        {
            "workflow_name": "mix",
            "inputs": {"t": 'a","inputs":{}},{"'},
            "options": {"workflow_id": str(uuid.UUID(int=1))},
        }
    ),
    '[{"workflow_name":"R\u00fchrer","inputs":{ "x" : 1.0, "x":2},%s}]' % (ID % 2),
]
UNUSUAL = [
    '[{"inputs":{"x":1},"workflow_name":"mix"}]',
    '[{"workflow_name":"mix","inputs":{"x":1}},{"workflow_name":"mix"}]',
    '[{"workflow_name":"mix","inputs":"{\\"x\\":1}"}]',
    '[{"workflow_name":"mix","inputs":"text"}]',
    '[{"workflow_name":"m\\u0069x","inputs":{}}]',
    '[{"workflow_name":"a\\"b\\\\","inputs":{}}]',
    '[{"workflow_name":"mix","inputs":{},%s},{"workflow_name":"mix","inputs":{}}]' % (ID % 3),
    '[{"workflow_name":"mix","inputs":{}},{"workflow_name":"mix","inputs":{},%s}]' % (ID % 4),
    '[{"workflow_name":"a","inputs":{},"workflow_name":"mix"}]',
    '[{"workflow_name":"a","workflow_name":"a\\",\\"workflow_name\\":\\"b","inputs":{}}]',
    '[{"workflow_name":"mix","inputs":1,"inputs":{"x":2},%s}]' % (ID % 5),
    '[{"workflow_name": "mix","inputs": {}}]',
]


def _as_python_reads(text):
    entries = json.loads(text)
    return [(entry["workflow_name"], entry.get("inputs", {})) for entry in entries]


@pytest.mark.parametrize("text", USUAL + UNUSUAL)
def test_a_batch_says_the_same_however_it_is_written(calls, text):
    answers = calls.call("enqueue_many", items=text)
    assert [sorted(answer) for answer in answers] == [
        ["deduplicated", "is_registered", "workflow_id"] for _ in answers
    ]
    written = [
        calls.rows(
            """select w.workflow_name, coalesce(p.inputs, '{}') from workflows.workflow w
               left join workflows.workflow_payload p on p.workflow_id = w.workflow_id
               where w.workflow_id = %s::uuid""",
            answer["workflow_id"],
        )[0]
        for answer in answers
    ]
    assert [(name, json.loads(inputs)) for name, inputs in written] == _as_python_reads(text)


READ = "select coalesce(cardinality(names), 0) from workflows.read_usual_batch(%s)"


@pytest.mark.parametrize("text", USUAL)
def test_what_the_library_writes_is_read_the_quick_way(calls, text):
    assert calls.value(READ, text) == len(json.loads(text))


WRONG = [
    *UNUSUAL,
    '[{"workflow_name":"mix","inputs":{},"options":{"workflow_id":"018f0000-0000-7000-8000-00"}}]',
    '[{"workflow_name":"mix","inputs":{},"options":{"workflow_id":"018f-00000000-7000-8000-000000000001"}}]',
    '[{"workflow_name":"mix","inputs":{},"more":1}]',
    '[{"workflow_name":"mix","inputs":{}},5]',
    '[{"workflow_name":"mix","inputs":{}}',
    '[{"workflow_name":null,"inputs":{}}]',
    '{"workflow_name":"mix","inputs":{}}',
    "[]",
]


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_not_read_the_quick_way(calls, text):
    assert calls.value(READ, text) == 0


def test_a_batch_of_several_names_keeps_its_order(calls, make_worker):
    """One that stands already among them: nothing of it is written again."""
    make_worker(priority=7)
    stands = calls.enqueue("mix", {"x": 0})
    entries = [{"workflow_name": name, "inputs": {"x": n}} for n, name in enumerate("cabca", 1)]
    entries.insert(
        2, {"workflow_name": "mix", "inputs": {"x": 9}, "options": {"workflow_id": stands}}
    )
    for entry in entries:
        entry.setdefault("options", {"workflow_id": str(uuid.uuid4())})
    answers = calls.enqueue_many(*entries)
    assert [answer["workflow_id"] for answer in answers] == [
        entry["options"]["workflow_id"] for entry in entries
    ]
    assert [answer["deduplicated"] for answer in answers] == [n == 2 for n in range(6)]
    assert [answer["is_registered"] for answer in answers] == [n == 2 for n in range(6)]
    placed = calls.rows("""select r.workflow_id::text, w.workflow_name, p.inputs::json ->> 'x'
           from workflows.ready r join workflows.workflow w using (workflow_id, lane_id, ready_seq)
           join workflows.workflow_payload p using (workflow_id) order by r.ready_seq""")
    want = [entry for n, entry in enumerate(entries) if n != 2]
    assert [row[0] for row in placed] == [stands, *(e["options"]["workflow_id"] for e in want)]
    assert "".join(row[1] for row in placed) == "mixcabca"
    assert "".join(row[2] for row in placed) == "012345"
