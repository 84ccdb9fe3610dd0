"""Where scripts begin: getWorkflows(). The only module that chooses host and connector."""

from __future__ import absolute_import, division, print_function

import os
import threading

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine import context
from exchange.workflows.engine.client import Workflows

_DEFAULT_DATABASE = "exchange.workflows.default_database"
_CONNECTIONS = "exchange.workflows.connections.%s"

# Threads that meet a module which is not loaded yet can run its top level twice: what is there is kept.
_instances = globals().setdefault("_instances", {})
_lock = globals().setdefault("_lock", threading.RLock())
_hosts = []


def getWorkflows(dbName=None):
    """The workflows of one database; None is the default one.

    Inside a workflow that is the database it runs in. In a gateway dbName is the name of any of its database
    connections, and the default is the one that gateway.startup(dbName=...) named, else "WorkflowsDB". In a process
    configure() names it, or the environment variable WORKFLOWS_DSN. Raises NotConfigured.

        rt = getWorkflows()
        workflowId = rt.enqueue("fill_tank", {"tank": "T-101"})
        print(rt.handle(workflowId).result(timeoutSeconds=30))
    """
    if dbName is None:
        running = context.current()
        if running is not None and running.engine.facade is not None:
            return running.engine.facade
    found = _instances.get(dbName)
    if found is not None:
        return found
    if is_gateway():
        return _gateway_workflows(dbName)
    with _lock:
        return _instances.get(dbName) or _configure_by_name(dbName)


def _configure_by_name(dbName):
    dsn = os.environ.get("WORKFLOWS_DSN")
    if dbName is not None or not dsn:
        raise errors.NotConfigured(
            "no database is configured%s" % ("" if dbName is None else " under the name %s" % dbName),
            hint="call exchange.workflows.engine.instance.configure(dsn=...) or set WORKFLOWS_DSN",
        )
    return configure(dsn, directDsn=os.environ.get("WORKFLOWS_DIRECT_DSN"))


def _gateway_workflows(dbName):
    """One for each connection of the gateway. The default one is not kept under None: startup() may name another."""
    host = choose_host()
    name = compat.to_text(dbName or default_database(host))
    found = _instances.get(name)
    if found is None:
        with _lock:
            found = _instances.get(name)
            if found is None:
                count = _connections(host, name).get() or settings.CONNECTIONS
                found = _instances[name] = Workflows(host, open_gateway_connector(name, connections=count))
    return found


def default_database(host):
    """The name of the gateway's connection that is meant where none is named."""
    return host.share(_DEFAULT_DATABASE, host.shared.make_reference).get() or settings.DATABASE_NAME


def set_default_database(host, name):
    """From now on, in every project of this gateway."""
    host.share(_DEFAULT_DATABASE, host.shared.make_reference).set(name)


def set_connections(host, name, count):
    """How many connections of this pool may be used, by connectors that are opened from now on."""
    _connections(host, name or default_database(host)).set(count)


def _connections(host, name):
    return host.share(_CONNECTIONS % name, host.shared.make_number)


def configure(dsn=None, connector=None, schema=settings.SCHEMA_NAME, directDsn=None, dbName=None, journal=None):
    """Name the database that getWorkflows(dbName) works with, by DSN or by a connector of your own.

    directDsn: leads to the server itself where `dsn` leads through a pooler in transaction mode; it is used
    for LISTEN and claims. journal: a directory; what enqueueInMemory accepts is in a file there before it is
    acknowledged, and what a killed process left there is enqueued. Returns what getWorkflows(dbName) answers from
    now on.

        rt = configure("postgresql://gateway_a@db/plant")
    """
    if connector is None:
        connector = open_connector(dsn, schema, directDsn)
    made = Workflows(choose_host(), connector)
    with _lock:
        previous = _instances.get(dbName)
        _instances[dbName] = made
    if previous is not None:
        previous.close()
    if journal is not None:
        made.buffer.open_journal(journal)
    return made


def shutdown():
    """Flush the in-memory buffers and close every connection of getWorkflows().

        instance.shutdown()
    """
    while True:
        with _lock:
            if not _instances:
                return
            _, closing = _instances.popitem()
        closing.close()


def is_gateway():
    """Whether these are scripts of an Ignition gateway."""
    return choose_host().IS_GATEWAY


def choose_host():
    """The module for the process that we live in."""
    if not _hosts:
        _hosts.append(_find_host())
    return _hosts[0]


def _find_host():
    if compat.is_gateway():
        from exchange.workflows.host import ignition

        return ignition
    from exchange.workflows.host import cpython

    return cpython


def open_gateway_connector(
    database_name, schema=settings.SCHEMA_NAME, connections=settings.CONNECTIONS, retry_seconds=settings.RETRY_SECONDS
):
    """A connector for a database connection of this gateway, by its name."""
    from exchange.workflows.database.system_db import SystemDbConnector

    return SystemDbConnector(database_name, schema, connections, retry_seconds, share=choose_host().share)


def open_connector(dsn, schema=settings.SCHEMA_NAME, direct_dsn=None, **options):
    """A connector for a DSN. Nothing is connected yet."""
    if not dsn:
        raise errors.NotConfigured("no database is named", hint="pass dsn=... or set WORKFLOWS_DSN")
    try:
        from exchange.workflows.cpython.psycopg_connector import PsycopgConnector
    except ImportError as error:
        raise errors.NotConfigured(
            "a DSN needs the CPython part of this library: %s" % error,
            hint="pip install ignition-workflows, or pass a connector",
        )
    return PsycopgConnector(dsn, schema=schema, direct_dsn=direct_dsn, **options)
