"""Steps for any database. For rows that must be written together with the record, use a transactional step.

In a gateway dbName is the name of one of its database connections. In a CPython process it is a name under
which exchange.workflows.engine.instance.configure(dsn, dbName=...) knows a PostgreSQL database.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.database import sqlstates
from exchange.workflows.engine import instance
from exchange.workflows.engine.runtime import step
from exchange.workflows.steps.plain import to_plain

# Wrong data, a broken rule, no permission, a mistake in the statement: no further try can help.
_FINAL_CLASSES = frozenset(("21", "22", "23", "26", "28", "42", "44"))


@step(name="db.query", options={"max_attempts": 3, "interval_seconds": 1.0})
def query(dbName, sql, args=None):
    """Ask a database. `?` stands for an argument.

    Returns a list of rows, each {column: plain value}. Raises DatabaseError; what may pass is tried three times.

        rows = db.query("PlantDB", "select name, level from tank where line = ?", [3])
    """
    return to_plain(_run(_query, dbName, sql, args), "rows")


@step(name="db.update")
def update(dbName, sql, args=None):
    """Run a statement that changes rows. `?` stands for an argument.

    Returns {"rows_affected"}. Raises DatabaseError. It is not tried again by itself, and if the worker dies before
    the result is recorded it runs again: write it so that twice does no harm.

        db.update("PlantDB", "update tank set batch = ? where name = ?", ["B-7", "T-101"])
    """
    return {"rows_affected": _run(_update, dbName, sql, args)}


def _run(call, dbName, sql, args):
    given = list(args or [])
    try:
        if instance.is_gateway():
            return call(_Connection(dbName), sql, given)
        with instance.getWorkflows(dbName).transaction() as tx:
            return call(tx, sql, given)
    except errors.DatabaseError as error:
        error.is_repeatable = (sqlstates.sqlstate_of(error) or "")[:2] not in _FINAL_CLASSES
        raise


def _query(place, sql, args):
    return place.query(sql, args)


def _update(place, sql, args):
    return place.update(sql, args)


class _Connection(object):
    """A database connection of this gateway, of whatever product, each statement for itself."""

    def __init__(self, name):
        self._functions = compat.gateway_system().db
        self._name = name

    def query(self, sql, args):
        found = self._call(self._functions.runPrepQuery, sql, args)
        names = [compat.to_text(name) for name in found.getColumnNames()]
        rows = range(found.getRowCount())
        return [dict((n, found.getValueAt(row, c)) for c, n in enumerate(names)) for row in rows]

    def update(self, sql, args):
        return self._call(self._functions.runPrepUpdate, sql, args)

    def _call(self, function, sql, args):
        from exchange.workflows.database import system_db_errors

        try:
            return function(sql, args, self._name)
        except compat.ERRORS as error:
            raise system_db_errors.translate(error)
