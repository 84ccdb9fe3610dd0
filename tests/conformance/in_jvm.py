"""The promises in one JVM: reads a name per line, answers one line of JSON. Run by tests/conformance/jvm.py."""

from __future__ import absolute_import, division, print_function

import json
import os
import sys

sys.path[:0] = [
    os.environ["CONFORMANCE_ROOT"],
    os.path.join(os.environ["CONFORMANCE_ROOT"], "ignition"),
]

from java.lang import ProcessBuilder, System, Throwable  # noqa: E402

from tests.conformance import gateway_shim  # noqa: E402

SHIM = gateway_shim.Shim(
    os.environ["CONFORMANCE_DRIVER"], os.environ["CONFORMANCE_URL"], os.environ["CONFORMANCE_USER"]
)
gateway_shim.install(SHIM)

from exchange.workflows import compat, settings  # noqa: E402

settings.SCHEMA_NAME = os.environ["CONFORMANCE_SCHEMA"]

from exchange.workflows.engine import instance  # noqa: E402
from tests.conformance import measures, promises  # noqa: E402


class GatewayWorld(promises.World):
    """The promises over system.db and JDBC."""

    is_gateway = True

    def __init__(self):
        promises.World.__init__(self, instance.choose_host(), os.environ["CONFORMANCE_SCHEMA"])
        self.shim = SHIM
        self._admin = SHIM.connect()

    def make_connector(self, **options):
        return instance.open_gateway_connector(gateway_shim.DATABASE, self.schema, **options)

    def admin(self, sql, args=()):
        statement = self._admin.prepareStatement(sql)
        try:
            for number, value in enumerate(args):
                statement.setObject(number + 1, value)
            if not statement.execute():
                return []
            found = statement.getResultSet()
            columns = range(1, found.getMetaData().getColumnCount() + 1)
            rows = []
            while found.next():
                rows.append([found.getObject(column) for column in columns])
            return rows
        finally:
            statement.close()

    def signal(self, pid, name):
        assert ProcessBuilder(["kill", "-" + name, str(pid)]).start().waitFor() == 0

    def take_all_connections(self, connector):
        taken = []
        while SHIM.pool.getNumActive() < gateway_shim.POOL_CONNECTIONS:
            taken.append(SHIM.pool.getConnection())
        return lambda: [connection.close() for connection in taken]


def main():
    world = GatewayWorld()
    said = System.out
    said.println("ready")
    said.flush()
    while True:
        name = sys.stdin.readline().strip()
        if not name:
            break
        said.println(json.dumps(keep(world, name)))
        said.flush()
    world.close()


def keep(world, name):
    """Run one promise or measure; the error as text where it is not kept."""
    function = dict(promises.by_name(), **measures.by_name())[name]
    try:
        answer = function(world)
        # A connection that stays out fails here, and not in a later promise that counts.
        world.wait_until(
            lambda: SHIM.pool.getNumActive() == 0,
            "every connection to be given back: %d out, handles %s"
            % (SHIM.pool.getNumActive(), list(SHIM.handles.keySet())),
        )
        return {"answer": answer}
    except (Exception, Throwable) as error:
        described, _ = compat.describe_error(error, sys.exc_info()[2])
        return {"error": "%(class)s: %(message)s\n%(traceback)s" % described}


main()
