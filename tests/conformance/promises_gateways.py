"""Promises of the gateway's own adapters."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.api import service
from exchange.workflows.database.store import Store
from exchange.workflows.engine import instance
from exchange.workflows.engine.runtime import step, workflow
from tests.conformance.plant import MICRO, Working
from tests.conformance.promises import PATIENCE, gateway_promise, refused


@gateway_promise
def the_driver_is_in_a_class_loader_of_its_own(world):
    """As in a gateway: what a script could import is another class, and every other promise is kept so."""
    from java.net import URLClassLoader

    connection = world.shim.connect()
    try:
        assert isinstance(connection.getClass().getClassLoader(), URLClassLoader)
        try:
            from org.postgresql import PGConnection
        except ImportError:
            return
        assert not isinstance(connection, PGConnection)
    finally:
        connection.close()


@gateway_promise
def without_a_way_to_the_driver_the_worker_polls(world):
    from java.lang import IllegalStateException, NoSuchMethodError

    world.shim.can_reach_driver = False
    try:
        for obstacle in (
            IllegalStateException(),
            NoSuchMethodError("getConnection"),
            AttributeError("getDatasourceManager"),
        ):
            world.shim.obstacle = obstacle
            assert not world.make_connector().can_listen()
        with Working(_Poller(world)) as plant:
            world.wait_until(lambda: plant.worker.state.listen_mode == "poll", "the mode")
            assert plant.ended(plant.enqueue("conformance_noop", {"number": 5}))["result"] == 5
            assert not plant.worker.dispatcher._is_idle
    finally:
        world.shim.can_reach_driver = True


class _Poller(object):
    """The same world with a connector that has not looked yet whether it can listen."""

    def __init__(self, world):
        self.host = world.host
        self.connector = world.make_connector()
        self._world = world

    def store(self):
        return self._world.store()


@gateway_promise
def a_handle_that_the_gateway_ended_is_begun_anew(world):
    for purpose in ("claim", "renew"):
        session = world.connector.session(purpose)
        try:
            session.call("select 1::text", ())
            world.shim.end_idle_handles()
            error = refused(errors.DatabaseError, session.call, "select 2::text", ())
            assert error.is_lost
            assert session.call("select 3::text", ()) == "3"
            assert session.serial == 2
        finally:
            session.close()


@gateway_promise
def a_handle_that_cannot_be_begun_keeps_no_connection(world):
    """Nor does one whose session is terminated just then."""
    try:
        compat.gateway_system().db.beginTransaction(world.connector.database_name, 99)
    except compat.ERRORS:
        assert world.shim.pool.getNumActive() == 0
    else:
        raise AssertionError("there is no isolation level 99")


@gateway_promise
def another_connection_or_schema_is_another_place(world):
    other = instance.open_gateway_connector("OtherDB", world.schema)
    site = instance.open_gateway_connector(world.connector.database_name, "site_b")
    assert world.connector.place not in (other.place, site.place)


@gateway_promise
def the_budget_of_connections_is_kept(world):
    """One worker with 16 threads, transactional steps and calls of other threads."""
    world.admin("drop table if exists public.conformance_plant")
    world.admin("create table public.conformance_plant (number integer)")
    world.shim.forget_most_borrowed()
    with Working(world, threads=16) as plant:
        world.wait_until(lambda: plant.worker.state.listen_mode == "listen", "the mode")
        names = ("conformance_noop", "conformance_steps", "conformance_writing")
        inputs = ({"number": 1}, {"tank": "T"}, {"number": 1})
        ids = [plant.enqueue(names[n % 3], inputs[n % 3]) for n in range(150)]
        ended = world.host.make_queue()

        def look():
            ended.put(len(plant.ended_all(ids)))

        for number in range(16):
            world.host.start_thread("conformance-%d" % number, look)
        assert [ended.get(True, 100) for _ in range(16)] == [150] * 16
    assert 5 <= world.shim.most_borrowed() <= 7, world.shim.most_borrowed()
    assert world.shim.pool.getNumActive() == 0, "a connection was not given back"
    assert world.shim.handles.isEmpty(), "a handle was not closed"


@gateway_promise
def any_connection_name_works_and_is_kept_once(world):
    found = world.host.make_queue()
    for number in range(16):
        world.host.start_thread(
            "conformance-%d" % number, lambda: found.put(instance.getWorkflows("WorkflowsDB"))
        )
    first = found.get(True, PATIENCE)
    assert all(found.get(True, PATIENCE) is first for _ in range(15))
    assert instance.getWorkflows() is first
    instance.set_default_database(world.host, "Elsewhere")
    try:
        assert instance.getWorkflows().connector.database_name == "Elsewhere"
        answer = service.enqueue("conformance_noop")
        assert not answer["ok"] and answer["code"] == "DATABASE_UNAVAILABLE", answer
        assert "Elsewhere" in compat.to_text(answer), answer
    finally:
        instance.set_default_database(world.host, "WorkflowsDB")
    assert Store(first.connector).schema_version() > 0


@step()
def conformance_java_error(kind):
    from java.lang import Error, IllegalStateException

    if kind == "error":
        raise Error(MICRO)
    raise IllegalStateException(MICRO)


@workflow()
def conformance_java_failing(kind):
    return conformance_java_error(kind)


@gateway_promise
def errors_of_java_are_recorded_like_any_other(world):
    with Working(world) as plant:
        for kind, name in (("exception", "IllegalStateException"), ("error", "Error")):
            row = plant.ended(plant.enqueue("conformance_java_failing", {"kind": kind}))
            assert row["status"] == "ERROR", row
            assert row["error"]["class"] == "java.lang." + name, row["error"]
            assert row["error"]["message"] == MICRO, row["error"]
        # The thread that was killed is replaced.
        assert plant.ended(plant.enqueue("conformance_noop", {"number": 9}))["result"] == 9


@gateway_promise
def a_script_that_is_terminated_ends(world):
    """The gateway ends a script by a java.lang.Error: no edge of ours may answer it with an envelope."""
    from java.lang import Error, InterruptedException

    from exchange.workflows.api.envelope import answers

    @answers("FAILED")
    def script(ending):
        raise ending

    for ending in (Error("terminated"), InterruptedException(), KeyboardInterrupt()):
        assert refused(ending.__class__, script, ending) is ending


@gateway_promise
def workers_beyond_the_budget_borrow_and_poll(world):
    """Three projects with a worker each, over a pool of 8: none of them starves the others."""
    world.shim.forget_most_borrowed()
    plants = [Working(world), Working(_Poller(world)), Working(_Poller(world))]

    for number, plant in enumerate(plants):
        plant.__enter__()
        if not number:
            world.wait_until(lambda: modes_of(plants[:1]) == ["listen"], "the first one to listen")
    try:
        for _ in range(3):
            for plant in plants:
                assert plant.ended(plant.enqueue("conformance_noop", {"number": 4}))["result"] == 4
        assert modes_of(plants) == ["listen", "poll", "poll"], modes_of(plants)
        plants[0].worker.stop(5)
        world.wait_until(lambda: "listen" in modes_of(plants[1:]), "another one to listen")
    finally:
        for plant in plants:
            plant.__exit__(None, None, None)
    assert world.shim.most_borrowed() <= 8, world.shim.most_borrowed()
    assert world.shim.pool.getNumActive() == 0, "a connection was not given back"
    assert [world.connector._kept_permits.availablePermits(), world.shim.handles.size()] == [4, 0]


def modes_of(plants):
    return sorted(plant.worker.state.listen_mode for plant in plants)


@gateway_promise
def a_larger_pool_has_a_larger_budget(world):
    def budget(**options):
        connector = world.make_connector(**options)
        permits = (connector._call_permits, connector._step_permits, connector._kept_permits)
        return [one.availablePermits() for one in permits]

    assert budget() == [2, 2, 4]
    assert budget(connections=14) == [2, 2, 10]


@gateway_promise
def a_call_that_does_not_come_back_is_seen_from_outside(world):
    """Whether its session is kept or borrowed: the gateway itself gives it no limit."""
    for purpose in ("renew", "finish"):
        session = world.connector.session(purpose)
        sleep = "select pg_catalog.pg_sleep(1)::text"
        thread = world.host.start_thread("hanging", lambda: session.call(sleep, ()))
        try:
            world.wait_until(lambda: world.connector.hanging(0.1), "the call to be seen")
            assert list(world.connector.hanging(0.1)) == ["pg_sleep"]
            thread.join(PATIENCE)
            assert world.connector.hanging(0) == {}
        finally:
            session.close()
