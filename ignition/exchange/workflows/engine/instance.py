"""Where scripts begin: getWorkflows(). The only module that chooses host and connector."""

from __future__ import absolute_import, division, print_function

import os

from exchange.workflows import errors, settings
from exchange.workflows.engine import context
from exchange.workflows.engine.client import Workflows

_instances = {}


def getWorkflows(dbName=None):
    """The workflows of one database; None is the default one.

    Inside a workflow that is the database it runs in. Else configure() names it, or the environment variable
    WORKFLOWS_DSN. Raises NotConfigured.

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
    dsn = os.environ.get("WORKFLOWS_DSN")
    if dbName is not None or not dsn:
        raise errors.NotConfigured(
            "no database is configured%s" % ("" if dbName is None else " under the name %s" % dbName),
            hint="call exchange.workflows.engine.instance.configure(dsn=...) or set WORKFLOWS_DSN",
        )
    return configure(dsn, directDsn=os.environ.get("WORKFLOWS_DIRECT_DSN"))


def configure(dsn=None, connector=None, schema=settings.SCHEMA_NAME, directDsn=None, dbName=None):
    """Name the database that getWorkflows(dbName) works with, by DSN or by a connector of your own.

    directDsn: leads to the server itself where `dsn` leads through a pooler in transaction mode; it is used
    for LISTEN and claims. Returns what getWorkflows(dbName) answers from now on.
    """
    if connector is None:
        connector = open_connector(dsn, schema, directDsn)
    made = Workflows(choose_host(), connector)
    previous = _instances.get(dbName)
    _instances[dbName] = made
    if previous is not None:
        previous.close()
    return made


def shutdown():
    """Flush the in-memory buffers and close every connection of getWorkflows()."""
    for name in list(_instances):
        _instances.pop(name).close()


def choose_host():
    """The module for the process that we live in."""
    from exchange.workflows.host import cpython

    return cpython


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
