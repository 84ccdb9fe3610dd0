"""Each guard is taken out in turn, and the model must notice: what it cannot notice, it does not prove."""

import pytest

from tests.model.running import assert_noticed, run_machine
from tests.model.script import Script, play
from tests.model.session import Refusal, Session

pytestmark = pytest.mark.proof

MUTATIONS = {
    "record without the token": (
        "record_steps",
        "l.workflow_id = any (array[a.w]) and l.lease_token = a.t",
        "l.workflow_id = any (array[a.w])",
    ),
    "succeed without the token": (
        "finish_workflows",
        "l.workflow_id = any (array[a.w]) and l.lease_token = a.t",
        "l.workflow_id = any (array[a.w])",
    ),
    "fail without the token": ("finish_other", "and l.lease_token = p_lease_token", ""),
    "replace a recorded step": (
        "record_again",
        "found and (v_step.status not in ('RETRYING', 'RUNNING') or",
        "found and (false or",
    ),
    "forget to free gates": (
        "free_gates",
        "where t.gate_id = any (array[g.gate_id])",
        "where false and t.gate_id = g.gate_id",
    ),
    "free gates and tell nobody": (
        "free_gates",
        "select distinct g.gate_id from gone g",
        "select g.gate_id from gone g limit 0",
    ),
    "claim without counting": (
        "lock_limited",
        "greatest(0, q.max_running - (",
        "greatest(0, q.max_running - 0 * (",
    ),
    "claim from a paused queue": ("claim_quota", "not q.is_paused and", "true and"),
    "start again at attempt 1": ("take_ready", "attempt = w.attempt + 1", "attempt = 1"),
    "reset the attempts on retry": (
        "retry_workflow",
        "failure_count = 0,",
        "failure_count = 0, attempt = 0,",
    ),
    "reclaim who renewed": ("reclaim_lost", "w2.expires_at <= p_now", "true"),
    "count a lost worker as a failure": (
        "reclaim_lease",
        "set reclaim_count =",
        "set failure_count = w.failure_count + 1, reclaim_count =",
    ),
    "forget the mark on resume": ("resume_held", "least(l.low, p_workflow.ready_seq - 1)", "l.low"),
    "release what is held": ("release_unknown", "and not exists (", "and exists ("),
    "count held time": ("resume_held", "w.deadline_at + (p_now - w.held_at)", "w.deadline_at"),
    "take a deduplication id from the living": (
        "take_deduplication_id",
        "if v_is_free then",
        "if true then",
    ),
    "claim ahead what must be held": ("claim_quota", "and f.on_worker_lost = 'retry'", "and true"),
    "claim in maintenance": ("claim_quota", "and q.maintenance_mode is null", "and true"),
    "let in during maintenance": ("enqueue", "and q.maintenance_mode is null", ""),
    "let a batch in during maintenance": ("plain_places", "and q.maintenance_mode is null", ""),
    "cancel what was let in": ("live_before", "w.enqueued_at < p_before", "true"),
    "forget to cancel what runs": ("live_before", "where e.queue_id = p_queue_id", "where false"),
    "end the maintenance of all with that of one": (
        "exit_maintenance",
        "where o.queue_id = v_key",
        "where v_key is not null",
    ),
    "claim on an inactive node": ("claim_workflows", "if not v_is_active then", "if false then"),
    "prefer nobody": ("queues_of_inactive", "and not exists (", "and true or exists ("),
    "claim while draining": ("claim_workflows", "and not v_is_draining then", "then"),
    "do not hear that the node is active": (
        "renew_worker",
        "coalesce((v_held ->> 'is_active')::boolean, w.is_active)",
        "w.is_active",
    ),
    "do not audit": (
        "requeue_workflows",
        "perform workflows.audit_change(p_workflow_ids, 'enqueued', null, null, null);",
        "",
    ),
}

RARE = (
    "forget the mark on resume",
    "count held time",
    "do not audit",
    "count a lost worker as a failure",
    "replace a recorded step",
)
PARAMETERS = [
    pytest.param(
        *mutation,
        id=name.replace(" ", "-"),
        marks=[pytest.mark.proof, pytest.mark.timeout(900)] if name in RARE else [],
    )
    for name, mutation in MUTATIONS.items()
]


@pytest.mark.parametrize(("function", "before", "after"), PARAMETERS)
def test_the_model_notices(session: Session, function: str, before: str, after: str) -> None:
    noticed = (AssertionError, ExceptionGroup, Refusal)
    with session.mutated(function, before, after), pytest.raises(noticed):
        run_machine(session, 1000, is_shrinking=False)


def not_first_anywhere(s: Script) -> None:
    """The last one waits at a free gate behind one that waits for another gate."""
    s.at_work("plain", resources=["pump"])
    s.enqueue_one("plain", {}, {"resources": ["mixer", "pump"]})
    s.enqueue_one("plain", {}, {"resources": ["mixer", "valve"]})
    s.claim(0, 1, 0, False)


def too_late(s: Script) -> None:
    s.enqueue_one("plain", {}, {"start_before": 300})
    s.be_away(600)
    s.claim(0, 1, 0, False)


def let_in_with_a_key(s: Script) -> None:
    s.enter("default", "drain")
    s.enqueue_one("plain", {}, {"partition_key": "a", "allow_during_maintenance": True})
    s.claim(0, 1, 0, False)


# Those that chance takes minutes to find.
SCRIPTED = {
    "grant a gate to who is not first at all": (
        not_first_anywhere,
        "hand_over",
        "is distinct from w.workflow_id",
        "is null",
    ),
    "start late": (
        too_late,
        "take_ready",
        "r.start_before <= v_now as is_late",
        "false as is_late",
    ),
    "admit in maintenance": (
        let_in_with_a_key,
        "admit_gated",
        "(q.is_paused or not q.is_open or q.maintenance_mode is not null)",
        "q.is_paused",
    ),
}


@pytest.mark.parametrize("name", SCRIPTED)
def test_a_script_notices(session: Session, name: str) -> None:
    assert_noticed(session, play, SCRIPTED[name])
