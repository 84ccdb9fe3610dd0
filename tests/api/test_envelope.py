"""The envelope: its shape, and that it comes whatever fails (D39, D8)."""

import pytest

from exchange.workflows import compat, errors
from exchange.workflows.api import service
from exchange.workflows.api.envelope import answers, code_of, makeErr, makeOk
from exchange.workflows.database import refusals


class ThrowableStandIn(Exception):
    """What Jython shows of a java.lang.Throwable: no Python class names, a getClass()."""

    class _JavaClass:
        def getName(self):
            return "java.sql.SQLException"

        def getSimpleName(self):
            return "SQLException"

        def getSuperclass(self):
            return None

    def getClass(self):
        return self._JavaClass()


class Unprintable(Exception):
    def __str__(self):
        raise UnicodeEncodeError("ascii", "\xb0", 0, 1, "ordinal not in range")

    __repr__ = __str__


def failing(error):
    @answers("START_FAILED")
    def call(workflowName=None, dbName=None):
        raise error

    return call


def test_data_is_at_the_top_level_too_and_hides_nothing():
    envelope = makeOk("CODE", "text", {"workflowId": "w", "ok": "mine", "meta": 1})
    assert envelope["ok"] is True and envelope["meta"] == {}
    assert envelope["workflowId"] == envelope["data"]["workflowId"] == "w"
    assert envelope["data"]["ok"] == "mine"
    assert makeErr("CODE", "text")["ok"] is False


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.StaleLease("m"), "STALE_LEASE"),
        (errors.BadArgument("m", detail={"field": "priority"}), "INVALID_ARGUMENTS"),
        (errors.BadArgument("m", detail={"field": "workflow_name"}), "INVALID_WORKFLOW_NAME"),
        (errors.UnknownId("m"), "NOT_FOUND"),
        (errors.AlreadyFinished("m"), "ALREADY_FINISHED"),
        (errors.QueueRefused("m"), "QUEUE_REFUSED"),
        (errors.Duplicate("m"), "DUPLICATE"),
        (errors.ReplayMismatch("m"), "REPLAY_MISMATCH"),
        (errors.SchemaVersionMismatch("m"), "SCHEMA_VERSION"),
        (errors.CommandRejected("m"), "COMMAND_REJECTED"),
        (errors.MigrationEdited("m"), "MIGRATION_EDITED"),
        (errors.NotConfigured("m"), "NOT_CONFIGURED"),
        (errors.DatabaseError("m", "08006", is_lost=True), "DATABASE_UNAVAILABLE"),
        (errors.DatabaseError("m", "25006"), "DATABASE_UNAVAILABLE"),
        (errors.DatabaseError("m", "42501"), "NOT_ALLOWED"),
        (errors.DatabaseError("m", "22P05"), "START_FAILED"),
        (KeyError("m"), "START_FAILED"),
    ],
)
def test_every_error_has_its_code(error, code):
    assert code_of(error, "START_FAILED") == code
    assert failing(error)()["code"] == code


def test_every_sqlstate_of_ours_has_a_code():
    assert {code_of(error("m"), None) for error in refusals.BY_CODE.values()}.isdisjoint({None})


@pytest.mark.parametrize(
    "error", [ThrowableStandIn("no route"), Unprintable(), ValueError("\xb5\u20ac"), Exception()]
)
def test_d39_d8_an_envelope_comes_whatever_fails(error):
    envelope = failing(error)(workflowName="fill", dbName="plant")
    assert envelope["ok"] is False and envelope["code"] == "START_FAILED"
    assert isinstance(envelope["message"], compat.text_type) and envelope["message"]
    assert envelope["workflowName"] == "fill"
    assert envelope["meta"]["dbName"] == "plant" and envelope["meta"]["durationMs"] >= 0


def test_a_java_error_keeps_its_class_name():
    assert failing(ThrowableStandIn("x"))()["errorClass"] == "java.sql.SQLException"


def test_orders_to_the_workflow_that_calls_are_no_failures():
    with pytest.raises(errors.Stopped):
        failing(errors.Stopped())()


def test_a_wrong_argument_name_is_answered():
    answer = service.enqueue("fill", quueName="default")
    assert answer["ok"] is False and "quueName" in answer["message"]


def test_without_a_database_the_answer_says_what_to_do(monkeypatch):
    monkeypatch.delenv("WORKFLOWS_DSN", raising=False)
    answer = service.enqueue("fill")
    assert answer["code"] == "NOT_CONFIGURED" and "WORKFLOWS_DSN" in answer["message"]


def test_d39_a_database_that_is_down_is_answered():
    from exchange.workflows.engine import instance

    connector = instance.open_connector(
        "host=127.0.0.1 port=1 dbname=x connect_timeout=1", retry_seconds=0.2
    )
    instance.configure(connector=connector, dbName="down")
    try:
        for answer in (
            service.enqueue("fill", dbName="down"),
            service.getWorkflow(workflowId="01a207fd-1dd4-7417-8826-434be8f724c2", dbName="down"),
        ):
            assert (answer["ok"], answer["code"]) == (False, "DATABASE_UNAVAILABLE")
    finally:
        instance.shutdown()
