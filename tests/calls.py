"""Calls to the SQL functions as a connector makes them: text in, JSON out."""

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from exchange.workflows.cpython import installer
from exchange.workflows.settings import SCHEMA_VERSION
from tests.servers import copied_database

SCHEMA = os.environ.get("WORKFLOWS_TEST_SCHEMA", "workflows")
POLICIES = {
    "queue_name": "default",
    "priority": 0,
    "timeout_seconds": None,
    "max_attempts": 1,
    "backoff_seconds": 1,
    "backoff_rate": 2,
    "max_backoff_seconds": 3600,
    "on_worker_lost": "retry",
    "commands": "auto",
    "handlers": [],
    "parameters": None,
    "signature": None,
}


def statement(function: str, **arguments: Any) -> tuple[str, list[Any]]:
    """The statement that calls a function with its p_ arguments, for `execute` or `Background`."""
    named = ", ".join(f"p_{name} => %s" for name in arguments)
    return f"select {SCHEMA}.{function}({named})", [_as_text(v) for v in arguments.values()]


def _as_text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (dict, list, tuple)) else value


@contextlib.contextmanager
def refused(code: str, field: str | None = None) -> Iterator[dict[str, Any]]:
    """The call inside is refused with this SQLSTATE, and with this field in its detail."""
    detail: dict[str, Any] = {}
    with pytest.raises(psycopg.Error) as caught:
        yield detail
    assert caught.value.sqlstate == code, f"{caught.value.sqlstate}: {caught.value}"
    detail.update(json.loads(caught.value.diag.message_detail or "{}"))
    assert caught.value.diag.message_hint, "the error does not say what to do"
    if field:
        assert detail["field"] == field, detail


