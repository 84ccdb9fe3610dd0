"""Every command in every status and state that can exist, with and without handlers, against the table `transition`.

What the table says is read from the database; what follows from it at once, and after the worker has obeyed, is
worked out here from what a handler needs: work that has begun.
"""

import itertools
import re

import pytest

from exchange.workflows.isa88 import models
from tests.calls import Calls
from tests.clock import Clock
from tests.sql.situations import ENDED, HANDLERS, MOVING, NEEDS_HANDLERS, SITUATIONS, Situation

pytestmark = pytest.mark.once
COMMANDS = ("ABORT", "STOP", "CANCEL", "HOLD", "PAUSE", "RESUME", "RESET")
CASES = [
    (where, handlers)
    for where, handlers in itertools.product(SITUATIONS, (True, False))
    if handlers or where not in NEEDS_HANDLERS
]
NEVER = (
    "DELAYED HOLDING,DELAYED PAUSING,DELAYED RESUMING,DELAYED STOPPING,BLOCKED HOLDING,BLOCKED PAUSING,"
    "BLOCKED RESUMING,BLOCKED STOPPING,BLOCKED ABORTING,ENQUEUED PAUSING"
).split(",")


@pytest.fixture(scope="module")
def shared_clock(shared, schema):
    return Clock(shared, schema)


@pytest.fixture
def bring(shared, shared_clock):
    def make(where: str, has_handlers: bool) -> Situation:
        made = Situation(Calls(shared), shared_clock, HANDLERS if has_handlers else [])
        SITUATIONS[where](made)
        assert " ".join(made.stands) == where.partition(",")[0]
        return made

    return make


def transition(calls, command, state):
    query = "select outcome, through_state, to_state from workflows.transition"
    return calls.rows(query + " where command = %s and from_state = %s", command, state)[0]


def at_once(calls, s, where, has_handlers, command):
    """Outcome, status and state that the answer must have."""
    status, state = s.stands
    outcome, through, to = transition(calls, command, state)
    if outcome != "accepted" or command == "RESET":
        return outcome, status, state
    started, blocked, last = calls.rows(
        """select w.started_at is not null, w.status = 'BLOCKED', (
          select split_part(s.step_key, '#', 1) from workflows.step s
          where s.workflow_id = w.workflow_id and s.step_key ~ '^on_(hold|resume)'
          order by s.ended_at desc limit 1)
        from workflows.workflow w where w.workflow_id = %s""",
        s.workflow_id,
    )[0]
    is_ahead = state == "STARTING"
    has_one = has_handlers and started and not blocked and not is_ahead and command != "PAUSE"
    if command == "RESUME":
        has_one = has_one and last == "on_hold"
    if status == "RUNNING" and command == "ABORT":
        return (outcome, "DELAYED", "ABORTING") if has_one else (outcome, "ABORTED", "ABORTED")
    if status == "RUNNING":
        return outcome, status, through or ("RESUMING" if has_one else "RUNNING")
    if has_one:
        moving = {"HOLD": "HOLDING", "RESUME": "RESUMING", "ABORT": "ABORTING"}
        return outcome, "ENQUEUED", moving.get(command, "STOPPING")
    if command != "RESUME":
        return outcome, "HELD" if to in ("HELD", "PAUSED") else to, to
    back = {"delayed": "DELAYED", "blocked": "BLOCKED", "started": "ENQUEUED"}
    held = where.startswith("HELD")
    was = back.get(where.split()[-1], "WAITING" if held else "ENQUEUED")
    return outcome, was, "RUNNING" if started else "IDLE"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("where", "has_handlers"),
    CASES,
    ids=[f"{where}{' with handlers' if h else ''}".replace(" ", "-") for where, h in CASES],
)
def test_every_command_everywhere(shared, bring, where, has_handlers, command):
    s, calls = bring(where, has_handlers), Calls(shared)
    before = calls.get(s.workflow_id)
    outcome, status, state = at_once(calls, s, where, has_handlers, command)
    to = transition(calls, command, before["state"])[2]
    answer = s.order(command, actor="anna")
    assert (answer["outcome"], answer["status"], answer["state"]) == (outcome, status, state)
    assert s.stands == (status, state)
    assert len(calls.hot_rows(s.workflow_id)) == (0 if status in ENDED else 1)
    check_message(answer, before)
    check_rows(calls, s, answer, before, command)
    if outcome != "accepted":
        assert calls.get(s.workflow_id) == before
        return
    is_under_way = state in MOVING and command != "RESET"
    assert s.command_row() == (("accepted", False) if is_under_way else ("obeyed", True))
    s.obey()
    assert s.command_row() == ("obeyed", True)
    assert s.stands[1] == ("IDLE" if (to, s.stands[1]) == ("RUNNING", "IDLE") else to or state)
    assert len(calls.hot_rows(s.workflow_id)) == (0 if s.stands[0] in ENDED else 1)
    if command == "RESET":
        check_reset(calls, s, answer)


