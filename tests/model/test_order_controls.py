"""Each guard of the orders is taken out in turn, and a script of rules that leads to it must notice, every time."""

from collections.abc import Callable

import pytest

from tests.model.draws import ERROR
from tests.model.running import assert_noticed
from tests.model.script import Script, play
from tests.model.session import Session

KEY = {"partition_key": "a"}
ASLEEP = {"outcome": "suspend", "k": "s1"}


def aborted_with_its_key(s: Script) -> None:
    s.give(s.at_work("plain", **KEY), "ABORT")


def aborted_and_late(s: Script) -> None:
    s.give(s.at_work("plain"), "ABORT")
    s.finish([(True, 0, {"outcome": "stopped"})])


def paused(s: Script) -> None:
    s.obeyed(s.at_work("plain"), "PAUSE")


def lapsed(s: Script) -> None:
    s.give(s.at_work("plain"), "HOLD", seconds=1)
    s.lapse()
    s.agree()


def obeyed_in_time(s: Script) -> None:
    w = s.at_work("plain")
    s.give(w, "HOLD", seconds=1)
    s.carry_out(w, 1)
    s.lapse()


def reset(s: Script) -> None:
    s.enqueue_one("plain", {}, KEY)
    [w] = s.book.workflows.values()
    s.give(w, "STOP", "RESET")


def held_between_two_tries(s: Script) -> None:
    w = s.at_work("batch")
    s.depart(w, "error", error=ERROR)
    s.obeyed(w, "HOLD", "RESUME")


def failed_while_it_was_asked_to_hold(s: Script) -> None:
    w = s.at_work("batch")
    s.give(w, "HOLD")
    s.depart(w, "error", error=ERROR)
    s.carry_out(w, 1)
    s.obeyed(w, "RESUME")


def paused_while_it_resumes(s: Script) -> None:
    w = s.at_work("lift")
    s.obeyed(w, "HOLD")
    s.give(w, "RESUME", "PAUSE", "RESUME")


def lapsed_while_it_resumes(s: Script) -> None:
    w = s.at_work("batch")
    s.obeyed(w, "HOLD")
    s.give(w, "RESUME")
    s.give(w, "HOLD", seconds=1)
    s.lapse()


def begun_in_time(s: Script) -> None:
    w = s.at_work("batch")
    s.give(w, "STOP", seconds=1)
    s.say_that_it_begins(w)
    s.lapse()


def claimed_in_time(s: Script) -> None:
    w = s.at_work("batch")
    s.depart(w, **ASLEEP)
    s.give(w, "STOP", seconds=1)
    s.claim(0, 0, 0, False)
    s.lapse()


def held_while_it_waits_for_its_key(s: Script) -> None:
    w = s.at_work("batch", **KEY)
    s.depart(w, "cancelled")
    s.at_work("plain", priority=-1, **KEY)
    s.retry_one(w)
    s.claim(0, 1, 0, False)
    s.give(w, "HOLD", "STOP")


def stopped_in_a_paused_queue(s: Script) -> None:
    w = s.at_work("batch")
    s.depart(w, **ASLEEP)
    s.switch("default", True)
    s.give(w, "STOP")
    s.claim(0, 0, 0, False)


def stopped_where_no_more_may_run(s: Script) -> None:
    w = s.at_work("batch")
    s.depart(w, **ASLEEP)
    s.give(w, "STOP")
    s.limit("default", 1)
    s.claim(0, 0, 0, False)
    s.agree()
    s.at_work("plain")


def aborted_with_a_handler(s: Script) -> None:
    s.give(s.at_work("batch"), "ABORT")
    s.pass_time(900, 1)


def left_for_a_pause_when_it_was_to_hold(s: Script) -> None:
    w = s.at_work("batch")
    s.give(w, "PAUSE", "HOLD")
    s.depart(w, "held")


def taken_back_after_its_handler(s: Script) -> None:
    w = s.at_work("batch")
    s.give(w, "HOLD")
    s.record_handler(w, "on_hold", False)
    s.give(w, "RESUME")


def resumed_while_held(s: Script) -> None:
    w = s.at_work("batch")
    s.obeyed(w, "HOLD", "RESUME")
    s.give(w, "PAUSE")
    s.depart(w, "held")
    s.give(w, "RESUME")


