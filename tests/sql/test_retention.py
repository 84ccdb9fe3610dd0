"""Retention: what has ended is removed by age and number, with all that belongs to it, and nothing else is."""

import json

import pytest

from tests.calls import SCHEMA, refused

DAY = 86400
FINAL = ("SUCCESS", "ERROR", "CANCELLED", "STOPPED", "ABORTED")
# Tables with a workflow_id that removal has nothing to do with, and why.
EXEMPT = {
    "ready": "only of live workflows",
    "lease": "only of live workflows",
    "parked": "only of live workflows",
    "gate_ticket": "given back when a workflow ends",
    "wait": "taken away when a workflow ends",
    "child_order": "taken by maintenance, also where the child has ended",
    "schedule_run": "keeps the last of each schedule",
    "wake_call": "taken by maintenance, also of workflows that are gone",
    "audit": "is kept by a policy of its own",
    "rejected_entry": "never was a workflow",
}


@pytest.fixture
def worker(make_worker):
    return make_worker("mix", max_attempts=1)


@pytest.fixture(autouse=True)
def at_first(calls):
    """The policies of a fresh installation, taken away: each test sets what it needs, and no grace, so that no clock
    has to be moved for it."""
    policies = calls.call("list_retention")["policies"]
    calls.run("delete from workflows.retention_policy")
    calls.set_setting("retention_grace_seconds", 0)
    return policies


def keep(calls, queue_name=None, **options):
    arguments = {"queue_name": queue_name} if queue_name else {}
    return calls.call("set_retention", **arguments, options=options)


def end(calls, worker, status="SUCCESS", **options):
    """The id of a workflow that has ended so."""
    workflow_id = calls.enqueue("mix", {"kg": 5}, **options)
    if status in ("SUCCESS", "ERROR"):
        claimed = worker.claim_one()
        assert claimed["w"] == workflow_id
        worker.record(claimed, "weigh", output=5)
        if status == "ERROR":
            worker.fail(claimed)
        else:
            worker.finish(claimed, result={"kg": 5})
    else:
        order = {"CANCELLED": "CANCEL", "STOPPED": "STOP", "ABORTED": "ABORT"}[status]
        calls.command(workflow_id, order)
    assert calls.status(workflow_id) == status
    return workflow_id


def maintain(calls, turns=4):
    """Turns of maintenance, until one looks at nothing more."""
    for _ in range(turns):
        calls.run("update workflows.retention_progress set next_turn_at = '-infinity'")
        calls.maintain()


def apply_all(calls, limit=1000):
    """The answers of a whole loop of apply_retention."""
    answers, after = [], None
    while True:
        more = {"after": after} if after else {}
        answers.append(calls.call("apply_retention", limit=limit, **more))
        after = answers[-1]["next"]
        if answers[-1]["is_done"]:
            assert after is None
            return answers
        assert len(answers) < 1000


def ids(calls):
    return {i for (i,) in calls.rows("select workflow_id::text from workflows.workflow")}


def tables_of_workflows(calls):
    query = """select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = %s::regnamespace and c.relkind = 'r' and a.attname = 'workflow_id'"""
    return {name for (name,) in calls.rows(query, SCHEMA)}


def rows_of(calls, workflow_id):
    """The tables that still speak of a workflow."""
    return {
        name
        for name in tables_of_workflows(calls)
        if calls.rows(
            f"select from workflows.{name} where workflow_id::text = %s limit 1", workflow_id
        )
    }


