"""Workflows that start others, for the tests of a real worker."""

from exchange.workflows import errors
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import workflow
from tests.engine.plant import engine_note, engine_wait_for_test


@workflow()
def family_child(n, until_let=False, fails=False):
    if until_let:
        engine_wait_for_test("child %d" % n)
        getWorkflows().checkCancelled()
    if fails:
        raise ValueError("child %d" % n)
    return n * n


@workflow()
def family_all(count, **inputs):
    rt = getWorkflows()
    children = rt.startChildren("family_child", [dict(inputs, n=n) for n in range(count)])
    return rt.waitForAll(children)


@workflow()
def family_one(key=None, policy="follow", **inputs):
    rt = getWorkflows()
    child = rt.startChild("family_child", dict(inputs, n=3), key=key, policy=policy)
    engine_note("started")
    return [child.workflowId, child.name, child.result()]


@workflow()
def family_any():
    rt = getWorkflows()
    slow = rt.startChild("family_child", {"n": 1, "until_let": True}, key="slow", policy="cancel")
    quick = rt.startChild("family_child", {"n": 2}, key="quick")
    first = rt.waitForAny([slow, quick])
    return [first.workflowId == quick.workflowId, first.result()]


@workflow()
def family_failing(is_raised=True):
    rt = getWorkflows()
    inputs = [{"n": 1}, {"n": 2, "fails": True}, {"n": 3, "fails": True}]
    children = rt.startChildren("family_child", inputs)
    try:
        return rt.waitForAll(children, raiseErrors=is_raised)
    except errors.ChildFailed as failed:
        rt.sleep(0.01)
        return [failed.status, failed.error["message"], [one["status"] for one in failed.outcomes]]


@workflow()
def family_impatient():
    rt = getWorkflows()
    child = rt.startChild("family_child", {"n": 1, "until_let": True})
    try:
        child.result(timeoutSeconds=0.05)
    except errors.TimedOut as error:
        return str(error)


@workflow()
def family_stranger():
    """Starts what nobody works."""
    rt = getWorkflows()
    return rt.startChild("family_unknown").result()