CONTROLS: dict[str, tuple[Callable[[Script], None], str, str, str]] = {
    "free the gates of what is aborted at once": (
        aborted_with_its_key,
        "abort_running",
        "if not v_lease.is_started or v_handler_no is null and p_workflow.gate_ids is null then",
        "if true then",
    ),
    "let an aborted one keep its token": (
        aborted_and_late,
        "abort_running",
        "set lease_token = null, deadline_at = null",
        "set deadline_at = null",
    ),
    "hold what was to be paused": (paused, "held_state", "then 'PAUSED'", "then 'HELD'"),
    "let no order lapse": (lapsed, "expire_commands", "c.expires_at <= p_now", "false"),
    "let an order lapse that was obeyed": (
        obeyed_in_time,
        "expire_commands",
        "c.outcome = 'accepted' and c.expires_at",
        "c.expires_at",
    ),
    "reset without its key": (
        reset,
        "repeat_workflow",
        "v_request.partition_key := p_workflow.partition_key;",
        "",
    ),
    "forget the backoff of what is held": (
        held_between_two_tries,
        "apply_command",
        "and 'DELAYED' in (p.status, p.resume_status)",
        "and false",
    ),
    "try again before it is due": (
        held_between_two_tries,
        "settle_workflow",
        "case when w.retry_at > p_now then w.retry_at end",
        "null",
    ),
    "resume before it is due": (
        held_between_two_tries,
        "settle_workflow",
        "and w.retry_at > p_now",
        "and false",
    ),
    "forget the backoff of what was asked to hold": (
        failed_while_it_was_asked_to_hold,
        "settle_error",
        "set retry_at = v_due",
        "set retry_at = null",
    ),
    "do not tell that a try is not due": (
        held_between_two_tries,
        "claim_answer",
        "when w.retry_at is null then",
        "when true then",
    ),
    "forget on_resume over a pause": (
        paused_while_it_resumes,
        "next_handler_no",
        "p_workflow.resume_no is distinct from v_count + 1",
        "true",
    ),
    "forget on_resume over an order that lapses": (
        lapsed_while_it_resumes,
        "take_order_back",
        "if p_from_state not in ('STARTING', 'RUNNING') then",
        "if false then",
    ),
    "let an order lapse whose handler has begun": (
        begun_in_time,
        "note_handlers",
        "set expires_at = null",
        "set expires_at = c.expires_at",
    ),
    "let an order lapse that was claimed": (
        claimed_in_time,
        "expire_commands",
        "and l.claimed_at >= v_late.accepted_at",
        "and false",
    ),
    "run a handler without its key": (
        held_while_it_waits_for_its_key,
        "next_handler_no",
        "and t.is_holder",
        "",
    ),
    "let an order wait in a paused queue": (
        stopped_in_a_paused_queue,
        "claim_quota",
        "and (l.kind = 'command'",
        "and (false",
    ),
    "let an order wait for a free thread": (
        stopped_in_a_paused_queue,
        "claim_quota",
        "or not s.is_late and s.place = 1",
        "",
    ),
    "let an order take the room of others": (
        stopped_where_no_more_may_run,
        "take_ready",
        "q.is_limited and l.kind <> 'command' as is_limited",
        "q.max_running is not null as is_limited",
    ),
    "run on_abort beside the old thread": (
        aborted_with_a_handler,
        "abort_running",
        "p_now + coalesce(v_seconds, 0) * interval '1 second'",
        "p_now",
    ),
    "hold without on_hold": (
        left_for_a_pause_when_it_was_to_hold,
        "settle_leaving",
        "and not workflows.has_run_handler(v_id, v_order, p_lease.handler_no)",
        "and false",
    ),
    "do not undo a hold": (
        taken_back_after_its_handler,
        "order_running",
        "workflows.next_handler_no(p_workflow, v_order)",
        "case when v_order <> 'resume' then workflows.next_handler_no(p_workflow, v_order) end",
    ),
    "undo a hold twice": (
        resumed_while_held,
        "next_handler_no",
        "then v_last is null or v_last like 'on_resume%'",
        "then false",
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_a_guard_of_the_orders(session: Session, name: str) -> None:
    assert_noticed(session, play, CONTROLS[name])