def fill(calls, workflow_id):
    """A row of the workflow in every table that removal is about."""
    calls.run("""
        insert into workflows.workflow_recipe (workflow_id, enum_versions, overrides)
          values (%(id)s, '{}', '{}');
        insert into workflows.child values (%(id)s, gen_random_uuid(), 'startChild', 1, 'follow');
        insert into workflows.event values (%(id)s, 'phase', '1', 1, workflows.clock_now());
        insert into workflows.event_history values (%(id)s, 'phase', 1, '1', workflows.clock_now());
        insert into workflows.stream values (%(id)s, 'log', 0, '1', workflows.clock_now());
        insert into workflows.message (message_id, workflow_id, topic, body, sent_by, database_user, sent_at)
          values (gen_random_uuid(), %(id)s, 'cmd', '1', 'anna', 'anna', workflows.clock_now());
        insert into workflows.prompt (prompt_id, workflow_id, step_key, question, needs_second, asked_at, status, ended_at)
          values (gen_random_uuid(), %(id)s, 'p', 'Clean?', false, workflows.clock_now(), 'WITHDRAWN',
                  workflows.clock_now());
        insert into workflows.failed_workflow values (%(id)s, 1, workflows.clock_now())
          on conflict do nothing""".replace("%(id)s", f"'{workflow_id}'"))


@pytest.fixture(params=["maintenance", "apply"])
def remove(request, calls):
    """remove(): everything that is due is gone, by maintenance or by somebody who asks for it."""
    return (
        (lambda: maintain(calls)) if request.param == "maintenance" else (lambda: apply_all(calls))
    )


def test_everything_that_belongs_to_a_workflow_goes_and_its_audit_stays(calls, worker, remove):
    gone = end(calls, worker, "ERROR", deduplication_id="d")
    calls.command(gone, "STOP")
    fill(calls, gone)
    kept = end(calls, worker)
    fill(calls, kept)
    before = rows_of(calls, kept)
    keep(calls, status="ERROR", keep_seconds=0)
    assert tables_of_workflows(calls) - set(EXEMPT) == rows_of(calls, gone) - set(EXEMPT)
    remove()
    assert rows_of(calls, gone) == {"audit"}
    assert rows_of(calls, kept) == before
    with refused("WF003"):
        calls.get(gone)


def test_a_table_that_is_forgotten_would_be_seen(calls, worker):
    """Negative control of the test before: a table that a later version adds."""
    calls.run("create table workflows.note (workflow_id uuid)")
    gone = end(calls, worker)
    assert "note" in tables_of_workflows(calls) - set(EXEMPT)
    assert "note" not in rows_of(calls, gone)


def test_each_table_is_removed_from_or_exempt(calls):
    query = """select p.prosrc from pg_proc p where p.pronamespace = %s::regnamespace
      and p.proname in ('remove_workflows', 'remove_talk', 'without_locked_rows')"""
    source = " ".join(text for (text,) in calls.rows(query, SCHEMA))
    named = {n for n in tables_of_workflows(calls) if f"delete from {SCHEMA}.{n} " in source}
    assert named == tables_of_workflows(calls) - set(EXEMPT)
    assert set(EXEMPT) < tables_of_workflows(calls)


def test_by_age(calls, worker, clock, remove):
    """Each final status by its own policy."""
    made = [end(calls, worker, status) for status in FINAL]
    for days, status in enumerate(FINAL, start=1):
        keep(calls, status=status, keep_seconds=days * DAY)
    for removed in range(len(FINAL)):
        clock.advance(DAY - 60)
        remove()
        assert ids(calls) == set(made[removed:])
        clock.advance(60)
        remove()
        assert ids(calls) == set(made[removed + 1 :])


def test_the_most_specific_policy_counts(calls, make_worker):
    calls.call("create_queue", queue_name="line")
    worker = make_worker("mix", queues=("default", "line"), max_attempts=1)
    keep(calls, keep_seconds=0)
    keep(calls, "line")
    keep(calls, "line", status="ERROR", keep_seconds=0)
    kept = end(calls, worker, queue_name="line")
    end(calls, worker, "ERROR", queue_name="line")
    end(calls, worker)
    maintain(calls)
    assert ids(calls) == {kept}
    calls.call("delete_retention", queue_name="line")
    maintain(calls)
    assert ids(calls) == set()


