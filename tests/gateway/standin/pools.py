"""Database connections of the gateway: one DBCP2 pool each, with Ignition's defaults.

Every physical connection is made by a driver of ours, so that a test can cut them all and refuse new
ones. The driver proper may sit in a class loader of its own, as in a gateway.
"""

from __future__ import absolute_import, division, print_function

from java.io import File
from java.lang import Class, ClassLoader
from java.net import URLClassLoader
from java.sql import Connection, Driver, SQLException
from java.util import Collections, WeakHashMap
from java.util.concurrent import ConcurrentHashMap, Executor
from org.apache.commons.dbcp2 import BasicDataSource
from org.python.core import Py

POOL_SIZE = 8
MAX_WAIT_MS = 5000


class SwitchedDriver(Driver):
    """The PostgreSQL driver, with a switch."""

    def __init__(self, driver):
        self._driver = driver
        self._open = Collections.synchronizedMap(WeakHashMap())
        self._is_lost = ConcurrentHashMap()

    def connect(self, url, properties):
        if self._is_lost:
            raise SQLException("Connection to the database refused: it was lost", "08001")
        made = self._driver.connect(url, properties)
        self._open.put(made, True)
        if self._is_lost:  # lost while we connected
            self._abort(made)
            raise SQLException("The connection attempt failed: the database was lost", "08001")
        return made

    def lose(self):
        self._is_lost.put("lost", True)
        for connection in list(self._open.keySet()):
            self._abort(connection)

    def restore(self):
        self._is_lost.clear()

    def cut(self):
        """Cut what is open; new ones are made."""
        for connection in list(self._open.keySet()):
            self._abort(connection)

    def _abort(self, connection):
        self._open.remove(connection)
        try:
            connection.abort(SameThread())
        except SQLException:
            pass

    def acceptsURL(self, url):
        return self._driver.acceptsURL(url)

    def getMajorVersion(self):
        return self._driver.getMajorVersion()

    def getMinorVersion(self):
        return self._driver.getMinorVersion()

    def getParentLogger(self):
        return self._driver.getParentLogger()

    def getPropertyInfo(self, url, properties):
        return self._driver.getPropertyInfo(url, properties)

    def jdbcCompliant(self):
        return False


class SameThread(Executor):
    def execute(self, command):
        command.run()


class Pool(object):
    """One database connection of the gateway."""

    def __init__(self, name, described, driver_jar, is_isolated):
        self.name = name
        self.does_unwrap = described.get("does_unwrap", True)
        self.driver = SwitchedDriver(_load_driver(driver_jar, is_isolated))
        self.source = source = BasicDataSource()
        source.setDriver(self.driver)
        source.setUrl(described["url"])
        source.setUsername(described["user"])
        source.setPassword(described.get("password") or "")
        source.setMaxTotal(described.get("pool_size", POOL_SIZE))
        source.setMaxIdle(described.get("pool_size", POOL_SIZE))
        source.setMaxWaitMillis(described.get("max_wait_ms", MAX_WAIT_MS))
        source.setTestOnBorrow(True)
        source.setValidationQuery("SELECT 1")
        properties = {"ApplicationName": "ignition"}
        properties.update(described.get("properties") or {})
        for key, value in properties.items():
            source.addConnectionProperty(key, value)

    def borrow(self):
        # A new connection calls our driver, and a Java proxy leaves its own interpreter behind in the thread.
        return in_same_interpreter(self.source.getConnection)

    def figures(self):
        return {"active": self.source.getNumActive(), "idle": self.source.getNumIdle()}

    def close(self):
        self.source.close()


def sr_connection(pool):
    """A connection as IgnitionGateway's data source manager hands it out."""
    made = in_same_interpreter(_SRConnection)
    made.pooled = pool.borrow()
    made.does_unwrap = pool.does_unwrap
    return made


def in_same_interpreter(work):
    before = Py.getSystemState()
    try:
        return work()
    finally:
        Py.setSystemState(before)


def _forward(name):
    def call(self, *arguments):
        return getattr(self.pooled, name)(*arguments)

    call.__name__ = str(name)
    return call


def _is_wrapper_for(self, interface):
    return self.does_unwrap and self.pooled.isWrapperFor(interface)


def _unwrap(self, interface):
    if not self.does_unwrap:
        raise SQLException("this wrapper does not unwrap")
    return self.pooled.unwrap(interface)


_SRConnection = type(
    "SRConnection",
    (Connection,),
    dict(
        [(str(one.getName()), _forward(one.getName())) for one in Connection.getMethods()],
        isWrapperFor=_is_wrapper_for,
        unwrap=_unwrap,
    ),
)


def _load_driver(jar, is_isolated):
    if not is_isolated:
        return Class.forName("org.postgresql.Driver").newInstance()
    own = URLClassLoader([File(jar).toURI().toURL()], ClassLoader.getPlatformClassLoader())
    return Class.forName("org.postgresql.Driver", True, own).newInstance()
