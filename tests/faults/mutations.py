"""Negative controls: what is taken out, and the run in which the checker must notice.

A mutation replaces places in SQL functions of one test database, or takes a guard out of the engine of
the worker processes (mutated_engine.py).
"""

# ruff: noqa: E501

from dataclasses import dataclass, field

from tests.faults.site import Site


@dataclass(frozen=True)
class Mutation:
    name: str
    scenario: str
    places: list[tuple[str, str, str]] = field(default_factory=list)
    statement: str = ""
    engine: str = ""

    def apply(self, site: Site) -> None:
        for function, before, after in self.places:
            site.change_function(function, site.sql(before), site.sql(after))
        if self.statement:
            site.conn.execute(site.sql(self.statement))


_COUNT = "update workflows.workflow w set reclaim_count = w.reclaim_count + 1"
_EXPIRED = "w2.expires_at <= p_now for no key update skip locked"
_LIMIT_LOCK = "q.queue_id = any (queue_ids) for no key update skip locked) k"
_HELD = "if exists (select from workflows.gate_ticket t where t.gate_id = p_gate_id and t.is_holder) then return null; end if;"
_TAKE = """delete from workflows.ready r using chosen c where r.lane_id = any (array[c.lane_id]) and r.ready_seq = c.ready_seq
      returning r.workflow_id, r.lane_id, r.ready_seq, r.start_before <= v_now as is_late"""
_TAKEN = """select r.workflow_id, r.lane_id, r.ready_seq, r.start_before <= v_now as is_late
      from workflows.ready r join chosen c on r.lane_id = c.lane_id and r.ready_seq = c.ready_seq"""
_GONE = """delete from workflows.lease l using locked k where l.workflow_id = any (array[k.workflow_id])
    returning l.workflow_id"""

MUTATIONS = [
    Mutation(
        "finish without the token", "zombie_outcome",
        [("finish_workflows", "and l.lease_token = a.t for update", "for update")],
    ),
    Mutation(
        "record without the token", "zombie_step",
        [("record_steps", "and l.lease_token = a.t for key share", "for key share")],
    ),
    Mutation(
        "a token that stays the same", "crash",
        [("take_ready", "lease_token = gen_random_uuid()",
          "lease_token = coalesce(w.lease_token, gen_random_uuid())"),
         ("reclaim_lease", "set lease_token = null", "set lease_token = w.lease_token")],
    ),
    Mutation("no sweep of lost workers", "crash", [("reclaim_lost", _EXPIRED, "false")]),
    Mutation("reclaim without expiry", "load", [("reclaim_lost", _EXPIRED, "true")]),
    Mutation("attempt starts again", "crash", [("reclaim_lease", _COUNT, _COUNT + ", attempt = 0")]),
    Mutation(
        "a lost worker counts as an exception", "crash",
        [("reclaim_lease", _COUNT, _COUNT + ", failure_count = w.failure_count + 1")],
    ),
    Mutation(
        "count, then claim without the lock", "limited",
        [("lock_limited", _LIMIT_LOCK, "q.queue_id = any (queue_ids)) k"),
         ("claim_quota", "begin", "begin perform pg_sleep(0.03);")],
    ),
    Mutation(
        "max_running is not counted", "limited",
        [("lock_limited", "where e.queue_id = c.queue_id and e.is_limited", "where false")],
    ),
    Mutation(
        "a held gate is handed over", "keys",
        [("gate_head", _HELD, ""), ("gate_head", "and not t.is_held", "and not t.is_held and not t.is_holder")],
        "drop index workflows.gate_ticket_holder",
    ),
    Mutation("a claim leaves its place in the lane", "load", [("take_ready", _TAKE, _TAKEN)]),
    Mutation(
        "a finish leaves its lease", "load",
        [("finish_workflows", _GONE, "select l.workflow_id"),
         ("finish_workflows", "l.control, k.result, k.is_sanitised),",
          "l.control, k.result, k.is_sanitised from workflows.lease l join locked k on l.workflow_id = k.workflow_id),")],
    ),
    Mutation(
        "a step is recorded over", "zombie_replaces",
        [("record_steps", "and l.lease_token = a.t for key share", "for key share"),
         ("record_steps", "on conflict do nothing",
          "on conflict (workflow_id, step_key) do update set output = excluded.output")],
    ),
    Mutation(
        "timers go off early", "delayed",
        [("release_due", "if not exists (select from workflows.parked p where p.due_at <= p_now) then return 0; end if;", ""),
         ("release_due", "from workflows.parked p where p.due_at <= p_now", "from workflows.parked p where true")],
    ),
    Mutation(
        "enqueue answers and writes nothing", "load",
        [("insert_workflows", "from placed p where p.is_first and p.refusal is null", "from placed p where false")],
    ),
    Mutation(
        "a success is not audited", "load",
        [("finish_workflows", "perform workflows.audit_change(v_done", "perform workflows.audit_change('{}'::uuid[]")],
    ),
    Mutation("bodies begin without a lease", "partition", engine="starts_without_lease"),
    Mutation("a refusal is not heard", "zombie_step", engine="hears_no_refusal"),
    Mutation("recorded steps are forgotten", "crash", engine="forgets_recorded_steps"),
    Mutation("a lost worker keeps its id", "zombie_alone", engine="keeps_its_id_when_lost"),
    Mutation("a worker that never renews", "long", engine="never_renews"),
    Mutation("a step does not wait for the record before", "load", engine="does_not_wait_for_records"),
]  # fmt: skip
