"""Verifies a gateway in a minute: everything that this library asks of Ignition, tried on the gateway itself.

This library is tested with the gateway's own parts (Jython, Java, the JDBC driver, the connection pool) in a
stand-in for the gateway, and has not yet run inside Ignition itself. Run this once where you want to use it, from
a Perspective button, a gateway message handler or a timer script, and read the report in the gateway's log:

    exchange.workflows.apps.verify.report()

It enqueues three workflows of its own and cancels what has not run. Nothing else is changed.
"""

from __future__ import absolute_import, division, print_function

import sys

from exchange.workflows import compat, errors, settings
from exchange.workflows.api import service
from exchange.workflows.engine import instance, payload
from exchange.workflows.engine.runtime import step, workflow

_CALLS = 50
_NOTIFICATIONS = 10
_PATIENCE_SECONDS = 15
_BIG = 2**40
_TEXT = b"caf\xc3\xa9 \xf0\x9f\x8f\xad".decode("utf-8")


class NotHere(Exception):
    """What is asked for does not exist here; nothing has failed."""


@step(name="verify.echo")
def echo(value):
    return value


@workflow(name="verify.gateway")
def verify_gateway(value=None):
    return echo(value)


def report(dbName=None):
    """Tries everything, logs a line each, and returns the lines as one text.

    dbName: the database connection; the default one where left out. A line begins with `ok`, `not here` or
    `FAILED`. Never raises, unless somebody ends the script.

        print(exchange.workflows.apps.verify.report("WorkflowsDB"))
    """
    log = instance.choose_host().get_logger("verify")
    lines = ["ignition-workflows %s" % settings.VERSION]
    for check in CHECKS:
        lines.append(_line(check, dbName))
        (log.error if lines[-1].startswith("FAILED") else log.info)(lines[-1])
    return "\n".join(lines)


def _line(check, dbName):
    name = check.__name__.replace("_", " ").strip()
    try:
        return "ok        %s: %s" % (name, check(dbName))
    except NotHere as reason:
        return "not here  %s: %s" % (name, compat.one_line(reason))
    except compat.ERRORS as error:
        if compat.is_ending(error):
            raise
        chain = " <- ".join(_class_chain(error))
        return "FAILED    %s: %s (%s)" % (name, compat.one_line(error), chain)


def _class_chain(error):
    names = []
    while error is not None and len(names) < 10:
        names.append(compat.class_name(error))
        get_cause = getattr(error, "getCause", None)
        error = get_cause() if get_cause is not None else None
    return names


def _system():
    try:
        return compat.gateway_system()
    except ImportError:
        raise NotHere("this is not a gateway")


def _connection_name(dbName):
    return instance.getWorkflows(dbName).connector.database_name


def versions(dbName):
    try:
        from java.lang import System
    except ImportError:
        raise NotHere("this is not a gateway; Python %s" % sys.version.split()[0])
    return "Jython %s, Java %s" % (sys.version.split()[0], System.getProperty("java.version"))


def project(dbName):
    host = instance.choose_host()
    return "project %r on %s" % (str(host.project_name()), host.host_name())


def schema_version(dbName):
    found = instance.getWorkflows(dbName).store.schema_version()
    if found != settings.SCHEMA_VERSION:
        raise errors.SchemaVersionMismatch("it is %d, this library wants %d" % (found, settings.SCHEMA_VERSION))
    return "%d" % found


def time_of_a_call(dbName):
    host = instance.choose_host()
    store = instance.getWorkflows(dbName).store
    taken = []
    for _ in range(_CALLS):
        begun = host.monotonic()
        store.schema_version()
        taken.append(host.monotonic() - begun)
    return "median %.2f ms, longest %.2f ms of %d" % (_median(taken) * 1000, max(taken) * 1000, _CALLS)