@pytest.mark.parametrize("is_mine", [False, True], ids=["ids made here", "ids of callers"])
def test_by_number(calls, make_worker, remove, is_mine):
    """The newest of each queue by their ids, whatever order those of callers have."""
    calls.call("create_queue", queue_name="line")
    worker = make_worker("mix", queues=("default", "line"), max_attempts=1)
    keep(calls, keep_count=3)
    made = {}
    for queue_name in ("default", "line"):
        given = (
            {"workflow_id": f"{n}0000000-0000-4000-8000-{len(made):012d}"} if is_mine else {}
            for n in (3, 9, 1, 7, 5)
        )
        made[queue_name] = sorted(
            end(calls, worker, queue_name=queue_name, **options) for options in given
        )
    live = calls.enqueue("mix")
    remove()
    assert ids(calls) == {live, *made["default"][-3:], *made["line"][-3:]}
    keep(calls, keep_count=1)
    remove()
    assert ids(calls) == {live, made["default"][-1], made["line"][-1]}


def test_the_count_goes_on_over_many_turns(calls, worker):
    keep(calls, keep_count=7)
    made = [end(calls, worker) for _ in range(20)]
    before = None
    for _ in range(100):
        before = calls.value("select workflows.count_kept(%s::uuid, 3)::text", before)
        if before is None:
            break
    boundary = calls.value("select boundary_id::text from workflows.retention_count")
    assert boundary == sorted(made)[-8]
    assert calls.value("select counted from workflows.retention_count") == 20


def test_live_workflows_are_never_removed(calls, worker, clock):
    keep(calls, keep_seconds=0, keep_count=0)
    live = {calls.enqueue("mix"), calls.enqueue("mix", delay_seconds=10 * DAY)}
    clock.advance(DAY)
    apply_all(calls)
    assert ids(calls) == live


def test_the_grace_holds_whatever_the_policy_says(calls, worker, clock, remove):
    calls.set_setting("retention_grace_seconds", 60)
    keep(calls, keep_seconds=0, keep_count=0)
    workflow_id = end(calls, worker)
    remove()
    assert ids(calls) == {workflow_id}
    clock.advance(61)
    remove()
    assert ids(calls) == set()


def test_a_parent_stays_while_a_child_of_it_lives(calls, worker):
    keep(calls, keep_seconds=0)
    parent = end(calls, worker)
    child = calls.enqueue("mix", parent=parent)
    apply_all(calls)
    assert ids(calls) == {parent, child}
    calls.command(child, "CANCEL")
    apply_all(calls)
    assert ids(calls) == set()


def test_one_that_points_to_a_removed_one_says_so_still(calls, worker):
    old = end(calls, worker, "STOPPED")
    keep(calls, status="STOPPED", keep_seconds=0)
    new = calls.command(old, "RESET")["new_workflow_id"]
    child = calls.enqueue("mix")
    calls.run(
        "update workflows.workflow set parent_workflow_id = %s::uuid where workflow_id = %s::uuid",
        old,
        child,
    )
    calls.command(child, "CANCEL")
    apply_all(calls)
    assert ids(calls) == {new, child}
    assert calls.get(new)["previous_workflow_id"] == old
    assert calls.get(child)["parent_workflow_id"] == old
    query = "select previous_workflow_id from workflows.workflow_status where workflow_id = %s"
    assert calls.value(query, new) == old
    assert calls.call("fork_workflow", workflow_id=child)["previous_workflow_id"] == child


def test_the_audit_of_a_removed_workflow_can_still_be_read(calls, worker):
    keep(calls, status="ERROR", keep_seconds=0)
    gone = end(calls, worker, "ERROR")
    apply_all(calls)
    query = "select event, workflow_name from workflows.audit_log where workflow_id = %s"
    assert ("error", None) in calls.rows(query, gone)
    assert gone in calls.call("export_audit", filter={"workflow_id": gone})


