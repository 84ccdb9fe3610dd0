"""describe_workflow: the same as the functions and views that show each part, cut and bounded."""

import json

import pytest

from tests.calls import Calls, lose, refused, shared_database
from tests.sql.situations import ENDED

MANY = """
insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at,
  output, error)
select '{id}', 'pour/weigh#' || n, 'step', 'SUCCESS', 1, now() + (n * 7919 % {count}) * interval '1 s',
  now() + (n * 7919 % {count}) * interval '1 s', to_json(repeat('x', 3000)), null
from generate_series(1, {count}) n;
insert into workflows.command (workflow_id, command, actor, outcome, message, from_status,
  from_state, to_status, to_state, database_user, accepted_at)
select '{id}', 'HOLD', 'anna', 'rejected', 'number ' || n, 'A', 'B', 'C', 'D', 'e', now()
from generate_series(1, {count}) n;
insert into workflows.prompt (prompt_id, workflow_id, step_key, question, form, needs_second,
  asked_at, status, ended_at)
select gen_random_uuid(), '{id}', 'ask', 'number ' || n, '{"a": 1}', false,
  now() + n * interval '1 s', case when n % 10 = 0 then 'OPEN' else 'EXPIRED' end,
  case when n % 10 > 0 then now() end
from generate_series(1, {count}) n;
insert into workflows.message (message_id, workflow_id, topic, body, sent_by, database_user, sent_at)
select gen_random_uuid(), '{id}', 'number ' || n, '"secret"', 'anna', 'e', now()
from generate_series(1, {count}) n;
insert into workflows.event (workflow_id, event_key, value, change_no, set_at)
select '{id}', 'key ' || to_char(n, '0000'), to_json(repeat('e', 3000)), 1, now()
from generate_series(1, {count}) n;
insert into workflows.stream (workflow_id, stream_name, stream_offset, value, written_at)
select '{id}', 'stream ' || n % 2, n / 2, to_json(n), now() from generate_series(2, {count}) n;
insert into workflows.child (workflow_id, parent_workflow_id, step_key, child_no, policy)
select w.workflow_id, '{id}', 'pour', 1, 'follow' from workflows.workflow w
where w.workflow_name = 'child';
"""
COUNT = 240


def describe(calls, workflow_id, **options):
    return calls.call("describe_workflow", workflow_id=workflow_id, options=options)


def cut(text, characters):
    if text is None:
        return None
    length = len(text.encode())
    return {"text": text[:characters], "length": length, "is_cut": len(text) > characters}


@pytest.fixture(scope="module")
def busy(server, template):
    """One workflow with more of everything than is shown, and what it is called."""
    with shared_database(server, template) as conn:
        calls = Calls(conn)
        workflow_id = calls.enqueue("mix", {"kg": 1})
        item = {"workflow_name": "child", "options": {}}
        calls.enqueue_many(*[item] * COUNT)
        calls.run(MANY.replace("{id}", workflow_id).replace("{count}", str(COUNT)))
        yield calls, workflow_id


def test_steps_are_the_newest_as_list_steps_shows_them(busy):
    calls, workflow_id = busy
    everything = calls.steps(workflow_id)
    shown = describe(calls, workflow_id, steps=50, step_characters=10)
    assert shown["step_count"] == COUNT
    for step in everything:
        step["output"] = cut(json.dumps(step["output"]), 10)
    assert shown["steps"] == everything[-50:]
    assert len(describe(calls, workflow_id, steps=0)["steps"]) == 0
    assert len(describe(calls, workflow_id, steps=5000)["steps"]) == COUNT


def test_every_other_part_is_bounded(busy):
    calls, workflow_id = busy
    shown = describe(calls, workflow_id)
    numbers = [f"number {n}" for n in range(COUNT, 0, -1)]
    assert [c["message"] for c in shown["commands"]] == numbers[:50]
    assert [m["topic"] for m in shown["messages"]] == numbers[:50]
    assert set(shown["messages"][0]) == {"topic", "sent_by", "sent_at", "received_at", "step_key"}
    assert "secret" not in json.dumps(shown)
    still_open = [n for n in numbers if n.endswith("0")]
    assert [p["question"] for p in shown["prompts"]] == still_open[:20]
    events = calls.call("read_events", workflow_id=workflow_id, options={"limit": 1000})
    assert shown["events"] == [
        {"key": e["key"], "value": cut(json.dumps(e["value"]), 2000), "set_at": e["set_at"]}
        for e in events[:100]
    ]
    assert len(json.dumps(shown)) < 2_000_000


def test_prompts_are_as_list_prompts_shows_them(busy):
    calls, workflow_id = busy
    listed = {
        p["prompt_id"]: p
        for p in calls.call("list_prompts", filter={"workflow_id": workflow_id, "limit": 1000})
    }
    for prompt in describe(calls, workflow_id)["prompts"]:
        assert prompt == listed[prompt["prompt_id"]]


