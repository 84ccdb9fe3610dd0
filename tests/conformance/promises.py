"""What every connector promises, and what the engine promises over each: one suite, in both languages.

A promise is a function of a World. pytest runs it on CPython over psycopg, and one JVM runs the same function
in Jython over system.db; a connector is done when it keeps them all. Valid in Jython 2.7 and CPython 3.9+.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.database.store import Store

PATIENCE = 20.0
PROMISES = []
EMOJI = b"\xf0\x9f\x94\xa7 \xc2\xb5bar \xe2\x9c\x93 \\ ' \" %s ? \n".decode("utf-8")
_TERMINATE = """
  select count(pg_terminate_backend(pid)) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"""


class World(object):
    """What a promise needs of the place it is kept in. `admin` is a session beside the connector's."""

    is_gateway = False

    def __init__(self, host, schema):
        self.host = host
        self.schema = schema
        self._connector = None

    @property
    def connector(self):
        if self._connector is None:
            self._connector = self.make_connector()
        return self._connector

    def make_connector(self, **options):
        raise NotImplementedError

    def admin(self, sql, args=()):
        """The rows of a statement, as lists."""
        raise NotImplementedError

    def take_all_connections(self, connector):
        """Leave none for a connector; returns the function that gives them back."""
        raise NotImplementedError

    def signal(self, pid, name):
        """Send STOP or CONT to a backend."""
        raise NotImplementedError

    def store(self):
        return Store(self.connector, self.schema)

    def terminate(self, pid=None):
        """End one backend, or all of this database but our own."""
        if pid is None:
            self.admin(_TERMINATE)
        else:
            self.admin("select pg_terminate_backend(%d)" % int(pid))

    def wait_until(self, condition, what):
        until = self.host.monotonic() + PATIENCE
        while True:
            answer = condition()
            if answer:
                return answer
            assert self.host.monotonic() < until, "waited in vain for %s" % what
            self.host.sleep(0.005)

    def close(self):
        if self._connector is not None:
            self._connector.close()


def promise(function):
    """Every connector keeps it."""
    PROMISES.append((function, False))
    return function


def gateway_promise(function):
    """Of the gateway's connector alone."""
    PROMISES.append((function, True))
    return function


def by_name():
    import_all()
    return dict((function.__name__, function) for function, _ in PROMISES)


def names(is_gateway):
    import_all()
    return [
        function.__name__ for function, is_gateways in PROMISES if is_gateway or not is_gateways
    ]


def import_all():
    for part in ("hosts", "calls", "listening", "working", "values", "talking", "gateways"):
        __import__("tests.conformance.promises_%s" % part)


def refused(error_class, function, *args):
    """The error with which a call is refused."""
    try:
        function(*args)
    except error_class as error:
        return error
    raise AssertionError("%s was not refused with %s" % (function, error_class))


def lost(function, *args):
    """The error of a call whose connection is gone."""
    error = refused(errors.DatabaseError, function, *args)
    assert error.is_lost or error.code[:2] in ("08", "57"), (error.code, compat.message_of(error))
    return error
