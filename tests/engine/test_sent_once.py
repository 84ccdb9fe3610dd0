"""Calls whose answer is lost: those that answer a repetition like the first time are sent again, the others are not,
and say that nobody knows what became of them."""

import json

import psycopg
import pytest

from exchange.workflows import errors
from exchange.workflows.cpython import psycopg_connector
from exchange.workflows.database import store
from exchange.workflows.engine import instance
from tests.calls import Calls, shared_database
from tests.engine.fakes import lost
from tests.every_call import FORM, set_stage

OF_WORKERS = {
    "register_worker", "renew_worker", "retire_worker", "claim_workflows", "load_workflow",
    "record_steps", "finish_workflows", "run_maintenance",
}  # fmt: skip
MEASURES = {"get_diagnostics"}
# The engine gives each of these an id of its own before it is sent.
IDS = {
    "enqueue": "workflow_id",
    "fork_workflow": "workflow_id",
    "send_message": "message_id",
    "send_command": "request_id",
    "send_commands": "request_id",
    "cancel_workflow": "request_id",
    "answer_prompt": "request_id",
}
# The second time they change nothing, and say so, or go on where the first time has left something.
TOLD = {
    "enqueue_many",
    "send_commands",
    "send_message",
    "reject_entries",
    "enter_maintenance",
    "exit_maintenance",
    "apply_retention",
    "set_setting",
    "reset_setting",
    "delete_retention",
    "import_workflows",
    "resolve_rejected_entry",
}
AN_ID = "00000000-0000-4000-8000-000000000009"
SPARE = {
    "set_enum_status": {"enum_name": "Spare"},
    "set_template_status": {"template_name": "spare"},
    "set_parameter_set_status": {"set_name": "spare"},
    "run_schedule": {"schedule_name": "spare"},
}


@pytest.fixture(scope="module")
def stage_conn(server, template):
    with shared_database(server, template) as conn:
        yield conn


@pytest.fixture(scope="module")
def stage(stage_conn):
    made = set_stage(Calls(stage_conn))
    set_spares(Calls(stage_conn))
    return made


def arguments_of(stage, name):
    every = {**stage.for_clients(), **stage.for_administrators()}
    every |= {**stage.for_engineers(), **stage.for_planners()}
    arguments = dict(every[name])
    if name == "enqueue_many":
        arguments["items"] = [{"workflow_name": "mix", "options": {"workflow_id": AN_ID}}]
    elif name in IDS:
        arguments["options"] = {**arguments.get("options", {}), IDS[name]: AN_ID}
    elif name.endswith("_status"):
        arguments["status"] = "deleted"
    return {**arguments, **SPARE.get(name, {})}


def set_spares(calls):
    """What nothing else refers to, so that it can be deleted, and a schedule that deduplicates nothing."""
    calls.call("create_enum", enum_name="Spare", choices=["A"])
    spare = {"workflow_name": "fill", "template_name": "spare"}
    calls.call("create_template", **spare, form=FORM)
    for _ in range(2):
        calls.call("create_parameter_set", workflow_name="fill", set_name="spare", values={"kg": 1})
    options = {"cron": "@yearly"}
    calls.call("create_schedule", schedule_name="spare", workflow_name="mix", options=options)


@pytest.mark.parametrize("name", sorted(set(store.statements("workflows")) - OF_WORKERS - MEASURES))
def test_what_is_sent_again_does_nothing_twice(stage, stage_conn, name):
    """On a stage where each has something to do. What is sent once, by contrast, does or says something else."""
    calls = Calls(stage_conn)
    with stage_conn.transaction(force_rollback=True):
        arguments = arguments_of(stage, name)
        first = calls.call(name, **arguments)
        try:
            second = calls.call(name, **arguments)
        except psycopg.Error as error:
            second = error
    assert (second != first) is (name in store.ONCE | TOLD)


