"""Workflows whose steps run beside each other, for the tests of a real worker."""

import threading

from exchange.workflows import errors
from exchange.workflows.engine import context
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow
from exchange.workflows.steps.sleep import sleep_ms
from tests.engine.plant import PATIENCE, engine_note, gate, inside, seen
from tests.waiting import wait_until

running_now: set[int] = set()
most: list[int] = [0]
_lock = threading.Lock()


@step()
def side_work(n, until_let=False, fails=False):
    me = threading.get_ident()
    with _lock:
        running_now.add(me)
        most[0] = max(most[0], len(running_now))
    seen.append(n)
    try:
        if until_let:
            inside.release()
            assert gate.acquire(timeout=PATIENCE)
        if fails:
            raise ValueError("side %d" % n)
        return n * n
    finally:
        with _lock:
            running_now.discard(me)


@step(options={"max_attempts": 3, "interval_seconds": 0.01})
def side_pump(times):
    seen.append("pump")
    if seen.count("pump") < times:
        raise ValueError("try %d" % seen.count("pump"))
    return seen.count("pump")


@step(options={"max_attempts": 2, "interval_seconds": 3600.0})
def side_slow_pump():
    seen.append("slow pump")
    if seen.count("slow pump") < 2:
        raise ValueError("again")
    return "slow pump"


@step(transactional=True)
def side_write(tx, number):
    tx.update("insert into plant (number) values (?)", [number])
    return number


@step()
def side_waits(what):
    rt = getWorkflows()
    if what == "recv":
        rt.recv("topic", timeoutSeconds=60)
    elif what == "start":
        side_work.start(1)
    elif what == "gather":
        rt.gather([])
    elif what == "boundary":
        seen.append("in")
        inside.release()
        assert gate.acquire(timeout=PATIENCE)
        rt.checkCancelled()
    return rt.now()


@workflow()
def side_by_side(count, until_let=False):
    rt = getWorkflows()
    handles = [side_work.start(n, until_let) for n in range(count)]
    return rt.gather(handles)


@workflow()
def side_failing(failing, is_raised=True, catches=True):
    rt = getWorkflows()
    handles = [side_work.start(n, fails=n in failing) for n in range(4)]
    try:
        results = rt.gather(handles, raiseErrors=is_raised)
        return [one if isinstance(one, int) else str(one) for one in results]
    except errors.StepsFailed as several:
        if not catches:
            raise
        return [str(one) for one in several.errors]


@workflow(max_attempts=2, backoff_seconds=0.01)
def side_tried_again():
    """The first try fails early; what ends later must not hide that from the second."""
    handles = [side_flaky.start(), side_work.start(1, until_let=True)]
    return getWorkflows().gather(handles)


@step()
def side_flaky():
    seen.append("flaky")
    if seen.count("flaky") == 1:
        raise ValueError("flaky")
    return "steady"


@workflow()
def side_forgotten(fails=False):
    side_work.start(1, until_let=True, fails=fails)
    return "returned"


@workflow()
def side_mixed(number):
    rt = getWorkflows()
    pump = side_pump.start(3)
    write = side_write.start(number)
    between = engine_note("between")
    return [pump.result(), write.result(), between, rt.gather([])]


@workflow()
def side_slow():
    handles = [side_slow_pump.start(), side_work.start(2)]
    return getWorkflows().gather(handles)


@step()
def side_until_ordered():
    """Ends when an order has come."""
    lease = context.current().lease
    inside.release()
    wait_until(lambda: lease.control, "an order", PATIENCE)


@workflow()
def side_ordered():
    handle = side_work.start(2, until_let=True)
    side_until_ordered()
    return [engine_note("after"), handle.result()]


@step()
def side_outer():
    return side_slow_pump()


@workflow()
def side_waiting(starts):
    """`own`: the workflow's own thread sleeps meanwhile."""
    steps = {"sleep": lambda: sleep_ms.start(86400000), "pump": side_slow_pump.start}
    steps["outer"] = side_outer.start
    handles = [steps[name]() for name in starts if name in steps]
    if "own" in starts:
        getWorkflows().sleep(86400)
    return getWorkflows().gather(handles)


@workflow()
def side_refused(what):
    try:
        return side_waits.start(what).result()
    except errors.InsideStep as error:
        return str(error)


@workflow()
def side_then(count):
    """Started, and gathered only after a step of the workflow's own."""
    handles = [side_work.start(n, until_let=True) for n in range(count)]
    own = engine_note("own")
    token = context.current().lease.token
    return [getWorkflows().gather(handles), own, token]
