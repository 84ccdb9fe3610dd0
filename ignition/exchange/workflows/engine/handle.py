"""A handle on one workflow: its status, its result, waiting for it."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import errors

_FIRST_LOOK_SECONDS = 0.02
_LOOK_EVERY_SECONDS = 1.0


class WorkflowHandle(object):
    """What rt.handle(workflowId) answers."""

    def __init__(self, host, store, workflow_id):
        self._host = host
        self._store = store
        self.workflowId = workflow_id

    def status(self):
        """The status now, like "ENQUEUED" or "SUCCESS". Raises UnknownId.

            if rt.handle(workflowId).status() == "SUCCESS": ...
        """
        return self._store.get_workflow(self.workflowId)["status"]

    def wait(self, timeoutSeconds=None):
        """Wait until the workflow has ended, or for so many seconds. Returns the row of get_workflow, whose
        `ended_at` is None where it has not ended; 0 seconds is one look.

            row = rt.handle(workflowId).wait(timeoutSeconds=30)
        """
        started = self._host.monotonic()
        pause = _FIRST_LOOK_SECONDS
        while True:
            row = self._store.get_workflow(self.workflowId)
            left = None
            if timeoutSeconds is not None:
                left = timeoutSeconds - (self._host.monotonic() - started)
            if row["ended_at"] is not None or (left is not None and left <= 0):
                return row
            self._host.sleep(pause if left is None else min(pause, left))
            pause = min(pause * 1.5, _LOOK_EVERY_SECONDS)

    def result(self, timeoutSeconds=None):
        """The result, waiting for it up to so many seconds, or as long as it takes.

        Raises NotFinished when the time is over, and WorkflowFailed where the workflow ended without a
        result: its `status` says how, its `error` is {"class", "message", "traceback"}.

            total = getWorkflows().handle(workflowId).result(timeoutSeconds=30)
        """
        row = self.wait(timeoutSeconds)
        if row["ended_at"] is None:
            message = "workflow %s is %s" % (self.workflowId, row["status"])
            raise errors.NotFinished(message, detail={"status": row["status"]})
        if row["status"] == "SUCCESS":
            return row["result"]
        error = row.get("error") or {}
        problem = ": ".join(part for part in (error.get("class"), error.get("message")) if part)
        message = "workflow %s ended in %s: %s" % (self.workflowId, row["status"], problem or row.get("reason"))
        raise errors.WorkflowFailed(message, row["status"], error)