def check_message(answer, before):
    said = answer["message"]
    if answer["outcome"] == "rejected":
        assert said.startswith(f"{answer['command']} rejected: the workflow ")
        assert (before["status"] if before["ended_at"] else before["state"]) in said
    elif answer["outcome"] == "already":
        ending = before["state"] in ("STOPPING", "CANCELLING", "ABORTING")
        assert said == ("already ending" if ending else f"already {before['state']}")
    else:
        assert said.startswith("accepted, ")


def check_rows(calls, s, answer, before, command):
    """The command's row and the audit's say who, why, from where and to where."""
    row = calls.rows(
        """select command, actor, reason, from_status, from_state, to_status, to_state
        from workflows.command_log where command_id = %s""",
        answer["command_id"],
    )
    now = answer["status"], answer["state"]
    assert row == [(command, "anna", "because", before["status"], before["state"], *now)]
    audited = calls.rows(
        """select event, actor, reason from workflows.audit where workflow_id = %s
        and event like 'command %%' order by audit_id desc limit 1""",
        s.workflow_id,
    )
    assert audited == [(f"command {command} {answer['outcome']}", "anna", "because")]


def check_reset(calls, s, answer):
    new_id = answer["new_workflow_id"]
    assert new_id != s.workflow_id
    assert calls.status(new_id) == "ENQUEUED"
    query = "select previous_workflow_id::text from workflows.workflow where workflow_id = %s"
    assert calls.value(query, new_id) == s.workflow_id


def test_the_situations_are_all_that_can_exist(shared):
    """The check constraint allows a few pairs more, which no function makes."""
    query = """select s || ' ' || t from unnest(%s::text[]) s, unnest(%s::text[]) t
      where workflows.workflow_fits(s, t, null, null) or workflows.workflow_fits(s, t, now(), null)
        or workflows.workflow_fits(s, t, null, now())"""
    words = sorted(
        {word for where in [*SITUATIONS, *NEVER] for word in re.findall("[A-Z]+", where)}
    )
    allowed = {pair for (pair,) in Calls(shared).rows(query, words, words)}
    brought = {where.partition(",")[0] for where in SITUATIONS}
    assert allowed == brought | set(NEVER)
    assert not brought & set(NEVER)


@pytest.mark.parametrize("where", SITUATIONS)
def test_the_times_of_a_situation_are_those_of_its_status(shared, where):
    """Which of ended_at and held_at are set: one way fits each."""
    status, state = where.partition(",")[0].split()
    query = """select e is not null, h is not null from (values (null), (now())) a(e), (values (null), (now())) b(h)
      where workflows.workflow_fits(%s, %s, e, h)"""
    is_ended = status in ("SUCCESS", "ERROR", "CANCELLED", "STOPPED", "ABORTED")
    assert Calls(shared).rows(query, status, state) == [(is_ended, status == "HELD")]


def test_the_table_knows_every_command_in_every_state(shared):
    rows = Calls(shared).rows("select command, from_state from workflows.transition")
    states = {where.partition(",")[0].split()[1] for where in SITUATIONS}
    assert set(rows) == set(itertools.product(COMMANDS, states))


def test_the_python_model_decides_like_the_table(shared):
    rows = Calls(shared).rows("select command, from_state, outcome from workflows.transition")
    theirs = {(command, state): outcome == "accepted" for command, state, outcome in rows}
    for command, state in itertools.product(models.ALL_COMMANDS, models.ALL_STATES):
        assert models.allowedInState(command, state) == theirs[command, state], (command, state)
    assert {state for _, state in theirs} == {*models.ALL_STATES, "CANCELLING", "CANCELLED"}
    assert {command for command, _ in theirs} == {*models.ALL_COMMANDS, "CANCEL"}
