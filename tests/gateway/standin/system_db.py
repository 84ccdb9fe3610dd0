"""system.db over JDBC. Signatures as in ignition-api-stubs 8.3 (contract test)."""

from __future__ import absolute_import, division, print_function

from java.lang import Exception as JavaException
from java.lang import RuntimeException
from java.sql import Connection, SQLException, Statement, Timestamp, Types
from java.util import Date
from standin import named_queries
from standin.dataset import PyDataSet, py_dataset
from standin.stored_procedures import SProcCall


class SystemDb(object):
    """The functions for the scripts of one project."""

    READ_UNCOMMITTED = Connection.TRANSACTION_READ_UNCOMMITTED
    READ_COMMITTED = Connection.TRANSACTION_READ_COMMITTED
    REPEATABLE_READ = Connection.TRANSACTION_REPEATABLE_READ
    SERIALIZABLE = Connection.TRANSACTION_SERIALIZABLE
    ORACLE_CURSOR = -10

    def __init__(self, gateway, project_name):
        self._gateway = gateway
        self._project_name = project_name

    def runPrepQuery(self, query, args, database="", tx=None):
        def run(connection):
            return _query(connection, query, args, py_dataset)

        return self._call("runPrepQuery", query, database, tx, run)

    def runScalarPrepQuery(self, query, args, database="", tx=None):
        return _first_value(self.runPrepQuery(query, args, database, tx))

    def runPrepUpdate(self, query, args, database="", tx=None, getKey=False, skipAudit=True):
        def run(connection):
            return _update(connection, query, args, getKey)

        return self._call("runPrepUpdate", query, database, tx, run)

    def beginTransaction(self, database="", isolationLevel=None, timeout=None):
        def run():
            connection = self._gateway.pool(database).borrow()
            return self._gateway.transactions.begin(
                connection, isolationLevel or self.READ_COMMITTED, timeout
            )

        return _wrapped("beginTransaction", "", run)

    def commitTransaction(self, tx):
        _wrapped(
            "commitTransaction", "", lambda: self._gateway.transactions.connection(tx).commit()
        )

    def rollbackTransaction(self, tx):
        _wrapped(
            "rollbackTransaction", "", lambda: self._gateway.transactions.connection(tx).rollback()
        )

    def closeTransaction(self, tx):
        _wrapped("closeTransaction", "", lambda: self._gateway.transactions.close(tx))

    def createSProcCall(self, procedureName, database="", tx=None, skipAudit=False):
        return SProcCall(procedureName, database, tx, skipAudit)

    def execSProcCall(self, callContext):
        self._call(
            "execSProcCall",
            callContext.getProcedureName(),
            callContext.getDataSource(),
            callContext.getTxId(),
            callContext.execute,
        )

    def execQuery(self, path, parameters=None, tx=None, project=None):
        return self._named("execQuery", path, parameters, tx, project, False)

    def execScalar(self, path, parameters=None, tx=None, project=None):
        return _first_value(self._named("execScalar", path, parameters, tx, project, False))

    def execUpdate(self, path, parameters=None, tx=None, getKey=False, project=None):
        return self._named("execUpdate", path, parameters, tx, project, getKey)

    def runNamedQuery(self, *args):
        """Deprecated in 8.3: (path, parameters) in a project's scope, else (project, path, parameters)."""
        values = list(args)
        project = None
        if len(values) > 1 and hasattr(values[1], "lower"):
            project = values.pop(0)
        path = values[0]
        parameters = values[1] if len(values) > 1 else None
        tx = values[2] if len(values) > 2 else None
        return self._named("runNamedQuery", path, parameters, tx, project, False)

    def getConnections(self):
        names = self._gateway.pool_names()
        return PyDataSet(["Name", "Status"], [[name, "Valid"] for name in names])

    def getConnectionInfo(self, name=None):
        names = [name] if name else self._gateway.pool_names()
        return PyDataSet(
            ["Name", "DBType", "Status"], [[one, "POSTGRES", "Valid"] for one in names]
        )

    def _named(self, function, path, parameters, tx, project, get_key):
        named = named_queries.find(self._gateway.project(project or self._project_name), path)
        sql, values, database = named.bind(parameters or {})

        def run(connection):
            if named.kind == "UpdateQuery":
                return _update(connection, sql, values, get_key)
            dataset = _query(connection, sql, values, py_dataset)
            is_scalar = named.kind == "ScalarQuery" and function == "runNamedQuery"
            return _first_value(dataset) if is_scalar else dataset

        return self._call(function, path, database, tx, run)

    def _call(self, function, about, database, tx, run):
        def work():
            if tx:
                return run(self._gateway.transactions.connection(tx))
            connection = self._gateway.pool(database).borrow()
            try:
                return run(connection)
            finally:
                connection.close()

        return _wrapped(function, about, work)


for _field in Types.getFields() if hasattr(Types, "getFields") else []:
    setattr(SystemDb, _field.getName(), _field.getInt(None))


def _wrapped(function, about, work):
    """A failure as the gateway raises it: a Java exception that wraps the driver's, twice."""
    try:
        return work()
    except SQLException as error:
        inner = RuntimeException("%s: %s" % (error.getClass().getName(), error.getMessage()), error)
        raise JavaException("Error executing system.db.%s(%s)" % (function, about), inner)
    except JavaException as error:
        raise JavaException("Error executing system.db.%s(%s)" % (function, about), error)


def _query(connection, sql, values, read):
    statement = connection.prepareStatement(sql)
    try:
        _bind(statement, values)
        return read(statement.executeQuery())
    finally:
        statement.close()


def _update(connection, sql, values, get_key):
    if get_key:
        statement = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)
    else:
        statement = connection.prepareStatement(sql)
    try:
        _bind(statement, values)
        count = statement.executeUpdate()
        return _first_value(py_dataset(statement.getGeneratedKeys())) if get_key else count
    finally:
        statement.close()


def _bind(statement, values):
    for at, value in enumerate(values or []):
        if isinstance(value, Date) and not isinstance(value, Timestamp):
            value = Timestamp(value.getTime())
        statement.setObject(at + 1, value)


def _first_value(dataset):
    if not isinstance(dataset, PyDataSet):
        return dataset
    return dataset.getValueAt(0, 0) if dataset.getRowCount() else None