def _median(values):
    return sorted(values)[len(values) // 2]


def texts_and_nulls(dbName):
    with instance.getWorkflows(dbName).transaction() as tx:
        row = tx.query("select ?::text as text, ?::bigint as big, ?::text is null as none", [_TEXT, _BIG, None])[0]
    found = (payload.from_json(payload.to_json(row["text"])), int(row["big"]), bool(row["none"]))
    if found != (_TEXT, _BIG, True):
        raise ValueError("came back as %r" % (found,))
    return "come back as they went"


def errors_with_their_code(dbName):
    try:
        instance.getWorkflows(dbName).enqueue("verify.gateway", priority=1000)
    except errors.BadArgument as error:
        return "WF002 for the field %s" % error.field
    raise ValueError("a priority of 1000 was accepted")


def a_connection_kept_over_commits(dbName):
    """What claiming and renewing rely on: a transaction handle that goes on after its commit."""
    db = _system().db
    name = _connection_name(dbName)
    handle = db.beginTransaction(name)
    try:
        backends = set()
        for _ in range(3):
            backends.add(db.runPrepQuery("select pg_backend_pid()::text", [], name, handle).getValueAt(0, 0))
            db.commitTransaction(handle)
    finally:
        db.closeTransaction(handle)
    if len(backends) != 1:
        raise ValueError("three calls came from %d sessions" % len(backends))
    return "one session for three transactions"


def a_rolled_back_enqueue(dbName):
    db = _system().db
    name = _connection_name(dbName)
    handle = db.beginTransaction(name)
    try:
        sql = "select %s.enqueue(?, ?)" % instance.getWorkflows(dbName).connector.schema
        workflow_id = db.runPrepQuery(sql, ["verify.gateway", "{}"], name, handle).getValueAt(0, 0)
        db.rollbackTransaction(handle)
    finally:
        db.closeTransaction(handle)
    try:
        instance.getWorkflows(dbName).getWorkflow(workflow_id)
    except errors.UnknownId:
        return "leaves nothing"
    raise ValueError("workflow %s is there" % workflow_id)


def a_stored_procedure_call(dbName):
    db = _system().db
    call = db.createSProcCall("%s.enqueue" % instance.getWorkflows(dbName).connector.schema, _connection_name(dbName))
    call.registerReturnParam(db.VARCHAR)
    call.registerInParam(1, db.VARCHAR, "verify.gateway")
    db.execSProcCall(call)
    workflow_id = call.getReturnValue()
    instance.getWorkflows(dbName).cancel(workflow_id, reason="verified")
    return "enqueued %s" % workflow_id


def listening(dbName):
    """Through the gateway's pool to the driver. Without it workers poll: slower, and just as safe."""
    rt = instance.getWorkflows(dbName)
    if not rt.connector.can_listen():
        raise NotHere("the driver cannot be reached through this gateway's connections: workers poll")
    host = instance.choose_host()
    channel = "workflows_verify"
    session = rt.connector.listen(channel)
    try:
        taken = []
        for _ in range(_NOTIFICATIONS):
            begun = host.monotonic()
            rt.connector.call("select coalesce(pg_notify(?::text, ''::text)::text, '')", [channel])
            if not session.wait(5.0):
                raise ValueError("a notification was not heard within 5 s")
            taken.append(host.monotonic() - begun)
    finally:
        session.close()
    return "median %.2f ms, longest %.2f ms" % (_median(taken) * 1000, max(taken) * 1000)


def what_outlives_a_save(dbName):
    host = instance.choose_host()
    key = "exchange.workflows.verify"
    host.share(key, host.shared.make_reference).set("kept")
    try:
        if host.share(key, host.shared.make_reference).get() != "kept":
            raise ValueError("what was kept is gone")
    finally:
        host.unshare(key)
    return "kept in system.util.globals"


def redundancy(dbName):
    role, is_active = instance.choose_host().gateway_role()
    return "role %s, %s" % (role, "active" if is_active else "not active")


def datasets_and_dates(dbName):
    system = _system()
    rows = system.dataset.toDataSet(["name", "at"], [["T-101", system.date.now()]])
    return payload.to_json(rows)[:80]


def enqueue_in_memory(dbName):
    host = instance.choose_host()
    begun = host.monotonic()
    answer = service.enqueueInMemory("verify.gateway", inputs={"value": 1}, dbName=dbName)
    taken = host.monotonic() - begun
    if not answer["ok"]:
        raise ValueError(answer["message"])
    return "answered in %.2f ms" % (taken * 1000)


def a_workflow_from_end_to_end(dbName):
    answer = service.enqueue("verify.gateway", inputs={"value": _TEXT}, dbName=dbName)
    if not answer["ok"]:
        raise ValueError(answer["message"])
    found = service.getResult(answer["workflowId"], timeoutSeconds=_PATIENCE_SECONDS, dbName=dbName)
    if found["code"] == "NOT_FINISHED":
        service.cancel(answer["workflowId"], reason="nobody runs it", dbName=dbName)
        raise NotHere('nobody runs it: begin a worker with startup(modules=["exchange.workflows.apps.verify"])')
    if not found["ok"] or found["result"] != _TEXT:
        raise ValueError(found["message"])
    row = instance.getWorkflows(dbName).getWorkflow(answer["workflowId"])
    return "enqueued %s, started %s, ended %s" % (row["enqueued_at"], row["started_at"], row["ended_at"])


CHECKS = (
    versions,
    project,
    schema_version,
    time_of_a_call,
    texts_and_nulls,
    errors_with_their_code,
    a_connection_kept_over_commits,
    a_rolled_back_enqueue,
    a_stored_procedure_call,
    listening,
    what_outlives_a_save,
    redundancy,
    datasets_and_dates,
    enqueue_in_memory,
    a_workflow_from_end_to_end,
)