def test_streams_show_their_last_entries(busy):
    calls, workflow_id = busy
    shown = describe(calls, workflow_id)["streams"]
    assert [s["stream_name"] for s in shown] == ["stream 0", "stream 1"]
    for stream in shown:
        options = {"limit": 1000}
        entries = calls.call(
            "read_stream", workflow_id=workflow_id, stream=stream["stream_name"], options=options
        )
        last = entries[-1]
        assert stream["entries"] == last["offset"] + 1
        assert stream["last_written_at"] == last["written_at"]
        assert [(e["offset"], e["value"]["text"]) for e in stream["tail"]] == [
            (e["offset"], json.dumps(e["value"])) for e in entries[-20:]
        ]


def test_children_are_the_newest_and_all_are_counted(busy):
    calls, workflow_id = busy
    shown = describe(calls, workflow_id)
    query = """select workflow_id, workflow_name, status, state, policy, step_key, open_orders
      from workflows.workflow_child where parent_workflow_id = %s order by workflow_id desc"""
    rows = calls.rows(query, workflow_id)
    keys = ("workflow_id", "workflow_name", "status", "state", "policy", "step_key", "open_orders")
    assert [tuple(c[k] for k in keys) for c in shown["children"]] == rows[:100]
    assert shown["child_count"] == COUNT
    assert shown["workflow"]["children"] == calls.get(workflow_id)["children"]


def family(calls, parent, *names):
    """Children of these names, the newest last."""
    ids = sorted(calls.enqueue(name) for name in names)
    for n, one in enumerate(ids):
        calls.run(
            "insert into workflows.child (workflow_id, parent_workflow_id, step_key, child_no, policy)"
            " values (%s, %s, 'pour', %s, 'follow')",
            *(one, parent, n + 1),
        )
    return ids


def test_a_tree_has_a_parent_before_its_children_and_five_levels(calls):
    top = calls.enqueue("mix")
    older, newer = family(calls, top, "mix", "mix")
    (middle,) = family(calls, older, "mix")
    (last,) = family(calls, newer, "mix")
    chain = [last]
    for _ in range(5):
        chain += family(calls, chain[-1], "mix")
    tree = describe(calls, top)["tree"]
    told = [(one["level"], one["workflow_id"], one["parent_workflow_id"]) for one in tree]
    assert told == [
        (1, newer, top),
        *((level, chain[level - 2], [newer, *chain][level - 2]) for level in range(2, 6)),
        (1, older, top),
        (2, middle, older),
    ]
    assert [one["children"] for one in tree] == [1, 1, 1, 1, 1, 1, 0]
    assert describe(calls, last)["tree"][0]["step_key"] == "pour"
    assert describe(calls, middle)["tree"] == []


def test_a_wide_tree_is_whole_above_before_it_goes_down(calls):
    top = calls.enqueue("mix")
    ids = family(calls, top, *["mix"] * 90)
    for one in ids[:3]:
        family(calls, one, *["mix"] * 105)
    tree = describe(calls, top)["tree"]
    assert len(tree) == 200
    assert [one["workflow_id"] for one in tree if one["level"] == 1] == ids[::-1]
    counts = [one["children"] for one in tree if one["workflow_id"] in ids[:3]]
    assert counts == [105] * 3


def test_the_workflow_is_as_get_workflow_shows_it(calls, make_worker):
    worker = make_worker("mix")
    inputs = {"text": "\u00e4" * 50}
    ids = [calls.enqueue("mix", inputs, partition_key=f"k{n}", actor="anna") for n in range(3)]
    claimed = worker.claim(3)
    worker.finish(claimed[0], result={"sum": "y" * 100})
    worker.fail(claimed[1])
    for workflow_id in ids:
        shown = describe(calls, workflow_id, payload_characters=20)["workflow"]
        expected = calls.get(workflow_id)
        query = "select inputs from workflows.workflow_payload where workflow_id = %s"
        expected["inputs"] = cut(calls.value(query, workflow_id), 20)
        query = """select max(result) from workflows.workflow_outcome where workflow_id = %s"""
        expected["result"] = cut(calls.value(query, workflow_id), 20)
        if expected["error"]:
            expected["error"]["traceback"] = cut(expected["error"]["traceback"], 20)
        assert shown == expected
        assert shown["inputs"]["is_cut"]
    whole = describe(calls, ids[0])["workflow"]["inputs"]
    assert (json.loads(whole["text"]), whole["is_cut"]) == (inputs, False)


@pytest.mark.parametrize("history", ["errors", "full"])
def test_attempts_are_those_that_the_audit_keeps(calls, clock, make_worker, history):
    calls.set_queue(history=history)
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix", max_attempts=3)
    clock.freeze()
    assert describe(calls, workflow_id)["attempts"] == []
    first = worker.claim_one()
    clock.advance(2)
    worker.fail(first, "no steam")
    clock.advance(3600)
    calls.maintain()
    worker.claim_one()
    lose(clock, calls)
    attempts = describe(calls, workflow_id)["attempts"]
    assert [(a["attempt"], a["outcome"]) for a in attempts] == [
        (1, "try failed"),
        (2, "worker lost"),
    ]
    assert "no steam" in attempts[0]["reason"]
    assert all(bool(a["claimed_at"]) is (history == "full") for a in attempts)
    other = make_worker("mix")
    other.finish(other.claim_one())
    attempts = describe(calls, workflow_id)["attempts"]
    later = [(a["attempt"], a["outcome"]) for a in attempts[2:]]
    assert later == ([] if history == "errors" else [(3, "success")])