class Sessions:
    """A connector that answers with errors, and notes how it was asked."""

    def __init__(self, error=None):
        self.error = error
        self.asked = []

    def call(self, sql, args):
        return self._answer("call")

    def call_once(self, sql, args):
        return self._answer("call_once")

    def _answer(self, how):
        self.asked.append(how)
        if self.error is not None:
            raise self.error
        return "{}"


def test_the_store_says_which_are_sent_once():
    sessions = Sessions()
    made = store.Store(sessions)
    made.retry_workflow("w", {})
    made.send_command("w", "HOLD", None, {})
    assert sessions.asked == ["call_once", "call"]


def test_a_session_that_repeats_nothing_has_one_way_to_call():
    answers = type("Session", (), {"call": lambda self, sql, args: "7"})()
    assert store.Store(answers).run_schedule("report", {}) == "7"


def test_without_an_answer_nobody_knows_the_outcome():
    with pytest.raises(
        errors.DatabaseError, match="answer of run_schedule was lost.*is unknown"
    ) as caught:
        store.Store(Sessions(lost())).run_schedule("report", {})
    assert (caught.value.code, caught.value.is_lost) == ("08006", True)
    assert "look" in caught.value.hint
    with pytest.raises(errors.DatabaseError, match="^connection lost$"):
        store.Store(Sessions(lost())).pause_schedule("report", {})


@pytest.mark.parametrize("code", ["08001", "08004", "25006", "53300", "57P03", "57014", "WF003"])
def test_what_never_began_is_told_as_it_is(code):
    error = errors.DatabaseError("no", code)
    with pytest.raises(errors.DatabaseError) as caught:
        store.Store(Sessions(error)).run_schedule("report", {})
    assert caught.value is error


# On a real server


@pytest.fixture
def lose_answers(monkeypatch):
    """lose_answers(name): the first call of that function commits, and the connection breaks before the answer."""
    lost_names = []

    def lose(name):
        ask = psycopg_connector._one_value

        def ask_and_lose(conn, sql, args):
            answer = ask(conn, sql, args)
            if f".{name}(" in sql and name not in lost_names:
                lost_names.append(name)
                conn.close()
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            return answer

        monkeypatch.setattr(psycopg_connector, "_one_value", ask_and_lose)

    return lose


def test_a_fork_whose_answer_is_lost_is_sent_again_and_forks_once(rt, lose_answers, conn, sql):
    workflow_id = rt.enqueue("engine_noop")
    lose_answers("fork_workflow")
    answer = rt.fork(workflow_id)
    query = "select workflow_id::text from workflows.workflow where previous_workflow_id = %s"
    assert conn.execute(sql(query), [workflow_id]).fetchall() == [(answer["workflow_id"],)]


def test_a_retry_whose_answer_is_lost_is_not_sent_again(rt, lose_answers, make_worker):
    workflow_id = rt.enqueue("engine_noop")
    rt.cancel(workflow_id)
    lose_answers("retry_workflow")
    with pytest.raises(errors.DatabaseError, match="is unknown"):
        rt.retry(workflow_id)
    assert rt.getWorkflow(workflow_id)["status"] == "ENQUEUED"


def test_what_broke_before_the_call_does_not_make_its_outcome_unknown(rt, conn, schema):
    """A pooled connection that nobody used since the server was restarted."""
    workflow_id = rt.enqueue("engine_noop")
    rt.cancel(workflow_id)
    conn.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s",
        (f"{schema}-client",),
    )
    assert rt.retry(workflow_id)["outcome"] == "accepted"


def test_no_connection_is_not_an_unknown_outcome(dsn, schema):
    connector = instance.open_connector(dsn, schema, pool_size=1, retry_seconds=0.1)
    try:
        made = store.Store(connector, schema)
        with connector.transaction(), pytest.raises(errors.DatabaseError) as caught:
            made.run_schedule("report", {})
        assert caught.value.code == "08001" and "unknown" not in json.dumps(caught.value.message)
    finally:
        connector.close()
