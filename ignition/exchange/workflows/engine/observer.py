"""Who watches workflows and steps from outside: here nobody.

Another one is given to Worker(observer=...), as the tracing of CPython workers is. Whatever it does must not raise:
it runs in the workflow's own thread.
"""

from __future__ import absolute_import, division, print_function


class Observer(object):
    """What `began` answers is given back to `ended` in the same thread."""

    def workflow_began(self, lease):
        """A thread begins to work on a claimed workflow."""

    def workflow_ended(self, began, lease):
        """The thread is done with it; `lease.outcome` is what it hands over, None where nothing may be written."""

    def step_began(self, lease, step, key, attempt):
        """The body of a step is about to run."""

    def step_ended(self, began, outcome, error):
        """Its try is over: success, error, retry, or left where the workflow leaves its thread."""

    def carried(self):
        """A new dict of options of enqueue, for what this thread enqueues now where its caller gives none of them."""
        return {}

    def enqueued(self, workflow_name, workflow_id, traceparent):
        """Somebody in this process has enqueued a workflow; traceparent: the trace context that went along, or None."""


NOBODY = Observer()
