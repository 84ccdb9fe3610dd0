"""The part of `rt` for workflows that start others and wait for them.

A start is a recorded step, in one transaction with what it starts: a replay gets the same handles, and nothing is
started twice. A wait is one too, so that a replay sees what was seen; a long one leaves the thread, and no
worker is needed until the children have ended.
"""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, settings
from exchange.workflows.engine import asking, checks, replay
from exchange.workflows.engine.call_options import OPTIONS, options_json

_NOT_FOR_CHILDREN = ("workflowId", "deduplicationId", "onDuplicate", "parent")
_POLICIES = ("follow", "cancel", "leave")


class ChildHandle(object):
    """A workflow that this one has started: `workflowId` and `name`."""

    def __init__(self, rt, workflow_id, name):
        self._rt = rt
        self.workflowId = workflow_id
        self.name = name

    def result(self, timeoutSeconds=None):
        """What the child returned, waiting for it as long as it takes, or for so many seconds.

        Raises ChildFailed where it ended otherwise, TimedOut where it has not ended in time. What is seen is
        recorded. For the parent, inside its workflow; from outside use getWorkflows().handle(workflowId).

            level = rt.startChild("measure", {"tank": "T-101"}).result()
        """
        running = asking.require_running(self._rt, "result")
        [outcome] = _wait(running, "childResult", [self], "all", timeoutSeconds, True)
        return outcome["result"]

    def __repr__(self):
        return "ChildHandle(%r, %r)" % (self.name, self.workflowId)


class Children(object):
    """Mixed into Workflows."""

    def startChild(self, workflowName, inputs=None, key=None, policy="follow", **options):
        """Start another workflow from this one, exactly once. Returns its ChildHandle at once.

        key: the step key that it is started under; the default counts the calls: startChild, startChild#2.
        policy: what becomes of orders to this workflow, and of its end. "follow": the child gets every order that
            this one accepts, and is cancelled where this one fails or its time is over; "cancel": only what ends
            it; "leave": nothing. A workflow that returns leaves its children.
        options: those of enqueue, but workflowId, deduplicationId, onDuplicate and parent.

        Raises NotInWorkflow, BadArgument, QueueRefused; what the database refuses is recorded of the step.

            child = rt.startChild("fill_tank", {"tank": "T-101"}, priority=-5)
            print(child.workflowId)
        """
        return self._start("startChild", workflowName, [inputs], key, policy, options)[0]

    def startChildren(self, workflowName, inputsList, key=None, policy="follow", **options):
        """Start one child for each inputs of a list, all of them or none, in one call to the database. Returns
        their handles in that order. More than 1000, or 1 MB of inputs, take a step and a call each.

        The other arguments are those of startChild.

            children = rt.startChildren("measure", [{"tank": "T-%d" % n} for n in range(101, 121)])
            levels = rt.waitForAll(children)
        """
        return self._start("startChildren", workflowName, list(inputsList), key, policy, options)

    def _start(self, step_name, name, inputs_list, key, policy, options):
        running = asking.require_running(self, step_name)
        checks.check_name("workflowName", name)
        if key is not None:
            _check_key(key)
        checks.check_word("policy", policy, _POLICIES)
        chosen = dict(self.observer.carried(), **_chosen(options))
        head = '"workflow_name":%s,"policy":"%s","options":%s' % (
            json.dumps(name), policy, options_json(chosen),
        )
        texts = ["{}" if inputs is None else self.json_text(inputs, "inputs") for inputs in inputs_list]
        step = replay.Asked(key or step_name, "child")
        handles = []
        for chunk in _chunks(texts):
            asked = '{%s,"inputs":[%s]}' % (head, ",".join(chunk))
            for workflow_id in asking.ask(running, step, lambda key, asked=asked: asked):
                handles.append(ChildHandle(self, workflow_id, name))
        return handles

    def waitForAll(self, handles, timeoutSeconds=None, raiseErrors=True):
        """Wait until all of these children have ended. Returns their results in the order of the handles.

        timeoutSeconds: counted by the database from the first time; past it TimedOut is raised.
        raiseErrors: False: returns outcomes instead of results and raises for none of them: a list of
            {"workflow_id", "name", "status", "result", "error": {"class", "message"}, "reason"}.

        Raises ChildFailed where any has not succeeded: its `outcomes` are those of all.

            levels = rt.waitForAll([rt.startChild("measure", {"tank": tank}) for tank in tanks])
        """
        running = asking.require_running(self, "waitForAll")
        outcomes = _wait(running, "waitForAll", handles, "all", timeoutSeconds, bool(raiseErrors))
        return [outcome["result"] for outcome in outcomes] if raiseErrors else outcomes

    def waitForAny(self, handles, timeoutSeconds=None):
        """Wait until the first of these children has ended, however. Returns its handle; its result() says how.

        Raises TimedOut past timeoutSeconds.

            first = rt.waitForAny([left, right])
        """
        running = asking.require_running(self, "waitForAny")
        handles = list(handles)
        if not handles:
            raise checks.bad("handles", "must name at least one child")
        first = _wait(running, "waitForAny", handles, "any", timeoutSeconds, False)
        return [handle for handle in handles if handle.workflowId == first][0]


def _wait(running, name, handles, mode, seconds, is_raised):
    if seconds is not None:
        checks.check_seconds("timeoutSeconds", seconds)
    asked = {"mode": mode, "raise": is_raised, "seconds": seconds, "children": []}
    for handle in handles:
        if not isinstance(handle, ChildHandle):
            raise checks.bad("handles", "must be what startChild answered: %r" % (handle,))
        asked["children"].append(handle.workflowId)
    if not asked["children"]:
        return []
    return asking.ask(running, replay.Asked(name, "await"), lambda key: json.dumps(asked))


def _check_key(key):
    checks.check_name("key", key)
    if "#" in key or "/" in key:
        raise checks.bad("key", "must not contain # or /: %s" % compat.to_text(key))


def _chosen(options):
    chosen = {}
    for key, value in options.items():
        if key not in OPTIONS or key in _NOT_FOR_CHILDREN:
            raise checks.bad(key, "is not an option of a child")
        if value is not None:
            chosen[OPTIONS[key]] = value
    return chosen


def _chunks(texts):
    """In parts that one record can carry; the same parts on every replay."""
    chunk, size = [], 0
    for text in texts:
        if chunk and (len(chunk) >= settings.CHILDREN_PER_STEP or size + len(text) > settings.PAYLOAD_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text)
    if chunk:
        yield chunk