def test_an_id_may_be_given_again(calls, worker):
    mine = "00000000-0000-4000-8000-000000000009"
    keep(calls, keep_seconds=0)
    end(calls, worker, workflow_id=mine, deduplication_id="d")
    apply_all(calls)
    assert ids(calls) == set()
    assert calls.rows("select from workflows.deduplication") == []
    assert end(calls, worker, workflow_id=mine, deduplication_id="d") == mine


def test_a_deduplication_id_that_another_holds_by_now_stays(calls, worker):
    keep(calls, keep_seconds=0)
    end(calls, worker, deduplication_id="d")
    holder = calls.enqueue("mix", deduplication_id="d")
    apply_all(calls)
    assert ids(calls) == {holder}
    assert calls.value("select workflow_id::text from workflows.deduplication") == holder


def test_one_turn_is_bounded_and_says_that_it_goes_on(calls, worker):
    calls.set_setting("retention_per_second", 5)
    for _ in range(12):
        end(calls, worker)
    keep(calls, keep_seconds=0)
    left = []
    while len(ids(calls)) > 0:
        calls.run("update workflows.retention_progress set next_turn_at = '-infinity'")
        answer = calls.maintain()
        left.append(len(ids(calls)))
        if left[-1]:
            assert 0 < answer["again_ms"] <= 1000
    assert left == [7, 2, 0]
    assert calls.call("list_retention")["removed_count"] == 12


def test_maintenance_does_not_remove_more_in_a_second_than_it_may(calls, worker, clock):
    calls.set_setting("retention_per_second", 5)
    for _ in range(12):
        end(calls, worker)
    clock.freeze()
    keep(calls, keep_seconds=0)
    for left in (7, 2, 0):
        calls.maintain()
        assert len(ids(calls)) == left
        calls.maintain()
        assert len(ids(calls)) == left
        clock.advance(1)
    calls.set_setting("retention_per_second", 0)
    kept = end(calls, worker)
    clock.advance(10)
    maintain(calls)
    assert ids(calls) == {kept}


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("stream", "'log', n, '1', now()"),
        ("event_history", "'phase', n, '1', now()"),
    ],
)
def test_a_workflow_with_very_many_rows_takes_several_turns(calls, worker, table, values):
    gone = end(calls, worker)
    calls.run(
        f"insert into workflows.{table} select %s::uuid, {values} from generate_series(1, 12000) n",
        gone,
    )
    keep(calls, keep_seconds=0)
    counts = []
    while gone in ids(calls):
        calls.run("update workflows.retention_progress set next_turn_at = '-infinity'")
        calls.maintain()
        counts.append(calls.value(f"select count(*) from workflows.{table}"))
    assert counts == [7000, 2000, 0]


def test_apply_goes_on_with_what_one_call_could_not_remove(calls, worker):
    gone = end(calls, worker)
    calls.run(
        "insert into workflows.stream select %s::uuid, 'log', n, '1', now() from generate_series(1, 12000) n",
        gone,
    )
    keep(calls, keep_seconds=0)
    answers = apply_all(calls)
    assert ids(calls) == set()
    assert sum(a["tables"].get("stream", 0) for a in answers) == 12000


def test_apply_tells_what_it_removed(calls, worker):
    for _ in range(7):
        end(calls, worker)
    child = calls.enqueue("mix", parent=(parent := end(calls, worker)))
    keep(calls, keep_seconds=0)
    answers = apply_all(calls, limit=3)
    assert [a["queues"].get("default", 0) for a in answers if a["queues"]] == [3, 3, 1]
    assert sum(a.get("passed_by", 0) for a in answers) == 1
    assert sum(a["tables"].get("step", 0) for a in answers) == 7
    assert ids(calls) == {parent, child}
    query = "select count(*) from workflows.audit where event = 'retention applied' and actor = 'script'"
    assert calls.value(query) == 3