def test_who_has_it_and_what_it_holds_and_waits_for(calls, make_worker):
    worker = make_worker("mix")
    holder = calls.enqueue("mix", resources=["crane"], partition_key="tank")
    waiter = calls.enqueue("mix", resources=["crane"])
    worker.claim(2)
    shown = describe(calls, holder)
    assert shown["worker"]["worker_name"] == "test"
    assert shown["worker"]["waiting_command"] is None
    names = [name for (name,) in calls.rows("select gate_name from workflows.resource_status")]
    assert [(g["gate_name"], g["is_holder"], g["held_by"]) for g in shown["waits_for"]] == [
        (name, True, holder) for name in sorted(names)
    ]
    other = describe(calls, waiter)
    assert other["waits_for"] == [
        {"gate_name": "resource crane", "is_holder": False, "held_by": holder}
    ]
    assert other["worker"] is None
    calls.command(holder, "HOLD", "look")
    shown = describe(calls, holder)
    assert shown["worker"]["waiting_command"] == "hold"
    assert [(c["command"], c["actor"], c["reason"]) for c in shown["commands"]] == [
        ("HOLD", "script", "look")
    ]


def test_parents_are_shown_up_to_twenty(calls):
    calls.set_setting("max_child_depth", 100)
    chain = [calls.enqueue("mix")]
    for _ in range(24):
        chain.append(calls.enqueue("mix", parent=chain[-1]))
    shown = describe(calls, chain[-1])["parents"]
    assert [p["workflow_id"] for p in shown] == chain[-2:-22:-1]
    assert set(shown[0]) == {"workflow_id", "workflow_name", "status", "state"}
    assert describe(calls, chain[0])["parents"] == []


STATES = """select distinct from_state from workflows.transition order by 1"""


def test_what_is_allowed_is_what_is_accepted(calls):
    """In every state: what the table says."""
    workflow_id = calls.enqueue()
    calls.run("alter table workflows.workflow drop constraint workflow_fits")
    for (state,) in calls.rows(STATES):
        ended = state in (*ENDED, "COMPLETE")
        status = {"COMPLETE": "SUCCESS"}.get(state, state) if ended else "RUNNING"
        calls.run(
            "update workflows.workflow set state = %s, status = %s, ended_at = %s",
            *(state, status, "2026-01-01" if ended else None),
        )
        query = """select command from workflows.transition
          where from_state = %s and outcome = 'accepted'"""
        expected = {command for (command,) in calls.rows(query, state)}
        allowed = describe(calls, workflow_id)["allowed"]
        assert set(allowed["commands"]) == expected
        assert allowed["cancel"] is ("CANCEL" in expected)
        assert allowed["retry"] is (status in ("ERROR", "CANCELLED", "STOPPED"))
        assert allowed["fork"] is ended
        assert allowed["requires_reason"] is False


@pytest.mark.parametrize("commands", ["auto", "manual"])
def test_what_takes_its_commands_itself_may_be_told_more(calls, make_worker, commands):
    worker = make_worker("mix", commands=commands)
    calls.set_queue(requires_reason=True)
    workflow_id = calls.enqueue()
    worker.claim_one()
    allowed = describe(calls, workflow_id)["allowed"]
    assert allowed["requires_reason"] is True
    for command in ("RESUME", "RESET"):
        answer = calls.command(workflow_id, command, "try")
        assert (command in allowed["commands"]) is (answer["outcome"] == "accepted")
        assert (command in allowed["commands"]) is (commands == "manual")


def test_a_long_form_is_left_out(calls):
    workflow_id = calls.enqueue()
    calls.run(
        """insert into workflows.prompt (prompt_id, workflow_id, step_key, question, form,
          needs_second, asked_at, status)
        select gen_random_uuid(), %s, 'ask', 'sure?', to_json(repeat('x', 70000)), false, now(), 'OPEN'""",
        workflow_id,
    )
    (prompt,) = describe(calls, workflow_id)["prompts"]
    assert prompt["form"] is None


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"steps": 5001}, "steps"),
        ({"steps": -1}, "steps"),
        ({"payload_characters": 1000001}, "payload_characters"),
        ({"step_characters": "many"}, "step_characters"),
        ({"colour": 1}, "colour"),
        ("[]", "options"),
    ],
)
def test_bad_options_are_named(shared_calls, options, field):
    workflow_id = shared_calls.enqueue()
    with refused("WF002", field):
        shared_calls.call("describe_workflow", workflow_id=workflow_id, options=options)


def test_an_unknown_id(shared_calls):
    with refused("WF003"):
        describe(shared_calls, "00000000-0000-4000-8000-000000000001")
    with refused("WF002", "workflow_id"):
        describe(shared_calls, "x")
