"""What a named query or a page reads does not grow with what has ended: screens ask every few seconds."""

import json

import pytest

from tests.calls import calls, make_worker
from tests.export.test_named_queries import NAMES, bound, load

__all__ = ["calls", "make_worker"]

FEW, MANY = 10_000, 40_000
LANE = """
insert into workflows.lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
values (-1, 1, 'old', 1, 0, 'new')
"""
# Workflows that have ended, each with a step, an order and a prompt; as many dead letters, and entries that
# were refused and dealt with.
GROW = """
create temp table made as
select n, ('018f0000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as id
from generate_series(%(first)s, %(last)s) n;
insert into workflows.workflow (workflow_id, lane_id, ready_seq, status, state, enqueued_at,
  started_at, ended_at, queue_id, workflow_version, priority, workflow_name, enqueued_by)
select id, -1, n, 'SUCCESS', 'COMPLETE', now(), now(), now(), 1, 1, 0, 'old', 'bulk' from made;
insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at)
select id, 'weigh', 'step', 'SUCCESS', 1, now(), now() from made;
insert into workflows.command (workflow_id, command, outcome, message, accepted_at, actor,
  database_user, from_status, from_state, to_status, to_state)
select id, 'HOLD', 'obeyed', '', now(), 'bulk', 'bulk', 'RUNNING', 'RUNNING', 'RUNNING', 'HOLDING'
from made;
insert into workflows.prompt (prompt_id, workflow_id, step_key, question, needs_second, asked_at,
  status, ended_at)
select id, id, 'prompt', 'Closed?', false, now(), 'EXPIRED', now() from made;
insert into workflows.failed_workflow (workflow_id, queue_id, ended_at)
select id, 1, now() from made;
insert into workflows.rejected_entry (workflow_id, entry, problem, origin, rejected_at, resolved_at,
  resolution, resolved_by)
select id, '{}', '{}', 'bulk', now(), now(), 'discarded', 'bulk' from made;
drop table made;
"""
ASKED = [
    *((name, {}) for name in NAMES),
    *(
        ("Exchange/Workflows/Workflows", given)
        for given in (
            {"searchText": "no such text"},
            {"workflowName": "nobody"},
            {"status": "HELD"},
            {"status": "ERROR"},
            {"partitionKey": "k", "queueName": "default"},
        )
    ),
]
OF_ONE = {"Workflow", "Steps", "Commands"}
# They count or sort the dead letters, which are meant to be few.
BY_DEAD_LETTERS = {"AttentionNeeded", "Health"}


LISTS = [
    ("list_prompts", {}),
    ("list_prompts", {"queue_name": "default", "role": "operator"}),
    ("list_prompts", {"workflow_id": "018f0000-0000-7000-8000-000000000007", "is_open": False}),
    ("list_prompts", {"prompt_id": "018f0000-0000-7000-8000-000000000007", "is_open": False}),
    ("list_workflows", {"status": "HELD"}),
    ("list_workflows", {"before": "018f0000-0000-7000-8000-000000000099", "limit": 20}),
    ("list_rejected_entries", {}),
    ("list_gates", {}),
    ("list_tickets", {"resource": "reactor 1"}),
]


@pytest.fixture
def blocks(conn, sql, project):
    """blocks(name, given): those that a query touched, those of every function it called included."""

    def measure(name, given):
        text, attributes = load(project, name)
        declared = {p["identifier"]: None for p in attributes["parameters"]}
        explain = "explain (analyze, buffers, format json) " + bound(text)
        [plan] = conn.execute(sql(explain), {**declared, **given}).fetchone()[0]
        return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]

    return measure


def test_what_has_ended_costs_nothing(calls, make_worker, blocks):
    make_worker("mix")
    known = {"workflowId": calls.enqueue("mix")}

    def measure():
        found = {}
        for name, given in ASKED:
            short = name.rpartition("/")[2]
            if short in BY_DEAD_LETTERS:
                continue
            asked = {**given, **(known if short in OF_ONE else {})}
            found[short, json.dumps(given)] = min(blocks(name, asked) for _ in range(3))
        return found

    calls.run(LANE)
    calls.run(GROW % {"first": 1, "last": FEW})
    before = measure()
    calls.run(GROW % {"first": FEW + 1, "last": MANY})
    calls.conn.execute("analyze")  # as autovacuum does after so many rows
    after = measure()
    grown = {asked: (before[asked], n) for asked, n in after.items() if n > before[asked] + 200}
    assert not grown


@pytest.mark.parametrize("is_analyzed", [False, True], ids=["not analyzed", "analyzed"])
def test_lists_of_what_is_open_cost_nothing_for_what_was(calls, is_analyzed):
    """In a session of a pool, which asks for this and that: its plans are made for anything after five calls."""

    def measure():
        found = {}
        for name, given in LISTS:
            explain = f"explain (analyze, buffers, format json) select workflows.{name}(%s)"
            for _ in range(9):
                [[[plan]]] = calls.rows(explain, json.dumps(given))
            calls.call("list_prompts", filter={"is_open": False})
            blocks = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
            found[name, json.dumps(given)] = blocks
        return found

    calls.run(LANE)
    calls.run(GROW % {"first": 1, "last": FEW})
    before = measure()
    calls.run(GROW % {"first": FEW + 1, "last": MANY})
    if is_analyzed:
        calls.conn.execute("analyze")
    after = measure()
    assert not {asked: (before[asked], n) for asked, n in after.items() if n > before[asked] + 200}
