"""As much of a gateway as the connector needs, for Jython: `system.db` and `system.util` over a DBCP2 pool.

The driver is in a class loader of its own, as a gateway keeps its drivers, and nothing of it can be imported.
Errors of the driver arrive wrapped, a transaction handle that nobody uses ends.
"""

from __future__ import absolute_import, division, print_function

import sys
import types
import uuid

from java.io import File
from java.lang import Class, ClassLoader, IllegalArgumentException, System, Throwable
from java.lang import Exception as JavaException
from java.net import URLClassLoader
from java.util import Properties
from java.util.concurrent import ConcurrentHashMap
from java.util.concurrent.atomic import AtomicInteger
from org.apache.commons.dbcp2 import BasicDataSource

POOL_CONNECTIONS = 8
POOL_WAIT_MS = 500
DATABASE = "WorkflowsDB"


class Rows(object):
    """What runPrepQuery answers, as far as scripts of ours look at it."""

    def __init__(self, names, rows):
        self._names = names
        self._rows = rows

    def getRowCount(self):
        return len(self._rows)

    def getColumnNames(self):
        return list(self._names)

    def getValueAt(self, row, column):
        return self._rows[row][column]


class Handle(object):
    def __init__(self, connection, timeout):
        self.connection = connection
        self.timeout = timeout
        self.used_at = System.nanoTime()


class Shim(object):
    """One pool named DATABASE, and what a test needs to know and to do about it."""

    def __init__(self, driver_jar, url, user):
        self._loader = URLClassLoader(
            [File(driver_jar).toURI().toURL()], ClassLoader.getPlatformClassLoader()
        )
        self._url = url
        self._user = user
        self._most = AtomicInteger()
        self.handles = ConcurrentHashMap()
        self.can_reach_driver = True
        self.obstacle = AttributeError("getDatasourceManager")
        # (is_master, is_active) of a redundant gateway.
        self.redundancy = None
        self.pool = BasicDataSource()
        self.pool.setDriverClassLoader(self._loader)
        self.pool.setDriverClassName("org.postgresql.Driver")
        self.pool.setUrl(url)
        self.pool.setUsername(user)
        self.pool.setMaxTotal(POOL_CONNECTIONS)
        self.pool.setMaxIdle(POOL_CONNECTIONS)
        self.pool.setMaxWaitMillis(POOL_WAIT_MS)
        self.pool.setTestOnBorrow(True)
        self.pool.setValidationQuery("select 1")

    # For tests

    def connect(self):
        """A connection of its own, beside the pool."""
        driver = (
            Class.forName("org.postgresql.Driver", True, self._loader)
            .getDeclaredConstructor([])
            .newInstance([])
        )
        properties = Properties()
        properties.setProperty("user", self._user)
        return driver.connect(self._url, properties)

    def most_borrowed(self):
        return self._most.get()

    def forget_most_borrowed(self):
        self._most.set(0)

    def end_idle_handles(self):
        """What the gateway does with handles that nobody used for their time."""
        for name in list(self.handles.keySet()):
            self.handles.remove(name).connection.close()

    # For the shim

    def borrow(self, database):
        if database != DATABASE:
            raise IllegalArgumentException(
                'Datasource "%s" does not exist in this Gateway.' % database
            )
        connection = self.pool.getConnection()
        borrowed = self.pool.getNumActive()
        while True:
            most = self._most.get()
            if borrowed <= most or self._most.compareAndSet(most, borrowed):
                return connection

    def handle(self, name):
        handle = self.handles.get(name)
        if handle is None:
            raise IllegalArgumentException(
                "Transaction %s does not exist, or has timed out." % name
            )
        handle.used_at = System.nanoTime()
        return handle


def install(shim):
    """Make `system` and the gateway's own classes importable."""
    modules = {"system": types.ModuleType("system")}
    for name, members in (
        ("db", _database_functions(shim)),
        ("util", _utility_functions()),
        ("project", {"getProjectName": lambda: "conformance"}),
    ):
        module = types.ModuleType("system." + name)
        module.__dict__.update(members)
        setattr(modules["system"], name, module)
        modules["system." + name] = module
    path = "com"
    modules[path] = types.ModuleType(path)
    for part in ("inductiveautomation", "ignition", "gateway"):
        inner = types.ModuleType(path + "." + part)
        setattr(modules[path], part, inner)
        path = path + "." + part
        modules[path] = inner
    modules[path].IgnitionGateway = _gateway_class(shim)
    sys.modules.update(modules)


def _gateway_class(shim):
    class Sources(object):
        def getConnection(self, name):
            return shim.borrow(name)

    class Gateway(object):
        def getDatasourceManager(self):
            if not shim.can_reach_driver:
                raise shim.obstacle
            return Sources()

        def getRedundancyManager(self):
            return Redundancy()

    class Redundancy(object):
        def isRedundancyEnabled(self):
            return shim.redundancy is not None

        def isMaster(self):
            return shim.redundancy[0]

        def isActive(self):
            return shim.redundancy[1]

    class IgnitionGateway(object):
        @staticmethod
        def get():
            return Gateway()

    return IgnitionGateway


def _execute(shim, query, args, database, tx, read):
    connection = shim.handle(tx).connection if tx else shim.borrow(database)
    try:
        statement = connection.prepareStatement(query)
        try:
            for number, value in enumerate(args):
                statement.setObject(number + 1, value)
            return read(statement)
        finally:
            statement.close()
    finally:
        if not tx:
            connection.close()


def _rows_of(statement):
    found = statement.executeQuery()
    meta = found.getMetaData()
    columns = range(1, meta.getColumnCount() + 1)
    rows = []
    while found.next():
        rows.append([found.getObject(column) for column in columns])
    return Rows([meta.getColumnLabel(column) for column in columns], rows)


def _database_functions(shim):
    def runPrepQuery(query, args, database="", tx=None):
        return _execute(shim, query, args, database, tx, _rows_of)

    def runPrepUpdate(query, args, database="", tx=None, getKey=False, skipAudit=True):
        return _execute(
            shim, query, args, database, tx, lambda statement: statement.executeUpdate()
        )

    def beginTransaction(database="", isolationLevel=None, timeout=None):
        connection = shim.borrow(database)
        try:
            connection.setAutoCommit(False)
            connection.setTransactionIsolation(isolationLevel)
        except Throwable:  # its session was terminated since the pool looked
            connection.close()
            raise
        name = str(uuid.uuid4())
        shim.handles.put(name, Handle(connection, timeout))
        return name

    def commitTransaction(tx):
        shim.handle(tx).connection.commit()

    def rollbackTransaction(tx):
        shim.handle(tx).connection.rollback()

    def closeTransaction(tx):
        shim.handle(tx)
        shim.handles.remove(tx).connection.close()

    functions = (
        runPrepQuery,
        runPrepUpdate,
        beginTransaction,
        commitTransaction,
        rollbackTransaction,
        closeTransaction,
    )
    return dict((function.__name__, _wrapped(function)) for function in functions)


def _wrapped(function):
    """A gateway raises an error of its own around that of the driver."""

    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Throwable as error:
            raise JavaException("Error executing system.db.%s" % function.__name__, error)

    return call


def _utility_functions():
    kept = {}

    class Log(object):
        def _write(self, text):
            System.err.println(text)

        info = warn = error = _write

        def debug(self, text):
            pass

    return {
        "globals": kept,
        "getGlobals": lambda: kept,
        "getLogger": lambda name: Log(),
        "getProjectName": lambda: "conformance",
    }
