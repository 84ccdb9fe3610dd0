"""Promises of the process that we live in: the same names, the same behaviour."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat
from tests.conformance.promises import PATIENCE, gateway_promise, promise, refused

_NAMES = """
    IS_GATEWAY QueueEmpty monotonic sleep make_queue make_lock make_event make_gate
    shared files random_fraction start_thread get_logger host_name process_id share unshare gateway_role
    project_name data_directory files shared
"""
_KEY = "conformance"


@promise
def a_host_offers_every_name(world):
    for name in _NAMES.split():
        assert hasattr(world.host, name), name


@promise
def a_queue_keeps_the_order_and_anything(world):
    queue = world.host.make_queue()
    sent = [1, None, True, "text", (1, {"a": [2]}), 2**40]
    for one in sent:
        queue.put(one)
    assert queue.qsize() == len(sent)
    assert [queue.get() for _ in sent] == sent
    refused(world.host.QueueEmpty, queue.get, False)
    begun = world.host.monotonic()
    refused(world.host.QueueEmpty, queue.get, True, 0.05)
    assert 0.04 <= world.host.monotonic() - begun < PATIENCE
    world.host.start_thread("conformance", lambda: queue.put("late"))
    assert queue.get(True, PATIENCE) == "late"


@promise
def a_gate_lets_one_through_for_each_release(world):
    gate, passed = world.host.make_gate(), world.host.make_queue()

    def go_through():
        gate.acquire()
        passed.put("through")

    threads = [world.host.start_thread("conformance", go_through) for _ in range(2)]
    for left in (1, 0):
        gate.release()
        assert passed.get(True, PATIENCE) == "through"
        assert sum(thread.is_alive() for thread in threads) >= left
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


@promise
def an_event_wakes_everybody_until_it_is_cleared(world):
    event, woken = world.host.make_event(), world.host.make_queue()
    assert not event.wait(0.01)
    for _ in range(3):
        world.host.start_thread("conformance", lambda: woken.put(event.wait(PATIENCE)))
    event.set()
    assert [woken.get(True, PATIENCE) for _ in range(3)] == [True] * 3
    assert event.is_set() and event.wait(0)
    event.clear()
    assert not event.is_set()


@promise
def what_is_shared_is_made_once_and_kept(world):
    world.host.unshare(_KEY)
    found = world.host.make_queue()
    for _ in range(16):
        world.host.start_thread(
            "conformance",
            lambda: found.put(world.host.share(_KEY, world.host.shared.make_number).addAndGet(1)),
        )
    assert sorted(found.get(True, PATIENCE) for _ in range(16)) == list(range(1, 17))
    world.host.unshare(_KEY)
    text = world.host.share(_KEY, world.host.shared.make_reference)
    assert text.get() is None
    text.set("kept")
    assert world.host.share(_KEY, world.host.shared.make_reference).get() == "kept"
    world.host.unshare(_KEY)


@promise
def a_host_says_where_we_are(world):
    role, is_active = world.host.gateway_role()
    assert (role, is_active) == ("independent" if world.is_gateway else "process", True)
    assert world.host.host_name() and int(world.host.process_id()) > 0
    assert world.host.project_name() == ("conformance" if world.is_gateway else "")
    assert compat.to_text(world.host.data_directory())


@promise
def a_log_line_never_fails(world):
    log = world.host.get_logger("conformance")
    for write in (log.debug, log.info, log.warning, log.error):
        write(b"event=test text=\xc2\xb5".decode("utf-8"))
        write("event=test")


@gateway_promise
def a_logger_that_fails_does_not_fail_us(world):
    class Broken(object):
        def info(self, text):
            raise ValueError(text)

    log = world.host.get_logger("conformance")
    log._logger = Broken()
    log.info("event=test")
    log.info("\xb5")


@gateway_promise
def only_java_outlives_a_script(world):
    """D34: a function or a list would keep the interpreter of the old scripts."""
    from java.lang import Runnable

    class OfOurs(Runnable):
        def run(self):
            pass

    for make in (list, dict, OfOurs, lambda: len, lambda: OfOurs):
        refused(compat.ERRORS, world.host.share, _KEY, make)
    assert world.host.share(_KEY, lambda: "text") == "text"
    world.host.unshare(_KEY)


@gateway_promise
def a_redundant_gateway_says_which_half_it_is(world):
    for is_master, is_active, role in (
        (True, True, "master"),
        (False, False, "backup"),
        (True, False, "master"),
    ):
        world.shim.redundancy = (is_master, is_active)
        try:
            assert world.host.gateway_role() == (role, is_active)
        finally:
            world.shim.redundancy = None


@gateway_promise
def threads_of_ours_let_the_gateway_end(world):
    from java.lang import Thread

    seen = world.host.make_queue()
    world.host.start_thread(
        "workflows-conformance",
        lambda: seen.put([Thread.currentThread().getName(), Thread.currentThread().isDaemon()]),
    )
    assert seen.get(True, PATIENCE) == ["workflows-conformance", True]


@gateway_promise
def an_interrupt_ends_neither_a_put_nor_the_wait_at_a_gate(world):
    """Else an outcome is never handed over, and the release that comes later lets the next record through."""
    from java.lang import Thread

    queue, gate = world.host.make_queue(), world.host.make_gate()
    Thread.currentThread().interrupt()
    try:
        queue.put("outcome")
        gate.release()
        gate.acquire()
    finally:
        is_noticed = Thread.interrupted()
    assert is_noticed, "left to what may be interrupted"
    assert queue.get(False) == "outcome"
    passed = world.host.make_queue()
    world.host.start_thread("conformance", lambda: passed.put(gate.acquire()))
    refused(world.host.QueueEmpty, passed.get, True, 0.05)
    gate.release()
    passed.get(True, PATIENCE)