def test_a_step_too_many_is_left_to_the_next_turn(calls, worker):
    made = [end(calls, worker) for _ in range(4)]
    for one in made:
        calls.run(
            "insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at) "
            "select %s::uuid, 's' || n, 'step', 'SUCCESS', 1, now(), now() from generate_series(1, 9000) n",
            one,
        )
    few = calls.value("select workflows.few_steps(%s::uuid[])::text[]", made)
    assert few == made[:2]


def health(calls):
    query = "select status, measured, advice from workflows.health where check_name = 'retention'"
    return calls.rows(query)[0]


def test_health_says_that_nothing_is_removed(calls, worker):
    assert health(calls)[:2] == ("warning", "nothing is ever removed")
    keep(calls, keep_seconds=0)
    end(calls, worker)
    maintain(calls)
    assert health(calls)[:2] == ("ok", "1 policies, 1 removed")
    calls.run(
        "update workflows.retention_progress set is_behind = true, pass_ended_at = now() - interval '2 hours'"
    )
    assert health(calls)[0] == "warning" and "retention_per_second" in health(calls)[2]


def test_the_status_shows_how_far_it_has_come(calls, worker):
    calls.set_setting("retention_per_second", 2)
    for _ in range(5):
        end(calls, worker)
    keep(calls, "default", status="SUCCESS", keep_seconds=0)
    calls.maintain()
    query = """select queue_name, status, keep_seconds, removed_count, is_behind, over_count,
      oldest_ended_at is not null from workflows.retention_status"""
    assert calls.rows(query) == [("default", "SUCCESS", 0, 2, True, 3, True)]
    maintain(calls)
    assert calls.rows(query) == [("default", "SUCCESS", 0, 5, False, 0, False)]


def test_event_history_and_streams_are_cut_while_a_workflow_lives(calls, worker):
    calls.set_setting("event_history_keep", 150)
    calls.set_setting("stream_keep", 50)
    workflow_id = calls.enqueue("mix")
    claimed = worker.claim_one()
    set_event = "select workflows.set_event(%s::uuid, 'phase', to_json(n), now()) from generate_series(1, 400) n"
    calls.rows(set_event, claimed["w"])
    query = "select min(change_no), max(change_no) from workflows.event_history"
    assert calls.rows(query) == [(251, 400)]
    append = "select workflows.append_stream(%s::uuid, 'log', to_json(n), now()) from generate_series(1, 400) n"
    calls.rows(append, claimed["w"])
    query = "select min(stream_offset), max(stream_offset) from workflows.stream"
    assert calls.rows(query) == [(350, 399)]
    read = calls.call(
        "read_stream", workflow_id=workflow_id, stream="log", options=json.dumps({"limit": 1})
    )
    assert "350" in json.dumps(read)
    for name in ("event_history_keep", "stream_keep"):
        calls.set_setting(name, 0)
    calls.rows(set_event, claimed["w"])
    calls.rows(append, claimed["w"])
    assert calls.value("select count(*) from workflows.event_history") == 550
    assert calls.value("select count(*) from workflows.stream") == 450


ENTRY = "00000000-0000-4000-8000-00000000000{}"


def test_rejected_entries_go_once_somebody_has_decided(calls, clock):
    calls.set_setting("rejected_keep_days", 2)
    for n in (1, 2):
        calls.call("reject_entries", entries=[{"workflow_id": ENTRY.format(n), "entry": "x"}])
    calls.call("resolve_rejected_entry", workflow_id=ENTRY.format(1), action="discard")
    clock.advance(DAY)
    apply_all(calls)
    assert calls.value("select count(*) from workflows.rejected_entry") == 2
    clock.advance(1.1 * DAY)
    apply_all(calls)
    assert calls.rows("select workflow_id from workflows.rejected_entry") == [(ENTRY.format(2),)]


def test_a_fresh_installation_keeps_dead_letters_for_ever_and_the_rest_for_90_days(at_first):
    assert {(p["queue_name"], p["status"], p["keep_seconds"]) for p in at_first} == {
        (None, status, 90 * DAY) for status in FINAL if status != "ERROR"
    }