class Calls:
    """Public functions over one session."""

    def __init__(self, conn: psycopg.Connection[Any]):
        self.conn = conn

    def call(self, function: str, **arguments: Any) -> Any:
        row = self.conn.execute(*statement(function, **arguments)).fetchone()
        assert row
        with contextlib.suppress(TypeError, ValueError):
            return json.loads(row[0])
        return row[0]

    def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """A query about the schema; write workflows.<table>."""
        return self.conn.execute(installer.rename(query, SCHEMA), arguments or None).fetchall()

    def value(self, query: str, *arguments: Any) -> Any:
        return self.rows(query, *arguments)[0][0]

    def run(self, query: str, *arguments: Any) -> None:
        self.conn.execute(installer.rename(query, SCHEMA), arguments or None)

    def enqueue(self, name: str = "mix", inputs: Any = None, **options: Any) -> str:
        return self.call(
            "enqueue",
            workflow_name=name,
            inputs="{}" if inputs is None else json.dumps(inputs),
            options=options,
        )

    def enqueue_many(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        return self.call("enqueue_many", items=list(items))

    def get(self, workflow_id: str) -> dict[str, Any]:
        return self.call("get_workflow", workflow_id=workflow_id)

    def status(self, workflow_id: str) -> str:
        return self.get(workflow_id)["status"]

    def steps(self, workflow_id: str) -> list[dict[str, Any]]:
        return self.call("list_steps", workflow_id=workflow_id)

    def command(
        self, workflow_id: str, command: str, reason: str | None = None, **options: Any
    ) -> dict[str, Any]:
        return self.call(
            "send_command",
            workflow_id=workflow_id,
            command=command,
            reason=reason,
            options=options,
        )

    def retry(self, workflow_id: str, **options: Any) -> dict[str, Any]:
        return self.call("retry_workflow", workflow_id=workflow_id, options=options)

    def set_queue(self, queue_name: str = "default", **options: Any) -> Any:
        return self.call("set_queue", queue_name=queue_name, options=options)

    def set_setting(self, name: str, value: Any) -> Any:
        return self.call("set_setting", name=name, value=str(value))

    def maintain(self, limit: int = 500) -> dict[str, Any]:
        return self.call("run_maintenance", limit=limit)

    def hot_rows(self, workflow_id: str) -> list[str]:
        """Which hot tables have a row of the workflow: exactly one while it lives."""
        tables = ("ready", "lease", "parked")
        return [
            table
            for table in tables
            for _ in self.rows(
                f"select from workflows.{table} where workflow_id = %s::uuid", workflow_id
            )
        ]


class Worker:
    """One registered worker over one session."""

    def __init__(
        self,
        calls: Calls,
        names: tuple[str, ...] = ("mix",),
        queues: tuple[str, ...] = ("default",),
        worker_id: str | None = None,
        version: int = 1,
        node: dict[str, Any] | None = None,
        **policies: Any,
    ):
        self.calls = calls
        self.worker_id = worker_id or str(uuid.uuid4())
        self.request_no = 0
        self.definitions = [
            {"workflow_name": n, "workflow_version": version, **POLICIES, **policies} for n in names
        ]
        self.queues = queues
        self.registration = self.register(node)

    def register(self, node: dict[str, Any] | None = None) -> dict[str, Any]:
        """Once more, with what a gateway says of itself in `node`."""
        return self.calls.call(
            "register_worker", worker_id=self.worker_id, registration=self.asked(node)
        )

    def asked(self, node: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a registration says."""
        return {
            "worker_name": "test",
            "schema_version": SCHEMA_VERSION,
            "queues": self.queues,
            "threads": 4,
            "listen_mode": "listen",
            "definitions": self.definitions,
            **(node or {}),
        }

    def claim_statement(self, start_now: int = 1, prefetch: int = 0, **more: Any) -> Any:
        self.request_no += 1
        arguments = {"request_no": self.request_no, **more}
        return statement(
            "claim_workflows",
            worker_id=self.worker_id,
            start_now=start_now,
            prefetch=prefetch,
            **arguments,
        )

    def claim_reply(self, start_now: int = 1, prefetch: int = 0, **more: Any) -> dict[str, Any]:
        row = self.calls.conn.execute(*self.claim_statement(start_now, prefetch, **more)).fetchone()
        assert row
        return json.loads(row[0])

    def claim(self, start_now: int = 1, prefetch: int = 0, **more: Any) -> list[dict[str, Any]]:
        return self.claim_reply(start_now, prefetch, **more)["workflows"]

    def claim_one(self) -> dict[str, Any]:
        claimed = self.claim(1)
        assert len(claimed) == 1, claimed
        return claimed[0]

    def claim_ids(self, start_now: int = 1, **more: Any) -> list[str]:
        return [c["w"] for c in self.claim(start_now, **more)]

    def record_arguments(self, claimed: dict[str, Any], key: str, **record: Any) -> dict[str, Any]:
        whole = {"n": 1, "w": claimed["w"], "t": claimed["t"], "k": key, "name": key}
        whole.update({"kind": "step", "status": "SUCCESS", "attempt": 1, **record})
        return {"worker_id": self.worker_id, "records": [whole]}

    def record(self, claimed: dict[str, Any], key: str = "weigh", **record: Any) -> Any:
        """None where it was simply recorded, else the answer to this one record."""
        answers = self.calls.call("record_steps", **self.record_arguments(claimed, key, **record))
        return answers and answers[0]

    def finish_arguments(self, *outcomes: dict[str, Any]) -> dict[str, Any]:
        return {
            "worker_id": self.worker_id,
            "outcomes": [{"n": n, **one} for n, one in enumerate(outcomes)],
        }

    def finish(self, claimed: dict[str, Any], outcome: str = "success", **more: Any) -> str:
        """The answer: ok, busy, WF001 or WF004."""
        whole = {"w": claimed["w"], "t": claimed["t"], "outcome": outcome, **more}
        answers = self.calls.call("finish_workflows", **self.finish_arguments(whole))
        return answers[0]["a"] if answers else "ok"

    def fail(self, claimed: dict[str, Any], message: str = "pump", **more: Any) -> str:
        error = {"class": "ValueError", "message": message, "traceback": "line 1"}
        return self.finish(claimed, "error", error=error, **more)

    def renew(self, *held: dict[str, Any], **more: Any) -> dict[str, Any]:
        whole = {"held": [[c["w"], c["t"]] for c in held], **more}
        return self.calls.call("renew_worker", worker_id=self.worker_id, held=whole)

    def retire(self) -> dict[str, Any]:
        return self.calls.call("retire_worker", worker_id=self.worker_id)

    def work_off(self, limit: int = 1000) -> list[str]:
        """Claims and finishes one at a time until nothing is left; the ids in order."""
        done: list[str] = []
        while len(done) < limit:
            claimed = self.claim(1)
            if not claimed:
                return done
            assert self.finish(claimed[0]) == "ok"
            done.append(claimed[0]["w"])
        raise AssertionError(f"more than {limit} workflows")


def lose(clock: Any, calls: Calls, *alive: Worker) -> None:
    """Time passes until every worker but those alive has lost its lease, and maintenance runs."""
    for _ in range(14):
        clock.advance(2)
        for worker in alive:
            worker.renew()
        calls.maintain()


@contextlib.contextmanager
def shared_database(
    server: Any, template: Any, entrance: Any = None, **keywords: Any
) -> Iterator[psycopg.Connection[Any]]:
    """A database for a whole module whose tests leave nothing behind; the session comes in by `entrance`."""
    name = f"shared_{uuid.uuid4().hex[:8]}"
    with copied_database(server, name, template.template_dbname):
        dsn = (entrance or server).dsn(name)
        with psycopg.connect(dsn, autocommit=True, **keywords) as conn:
            yield conn


@pytest.fixture
def calls(conn: psycopg.Connection[Any]) -> Calls:
    """Public functions as the owner of the server calls them."""
    return Calls(conn)


@pytest.fixture
def make_worker(calls: Calls) -> Any:
    """make_worker("name", ..., queues=(..), **policies): a registered worker."""

    def make(*names: str, calls: Calls = calls, **more: Any) -> Worker:
        return Worker(calls, names or ("mix",), **more)

    return make
